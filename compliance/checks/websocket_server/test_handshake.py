"""RFC 6455, Opening Handshake: what an ASGI server's 101 says, and which handshakes it refuses."""

from collections.abc import Mapping

import pytest

from compliance.exchange import Exchange
from compliance.expect import saw
from compliance.guest.apps import asgi_websocket
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.http import Response
from compliance.wire.websocket import accept_value, handshake

BROWSERS = """\
Pragma: no-cache
Cache-Control: no-cache
User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0
Origin: http://testserver
Accept: */*
Accept-Encoding: gzip, deflate, br, zstd
Accept-Language: en-US,en;q=0.5
Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits
Cookie: session=1; theme=dark
Sec-Fetch-Dest: empty
Sec-Fetch-Mode: websocket
Sec-Fetch-Site: same-origin""".splitlines()


def attempt(
    server: Server, changes: Mapping[str, str | None], *more: str, line: str = "GET / HTTP/1.1"
) -> Exchange:
    """A handshake with changed fields (None: left out) and more of them, for the default recorder."""
    exchange = server.prepare()
    exchange.send(handshake(changes, *more, line=line))
    return exchange


def answer(server: Server, changes: Mapping[str, str | None], *more: str) -> Response:
    """The head of the answer to such a handshake."""
    with attempt(server, changes, *more) as exchange:
        return exchange.response


def the_101(server: Server, **options: object) -> Response:
    """The head of the answer to a handshake that the application accepts without a word of its own."""
    with server.websocket("/", app=asgi_websocket.listens, **options) as exchange:  # type: ignore[arg-type]
        return exchange.accepted().response


def tokens(response: Response, name: str) -> list[bytes]:
    """The items of a list-valued field, in lower case."""
    return [item.strip().lower() for value in response.all(name) for item in value.split(b",")]


def switched(response: Response) -> bool:
    """Whether a response switches to WebSocket, and not to another protocol that was offered."""
    return response.status == 101 and b"websocket" in tokens(response, "upgrade")


@requirement("rfc6455.hs.101")
def test_a_handshake_as_browsers_send_it_gets_101(server: Server) -> None:
    """The answer to a handshake that the application accepts has status 101."""
    headers = [(name, value) for name, _, value in (line.partition(": ") for line in BROWSERS)]
    with server.websocket("/chat?room=1", app=asgi_websocket.listens, headers=headers) as exchange:
        assert exchange.status == 101, exchange.seen("101 Switching Protocols")


@requirement("rfc6455.hs.resp_upgrade")
def test_the_101_has_upgrade_websocket(server: Server) -> None:
    """The answer names the protocol in Upgrade."""
    values = tokens(the_101(server), "upgrade")
    assert values == [b"websocket"], saw(values, "Upgrade: websocket")


@requirement("rfc6455.hs.resp_connection")
def test_the_101_has_connection_upgrade(server: Server) -> None:
    """The answer has the connection option upgrade."""
    values = tokens(the_101(server), "connection")
    assert b"upgrade" in values, saw(values, "Connection: Upgrade")


@requirement("rfc6455.hs.accept_value")
def test_the_accept_value_answers_the_key(server: Server) -> None:
    """Sec-WebSocket-Accept is the hash of the client's key, whichever key that is."""
    with server.websocket("/", app=asgi_websocket.listens) as exchange:
        value, expected = exchange.accepted().header("Sec-WebSocket-Accept"), accept_value(exchange.key)
    assert value == expected, saw(value, repr(expected))


@requirement("rfc6455.hs.accept_value")
def test_the_accept_value_of_the_sample_key(server: Server) -> None:
    """The key of the RFC's example gets the answer of the RFC's example."""
    value = answer(server, {}).header("Sec-WebSocket-Accept")
    assert value == b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", saw(value, "b's3pPLMBiTxaQ9kYGzzhZRbK+xOo='")


@requirement("rfc6455.hs.accept_once")
def test_the_101_has_one_accept_value(server: Server) -> None:
    """Sec-WebSocket-Accept stands in the answer once."""
    values = the_101(server).all("Sec-WebSocket-Accept")
    assert len(values) == 1, saw(values, "one Sec-WebSocket-Accept")


@requirement("rfc6455.hs.ext_from_offer")
def test_no_extension_is_used_without_an_offer(server: Server) -> None:
    """A client that offers no extension gets none."""
    values = the_101(server).all("Sec-WebSocket-Extensions")
    assert values == [], saw(values, "no Sec-WebSocket-Extensions")


@requirement("rfc6455.hs.ext_unknown_ignored")
def test_an_unknown_extension_is_passed_over(server: Server) -> None:
    """A handshake that offers an extension which nobody knows is accepted without it."""
    values = the_101(server, headers=[("Sec-WebSocket-Extensions", "x-compliance; a=1")])
    found = values.all("Sec-WebSocket-Extensions")
    assert found == [], saw(found, "no Sec-WebSocket-Extensions")


@requirement("rfc9110.cl.no_1xx_204")
def test_the_101_has_no_content_length(server: Server) -> None:
    """A 101 has no Content-Length."""
    values = the_101(server).all("Content-Length")
    assert values == [], saw(values, "no Content-Length")


@requirement("rfc9112.te.no_te_1xx_204")
def test_the_101_has_no_transfer_encoding(server: Server) -> None:
    """A 101 has no Transfer-Encoding."""
    values = the_101(server).all("Transfer-Encoding")
    assert values == [], saw(values, "no Transfer-Encoding")


@requirement("rfc9110.field.no_dup_singletons")
@pytest.mark.parametrize("name", ["Date", "Server", "Upgrade"])
def test_the_101_has_no_field_twice(server: Server, name: str) -> None:
    """What the server adds to a 101 it adds once."""
    values = the_101(server).all(name)
    assert len(values) <= 1, saw(values, f"{name} at most once")


