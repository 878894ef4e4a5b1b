"""WSGI, "Input and Error Streams", "Other HTTP Features": how the body of a request comes to wsgi.input."""

import hashlib
import itertools
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from compliance.exchange import Exchange
from compliance.expect import Observe, saw
from compliance.guest.apps import wsgi_environ, wsgi_input
from compliance.patience import ceiling
from compliance.ready import readable
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.http import Connection, chunked

REST = [("read",)]
LINES_IN_CHUNKS = chunked([b"o", b"ne\ntw", b"o\nth", b"ree"])
without_shrinking = settings(phases=[Phase.explicit, Phase.generate])


def post(
    server: Server, framing: bytes, *pieces: bytes, calls: Any = REST, connection: Connection | None = None
) -> Exchange:
    """A POST with this framing field and a body in these pieces, to an application that makes these calls."""
    exchange = server.prepare(wsgi_input.reads, {"calls": calls}, method="POST", connection=connection)
    exchange.send(b"POST / HTTP/1.1\r\nHost: testserver\r\n" + exchange.field + framing + b"\r\n\r\n")
    for piece in pieces:
        exchange.send(piece)
    return exchange


def post_chunked(server: Server, *pieces: bytes, calls: Any = REST) -> Exchange:
    """The same with the chunked coding."""
    return post(server, b"Transfer-Encoding: chunked", *pieces, calls=calls)


def following(server: Server, connection: Connection, path: bytes) -> tuple[Exchange, bytes]:
    """Another exchange on a connection, and its request."""
    exchange = server.prepare(wsgi_environ.records, connection=connection)
    return exchange, b"GET %b HTTP/1.1\r\nHost: a\r\n%bConnection: close\r\n\r\n" % (path, exchange.field)


def read_too_much(server: Server, framing: bytes, body: bytes) -> list[Any]:
    """What a read of more than the body gives if another request is right behind the body."""
    connection = server.connect()
    _, request = following(server, connection, b"/next")
    more = [("read", len(body + request))]
    return post(server, framing, body + request, calls=more, connection=connection).values("got")


def let_in(server: Server, count: int) -> None:
    """Have a server that promises to let in more than `count` requests let in those that were sent."""
    if (server.spec.concurrency.blocking or 1) > count:
        server.fence(wsgi_environ.records).close()


def received(exchange: Exchange) -> bytes:
    """All that the application has read, once the exchange is over; no call may have raised."""
    with exchange:
        found = exchange.finish().values("got")
    errors = [value for value in found if isinstance(value, str)]
    assert not errors, saw(errors, "no error")
    return b"".join(found)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """`data` in pieces, cut at these places (counted modulo its length)."""
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[start:end] for start, end in itertools.pairwise(edges)]


@requirement("wsgi.environ.input")
@pytest.mark.parametrize("method", ["GET", "DELETE", "OPTIONS", "PUT", "PURGE"])
def test_a_body_comes_with_any_method(server: Server, method: str) -> None:
    """The body is there whatever the method is."""
    exchange = server.open(method, "/", body=b"abc")
    found = exchange.status >= 400 or exchange.value("body")
    assert found in (True, b"abc"), saw(found, "b'abc', or a refusal")


