"""start_response, write and the blocks: what they check and when they send."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any

from compliance.reference.request import Headers
from compliance.reference.response import Response

if TYPE_CHECKING:
    from compliance.reference.connection import Connection


class WSGIResponse:
    """Sends the response; part of the WSGI cycle. Every method runs in the application's thread."""

    connection: Connection
    response: Response

    tolerated: tuple[str, ...] = ()  # requirements whose breach is logged and not refused
    status = ""
    headers: Headers
    known_length: int | None = None  # of the whole body, where the iterable tells it

    def wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Wait for work of the event loop."""
        raise NotImplementedError

    def admit(self, step: dict[str, Any]) -> None:
        """Let a step of the application count, or refuse it."""
        raise NotImplementedError

    # start_response and write

    def start_response(self, *args: Any, **kwargs: Any) -> Callable[[bytes], None]:
        """Store status and headers, to be sent with the first data; raises ApplicationError."""
        if len(args) > 3:
            raise TypeError(f"start_response takes two or three arguments, not {len(args)}")
        try:
            step = dict(zip(("status", "headers", "exc_info"), args, strict=False)) | kwargs
            self.raise_exc_info(step.get("exc_info"))
            self.admit({"type": "start_response", "keywords": list(kwargs), **step})
            self.store(step["status"], step["headers"])
        finally:
            del args, kwargs, step  # no reference to exc_info may stay [wsgi.sr.exc_info_released]
        return self.write

    def raise_exc_info(self, exc_info: Any) -> None:
        """Raise the application's own error again if it is too late to replace the response."""
        if exc_info and self.response.started:
            try:
                raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None

    def store(self, status: str, headers: list[tuple[str, str]]) -> None:
        """Keep what start_response was given; raises ApplicationError for a Content-Length that is none."""
        encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        self.response.content_length(encoded)
        self.status, self.headers = status, encoded

    def write(self, data: bytes, /) -> None:
        """Send data before returning; raises ApplicationError beyond the Content-Length."""
        self.admit({"type": "write", "data": data})
        if data:
            self.emit(data)

    # The blocks

    def count_blocks(self, result: Iterable[bytes]) -> None:
        """Use the length of an iterable of one block, or of none, which tells the length of the body."""
        try:
            self.single = len(result) == 1  # type: ignore[arg-type]
        except Exception:  # noqa: BLE001 - most iterables have no length, and some a broken one
            self.single = False

    def emit_block(self, block: bytes) -> None:
        """Send a block of the iterable, cut to the Content-Length."""
        if self.single and not self.response.started:
            self.known_length = len(block)
        self.emit(self.clamp(block))

    def clamp(self, block: bytes) -> bytes:
        """The part of a block that the Content-Length has room for."""
        length = self.owed()
        return block if length is None else block[:length]

    def owed(self) -> int | None:
        """The bytes that the announced length still has room for; None without one."""
        return (
            self.response.remaining if self.response.started else self.response.content_length(self.headers)
        )

    def emit(self, data: bytes) -> None:
        """Send the head if that is still to do, and data; return once the kernel has both."""
        self.emit_head()
        self.emit_body(data)
        self.flush()

    def emit_head(self) -> None:
        """Put the stored status and headers, once."""
        if not self.response.started:
            code, _, reason = self.status.partition(" ")
            self.connection.start(int(code), self.headers, reason.encode("latin-1"), self.known_length)

    def emit_body(self, data: bytes) -> None:
        """Put a part of the body."""
        self.response.put_data(data)

    def flush(self) -> None:
        """Wait until the kernel has what was put; raises ClientDisconnected."""
        self.wait(self.connection.flush())

    def has_enough(self) -> bool:
        """Whether nothing that the iterable could still yield would be sent."""
        return not self.response.has_body or self.response.remaining == 0

    def end(self) -> None:
        """Send what is left to send once the iterable is exhausted or enough."""
        if not self.response.started:
            self.known_length = 0
        self.emit_head()
        self.response.put_end()
        self.flush()
