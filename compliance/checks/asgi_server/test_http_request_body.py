"""ASGI HTTP, Request: the body of a request, whole whatever its size, split or coding."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.expect import saw
from compliance.guest.apps import asgi_http_request as guest
from compliance.guest.apps import default
from compliance.requirements import requirement
from compliance.server import Server
from compliance.upload import assert_complete, let_read, post, split, uploaded
from compliance.wire.http import chunked

PARTS = st.lists(st.binary(min_size=1, max_size=200), min_size=2, max_size=5)
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


@requirement("asgi.http.request.body_concat")
@pytest.mark.parametrize("size", [1, 1 << 16, (1 << 20) + 1, 6 << 20])
def test_a_body_of_any_size_arrives_whole(server: Server, size: int) -> None:
    """The bodies of all events together are the body that was sent, byte for byte."""
    body = (b"0123456789abcde\n" * (size // 16 + 1))[:size]
    found = server.call("POST", "/", app=guest.digest, body=body).value("body")
    assert found == [size, hashlib.sha256(body).hexdigest()], saw(found, f"{size} bytes as they were sent")


@requirement("asgi.http.request.body_concat")
@given(parts=PARTS)
def test_a_body_in_any_split_arrives_whole(server: Server, parts: list[bytes]) -> None:
    """However a body of known length is split on the way, the events together are the body, with one end."""
    body = b"".join(parts)
    assert_complete(uploaded(server, [b"Content-Length: %d\r\n\r\n" % len(body), *parts]), body)


@requirement("asgi.http.request.body_concat")
def test_a_body_that_comes_byte_by_byte_arrives_whole(server: Server) -> None:
    """A request whose bytes all come one by one is the same request."""
    request = b"Content-Length: 11\r\n\r\nbyte by\r\n\r\n"
    assert_complete(uploaded(server, split(request, [1] * (len(request) - 1))), b"byte by\r\n\r\n")


@requirement("asgi.http.request.body_concat")
@pytest.mark.parametrize("method", ["GET", "DELETE", "OPTIONS", "PATCH", "PUT"])
def test_a_body_arrives_whatever_the_method(server: Server, method: str) -> None:
    """Not the method but the framing says whether a request has a body."""
    events = server.call(method, "/", app=guest.contents, body=b"content").values("event")
    assert_complete(events, b"content")


@requirement("asgi.http.request.body_concat")
def test_a_body_arrives_in_spite_of_an_upgrade_that_is_not_taken(server: Server) -> None:
    """A client that offers another protocol, which the server need not know, has sent a body all the same."""
    offer = [("Connection", "Upgrade"), ("Upgrade", "compliance/1")]
    events = server.call("POST", "/", app=guest.contents, headers=offer, body=b"content").values("event")
    assert_complete(events, b"content")


@requirement("asgi.http.request.body_concat")
def test_a_body_that_waits_for_the_application_arrives_whole(server: Server) -> None:
    """Of 8 MiB, much is on its way when the application begins to read, and nothing of it is lost."""
    body = bytes(range(256)) * (1 << 15)
    with server.prepare(guest.late_digest, method="POST") as exchange:
        post(exchange, b"Content-Length: %d\r\n\r\n" % len(body) + body[: 1 << 18])
        let_read(server, exchange)
        exchange.send(body[1 << 18 :])
        exchange.open_gate("read")
        found = exchange.finish().value("body")
    assert found == [len(body), hashlib.sha256(body).hexdigest()], saw(
        found, f"{len(body)} bytes as they were sent"
    )


@requirement("asgi.http.request.body_concat")
def test_a_body_ends_where_the_next_request_begins(server: Server) -> None:
    """The bytes of a pipelined request are no part of the body before it."""
    exchange = server.prepare(guest.contents, method="POST")
    following = server.prepare(default.http, connection=exchange.connection)
    post(
        exchange,
        b"Content-Length: 5\r\n\r\nfirstGET /next HTTP/1.1\r\nHost: x\r\n" + following.field + b"\r\n",
    )
    assert_complete(exchange.finish().values("event"), b"first")
    assert following.finish().status == 200, following.seen("200 to the request after the body")


@requirement("asgi.http.te.inbound_dechunk")
@given(parts=PARTS, sizes=st.lists(st.integers(1, 40), max_size=5))
def test_a_chunked_body_in_any_split_arrives_whole(
    server: Server, parts: list[bytes], sizes: list[int]
) -> None:
    """Whatever the chunks, and however their bytes are split on the way, the events are the plain body."""
    pieces = split(CHUNKED + chunked(parts), [32, *sizes])
    assert_complete(uploaded(server, pieces), b"".join(parts))


@requirement("asgi.http.te.inbound_dechunk")
@pytest.mark.parametrize("size", [b"A", b"a", b"000a", b"00000000000A"])
def test_a_chunk_size_in_any_spelling_is_understood(server: Server, size: bytes) -> None:
    """Hexadecimal digits of either case and leading zeros give the size of a chunk."""
    events = uploaded(server, [CHUNKED + size + b"\r\n0123456789\r\n000\r\n\r\n"])
    assert_complete(events, b"0123456789")


@requirement("asgi.http.request.chunk_contents_only")
def test_chunk_extensions_are_no_part_of_the_body(server: Server) -> None:
    """What stands behind the size of a chunk is not given to the application."""
    body = b'4;name=value\r\nWiki\r\n5;a;b="c;d"\r\npedia\r\n0;last\r\n\r\n'
    assert_complete(uploaded(server, [CHUNKED, body]), b"Wikipedia")


@requirement("asgi.http.request.chunk_contents_only")
def test_trailers_are_no_part_of_the_body(server: Server) -> None:
    """Fields that follow the last chunk are not given to the application as a part of the body."""
    body = chunked([b"Wiki", b"pedia"], [(b"X-Sum", b"1"), (b"X-More", b"2")])
    assert_complete(uploaded(server, [CHUNKED, body]), b"Wikipedia")


@requirement("asgi.http.request.chunk_contents_only")
def test_what_looks_like_chunks_inside_a_chunk_is_content(server: Server) -> None:
    """A chunk's content may hold line ends, and what would be sizes elsewhere."""
    parts = [b"0\r\n\r\n", b"\r\n", b"5\r\nhello\r\n", b"\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n"]
    assert_complete(uploaded(server, [CHUNKED + chunked(parts)]), b"".join(parts))
