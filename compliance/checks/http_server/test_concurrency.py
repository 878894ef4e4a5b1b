"""Requests at the same time: what the server promises about them, and that they do not mix."""

import hashlib
import json
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import pytest

from compliance.concurrency import (
    COUNT,
    excess,
    finish,
    in_turn,
    limit,
    overlap,
    record,
    rendezvous,
    waits,
    wanted,
)
from compliance.exchange import Exchange
from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_concurrency, default, wsgi_concurrency
from compliance.requirements import requirement
from compliance.server import Server, concurrently
from compliance.wire.http import Connection


def guest(server: Server) -> ModuleType:
    """The apps of the server's interface."""
    return wsgi_concurrency if server.interface == "wsgi" else asgi_concurrency


def slow(server: Server, name: str) -> Callable[[float], Exchange]:
    """Begin exchanges with an app that sleeps."""
    return lambda seconds: server.open(app=getattr(guest(server), name), with_={"seconds": seconds})


def quick(server: Server) -> Callable[[], Exchange]:
    """Begin exchanges with an app that does not."""
    return lambda: server.open(app=getattr(default, "wsgi" if server.interface == "wsgi" else "http"))


def belongings(number: int, size: int = 10) -> dict[str, Any]:
    """What makes the request of this number its own: target, header and body."""
    body = f"{number},".encode() * (size // 2)
    return {"target": f"/own/{number}?n={number}", "headers": [("X-Own", f"own-{number}")], "body": body}


def expected(number: int, size: int = 10) -> dict[str, str]:
    """What the app sees of the request of this number."""
    digest = hashlib.sha256(belongings(number, size)["body"]).hexdigest()
    return {"path": f"/own/{number}", "query": f"n={number}", "header": f"own-{number}", "body": digest}


def together(server: Server) -> bool:
    """Whether COUNT requests that share nothing are promised to be inside at once."""
    promises = server.concurrency
    return wanted(promises.blocking if server.interface == "wsgi" else promises.nonblocking) == COUNT


def own(server: Server, size: int) -> Sequence[Exchange]:
    """Exchanges that are under way at once, each with its own belongings; all inside if that is promised."""
    gate = "all are here" if together(server) else ""
    app = guest(server).own
    exchanges = concurrently(
        COUNT, lambda number: server.open("POST", app=app, with_={"gate": gate}, **belongings(number, size))
    )
    if gate:
        rendezvous(exchanges, gate)
    return finish(exchanges)


@requirement("promise.concurrency.blocking")
def test_as_many_blocking_requests_as_promised_meet(server: Server, observe: Observe) -> None:
    """Requests that block their thread at a gate stand there together, as many as are promised."""
    promise = server.concurrency.blocking
    exchanges = concurrently(wanted(promise), lambda _: server.open(app=guest(server).holds))

    met = rendezvous(exchanges, "hold")

    record(observe, "no promise", promised=promise is not None)
    assert met == wanted(promise), saw(met, f"{wanted(promise)} requests at the gate at once")


@requirement(asgi="promise.concurrency.nonblocking")
def test_as_many_awaiting_requests_as_promised_meet(server: Server, observe: Observe) -> None:
    """Requests that await a gate stand there together, as many as are promised."""
    promise = server.concurrency.nonblocking
    exchanges = concurrently(wanted(promise), lambda _: server.open(app=asgi_concurrency.awaits))

    met = rendezvous(exchanges, "hold")

    record(observe, "no promise", promised=promise is not None)
    assert met == wanted(promise), saw(met, f"{wanted(promise)} requests at the gate at once")


@requirement("promise.concurrency.blocking")
def test_as_many_blocking_sleeps_as_promised_overlap(server: Server, observe: Observe) -> None:
    """Of requests that block their thread asleep, as many as are promised do so at once."""
    promise = server.concurrency.blocking

    peak = overlap(slow(server, "blocks"), promise)

    record(observe, peak, promised=promise is not None)
    assert peak >= wanted(promise), saw(peak, f"{wanted(promise)} requests asleep at once")


@requirement(asgi="promise.concurrency.nonblocking")
def test_as_many_awaited_sleeps_as_promised_overlap(server: Server, observe: Observe) -> None:
    """Of requests that await a sleep, as many as are promised do so at once."""
    promise = server.concurrency.nonblocking

    peak = overlap(slow(server, "sleeps"), promise)

    record(observe, peak, promised=promise is not None)
    assert peak >= wanted(promise), saw(peak, f"{wanted(promise)} requests asleep at once")


@requirement("promise.concurrency.limit")
def test_no_more_blocking_sleeps_than_promised_overlap(server: Server, observe: Observe) -> None:
    """Of requests that block their thread asleep, never more than the promised number do so at once."""
    most = limit(server)

    peak = excess(slow(server, "blocks"), most)

    record(observe, peak, promised=most is not None)
    assert most is None or peak <= most, saw(peak, f"at most {most} requests asleep at once")


@requirement("promise.concurrency.unrelated")
def test_a_blocking_request_does_not_delay_another_one(server: Server, observe: Observe) -> None:
    """A request is answered while another one blocks its thread, if two are promised."""
    promised = wanted(server.concurrency.blocking) > 1

    delayed = waits(slow(server, "blocks"), quick(server), promised=promised)

    record(observe, {"delayed": delayed}, promised=promised)
    assert not (delayed and promised), saw("an answer after the blocking one", "an answer while it blocks")


@requirement(asgi="promise.concurrency.unrelated")
def test_an_awaiting_request_does_not_delay_another_one(server: Server, observe: Observe) -> None:
    """A request is answered while another one awaits, if two are promised."""
    promised = wanted(server.concurrency.nonblocking) > 1

    delayed = waits(slow(server, "sleeps"), quick(server), promised=promised)

    record(observe, {"delayed": delayed}, promised=promised)
    assert not (delayed and promised), saw("an answer after the awaiting one", "an answer while it awaits")


@requirement(wsgi="wsgi.environ.per_request", asgi="asgi.http.connection.scope_per_request")
@pytest.mark.parametrize("size", [10, 50_000])
def test_requests_at_the_same_time_see_what_is_their_own(server: Server, size: int) -> None:
    """Path, query, header and body of each of six requests under way are those that its client sent."""
    seen = [exchange.value("mine") for exchange in own(server, size)]
    assert seen == [expected(number, size) for number in range(COUNT)], saw(seen, "to each its own")


@requirement(wsgi="wsgi.environ.per_request", asgi="asgi.http.connection.scope_per_request")
def test_responses_at_the_same_time_go_to_their_own_clients(server: Server) -> None:
    """Each of six clients gets the response that the application made for it."""
    got = [json.loads(exchange.body) for exchange in own(server, 10)]
    assert got == [expected(number) for number in range(COUNT)], saw(got, "to each its own")


@requirement(wsgi="wsgi.environ.per_request", asgi="asgi.http.connection.scope_per_request")
def test_connections_in_turn_keep_their_requests_apart(server: Server) -> None:
    """Three connections that send three requests each, in turn, get the answers to their own."""

    def make(number: int, connection: Connection | None) -> Exchange:
        return server.open("POST", app=guest(server).own, connection=connection, **belongings(number))

    got = [json.loads(exchange.body) for exchange in in_turn(make, connections=3, rounds=3)]

    assert got == [expected(number) for number in range(9)], saw(got, "to each its own")
