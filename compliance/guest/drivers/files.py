"""`wsgi.file_wrapper` at its strictest: arguments by position, and read() with a size and without."""

from typing import Any, Iterator

from compliance.guest.channel import Channel

FIRST = 4
"""How many bytes are asked for in the first block of a file; the second is the rest, without a size."""


class _Wrapped:
    """The iterable of a file; notes what it reads, and has a `close()` exactly if the file has."""

    def __init__(self, channel: Channel, file: Any) -> None:
        self._channel = channel
        self._file = file
        if hasattr(file, "close"):
            self.close = file.close

    def _read(self, *size: int) -> Any:
        data = self._file.read(*size)
        self._channel.note("file read", data)
        return data

    def __iter__(self) -> Iterator[Any]:
        yield self._read(FIRST)
        yield self._read()


class FileWrapper:
    """Makes iterables of files; notes each call as {"positional": how many, "keywords": their names}."""

    def __init__(self, channel: Channel) -> None:
        """A wrapper that reports to this channel."""
        self._channel = channel

    def __call__(self, *args: Any, **keywords: Any) -> _Wrapped:
        """Wrap a file; raises TypeError for anything but a file and perhaps a size of blocks."""
        self._channel.note("file wrapped", {"positional": len(args), "keywords": sorted(keywords)})
        if keywords or not 1 <= len(args) <= 2:
            raise TypeError("wsgi.file_wrapper takes one or two positional arguments")
        return _Wrapped(self._channel, args[0])
