"""WSGI, wsgi.input of a body that is not what it should be: cut short, or in chunks that are none."""

from typing import Any

import pytest

from compliance.exchange import Exchange
from compliance.expect import Observe, saw
from compliance.guest.apps import wsgi_environ, wsgi_input
from compliance.requirements import requirement
from compliance.server import Server

LENGTH, CHUNKS = b"Content-Length: 100\r\n", b"Transfer-Encoding: chunked\r\n"
CUT_LENGTH = LENGTH + b"\r\n0123"
CUT_CHUNKS = {
    "in a chunk": CHUNKS + b"\r\n64\r\n0123",
    "after one": CHUNKS + b"\r\n4\r\n0123\r\n",
    "before the last line end": CHUNKS + b"\r\n4\r\n0123\r\n0\r\n",
}
MALFORMED = {
    "no size": b"GARBAGE\r\n",
    "a negative size": b"-1\r\nGARBAGE\r\n",
    "a size with a prefix": b"0x7\r\nGARBAGE\r\n0\r\n\r\n",
    "a size with an underscore": b"1_0\r\nGARBAGE-GARBAGE-\r\n0\r\n\r\n",
    "data longer than its size": b"3\r\nabcGARBAGE\r\n0\r\n\r\n",
}


def begin(server: Server, rest: bytes, calls: list[tuple[Any, ...]]) -> Exchange:
    """A POST with these fields and this body, to an application that makes these calls."""
    exchange = server.prepare(wsgi_input.reads, {"calls": calls}, method="POST")
    exchange.send(b"POST / HTTP/1.1\r\nHost: testserver\r\n" + exchange.field + rest)
    return exchange


def let_in(server: Server) -> None:
    """Have a server that promises to let in several requests let in the one that was sent."""
    if (server.spec.concurrency.blocking or 1) > 1:
        server.fence(wsgi_environ.records).close()


def read_of(server: Server, rest: bytes) -> list[Any]:
    """What an application reads of a body that the client has ended too soon; nothing if it is not called."""
    exchange = begin(server, rest, [("read", 50), ("read", 50)])
    exchange.connection.half_close()
    exchange.outcome()
    server.fence(wsgi_environ.records)
    return exchange.values("got") if server.has_called(exchange) else []


def data(found: list[Any]) -> bytes:
    """What was read without an error."""
    return b"".join(part for part in found if isinstance(part, bytes))


@requirement("wsgi.input.truncated", definite=True)
@pytest.mark.parametrize("rest", [CUT_LENGTH, *CUT_CHUNKS.values()], ids=["length", *CUT_CHUNKS])
def test_a_reset_in_a_body_is_no_reason_to_hang(server: Server, observe: Observe, rest: bytes) -> None:
    """An application whose client resets the connection in a body gets data or an error, or is not called."""
    exchange = begin(server, rest, [("read", 50), ("read", 50)])
    let_in(server)
    exchange.connection.abort()
    assert server.fence(wsgi_environ.records).status == 200, exchange.seen("a later request served")
    observe(exchange.values("got") if server.has_called(exchange) else "not called")


@requirement("wsgi.input.truncated", definite=True)
def test_what_is_read_of_a_body_that_was_cut_short(server: Server, observe: Observe) -> None:
    """Whatever an application gets of it, it is the beginning of the body and nothing else."""
    found = read_of(server, CUT_LENGTH)
    assert b"0123".startswith(data(found)), saw(found, "a beginning of b'0123', or errors")
    observe(found)


@requirement("wsgi.input.truncated", needs=("chunked",), definite=True)
@pytest.mark.parametrize("rest", CUT_CHUNKS.values(), ids=CUT_CHUNKS.keys())
def test_what_is_read_of_chunks_that_were_cut_short(server: Server, observe: Observe, rest: bytes) -> None:
    """Whatever an application gets of them, it is the beginning of the body and nothing else."""
    found = read_of(server, rest)
    assert b"0123".startswith(data(found)), saw(found, "a beginning of b'0123', or errors")
    observe(found)


@requirement("wsgi.http.hop_by_hop_inbound", needs=("chunked",))
@pytest.mark.parametrize("chunk", MALFORMED.values(), ids=MALFORMED.keys())
def test_an_application_is_not_fed_what_is_no_chunk(server: Server, chunk: bytes) -> None:
    """Behind a good chunk, what is none makes an error, or an end, but is never given to an application."""
    exchange = begin(server, CHUNKS + b"\r\n3\r\nabc\r\n" + chunk, [("read", 3), ("read", 16)])
    exchange.outcome()
    exchange.connection.close()  # a server may wait for that
    server.fence(wsgi_environ.records)
    found = exchange.values("got") if server.has_called(exchange) else []
    assert b"GARBAGE" not in data(found), saw(found, "b'abc' at most, or errors")


@requirement("wsgi.err.isolated", needs=("chunked",), definite=True)
@pytest.mark.parametrize("chunk", MALFORMED.values(), ids=MALFORMED.keys())
def test_nobody_waits_after_what_is_no_chunk(server: Server, chunk: bytes) -> None:
    """The connection ends or goes on with the next request, and other clients are served."""
    exchange = begin(server, CHUNKS + b"\r\n3\r\nabc\r\n" + chunk, [("read", 3), ("read", 16)])
    exchange.outcome()
    exchange.afterwards()
    assert server.fence(wsgi_environ.records).status == 200, exchange.seen("a later request served")
