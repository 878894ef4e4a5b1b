"""ASGI HTTP: what a server does with the messages of a response."""

from compliance.guest.apps import asgi_http_response
from compliance.requirements import requirement
from compliance.server import Server


@requirement("asgi.http.body.flush")
def test_a_body_message_reaches_the_client_before_send_returns(server: Server) -> None:
    """Each body message is on the wire before the application continues."""
    with server.open("GET", "/", app=asgi_http_response.two_parts_with_a_gate) as exchange:
        assert exchange.read_body(3) == b"one", exchange.seen("the first part before the gate opens")
        exchange.open_gate("first part read")
        assert exchange.read_body() == b"two", exchange.seen("the second part after the gate")
