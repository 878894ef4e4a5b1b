"""Requests at the same time: how many were inside the application at once, by the application's own account.

Nothing here is judged by a clock of the host. Either requests stand at a gate together, or they note when
they enter and leave, and the overlap of these spans counts. A sleep that was too short to see an overlap is
followed by a longer one: that is a better resolution and no second chance, because a server that serialises
its requests never shows one.
"""

import itertools
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

from compliance.exchange import Exchange
from compliance.expect import Closed, Observe, Silence
from compliance.guest.apps import asgi_concurrency, wsgi_concurrency
from compliance.patience import ceiling, hurry
from compliance.server import Server, concurrently
from compliance.wire.http import Connection

COUNT = 6
"""Requests that are made at once."""

_POOL = 12
"""The largest pool of threads asked for all of them, as one that is lost leaves a later client waiting."""

_SHARES = (1 / 80, 1 / 8, 1)  # of the ceiling: the sleeps of endpoints, one after the other

Make = Callable[[float], Exchange]
"""Begins an exchange whose application sleeps for so many seconds between the notes "enter" and "leave"."""


def wanted(promise: int | None) -> int:
    """How many of COUNT requests must be inside at once; 0 without a promise."""
    return min(COUNT, promise or 0)


def limit(server: Server) -> int | None:
    """How many blocking requests may be inside at once, if it is less than COUNT and the server's own number.

    A framework's number is only the least: the size of a pool of threads may depend on the machine.
    """
    promise = server.concurrency.blocking
    own = promise is not None and promise == server.spec.concurrency.blocking
    return promise if own and wanted(promise) < COUNT else None


def record(observe: Observe, value: Any, *, promised: bool) -> None:
    """Record a measured value if nothing was promised by which it could be judged."""
    if not promised:
        observe(value)


def rendezvous(exchanges: Sequence[Exchange], gate: str) -> int:
    """How many stand at the gate together; then all are let through and finished."""
    inside = 0
    try:
        with suppress(Silence):
            for exchange in exchanges:
                exchange.wait_gate(gate)
                inside += 1
    finally:
        release(exchanges, gate)
    return inside


def as_promised(server: Server, *, framework: bool) -> bool:
    """Whether as many requests as promised meet in the application, and soon; False without a promise.

    `framework`: the application is the contract's, and none of ours.
    """
    wsgi, promises = server.interface == "wsgi", server.concurrency
    promise = (promises.blocking if wsgi else promises.nonblocking) or 0
    count = promise if promise <= _POOL else COUNT
    ours = wsgi_concurrency.holds if wsgi else asgi_concurrency.awaits
    target, app = (f"{server.root}hold", None) if framework else (server.root, ours)
    with hurry(), suppress(AssertionError):
        exchanges = concurrently(count, lambda _: server.open("GET", target, app=app, named=True))
        return 0 < count == rendezvous(exchanges, "hold")
    return False


def finish(exchanges: Sequence[Exchange]) -> Sequence[Exchange]:
    """Finish the exchanges, and let no server with one thread wait for a client that is done."""
    for exchange in exchanges:
        exchange.finish().leave()
    return exchanges


def release(exchanges: Sequence[Exchange], gate: str) -> None:
    """Let the exchanges through a gate, one after the other, and finish them as far as that is possible."""
    for exchange in exchanges:
        with suppress(AssertionError):
            exchange.open_gate(gate)
            finish([exchange])


def peak(spans: Iterable[tuple[float, float]]) -> int:
    """The greatest number of spans (begin, end) that hold the same moment."""
    steps = [step for begin, end in spans for step in ((begin, 1), (end, -1))]
    return max(itertools.accumulate(change for _, change in sorted(steps)), default=0)


def _span(exchange: Exchange) -> tuple[float, float]:
    return exchange.wait("enter").at, exchange.wait("leave").at


def _measure(make: Make, count: int, share: float) -> int:
    exchanges = concurrently(count, lambda _: make(share * ceiling("overlap")))
    return peak([_span(exchange) for exchange in finish(exchanges)])


def overlap(make: Make, promise: int | None) -> int:
    """The peak of COUNT requests that sleep: longer and longer, until it is what is promised."""
    count = 2 if promise == 1 else COUNT  # where one is promised, one is enough
    peaks: list[int] = []
    for share in _SHARES:
        peaks.append(_measure(make, count, share))
        if peaks[-1] >= wanted(promise):
            break
    return max(peaks)


def excess(make: Make, most: int | None) -> int:
    """The peak of requests that sleep: two more than there may be at once, if there is a limit."""
    return _measure(make, COUNT if most is None else most + 2, _SHARES[0])


def waits(slow: Make, quick: Callable[[], Exchange], *, promised: bool) -> bool:
    """Whether the application's work for a request ends only after a slow one before it has left.

    Where it is promised that it is not, the slow one may be slower and slower.
    """
    for share in _SHARES if promised else _SHARES[:1]:
        first = slow(share * ceiling("overlap"))
        first.wait("enter")
        second = quick()
        finish([first, second])
        if second.events[-1].at < first.wait("leave").at:
            return False
    return True


def in_turn(
    make: Callable[[int, Connection | None], Exchange], *, connections: int, rounds: int
) -> list[Exchange]:
    """Finished exchanges, numbered from 0, on several connections in turn.

    `make` begins one on a connection, or on a fresh one for None: those that the server ends are replaced.
    """
    kept: list[Connection | None] = [None] * connections
    done: list[Exchange] = []
    for number in range(connections * rounds):
        place = number % connections
        exchange = _on(make, number, kept[place])
        last = exchange.connection.ended or exchange.response.is_last()
        kept[place] = None if last else exchange.connection
        done.append(exchange)
    return done


def _on(
    make: Callable[[int, Connection | None], Exchange], number: int, connection: Connection | None
) -> Exchange:
    """One finished exchange; again on a fresh connection if the server had ended the old one unasked."""
    before = len(connection.received) if connection else 0
    exchange = make(number, connection)
    try:
        return exchange.finish()
    except Closed:
        if connection is None or len(connection.received) > before:
            raise
        return make(number, None).finish()
