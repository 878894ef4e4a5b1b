"""WSGI, the write() callable that start_response returns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.expect import Observe, saw
from compliance.guest.apps import wsgi_write as apps
from compliance.requirements import requirement
from compliance.server import Server

PARTS = st.lists(st.binary(max_size=30), max_size=4)


@requirement("wsgi.iter.write_data_type", needs=("write",))
def test_what_is_written_is_the_body(server: Server) -> None:
    """Data given to write() is sent like data that is yielded."""
    exchange = server.call(app=apps.writes)
    assert exchange.body == b"one, two", exchange.seen("the body 'one, two'")
    assert exchange.response.complete, exchange.seen("a complete message")


@requirement("wsgi.iter.write_data_type", needs=("write",))
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_what_is_written_counts_for_a_content_length(server: Server, version: str) -> None:
    """A body that is written may have a Content-Length."""
    with_ = {"headers": [("Content-Length", "8")]}
    exchange = server.call(app=apps.writes, with_=with_, version=version)
    assert exchange.body == b"one, two", exchange.seen("the body 'one, two'")


@requirement("wsgi.iter.order_write_first", needs=("write",))
def test_written_data_precedes_yielded_data(server: Server) -> None:
    """First comes what was written, then what the iterable yields."""
    exchange = server.call(app=apps.writes, with_={"blocks": [b"three", b"four"]})
    assert exchange.body == b"one, twothreefour", exchange.seen("the body 'one, twothreefour'")


@requirement("wsgi.iter.order_write_first", needs=("write",))
def test_the_length_of_a_single_block_is_not_that_of_the_body(server: Server) -> None:
    """After write() a list of one block says nothing about the length of the body."""
    exchange = server.call(app=apps.writes, with_={"blocks": [b"three"]})
    assert exchange.body == b"one, twothree", exchange.seen("the body 'one, twothree'")


@requirement("wsgi.iter.order_write_first", needs=("write",))
@given(parts=PARTS, blocks=PARTS)
def test_any_mix_of_writing_and_yielding_arrives_whole(
    server: Server, parts: list[bytes], blocks: list[bytes]
) -> None:
    """However a body is divided between write() and the iterable, the client gets the same body."""
    exchange = server.call(app=apps.writes, with_={"parts": parts, "blocks": blocks})
    assert exchange.body == b"".join(parts + blocks), exchange.seen(repr(b"".join(parts + blocks)))


@requirement("wsgi.iter.write_data_type", needs=("write",))
def test_writing_nothing_ends_nothing(server: Server) -> None:
    """Empty data given to write() adds nothing to the body and does not end it."""
    exchange = server.call(app=apps.writes, with_={"parts": [b"", b"one, ", b"", b"two", b""]})
    assert exchange.body == b"one, two", exchange.seen("the body 'one, two'")


@requirement("wsgi.strings.str_body_rejected", needs=("write",))
def test_write_refuses_a_str(server: Server) -> None:
    """write() raises for a str."""
    raised = server.open(app=apps.writes, with_={"parts": ["text"]}).value("raised")
    assert raised, saw(raised, "an exception out of write()")


@requirement("wsgi.cl.write_past_raises", needs=("write",))
@pytest.mark.parametrize(
    "parts", [[b"hello excess"], [b"hello", b"excess"]], ids=["one call", "a second call"]
)
def test_write_raises_beyond_the_content_length(server: Server, parts: list[bytes]) -> None:
    """write() raises when it is given more than the Content-Length allows."""
    with_ = {"parts": parts, "headers": [("Content-Length", "5")]}
    raised = server.open(app=apps.writes, with_=with_).values("raised")
    assert raised, saw(raised, "calls of write()")
    assert raised[-1], saw(raised, "an exception out of the last call of write()")


@requirement("wsgi.cl.not_exceed", needs=("write",))
@pytest.mark.parametrize(
    "parts", [[b"hello excess"], [b"hello", b"excess"]], ids=["one call", "a second call"]
)
def test_nothing_is_written_beyond_the_content_length(server: Server, parts: list[bytes]) -> None:
    """No more of what is given to write() reaches the wire than the Content-Length allows."""
    with_ = {"parts": parts, "headers": [("Content-Length", "5")]}
    exchange = server.open(app=apps.writes, with_=with_, headers=[("Connection", "close")])
    exchange.wait_called()
    raw = exchange.connection.read_to_end()
    assert b"excess" not in raw, saw(raw, "five bytes of content")


@requirement("wsgi.sr.exc_info_raises", needs=("write",))
def test_exc_info_raises_after_write(server: Server) -> None:
    """Once data was written, start_response with exc_info raises."""
    exchange = server.open(app=apps.writes_and_restarts)
    assert exchange.value("raised"), exchange.seen("an exception out of start_response")


@requirement("wsgi.err.partial_abort", needs=("write",))
def test_a_failure_after_write_looks_like_one(server: Server) -> None:
    """If the application raises after write(), the client can tell that this is not the response."""
    exchange = server.open(app=apps.writes_and_fails, with_={"headers": [("Content-Length", "8")]})
    failed = exchange.is_cut_short(5) or exchange.status == 500
    exchange.wait_called()
    assert failed, exchange.seen("a response broken off, or 500")


@requirement("rfc9110.head.no_content", needs=("write",))
def test_nothing_written_is_sent_in_answer_to_head(server: Server) -> None:
    """What is given to write() is not sent in answer to HEAD."""
    exchange = server.open("HEAD", app=apps.writes, headers=[("Connection", "close")])
    assert exchange.status == 200, exchange.seen("200")
    rest = exchange.connection.read_to_end()
    assert rest == b"", saw(rest, "nothing after the head")


@requirement("wsgi.sr.sent_at_first_nonempty", needs=("write",))
def test_when_writing_nothing_sends_the_headers(server: Server, observe: Observe) -> None:
    """Whether a first write() of no data puts the headers on the wire, which the text leaves open."""
    exchange = server.open(app=apps.writes_nothing_in_turn)
    exchange.wait_gate("after 1")
    observe("sent" if exchange.connection.arrived() else "not sent")
