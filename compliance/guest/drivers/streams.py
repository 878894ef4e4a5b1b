"""`wsgi.input` and `wsgi.errors` as strict as a server may make them: the listed methods, every use noted."""

from typing import Any, Callable, Dict, Iterator, List

from compliance.guest.channel import Channel


class _Strict:
    """An object whose other attributes are noted when they are asked for, and are not there."""

    _name = ""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def __getattr__(self, attribute: str) -> Any:
        self._channel.note(self._name + " attribute", attribute)
        raise AttributeError("{} has no attribute {!r}".format(self._name, attribute))


class Input(_Strict):
    """A request body that arrives in parts; notes each call as {"method", "args", "returned", "position"}.

    The description has the keys `parts` (list of bytes), `gates` ({number of a part: gate before it}),
    `short` (whether `read(n)` may return less than n bytes before the end), `bare` (whether what servers need
    not support is refused: `read()` and `readline(size)`) and `beyond` ("empty" or "raise": what a call finds
    that wants bytes after the last one).
    """

    _name = "input"

    def __init__(self, channel: Channel, description: Dict[str, Any], wait: Callable[[str], None]) -> None:
        """A stream of the described body; `wait` waits until the host opens a gate."""
        super().__init__(channel)
        self._parts: List[bytes] = list(description["parts"])
        self._gates: Dict[int, str] = description["gates"]
        self._short: bool = description["short"]
        self._bare: bool = description["bare"]
        self._beyond: str = description["beyond"]
        self._wait = wait
        self._arrived = 0
        self._buffer = b""
        self._position = 0

    def _more(self) -> bool:
        """Let the next part arrive; False if there is none."""
        if self._arrived == len(self._parts):
            return False
        gate = self._gates.get(self._arrived)
        if gate is not None:
            self._channel.note("waiting")
            self._wait(gate)
        self._buffer += self._parts[self._arrived]
        self._arrived += 1
        return True

    def _take(self, method: str, args: Any, size: int) -> bytes:
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        self._channel.note(
            self._name,
            {"method": method, "args": list(args), "returned": len(data), "position": self._position},
        )
        self._position += len(data)
        return data

    def _end(self, method: str, args: Any) -> None:
        """The application wants bytes after the last one."""
        if self._beyond == "raise":
            self._take(method, args, 0)
            raise OSError("read past the end of the request body")

    def read(self, *args: int) -> bytes:
        """Return `size` bytes, or what there is before the end; everything without a size."""
        if self._bare and not args:
            self._take("read", args, 0)
            raise TypeError("read() needs a size")
        size = args[0] if args and args[0] is not None and args[0] >= 0 else -1
        while size < 0 or len(self._buffer) < size:
            if self._short and self._buffer and size >= 0:
                break
            if not self._more():
                self._end("read", args)
                break
        return self._take("read", args, len(self._buffer) if size < 0 else size)

    def _line(self, method: str, args: Any, limit: int) -> bytes:
        while b"\n" not in self._buffer and (limit < 0 or len(self._buffer) < limit):
            if not self._more():
                if not self._buffer:
                    self._end(method, args)
                break
        end = self._buffer.find(b"\n") + 1 or len(self._buffer)
        return self._take(method, args, end if limit < 0 else min(end, limit))

    def readline(self, *args: int) -> bytes:
        """Return the next line."""
        if self._bare and args:
            self._take("readline", args, 0)
            raise TypeError("readline() takes no size")
        return self._line("readline", args, args[0] if args and args[0] is not None else -1)

    def readlines(self, *args: int) -> List[bytes]:
        """Return the lines that are left; the hint is ignored, as servers may."""
        return list(iter(lambda: self._line("readlines", args, -1), b""))

    def __iter__(self) -> Iterator[bytes]:
        """Yield the lines that are left."""
        return iter(lambda: self._line("__iter__", (), -1), b"")


class Errors(_Strict):
    """An error stream; notes what is written, and when it is flushed."""

    _name = "errors"

    def write(self, text: str) -> None:
        """Take text; raises TypeError for anything else."""
        self._channel.note("errors", {"method": "write", "text": text})
        if not isinstance(text, str):
            raise TypeError("write() takes a str")

    def writelines(self, lines: Any) -> None:
        """Take several texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Take note."""
        self._channel.note("errors", {"method": "flush"})
