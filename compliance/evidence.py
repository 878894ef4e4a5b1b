"""Exchanges as evidence: the bytes both ways and the guest's events, with seconds since the first of them."""

from collections.abc import Sequence

from compliance.exchange import Exchange
from compliance.expect import shorten
from compliance.results import Evidence
from compliance.wire.http import Connection

_LIMIT = 4096
_EVENTS = 200


def _cut(data: bytes) -> str:
    text = data.decode("latin-1")
    return text if len(text) <= _LIMIT else f"{text[: _LIMIT // 2]}…{text[-_LIMIT // 2 :]}"


def gather(exchanges: Sequence[Exchange], log: str) -> Evidence | None:
    """The evidence of some exchanges, in the shape of the results file; None if there is nothing to show."""
    connections: list[Connection] = list({id(e.connection): e.connection for e in exchanges}.values())
    sent = sorted(item for connection in connections for item in connection.sent)
    received = sorted(item for connection in connections for item in connection.received)
    events = sorted((event for e in exchanges for event in e.events), key=lambda event: event.at)
    times = [at for at, _ in sent + received] + [event.at for event in events]
    if not times:
        return None
    start = min(times)
    return {
        "sent": [[round(at - start, 6), _cut(data)] for at, data in sent],
        "received": [[round(at - start, 6), _cut(data)] for at, data in received],
        "events": [
            [round(event.at - start, 6), event.kind, event.name, shorten(event.value)]
            for event in events[-_EVENTS:]
        ],
        "log": log,
    }
