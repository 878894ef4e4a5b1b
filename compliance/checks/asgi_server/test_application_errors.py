"""ASGI: what a server does when the application fails, or returns without having answered."""

from typing import Any

import pytest

from compliance.claims import present
from compliance.exchange import Exchange
from compliance.expect import Observe, in_sync, saw
from compliance.guest.apps import asgi_application_errors, asgi_http_response
from compliance.guest.apps.asgi_http_response import body, start
from compliance.requirements import requirement
from compliance.server import Server

SECRET = "compliance-secret"  # noqa: S105 - stands in the message of every error
PARTIAL = {
    "chunked": [start(), body(b"part", True)],
    "length": [start(200, [(b"content-length", b"100")]), body(b"part", True)],
}
partial = pytest.mark.parametrize("before", PARTIAL.values(), ids=PARTIAL.keys())
errors = pytest.mark.parametrize("error", list(asgi_application_errors.ERRORS))


def looks_complete(exchange: Exchange) -> bool:
    """Whether the client gets a whole response that is no error.

    Silence if it gets no end, or if the application was not called.
    """
    response = exchange.outcome()
    exchange.wait_called()
    return response is not None and response.complete and response.status < 400


def answered(exchange: Exchange) -> Any:
    """The status that the client got, or that the connection was closed without one."""
    response = exchange.outcome()
    return response.status if response else "closed"


@requirement("asgi.http.body.error_before_start", definite=True)
@errors
def test_an_error_before_the_response_is_answered(server: Server, observe: Observe, error: str) -> None:
    """The client gets an error response, or the end of the connection: which is recorded."""
    exchange = server.open(app=asgi_application_errors.raises, with_={"error": error})
    assert not looks_complete(exchange), exchange.seen("an error response, or the end of the connection")
    observe(answered(exchange))


@requirement("asgi.http.body.error_before_start", definite=True)
def test_an_answer_to_an_error_is_a_whole_response(server: Server) -> None:
    """The server's own error response is framed like any other: nothing follows it on the connection."""
    exchange = server.open(app=asgi_application_errors.raises)
    response = present(exchange.outcome(), "an error ends the connection without a response")
    assert response.complete, exchange.seen("a complete message")
    rest = exchange.afterwards()
    assert in_sync(rest), saw(rest, "nothing between the response and the next one")


@requirement("asgi.http.body.error_before_start", definite=True)
def test_an_error_before_the_body_has_come_is_answered(server: Server) -> None:
    """The client that is still sending a body gets a server error, or the end of the connection."""
    exchange = server.prepare(asgi_application_errors.raises, method="POST")
    exchange.send(
        b"POST / HTTP/1.1\r\nHost: testserver\r\n" + exchange.field + b"Content-Length: 100000\r\n\r\n"
    )
    exchange.send(b"x" * 100_000)
    assert not looks_complete(exchange), exchange.seen("an error response, or the end of the connection")


@requirement("asgi.http.body.error_before_start", definite=True)
def test_an_error_after_the_body_has_come_is_answered(server: Server) -> None:
    """The client whose body was read gets a server error, or the end of the connection."""
    exchange = server.open("POST", app=asgi_application_errors.raises_after_the_body, body=b"content")
    assert exchange.value("body") == b"content", exchange.seen("the body in the application")
    assert not looks_complete(exchange), exchange.seen("an error response, or the end of the connection")


@requirement("asgi.core.error.app_exception_terminates")
def test_what_becomes_of_the_connection_after_an_error(server: Server, observe: Observe) -> None:
    """An error of the application ends the connection with it: whether it does is recorded."""
    exchange = server.open(app=asgi_application_errors.raises)
    exchange.outcome()
    exchange.wait_end()
    fate = "goes on" if exchange.afterwards() else "ends"
    assert fate == "ends", saw(fate, "the end of the connection, and no answer to a further request")
    observe(fate)


@requirement("asgi.core.error.surface_freely")
def test_where_an_error_shows(server: Server, observe: Observe) -> None:
    """Whether the log and the response tell the text of the error is recorded."""
    size = server.log_size()
    exchange = server.open(app=asgi_application_errors.raises)
    response = exchange.outcome()
    exchange.wait_end()
    server.fence(asgi_http_response.fine)
    observe(
        {"log": SECRET in server.log_since(size), "response": SECRET.encode() in (response or exchange).body}
    )


@requirement("asgi.http.start.replace_on_error", definite=True)
def test_an_error_after_the_start_is_no_empty_success(server: Server, observe: Observe) -> None:
    """A start message alone is no response: the client gets a server error, or an incomplete message."""
    exchange = server.open(app=asgi_application_errors.raises, with_={"before": [start()]})
    assert not looks_complete(exchange), exchange.seen("500, or an incomplete message")
    observe(answered(exchange))


