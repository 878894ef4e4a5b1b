"""What clients send that breaks RFC 6455, by what it breaks, with the status codes that fit (section 7.4.1).

Each is whole, but for lengths that are none: nothing that follows could complete them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from compliance.expect import Closed
from compliance.wire.http import Connection
from compliance.wire.websocket import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    Frame,
    close_payload,
    encode,
    fragments,
    read_frame,
)

PROTOCOL_ERROR, INVALID_DATA, TOO_BIG = 1002, 1007, 1009


@dataclass(frozen=True)
class Violation:
    """Bytes of a client; `messages` are those that are complete before it, `codes` those that answer it."""

    name: str
    data: bytes
    codes: tuple[int, ...] = (PROTOCOL_ERROR,)
    messages: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Its name."""
        return self.name


def _of(name: str, *frames: Frame, **more: tuple[int, ...] | tuple[str, ...]) -> Violation:
    return Violation(name, b"".join(encode(frame) for frame in frames), **more)  # type: ignore[arg-type]


_BEGUN = Frame(TEXT, b"begun", final=False)
_WHOLE = {"messages": ("whole",)}

UNMASKED = [
    Violation("unmasked text", encode(Frame(TEXT, b"x"), None)),
    Violation("unmasked empty text", encode(Frame(TEXT), None)),
    Violation("unmasked binary", encode(Frame(BINARY, b"x"), None)),
    Violation("unmasked ping", encode(Frame(PING, b"x"), None)),
    Violation("unmasked continuation", encode(_BEGUN) + encode(Frame(CONTINUATION, b"x"), None)),
]

RESERVED_BITS = [
    _of("RSV1 on text", Frame(TEXT, b"x", reserved=4)),
    _of("RSV2 on text", Frame(TEXT, b"x", reserved=2)),
    _of("RSV3 on text", Frame(TEXT, b"x", reserved=1)),
    _of("RSV1, 2 and 3 on binary", Frame(BINARY, b"x", reserved=7)),
    _of("RSV2 on a ping", Frame(PING, b"x", reserved=2)),
    _of("RSV1 on a continuation", _BEGUN, Frame(CONTINUATION, b"x", reserved=4)),
]

UNKNOWN_OPCODES = [
    *[_of(f"opcode {opcode}", Frame(opcode, b"x")) for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)],
    _of("opcode 3 within a message", _BEGUN, Frame(3, b"x")),
]

IMPOSSIBLE_LENGTHS = [
    Violation(f"length {name}", encode(Frame(BINARY, b"x"), announced=length), (PROTOCOL_ERROR, TOO_BIG))
    for name, length in (("2^63", 1 << 63), ("2^63+1", (1 << 63) + 1), ("2^64-1", (1 << 64) - 1))
]

FRAGMENTED_CONTROL = [
    _of("fragmented ping", Frame(PING, b"x", final=False)),
    _of("fragmented pong", Frame(PONG, b"x", final=False)),
    _of("fragmented ping within a message", _BEGUN, Frame(PING, b"x", final=False)),
]

INTERLEAVED = [
    _of("text within text", _BEGUN, Frame(TEXT, b"x")),
    _of("binary within text", _BEGUN, Frame(BINARY, b"x")),
    _of("text within binary", Frame(BINARY, b"begun", final=False), Frame(TEXT, b"x")),
    _of("unfinished text within text", _BEGUN, Frame(TEXT, b"x", final=False)),
]

ORPHANS = [
    _of("continuation of nothing", Frame(CONTINUATION, b"x")),
    _of("unfinished continuation of nothing", Frame(CONTINUATION, b"x", final=False)),
    _of("empty continuation of nothing", Frame(CONTINUATION)),
    _of("continuation of a whole message", Frame(TEXT, b"whole"), Frame(CONTINUATION, b"x"), **_WHOLE),
    _of(
        "continuation of a finished message",
        *fragments(TEXT, b"who", b"le"),
        Frame(CONTINUATION, b"x"),
        **_WHOLE,
    ),
]

LONG_CONTROL = [
    _of("ping of 126 octets", Frame(PING, bytes(126))),
    _of("pong of 126 octets", Frame(PONG, bytes(126))),
    _of("ping of 65536 octets", Frame(PING, bytes(65536))),
    _of("ping of 126 octets within a message", _BEGUN, Frame(PING, bytes(126))),
]

