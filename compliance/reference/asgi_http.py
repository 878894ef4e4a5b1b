"""ASGI over HTTP: the scope, receive and send of one request.

The start message is kept back until the first body message, so that an error in between can still be
answered. A client that only stops sending still gets its response; but once the application has been told
of the disconnect, send raises.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any, ClassVar

from compliance.reference.asgi import ASGICycle, Message, pairs
from compliance.reference.errors import ClientDisconnected, RequestError, log


class HTTPCycle(ASGICycle):
    """One request and its response."""

    protocol = "http"
    senders: ClassVar[dict[str, str]] = {
        "http.response.start": "send_start",
        "http.response.body": "send_body",
        "http.response.trailers": "send_trailers",
        "http.response.early_hint": "send_early_hint",
        "http.response.pathsend": "send_path",
        "http.response.zerocopysend": "send_file",
        "http.response.push": "send_push",
    }
    offered: ClassVar[tuple[str, ...]] = (
        "http.response.trailers",
        "http.response.early_hint",
        "http.response.pathsend",
        "http.response.zerocopysend",
    )

    def __init__(self, *args: Any) -> None:
        """As the base."""
        super().__init__(*args)
        self.response = self.connection.response
        self.broken: RequestError | None = None  # what was wrong with the body
        self.start: Message | None = None  # kept back until there is a body
        self.trailers: list[tuple[bytes, bytes]] = []
        self.body_complete = False
        self.gone = False  # the application has been told, or must not go on

    def request_line(self) -> dict[str, Any]:
        """http_version, method, scheme."""
        return {**super().request_line(), "method": self.request.method}

    def extensions(self) -> dict[str, Any]:
        """Over HTTP/2 also the server push."""
        found = super().extensions()
        return {"extensions": {**found["extensions"], "http.response.push": {}}} if self.http2 else found

    # receive

    async def receive(self) -> Message:
        """The next event: parts of the body, then the disconnect."""
        while True:
            message = self.next_message()
            if message is not None:
                return message
            if not self.body_complete:
                await self.ask_for_body()
            await self.stream.changed()

    def next_message(self) -> Message | None:
        """The event that is due now, if any."""
        if self.gone or self.response.complete:
            return self.disconnect()
        if not self.body_complete:
            return self.next_body()
        return self.disconnect() if self.is_disconnected() else None

    def next_body(self) -> Message | None:
        """The next part of the body, the disconnect if it was cut short, None if nothing has come."""
        try:
            part = self.connection.poll_body()
        except RequestError as error:
            self.broken = error
            return self.disconnect()
        except ClientDisconnected:
            return self.disconnect()
        return None if part is None else self.body(*part)

    def body(self, data: bytes, more_body: bool) -> Message:
        """http.request."""
        self.body_complete = not more_body
        return {"type": "http.request", "body": data, "more_body": more_body}

    def is_disconnected(self) -> bool:
        """Whether the client has closed its side."""
        return self.stream.eof

    def disconnect(self) -> Message:
        """http.disconnect, after which send raises."""
        self.gone = True
        return {"type": "http.disconnect"}

    async def ask_for_body(self) -> None:
        """Send 100 Continue where the client waits for it."""
        with contextlib.suppress(ClientDisconnected):
            await self.connection.ask_for_body()

    # send

    async def send(self, message: Message) -> None:
        """Carry out one message; raises ApplicationError and ClientDisconnected."""
        if self.response.complete:
            return  # ignored [asgi.http.body.messages_after_end_ignored]
        self.raise_if_gone()
        message = self.validate(message)
        await getattr(self, self.senders[message["type"]])(message)

    def raise_if_gone(self) -> None:
        """Raise ClientDisconnected if the client is gone or the application was told so."""
        if self.gone:
            raise ClientDisconnected("the client has disconnected")
        self.stream.raise_if_lost()

    async def send_start(self, message: Message) -> None:
        """Keep http.response.start until the body."""
        self.response.content_length(
            pairs(message)
        )  # refuse nonsense while the application can still mend it
        self.start = message

    async def send_body(self, message: Message) -> None:
        """Put http.response.body on the wire; return once the kernel has it."""
        body, last = message.get("body", b""), not message.get("more_body", False)
        last = last and not self.expects_trailers()
        self.check_length(body, last=last)
        self.put_start(len(body) if last else None)
        self.response.put_data(body)
        if last:
            self.response.put_end()
        await self.flush()
        self.after_send()

    async def send_trailers(self, message: Message) -> None:
        """Put http.response.trailers on the wire, if the client wants them, and end the response."""
        self.trailers += pairs(message)
        if not message.get("more_trailers", False):
            self.response.put_end(self.trailers if self.wants_trailers() else [])
            await self.flush()
            self.after_send()

    async def send_early_hint(self, message: Message) -> None:
        """Put a 103 with the links on the wire, unless it is too late or the client knows no 1xx."""
        if self.request.modern and not self.response.started:
            self.response.put_hint(message["links"])
            await self.flush()

    async def send_path(self, message: Message) -> None:
        """Send the file of this path as the whole body; raises OSError if it cannot be read."""
        await self.send_body({"body": read_path(message["path"])})

    async def send_file(self, message: Message) -> None:
        """Send what is in an open file as a part of the body, and leave it open; raises OSError."""
        body = read_file(message["file"], message.get("offset"), message.get("count"))
        await self.send_body({"body": body, "more_body": message.get("more_body", False)})

    async def send_push(self, message: Message) -> None:
        """Have a request answered that the client has not made, if it takes such a thing."""
        await self.connection.push(message["path"], pairs(message))

    def check_length(self, body: bytes, *, last: bool) -> None:
        """Refuse a first part that cannot be right while the response can still be replaced."""
        if self.start is not None and not self.response.started:
            self.response.check_first(self.start["status"], pairs(self.start), body, last=last)

    def put_start(self, length: int | None) -> None:
        """Put the message kept back, if it still is; `length` is that of the whole body if it is known."""
        if self.start is not None and not self.response.started:
            self.connection.start(self.start["status"], pairs(self.start), length=length)

    def expects_trailers(self) -> bool:
        """Whether the start message announced trailers."""
        return self.start is not None and bool(self.start.get("trailers", False))

    def wants_trailers(self) -> bool:
        """Whether the client asked for trailers and the framing has room for them."""
        return b"trailers" in self.request.tokens(b"te") and self.response.chunked

    async def flush(self) -> None:
        """Return once the kernel has what was put; raises ClientDisconnected."""
        await self.connection.flush()

    def after_send(self) -> None:
        """Let the connection, and whoever waits in receive, go on once the response is complete."""
        if self.response.complete:
            self.stream.wake()
            self.finish()

    # The end of the call

    async def on_return(self) -> None:
        """Answer, or break off, what the application left unfinished."""
        if self.response.complete:
            return
        if not self.gone:
            log("the application returned without a complete response [asgi.http.body.app_final]")
        await self.give_up()

    async def on_error(self) -> None:
        """Answer 500, or break off a response that has begun."""
        await self.give_up()

    async def on_disconnect(self) -> None:
        """Close the connection whose client is gone."""
        await self.give_up()

    async def give_up(self) -> None:
        """End the request as an error."""
        if self.response.complete:
            return
        if self.response.started:
            self.connection.break_off()
        elif self.broken is not None:
            await self.connection.refuse(self.broken)
        elif self.gone or self.stream.lost:
            self.stream.abort()
        else:
            await self.connection.answer(500, "Internal Server Error")


def read_path(path: str) -> bytes:
    """All that is in the file of this path; raises OSError."""
    return Path(path).read_bytes()


def read_file(file: Any, offset: int | None, count: int | None) -> bytes:
    """What is in a file from `offset`, or from its position, which moves: `count` bytes, or all."""
    begin = file.tell() if offset is None else offset
    size = os.fstat(file.fileno()).st_size - begin
    data = os.pread(file.fileno(), max(0, size if count is None else min(size, count)), begin)
    if offset is None:
        file.seek(begin + len(data))
    return data
