"""WSGI, close(): a server calls it after every request, however the request ended."""

from typing import Any

import pytest

from compliance.exchange import Exchange
from compliance.expect import saw
from compliance.guest.apps import wsgi_close as apps
from compliance.requirements import requirement
from compliance.server import Server

CLOSE = [("Connection", "close")]


def leave(exchange: Exchange, how: str) -> None:
    """Close the client's connection with FIN or RST."""
    {"FIN": exchange.connection.close, "RST": exchange.connection.abort}[how]()


@requirement("wsgi.iter.close_called")
def test_close_is_called_at_the_end(server: Server) -> None:
    """close() is called when the iterable is exhausted."""
    exchange = server.call(app=apps.closes)
    assert exchange.body == b"one, two", exchange.seen("the body 'one, two'")
    assert exchange.wait("close"), exchange.seen("a call of close()")


@requirement("wsgi.iter.close_called")
def test_close_is_called_after_the_last_block(server: Server) -> None:
    """Nothing is asked for after close(), and the iterable is exhausted before it."""
    exchange = server.call(app=apps.closes)
    names = [event.name for event in exchange.events[1:]]
    assert names == ["next", "next", "next", "close"], saw(
        names, "three steps of the iteration, then close()"
    )


@requirement("wsgi.iter.close_called")
def test_close_is_called_if_the_length_is_one(server: Server) -> None:
    """An iterable of one block, which servers may send in a shorter way, is closed too."""
    exchange = server.open(app=apps.closes_one)
    assert exchange.wait("close"), exchange.seen("a call of close()")


@requirement("wsgi.iter.close_called")
@pytest.mark.parametrize("blocks", [[], [b""]], ids=["no block", "an empty block"])
def test_close_is_called_if_there_is_no_body(server: Server, blocks: list[bytes]) -> None:
    """An iterable without data is closed too."""
    exchange = server.open(app=apps.closes, with_={"blocks": blocks})
    assert exchange.wait("close"), exchange.seen("a call of close()")


@requirement("wsgi.iter.close_called", needs=("write",))
def test_close_is_called_after_write(server: Server) -> None:
    """If everything was sent with write(), the returned iterable is closed."""
    exchange = server.open(app=apps.writes)
    assert exchange.wait("close"), exchange.seen("a call of close()")


@requirement("wsgi.iter.close_called")
def test_close_is_called_for_http_1_0(server: Server) -> None:
    """The version of HTTP makes no difference."""
    exchange = server.open(app=apps.closes, version="1.0")
    assert exchange.wait("close"), exchange.seen("a call of close()")


@requirement("wsgi.callable.no_introspection")
@pytest.mark.parametrize("kind", sorted(apps.CLOSES))
def test_close_may_be_any_callable(server: Server, kind: str) -> None:
    """Whatever close is, as long as it can be called, it is called."""
    exchange = server.open(app=apps.closes_with, with_={"kind": kind})
    assert exchange.wait("close"), exchange.seen("a call of close()")


@requirement("wsgi.iter.close_once")
@pytest.mark.parametrize("blocks", [[b"one"], [b"one", "text"]], ids=["a good end", "an error"])
def test_close_is_called_once(server: Server, blocks: list[Any]) -> None:
    """One call of close() is all there is."""
    exchange = server.open(app=apps.counts, with_={"blocks": blocks}, headers=CLOSE)
    exchange.connection.read_to_end()
    exchange.wait("close")
    server.fence(apps.closes)
    exchange.guest.pump(0)
    assert exchange.guest.names().count("close") == 1, saw(exchange.guest.names(), "one call of close()")


@requirement("wsgi.iter.close_on_error")
@pytest.mark.parametrize(
    "before", [[], [b""], [b"one"]], ids=["at once", "after an empty block", "after a block"]
)
def test_close_is_called_if_the_iteration_fails(server: Server, before: list[bytes]) -> None:
    """An exception out of the iterable does not keep close() from being called."""
    exchange = server.open(app=apps.fails, with_={"before": before})
    assert exchange.wait("close"), exchange.seen("a call of close()")


@requirement("wsgi.iter.close_on_error")
def test_close_is_called_if_the_iteration_cannot_begin(server: Server) -> None:
    """An exception out of __iter__ does not keep close() from being called."""
    exchange = server.open(app=apps.cannot_iterate)
    assert exchange.wait("close"), exchange.seen("a call of close()")


@requirement("wsgi.iter.close_on_error")
@pytest.mark.parametrize(
    "blocks", [["text"], [b"one", "text"], [None]], ids=["a str", "a str after bytes", "None"]
)
def test_close_is_called_if_a_block_is_no_bytes(server: Server, blocks: list[Any]) -> None:
    """A block that the server cannot send does not keep close() from being called."""
    exchange = server.open(app=apps.closes, with_={"blocks": blocks})
    assert exchange.wait("close"), exchange.seen("a call of close()")


