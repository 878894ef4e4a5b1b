"""WSGI, responses without content: HEAD, 204 and 304, whatever the application yields.

A server may also take content with a 204 or 304 for an error of the application, and answer with 500.
"""

from collections.abc import Callable
from typing import Any

import pytest

from compliance.exchange import Exchange
from compliance.expect import Observe, in_sync, saw
from compliance.guest.apps import wsgi_close as apps
from compliance.guest.apps import wsgi_start_response
from compliance.requirements import requirement
from compliance.server import Server

CLOSE = [("Connection", "close")]
LENGTHS = {"a known length": [("Content-Length", "8")], "an unknown length": []}
KINDS = {
    "HEAD": ("HEAD", "200 OK"),
    "204": ("GET", "204 No Content"),
    "304": ("GET", "304 Not Modified"),
}


def bodyless(server: Server, kind: str, headers: list[tuple[str, str]]) -> Exchange:
    """An exchange whose response has no content, although the application yields eight bytes."""
    method, status = KINDS[kind]
    return server.open(method, app=apps.closes, with_={"status": status, "headers": headers})


@requirement("rfc9110.head.no_content")
@pytest.mark.parametrize("headers", LENGTHS.values(), ids=LENGTHS.keys())
def test_nothing_that_is_yielded_is_sent_in_answer_to_head(
    server: Server, headers: list[tuple[str, str]]
) -> None:
    """After the head of an answer to HEAD comes the next response, or the end of the connection."""
    exchange = bodyless(server, "HEAD", headers)
    assert exchange.status == 200, exchange.seen("200")
    rest = exchange.afterwards()
    assert in_sync(rest), saw(rest, "nothing of the body")


@requirement("rfc9110.status.204_no_content")
@pytest.mark.parametrize("headers", LENGTHS.values(), ids=LENGTHS.keys())
def test_nothing_that_is_yielded_is_sent_with_204(server: Server, headers: list[tuple[str, str]]) -> None:
    """After the head of a 204 comes the next response, or the end of the connection."""
    exchange = bodyless(server, "204", headers)
    exchange.read_head()
    rest = exchange.afterwards()
    assert in_sync(rest) or exchange.status == 500, saw(rest, "nothing of the body")


@requirement("rfc9110.status.304_no_content")
@pytest.mark.parametrize("headers", LENGTHS.values(), ids=LENGTHS.keys())
def test_nothing_that_is_yielded_is_sent_with_304(server: Server, headers: list[tuple[str, str]]) -> None:
    """After the head of a 304 comes the next response, or the end of the connection."""
    exchange = bodyless(server, "304", headers)
    exchange.read_head()
    rest = exchange.afterwards()
    assert in_sync(rest) or exchange.status == 500, saw(rest, "nothing of the body")


@requirement("rfc9110.status.204_no_content")
def test_a_204_without_content_is_sent(server: Server) -> None:
    """The status of an application that yields nothing with a 204, as it should, reaches the client."""
    exchange = server.open(app=apps.closes, with_={"status": "204 No Content", "headers": [], "blocks": []})
    assert exchange.status == 204, exchange.seen("204")
    rest = exchange.afterwards()
    assert in_sync(rest), saw(rest, "nothing of a body")


@requirement("rfc9110.status.304_no_content")
def test_a_304_without_content_is_sent(server: Server) -> None:
    """The status of an application that yields nothing with a 304, as it should, reaches the client."""
    exchange = server.open(app=apps.closes, with_={"status": "304 Not Modified", "headers": [], "blocks": []})
    assert exchange.status == 304, exchange.seen("304")
    rest = exchange.afterwards()
    assert in_sync(rest), saw(rest, "nothing of a body")


@requirement("rfc9112.te.no_te_1xx_204")
@pytest.mark.parametrize("headers", LENGTHS.values(), ids=LENGTHS.keys())
def test_a_204_has_no_transfer_encoding(server: Server, headers: list[tuple[str, str]]) -> None:
    """A server frames no content where there is none."""
    exchange = bodyless(server, "204", headers)
    coding = exchange.header("transfer-encoding")
    assert coding is None or exchange.status == 500, saw(coding, "no Transfer-Encoding")


@requirement("rfc9110.cl.no_1xx_204")
@pytest.mark.parametrize("headers", LENGTHS.values(), ids=LENGTHS.keys())
def test_a_204_has_no_content_length(server: Server, headers: list[tuple[str, str]]) -> None:
    """A 204 announces no length, even if the application does."""
    exchange = bodyless(server, "204", headers)
    length = exchange.header("content-length")
    assert length is None or exchange.status == 500, saw(length, "no Content-Length")


@requirement("rfc9110.cl.304")
@pytest.mark.parametrize("app", [apps.closes, wsgi_start_response.answers], ids=["an iterator", "a list"])
@pytest.mark.parametrize("blocks", [[], [b""], [b"1234", b"5678"]], ids=["nothing", "an empty block", "more"])
def test_a_304_gets_no_content_length(server: Server, app: Callable[..., Any], blocks: list[bytes]) -> None:
    """The server invents no length for a 304, of which it cannot know that of the 200."""
    with_ = {"status": "304 Not Modified", "headers": [], "blocks": blocks}
    exchange = server.open(app=app, with_=with_)
    length = exchange.header("content-length")
    assert length is None or exchange.status == 500, saw(length, "no Content-Length")


@requirement("rfc9110.cl.head")
def test_the_applications_content_length_answers_head(server: Server) -> None:
    """The answer to HEAD has the length that the application announces."""
    exchange = bodyless(server, "HEAD", LENGTHS["a known length"])
    length = exchange.header("content-length")
    assert length == b"8", saw(length, "b'8'")


@requirement("rfc9110.cl.head")
def test_no_other_content_length_answers_head(server: Server) -> None:
    """A server that announces a length to HEAD announces that of the body that GET would have."""
    exchange = server.open("HEAD", app=apps.closes, with_={"headers": [], "blocks": []})
    length = exchange.header("content-length")
    assert length is None, saw(length, "no Content-Length: the application may leave out the body for HEAD")


@requirement("rfc9110.cl.known_size")
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_how_much_is_iterated_where_no_body_is_sent(server: Server, observe: Observe, kind: str) -> None:
    """How many blocks the server asks for that it will not send."""
    exchange = bodyless(server, kind, [])
    observe(f"{exchange.value('close')} of 3 steps")
