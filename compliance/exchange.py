"""An exchange: everything seen of one request, the bytes both ways and the guest's events."""

import contextlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Protocol, Self

from compliance.channel import Event, Line
from compliance.expect import Closed, saw
from compliance.guest.tagged import encode
from compliance.wire import websocket
from compliance.wire.body import BodyReader
from compliance.wire.http import Connection, Response
from compliance.wire.websocket import Frame

App = Callable[..., Any]


class Caller(Protocol):
    """What an exchange needs of the server that it runs on."""

    def line_of(self, exchange: str | None) -> Line:
        """The guest's line for an exchange; raises Silence, or TargetDied."""


def app_name(app: App) -> str:
    """The name under which guests know an app: module and function."""
    return f"{app.__module__.rpartition('.')[2]}.{app.__name__}"


def compliance_field(exchange: str, app: App | None, arguments: Mapping[str, Any]) -> bytes:
    """The request header field, with its line end, that names an exchange and any app with arguments."""
    value: dict[str, Any] = {"exchange": exchange}
    if app is not None:
        value |= {"app": app_name(app), "with": json.loads(encode(dict(arguments)))}
    return b"Compliance: %s\r\n" % json.dumps(value, separators=(",", ":")).encode("ascii")


class Exchange:
    """One request on a connection, and the application's own account of it.

    Use it as a context manager: on leaving, the connection and the line are closed.
    """

    def __init__(
        self, caller: Caller, name: str | None, field: bytes, connection: Connection, method: str
    ) -> None:
        """An exchange that has sent nothing yet; `name` is None for a request without our field."""
        self._caller = caller
        self.name = name
        self.field = field
        self.connection = connection
        self.method = method
        self._line: Line | None = None
        self._others: list[Line] = []
        self._response: Response | None = None
        self._reader: BodyReader | None = None
        self._given = 0

    def send(self, data: bytes) -> None:
        """Send exactly these bytes."""
        self.connection.send(data)

    def send_slowly(self, data: bytes) -> None:
        """Send these bytes in segments of one."""
        for octet in data:
            self.send(bytes([octet]))

    # What the client sees

    @property
    def response(self) -> Response:
        """The final response: its head is read if it was not."""
        return self.read_head()

    @property
    def status(self) -> int:
        """The status code of the final response."""
        return self.response.status

    @property
    def body(self) -> bytes:
        """The whole content of the response."""
        return self._body().rest()

    def header(self, name: str) -> bytes | None:
        """The first value of a response field, or None."""
        return self.response.header(name)

    def read_head(self) -> Response:
        """Read the head of the final response."""
        if self._response is None:
            self._response = self.connection.final_head(self.method)
        return self._response

    def _body(self) -> BodyReader:
        if self._reader is None:
            self._reader = BodyReader(self.connection, self.read_head())
        return self._reader

    def read_body(self, count: int | None = None) -> bytes:
        """The next `count` bytes of the content (fewer if it ends), or all the rest."""
        reader = self._body()
        content = reader.rest() if count is None else reader.read(self._given + count)
        end = len(content) if count is None else min(len(content), self._given + count)
        part, self._given = content[self._given : end], end
        return part

    @property
    def answered(self) -> int | None:
        """The status code of the final response if its head has been read, else None."""
        return self._response.status if self._response else None

    def outcome(self) -> Response | None:
        """The response as far as it came to the end of its message or connection; None if it had no head.

        Raises Silence if the server neither goes on nor ends the connection.
        """
        with contextlib.suppress(Closed):
            self._body().rest()
        return self._response

    def afterwards(self) -> bytes:
        """All that follows this response on its connection.

        One more GET asks to close, unless the response was the last one. See `compliance.expect.in_sync`.
        Raises Silence if the server does not close.
        """
        if self._response is None or not self._response.is_last():
            self.send(b"GET /afterwards HTTP/1.1\r\nHost: testserver\r\nConnection: close\r\n\r\n")
        return self.connection.read_to_end()

    # What the application sees

    @property
    def line(self) -> Line | None:
        """The application's line if it has been asked for, else None."""
        return self._line

    @property
    def guest(self) -> Line:
        """The application's line: waits until the application has been called."""
        if self._line is None:
            self._line = self._caller.line_of(self.name)
        return self._line

    def wait(self, name: str) -> Event:
        """Wait until the application has noted `name`."""
        return self.guest.wait(name)

    def value(self, name: str) -> Any:
        """The value that the application noted under `name`; waits for it."""
        return self.wait(name).value

    def values(self, name: str) -> list[Any]:
        """All values noted under `name` by the time the application's work was over; waits for that."""
        self.guest.wait_end()
        return [event.value for event in self.guest.events if event.name == name and event.kind == "note"]

    def so_far(self, name: str) -> list[Any]:
        """The values that the application has noted under `name` until now."""
        while self.guest.pump(0):
            pass
        return [event.value for event in self.guest.events if event.name == name and event.kind == "note"]

    def wait_gate(self, name: str) -> None:
        """Wait until the application stands at a gate."""
        self.guest.wait(name, "gate")

    def open_gate(self, name: str) -> None:
        """Let the application through a gate."""
        self.guest.open_gate(name)

    def open_gates(self, names: Iterable[str]) -> None:
        """Let the application through several gates, one after the other."""
        for name in names:
            self.open_gate(name)

    def wait_end(self) -> None:
        """Wait until the application's work is over."""
        self.guest.wait_end()

    def finish(self) -> Self:
        """Read the whole response and wait for the end of the application's work."""
        self._body().rest()
        self.wait_end()
        return self

    def leave(self, *, idle: bool = False) -> None:
        """Say goodbye once the last response has come whole, or the server has: it may wait for that.

        `idle`: the connection will not be used again, so any response is the last.
        """
        response = self._response
        whole = response is not None and response.complete and response.status != 101
        last = whole and (idle or self.response.is_last())
        if last or self.connection.ended:
            self.connection.half_close()

    def was_silent(self) -> bool:
        """Whether something was waited for in vain, on the connection or from the application."""
        return self.connection.silent or (self._line is not None and self._line.silent)

    # Evidence

    def seen(self, expected: str) -> str:
        """The message of an assertion about this exchange as a whole."""
        head = self._response
        wire = (head.status, head.body) if head else self.connection.tail()
        return (
            saw(wire, expected)
            + f"; the application reported {self._line.names() if self._line else 'nothing'}"
        )

    @property
    def events(self) -> list[Event]:
        """The events that have been read so far."""
        own = self._line.events if self._line else []
        return [*own, *(event for line in self._others for event in line.events)]

    def adopt(self, lines: Sequence[Line]) -> None:
        """Take over the lines of all calls that came of the bytes of this exchange, whichever they name."""
        self._others += lines

    def close(self) -> None:
        """Close the connection and hang up on the application."""
        self.connection.close()
        for line in [*([self._line] if self._line else []), *self._others]:
            line.close()

    def __enter__(self) -> Self:
        """Return the exchange itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the exchange."""
        if self._line is not None:
            self._line.pump(0)
        self.close()