@requirement("wsgi.environ.input")
@pytest.mark.parametrize("length", [65_535, 65_536, 1_000_000, 6_000_000])
def test_a_large_body_comes_whole(server: Server, length: int) -> None:
    """Every byte of a large body comes, and in its order."""
    body = b"".join(number.to_bytes(4, "big") for number in range(length // 4 + 1))[:length]
    exchange = server.call("POST", "/", app=wsgi_input.digests, with_={"length": length}, body=body)
    found = exchange.value("length"), exchange.value("digest")
    assert found == (length, hashlib.sha256(body).hexdigest()), saw(found, f"{length} bytes, unchanged")


@requirement("wsgi.input.read_full_size")
@given(
    body=st.binary(min_size=1, max_size=60),
    places=st.lists(st.integers(0, 60), max_size=8),
    size=st.integers(1, 70),
)
def test_no_read_is_empty_before_the_end(server: Server, body: bytes, places: list[int], size: int) -> None:
    """A body that comes in pieces is read to its end by a loop that stops at the first empty read."""
    calls: list[tuple[str, int]] = [("read", min(size, len(body)))]
    with server.prepare(
        wsgi_input.reads_within, {"calls": calls, "length": len(body)}, method="POST"
    ) as exchange:
        head = b"POST / HTTP/1.1\r\nHost: a\r\n%bContent-Length: %d\r\n\r\n" % (exchange.field, len(body))
        for piece in [head, *cut(body, places)]:
            exchange.send(piece)
        found = received(exchange)
    assert found == body, saw(found, f"{body!r}, in parts none of which is empty")


@requirement("wsgi.environ.input")
def test_bodies_of_requests_under_way_at_once_do_not_mix(server: Server) -> None:
    """Each of several requests, whose bodies come in turns, reads its own body."""
    bodies = [bytes([letter]) * 20 for letter in b"abcd"]
    exchanges = [post(server, b"Content-Length: 20", body[:10], calls=[("read", 20)]) for body in bodies]
    let_in(server, len(exchanges))
    for exchange, body in zip(exchanges, bodies, strict=True):
        exchange.send(body[10:])
    found = [received(exchange) for exchange in exchanges]
    assert found == bodies, saw(found, "each its own body")


@requirement("wsgi.environ.input")
def test_the_body_can_be_read_after_the_response_has_begun(server: Server) -> None:
    """An application that has written a part of its response can still read the body."""
    exchange = server.call("POST", "/", app=wsgi_input.reads_late, with_={"length": 3}, body=b"abc")
    assert exchange.body == b"first abc", exchange.seen("b'first abc', the second part read from the request")


@requirement("wsgi.input.not_past_length")
def test_a_read_takes_nothing_of_the_next_request(server: Server) -> None:
    """With another request right behind the body, a read of more than the body gives the body only."""
    found = read_too_much(server, b"Content-Length: 3", b"abc")
    assert found == [b"abc"], saw(found, "b'abc'")


@requirement("wsgi.input.not_past_length", needs=("chunked",))
def test_a_read_of_chunks_takes_nothing_of_the_next_request(server: Server) -> None:
    """With another request right behind the last chunk, a read of more than the body gives the body only."""
    found = read_too_much(server, b"Transfer-Encoding: chunked", chunked([b"abc"]))
    assert found == [b"abc"], saw(found, "b'abc'")


@requirement("rfc9112.conn.read_or_close")
def test_a_body_that_was_not_read_is_no_request(server: Server) -> None:
    """What the application leaves of a body is dropped, or the connection closed: it is no request."""
    connection = server.connect()
    hidden, body = following(server, connection, b"/from-the-body")
    _, request = following(server, connection, b"/second")
    exchange = server.open("POST", "/first", app=wsgi_input.does_not_read, body=body, connection=connection)
    exchange.finish().send(request)
    connection.half_close()
    more = connection.read_to_end()
    assert not server.has_called(hidden), saw(more, "an answer to /second, or a closed connection")


def wait_for_either(server: Server, exchange: Exchange) -> None:
    """Wait until another client is answered, or this one: a server may first wait for it to leave."""
    fence = server.open("GET", "/fence", app=wsgi_environ.records)
    readable([exchange.connection, fence.connection], ceiling("answer"))


@requirement("wsgi.input.any_strategy")
def test_when_the_application_is_called(server: Server, observe: Observe) -> None:
    """The application may be called as soon as the head is there, or once the whole body was read."""
    exchange = server.prepare(wsgi_input.does_not_read, method="POST")
    exchange.send(b"POST /early HTTP/1.1\r\nHost: a\r\n" + exchange.field + b"Content-Length: 6\r\n\r\nabc")
    wait_for_either(server, exchange)
    exchange.send(b"def")
    rest_sent = exchange.connection.sent[-1][0]
    observe("before its end" if exchange.wait("path").at < rest_sent else "after its end")


@requirement("wsgi.input.truncated", definite=True)
def test_a_truncated_body_is_no_reason_to_hang(server: Server, observe: Observe) -> None:
    """An application that reads what a client has cut short gets data or an error, or is not called."""
    exchange = post(server, b"Content-Length: 100", b"0123456789", calls=[("read", 100), ("read", 1)])
    exchange.connection.close()
    server.fence(wsgi_environ.records)
    observe(exchange.values("got") if server.has_called(exchange) else "not called")


PARTS = st.lists(st.binary(min_size=1, max_size=20), max_size=6)


@requirement("wsgi.http.hop_by_hop_inbound")
def test_the_chunked_coding_is_taken_off_or_refused(server: Server) -> None:
    """An application gets the content of a chunked body, if the server accepts the coding at all."""
    with post_chunked(server, chunked([b"abc", b"de"])) as exchange:
        found = exchange.status >= 400 or exchange.values("got")
        assert found in (True, [b"abcde"]), saw(found, "b'abcde', or a refusal")


@requirement("wsgi.http.hop_by_hop_inbound", needs=("chunked",))
@without_shrinking
@given(parts=PARTS, places=st.lists(st.integers(0, 200), max_size=8))
def test_any_chunks_give_their_content(server: Server, parts: list[bytes], places: list[int]) -> None:
    """Chunks of any size, arriving in any pieces, give the body."""
    with post_chunked(server, *cut(chunked(parts), places)) as exchange:
        found = exchange.finish().values("got")
    assert found == [b"".join(parts)], saw(found, repr(b"".join(parts)))


@requirement("wsgi.http.hop_by_hop_inbound", needs=("chunked",))
def test_extensions_and_trailers_are_no_part_of_the_body(server: Server) -> None:
    """What belongs to the coding does not reach wsgi.input."""
    coded = b'3;a=b;c="d"\r\nabc\r\n002;x\r\nde\r\n0\r\nX-Trailer: f\r\nX-Other: g\r\n\r\n'
    with post_chunked(server, coded) as exchange:
        found = exchange.finish().values("got")
    assert found == [b"abcde"], saw(found, "b'abcde'")


@requirement("wsgi.input.readline", needs=("chunked",))
def test_readline_gives_the_lines_of_chunks(server: Server) -> None:
    r"""readline() gives the bytes up to and with the next \n, whatever chunks they come in."""
    server.distrusted = True  # a thread that never comes back may keep a core busy
    found = post_chunked(server, LINES_IN_CHUNKS, calls=[("readline",)] * 4).finish().values("got")
    server.distrusted = False
    assert found == [b"one\n", b"two\n", b"three", b""], saw(found, "three lines and nothing more")


@requirement("wsgi.input.readline_size", needs=("chunked",))
def test_readline_gives_no_more_of_chunks_than_its_size(server: Server) -> None:
    """readline(2) gives at most two bytes, and what is left of the line next."""
    calls = [("readline", 2), ("readline", 50), ("readline", 50)]
    server.distrusted = True  # as above
    found = post_chunked(server, LINES_IN_CHUNKS, calls=calls).finish().values("got")
    server.distrusted = False
    assert found == [b"on", b"e\n", b"two\n"], saw(found, "b'on', b'e\\n' and b'two\\n'")


@requirement("wsgi.input.readlines", needs=("chunked",))
def test_readlines_gives_the_lines_of_chunks(server: Server) -> None:
    """readlines() gives a list of all lines, whatever chunks they come in."""
    found = post_chunked(server, LINES_IN_CHUNKS, calls=[("readlines",)]).finish().values("got")
    assert found == [[b"one\n", b"two\n", b"three"]], saw(found, "the three lines")


@requirement("wsgi.input.iter", needs=("chunked",))
def test_iteration_gives_the_lines_of_chunks(server: Server) -> None:
    """Iterating gives the lines, whatever chunks they come in."""
    found = post_chunked(server, LINES_IN_CHUNKS, calls=[("iterate",)]).finish().values("got")
    assert found == [[b"one\n", b"two\n", b"three"]], saw(found, "the three lines")


@requirement("wsgi.input.exhausted_empty", needs=("chunked",))
def test_an_empty_chunked_body_gives_nothing(server: Server) -> None:
    """Where the last chunk is the first, every method gives b"" or no lines."""
    calls = [("read", 5), ("readline",), ("readlines",), ("iterate",)]
    found = post_chunked(server, chunked([]), calls=calls).finish().values("got")
    assert found == [b"", b"", [], []], saw(found, "nothing")


@requirement("wsgi.input.eof_simulated", needs=("chunked",), definite=True)
def test_reading_past_the_last_chunk_gives_what_there_is(server: Server) -> None:
    """On a connection that stays open, a read of more than the chunks hold gives what they hold, then b""."""
    exchange = post_chunked(
        server, chunked([b"abc", b"de"]), calls=[("read", 100), ("read", 1), ("readline",)]
    )
    found = exchange.finish().values("got")
    assert found == [b"abcde", b"", b""], saw(found, "b'abcde', then b''")


@requirement("wsgi.environ.content_length_chunked", definite=True)
def test_the_length_of_a_chunked_body_is_not_wrong(server: Server, observe: Observe) -> None:
    """CONTENT_LENGTH of a chunked request is absent, empty, or the number of bytes that the chunks hold."""
    headers = [("Transfer-Encoding", "chunked")]
    exchange = server.open(
        "POST", "/", app=wsgi_environ.records, headers=headers, body=chunked([b"abc", b"de"])
    )
    environ = exchange.value("environ") if exchange.status < 400 else {}
    keys = ("CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING", "wsgi.input_terminated")
    found = {key: environ.get(key) for key in keys}
    assert found["CONTENT_LENGTH"] in {None, "", "5"}, saw(found, "no CONTENT_LENGTH, or '5'")
    observe(found)
