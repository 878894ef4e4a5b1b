"""ASGI HTTP: how a server frames a response, whatever the application says about its length and coding."""

from typing import Any

import pytest

from compliance.exchange import Exchange
from compliance.expect import Observe, in_sync, saw
from compliance.guest.apps import asgi_http_response
from compliance.guest.apps.asgi_http_response import body, start
from compliance.requirements import requirement
from compliance.server import Server

PARTS = [body(b"one", True), body(b"two", True), body(b"three")]
CODINGS = [b"chunked", b"gzip", b"gzip, chunked", b"identity"]


def says(
    server: Server, messages: list[dict[str, Any]], method: str = "GET", version: str = "1.1"
) -> Exchange:
    """The finished exchange with an application that sends these messages and copes with what send raises."""
    exchange = server.open(
        method, app=asgi_http_response.says_all, with_={"messages": messages}, version=version
    )
    exchange.outcome()
    exchange.wait_end()
    return exchange


def behind(exchange: Exchange) -> bytes:
    """What follows a response on its connection; fails if there was no response."""
    assert exchange.answered, exchange.seen("a response")
    return exchange.afterwards()


@requirement("asgi.http.te.server_responsible")
def test_a_response_of_unknown_length_is_framed_by_the_server(server: Server) -> None:
    """Without Content-Length an HTTP/1.1 client still finds the end of the response."""
    exchange = says(server, [start(), *PARTS])
    assert exchange.body == b"onetwothree", exchange.seen("onetwothree")
    assert exchange.response.complete, exchange.seen("a message that ends as its framing says")
    assert exchange.response.framing == "chunked" or exchange.response.says_close(), saw(
        exchange.response.headers, "a transfer coding, or a connection that announces its end"
    )


@requirement("asgi.http.te.server_responsible")
def test_a_response_to_http10_is_not_chunked(server: Server) -> None:
    """An HTTP/1.0 client gets plain bytes up to the end of the connection."""
    exchange = says(server, [start(), *PARTS], version="1.0")
    assert exchange.body == b"onetwothree", exchange.seen("onetwothree")
    assert exchange.header("transfer-encoding") is None, saw(
        exchange.response.headers, "no Transfer-Encoding"
    )


@requirement("asgi.http.te.server_responsible")
def test_a_response_of_known_length_is_not_chunked(server: Server) -> None:
    """With the application's Content-Length the body goes out as plain bytes."""
    exchange = says(server, [start(200, [(b"content-length", b"11")]), *PARTS])
    assert exchange.body == b"onetwothree", exchange.seen("onetwothree")
    assert exchange.response.all("content-length") == [b"11"], saw(
        exchange.response.headers, "one length: 11"
    )
    assert exchange.header("transfer-encoding") is None, saw(
        exchange.response.headers, "no Transfer-Encoding"
    )


@requirement("asgi.http.te.chunk_when_no_length")
def test_which_framing_a_response_of_unknown_length_gets(server: Server, observe: Observe) -> None:
    """The server may choose chunks, a length, or the end of the connection: its choice is recorded."""
    exchange = says(server, [start(), *PARTS])
    assert exchange.response.complete, exchange.seen("a complete message")
    observe(exchange.response.framing)


@requirement("asgi.http.te.app_te_ignored")
@pytest.mark.parametrize("coding", CODINGS)
def test_a_transfer_encoding_of_the_application_is_ignored(server: Server, coding: bytes) -> None:
    """Whatever Transfer-Encoding the application names, the server frames the body once, by itself."""
    exchange = says(server, [start(200, [(b"transfer-encoding", coding), (b"x-last", b"1")]), *PARTS])
    assert exchange.body == b"onetwothree", exchange.seen("onetwothree")
    assert exchange.response.complete, exchange.seen("a complete message")
    assert exchange.response.all("transfer-encoding") in ([], [b"chunked"]), saw(
        exchange.response.headers, "no Transfer-Encoding but the server's own"
    )


@requirement("asgi.http.te.app_te_with_length")
@pytest.mark.parametrize("coding", CODINGS)
def test_a_transfer_encoding_beside_a_length_gives_one_framing(server: Server, coding: bytes) -> None:
    """With both fields from the application, only one of them frames the response on the wire."""
    headers = [(b"transfer-encoding", coding), (b"content-length", b"11")]
    exchange = says(server, [start(200, headers), *PARTS])
    assert exchange.body == b"onetwothree", exchange.seen("onetwothree")
    framings = [name.lower() for name, _ in exchange.response.headers]
    framings = [name for name in framings if name in {b"transfer-encoding", b"content-length"}]
    assert len(framings) == 1, saw(exchange.response.headers, "one of Transfer-Encoding and Content-Length")


