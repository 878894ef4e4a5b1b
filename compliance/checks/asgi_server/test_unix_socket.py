"""ASGI over a Unix socket, whose clients have no address."""

from compliance.claims import since
from compliance.expect import Observe, saw
from compliance.modes import mode
from compliance.requirements import requirement
from compliance.server import Server


@requirement("asgi.http.scope.client_unix_socket")
@mode("unix")
def test_the_client_of_a_unix_socket_is_none(server: Server, observe: Observe) -> None:
    """client is None or absent, as there is no address; what is in its place is recorded."""
    found = server.call().value("scope").get("client")
    observe(found)
    assert found is None, saw(found, "None, or no client")


@requirement("asgi.http.scope.server_unix_socket")
@mode("unix")
def test_the_server_of_a_unix_socket_is_its_path(server: Server) -> None:
    """server, where a server gives it, is the path of the socket, and None in place of a port."""
    scope = server.call().value("scope")
    since(scope, "2.2")
    found, expected = scope.get("server"), [server.way.address(0), None]
    assert found is None or list(found) == expected, saw(found, f"{expected}, or none")


@requirement("asgi.http.request.body_concat")
@mode("unix")
def test_a_large_body_passes_through_a_unix_socket(server: Server) -> None:
    """A body of a mebibyte arrives, and leaves again, as it does through TCP."""
    sent = bytes(range(256)) * 4096
    exchange = server.call("POST", "/", body=sent)
    assert exchange.body == sent, saw(len(exchange.body), f"the {len(sent)} bytes of the request")