@requirement("asgi.http.body.error_after_partial")
@partial
def test_an_error_in_the_body_never_looks_like_its_end(server: Server, before: list[dict[str, Any]]) -> None:
    """The connection ends without the end of the message, so the client knows that something is missing."""
    with server.open(app=asgi_application_errors.raises_at_a_gate, with_={"before": before}) as exchange:
        assert exchange.read_body(4) == b"part", exchange.seen("the first part")
        exchange.open_gate("fail")
        assert not looks_complete(exchange), exchange.seen("an incomplete message")


@requirement("asgi.http.body.error_after_partial")
@pytest.mark.parametrize("error", ["OSError", "CancelledError"])
def test_an_error_of_any_kind_in_the_body_cuts_the_message(server: Server, error: str) -> None:
    """Whatever is raised in the middle of a body, the client gets a cut message and no second head."""
    arguments = {"before": PARTIAL["chunked"], "error": error}
    exchange = server.open(app=asgi_application_errors.raises, with_=arguments)
    assert not looks_complete(exchange), exchange.seen("an incomplete message")
    wire = exchange.connection.everything()
    assert wire.count(b"HTTP/1.") <= 1, saw(wire, "one head")


@requirement("asgi.http.body.completes")
def test_an_error_after_the_response_does_not_spoil_it(server: Server) -> None:
    """A response that is complete stays so when the application fails later."""
    exchange = server.open(app=asgi_application_errors.raises_after_its_response)
    assert (exchange.status, exchange.body) == (200, b"fine"), exchange.seen("200 fine")
    exchange.wait_end()
    rest = exchange.afterwards()
    assert in_sync(rest), saw(rest, "nothing between the response and the next one")


@requirement("asgi.http.body.no_response", definite=True)
def test_an_application_that_returns_at_once_is_answered_for(server: Server, observe: Observe) -> None:
    """If the application never answers, the client gets a server error, or the end of the connection."""
    exchange = server.open(app=asgi_application_errors.returns)
    assert not looks_complete(exchange), exchange.seen("an error response, or the end of the connection")
    observe(answered(exchange))


@requirement("asgi.http.start.body_must_follow")
def test_a_start_without_a_body_is_no_success(server: Server) -> None:
    """If the application returns after its start message, the client gets no whole response, and no wait."""
    exchange = server.open(app=asgi_application_errors.returns, with_={"before": [start()]})
    assert not looks_complete(exchange), exchange.seen("500, or an incomplete message")


@requirement("asgi.http.body.missing_end", definite=True)
@partial
def test_a_body_without_its_end_never_looks_complete(
    server: Server, observe: Observe, before: list[dict[str, Any]]
) -> None:
    """If the application returns while it has promised more, the message stays incomplete, and ends."""
    exchange = server.open(app=asgi_application_errors.returns, with_={"before": before})
    assert not looks_complete(exchange), exchange.seen("an incomplete message, and the end of the connection")
    observe(answered(exchange))


@requirement("asgi.core.error.app_exception_isolated")
def test_an_error_leaves_other_requests_alone(server: Server) -> None:
    """A response that is under way when another application fails comes to its end."""
    with server.open(app=asgi_http_response.two_parts_with_a_gate) as exchange:
        assert exchange.read_body(3) == b"one", exchange.seen("the first part")
        server.open(app=asgi_application_errors.raises, with_={"before": PARTIAL["chunked"]}).wait_end()
        server.open(app=asgi_application_errors.raises).wait_end()
        exchange.open_gate("first part read")
        assert exchange.read_body() == b"two", exchange.seen("the second part")


@requirement("asgi.core.error.app_exception_isolated")
@errors
def test_the_server_goes_on_after_errors(server: Server, error: str) -> None:
    """After ten failures of any kind the next request is answered."""
    for _ in range(10):
        server.open(app=asgi_application_errors.raises, with_={"error": error}).wait_end()
    fence = server.fence(asgi_http_response.fine)
    assert fence.body == b"fine", fence.seen("200 fine")


@requirement("asgi.core.error.app_exception_isolated")
@pytest.mark.parametrize("before", [[start()], PARTIAL["chunked"]], ids=["after the start", "in the body"])
def test_an_error_is_answered_after_other_errors(server: Server, before: list[dict[str, Any]]) -> None:
    """When one application has failed after its start, the client of the next that fails does not wait."""
    server.open(app=asgi_application_errors.raises, with_={"before": before}).wait_end()
    server.fence(asgi_http_response.fine)
    later = server.open(app=asgi_application_errors.raises)
    assert not looks_complete(later), later.seen("500, or the end of the connection")
