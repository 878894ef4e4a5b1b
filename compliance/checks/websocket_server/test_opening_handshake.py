"""RFC 6455 section 4.2, 9.1 and 11.3: opening handshakes that are accepted, and those that are not."""

from collections.abc import Mapping
from typing import Any

import pytest

from compliance.claims import offers
from compliance.exchange import Exchange
from compliance.expect import Observe, saw
from compliance.guest.apps.asgi_websocket import accept, close
from compliance.guest.apps.asgi_websocket_sending import says
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.http import Response
from compliance.wire.pace import Rhythm, bytewise, cut_at, send_pieces
from compliance.wire.websocket import handshake

Changes = Mapping[str, str | None]
FAULTS: dict[str, Changes] = {
    "no Host": {"Host": None},
    "a short key": {"Sec-WebSocket-Key": "abc"},
    "another version": {"Sec-WebSocket-Version": "14"},
    "no version": {"Sec-WebSocket-Version": None},
}
MALFORMED = [
    "foo; ; bar",
    "foo; =1",
    "foo; a=",
    "foo; a=b=c",
    'foo; a="b',
    'foo; a="b c"',
    "foo bar",
    "fo@o",
    "; a=1",
]


def attempt(server: Server, changes: Changes, *more: str, line: str = "GET / HTTP/1.1") -> Exchange:
    """A handshake with changed fields (None: left out) and more of them, for the default recorder."""
    exchange = server.prepare(method=line.partition(" ")[0])
    exchange.send(handshake(changes, *more, line=line))
    return exchange


def answer(server: Server, changes: Changes, *more: str) -> Response:
    """The head of the answer to such a handshake."""
    with attempt(server, changes, *more) as exchange:
        return exchange.response


def refused(server: Server, *messages: Any, **more: Any) -> Response:
    """The answer to a handshake to which the application says this, where that is in its power."""
    with server.websocket("/", app=says, with_={"messages": list(messages)}, **more) as exchange:
        return exchange.response


def denied(server: Server, status: int, *headers: tuple[bytes, bytes]) -> Response:
    """The answer to a handshake that the application denies with a response; NotApplicable without that."""
    start = {"type": "websocket.http.response.start", "status": status, "headers": [list(h) for h in headers]}
    messages = [start, {"type": "websocket.http.response.body", "body": b"no"}]
    with server.websocket("/", app=says, with_={"messages": messages}) as exchange:
        offers(exchange.value("scope"), "websocket.http.response")
        return exchange.response


@requirement("rfc6455.hs.host_required")
def test_a_handshake_without_host_is_refused(server: Server) -> None:
    """A handshake has a Host field; otherwise the client gets an error."""
    status = answer(server, {"Host": None}).status
    assert 400 <= status < 500, saw(status, "a client error")


@requirement("rfc6455.hs.origin_not_browser")
def test_a_handshake_without_origin_is_accepted(server: Server) -> None:
    """Clients that are no browsers send no Origin, and need none."""
    status = answer(server, {}).status
    assert status == 101, saw(status, "101")


@requirement("rfc6455.hs.origin_reject")
def test_an_origin_that_the_application_refuses_gets_an_error(server: Server) -> None:
    """An application that closes instead of accepting, as for its Origin, makes an error of HTTP."""
    status = refused(server, close(), headers=[("Origin", "http://elsewhere.example")]).status
    assert status == 403, saw(status, "403 Forbidden")


@requirement("rfc6455.hs.resource_unavailable")
def test_a_resource_that_the_application_does_not_have_gets_its_error(server: Server) -> None:
    """An application that answers a handshake with 404 switches nothing."""
    response = denied(server, 404)
    assert response.status == 404, saw(response, "404 Not Found")


@requirement("rfc6455.hs.redirect_auth")
@pytest.mark.parametrize(
    ("status", "name", "value"),
    [(302, b"location", b"/other"), (401, b"www-authenticate", b"Basic")],
    ids=["redirect", "authentication"],
)
def test_the_application_may_redirect_or_ask_for_authentication(
    server: Server, status: int, name: bytes, value: bytes
) -> None:
    """An application can answer a handshake with a redirection, or with a challenge."""
    response = denied(server, status, (name, value))
    found = (response.status, response.header(name.decode()))
    assert found == (status, value), saw(found, f"{status} with {name!r}")


@requirement("rfc6455.hs.protocol_multi_request")
def test_a_subprotocol_of_the_second_field_may_be_chosen(server: Server) -> None:
    """What a client offers in a second Sec-WebSocket-Protocol field is offered as well."""
    fields = [("Sec-WebSocket-Protocol", "one, two"), ("Sec-WebSocket-Protocol", "three")]
    response = refused(server, accept(subprotocol="three"), headers=fields)
    found = (response.status, response.header("Sec-WebSocket-Protocol"))
    assert found == (101, b"three"), saw(found, "101 with the subprotocol 'three'")


@requirement("rfc6455.hs.ext_malformed")
@pytest.mark.parametrize("value", MALFORMED)
def test_malformed_extensions_are_refused(server: Server, value: str) -> None:
    """A handshake whose Sec-WebSocket-Extensions is not of the form of section 9.1 opens nothing."""
    with attempt(server, {}, f"Sec-WebSocket-Extensions: {value}") as exchange:
        status = exchange.status
    assert status != 101, saw(status, "an error")


@requirement("rfc6455.hs.ext_once_response")
def test_extensions_are_agreed_on_in_one_field(server: Server) -> None:
    """However many extensions are offered, in however many fields, the answer has at most one field."""
    offers = ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x-a; b=1"]
    response = answer(server, {}, *offers, "Sec-WebSocket-Extensions: permessage-deflate, x-b")
    values = response.all("Sec-WebSocket-Extensions")
    assert len(values) <= 1, saw(values, "Sec-WebSocket-Extensions at most once")


