"""ASGI over WebSocket: the scope, receive and send of one connection.

Until the application accepts, nothing is answered. From then on a task reads frames whether or not the
application receives, so that pings and the closing handshake are dealt with at once; messages wait in a
queue, and a full queue stops the reading.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, ClassVar

import h11

from compliance.reference import websocket_handshake as handshake
from compliance.reference.asgi import ASGICycle, Message, pairs
from compliance.reference.errors import ApplicationError, ClientDisconnected, RequestError, log
from compliance.reference.request import Headers

if TYPE_CHECKING:
    from compliance.reference.websocket_deflate import Deflate
    from compliance.reference.websocket_frames import Frames


class WebSocketCycle(ASGICycle):
    """One WebSocket, from its handshake to its end."""

    protocol = "websocket"
    senders: ClassVar[dict[str, str]] = {
        "websocket.accept": "send_accept",
        "websocket.send": "send_message",
        "websocket.close": "send_close",
        "websocket.http.response.start": "send_denial_start",
        "websocket.http.response.body": "send_denial_body",
    }
    offered: ClassVar[tuple[str, ...]] = ("websocket.http.response",)
    return_code = 1000  # when the application returns without closing
    error_code = 1011  # when it raises
    shutdown_code = 1001

    def __init__(self, *args: Any) -> None:
        """As the base."""
        super().__init__(*args)
        self.response = self.connection.response
        self.frames: Frames | None = None  # once accepted
        self.deflate: Deflate | None = None  # if the client offers extensions
        self.events: deque[Message] = deque([self.connect_event()])
        self.closed: tuple[int, str] | None = None  # code and reason, once no message can be sent
        self.start: Message | None = None  # of a denial, kept back until its body

    async def run(self) -> None:
        """Check the handshake, then call the application; raises RequestError."""
        self.check_handshake()
        if not isinstance(self.connection.poll(), h11.EndOfMessage):
            raise RequestError(400, "a WebSocket handshake has no body")
        await super().run()

    def check_handshake(self) -> None:
        """Raise RequestError for a handshake that is not as RFC 6455 wants it."""
        handshake.check(self.request)

    # The scope

    def scheme(self) -> str:
        """The scheme of the URL."""
        return "wss" if self.request.scheme == "https" else "ws"

    def extensions(self) -> dict[str, Any]:
        """The extensions offered, and the subprotocols."""
        return {**super().extensions(), **self.subprotocols()}

    def subprotocols(self) -> dict[str, Any]:
        """What the client offers: subprotocols."""
        return {"subprotocols": handshake.subprotocols(self.request)}

    # receive

    async def receive(self) -> Message:
        """The next event: connect, messages, disconnect."""
        while True:
            event = self.next_event()
            if event is not None:
                self.conversation.advance("receive", event)
                return event
            await self.stream.changed()

    def next_event(self) -> Message | None:
        """The event that is due now, if any."""
        if self.events:
            self.stream.wake()  # the reader may have waited for room
            return self.events.popleft()
        if self.frames is None and self.closed is None and self.stream.eof:
            self.closed = (1006, "")
        return None if self.closed is None else self.disconnect_event(*self.closed)

    def connect_event(self) -> Message:
        """websocket.connect."""
        return {"type": "websocket.connect"}

    def receive_event(self, data: str | bytes) -> Message:
        """websocket.receive."""
        return {"type": "websocket.receive", "text" if isinstance(data, str) else "bytes": data}

    def disconnect_event(self, code: int, reason: str) -> Message:
        """websocket.disconnect."""
        return {"type": "websocket.disconnect", "code": code, "reason": reason}

    # send

    async def send(self, message: Message) -> None:
        """Carry out one message; raises ApplicationError and ClientDisconnected."""
        self.raise_if_gone()
        message = self.validate(message)
        await getattr(self, self.senders[message["type"]])(message)

    def raise_if_gone(self) -> None:
        """Raise ClientDisconnected if the connection is closed for messages, by whichever side."""
        if self.closed is not None or (self.frames is None and self.stream.eof):
            raise ClientDisconnected("the WebSocket is closed")
        self.stream.raise_if_lost()

    async def send_accept(self, message: Message) -> None:
        """Complete the handshake."""
        subprotocol = message.get("subprotocol")
        self.check_subprotocol(subprotocol)
        headers = self.accept_headers(subprotocol, pairs(message))
        event = h11.InformationalResponse(status_code=101, headers=headers, reason=b"Switching Protocols")
        protocol = self.connection.protocol
        data = protocol.send(event) or b""
        self.stream.put_back(protocol.trailing_data[0])
        self.frames = self.make_frames()
        await self.stream.write(data)
        self.server.spawn(self.frames.run())

    def accept_headers(self, subprotocol: str | None, headers: Headers) -> Headers:
        """The headers of the 101, the application's among them."""
        return handshake.accept_headers(self.request, subprotocol, headers, self.extension())

    def extension(self) -> bytes | None:
        """The extension that is used from now on, as the 101 says it."""
        offers = handshake.extensions(self.request)
        if not offers:
            return None
        self.deflate = self.make_deflate()
        return self.deflate.accept_offers(offers)

    def make_deflate(self) -> Deflate:
        """The object that accepts an offer of compression, and compresses."""
        from compliance.reference.websocket_deflate import Deflate  # late, for the sake of a quick start

        return Deflate()

    def make_frames(self) -> Frames:
        """The object that reads and writes frames from now on."""
        from compliance.reference.websocket_frames import Frames  # late, for the sake of a quick start

        return Frames(self)

    def check_subprotocol(self, subprotocol: str | None) -> None:
        """Refuse a subprotocol that the client did not offer."""
        if subprotocol is not None and subprotocol not in handshake.subprotocols(self.request):
            text = f"the subprotocol {subprotocol!r} was not offered"
            raise ApplicationError("asgi.ws.accept.subprotocol_app_offered", text)

    async def send_message(self, message: Message) -> None:
        """Send one message; return once the kernel has it."""
        assert self.frames is not None  # noqa: S101 - the table allows it after accept only
        text, data = message.get("text"), message.get("bytes")
        await (self.frames.send_bytes(data) if text is None else self.frames.send_text(text))  # type: ignore[arg-type]

    async def send_close(self, message: Message) -> None:
        """Answer 403, or send a Close frame."""
        code, reason = message.get("code", 1000), message.get("reason") or ""
        if self.frames is None:
            await self.deny()
        else:
            await self.frames.close(code, reason)

    async def deny(self) -> None:
        """Answer 403 and close."""
        self.closed = (1006, "")
        self.connection.closing = True
        await self.connection.answer(403, "Forbidden")
        self.finish()

    async def send_denial_start(self, message: Message) -> None:
        """Keep the start of a denial response until its body."""
        self.response.content_length(pairs(message))
        self.start = message

    async def send_denial_body(self, message: Message) -> None:
        """Send a part of a denial response; close after the last one."""
        self.connection.closing = True
        if self.start is not None and not self.response.started:
            self.connection.start(self.start["status"], pairs(self.start))
        self.response.put_data(message.get("body", b""))
        if not message.get("more_body", False):
            self.response.put_end()
            self.closed = (1006, "")
        await self.connection.flush()
        if self.response.complete:
            self.finish()

    # The end

    async def on_return(self) -> None:
        """Close what the application left open."""
        if self.frames is None and self.closed is None:
            log("the application returned without accept or close [asgi.ws.connect.app_replies]")
        await self.end(self.return_code)

    async def on_error(self) -> None:
        """Close what the application left open, as an error."""
        await self.end(self.error_code)

    async def on_disconnect(self) -> None:
        """Close what is left of the connection."""
        await self.end(self.error_code)

    async def end(self, code: int) -> None:
        """Close an open WebSocket with `code`, answer 500 to a handshake without an answer."""
        if self.frames is not None:
            if self.closed is None:
                await self.frames.close(code, "")
            await self.frames.ended.wait()
        elif self.response.started:
            self.break_off()
        elif self.closed is None and not self.stream.eof:
            self.connection.closing = True
            await self.connection.answer(500, "Internal Server Error")
        elif not self.response.started:
            self.stream.abort()

    def break_off(self) -> None:
        """Break off a denial response that is not complete."""
        if not self.response.complete:
            self.connection.break_off()

    def shutdown(self) -> None:
        """Close the WebSocket because the server is stopping."""
        if self.frames is not None and self.closed is None:
            self.server.spawn(self.frames.close(self.shutdown_code, ""))
