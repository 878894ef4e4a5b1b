"""The host's end of the lines to the guests.

A `Switchboard` is one listening socket; each connection to it is one exchange's `Line`. Nothing here runs
in the background: a line is read when somebody waits for something on it. Guests say hello with the name
of the exchange (None for a request that carried none), so lines may arrive in any order.
"""

import json
import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from compliance.expect import Silence
from compliance.guest.tagged import untag
from compliance.patience import ceiling
from compliance.process import now
from compliance.ready import readable


@dataclass(frozen=True)
class Other:
    """A guest's value of no plain type: an instance of a subclass, or any object."""

    type: str
    base: str
    value: Any


class Items(Other):
    """A guest's value that is a sequence of a class of its own; `value` is the list of its items."""

    def __iter__(self) -> Iterator[Any]:
        """The items, as the application would get them."""
        return iter(self.value)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.value)


def decode(value: Any) -> Any:
    """Python value of one decoded JSON value of the guest's encoding; see `compliance.guest.tagged`."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    return _TAGS.get(value["$"], untag)(value) if isinstance(value, dict) else value


_TAGS: dict[str, Callable[[Any], Any]] = {
    "tuple": lambda value: tuple(decode(item) for item in value["v"]),
    "dict": lambda value: {_key(decode(key)): decode(item) for key, item in value["v"]},
    "subclass": lambda value: Other(value["type"], value["base"], decode(value["v"])),
    "sequence": lambda value: Items(value["type"], "object", decode(value["v"])),
    "object": lambda value: Other(value["type"], "object", value["repr"]),
}


def _key(key: Any) -> Any:
    try:
        hash(key)
    except TypeError:
        return repr(key)
    return key


@dataclass(frozen=True)
class Event:
    """Something a guest reported: `kind` is "note", "gate" or "hello", `at` seconds of the common clock."""

    kind: str
    name: str
    value: Any
    at: float


class Beside(Protocol):
    """Something that is attended to while a line is waited for."""

    def fileno(self) -> int:
        """Its file number."""

    def attend(self) -> bool:
        """It can be read: do what is due; False if nothing will be any more."""


@dataclass(eq=False)
class Line:
    """One connection of a guest: the events of one exchange, as they come."""

    _socket: socket.socket
    events: list[Event] = field(default_factory=list)
    ended: bool = False
    silent: bool = False  # nothing came up to a ceiling
    beside: "Beside | None" = None
    _rest: bytes = b""

    @property
    def hello(self) -> Event | None:
        """The first event: its name is the kind of scope, its value `{"exchange": …, "pid": …}`."""
        return self.events[0] if self.events else None

    @property
    def kind(self) -> str:
        """The kind of scope: "wsgi", "http", "websocket" or "lifespan"; empty before the hello."""
        return self.hello.name if self.hello else ""

    @property
    def exchange(self) -> str | None:
        """The exchange that the guest named, or None."""
        return self.hello.value["exchange"] if self.hello else None

    @property
    def pid(self) -> int:
        """The process in which the application was called."""
        return int(self.hello.value["pid"]) if self.hello else 0

    def fileno(self) -> int:
        """The connection's file number, for `select`."""
        return self._socket.fileno()

    def pump(self, seconds: float) -> bool:
        """Read what has come, waiting at most `seconds` for something; False if nothing came."""
        if self.ended:
            return False
        if self.beside is not None and self.beside.fileno() < 0:  # this side has closed it
            self.beside = None
        sources: list[Line | Beside] = [self, self.beside] if self.beside is not None else [self]
        ready = readable(sources, seconds)
        if self.beside is not None and self.beside in ready and not self.beside.attend():
            self.beside = None
        if self not in ready:
            return bool(ready)
        try:
            data = self._socket.recv(1 << 20)
        except ConnectionResetError:  # the guest's process ended
            data = b""
        if not data:
            self.ended = True
            return True
        *lines, self._rest = (self._rest + data).split(b"\n")
        self.events += [_event(line) for line in lines]
        return True

    def until(self, done: Callable[[], Any], what: str, seconds: float | None = None) -> Any:
        """Read until `done()` is true and return its value; raises Silence for `what` at the ceiling."""
        deadline = now() + (ceiling("event") if seconds is None else seconds)
        while not (result := done()):
            if self.ended:
                raise Silence(f"the application ended without {what}; it reported {self.names()}")
            if not self.pump(deadline - now()) and now() >= deadline:
                self.silent = True
                raise Silence(f"no {what} from the application; it reported {self.names()}")
        return result

    def find(self, name: str, kind: str = "note") -> Event | None:
        """The first event of this name and kind that has come, or None."""
        return next((event for event in self.events if event.name == name and event.kind == kind), None)

    def wait(self, name: str, kind: str = "note") -> Event:
        """The first event of this name and kind; raises Silence if none comes."""
        event: Event = self.until(lambda: self.find(name, kind), f"{kind} {name!r}")
        return event

    def wait_end(self, seconds: float | None = None) -> None:
        """Wait until the application's work is over."""
        self.until(lambda: self.ended, "end", seconds)

    def send(self, text: str) -> None:
        """Send one line to the guest, or several; raises Silence if it takes nothing up to the ceiling.

        A guest that has gone is no error: what it reported can still be read.
        """
        try:
            self._socket.settimeout(ceiling("event"))
            self._socket.sendall(text.encode() + b"\n")
        except TimeoutError:
            self.silent = True
            raise Silence(f"the application took no more gates; it reported {self.names()}") from None
        except OSError:
            pass

    def open_gate(self, name: str) -> None:
        """Open a gate, now or before the guest comes to it."""
        self.send(name)

    def open_gates(self, names: Iterable[str]) -> None:
        """Open gates, now or before the guest comes to them; all at once, as a guest may not come to any."""
        self.send("\n".join(names))

    def names(self) -> list[str]:
        """The names of the events so far."""
        return [event.name for event in self.events[1:]]

    def close(self) -> None:
        """Hang up: gates no longer hold the guest."""
        self._socket.close()
        self.ended = True


