"""An exchange: everything seen of one request, the bytes both ways and the guest's events."""

import contextlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Protocol, Self

from compliance.channel import Event, Line
from compliance.expect import Closed, saw
from compliance.guest.tagged import encode
from compliance.wire.body import BodyReader
from compliance.wire.http import Connection, Response

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

    def after_a_short_body(self, given: int) -> bytes:
        """What follows, beginning with the `given` bytes, where a response announces more content than these.

        One more GET is sent at once, so that no timeout of the server decides what is seen. Nothing follows
        if there is no response, or none that is too short. Raises Silence if the server just waits.
        """
        with contextlib.suppress(Closed):
            head = self.read_head()
            length = (head.header("content-length") or b"") if head.framing == "length" else b""
            if head.status < 500 and length.isdigit() and int(length) > given:
                return self.afterwards()
            self._body().rest()
        return b""

    def is_cut_short(self, given: int) -> bool:
        """Whether the response, for which there were `given` bytes, ends too soon, also for who goes on."""
        rest, found = self.after_a_short_body(given), self._response
        if found is None or found.framing != "length":
            return found is None or not found.complete
        return len(found.body) + len(rest) < int(found.header("content-length") or b"0")

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

    def wait_called(self) -> None:
        """Wait until the application has been called."""
        _ = self.guest

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
        self.guest.open_gates(names)

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

    def adopt(self, lines: Sequence[Line], response: Response | None) -> None:
        """Take over the lines of all calls that came of its bytes, and the first response."""
        self._others += lines
        self._response = response

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
