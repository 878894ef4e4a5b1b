"""A server's process: its command and its environment, started, waited for, watched and stopped."""

import contextlib
import itertools
import json
import os
import socket
import ssl
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Self

from compliance.channel import Switchboard
from compliance.environment import Environment
from compliance.exchange import App, app_name
from compliance.expect import Closed, TargetDied
from compliance.guest.tagged import encode
from compliance.modes import Way
from compliance.patience import ceiling
from compliance.process import LaunchError, Process, guest_path, launch, now, scratch
from compliance.profiling import add
from compliance.target import ServerSpec
from compliance.wire import http
from compliance.wire.http import Connection

_COUNTER = itertools.count(1)
_POLL, _POLL_MAX = 0.002, 0.02
DYING = 0.3  # seconds


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


class Running:
    """A server process with our guest in it, and the line to that guest."""

    def __init__(
        self,
        spec: ServerSpec,
        environment: Environment,
        *,
        framework: Path | None = None,
        lifespan: tuple[App, Mapping[str, Any]] | None = None,
        entry: str = "",
        extra_env: Mapping[str, str] | None = None,
        mode: str = "",
    ) -> None:
        """A server that is not started yet.

        `framework` is the app.py of a framework, tapped; without it the guest serves bare apps. `lifespan`
        names the app, with its keyword arguments, that gets the lifespan scope. `entry` is a
        `module:attribute` of the guest that the server loads in place of the probe. `mode` is another way to
        start it.
        """
        self.spec = spec
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
        self._ready: Connection | None = None

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
            self._switchboard.close()
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

    def listens(self) -> bool:
        """Whether it takes a connection, which is closed at once."""
        try:
            self._connection().close()
        except Closed:
            return False
        return True

    def _connection(self, source: str | None = None, tls: ssl.SSLContext | None = None) -> Connection:
        return Connection(self.way.address(self.port), source, tls or self.way.tls())

    def _process(self) -> Process:
        if self.process is None:
            raise StartError(f"{self.name} was not started")
        return self.process

    def _report(self, text: str) -> str:
        tail = self._process().log_tail() or "(nothing)"
        return f"{self.name} {text}\ncommand: {' '.join(self.command())}\nlast lines of its log:\n{tail}"

    def check_alive(self) -> None:
        """Raise TargetDied if the process has ended."""
        code = self._process().exit_code()
        if code is not None:
            raise TargetDied(self._report(f"ended with code {code} while it was in use"))

    def check_refusing(self, error: Closed) -> None:
        """Raise TargetDied if a process refused a connection because it ends: its sockets go before it."""
        if isinstance(error.__cause__, ConnectionRefusedError):
            self._process().wait(ceiling("stop"))
            self.check_alive()

    def terminate(self) -> None:
        """Ask the server to stop (SIGTERM) without waiting; the connection that found it ready is closed."""
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
