"""Lies about wsgi.input: its methods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compliance.reference.liar import liar
from compliance.reference.wsgi import WSGICycle
from compliance.reference.wsgi_streams import InputStream


@liar(catches=[])
class ReadsMore(InputStream):
    """read(size) gives up to twice as much."""

    def read(self, size: int | None = -1, /) -> bytes:
        """More than was asked for."""
        return super().read(size * 2 if size else size)


@liar(catches=[])
class ReadKeepsTheRest(InputStream):
    """read() without a size gives three bytes at most."""

    def read(self, *size: int | None) -> bytes:
        """Less than there is."""
        return super().read(*(size or (3,)))


@liar(catches=[])
class ReadRefusesNone(InputStream):
    """read(None) and read(-1) are errors, as in a language where sizes are unsigned."""

    def read(self, *size: int | None) -> bytes:
        """By counting up."""
        return (
            b"".join(super(ReadRefusesNone, self).read(1) for _ in range(int(*size)))
            if size
            else super().read()
        )


@liar(catches=[])
class ReadZeroReadsAll(InputStream):
    """read(0) is taken for read()."""

    def read(self, size: int | None = -1, /) -> bytes:
        """All for nothing."""
        return super().read(size or -1)


@liar(catches=[])
class ReadlineIgnoresSize(InputStream):
    """readline() gives the whole line whatever its size."""

    def readline(self, _size: int | None = -1, /) -> bytes:
        """A whole line."""
        return super().readline()


@liar(catches=[])
class ReadlineGivesArrays(InputStream):
    """readline() gives a bytearray."""

    def readline(self, size: int | None = -1, /) -> bytes:
        """The line in another type."""
        return bytearray(super().readline(size))  # type: ignore[return-value]


@liar(catches=[])
class ReadlineDropsTheEnd(InputStream):
    r"""readline() gives a line without its \n."""

    def readline(self, size: int | None = -1, /) -> bytes:
        """Less than there was."""
        return super().readline(size).rstrip(b"\n")


@liar(catches=[])
class ReadlineWantsAnEnd(InputStream):
    """What follows the last newline is no line, and lost."""

    def readline(self, size: int | None = -1, /) -> bytes:
        """Only what ends."""
        line = super().readline(size)
        return line if line.endswith(b"\n") or len(line) == size else b""


@liar(catches=[])
class ReadlineCutsLines(InputStream):
    """readline() gives 8192 bytes at most."""

    def readline(self, size: int | None = -1, /) -> bytes:
        """A part of a long line."""
        return super().readline(8192 if size is None or size < 0 else min(size, 8192))


@liar(catches=[])
class ReadlinesCutsLines(InputStream):
    """readlines(hint) gives exactly as many bytes as the hint says."""

    def readlines(self, hint: int | None = -1, /) -> list[bytes]:
        """With a part of a line."""
        return self.read(hint).splitlines(keepends=True) if hint and hint > 0 else super().readlines()


@liar(catches=[])
class NoReadlines(InputStream):
    """There is no method readlines."""

    readlines: Any = None


@liar(catches=[])
class IterationReadsAhead(InputStream):
    """Iteration reads the whole body before it gives the first line."""

    def __iter__(self) -> Iterator[bytes]:
        """Line by line, from a list."""
        return iter(super().readlines())


@liar(catches=[])
class IteratesBlocks(InputStream):
    """Iteration gives blocks, not lines."""

    def __iter__(self) -> Iterator[bytes]:
        """Block by block."""
        return iter(lambda: self.read(4), b"")


@liar(catches=[])
class EndIsAnError(InputStream):
    """Reading past the end of the body raises EOFError."""

    def _fill(self) -> bool:
        """More, or an error."""
        if super()._fill():
            return True
        raise EOFError("the body has ended")


@liar(catches=[])
class CanBeClosed(InputStream):
    """There is a method close."""

    def close(self) -> None:
        """Drop what is there."""
        self._buffer.clear()


@liar(catches=[])
class LargeReadsAreEmpty(InputStream):
    """read(size) gives nothing if size is above 12."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Nothing, now and then."""
        return b"" if size and size > 12 else super().read(size)


@liar(catches=[])
class NoBodyWithGet(WSGICycle):
    """Only POST and PUT have a body."""

    def pull(self) -> bytes:
        """Nothing for other methods."""
        return super().pull() if self.request.method in ("POST", "PUT") else b""
