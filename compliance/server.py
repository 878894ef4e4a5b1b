"""A server under test: talk to it, and be told by its guest; how it is started and stopped is `running`'s."""

import contextlib
import itertools
import ssl
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from compliance.channel import Line
from compliance.environment import Environment
from compliance.exchange import App, Exchange, compliance_field
from compliance.expect import Closed
from compliance.patience import ceiling
from compliance.process import now
from compliance.ready import readable
from compliance.running import Running
from compliance.target import Concurrency, ServerSpec
from compliance.websocket_exchange import WebSocketExchange, handshake_headers
from compliance.wire import http, websocket
from compliance.wire.http import Connection

E = TypeVar("E", bound=Exchange)
_COUNTER = itertools.count(1)
_GLANCE = 0.02  # seconds
_KEPT = 250  # exchanges of one check
_IDLE = 8  # of them, those whose connections stay open when they are over


class Server(Running):
    """A server process with our guest in it, and the means to make exchanges with it."""

    def __init__(
        self,
        spec: ServerSpec,
        environment: Environment,
        *,
        concurrency: Concurrency | None = None,
        **options: Any,
    ) -> None:
        """A server that is not started yet; the options are those of `Running`.

        `concurrency` is what server and framework promise together; without it, what the server promises.
        """
        super().__init__(spec, environment, **options)
        self.concurrency = concurrency or spec.concurrency
        self.exchanges: list[Exchange] = []
        self.distrusted = False  # a check has done what may end it, or change it, a moment later

    def terminate(self) -> None:
        """Ask the server to stop (SIGTERM) without waiting; its connections are closed first."""
        self.reset()
        super().terminate()

    def knock(self, **options: Any) -> Exchange | None:
        """Send a request although the server may not be ready; None if it takes no connections."""
        if not self._try_connect():
            return None
        return self.open("GET", self.root, **options)

    @property
    def root(self) -> str:
        """The path of the application, with the slash at its end."""
        return f"{self.way.mount}/"

    def reset(self) -> None:
        """Forget the exchanges of the check before; anything unclaimed is hung up on."""
        for exchange in self.exchanges:
            exchange.close()
        self.exchanges.clear()
        if self.process is not None:
            self.process.trim_log()
        if self._switchboard is not None:
            self._switchboard.forget(_is_request)

    def line_of(self, exchange: str | None) -> Line:
        """The guest's line for an exchange (None: the next request that named none)."""
        return self.switchboard.line(
            lambda line: line.exchange == exchange and _is_request(line),
            f"exchange {exchange}" if exchange else "a request",
            alive=self.check_alive,
        )

    def has_called(self, exchange: Exchange) -> bool:
        """Whether the application has been called for an exchange whose line nobody has asked for yet."""
        return any(line.exchange == exchange.name and _is_request(line) for line in self.switchboard.poll())

    def wait_noticed(self, exchange: Exchange) -> None:
        """Wait until the server answers a request, or calls the application, before it has come whole.

        It may do neither: so this ends at the ceiling, and says nothing.
        """
        deadline = now() + ceiling("answer")
        while not self.has_called(exchange) and now() < deadline:
            if readable([exchange.connection], _GLANCE):
                return

    def claim(self) -> list[Line]:
        """The lines of all requests that nobody has asked for, as far as they have come."""
        return self.switchboard.claim_all(_is_request)

    def calls(self, exchange: Exchange) -> int:
        """How often, until now, the application has been called for an exchange without being waited for."""
        return sum(line.exchange == exchange.name for line in self.switchboard.poll())

    def connect(self, source: str | None = None, tls: ssl.SSLContext | None = None) -> Connection:
        """A fresh client connection; the one that found the server ready is the first.

        `source` is a local address to come from, `tls` what to encrypt with in place of what is usual.
        """
        if self._ready is not None and source is None and tls is None:
            connection, self._ready = self._ready, None
            return connection
        self.check_alive()
        self._leave()
        try:
            return self._connection(source, tls)
        except Closed as error:
            self.check_refusing(error)
            self.distrusted |= tls is None  # it may be at its end, a while after that of its listener
            raise

    def answer_again(self) -> None:
        """Have one good request answered, or know that nothing is: raises TargetDied if the process ends.

        The connections of one that ends are closed a while before that, so it is asked until it has.
        """
        deadline = now() + ceiling("stop")
        while now() < deadline:
            with contextlib.suppress(Closed):
                self.call("GET", self.root, named=True)
                return
            self._process().wait(_GLANCE)

    def _leave(self) -> None:
        """End connections that are done with: a server may wait for that, or keep a thread for each."""
        recent = {exchange.connection for exchange in self.exchanges[-_IDLE:]}
        for exchange in self.exchanges:
            exchange.leave(idle=exchange.connection not in recent)

    def prepare(
        self,
        app: App | None = None,
        with_: Mapping[str, Any] | None = None,
        *,
        connection: Connection | None = None,
        method: str = "GET",
        named: bool = False,
    ) -> Exchange:
        """An exchange that has sent nothing: the check sends its own bytes, `exchange.field` among them.

        `named`: the field names the exchange also without an app, so that the guest's account of it is told
        from that of others at the same time. With an app it always does.
        """
        return self.exchange(Exchange, app, with_, connection, method, named=named)

    def exchange(
        self,
        kind: type[E],
        app: App | None,
        with_: Mapping[str, Any] | None,
        connection: Connection | None,
        method: str,
        *,
        named: bool,
    ) -> E:
        """An exchange of this kind that has sent nothing; for the rest see `prepare`."""
        name = f"e{next(_COUNTER)}" if app is not None or named else None
        field = compliance_field(name, app, with_ or {}) if name is not None else b""
        if len(self.exchanges) >= _KEPT:  # a property that fails makes hundreds, and files are few
            self.exchanges.pop(0).close()
        exchange = kind(self, name, field, connection or self.connect(), method)
        self.exchanges.append(exchange)
        return exchange

    def open(  # noqa: PLR0913 - a request has that many parts
        self,
        method: str = "GET",
        target: str | bytes = "/",
        *,
        app: App | None = None,
        with_: Mapping[str, Any] | None = None,
        headers: Sequence[tuple[str | bytes, str | bytes]] = (),
        body: bytes | None = None,
        host: str | None = "testserver",
        version: str = "1.1",
        connection: Connection | None = None,
        named: bool = False,
    ) -> Exchange:
        """Send a request and return at once; use it as a context manager. `named`: as in `prepare`."""
        exchange = self.prepare(app, with_, connection=connection, method=method, named=named)
        data = http.request(method, target, headers, body, host=host, version=version)
        start, rest = data.split(b"\r\n", 1)
        exchange.send(start + b"\r\n" + exchange.field + rest)
        return exchange

    def call(self, method: str = "GET", target: str | bytes = "/", **options: Any) -> Exchange:
        """Send a request, read the whole response and wait for the end of the application's work.

        The options are those of `open`.
        """
        return self.open(method, target, **options).finish()

    def websocket(
        self,
        target: str = "/",
        *,
        app: App | None = None,
        with_: Mapping[str, Any] | None = None,
        headers: Sequence[tuple[str | bytes, str | bytes]] = (),
        subprotocols: Sequence[str] = (),
        named: bool = False,
    ) -> WebSocketExchange:
        """Send a WebSocket opening handshake and return at once; use it as a context manager."""
        exchange = self.exchange(WebSocketExchange, app, with_, None, "GET", named=named)
        exchange.key = websocket.key()
        fields = [*handshake_headers(exchange.key, subprotocols), *headers]
        start, rest = http.request("GET", target, fields).split(b"\r\n", 1)
        exchange.send(start + b"\r\n" + exchange.field + rest)
        return exchange

    def fence(self, app: App) -> Exchange:
        """A known-good exchange on a connection of its own: what came before it has had its chance."""
        return self.call("GET", f"{self.root}fence", app=app)

    def settle(self, app: App) -> None:
        """Let five fences pass: what other threads of the server do behind a request is done by then."""
        for _ in range(5):
            self.fence(app)

    def count_at_rest(self, exchange: Exchange, name: str, app: App) -> int:
        """How many notes of this name an exchange has when, by five fences in a row, no more come."""
        counts: list[int] = []
        while len(counts) < 5 or len(set(counts[-5:])) > 1:
            self.fence(app)
            counts.append(len(exchange.so_far(name)))
        return counts[-1]


def _is_request(line: Line) -> bool:
    return line.kind not in {"", "lifespan"}


def concurrently(count: int, make: Callable[[int], Exchange]) -> list[Exchange]:
    """Make `count` exchanges that are all under way at once."""
    return [make(number) for number in range(count)]
