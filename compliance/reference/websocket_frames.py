"""The frames of an accepted WebSocket: one method for each kind, in and out."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from wsproto import events
from wsproto.connection import Connection, ConnectionState, ConnectionType

from compliance.reference.errors import ApplicationError, ClientDisconnected, log

if TYPE_CHECKING:
    from compliance.reference.asgi_websocket import WebSocketCycle


class Frames:
    """Reads frames until the connection is over, and writes those of the application."""

    closing_seconds = 2.0  # for the client to answer a Close frame
    message_bytes = 16 << 20
    queue_length = 64  # messages that wait for the application before the reading stops

    def __init__(self, cycle: WebSocketCycle) -> None:
        """Speak for `cycle`, to whose events the messages go."""
        self.cycle = cycle
        self.stream = cycle.stream
        self.protocol = Connection(ConnectionType.SERVER, [cycle.deflate] if cycle.deflate else [])
        self.parts: list[Any] = []  # of the message in progress: all str, or all bytes
        self.size = 0
        self.pinged = False
        self.ended = asyncio.Event()

    async def run(self) -> None:
        """Read until the closing handshake, a failure or the loss of the connection."""
        try:
            while not self.ended.is_set() and not self.cycle.over.done():
                await self.read()
        except ClientDisconnected:
            self.on_lost()
        finally:
            self.ended.set()
            self.stream.wake()
            self.cycle.finish()

    async def read(self) -> None:
        """Handle what has come, then wait for more."""
        if self.has_room():
            data = self.stream.take()
            if data:
                await self.handle(data)
                return
            if self.stream.eof:
                raise ClientDisconnected("the connection was lost")
        await self.wait()

    def has_room(self) -> bool:
        """Whether another message could be queued, or would be of no interest."""
        return len(self.cycle.events) < self.queue_length or self.cycle.closed is not None

    async def wait(self) -> None:
        """Wait for something to come; ping a silent client, and give up one that is still silent then."""
        try:
            async with asyncio.timeout(self.cycle.server.ping_seconds):
                await self.stream.changed()
        except TimeoutError:
            if self.pinged and self.has_room():
                raise ClientDisconnected("no answer to a ping") from None
            self.pinged = True
            await self.write(events.Ping())

    async def handle(self, data: bytes) -> None:
        """Handle the frames in `data`."""
        self.pinged = False
        self.protocol.receive_data(data)
        for event in self.protocol.events():
            if self.ended.is_set():
                return
            if isinstance(event, events.Message):
                await self.on_part(event)
            elif isinstance(event, events.Ping):
                await self.on_ping(event)
            elif isinstance(event, events.Pong):
                await self.on_pong(event)
            elif isinstance(event, events.CloseConnection):
                await self.on_close(event)
        self.stream.wake()

    # In

    async def on_part(self, event: events.Message[Any]) -> None:
        """Put a part of a message to the rest; hand over a complete one."""
        self.parts.append(event.data)
        self.size += len(event.data)
        if self.size > self.message_bytes:
            await self.fail(1009, f"a message of more than {self.message_bytes} bytes")
        elif event.message_finished:
            parts, self.parts, self.size = self.parts, [], 0
            self.on_message(type(event.data)().join(parts))

    def on_message(self, data: str | bytes) -> None:
        """Queue a message, unless the application has closed."""
        if self.cycle.closed is None:
            self.cycle.events.append(self.cycle.receive_event(data))

    async def on_ping(self, event: events.Ping) -> None:
        """Answer at once, whatever the application does."""
        if self.protocol.state is ConnectionState.OPEN:
            await self.write(event.response())

    async def on_pong(self, event: events.Pong) -> None:
        """Nothing: that it came is enough."""

    async def on_close(self, event: events.CloseConnection) -> None:
        """Deal with a Close frame of the client, or with a frame that fails the connection."""
        if self.protocol.state is ConnectionState.REMOTE_CLOSING:
            self.set_closed(int(event.code), event.reason or "")
            await self.write(event.response())
        elif self.protocol.state is ConnectionState.OPEN:
            await self.fail(int(event.code), event.reason or "")
        self.ended.set()

    async def fail(self, code: int, reason: str) -> None:
        """Fail the connection: a Close frame with `code`, then nothing more."""
        log(f"the WebSocket client broke the protocol: {reason}")
        self.set_closed(1006, "")
        await self.write(events.CloseConnection(code=code, reason=reason))
        self.ended.set()

    def on_lost(self) -> None:
        """Deal with a connection that ended without a Close frame."""
        self.set_closed(1006, "")
        self.stream.abort()

    def set_closed(self, code: int, reason: str) -> None:
        """Note why the connection is closed; the first reason counts."""
        if self.cycle.closed is None:
            self.cycle.closed = (code, reason)

    # Out

    async def send_text(self, text: str) -> None:
        """Send a text message; raises ApplicationError for what UTF-8 cannot carry."""
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise ApplicationError("rfc6455.data.utf8_sent", str(error)) from None
        await self.write(events.TextMessage(data=text))

    async def send_bytes(self, data: bytes) -> None:
        """Send a binary message."""
        await self.write(events.BytesMessage(data=data))

    async def close(self, code: int, reason: str) -> None:
        """Send a Close frame, and wait for the client's elsewhere and not for ever."""
        self.set_closed(code, reason)
        await self.write(events.CloseConnection(code=code, reason=reason))
        asyncio.get_running_loop().call_later(self.closing_seconds, self.stop_waiting)
        self.stream.wake()

    def stop_waiting(self) -> None:
        """Close without the client's Close frame."""
        if not self.ended.is_set():
            self.stream.close()

    async def write(self, event: events.Event) -> None:
        """Send one frame; return once the kernel has it."""
        await self.stream.write(self.protocol.send(event))
