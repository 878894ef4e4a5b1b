"""A server under test: start, wait until ready, talk to it, stop."""

import contextlib
import itertools
import json
import os
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Self, TypeVar

from compliance.channel import Line, Switchboard
from compliance.environment import Environment
from compliance.exchange import (
    App,
    Exchange,
    WebSocketExchange,
    app_name,
    compliance_field,
    handshake_headers,
)
from compliance.expect import Closed, TargetDied
from compliance.guest.tagged import encode
from compliance.modes import Way
from compliance.patience import ceiling
from compliance.process import LaunchError, Process, guest_path, launch, now, scratch
from compliance.profiling import add
from compliance.target import Concurrency, ServerSpec
from compliance.wire import http, websocket
from compliance.wire.http import Connection

E = TypeVar("E", bound=Exchange)
_COUNTER = itertools.count(1)
_POLL, _POLL_MAX = 0.002, 0.02
_KEPT = 250  # exchanges of one check
_IDLE = 8  # of them, those whose connections stay open when they are over


class StartError(Exception):
    """The target did not start, or did not pass the pre-flight; the message holds the tail of its log."""


@cache
def loopback() -> str:
    """The loopback address of this process: one of its own, where the platform has more than one."""
    number = os.getpid()
    own = f"127.{64 + (number >> 16) % 64}.{(number >> 8) % 256}.{number % 254 + 1}"
    for host in (own, "127.0.0.1"):
        with contextlib.suppress(OSError), socket.create_server((host, 0)):
            return host
    raise StartError("no loopback address can be listened on")


_PORTS_GIVEN: set[int] = set()
_PORTS_LOCK = threading.Lock()


def free_port(host: str) -> int:
    """A port that nobody listens on and that was not given before: the address is this process's own."""
    while True:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.bind((host, 0))
            port = int(probe.getsockname()[1])
        with _PORTS_LOCK:
            if port not in _PORTS_GIVEN:
                _PORTS_GIVEN.add(port)
                return port


