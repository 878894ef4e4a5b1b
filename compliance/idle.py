"""Clients that fall silent, or hardly go on, all at the same time, and what a server makes of each.

They wait together, because each costs as long as the server's patience. The first has had a response; when
its connection ends, the others are waited for once and a half as long again. So the server decides how long
all this takes, and what is seen is an order of events, and no measured time.
"""

import contextlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from compliance.exchange import Exchange
from compliance.expect import Closed, Silence
from compliance.modes import SECONDS
from compliance.neutral import neutral
from compliance.patience import ceiling
from compliance.process import now
from compliance.ready import readable
from compliance.server import Server

SILENT = ("after a response", "before a request", "within a head", "within a body")
SLOW = ("slow within a head", "slow within a body")
OPEN, UNKEPT = "open", "not kept"
_HEAD = b"POST / HTTP/1.1\r\nHost: testserver\r\n"
_PAUSE = 0.3 * SECONDS  # between two bytes of a slow client: shorter than anybody's patience
_STATUS = re.compile(rb"^HTTP/1\.\d (\d{3})", re.MULTILINE)


@dataclass
class Client:
    """A client that has sent a part of a request, or nothing; a slow one sends more, byte by byte."""

    exchange: Exchange
    slow: bool = False

    def attend(self) -> None:
        """Take what has come, and if that was nothing, send the next byte when it is time."""
        connection = self.exchange.connection
        while not connection.ended and readable([connection], 0):
            connection.attend()
        if self.slow and not connection.ended and now() - connection.sent[-1][0] >= _PAUSE:
            connection.send(b"x")

    def end(self) -> str:
        """What has become of the connection: "closed", "reset" or "open", behind the statuses that came."""
        connection = self.exchange.connection
        how = "reset" if connection.reset else "closed" if connection.ended else OPEN
        return ", ".join([*(status.decode() for status in _STATUS.findall(connection.buffer)), how])


def play(server: Server, exchanges: list[Exchange]) -> dict[str, str]:
    """What becomes of clients that stop in the places SILENT, or go on as the SLOW do: see `Client.end`.

    "not kept" is a connection that the server ended with the response. The exchanges are added to
    `exchanges`. Fails if there is no response.
    """
    kept = server.open("GET", server.root).finish()
    exchanges.append(kept)
    clients = [Client(kept), *(_started(server, name) for name in (*SILENT[1:], *SLOW))]
    exchanges += [client.exchange for client in clients[1:]]
    _watch(clients)
    ends = dict(zip((*SILENT, *SLOW), [client.end() for client in clients], strict=True))
    return ends | ({SILENT[0]: UNKEPT} if kept.response.is_last() else {})


def _started(server: Server, name: str) -> Client:
    app = neutral(server, "reads")
    exchange = server.prepare(app)
    if name.endswith("head"):
        exchange.send(_HEAD + exchange.field + b"X-Unfinished: ")
    elif name.endswith("body"):
        exchange.send(_HEAD + exchange.field + b"Content-Length: 1000\r\n\r\nsome")
    return Client(exchange, slow=name in SLOW)


def _watch(clients: Sequence[Client]) -> None:
    """Wait for the end of the first, up to a ceiling, and then, if it has come, for the others."""
    began, first = now(), clients[0].exchange.connection
    _attend(clients, lambda: first.ended, began + ceiling("answer"))
    if first.ended:
        _attend(clients, lambda: False, began + 2.5 * max(now() - began, SECONDS))


def _attend(clients: Sequence[Client], enough: Callable[[], bool], deadline: float) -> None:
    """Attend to all clients until it is enough, or all have come to their ends, or the time is up."""
    while not enough() and now() < deadline:
        waiting = [client for client in clients if not client.exchange.connection.ended]
        if not waiting:
            return
        readable([client.exchange.connection for client in waiting], min(_PAUSE / 3, deadline - now()))
        for client in waiting:
            with contextlib.suppress(Silence, Closed):
                client.attend()
