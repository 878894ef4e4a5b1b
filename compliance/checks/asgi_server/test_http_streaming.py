"""ASGI HTTP: responses in parts, in bulk, to slow readers, and while the request is still coming."""

from collections.abc import Sequence
from typing import Any

import pytest

from compliance.exchange import Exchange
from compliance.expect import saw
from compliance.guest.apps import asgi_http_response, asgi_http_streaming
from compliance.guest.apps.asgi_http_streaming import BLOCK, SIZE_OF_PART, part_of
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.http import Connection

MANY = 256  # blocks of 256 KiB: far more than sockets hold
FRAMINGS: dict[str, tuple[str, list[tuple[bytes, bytes]]]] = {
    "chunked": ("1.1", []),
    "length": ("1.1", [(b"content-length", b"15")]),
    "close": ("1.0", []),
    "event stream": ("1.1", [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-cache")]),
}
framings = pytest.mark.parametrize(("version", "headers"), FRAMINGS.values(), ids=FRAMINGS.keys())
FIVE = [b"one", b"two", b"thr", b"fou", b"fiv"]


def step(exchange: Exchange, parts: Sequence[bytes]) -> list[bytes]:
    """What the client gets of each part before the gate after it opens; empty parts are not waited for."""
    got = []
    for part in parts:
        got.append(exchange.read_body(len(part)) if part else part)
        exchange.open_gate("next")
    return got


def blocks_before_it_waits(server: Server, exchange: Exchange) -> int:
    """How many blocks send has taken when, by five fences in a row, it takes no more."""
    exchange.wait("sending")
    return server.count_at_rest(exchange, "sent", asgi_http_response.fine)


@requirement("asgi.http.body.flush")
@framings
def test_each_part_arrives_before_the_next_is_sent(server: Server, version: str, headers: Any) -> None:
    """The client has the part that the application sent before that goes on, however it is framed."""
    arguments = {"parts": FIVE, "headers": headers}
    with server.open(app=asgi_http_streaming.gated, with_=arguments, version=version) as exchange:
        got = step(exchange, FIVE)
        assert got == FIVE, saw(got, repr(FIVE))
        assert exchange.read_body() == b"", exchange.seen("the end after the last part")
        assert exchange.response.complete, exchange.seen("a complete message")


@requirement("asgi.http.body.flush_small")
@framings
def test_single_bytes_are_not_held_back(server: Server, version: str, headers: Any) -> None:
    """Fifteen parts of one byte each arrive one by one."""
    parts = [b"%x" % number for number in range(15)]
    arguments = {"parts": parts, "headers": headers}
    with server.open(app=asgi_http_streaming.gated, with_=arguments, version=version) as exchange:
        got = step(exchange, parts)
        assert got == parts, saw(got, repr(parts))


@requirement("asgi.http.body.empty_more_body")
@framings
def test_an_empty_part_does_not_end_the_response(server: Server, version: str, headers: Any) -> None:
    """Empty messages before, between and after the others add nothing, and end nothing."""
    parts = [b"", b"first ", b"", b"", b"last part", b""]
    arguments = {"parts": parts, "headers": headers}
    with server.open(app=asgi_http_streaming.gated, with_=arguments, version=version) as exchange:
        got = step(exchange, parts)
        assert got == parts, saw(got, repr(parts))
        assert exchange.read_body() == b"", exchange.seen("the end after the last part")
        assert exchange.response.complete, exchange.seen("a complete message")


@requirement("asgi.http.body.event_accepted")
@pytest.mark.parametrize("count", [1, 40], ids=["256 KiB", "10 MiB"])
def test_a_large_response_arrives_whole(server: Server, count: int) -> None:
    """Blocks of 256 KiB arrive without loss or change."""
    exchange = server.call(app=asgi_http_streaming.bulk, with_={"count": count})
    assert exchange.body == BLOCK * count, saw(
        len(exchange.body), f"{len(BLOCK) * count} bytes as they were sent"
    )


@requirement("asgi.http.body.event_accepted")
def test_a_slow_reader_gets_everything(server: Server) -> None:
    """A client that begins to read only when nothing more goes in gets all of 16 MiB."""
    exchange = server.open(app=asgi_http_streaming.bulk, with_={"count": 64})
    blocks_before_it_waits(server, exchange)
    exchange.finish()
    assert exchange.body == BLOCK * 64, saw(len(exchange.body), f"{len(BLOCK) * 64} bytes as they were sent")


@requirement("asgi.core.send.completes")
def test_send_waits_for_a_client_that_does_not_read(server: Server) -> None:
    """While its client reads nothing, an application that sends 64 MiB is made to wait at some point."""
    exchange = server.open(app=asgi_http_streaming.bulk, with_={"count": MANY})
    taken = blocks_before_it_waits(server, exchange)
    assert taken < MANY, saw(f"{taken * len(BLOCK) >> 20} MiB taken", "less than 64 MiB, since nobody reads")


@requirement("asgi.core.send.completes")
@pytest.mark.parametrize("leave", [Connection.close, Connection.abort], ids=["FIN", "RST"])
def test_a_waiting_send_ends_when_the_client_leaves(server: Server, leave: Any) -> None:
    """A send that waits for a client to read returns, or raises, once it has left: nobody need cancel it."""
    exchange = server.open(app=asgi_http_streaming.bulk, with_={"count": MANY})
    blocks_before_it_waits(server, exchange)
    leave(exchange.connection)
    raised = exchange.values("raised")
    assert not any("Cancelled" in error for error in raised), saw(raised, "a send that came to its own end")


@requirement("asgi.http.body.flush")
def test_an_echo_comes_while_the_request_is_still_sent(server: Server) -> None:
    """What is sent back for a part of the body arrives before the client sends the next part."""
    exchange = server.prepare(asgi_http_streaming.echoes, method="POST")
    exchange.send(b"POST / HTTP/1.1\r\nHost: testserver\r\n" + exchange.field)
    exchange.send(b"Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
    server.fence(asgi_http_response.fine)
    streams = server.has_called(exchange) and exchange.so_far("received") == [3]
    first = exchange.read_body(3) if streams else b"one"
    assert first == b"one", exchange.seen("the first part, before the second is sent")
    exchange.send(b"3\r\ntwo\r\n0\r\n\r\n")
    assert exchange.body == b"onetwo", exchange.seen("onetwo")


@requirement("asgi.http.body.flush")
def test_an_early_part_arrives_while_the_request_is_still_sent(server: Server) -> None:
    """What the application sends before it reads arrives although the body is not there yet."""
    exchange = server.prepare(asgi_http_streaming.answers_first, method="POST")
    exchange.send(b"POST / HTTP/1.1\r\nHost: testserver\r\n" + exchange.field)
    exchange.send(b"Content-Length: 6\r\n\r\none")
    server.fence(asgi_http_response.fine)
    early = exchange.read_body(5) if server.has_called(exchange) else b"early"
    assert early == b"early", exchange.seen("the early part, before the rest of the body is sent")
    exchange.send(b"two")
    assert exchange.body == b"early 6", exchange.seen("early 6")


@requirement("asgi.http.body.event_accepted")
def test_parts_from_two_tasks_do_not_mix(server: Server) -> None:
    """When two tasks send at the same time, each part arrives whole and in its task's order."""
    exchange = server.call(app=asgi_http_streaming.from_two_tasks, with_={"count": 50})
    content = exchange.body
    parts = [content[place : place + SIZE_OF_PART] for place in range(0, len(content), SIZE_OF_PART)]
    expected = [[part_of(task, number) for number in range(50)] for task in (1, 2)]
    got = [[part for part in parts if part.startswith(b"%d " % task)] for task in (1, 2)]
    assert got == expected, exchange.seen("fifty whole parts of each task")
