"""WSGI, handling the Content-Length header: bodies that are shorter or longer than the application says."""

import re

import pytest

from compliance.claims import present
from compliance.expect import Observe, in_sync, saw
from compliance.guest.apps import wsgi_content_length as apps
from compliance.guest.apps import wsgi_iterable
from compliance.requirements import requirement
from compliance.server import Server

CLOSE = [("Connection", "close")]
EXCESS = {
    "in a block": [b"hello excess"],
    "in two blocks": [b"hel", b"lo excess"],
    "in a block of its own": [b"hello", b"excess"],
}


def is_chunked(content: bytes) -> bool:
    """Whether the content is chunks, none of them empty, and a last chunk without trailers."""
    while head := re.match(rb"([0-9A-Fa-f]+)\r\n", content):
        size, rest = int(head[1], 16), content[head.end() :]
        if size == 0 or rest[size : size + 2] != b"\r\n":
            return size == 0 and rest == b"\r\n"
        content = rest[size + 2 :]
    return False


@requirement("wsgi.cl.not_exceed")
@pytest.mark.parametrize("blocks", EXCESS.values(), ids=EXCESS.keys())
def test_no_more_is_sent_than_the_content_length_allows(server: Server, blocks: list[bytes]) -> None:
    """Of a body that is too long, the excess never reaches the wire."""
    exchange = server.open(app=apps.says, with_={"length": 5, "blocks": blocks}, headers=CLOSE)
    exchange.wait_called()
    raw = exchange.connection.read_to_end()
    assert b"excess" not in raw, saw(raw, "five bytes of content")


@requirement("wsgi.cl.not_exceed", definite=True)
@pytest.mark.parametrize("blocks", EXCESS.values(), ids=EXCESS.keys())
def test_the_excess_is_never_taken_for_the_next_response(server: Server, blocks: list[bytes]) -> None:
    """After a body that is too long, the next response begins with a status line, or the server closes."""
    first = server.open(app=apps.says, with_={"length": 5, "blocks": blocks})
    found = first.outcome()
    first.wait_called()
    rest = first.afterwards()
    assert found is None or found.is_last() or in_sync(rest), saw(
        rest, "the next response, or a closed connection"
    )


@requirement("wsgi.cl.not_exceed", definite=True)
@pytest.mark.parametrize("kind", ["list", "tuple"])
def test_the_excess_of_a_single_block_is_never_taken_for_the_next_response(server: Server, kind: str) -> None:
    """After a single block that is too long, the next response begins in its place, or the server closes."""
    headers = [("Content-Length", "5")]
    first = server.open(
        app=wsgi_iterable.gives, with_={"blocks": [b"hello excess"], "kind": kind, "headers": headers}
    )
    found = first.outcome()
    first.wait_called()
    rest = first.afterwards()
    assert found is None or found.is_last() or in_sync(rest), saw(
        rest, "the next response, or a closed connection"
    )


@requirement("wsgi.cl.stop_iterating")
def test_the_iteration_stops_at_the_content_length(server: Server) -> None:
    """Once as much was sent as was announced, no further block is asked for."""
    exchange = server.call(app=apps.says, with_={"length": 5, "blocks": [b"hel", b"lo", b"ex", b"ce", b"ss"]})
    asked = exchange.value("close")
    assert asked == 2, saw(asked, "two blocks asked for")


@requirement("wsgi.cl.too_little_closes", definite=True)
@pytest.mark.parametrize("blocks", [[b"hello"], []], ids=["a block", "no block"])
def test_the_connection_is_closed_if_the_body_is_too_short(server: Server, blocks: list[bytes]) -> None:
    """If there is less than announced, the server corrects that, or no later response comes behind it."""
    exchange = server.open(app=apps.says, with_={"length": 10, "blocks": blocks})
    rest = exchange.after_a_short_body(len(b"".join(blocks)))
    exchange.wait_called()
    assert b"HTTP/1." not in rest, saw(rest, "a closed connection behind the body")


@requirement("wsgi.cl.too_little_logged")
def test_what_is_logged_of_a_body_that_is_too_short(server: Server, observe: Observe) -> None:
    """What the server's log says when there was less than announced."""
    before = server.log()
    server.open(app=apps.says, with_={"length": 10, "blocks": [b"hello"]}, headers=CLOSE).outcome()
    server.fence(wsgi_iterable.gives)
    observe(server.log(1) if server.log() != before else "nothing")


@requirement("wsgi.cl.absent_strategies")
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_how_a_body_of_unknown_length_is_framed(server: Server, observe: Observe, version: str) -> None:
    """Without a Content-Length of the application a server closes, computes the length or sends chunks."""
    with_ = {"kind": "generator"}
    exchange = server.open(app=wsgi_iterable.gives, with_=with_, version=version)
    assert exchange.body == b"one, two", exchange.seen("the body 'one, two'")
    observe(exchange.response.framing)


@requirement("wsgi.cl.single_item_length")
def test_how_a_body_of_one_block_is_framed(server: Server, observe: Observe) -> None:
    """For a list of one block a server can know the length."""
    exchange = server.open(app=apps.lists, with_={"blocks": [b"one"]})
    assert exchange.body == b"one", exchange.seen("the body 'one'")
    observe(exchange.response.framing)


@requirement("wsgi.cl.server_len_use")
@pytest.mark.parametrize("blocks", [[b""], [b"", b"two"], [b"one", b""]], ids=["one", "first", "last"])
def test_the_length_of_an_iterable_is_not_that_of_its_first_block(
    server: Server, blocks: list[bytes]
) -> None:
    """What a server concludes from len() and a block, an empty one too, is true."""
    exchange = server.open(app=apps.lists, with_={"blocks": blocks})
    assert exchange.body == b"".join(blocks), exchange.seen(repr(b"".join(blocks)))


@requirement("wsgi.cl.chunked_only_11", definite=True)
@pytest.mark.parametrize("kind", ["list", "generator"])
def test_no_chunks_are_sent_to_a_client_of_http_1_0(server: Server, kind: str) -> None:
    """A response to HTTP/1.0 has no Transfer-Encoding."""
    exchange = server.open(app=wsgi_iterable.gives, with_={"kind": kind}, version="1.0")
    coding = exchange.header("transfer-encoding")
    assert coding is None, saw(coding, "no Transfer-Encoding")


@requirement("wsgi.cl.chunked_conformant")
@pytest.mark.parametrize("kind", ["list", "generator"])
def test_chunks_are_those_of_http(server: Server, kind: str) -> None:
    """If a server sends chunks, they have the grammar of HTTP, and only the last one is empty."""
    with_ = {"kind": kind, "blocks": [b"", b"one, ", b"", b"two", b""]}
    exchange = server.open(app=wsgi_iterable.gives, with_=with_, headers=CLOSE)
    present(exchange.response.framing == "chunked", "no chunks are sent")
    exchange.connection.read_to_end()
    content = exchange.connection.everything().partition(b"\r\n\r\n")[2]
    assert is_chunked(content), saw(content, "chunks and a last chunk")