class WebSocketExchange(Exchange):
    """A WebSocket connection: the handshake is an exchange, and frames follow it."""

    key: bytes = b""
    _closing = False

    def accepted(self) -> Self:
        """Read the handshake's response; fails unless it is a 101."""
        assert self.read_head().status == 101, self.seen("101 Switching Protocols")  # noqa: S101 - a judgement
        return self

    def send_text(self, text: str) -> None:
        """Send one text message in one frame."""
        self.send_frame(Frame(websocket.TEXT, text.encode()))

    def send_bytes(self, data: bytes) -> None:
        """Send one binary message in one frame."""
        self.send_frame(Frame(websocket.BINARY, data))

    def send_frame(self, *frames: Frame) -> None:
        """Send frames, masked, in one write; behind a Close frame, the server's end is waited for."""
        self.send(b"".join(websocket.encode(frame) for frame in frames))
        self._closing = self._closing or any(frame.opcode == websocket.CLOSE for frame in frames)
        self._attend()

    def _attend(self) -> None:
        """Once closing, close the connection as soon as the server has, whatever else is waited for.

        A server may keep its application waiting until then (RFC 6455 section 7.1.1).
        """
        if self._closing and self._line is not None and not self.connection.ended:
            self._line.beside = self.connection

    @property
    def guest(self) -> Line:
        """The application's line: waits until the application has been called."""
        line = super().guest
        self._attend()
        return line

    def send_close(self, code: int | None = 1000, reason: str = "") -> None:
        """Send a Close frame."""
        self.send_frame(Frame(websocket.CLOSE, websocket.close_payload(code, reason)))

    def receive(self) -> Frame:
        """The next data message or Close frame; pings are answered and pongs dropped on the way."""
        while True:
            frame = websocket.read_message(self.connection)
            if frame.opcode == websocket.PING:
                self.send_frame(Frame(websocket.PONG, frame.payload))
            elif frame.opcode != websocket.PONG:
                return frame

    def receive_frame(self) -> Frame:
        """The next frame, of whatever kind."""
        return websocket.read_frame(self.connection)

    def ending(self) -> Frame | None:
        """Read to the server's Close frame and answer it; None if the connection ended without one.

        Raises Silence if there is neither. Data messages on the way are dropped.
        """
        with contextlib.suppress(Closed):
            while (frame := self.receive()).opcode != websocket.CLOSE:
                pass
            self.send_frame(Frame(websocket.CLOSE, frame.payload))
            return frame
        return None

    def receive_close(self) -> Frame:
        """The Close frame that must come next (pings aside)."""
        frame = self.receive()
        assert frame.opcode == websocket.CLOSE, saw(frame, "a Close frame")  # noqa: S101 - a judgement
        return frame


def handshake_headers(key: bytes, subprotocols: Sequence[str]) -> list[tuple[str, bytes]]:
    """The header fields of an opening handshake (RFC 6455 section 4.1)."""
    fields = [
        ("Upgrade", b"websocket"),
        ("Connection", b"Upgrade"),
        ("Sec-WebSocket-Key", key),
        ("Sec-WebSocket-Version", b"13"),
    ]
    return fields + ([("Sec-WebSocket-Protocol", ", ".join(subprotocols).encode())] if subprotocols else [])
