"""Requests at the same time to a framework behind a server: what is promised about them, and no mixing."""

from collections.abc import Callable, Sequence

from compliance.concurrency import COUNT, excess, finish, limit, overlap, record, rendezvous, waits, wanted
from compliance.exchange import Exchange
from compliance.expect import Observe, saw
from compliance.requirements import requirement
from compliance.server import Server, concurrently


def slow(combination: Server, endpoint: str) -> Callable[[float], Exchange]:
    """Begin exchanges with an endpoint that sleeps."""
    return lambda seconds: combination.open("GET", f"/{endpoint}/{round(seconds * 1000)}", named=True)


def quick(combination: Server) -> Callable[[], Exchange]:
    """Begin exchanges with an endpoint that does not."""
    return lambda: combination.open("GET", "/", named=True)


def in_halves(combination: Server) -> Sequence[Exchange]:
    """Exchanges with POST /echo whose bodies come in halves: all the first halves before the second ones."""
    halves = [f"{number}".encode() * 40 for number in range(COUNT)]
    exchanges = concurrently(COUNT, lambda _: combination.prepare(method="POST", named=True))
    for exchange, half in zip(exchanges, halves, strict=True):
        head = b"POST /echo HTTP/1.1\r\nHost: testserver\r\nContent-Length: 80\r\n"
        exchange.send(head + exchange.field + b"\r\n" + half)
    for exchange, half in zip(exchanges, halves, strict=True):
        exchange.send(half)
    return finish(exchanges)


@requirement("promise.concurrency.blocking")
def test_as_many_blocking_handlers_as_promised_meet(combination: Server, observe: Observe) -> None:
    """Plain handlers that block at a gate stand there together, as many as are promised."""
    promise = combination.concurrency.blocking
    exchanges = concurrently(wanted(promise), lambda _: combination.open("GET", "/hold-blocking", named=True))

    met = rendezvous(exchanges, "hold")

    record(observe, "no promise", promised=promise is not None)
    assert met == wanted(promise), saw(met, f"{wanted(promise)} handlers at the gate at once")


@requirement(asgi="promise.concurrency.nonblocking")
def test_as_many_awaiting_handlers_as_promised_meet(combination: Server, observe: Observe) -> None:
    """Asynchronous handlers that await a gate stand there together, as many as are promised."""
    promise = combination.concurrency.nonblocking
    exchanges = concurrently(wanted(promise), lambda _: combination.open("GET", "/hold", named=True))

    met = rendezvous(exchanges, "hold")

    record(observe, "no promise", promised=promise is not None)
    assert met == wanted(promise), saw(met, f"{wanted(promise)} handlers at the gate at once")


@requirement("promise.concurrency.blocking")
def test_as_many_blocking_handlers_as_promised_overlap(combination: Server, observe: Observe) -> None:
    """Of plain handlers that sleep, as many as are promised do so at once."""
    promise = combination.concurrency.blocking

    peak = overlap(slow(combination, "block"), promise)

    record(observe, peak, promised=promise is not None)
    assert peak >= wanted(promise), saw(peak, f"{wanted(promise)} handlers asleep at once")


@requirement(asgi="promise.concurrency.nonblocking")
def test_as_many_awaiting_handlers_as_promised_overlap(combination: Server, observe: Observe) -> None:
    """Of asynchronous handlers that sleep, as many as are promised do so at once."""
    promise = combination.concurrency.nonblocking

    peak = overlap(slow(combination, "sleep"), promise)

    record(observe, peak, promised=promise is not None)
    assert peak >= wanted(promise), saw(peak, f"{wanted(promise)} handlers asleep at once")


@requirement("promise.concurrency.limit")
def test_no_more_blocking_handlers_than_promised_overlap(combination: Server, observe: Observe) -> None:
    """Of plain handlers that sleep, never more than the server's promised number do so at once."""
    most = limit(combination)

    peak = excess(slow(combination, "block"), most)

    record(observe, peak, promised=most is not None)
    assert most is None or peak <= most, saw(peak, f"at most {most} handlers asleep at once")


@requirement("promise.concurrency.unrelated")
def test_a_blocking_handler_does_not_delay_another_one(combination: Server, observe: Observe) -> None:
    """A request is answered while a plain handler blocks its thread, if two are promised."""
    promised = wanted(combination.concurrency.blocking) > 1

    delayed = waits(slow(combination, "block"), quick(combination), promised=promised)

    record(observe, {"delayed": delayed}, promised=promised)
    assert not (delayed and promised), saw("an answer after the blocking one", "an answer while it blocks")


@requirement(asgi="promise.concurrency.unrelated")
def test_an_awaiting_handler_does_not_delay_another_one(combination: Server, observe: Observe) -> None:
    """A request is answered while an asynchronous handler awaits, if two are promised."""
    promised = wanted(combination.concurrency.nonblocking) > 1

    delayed = waits(slow(combination, "sleep"), quick(combination), promised=promised)

    record(observe, {"delayed": delayed}, promised=promised)
    assert not (delayed and promised), saw("an answer after the awaiting one", "an answer while it awaits")


@requirement(wsgi="wsgi.environ.per_request", asgi="asgi.http.connection.scope_per_request")
def test_bodies_that_arrive_at_the_same_time_do_not_mix(combination: Server) -> None:
    """Each of six clients whose bodies come in halves, in turn, gets its own body back."""
    bodies = [exchange.body for exchange in in_halves(combination)]
    sent = [f"{number}".encode() * 80 for number in range(COUNT)]
    assert bodies == sent, saw(bodies, f"{sent}")
