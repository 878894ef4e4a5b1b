"""A WebSocket connection: the exchange that is its handshake, and the frames that follow it."""

from collections.abc import Sequence
from typing import Self

from compliance.channel import Line
from compliance.exchange import Exchange
from compliance.expect import Closed, saw
from compliance.ready import readable
from compliance.wire import websocket
from compliance.wire.websocket import Frame

_SOON = 0.5  # seconds


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
        try:
            while (frame := self.receive()).opcode != websocket.CLOSE:
                pass
        except Closed:
            self.connection.half_close()  # a server may wait for that
            return None
        self.send_frame(Frame(websocket.CLOSE, frame.payload))
        return frame

    def parting(self) -> Frame | None:
        """As `ending`, but if nothing comes soon, this client is the first to close.

        A server that could not send a Close frame may wait long for the one that answers it.
        """
        if not self.connection.buffer and not readable([self.connection], _SOON):
            self.send_close()
        return self.ending()

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
