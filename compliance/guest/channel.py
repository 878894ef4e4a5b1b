"""The guest's end of the line to the host: out-of-band events and rendezvous.

One connection for each exchange, opened by the guest when the application is called and closed when
the application's work is over. So no lock or demultiplexer is needed, forks do no harm, and the end of the
connection tells the host that the application has finished. No report holds the application up: what the
host has not read yet and the kernel has no room for is sent by a thread of the channel's own.

Lines go to the host as `[kind, name, value, nanoseconds of the monotonic clock]` in the encoding of
`tagged`; the host sends the name of a gate it opens, one to a line.
"""

import contextvars
import os
import queue
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any, List, Optional

from compliance.guest.tagged import encode

FILE = str(Path(__file__).resolve().with_name("file.txt"))
"""The absolute path of the file that the contract's endpoint /file serves."""

_LARGE = 1 << 15  # bytes of a line, of which several have room in any socket
_POLL = 0.0005
_POLL_MAX = 0.02
_CURRENT: "contextvars.ContextVar[Optional[Channel]]" = contextvars.ContextVar("channel", default=None)


def _connect(address: str) -> socket.socket:
    if address.startswith("unix:"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.connect(address[len("unix:") :])
        return line
    host, _, port = address[len("tcp:") :].rpartition(":")
    return socket.create_connection((host, int(port)))


async def _sleep(seconds: float) -> None:
    """Sleep on whichever event loop runs here."""
    trio = sys.modules.get("trio")
    if trio is not None and in_trio(trio):
        await trio.sleep(seconds)
        return
    import asyncio

    await asyncio.sleep(seconds)


def in_trio(trio: Any) -> bool:
    """Whether this code runs in an event loop of the module `trio`, and not of asyncio."""
    try:
        trio.lowlevel.current_task()
    except RuntimeError:
        return False
    return True


def _aside(line: bytes, socket_address: str, at: int) -> bytes:
    """The line that tells of `line`, which goes into a file; itself where that cannot be written."""
    path = "{}-{}-{}".format(socket_address, os.getpid(), at)
    try:
        with open(path, "xb") as file:  # noqa: PTH123 - guests take paths as text
            file.write(line)
    except OSError:
        return line
    return encode(["file", path, None, 0]) + b"\n"


def _drain(line: socket.socket, overflow: "queue.SimpleQueue[bytes]") -> None:
    """Send what comes until an empty item, and close the line."""
    try:
        for data in iter(overflow.get, b""):
            line.sendall(data)
    except OSError:
        pass  # the host has lost interest
    line.close()


class Channel:
    """One exchange's connection to the host; every method is harmless after `end`."""

    def __init__(self, exchange: Optional[str], kind: str, address: Optional[str] = None) -> None:
        """Connect and say which exchange this is (None: the request named none) and of which kind.

        `kind` is "wsgi", "http", "websocket" or "lifespan". Without an address, that of the environment
        variable COMPLIANCE_CHANNEL is used. Raises OSError where the host is gone.
        """
        self._address = address or os.environ["COMPLIANCE_CHANNEL"]
        self._line: Optional[socket.socket] = _connect(self._address)
        self._overflow: Optional["queue.SimpleQueue[bytes]"] = None
        self._opened: List[str] = []
        self._rest = b""
        self._send("hello", kind, {"exchange": exchange, "pid": os.getpid()})

    def _send(self, kind: str, name: str, value: Any) -> None:
        line = self._line
        if line is None:
            return
        at = time.monotonic_ns()
        data = encode([kind, name, value, at]) + b"\n"
        if len(data) > _LARGE and self._address.startswith("unix:"):
            data = _aside(data, self._address[len("unix:") :], at)
        if self._overflow is None:
            try:
                data = data[line.send(data, socket.MSG_DONTWAIT) :]
            except BlockingIOError:
                pass
            except OSError:
                self.end()  # the host has lost interest; the application goes on
                return
        if data:
            self._later(line, data)

    def _later(self, line: socket.socket, data: bytes) -> None:
        if self._overflow is None:
            self._overflow = queue.SimpleQueue()
            threading.Thread(target=_drain, args=(line, self._overflow), daemon=True).start()
        self._overflow.put(data)

    def note(self, name: str, value: Any = None) -> None:
        """Report an event."""
        self._send("note", name, value)

    def end(self) -> None:
        """Report that the application's work is over."""
        line, self._line = self._line, None
        if self._overflow is not None:
            self._overflow.put(b"")
        elif line is not None:
            line.close()

    def _take(self, name: str) -> bool:
        lines = self._rest.split(b"\n")
        self._rest = lines.pop()
        self._opened += [line.decode() for line in lines]
        if name in self._opened:
            self._opened.remove(name)
            return True
        return False

    def gate(self, name: str) -> None:
        """Block this thread until the host opens the gate, or is gone."""
        self._send("gate", name, None)
        while self._line is not None and not self._take(name):
            data = self._line.recv(4096)
            if not data:
                return
            self._rest += data
        self._send("note", "passed " + name, None)

    async def agate(self, name: str) -> None:
        """Wait until the host opens the gate, or is gone, without blocking the event loop."""
        self._send("gate", name, None)
        pause = _POLL
        while self._line is not None and not self._take(name):
            try:
                data = self._line.recv(4096, socket.MSG_DONTWAIT)
            except BlockingIOError:
                await _sleep(pause)
                pause = min(pause * 1.5, _POLL_MAX)
                continue
            if not data:
                return
            self._rest += data
        self._send("note", "passed " + name, None)


def use(channel: Channel) -> None:
    """Make this the channel of `note`, `gate` and `agate` in the current context."""
    _CURRENT.set(channel)


def current() -> Optional[Channel]:
    """The channel of the exchange that this code works for; None outside an exchange."""
    return _CURRENT.get()


def note(name: str, value: Any = None) -> None:
    """Report an event of the exchange that this code works for; nothing outside an exchange."""
    channel = _CURRENT.get()
    if channel is not None:
        channel.note(name, value)


def gate(name: str) -> None:
    """Block until the host opens the gate; nothing outside an exchange."""
    channel = _CURRENT.get()
    if channel is not None:
        channel.gate(name)


async def agate(name: str) -> None:
    """Wait until the host opens the gate; nothing outside an exchange."""
    channel = _CURRENT.get()
    if channel is not None:
        await channel.agate(name)


async def asleep(seconds: float) -> None:
    """Sleep on whichever event loop runs here, without blocking it."""
    await _sleep(seconds)
