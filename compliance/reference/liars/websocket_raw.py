"""What the liars about frames have in common: frames of one's own, and their bytes."""

from __future__ import annotations

from compliance.reference.asgi_websocket import WebSocketCycle
from compliance.reference.websocket_frames import Frames


class WithFrames(WebSocketCycle):
    """A WebSocket that uses the class `Frames` in its own body: the base of liars."""

    def make_frames(self) -> Frames:
        """Those frames."""
        frames: type[Frames] = getattr(self, "Frames", Frames)
        return frames(self)


def raw(opcode: int, payload: bytes, *, first: int = 0x80, long: bool = False, mask: bytes = b"") -> bytes:
    """A frame that need not be legal; `first` are the upper bits of its first octet."""
    size = len(payload)
    bit = 0x80 if mask else 0
    if size < 126 and not long:
        length = bytes([bit | size])
    elif size < 1 << 16:
        length = bytes([bit | 126]) + size.to_bytes(2)
    else:
        length = bytes([bit | 127]) + size.to_bytes(8)
    masked = bytes(octet ^ mask[place % 4] for place, octet in enumerate(payload)) if mask else payload
    return bytes([first | opcode]) + length + mask + masked