@requirement("rfc6455.hs.ext_multi_request")
def test_what_becomes_of_an_extension_in_a_second_field(server: Server, observe: Observe) -> None:
    """Whether an extension that is offered in a second field is agreed on is recorded."""
    offers = ["Sec-WebSocket-Extensions: x-a; b=1", "Sec-WebSocket-Extensions: permessage-deflate"]
    response = answer(server, {}, *offers)
    observe((response.status, response.all("Sec-WebSocket-Extensions")))


@requirement("rfc6455.hs.abort_closes")
@pytest.mark.parametrize("changes", FAULTS.values(), ids=FAULTS)
def test_what_becomes_of_the_connection_of_a_refused_handshake(
    server: Server, changes: Changes, observe: Observe
) -> None:
    """Whether a connection ends with the refusal of a handshake, or goes on as one of HTTP, is recorded."""
    with attempt(server, changes) as exchange:
        exchange.outcome()
        observe("goes on" if b"HTTP/1.1" in exchange.afterwards() else "ends")


@requirement("rfc6455.hs.invalid_rejected", definite=True)
@pytest.mark.parametrize("changes", FAULTS.values(), ids=FAULTS)
def test_the_application_sees_no_handshake_with_a_fault(server: Server, changes: Changes) -> None:
    """Whatever the fault, a handshake that is refused does not reach the application as a WebSocket."""
    with attempt(server, changes) as exchange:
        exchange.outcome()
        called = [line.kind for line in server.switchboard.poll()]
    assert "websocket" not in called, saw(called, "no call with a websocket scope")


@requirement("rfc6455.hs.version_13")
@pytest.mark.parametrize(
    "version", ["12", "013", "13.0", "+13", "13, 8", "8, 13", "13 13", "0x0d", "\xb9\xb3"]
)
def test_only_13_is_version_13(server: Server, version: str) -> None:
    """Sec-WebSocket-Version is the number 13 and nothing beside it; otherwise the client gets an error."""
    with attempt(server, {"Sec-WebSocket-Version": version}) as exchange:
        assert 400 <= exchange.status < 500, exchange.seen("a client error, such as 426")


@requirement("rfc6455.hs.key_required")
@pytest.mark.parametrize(
    "key",
    [
        "MDEyMzQ1Njc4OWFiY2RlZg",
        "MDEyMzQ1Njc4OWFiY2RlZg=",
        "MDEyMzQ1Njc4OWFiY2RlZg==x",
        "_-EyMzQ1Njc4OWFiY2RlZg==",
        "MDEyMzQ1Njc4OWFiY2RlZg==, YQ==",
    ],
    ids=["no padding", "short padding", "more behind", "the alphabet of URLs", "a list"],
)
def test_a_key_that_is_no_base64_is_refused(server: Server, key: str) -> None:
    """Sec-WebSocket-Key is base64 (section 4.3) and nothing beside it; otherwise the client gets an error."""
    with attempt(server, {"Sec-WebSocket-Key": key}) as exchange:
        assert 400 <= exchange.status < 500, exchange.seen("a client error")


@requirement("rfc6455.hs.connection_token")
def test_the_connection_token_may_stand_in_a_second_field(server: Server) -> None:
    """Two Connection fields are one list, and upgrade is in it."""
    status = answer(server, {"Connection": "keep-alive"}, "Connection: Upgrade").status
    assert status == 101, saw(status, "101")


@requirement("rfc6455.hs.upgrade_token")
@pytest.mark.parametrize("value", ["websocket, compliance/1", "compliance/1, websocket", "websocket/13"])
def test_what_becomes_of_an_upgrade_to_one_of_several_protocols(
    server: Server, value: str, observe: Observe
) -> None:
    """Whether websocket is chosen from a list in Upgrade, or with a version, is recorded."""
    observe(answer(server, {"Upgrade": value}).status)


@requirement("rfc6455.hs.101")
@pytest.mark.parametrize(
    "rhythm",
    [bytewise, cut_at(15), cut_at(-1), cut_at(-2), cut_at(-3)],
    ids=["one octet", "in the first line", "last LF", "last line", "last line end"],
)
def test_a_handshake_may_come_in_segments(server: Server, rhythm: Rhythm) -> None:
    """A handshake is one, however slowly it comes."""
    with server.prepare() as exchange:
        send_pieces(exchange.connection, rhythm(handshake({})))
        assert exchange.status == 101, exchange.seen("101")


@requirement("rfc6455.hs.get_only")
@pytest.mark.parametrize("method", ["get", "HEAD", "GETX", "CONNECT"])
def test_what_is_almost_get_opens_no_websocket(server: Server, method: str) -> None:
    """A handshake with a method that is only like GET switches nothing."""
    with attempt(server, {}, line=f"{method} / HTTP/1.1") as exchange:
        response = exchange.outcome()
    assert response is None or response.status != 101, saw(response, "anything but 101")


@requirement("rfc6455.hs.get_only", definite=True)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_handshake_with_content_is_answered(server: Server, method: str) -> None:
    """A handshake with another method, and with content, gets a response, as any request, and no 101."""
    exchange = server.prepare(method=method)
    exchange.send(handshake({}, "Content-Length: 5", line=f"{method} / HTTP/1.1") + b"hello")
    response = exchange.outcome()
    assert response is not None, exchange.seen("a response")
    assert response.status != 101, exchange.seen("anything but 101")
