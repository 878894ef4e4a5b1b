"""ASGI HTTP: one call and one scope for each request, from beginning to end, with nobody else's data."""

import contextlib
import time
from typing import Any

import pytest

from compliance.exchange import Exchange
from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_scope_isolation as guest
from compliance.guest.apps import default
from compliance.requirements import requirement
from compliance.server import Server


def calls(server: Server, exchange: Exchange) -> int:
    """How often the application was called for an exchange that is over, as far as a fence can tell."""
    exchange.wait_end()
    server.fence(default.http)
    return 1 + server.calls(exchange)


def pipelined(server: Server, count: int) -> list[Exchange]:
    """Exchanges on one connection whose requests, for /0, /1 and so on, are sent in one write."""
    connection = server.connect()
    exchanges = [server.prepare(guest.ignores_the_body, connection=connection) for _ in range(count)]
    heads = [f"GET /{n} HTTP/1.1\r\nHost: testserver\r\n".encode() + e.field for n, e in enumerate(exchanges)]
    connection.send(b"\r\n".join(heads) + b"\r\n")
    return exchanges


@requirement("asgi.core.scope.per_connection_object")
def test_a_scope_shows_nothing_of_the_connections_last_request(server: Server) -> None:
    """A key that the application adds is gone in the next request on the same connection."""
    first = server.call("GET", "/", app=guest.marks)
    second = server.call("GET", "/", app=guest.marks, connection=first.connection)
    assert second.value("marked") is False, saw("the mark of the request before", "a scope without it")


@requirement("asgi.core.scope.per_connection_object")
def test_a_scope_shows_nothing_of_other_connections(server: Server) -> None:
    """A key that the application adds does not show in a request on another connection."""
    server.call("GET", "/", app=guest.marks)
    second = server.call("GET", "/", app=guest.marks)
    assert second.value("marked") is False, saw("the mark of another connection", "a scope without it")


@requirement("asgi.http.scope.state_copy")
def test_state_shows_nothing_of_other_requests(server: Server) -> None:
    """Each request has a state of its own: a key added to one is in no other."""
    server.call("GET", "/", app=guest.marks)
    inside = server.call("GET", "/", app=guest.marks).value("marked inside")
    assert "state" not in inside, saw(inside, "no mark of another request in state")


@requirement("asgi.core.scope.per_connection_object")
def test_the_dicts_in_a_scope_that_later_requests_share(server: Server, observe: Observe) -> None:
    """Which dicts of the scope are one object for all requests is recorded: the text is silent on it."""
    server.call("GET", "/", app=guest.marks)
    observe(server.call("GET", "/", app=guest.marks).value("marked inside"))


@requirement("asgi.http.connection.scope_per_request")
def test_each_request_of_a_connection_has_a_scope_of_its_own(server: Server) -> None:
    """Three requests on one connection are three calls, each with its own path and query."""
    connection = server.connect()
    targets = ["/a?1", "/b?2", "/c?3"]
    scopes = [server.call("GET", t, app=default.http, connection=connection).value("scope") for t in targets]
    found = [(scope.get("path"), scope.get("query_string")) for scope in scopes]
    assert found == [("/a", b"1"), ("/b", b"2"), ("/c", b"3")], saw(found, f"the parts of {targets}")


@requirement("asgi.core.app.once_per_connection")
def test_a_request_is_one_call(server: Server) -> None:
    """The application is called once for a request with a body."""
    exchange = server.call("PUT", "/", app=default.http, body=b"body")
    count = calls(server, exchange)
    assert count == 1, saw(count, "1 call")


@requirement("asgi.core.app.once_per_connection")
def test_each_pipelined_request_is_one_call(server: Server) -> None:
    """Requests sent in one write are one call each."""
    exchanges = [exchange.finish() for exchange in pipelined(server, 3)]
    counts = [calls(server, exchange) for exchange in exchanges]
    assert counts == [1, 1, 1], saw(counts, "1 call for each of 3 requests")


@requirement("asgi.core.scope.per_connection_object")
def test_requests_at_the_same_time_keep_their_scopes_apart(server: Server) -> None:
    """A request that waits inside the application keeps its scope and body while another comes and goes."""
    with server.open("POST", "/one", app=guest.gated, body=b"one") as first:
        first.wait_gate("go on")
        server.call("POST", "/two", app=default.http, body=b"two")
        first.open_gate("go on")
        found = [first.value("scope").get("path"), first.value("body"), first.body]
    assert found == ["/one", b"one", b"/one"], saw(found, "path, body and answer of the first request")


@requirement("asgi.core.middleware.no_late_mutation")
def test_a_scope_stays_as_it_was_handed_over(server: Server) -> None:
    """The server, and whatever it puts around the application, leaves the scope alone while that runs."""
    changed = server.call("POST", "/", app=guest.watches, body=b"body").value("changed")
    assert not changed, saw(changed, "no key whose value has changed")


