"""The three objects that a WSGI server hands out: input, errors and the file wrapper."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any


class InputStream:
    """wsgi.input: the request's body, read from the client only as the application asks for it.

    The end of the body is an end of file: from there on every read gives b"".
    """

    def __init__(self, pull: Callable[[], bytes]) -> None:
        """`pull` blocks for the next bytes of the body and gives b"" at its end, again and again."""
        self._pull = pull
        self._buffer = bytearray()
        self._ended = False

    def read(self, size: int | None = -1, /) -> bytes:
        """`size` bytes, fewer only at the end; all the rest if size is negative, None or missing."""
        wanted = sys.maxsize if size is None or size < 0 else size
        while len(self._buffer) < wanted and self._fill():
            pass
        return self._take(wanted)

    def readline(self, size: int | None = -1, /) -> bytes:
        """The bytes up to and with the next newline, but no more than `size`."""
        limit = sys.maxsize if size is None or size < 0 else size
        searched = 0
        while (found := self._buffer.find(b"\n", searched)) < 0 and len(self._buffer) < limit:
            searched = len(self._buffer)
            if not self._fill():
                break
        return self._take(limit if found < 0 else min(found + 1, limit))

    def readlines(self, hint: int | None = -1, /) -> list[bytes]:
        """All lines, or whole lines until they hold at least `hint` bytes."""
        limit = sys.maxsize if hint is None or hint <= 0 else hint
        lines: list[bytes] = []
        total = 0
        while total < limit and (line := self.readline()):
            lines.append(line)
            total += len(line)
        return lines

    def __iter__(self) -> Iterator[bytes]:
        """Line by line."""
        return iter(self.readline, b"")

    def _fill(self) -> bool:
        """Get more from the client; whether there was more."""
        if not self._ended:
            data = self._pull()
            self._buffer += data
            self._ended = not data
        return not self._ended

    def _take(self, size: int) -> bytes:
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data


class ErrorStream:
    """wsgi.errors: the server's log, which is stderr; it takes any text."""

    def write(self, text: str, /) -> int:
        """Write text as it is, with what stderr cannot show escaped."""
        if not isinstance(text, str):
            raise TypeError(f"wsgi.errors takes str, not {type(text).__name__} [wsgi.errors.write]")
        encoding = sys.stderr.encoding or "utf-8"
        sys.stderr.write(text.encode(encoding, "backslashreplace").decode(encoding))
        return len(text)

    def writelines(self, lines: Iterable[str], /) -> None:
        """Write each of the texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Make everything written visible."""
        sys.stderr.flush()


class FileWrapper:
    """wsgi.file_wrapper: the blocks of a file from where it stands; reads nothing before it is iterated."""

    def __init__(self, filelike: Any, block_size: int = 8192, /) -> None:
        """`filelike` has a read that takes a size, and perhaps a close."""
        self.filelike = filelike
        self.block_size = block_size
        if hasattr(filelike, "close"):
            self.close = filelike.close

    def __iter__(self) -> Iterator[bytes]:
        """Block after block until an empty one."""
        return iter(lambda: self.filelike.read(self.block_size), b"")
