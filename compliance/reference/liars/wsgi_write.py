"""Lies about write(), and about when data is sent."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.reference.liar import liar
from compliance.reference.wsgi import WSGICycle


@liar(catches=[])
class HoldsOneBack(WSGICycle):
    """A block is sent when the next one comes, or the end."""

    held = b""

    def emit(self, data: bytes) -> None:
        """The one before."""
        self.held, data = data, self.held
        if data:
            super().emit(data)

    def end(self) -> None:
        """The last one."""
        if self.held:
            super().emit(self.held)
        super().end()


@liar(catches=[])
class HoldsWrites(WSGICycle):
    """What is written is sent when the application returns."""

    held = b""

    def write(self, data: bytes, /) -> None:
        """Keep it."""
        self.admit({"type": "write", "data": data})
        self.held += data

    def iterate(self, result: Iterable[bytes]) -> None:
        """First what was kept."""
        if self.held:
            self.emit(self.held)
        super().iterate(result)


@liar(catches=[])
class HoldsLargeBlocksBack(WSGICycle):
    """Of a large block a part is sent only at the end."""

    held = b""

    def emit(self, data: bytes) -> None:
        """A mebibyte of it."""
        whole = self.held + data
        self.held = whole[1 << 20 :]
        super().emit(whole[: 1 << 20])

    def end(self) -> None:
        """All the rest."""
        if self.held:
            super().emit(self.held)
        super().end()


@liar(catches=[])
class BuffersTheBody(WSGICycle):
    """The whole body is gathered before anything is sent, and its length announced."""

    def iterate(self, result: Iterable[bytes]) -> None:
        """As one block."""
        whole = []
        for block in result:
            self.admit({"type": "block", "data": block})
            whole.append(block)
        self.known_length = len(b"".join(whole))
        super().iterate([b"".join(whole)])


@liar(catches=[])
class WritesLast(WSGICycle):
    """What is written is sent after the blocks."""

    held = b""

    def write(self, data: bytes, /) -> None:
        """Keep it."""
        self.admit({"type": "write", "data": data})
        self.held += data

    def iterate(self, result: Iterable[bytes]) -> None:
        """Then what was kept."""
        self.single = False
        for block in result:
            self.admit({"type": "block", "data": block})
            if block:
                self.emit(self.clamp(block))
        if self.held:
            self.emit(self.held)


@liar(catches=[])
class OneBlockIsTheBody(WSGICycle):
    """A list of one block is taken for the whole body, whatever was written."""

    def emit_block(self, block: bytes) -> None:
        """Not after write()."""
        if not (self.single and self.response.started):
            super().emit_block(block)


@liar(catches=[])
class LosesWritesOfKnownLength(WSGICycle):
    """What is written is lost if there is a Content-Length."""

    def write(self, data: bytes, /) -> None:
        """Send it only without."""
        if self.owed() is None:
            super().write(data)


@liar(catches=[])
class EmptyWriteIsTheEnd(WSGICycle):
    """A write() of no data ends the body."""

    ended = False

    def write(self, data: bytes, /) -> None:
        """Nothing after it."""
        self.ended = self.ended or data == b""
        if not self.ended:
            super().write(data)


@liar(catches=[])
class WriteCutsOff(WSGICycle):
    """What write() is given beyond the Content-Length is dropped without an error."""

    def write(self, data: bytes, /) -> None:
        """As much as there is room for."""
        super().write(self.clamp(data))