@requirement("asgi.http.te.content_encoding_app")
def test_content_encoding_stays_the_application_s(server: Server) -> None:
    """Content-Encoding and the encoded bytes pass through unchanged."""
    encoded = bytes(range(256))
    exchange = says(server, [start(200, [(b"content-encoding", b"gzip")]), body(encoded)])
    assert exchange.header("content-encoding") == b"gzip", saw(
        exchange.response.headers, "Content-Encoding: gzip"
    )
    assert exchange.body == encoded, exchange.seen("the application's bytes")


@requirement("rfc9110.head.no_content")
def test_a_response_to_head_has_no_content(server: Server) -> None:
    """The body that an application sends in answer to HEAD stays off the wire."""
    exchange = says(server, [start(200, [(b"content-length", b"11")]), *PARTS], "HEAD")
    rest = behind(exchange)
    assert in_sync(rest), saw(rest, "nothing between the response's head and the next response")


@requirement("rfc9110.head.no_content")
def test_a_streamed_response_to_head_has_no_content(server: Server) -> None:
    """Without Content-Length no chunk follows the head of a response to HEAD, not even the last."""
    exchange = says(server, [start(), *PARTS], "HEAD")
    rest = behind(exchange)
    assert in_sync(rest), saw(rest, "nothing between the response's head and the next response")


@requirement("rfc9110.status.204_no_content")
@pytest.mark.parametrize("parts", [PARTS, [body()]], ids=["content", "empty"])
def test_a_204_response_has_no_content(server: Server, parts: list[dict[str, Any]]) -> None:
    """Nothing follows the head of a 204 response, whatever the application sends."""
    rest = behind(says(server, [start(204), *parts]))
    assert in_sync(rest), saw(rest, "nothing between the response's head and the next response")


@requirement("rfc9112.te.no_te_1xx_204")
def test_a_204_response_has_no_transfer_encoding(server: Server) -> None:
    """A 204 response is not said to be chunked."""
    exchange = says(server, [start(204), body()])
    assert exchange.status == 204, exchange.seen("204")
    assert exchange.header("transfer-encoding") is None, saw(
        exchange.response.headers, "no Transfer-Encoding"
    )


@requirement("rfc9110.status.304_no_content")
@pytest.mark.parametrize("parts", [PARTS, [body()]], ids=["content", "empty"])
def test_a_304_response_has_no_content(server: Server, parts: list[dict[str, Any]]) -> None:
    """Nothing follows the head of a 304 response, whatever the application sends."""
    rest = behind(says(server, [start(304), *parts]))
    assert in_sync(rest), saw(rest, "nothing between the response's head and the next response")


@requirement("asgi.http.body.content_length_over", definite=True)
@pytest.mark.parametrize(
    "parts",
    [[body(b"helloEXTRA")], [body(b"hello", True), body(b"EXTRA")]],
    ids=["one message", "two messages"],
)
def test_bytes_beyond_the_content_length_stay_off_the_wire(
    server: Server, observe: Observe, parts: list[dict[str, Any]]
) -> None:
    """What exceeds the application's Content-Length never stands where the next response begins."""
    exchange = says(server, [start(200, [(b"content-length", b"5")]), *parts])
    rest = behind(exchange)
    assert in_sync(rest), saw(rest, "no bytes beyond the length that was declared")
    assert b"EXTRA" not in rest, saw(rest, "no bytes beyond the length that was declared")
    observe(exchange.values("outcome")[1:])


@requirement("asgi.http.body.content_length_under", definite=True)
def test_a_body_shorter_than_declared_ends_the_connection(server: Server, observe: Observe) -> None:
    """The client does not wait for bytes that do not come: the connection ends, and the message is cut."""
    messages = [start(200, [(b"content-length", b"10")]), body(b"hello")]
    with server.open(app=asgi_http_response.says, with_={"messages": messages}) as exchange:
        outcome = exchange.outcome()
        assert not outcome or not outcome.complete or outcome.status == 500, exchange.seen("a cut message")
        observe(outcome.status if outcome else "closed")


@requirement("asgi.http.body.messages_after_end_ignored", definite=True)
@pytest.mark.parametrize(
    "late",
    [[body(b"EXTRA")], [body(b"EXTRA", True)], [start(299, [(b"x-extra", b"EXTRA")]), body(b"EXTRA")]],
    ids=["body", "body with more", "second response"],
)
def test_messages_after_the_end_stay_off_the_wire(
    server: Server, observe: Observe, late: list[dict[str, Any]]
) -> None:
    """The client sees nothing of what is sent after the last body message; what send did is recorded."""
    exchange = says(server, [start(200, [(b"content-length", b"5")]), body(b"hello"), *late])
    assert exchange.body == b"hello", exchange.seen("hello")
    rest = exchange.afterwards()
    assert in_sync(rest), saw(rest, "nothing between the response and the next one")
    assert b"EXTRA" not in rest, saw(rest, "nothing of the messages after the end")
    observe([raised and raised[0] for raised in exchange.values("outcome")[2:]])