@requirement("wsgi.iter.close_on_error")
def test_close_is_called_if_the_response_never_started(server: Server) -> None:
    """An application that never calls start_response has its iterable closed."""
    exchange = server.open(app=apps.closes_unstarted)
    assert exchange.wait("close"), exchange.seen("a call of close()")


@requirement("wsgi.iter.close_on_disconnect")
@pytest.mark.parametrize("how", ["FIN", "RST"])
def test_close_is_called_after_a_client_disconnect(server: Server, how: str) -> None:
    """A client that leaves in the middle of the body ends the response, and the iterable is closed."""
    exchange = server.open(app=apps.streams)
    assert exchange.read_body(5) == b"first", exchange.seen("the first block")
    leave(exchange, how)
    exchange.open_gate("left")
    assert exchange.wait("close"), exchange.seen("a call of close()")


@requirement("wsgi.iter.close_on_disconnect")
@pytest.mark.parametrize("how", ["FIN", "RST"])
def test_close_is_called_after_a_disconnect_from_a_body_of_known_length(server: Server, how: str) -> None:
    """The same with a Content-Length, of which much is still owed."""
    length = 5 + apps.LIMIT * len(apps.BLOCK)
    exchange = server.open(app=apps.streams, with_={"headers": [("Content-Length", str(length))]})
    assert exchange.read_body(5) == b"first", exchange.seen("the first block")
    leave(exchange, how)
    exchange.open_gate("left")
    assert exchange.wait("close"), exchange.seen("a call of close()")


@requirement("wsgi.iter.close_on_disconnect")
@pytest.mark.parametrize("how", ["FIN", "RST"])
def test_a_generator_is_closed_after_a_client_disconnect(server: Server, how: str) -> None:
    """The finally clause of a generator is run when the client has left."""
    exchange = server.open(app=apps.generates)
    assert exchange.read_body(5) == b"first", exchange.seen("the first block")
    leave(exchange, how)
    exchange.open_gate("left")
    assert exchange.wait("finally"), exchange.seen("the end of the generator")


@requirement("wsgi.iter.close_on_disconnect")
@pytest.mark.parametrize("how", ["FIN", "RST"])
def test_close_is_called_if_the_client_left_before_the_response(server: Server, how: str) -> None:
    """A client that leaves while the application is called does not keep close() from being called."""
    exchange = server.open(app=apps.waits_before_returning)
    exchange.wait_gate("left")
    leave(exchange, how)
    exchange.open_gate("left")
    assert exchange.wait("close"), exchange.seen("a call of close()")


@requirement("wsgi.iter.close_on_disconnect")
def test_requests_are_served_after_a_client_disconnect(server: Server) -> None:
    """A client that has left in the middle of a response disturbs no other."""
    first = server.open(app=apps.streams)
    assert first.read_body(5) == b"first", first.seen("the first block")
    first.connection.abort()
    first.open_gate("left")
    first.wait("close")
    assert server.fence(apps.closes).body == b"one, two", first.seen("a later request served")


@requirement("wsgi.iter.close_head")
@pytest.mark.parametrize(("method", "status"), [("HEAD", "200 OK"), ("GET", "204 None"), ("GET", "304 Same")])
def test_close_is_called_where_no_body_is_sent(server: Server, method: str, status: str) -> None:
    """The iterable of a response without content is closed."""
    exchange = server.open(method, app=apps.closes, with_={"status": status, "headers": []})
    assert exchange.wait("close"), exchange.seen("a call of close()")


@requirement("wsgi.iter.close_when_length_reached")
@pytest.mark.parametrize(
    "blocks", [[b"hello", b"excess"], [b"hello excess"]], ids=["between blocks", "in a block"]
)
def test_close_is_called_when_the_length_is_reached(server: Server, blocks: list[bytes]) -> None:
    """An iterable that has more than the Content-Length allows is closed."""
    exchange = server.open(app=apps.closes, with_={"blocks": blocks, "headers": [("Content-Length", "5")]})
    assert exchange.wait("close"), exchange.seen("a call of close()")


@requirement("wsgi.err.isolated")
def test_an_error_of_close_leaves_the_response_intact(server: Server) -> None:
    """If close() raises, the client has the whole response all the same."""
    exchange = server.call(app=apps.close_fails, with_={"headers": [("Content-Length", "8")]})
    assert exchange.body == b"one, two", exchange.seen("the body 'one, two'")
    assert server.fence(apps.closes).body == b"one, two", exchange.seen("a later request served")