def _event(line: bytes) -> Event:
    kind, name, value, nanoseconds = json.loads(line)
    if kind == "file":
        aside = Path(name)
        kind, name, value, nanoseconds = json.loads(aside.read_bytes())
        aside.unlink()
    return Event(kind, name, decode(value), nanoseconds / 1e9)


class Switchboard:
    """A listening socket to which guests connect; `address` goes into their COMPLIANCE_CHANNEL."""

    def __init__(self, folder: Path, name: str) -> None:
        """Listen on a Unix socket in `folder`, or on loopback TCP where there are none."""
        if hasattr(socket, "AF_UNIX"):
            self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._listener.bind(str(folder / name))
            self.address = f"unix:{folder / name}"
        else:
            self._listener = socket.create_server(("127.0.0.1", 0))
            host, port = self._listener.getsockname()
            self.address = f"tcp:{host}:{port}"
        self._listener.listen(1024)
        self._waiting: list[Line] = []

    def _accept(self, seconds: float) -> bool:
        """Take new connections and read hellos; False if nothing came within `seconds`."""
        unread = [line for line in self._waiting if not line.events and not line.ended]
        sources: list[socket.socket | Line] = [self._listener, *unread]
        ready = readable(sources, seconds)
        for source in ready:
            if isinstance(source, Line):
                source.pump(0)
            else:
                self._waiting.append(Line(source.accept()[0]))
        return bool(ready)

    def line(
        self,
        wanted: Callable[[Line], bool],
        what: str,
        seconds: float | None = None,
        alive: Callable[[], None] = lambda: None,
    ) -> Line:
        """The first unclaimed connection that is wanted; raises Silence if none comes.

        `alive` is called now and then while waiting and raises if there is nothing left to wait for: what
        the guest said before its end is heard all the same.
        """
        deadline = now() + (ceiling("event") if seconds is None else seconds)
        while not (found := self.claim(wanted)):
            try:
                alive()
            except Exception:
                self.poll()
                if (found := self.claim(wanted)) is None:
                    raise
                return found
            if not self._accept(min(0.1, deadline - now())) and now() >= deadline:
                raise Silence(f"the application was not called for {what}")
        return found

    def claim(self, wanted: Callable[[Line], bool]) -> Line | None:
        """The first unclaimed connection that is wanted among those that have said hello, or None."""
        for line in self._waiting:
            if line.events and wanted(line):
                self._waiting.remove(line)
                return line
        return None

    def unclaim(self, line: Line) -> None:
        """Let another claim a connection that has been claimed."""
        self._waiting.append(line)

    def claim_all(self, wanted: Callable[[Line], bool]) -> list[Line]:
        """All unclaimed connections that are wanted among those that have said hello until now."""
        found = [line for line in self.poll() if wanted(line)]
        self._waiting = [line for line in self._waiting if line not in found]
        return found

    def poll(self) -> list[Line]:
        """All unclaimed connections that have said hello until now; they stay unclaimed."""
        while self._accept(0):
            pass
        return [line for line in self._waiting if line.events]

    def forget(self, unwanted: Callable[[Line], bool]) -> None:
        """Hang up on the unclaimed connections that nobody will ask for."""
        for line in [line for line in self.poll() if unwanted(line)]:
            self._waiting.remove(line)
            line.close()

    def close(self) -> None:
        """Hang up on everybody and stop listening."""
        for line in self._waiting:
            line.close()
        self._listener.close()
