"""WSGI, buffering and streaming: each block is on the wire before the application goes on."""

import pytest

from compliance.exchange import Exchange
from compliance.guest.apps import wsgi_streaming as apps
from compliance.guest.apps import wsgi_write
from compliance.requirements import requirement
from compliance.server import Server

HEADERS = {"a known length": [("Content-Length", "11")], "an unknown length": []}
MEBIBYTE = 1 << 20


def arrive(exchange: Exchange, *blocks: bytes) -> None:
    """Judge that each block comes while the application waits for the host to have read it."""
    for number, block in enumerate(blocks, 1):
        found = exchange.read_body(len(block))
        assert found == block, exchange.seen(
            f"{block!r} while the application waits at the gate 'after {number}'"
        )
        exchange.open_gate(f"after {number}")


@requirement("wsgi.iter.unbuffered")
@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS.keys())
def test_a_block_is_sent_before_the_next_is_asked_for(server: Server, headers: list[tuple[str, str]]) -> None:
    """Each block reaches the client while the application produces the next."""
    with server.open(app=apps.yields_in_turn, with_={"headers": headers}) as exchange:
        arrive(exchange, b"one", b"two", b"three")


@requirement("wsgi.iter.unbuffered")
def test_a_block_is_sent_before_the_next_is_asked_for_over_http_1_0(server: Server) -> None:
    """The same for a client of HTTP/1.0, whose response ends with the connection."""
    with server.open(app=apps.yields_in_turn, version="1.0") as exchange:
        arrive(exchange, b"one", b"two", b"three")


@requirement("wsgi.iter.unbuffered")
def test_single_bytes_are_sent_as_they_are_yielded(server: Server) -> None:
    """Thirty blocks of one byte arrive one by one."""
    blocks = [b"%d" % (number % 10) for number in range(30)]
    with server.open(app=apps.yields_in_turn, with_={"blocks": blocks}) as exchange:
        arrive(exchange, *blocks)


@requirement("wsgi.iter.unbuffered")
def test_a_large_block_is_sent_whole_before_the_next_is_asked_for(server: Server) -> None:
    """A block that no buffer holds goes on to be transmitted while the application produces the next."""
    with server.open(app=apps.yields_large, with_={"size": 16 * MEBIBYTE}) as exchange:
        arrive(exchange, b"x" * (16 * MEBIBYTE), b"end")


@requirement("wsgi.iter.unbuffered")
def test_an_empty_block_holds_nothing_back(server: Server) -> None:
    """A block is on the wire also if an empty one follows."""
    with server.open(app=apps.yields_in_turn, with_={"blocks": [b"", b"one", b"", b"two"]}) as exchange:
        exchange.open_gate("after 1")
        assert exchange.read_body(3) == b"one", exchange.seen("'one' before the empty block")
        exchange.open_gate("after 2")
        exchange.open_gate("after 3")
        assert exchange.read_body() == b"two", exchange.seen("'two' at the end")


@requirement("wsgi.iter.unbuffered")
def test_a_response_that_starts_in_its_first_iteration_is_streamed(server: Server) -> None:
    """A late call of start_response delays no block."""
    with server.open(app=apps.starts_in_turn) as exchange:
        arrive(exchange, b"one", b"two")


@requirement("wsgi.iter.unbuffered")
def test_an_answer_to_a_request_with_a_body_is_streamed(server: Server) -> None:
    """Blocks are sent as they come also if the application leaves the request's body unread."""
    with server.open("POST", app=apps.yields_in_turn, body=b"unread") as exchange:
        arrive(exchange, b"one", b"two", b"three")


@requirement("wsgi.iter.write_unbuffered", needs=("write",))
@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS.keys())
def test_data_is_sent_before_write_returns(server: Server, headers: list[tuple[str, str]]) -> None:
    """What is written reaches the client while the application goes on, before it returns."""
    with_ = {"headers": headers, "blocks": [b"three"]}
    with server.open(app=wsgi_write.writes_in_turn, with_=with_) as exchange:
        arrive(exchange, b"one", b"two", b"three")


@requirement("wsgi.iter.write_unbuffered", needs=("write",))
def test_data_is_sent_before_write_returns_over_http_1_0(server: Server) -> None:
    """The same for a client of HTTP/1.0."""
    with server.open(app=wsgi_write.writes_in_turn, with_={"blocks": [b"three"]}, version="1.0") as exchange:
        arrive(exchange, b"one", b"two", b"three")


@requirement("wsgi.iter.write_unbuffered", needs=("write",))
def test_a_block_is_sent_after_written_data_before_the_next_is_asked_for(server: Server) -> None:
    """After write() the blocks of the iterable are streamed like any others."""
    with server.open(app=wsgi_write.writes_and_yields_in_turn) as exchange:
        arrive(exchange, b"one", b"two", b"three")
