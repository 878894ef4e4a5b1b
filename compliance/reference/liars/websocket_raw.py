"""What the liars about frames have in common: frames of one's own, their bytes, heads for a client's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Head:
    """The head of a client's frame: `first` is its first octet, `octets` how many more hold the length."""

    first: int
    size: int
    octets: int
    mask: bytes | None

    @property
    def opcode(self) -> int:
        """What kind of frame it is."""
        return self.first & 0x0F

    @property
    def final(self) -> bool:
        """Whether it is the last of its message."""
        return bool(self.first & 0x80)

    def encode(self) -> bytes:
        """Its bytes."""
        length = {0: self.size, 2: 126, 8: 127}[self.octets] | (0 if self.mask is None else 0x80)
        more = self.size.to_bytes(self.octets) if self.octets else b""
        return bytes([self.first, length]) + more + (self.mask or b"")


def shortest(size: int) -> int:
    """How many octets more than the first two the length of a frame needs."""
    return 0 if size < 126 else 2 if size < 1 << 16 else 8


def read_head(data: bytes) -> Head | None:
    """The head at the beginning of `data`; None if it is not complete."""
    if len(data) < 2:
        return None
    octets = {126: 2, 127: 8}.get(data[1] & 0x7F, 0)
    masked = bool(data[1] & 0x80)
    if len(data) < 2 + octets + 4 * masked:
        return None
    size = int.from_bytes(data[2 : 2 + octets]) if octets else data[1] & 0x7F
    return Head(data[0], size, octets, data[2 + octets : 6 + octets] if masked else None)


class Rewriting(Frames):
    """Reads frames whose heads have been changed before they are judged: what is wrong may be made right."""

    inbox = b""
    left = 0  # octets of the frame that is being read
    dropping = False

    def change(self, head: Head) -> Head | None:
        """The head that is judged; None drops the frame."""
        raise NotImplementedError

    async def handle(self, data: bytes) -> None:
        """As the base, with other heads."""
        self.inbox += data
        await super().handle(b"".join(self.rewritten()))

    def rewritten(self) -> Iterator[bytes]:
        """What has come, with other heads."""
        while self.inbox:
            if not self.left:
                head = read_head(self.inbox)
                if head is None:
                    return
                self.inbox = self.inbox[len(head.encode()) :]
                yield self.begin(head)
            part, self.inbox = self.inbox[: self.left], self.inbox[self.left :]
            self.left -= len(part)
            yield b"" if self.dropping else part

    def begin(self, head: Head) -> bytes:
        """Begin a frame: the bytes of its head."""
        changed = self.change(head)
        self.dropping = changed is None
        self.left = (changed or head).size
        return changed.encode() if changed else b""
