"""WSGI apps that return files through wsgi.file_wrapper, or through their own where the server has none."""

import io
import os
import pathlib
import tempfile
from typing import Any, Callable, Dict, Iterator, List

from compliance.guest.apps.wsgi_blocks import KEPT, TEXT, Blocks

Environ = Dict[str, Any]
Start = Callable[..., Any]
CONTENT = b"0123456789"
MUCH = 16 << 20


class Readable:
    """A file-like object that has nothing but read()."""

    def __init__(self, content: bytes, _: Any) -> None:
        """Read from these bytes."""
        self._file = io.BytesIO(content)

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        return self._file.read(size)


class Closable(Readable):
    """A file-like object with read() and close(), which is noted."""

    def __init__(self, content: bytes, channel: Any) -> None:
        """Read from these bytes, report to this channel."""
        super().__init__(content, channel)
        self._channel = channel

    def close(self) -> None:
        """Note the call."""
        self._channel.note("close")
        self._channel.end()


class InMemory(io.BytesIO):
    """A BytesIO whose close() is noted."""

    def __init__(self, content: bytes, channel: Any) -> None:
        """Read from these bytes, report to this channel."""
        super().__init__(content)
        self._channel = channel
        KEPT.append(self)

    def close(self) -> None:
        """Note the first call."""
        if not self.closed:
            super().close()
            self._channel.note("close")
            self._channel.end()


class OnDisk(io.FileIO):
    """A file of the operating system whose close() is noted."""

    def __init__(self, content: bytes, channel: Any) -> None:
        """Read from a temporary file with these bytes, report to this channel."""
        handle, name = tempfile.mkstemp()
        os.write(handle, content)
        os.lseek(handle, 0, os.SEEK_SET)
        pathlib.Path(name).unlink()
        super().__init__(handle)
        self._channel = channel
        KEPT.append(self)

    def close(self) -> None:
        """Note the first call."""
        if not self.closed:
            super().close()
            self._channel.note("close")
            self._channel.end()


class TwoFaced(Readable):
    """An object whose read() and fileno() give different contents, although they should not."""

    def __init__(self, content: bytes, channel: Any) -> None:
        """Read from these bytes; the file has them in lower case."""
        super().__init__(content.upper() + b" READ", channel)
        self._other = tempfile.TemporaryFile()  # noqa: SIM115 - closed with this object
        self._other.write(content + b" number")
        self._other.seek(0)

    def fileno(self) -> int:
        """The number of the other file."""
        return self._other.fileno()


FILES: Dict[str, Callable[..., Any]] = {
    "read() only": Readable,
    "file-like": Closable,
    "in memory": InMemory,
    "on disk": OnDisk,
    "two-faced": TwoFaced,
}


class _FileWrapper:
    """The wrapper that the specification shows, for servers that have none."""

    def __init__(self, filelike: Any, block_size: int = 8192) -> None:
        self.filelike = filelike
        self.block_size = block_size
        if hasattr(filelike, "close"):
            self.close = filelike.close

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.filelike.read(self.block_size), b"")


def _wrapper(environ: Environ) -> Any:
    found = environ.get("wsgi.file_wrapper")
    return found if callable(found) else _FileWrapper


def has_one(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Note whether there is a wsgi.file_wrapper, and whether it can be called."""
    channel.note("present", "wsgi.file_wrapper" in environ)
    channel.note("callable", callable(environ.get("wsgi.file_wrapper")))
    start_response("200 OK", list(TEXT))
    return [b"ok"]


def sends(  # noqa: PLR0913, PLR0917 - a check chooses what matters to it
    environ: Environ,
    start_response: Start,
    channel: Any,
    kind: str = "on disk",
    content: bytes = CONTENT,
    position: int = 0,
    sizes: Any = (),
    headers: Any = TEXT,
    status: str = "200 OK",
) -> Any:
    """Return a wrapped file of this kind, read up to `position`; `sizes` holds the block size, if any."""
    file = FILES[kind](content, channel)
    file.read(position)
    start_response(status, list(headers))
    return _wrapper(environ)(file, *sizes)


def sends_large(environ: Environ, start_response: Start, channel: Any, kind: str) -> Any:
    """Return a wrapped file of a mebibyte with all octets in it."""
    return sends(environ, start_response, channel, kind, bytes(range(256)) * 4096)


def sends_much(environ: Environ, start_response: Start, channel: Any, kind: str) -> Any:
    """Return a wrapped file of 16 MB."""
    if kind != "on disk":
        return sends(environ, start_response, channel, kind, bytes(MUCH))
    file = OnDisk(b"", channel)
    os.ftruncate(file.fileno(), MUCH)
    start_response("200 OK", list(TEXT))
    return _wrapper(environ)(file)


def wraps_the_wrapper(environ: Environ, start_response: Start, channel: Any, kind: str = "on disk") -> Any:
    """Return an iterable of its own around the wrapper, as middleware does, which changes the blocks."""
    start_response("200 OK", list(TEXT))
    wrapped = _wrapper(environ)(FILES[kind](CONTENT, channel), 4)
    return Blocks(channel, (block.replace(b"5", b"five") for block in wrapped))


def drops_the_wrapper(environ: Environ, start_response: Start, channel: Any) -> Any:
    """Wrap a file and return something else."""
    start_response("200 OK", list(TEXT))
    _wrapper(environ)(FILES["on disk"](CONTENT, channel))
    return Blocks(channel, [b"other"])


def joins_the_wrapper(environ: Environ, start_response: Start, channel: Any, kind: str) -> List[bytes]:
    """Join the blocks of a wrapper, as middleware does, and return the whole."""
    start_response("200 OK", list(TEXT))
    return [b"".join(_wrapper(environ)(FILES[kind](CONTENT, channel)))]


def closes_the_wrapper(environ: Environ, start_response: Start, channel: Any, kind: str) -> List[bytes]:
    """Close a wrapper, as middleware does, and return something else."""
    start_response("200 OK", list(TEXT))
    wrapped = _wrapper(environ)(FILES[kind](CONTENT, channel))
    wrapped.close()
    return [b"other"]