_NO_TEXT = {
    "octet FF": [b"\xff"],
    "lone continuation octet": [b"\x80"],
    "overlong NUL": [b"\xc0\x80"],
    "overlong slash of two octets": [b"\xc0\xaf"],
    "overlong slash of three octets": [b"\xe0\x80\xaf"],
    "overlong slash of four octets": [b"\xf0\x80\x80\xaf"],
    "surrogate": [b"\xed\xa0\x80"],
    "two surrogates": [b"\xed\xa0\xbd\xed\xb8\x80"],
    "beyond U+10FFFF": [b"\xf4\x90\x80\x80"],
    "five octets": [b"\xf8\x88\x80\x80\x80"],
    "character cut short by the end": [b"a\xe2\x82"],
    "character cut short by a letter": [b"\xe2\x82b"],
    "surrogate between valid text": ["grün".encode() + b"\xed\xa0\x80" + b"blau"],
    "octet FF in the second fragment": [b"valid", b"\xff"],
    "character that the next fragment does not go on with": [b"\xf0\x9f", b"ab"],
    "character cut short by the last fragment": [b"valid", b"\xe2\x82"],
    "character cut short before an empty last fragment": [b"\xe2\x82", b""],
}

INVALID_TEXT = [
    _of(name, *fragments(TEXT, *parts), codes=(INVALID_DATA,)) for name, parts in _NO_TEXT.items()
]

NO_CODES = (0, 999, 1005, 1006, 1015)
"""Status codes that no endpoint may send (sections 7.4.1 and 7.4.2)."""

INVALID_CLOSES = [
    _of("close of one octet", Frame(CLOSE, b"\x03")),
    _of("close of 126 octets", Frame(CLOSE, close_payload(1000) + bytes(124))),
    _of("fragmented close", Frame(CLOSE, close_payload(1000), final=False)),
    _of("close with RSV3", Frame(CLOSE, close_payload(1000), reserved=1)),
    *[_of(f"close with code {code}", Frame(CLOSE, close_payload(code))) for code in NO_CODES],
]

INVALID_REASONS = [
    _of(f"reason: {name}", Frame(CLOSE, close_payload(1000) + parts[0]), codes=(INVALID_DATA, PROTOCOL_ERROR))
    for name, parts in _NO_TEXT.items()
    if len(parts) == 1 and name in {"octet FF", "surrogate", "character cut short by the end"}
]

EVERY = [
    *UNMASKED,
    *RESERVED_BITS,
    *UNKNOWN_OPCODES,
    *IMPOSSIBLE_LENGTHS,
    *FRAGMENTED_CONTROL,
    *INTERLEAVED,
    *ORPHANS,
    *LONG_CONTROL,
    *INVALID_TEXT,
    *INVALID_CLOSES,
    *INVALID_REASONS,
]


def aftermath(connection: Connection) -> list[Frame]:
    """What comes when the client has pinged, and pinged again if that was answered.

    It ends with a pong if the connection goes on, with a Close frame, which is answered, or just so with the
    end of the connection. Raises Silence if there is nothing.
    """
    frames = _pinged(connection)
    if frames and frames[-1].opcode == PONG:  # it may come of what was read before the connection failed
        frames += _pinged(connection)
    return frames


def _pinged(connection: Connection) -> list[Frame]:
    """Ping, and read to the next pong, Close frame or end."""
    connection.send(encode(Frame(PING, b"still there?")))
    frames: list[Frame] = []
    try:
        while not frames or frames[-1].opcode not in {PONG, CLOSE}:
            frames.append(read_frame(connection))
    except Closed:
        connection.half_close()  # a server may wait for that
        return frames
    if frames[-1].opcode == CLOSE:
        connection.send(encode(Frame(CLOSE, frames[-1].payload)))
    return frames


def goes_on(frames: Sequence[Frame]) -> bool:
    """Whether what came after a violation shows a connection that has not failed: both pings are answered."""
    return [frame.opcode for frame in frames].count(PONG) > 1 and frames[-1].opcode == PONG