@requirement("asgi.http.connection.started_on_request")
def test_the_application_is_called_once_the_head_is_complete(server: Server) -> None:
    """Half of a request's head does not call the application; the rest of it does."""
    with server.prepare(default.http) as exchange:
        exchange.send(b"GET / HTTP/1.1\r\nHost: testserver\r\n" + exchange.field)
        server.fence(default.http)
        early = server.calls(exchange)
        exchange.send(b"\r\n")
        exchange.finish()
    assert not early, saw(early, "no call before the end of the head")


@requirement("asgi.http.connection.started_on_request")
def test_a_connection_alone_does_not_call_the_application(server: Server) -> None:
    """A client that connects and says nothing has no scope."""
    with contextlib.closing(server.connect()):
        server.fence(default.http)
        waiting = [line.kind for line in server.switchboard.poll() if line.kind != "lifespan"]
    assert not waiting, saw(waiting, "no call")


@requirement("asgi.http.connection.scope_persists")
def test_a_scope_lasts_while_the_response_is_held_open(server: Server) -> None:
    """In the middle of a response the application hears of no disconnect until the client closes."""
    with server.open("GET", "/", app=guest.holds) as exchange:
        assert exchange.read_body(4) == b"part", exchange.seen("the first part of the response")
        exchange.wait("waits")
        server.fence(default.http)
        closed = time.monotonic()
        exchange.connection.close()
        event = exchange.wait("event")
    assert event.at >= closed, saw(event.value, "nothing from receive() before the client closed")


@requirement("asgi.http.keepalive.pipelined_order")
def test_pipelined_requests_are_answered_in_order(server: Server) -> None:
    """Three requests in one write get three responses in their order, each made from its own scope."""
    bodies = [exchange.body for exchange in pipelined(server, 3)]
    assert bodies == [b"/0", b"/1", b"/2"], saw(bodies, "[b'/0', b'/1', b'/2']")


@requirement("asgi.http.keepalive.pipelined_order", definite=True)
def test_a_response_waits_for_the_one_before_it(server: Server) -> None:
    """A quick answer to the second of two pipelined requests is sent after the slow one to the first."""
    connection = server.connect()
    slow, quick = (
        server.prepare(guest.gated, connection=connection),
        server.prepare(default.http, connection=connection),
    )
    head = b"POST /%s HTTP/1.1\r\nHost: testserver\r\nContent-Length: %d\r\n"
    connection.send(
        head % (b"slow", 0) + slow.field + b"\r\n" + head % (b"quick", 5) + quick.field + b"\r\nquick"
    )
    slow.wait_gate("go on")
    server.fence(default.http)
    slow.open_gate("go on")
    bodies = [slow.body, quick.body]
    assert bodies == [b"/slow", b"quick"], saw(bodies, "[b'/slow', b'quick'] in this order")


BODIES = {
    "length": lambda inner: b"Content-Length: %d\r\n\r\n%s" % (len(inner), inner),
    "chunked": lambda inner: b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(inner), inner),
}


@requirement("asgi.http.keepalive.leftover_body", definite=True)
@pytest.mark.parametrize("framing", BODIES)
def test_a_body_that_nobody_read_is_no_request(server: Server, framing: str) -> None:
    """What looks like a request inside an unread body calls nobody, and the next request is in step."""
    inner = server.prepare(default.http)
    with server.prepare(guest.ignores_the_body) as exchange:
        exchange.send(b"POST /outer HTTP/1.1\r\nHost: testserver\r\n" + exchange.field)
        exchange.send(BODIES[framing](b"GET /inner HTTP/1.1\r\nHost: testserver\r\n" + inner.field + b"\r\n"))
        assert exchange.body == b"/outer", exchange.seen("/outer")
        following = answer_to_next(server, exchange)
        smuggled = server.calls(inner)
    assert not smuggled, saw("a call for a request inside a body", "a body that is only a body")
    assert following in (b"/next", None), saw(following, "/next, or the end of the connection")


@requirement("asgi.http.keepalive.leftover_body", definite=True)
def test_a_body_that_comes_late_is_no_request(server: Server) -> None:
    """A body that comes when the application has answered already is not taken for another request."""
    inner = server.prepare(default.http)
    request = b"GET /inner HTTP/1.1\r\nHost: testserver\r\n" + inner.field + b"\r\n"
    with server.prepare(guest.ignores_the_body) as exchange:
        exchange.send(b"POST /outer HTTP/1.1\r\nHost: testserver\r\n" + exchange.field)
        exchange.send(b"Content-Length: %d\r\n\r\n" % len(request))
        server.fence(default.http)
        exchange.send(request)
        assert exchange.body == b"/outer", exchange.seen("/outer")
        following = answer_to_next(server, exchange)
        smuggled = server.calls(inner)
    assert not smuggled, saw("a call for a request inside a body", "a body that is only a body")
    assert following in (b"/next", None), saw(following, "/next, or the end of the connection")


def answer_to_next(server: Server, exchange: Exchange) -> Any:
    """The content of the response to one more request on the connection; None if that has ended."""
    following = server.prepare(guest.ignores_the_body, connection=exchange.connection)
    following.send(b"GET /next HTTP/1.1\r\nHost: testserver\r\n" + following.field + b"\r\n")
    response = following.outcome()
    server.fence(default.http)
    return response.body if response is not None else None
