"""WSGI, what an application returns: every iterable is sent whole, and touched in no other way."""

import contextlib
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compliance.expect import NotHttp, Observe, saw
from compliance.guest.apps import wsgi_iterable as apps
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.http import Response

KINDS = sorted(apps.KINDS)
BLOCKS = st.lists(st.binary(max_size=40), max_size=6)
ALL_OCTETS = bytes(range(256)) + b"\r\n\r\n0\r\n\r\n\n\n\r"
ALLOWED = {"close", "__iter__", "__next__", "__len__", "__getitem__", "__class__"}


@requirement("wsgi.iter.kinds")
@pytest.mark.parametrize("kind", KINDS)
def test_an_iterable_of_any_kind_is_sent(server: Server, kind: str) -> None:
    """Whatever can be iterated is a response body."""
    exchange = server.open(app=apps.gives, with_={"kind": kind})
    assert exchange.body == b"one, two", exchange.seen("the body 'one, two'")


@requirement("wsgi.iter.empty_blocks")
@pytest.mark.parametrize("kind", ["list", "generator"])
def test_empty_blocks_end_nothing(server: Server, kind: str) -> None:
    """Empty blocks before, between and after others add nothing to the body and do not end it."""
    blocks = [b"", b"one, ", b"", b"", b"two", b""]
    exchange = server.open(app=apps.gives, with_={"kind": kind, "blocks": blocks})
    assert exchange.body == b"one, two", exchange.seen("the body 'one, two'")
    assert exchange.response.complete, exchange.seen("a complete message")


@requirement("wsgi.iter.empty_blocks")
@given(blocks=BLOCKS)
def test_any_split_of_a_body_arrives_whole(server: Server, blocks: list[bytes]) -> None:
    """However a body is cut into blocks, some of them empty, the client gets the same body."""
    exchange = server.open(app=apps.gives, with_={"kind": "generator", "blocks": blocks})
    assert exchange.body == b"".join(blocks), exchange.seen(repr(b"".join(blocks)))


@requirement("wsgi.iter.empty_blocks")
@given(blocks=BLOCKS)
def test_any_split_of_a_body_of_known_length_arrives_whole(server: Server, blocks: list[bytes]) -> None:
    """The same with a Content-Length of the application."""
    body = b"".join(blocks)
    with_ = {"kind": "generator", "blocks": blocks, "headers": [("Content-Length", str(len(body)))]}
    exchange = server.open(app=apps.gives, with_=with_)
    assert exchange.body == body, exchange.seen(repr(body))


@requirement("wsgi.iter.empty_blocks")
@example(blocks=[b"line\r\n", b"\n"])
@given(blocks=BLOCKS)
def test_any_split_of_a_body_arrives_whole_over_http_1_0(server: Server, blocks: list[bytes]) -> None:
    """The same for a client of HTTP/1.0, which knows no chunks."""
    exchange = server.open(app=apps.gives, with_={"kind": "generator", "blocks": blocks}, version="1.0")
    assert exchange.body == b"".join(blocks), exchange.seen(repr(b"".join(blocks)))


@requirement("wsgi.iter.binary_safe")
def test_blocks_are_sent_as_they_are(server: Server) -> None:
    """No octet of a block is changed, line ends least of all."""
    exchange = server.open(app=apps.gives, with_={"blocks": [ALL_OCTETS, ALL_OCTETS]})
    assert exchange.body == ALL_OCTETS * 2, exchange.seen("all octets unchanged")


@requirement("wsgi.iter.iter_called_once")
def test_the_iterable_is_iterated_once(server: Server) -> None:
    """One iterator is made of what the application returns."""
    count = server.call(app=apps.counts_iterations).value("iterations")
    assert count == 1, saw(count, "one iteration")


@requirement("wsgi.iter.no_other_attributes")
def test_no_other_attributes_of_the_iterable_are_used(server: Server) -> None:
    """A server looks at nothing of the iterable but what iteration, len() and close() need."""
    used = set(server.call(app=apps.watches_attributes).value("used"))
    assert used <= ALLOWED, saw(sorted(used), f"none but {sorted(ALLOWED)}")


def answer(server: Server, result: Any) -> Response | None:
    """What the client gets of an application with this result, if anything; fails if it is not called."""
    exchange = server.open(app=apps.gives_object, with_={"result": result})
    found = exchange.outcome()
    exchange.wait_called()
    return found


@requirement("wsgi.strings.str_body_rejected")
@pytest.mark.parametrize("result", [["text"], "text"], ids=["a block", "the result"])
def test_a_str_is_no_body(server: Server, result: Any) -> None:
    """A str in place of bytes is answered with 500, or not at all; it is not encoded in silence."""
    found = answer(server, result)
    assert found is None or found.status == 500 or not found.complete, saw(
        found, "500, or a response broken off"
    )


@requirement("wsgi.strings.str_body_rejected", definite=True)
def test_a_block_of_none_is_no_body(server: Server) -> None:
    """None in place of bytes is never sent as text, but for that of a server's own error."""
    found = answer(server, [b"one", None])
    assert found is None or found.status == 500 or b"None" not in found.body, saw(
        found, "no text that stands for None"
    )


@requirement("wsgi.strings.bytes_type")
@pytest.mark.parametrize("kind", ["bytearray", "memoryview", "subclass of bytes"])
def test_what_becomes_of_a_block_that_is_like_bytes(server: Server, observe: Observe, kind: str) -> None:
    """Whether the server takes what is not exactly bytes but has their interface."""
    found = server.open(app=apps.gives_memory, with_={"kind": kind}).outcome()
    observe(f"status {found.status}, body {found.body!r}" if found else "closes the connection")


@requirement("wsgi.strings.bytes_type")
def test_what_becomes_of_bare_bytes(server: Server, observe: Observe) -> None:
    """Whether the server refuses bytes in place of an iterable of bytes, whose items are integers."""
    exchange = server.open(app=apps.gives_object, with_={"result": b"bare"})
    with contextlib.suppress(NotHttp):  # an error may come when the head is on the wire
        exchange.outcome()
    seen = f"status {exchange.answered}, body {exchange.response.body!r}" if exchange.answered else ""
    observe(seen or "closes the connection")


@requirement("wsgi.iter.kinds")
def test_where_the_iterable_is_iterated(server: Server, observe: Observe) -> None:
    """Whether all iterations run in the thread in which the application was called."""
    threads = server.call(app=apps.names_threads).values("thread")
    observe("in one thread" if len(set(threads)) == 1 else f"in {len(set(threads))} threads")


@requirement("wsgi.iter.kinds")
def test_how_far_a_context_variable_reaches(server: Server, observe: Observe) -> None:
    """Which value of a context variable requests at the same time, and the next one, see in each step."""
    marks = ["first", "second"][: server.spec.concurrency.blocking or 1]
    exchanges = [server.open(app=apps.sets_a_context_variable, with_={"mark": mark}) for mark in marks]
    for exchange in exchanges:
        exchange.wait_gate("set")
    for exchange in exchanges:
        exchange.open_gate("set")
        assert exchange.body == b"one", exchange.seen("the body 'one'")
    exchanges.append(server.open(app=apps.sets_a_context_variable, with_={"mark": "third"}))
    exchanges[-1].open_gate("set")
    observe([{name: exchange.value(name) for name in apps.STEPS} for exchange in exchanges])
