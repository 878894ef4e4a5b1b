"""RFC 9110 section 7.8: clients that offer another protocol."""

import pytest

from compliance.attempt import FOLLOWING
from compliance.claims import present
from compliance.exchange import Exchange
from compliance.expect import Observe, saw
from compliance.neutral import neutral
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.http import Response

KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
OFFER = b"Connection: Upgrade\r\nUpgrade: websocket\r\n" + KEY


def offered(server: Server, fields: bytes, body: bytes, app: str) -> Exchange:
    """A POST with these field lines and this body, once it was answered."""
    exchange = server.prepare(neutral(server, app))
    head = b"POST / HTTP/1.1\r\nHost: testserver\r\n%b%b" % (exchange.field, fields)
    exchange.send(head + b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    exchange.outcome()
    return exchange


def shake(server: Server, start: bytes, fields: bytes) -> Response:
    """The response to an opening handshake, or what looks like one."""
    with server.prepare() as exchange:
        exchange.send(b"%b\r\nHost: testserver\r\n%b\r\n" % (start, fields))
        return exchange.read_head()


@requirement("rfc9110.upgrade.may_ignore")
def test_what_comes_of_an_unknown_protocol(server: Server, observe: Observe) -> None:
    """What a server answers to an offer to switch to a protocol that it does not know."""
    observe(shake(server, b"GET / HTTP/1.1", b"Connection: Upgrade\r\nUpgrade: foo/2\r\n").status)


@requirement("rfc9110.upgrade.unknown_not_error")
@pytest.mark.parametrize("protocol", [b"foo", b"foo/2, bar", b"TLS/1.0"])
def test_an_unknown_protocol_does_not_harm_the_request(server: Server, protocol: bytes) -> None:
    """A request that offers an unknown protocol is served as if it did not, with its content."""
    with offered(server, b"Connection: Upgrade\r\nUpgrade: %b\r\n" % protocol, b"hello", "reads") as exchange:
        body = exchange.value("body") if exchange.answered == 200 else None
        assert body == b"hello", exchange.seen("200, and the content for the application")


@requirement("rfc9110.upgrade.unknown_not_error")
@pytest.mark.parametrize("protocol", [b"foo/2", b"foo/2, bar", b"TLS/1.0"])
def test_a_get_that_offers_an_unknown_protocol_is_answered(server: Server, protocol: bytes) -> None:
    """A request without content that offers an unknown protocol is served as if it did not."""
    got = shake(server, b"GET / HTTP/1.1", b"Connection: Upgrade\r\nUpgrade: %b\r\n" % protocol)
    assert got.status == 200, saw(got.status, "200")


@requirement("rfc9110.upgrade.unknown_not_error", definite=True)
@pytest.mark.parametrize("protocol", [b"foo", b"h2c"])
def test_content_behind_an_offer_is_no_request(server: Server, protocol: bytes) -> None:
    """The content of a request that offers another protocol is not taken for another request."""
    fields = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: %b\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
    hidden = b"GET /hidden HTTP/1.1\r\nHost: testserver\r\n\r\n"
    with offered(server, fields % protocol, hidden, "ignores") as exchange:
        server.call("GET", server.root, named=True)
        calls = server.claim()
        exchange.adopt(calls, exchange.outcome())
        right = exchange.answered and all(line.exchange for line in calls)
        assert right, exchange.seen("an answer, and no call for what is in the content")


@requirement("rfc9110.upgrade.only_requested")
def test_no_protocol_is_switched_to_that_was_not_offered(server: Server) -> None:
    """A WebSocket handshake without its Upgrade field is an ordinary request."""
    got = shake(server, b"GET / HTTP/1.1", b"Connection: Upgrade\r\n" + KEY)
    assert got.status != 101, saw(got.status, "no 101")


@requirement("rfc9110.upgrade.http10_ignored")
def test_an_offer_of_http10_is_ignored(server: Server) -> None:
    """A request of HTTP/1.0 with the fields of a WebSocket handshake does not switch protocols."""
    got = shake(server, b"GET / HTTP/1.0", OFFER)
    assert got.status != 101, saw(got.status, "no 101")


@requirement("rfc9110.upgrade.semantics")
def test_no_post_becomes_a_websocket(server: Server) -> None:
    """A POST, whose meaning WebSocket cannot honour, does not switch protocols."""
    got = shake(server, b"POST / HTTP/1.1", OFFER + b"Content-Length: 0\r\n")
    assert got.status != 101, saw(got.status, "no 101")


@requirement(asgi="rfc9110.upgrade.101_header", needs=("websocket",))
def test_a_101_names_the_protocol(server: Server) -> None:
    """A 101 response has an Upgrade field with the protocol that is switched to."""
    found = shake(server, b"GET / HTTP/1.1", OFFER).all("upgrade")
    assert [value.lower() for value in found] == [b"websocket"], saw(found, "Upgrade: websocket")


@requirement(asgi="rfc9110.upgrade.connection_option", needs=("websocket",))
def test_a_101_has_the_connection_option_upgrade(server: Server) -> None:
    """A 101 response lists Upgrade in Connection."""
    found = b",".join(shake(server, b"GET / HTTP/1.1", OFFER).all("connection")).lower()
    assert b"upgrade" in found, saw(found, "Connection: Upgrade")


@requirement(asgi="rfc9110.upgrade.426_header", needs=("websocket",))
def test_a_426_says_what_is_required(server: Server) -> None:
    """If an unknown version of WebSocket gets 426, that has an Upgrade field."""
    got = shake(server, b"GET / HTTP/1.1", OFFER.replace(b"Version: 13", b"Version: 99"))
    present(got.status == 426, f"an unknown version gets {got.status}")
    assert got.all("upgrade"), saw(got.headers, "Upgrade: websocket")


@requirement(asgi="rfc9110.upgrade.case_insensitive", needs=("websocket",))
@pytest.mark.parametrize("name", [b"WebSocket", b"WEBSOCKET"])
def test_the_name_of_a_protocol_has_no_case(server: Server, name: bytes) -> None:
    """A protocol is known in any case."""
    got = shake(server, b"GET / HTTP/1.1", OFFER.replace(b": websocket", b": " + name))
    assert got.status == 101, saw(got.status, "101")


@requirement(asgi="rfc9110.upgrade.expect_first", needs=("websocket",))
def test_no_100_follows_a_101(server: Server) -> None:
    """If a handshake has an expectation, any 100 (Continue) comes before the 101."""
    with server.prepare() as exchange:
        exchange.send(b"GET / HTTP/1.1\r\nHost: testserver\r\nExpect: 100-continue\r\n" + OFFER + b"\r\n")
        status = exchange.status
        rest = exchange.connection.arrived()
    present(status == 101, f"a handshake with an expectation gets {status}")
    assert not rest.startswith(b"HTTP/"), saw(rest, "no response behind the final one")


@requirement(asgi="rfc9112.conn.upgrade_then_http", needs=("websocket",))
def test_no_request_is_served_after_a_101(server: Server) -> None:
    """What follows a 101 is no HTTP any more: a request there gets no response."""
    with server.websocket("/", named=True).accepted() as exchange:
        exchange.send(FOLLOWING)
        server.call("GET", server.root, named=True)
        rest = exchange.connection.arrived()
    assert not rest.startswith(b"HTTP/"), saw(rest, "no response: a Close frame, the end, or nothing")