@requirement("rfc6455.hs.upgrade_token")
@pytest.mark.parametrize("value", ["WebSocket", "WEBSOCKET"])
def test_the_upgrade_token_has_no_case(server: Server, value: str) -> None:
    """Upgrade: websocket is recognised in any case."""
    status = answer(server, {"Upgrade": value}).status
    assert status == 101, saw(status, "101")


@requirement("rfc6455.hs.connection_token")
@pytest.mark.parametrize("value", ["upgrade", "keep-alive, Upgrade", "Upgrade,keep-alive", "UPGRADE"])
def test_the_connection_token_may_be_one_of_several(server: Server, value: str) -> None:
    """The connection option upgrade is recognised in any case and in any place of the list."""
    status = answer(server, {"Connection": value}).status
    assert status == 101, saw(status, "101")


@requirement("rfc6455.hs.unknown_headers")
def test_unknown_headers_do_not_matter(server: Server) -> None:
    """A handshake with fields that nobody knows is accepted."""
    status = answer(server, {}, "X-Compliance-Unknown: 1", "Sec-WebSocket-Compliance: 2").status
    assert status == 101, saw(status, "101")


@requirement("rfc6455.hs.absolute_uri")
def test_the_target_may_be_an_absolute_uri(server: Server) -> None:
    """A handshake whose target is an absolute http URI is accepted."""
    with attempt(server, {}, line="GET http://testserver/x HTTP/1.1") as exchange:
        assert exchange.status == 101, exchange.seen("101")


@requirement("rfc6455.hs.upgrade_token")
@pytest.mark.parametrize("value", [None, "h2c", "websockets", "compliance/1"])
def test_other_upgrades_are_no_handshake(server: Server, value: str | None) -> None:
    """Without the token websocket in Upgrade nothing is switched."""
    response = answer(server, {"Upgrade": value})
    assert not switched(response), saw((response.status, response.headers), "no switch to WebSocket")


@requirement("rfc6455.hs.connection_token")
@pytest.mark.parametrize("value", [None, "keep-alive", "x-upgrade"])
def test_without_the_connection_token_nothing_is_switched(server: Server, value: str | None) -> None:
    """Without the connection option upgrade nothing is switched."""
    response = answer(server, {"Connection": value})
    assert not switched(response), saw((response.status, response.headers), "no switch to WebSocket")


@requirement("rfc6455.hs.get_only")
@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS"])
def test_only_get_opens_a_websocket(server: Server, method: str) -> None:
    """A handshake with another method than GET switches nothing."""
    with attempt(server, {}, "Content-Length: 0", line=f"{method} / HTTP/1.1") as exchange:
        assert exchange.status != 101, exchange.seen("anything but 101")


@requirement("rfc6455.hs.http11")
def test_no_websocket_is_opened_over_http_1_0(server: Server) -> None:
    """A handshake of HTTP/1.0 switches nothing."""
    with attempt(server, {}, line="GET / HTTP/1.0") as exchange:
        assert exchange.status != 101, exchange.seen("anything but 101")


@requirement("rfc6455.hs.key_required")
@pytest.mark.parametrize(
    "key",
    [None, "", "abc", "MDEyMzQ1Njc4OWFiY2Rl", "MDEyMzQ1Njc4OWFiY2RlZmc=", "????"],
)
def test_a_handshake_without_a_key_of_16_bytes_is_refused(server: Server, key: str | None) -> None:
    """Sec-WebSocket-Key must be there and be the base64 of 16 bytes; otherwise the client gets an error."""
    status = answer(server, {"Sec-WebSocket-Key": key}).status
    assert 400 <= status < 500, saw(status, "a client error")


@requirement("rfc6455.hs.key_once")
def test_a_handshake_with_two_keys_is_refused(server: Server) -> None:
    """Sec-WebSocket-Key must not stand in a handshake twice."""
    status = answer(server, {}, "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==").status
    assert 400 <= status < 500, saw(status, "a client error")


@requirement("rfc6455.hs.version_13")
@pytest.mark.parametrize("version", [None, "14", "99", "256", "x"])
def test_a_handshake_of_another_version_is_refused(server: Server, version: str | None) -> None:
    """Sec-WebSocket-Version must be 13; otherwise the client gets an error."""
    status = answer(server, {"Sec-WebSocket-Version": version}).status
    assert 400 <= status < 500, saw(status, "a client error, such as 426")


@requirement("rfc6455.hs.version_header_in_error")
def test_the_refusal_of_a_version_names_those_spoken(server: Server) -> None:
    """The error for an unknown version lists the known ones in Sec-WebSocket-Version."""
    response = answer(server, {"Sec-WebSocket-Version": "99"})
    versions = tokens(response, "Sec-WebSocket-Version")
    assert b"13" in versions, saw((response.status, response.headers), "Sec-WebSocket-Version: 13")


@requirement("rfc6455.hs.version_once")
def test_a_handshake_with_two_versions_is_refused(server: Server) -> None:
    """Sec-WebSocket-Version must not stand in a handshake twice."""
    status = answer(server, {}, "Sec-WebSocket-Version: 8").status
    assert 400 <= status < 500, saw(status, "a client error")


@requirement("rfc6455.hs.invalid_rejected", definite=True)
def test_the_application_does_not_see_a_refused_handshake(server: Server) -> None:
    """A handshake without a key does not reach the application as a WebSocket."""
    with attempt(server, {"Sec-WebSocket-Key": None}) as exchange:
        exchange.outcome()
        called = [line.kind for line in server.switchboard.poll()]
    assert "websocket" not in called, saw(called, "no call with a websocket scope")
