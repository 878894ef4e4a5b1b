"""RFC 9110 section 7.8: clients that offer another protocol."""

import pytest

from compliance.attempt import Attempt, attempt
from compliance.expect import Observe
from compliance.requirements import requirement
from compliance.server import Server

KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
OFFER = b"Connection: Upgrade\r\nUpgrade: websocket\r\n" + KEY
CONTENT = b"Content-Length: 5\r\n"


def offer(server: Server, start: bytes, fields: bytes, body: bytes = b"", app: str | None = None) -> Attempt:
    """A request with these field lines and this body, and another one behind it."""
    return attempt(server, b"%b\r\nHost: testserver\r\n%b\r\n%b" % (start, fields, body), app=app)


def switched(got: Attempt) -> bool:
    """Whether the server has switched protocols."""
    return any(response.status == 101 for response in got.responses)


@requirement("rfc9110.upgrade.may_ignore")
def test_what_comes_of_an_unknown_protocol(server: Server, observe: Observe) -> None:
    """What a server makes of an offer to switch to a protocol that it does not know."""
    observe(
        offer(server, b"GET / HTTP/1.1", b"Connection: Upgrade\r\nUpgrade: foo/2\r\n", app="reads").outcome()
    )


@requirement("rfc9110.upgrade.unknown_not_error")
@pytest.mark.parametrize("protocol", [b"foo", b"foo/2, bar", b"TLS/1.0"])
def test_an_unknown_protocol_does_not_harm_the_request(server: Server, protocol: bytes) -> None:
    """A request that offers an unknown protocol is served as if it did not, with its content."""
    fields = b"Connection: Upgrade\r\nUpgrade: %b\r\n%b" % (protocol, CONTENT)
    got = offer(server, b"POST / HTTP/1.1", fields, b"hello", "reads")
    assert [call.body for call in got.own] == [b"hello"], got.seen("one call, with the content")


@requirement("rfc9110.upgrade.unknown_not_error", definite=True)
@pytest.mark.parametrize("protocol", [b"foo", b"h2c", b"websocket"])
def test_content_behind_an_offer_is_no_request(server: Server, protocol: bytes) -> None:
    """The content of a request that offers another protocol is not taken for another request."""
    fields = (
        b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: %b\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
        % protocol
    )
    hidden = b"GET /hidden HTTP/1.1\r\nHost: testserver\r\n\r\n"
    got = offer(
        server, b"POST / HTTP/1.1", fields + b"Content-Length: %d\r\n" % len(hidden), hidden, "ignores"
    )
    assert all(call.path != b"/hidden" for call in got.calls), got.seen("no call for what is in the content")


@requirement("rfc9110.upgrade.only_requested")
def test_no_protocol_is_switched_to_that_was_not_offered(server: Server) -> None:
    """A WebSocket handshake without its Upgrade field is an ordinary request."""
    got = offer(server, b"GET / HTTP/1.1", b"Connection: Upgrade\r\n" + KEY)
    assert not switched(got), got.seen("no 101")


@requirement("rfc9110.upgrade.http10_ignored")
def test_an_offer_of_http10_is_ignored(server: Server) -> None:
    """A request of HTTP/1.0 with the fields of a WebSocket handshake does not switch protocols."""
    got = offer(server, b"GET / HTTP/1.0", OFFER)
    assert not switched(got), got.seen("no 101")


@requirement("rfc9110.upgrade.semantics")
def test_no_request_with_content_becomes_a_websocket(server: Server) -> None:
    """A POST, whose meaning WebSocket cannot honour, does not switch protocols."""
    got = offer(server, b"POST / HTTP/1.1", OFFER + CONTENT, b"hello")
    assert not switched(got), got.seen("no 101")
