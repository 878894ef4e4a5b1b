"""Raw WebSocket frames (RFC 6455) over a connection: every bit as the check says, read tolerantly."""

import base64
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass

from compliance.expect import NotHttp
from compliance.wire.http import Connection

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
_ACCEPT_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


@dataclass(frozen=True)
class Frame:
    """One frame as it came; `payload` is unmasked, `reserved` the three reserved bits."""

    opcode: int
    payload: bytes = b""
    final: bool = True
    reserved: int = 0
    masked: bool = False

    @property
    def code(self) -> int | None:
        """The status code of a Close frame; None without one."""
        return int.from_bytes(self.payload[:2]) if len(self.payload) >= 2 else None

    @property
    def reason(self) -> str:
        """The reason of a Close frame; undecodable bytes are escaped."""
        return self.payload[2:].decode("utf-8", "backslashreplace")


SAMPLE_KEY = "dGhlIHNhbXBsZSBub25jZQ=="
"""The key of the example of RFC 6455, which is answered by s3pPLMBiTxaQ9kYGzzhZRbK+xOo=."""

_HANDSHAKE: Mapping[str, str | None] = {
    "Host": "testserver",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": SAMPLE_KEY,
    "Sec-WebSocket-Version": "13",
}


def handshake(changes: Mapping[str, str | None], *more: str, line: str = "GET / HTTP/1.1") -> bytes:
    """An opening handshake with other values of fields (None: left out), and more field lines."""
    values = {**_HANDSHAKE, **changes}
    fields = [f"{name}: {value}" for name, value in values.items() if value is not None]
    return "\r\n".join([line, *fields, *more, "", ""]).encode("latin-1")


def key() -> bytes:
    """A fresh Sec-WebSocket-Key."""
    return base64.b64encode(os.urandom(16))


def accept_value(sent_key: bytes) -> bytes:
    """The Sec-WebSocket-Accept that answers a key (RFC 6455 section 4.2.2)."""
    return base64.b64encode(hashlib.sha1(sent_key + _ACCEPT_GUID, usedforsecurity=False).digest())


def encode(
    frame: Frame,
    mask: bytes | None = b"\x37\xfa\x21\x3d",
    *,
    octets: int | None = None,
    announced: int | None = None,
) -> bytes:
    """The bytes of a frame; a client masks, `mask=None` does not.

    `octets` is how many more of them (0, 2 or 8) hold the length, the fewest unless given; `announced` is a
    length in place of the payload's own.
    """
    size = len(frame.payload) if announced is None else announced
    more = (0 if size < 126 else 2 if size < 1 << 16 else 8) if octets is None else octets
    first = (0x80 if frame.final else 0) | frame.reserved << 4 | frame.opcode
    second = (0x80 if mask else 0) | {0: size, 2: 126, 8: 127}[more]
    head = bytes([first, second]) + (size.to_bytes(more) if more else b"")
    return head + (mask + masked(frame.payload, mask) if mask else frame.payload)


def fragments(opcode: int, *parts: bytes) -> list[Frame]:
    """The frames of one message that is sent in these parts."""
    last = len(parts) - 1
    return [Frame(CONTINUATION if n else opcode, part, final=n == last) for n, part in enumerate(parts)]


def masked(payload: bytes, mask: bytes) -> bytes:
    """The payload under a four-byte mask; masking twice undoes it."""
    size = len(payload)
    stream = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload) ^ int.from_bytes(stream)).to_bytes(size)


def close_payload(code: int | None, reason: str = "") -> bytes:
    """The payload of a Close frame."""
    return b"" if code is None else code.to_bytes(2) + reason.encode()


def read_frame(connection: Connection) -> Frame:
    """Read one frame; raises Closed at the end of the connection, NotHttp if it is masked wrongly."""
    first, second = connection.exactly(2)
    size = second & 0x7F
    if size >= 126:
        size = int.from_bytes(connection.exactly(2 if size == 126 else 8))
    if size > 1 << 30:
        raise NotHttp(f"a frame announces {size} bytes")
    mask = connection.exactly(4) if second & 0x80 else b""
    payload = connection.exactly(size)
    return Frame(
        first & 0x0F,
        masked(payload, mask) if mask else payload,
        bool(first & 0x80),
        first >> 4 & 7,
        bool(mask),
    )


def read_message(connection: Connection) -> Frame:
    """Read one whole data message, or a control frame that comes before its end, as one frame."""
    frame = read_frame(connection)
    parts = [frame.payload]
    last = frame
    while not last.final and frame.opcode < CLOSE:
        last = read_frame(connection)
        if last.opcode >= CLOSE:
            raise NotHttp("a control frame inside a fragmented message: read frames instead")
        parts.append(last.payload)
    return Frame(frame.opcode, b"".join(parts), last.final, frame.reserved, frame.masked)