class Server:
    """A server process with our guest in it, and the means to make exchanges with it."""

    def __init__(
        self,
        spec: ServerSpec,
        environment: Environment,
        *,
        framework: Path | None = None,
        lifespan: tuple[App, Mapping[str, Any]] | None = None,
        concurrency: Concurrency | None = None,
        entry: str = "",
        extra_env: Mapping[str, str] | None = None,
        mode: str = "",
    ) -> None:
        """A server that is not started yet.

        `framework` is the app.py of a framework, tapped; without it the guest serves bare apps. `lifespan`
        names the app, with its keyword arguments, that gets the lifespan scope. `concurrency` is what the
        two promise together; without it, what the server promises. `entry` is a `module:attribute` of the
        guest that the server loads in place of the probe. `mode` is another way to start it.
        """
        self.spec = spec
        self.concurrency = concurrency or spec.concurrency
        self.environment = environment
        self.name = spec.name
        self.interface = spec.interface
        self._framework = framework
        self._lifespan = lifespan
        self._entry = entry or f"compliance.guest.probe:{spec.interface}"
        self._extra_env = dict(extra_env or {})
        self._folder = scratch() / f"s{next(_COUNTER)}"
        self._switchboard: Switchboard | None = None
        self.way = Way(mode, self._folder, loopback())
        self.host, self.port = self.way.host, 0
        self.process: Process | None = None
        self.exchanges: list[Exchange] = []
        self.distrusted = False  # a check has done what may end it a moment later
        self._ready: Connection | None = None

    # Starting and stopping

    def _placeholders(self) -> dict[str, str]:
        return {
            "python": str(self.environment.python),
            "bin": str(self.environment.bin),
            "prefix": str(self.environment.prefix),
            "app": self._entry,
            "host": self.host,
            "port": str(self.port),
            "pythonpath": str(guest_path()),
            "tmp": str(self._folder),
        } | self.way.placeholders()

    def command(self) -> list[str]:
        """The argument list that starts the server."""
        places = self._placeholders()
        return [part.format_map(places) for part in self.spec.command_in(self.way.name)]

    def _environment_variables(self) -> dict[str, str]:
        places = self._placeholders()
        variables = {key: value.format_map(places) for key, value in self.spec.env.items()}
        variables |= {"PYTHONPATH": str(guest_path()), "COMPLIANCE_CHANNEL": self.switchboard.address}
        if self.spec.adapter:
            variables |= {"COMPLIANCE_ADAPTER": self.spec.adapter, "COMPLIANCE_ADAPTED": self._entry}
        if self._framework is not None:
            variables["COMPLIANCE_FRAMEWORK"] = str(self._framework)
        if self._lifespan is not None:
            app, arguments = self._lifespan
            variables["COMPLIANCE_LIFESPAN"] = json.dumps(
                {"app": app_name(app), "with": json.loads(encode(dict(arguments)))}
            )
        return variables | self._extra_env

    @property
    def switchboard(self) -> Switchboard:
        """Where the guest's lines arrive, once the server was launched."""
        if self._switchboard is None:
            raise StartError(f"{self.name} was not started")
        return self._switchboard

    def launch(self) -> Self:
        """Start the process without waiting for it; raises StartError if that is impossible."""
        self._folder.mkdir()
        self._switchboard = Switchboard(self._folder, "c")
        self.port = free_port(self.host)
        log = self._folder / "log"
        try:
            self.process = launch(
                self.command(), env=self._environment_variables(), cwd=self._folder, log=log
            )
        except LaunchError as error:
            raise StartError(f"{self.name}: {error}") from error
        return self

    def wait_ready(self) -> Self:
        """Wait until the server accepts connections; raises StartError if it exits or never does."""
        began, pause = now(), _POLL
        deadline = began + ceiling("start")
        while not self._try_connect():
            code = self._process().exit_code()
            if code is not None:
                raise StartError(self._report(f"exited with code {code} before it listened"))
            if now() > deadline:
                raise StartError(self._report(f"did not listen on {http.spell(self.way.address(self.port))}"))
            self._process().trim_log()
            self._process().wait(pause)
            pause = min(pause * 1.3, _POLL_MAX)
        if threading.current_thread() is threading.main_thread():  # lives are played beside the checks
            add("starts", now() - began)
        return self

    def _try_connect(self) -> bool:
        try:
            self._ready = self._connection()
        except Closed:
            return False
        return True

    def _connection(self, source: str | None = None) -> Connection:
        return Connection(self.way.address(self.port), source, self.way.tls())

    def _process(self) -> Process:
        if self.process is None:
            raise StartError(f"{self.name} was not started")
        return self.process

    def _report(self, text: str) -> str:
        tail = self._process().log_tail() or "(nothing)"
        return f"{self.name} {text}\ncommand: {' '.join(self.command())}\nlast lines of its log:\n{tail}"

    def knock(self, **options: Any) -> Exchange | None:
        """Send a request although the server may not be ready; None if it takes no connections."""
        if not self._try_connect():
            return None
        return self.open("GET", self.root, **options)

    def check_alive(self) -> None:
        """Raise TargetDied if the process has ended."""
        code = self._process().exit_code()
        if code is not None:
            raise TargetDied(self._report(f"ended with code {code} while it was in use"))

    def terminate(self) -> None:
        """Ask the server to stop (SIGTERM) without waiting; its connections are closed first."""
        self.reset()
        if self._ready is not None:
            self._ready.close()
        if self.process is not None:
            self.process.terminate()

    def stop(self) -> int | None:
        """Stop the server; its exit code, None if it was never started."""
        self.terminate()
        code = self.process.stop() if self.process is not None else None
        if self._switchboard is not None:
            self._switchboard.close()
        return code

    def log(self, lines: int = 40) -> str:
        """The last lines of the server's log."""
        return self.process.log_tail(lines) if self.process is not None else ""

    def log_size(self) -> int:
        """How many bytes the server has logged until now."""
        return self._process().log.stat().st_size

    def log_since(self, size: int) -> str:
        """What the server has logged since it had logged `size` bytes."""
        with self._process().log.open("rb") as file:
            file.seek(size)
            return file.read().decode(errors="replace")

    def wait_log(self, text: str) -> bool:
        """Whether the server logs this text, now or a little later: a log may lag behind the answers."""
        deadline = now() + ceiling("event")
        while text not in self.log_since(0):
            if now() > deadline:
                return False
            self._process().wait(_POLL_MAX)
        return True

    # Exchanges

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

    def claim(self) -> list[Line]:
        """The lines of all requests that nobody has asked for, as far as they have come."""
        return self.switchboard.claim_all(_is_request)

    def calls(self, exchange: Exchange) -> int:
        """How often, until now, the application has been called for an exchange without being waited for."""
        return sum(line.exchange == exchange.name for line in self.switchboard.poll())

    def connect(self, source: str | None = None) -> Connection:
        """A fresh client connection; the one that found the server ready is the first."""
        if self._ready is not None and source is None:
            connection, self._ready = self._ready, None
            return connection
        self.check_alive()
        self._leave()
        return self._connection(source)

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
        return self._exchange(Exchange, app, with_, connection, method, named=named)

    def _exchange(
        self,
        kind: type[E],
        app: App | None,
        with_: Mapping[str, Any] | None,
        connection: Connection | None,
        method: str,
        *,
        named: bool,
    ) -> E:
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
        exchange = self._exchange(WebSocketExchange, app, with_, None, "GET", named=named)
        exchange.key = websocket.key()
        fields = [*handshake_headers(exchange.key, subprotocols), *headers]
        start, rest = http.request("GET", target, fields).split(b"\r\n", 1)
        exchange.send(start + b"\r\n" + exchange.field + rest)
        return exchange

    def fence(self, app: App) -> Exchange:
        """A known-good exchange on a connection of its own: what came before it has had its chance."""
        return self.call("GET", f"{self.root}fence", app=app)

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
