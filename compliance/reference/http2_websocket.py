"""A WebSocket on a stream of HTTP/2 (RFC 8441): no key, no 101, and frames in DATA."""

from __future__ import annotations

from compliance.reference import websocket_handshake as handshake
from compliance.reference.asgi import Message, pairs
from compliance.reference.asgi_websocket import WebSocketCycle
from compliance.reference.errors import RequestError


class Http2WebSocketCycle(WebSocketCycle):
    """One WebSocket among the streams of a connection."""

    async def run(self) -> None:
        """Check the handshake, then call the application; raises RequestError."""
        self.check_handshake()
        await super(WebSocketCycle, self).run()

    def check_handshake(self) -> None:
        """Raise RequestError for another version than 13."""
        if self.request.values(b"sec-websocket-version") != [b"13"]:
            raise RequestError(400, "only version 13 of WebSocket is spoken here")

    async def send_accept(self, message: Message) -> None:
        """Complete the handshake with a 200."""
        subprotocol = message.get("subprotocol")
        self.check_subprotocol(subprotocol)
        chosen = [] if subprotocol is None else [(b"Sec-WebSocket-Protocol", subprotocol.encode("latin-1"))]
        self.frames = self.make_frames()
        self.connection.start(200, chosen + handshake.without_ours(pairs(message)))
        await self.connection.flush()
        self.server.spawn(self.frames.run())

    async def end(self, code: int) -> None:
        """End the stream behind the frames, too."""
        await super().end(code)
        if self.frames is not None:
            self.response.put_end()
            await self.connection.flush()
