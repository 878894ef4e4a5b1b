"""WSGI apps that return every kind of iterable, and things that are none."""

import collections
import contextvars
import threading
from typing import Any, Callable, Dict, Iterator, List, Sequence

from compliance.guest.apps.wsgi_blocks import TEXT

Environ = Dict[str, Any]
Start = Callable[..., Any]


class _Iterator:
    """An iterator of a class of its own."""

    def __init__(self, blocks: Sequence[bytes]) -> None:
        self._blocks = list(blocks)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if not self._blocks:
            raise StopIteration
        return self._blocks.pop(0)


class _Iterable:
    """An iterable that is no iterator."""

    def __init__(self, blocks: Sequence[bytes]) -> None:
        self._blocks = blocks

    def __iter__(self) -> Iterator[bytes]:
        return _Iterator(self._blocks)


class _Sized(_Iterable):
    """An iterable of a true length."""

    def __len__(self) -> int:
        return len(self._blocks)


class _SizedIterator(_Iterator):
    """An iterator, which can be gone through only once, of a true length."""

    def __init__(self, blocks: Sequence[bytes]) -> None:
        super().__init__(blocks)
        self._length = len(self._blocks)

    def __len__(self) -> int:
        return self._length


class _LengthUnknown(_Iterable):
    """An iterable for which len() fails."""

    def __len__(self) -> int:
        raise TypeError("the number of blocks is not known")


class _Indexed:
    """An iterable by index only, which iter() takes as well."""

    def __init__(self, blocks: Sequence[bytes]) -> None:
        self._blocks = blocks

    def __getitem__(self, index: int) -> bytes:
        return self._blocks[index]


def _generator(blocks: Sequence[bytes]) -> Iterator[bytes]:
    yield from blocks


KINDS: Dict[str, Callable[[Sequence[bytes]], Any]] = {
    "list": list,
    "tuple": tuple,
    "deque": collections.deque,
    "generator": _generator,
    "generator expression": lambda blocks: (block for block in blocks),
    "list iterator": lambda blocks: iter(list(blocks)),
    "map": lambda blocks: map(bytes, blocks),
    "iterator object": _Iterator,
    "iterator with a length": _SizedIterator,
    "iterable object": _Iterable,
    "iterable with a length": _Sized,
    "iterable whose len() fails": _LengthUnknown,
    "iterable by index": _Indexed,
}


def gives(
    environ: Environ,
    start_response: Start,
    channel: Any,
    blocks: Sequence[bytes] = (b"one, ", b"two"),
    kind: str = "list",
    headers: Any = TEXT,
) -> Any:
    """Return the blocks as an iterable of this kind."""
    start_response("200 OK", list(headers))
    return KINDS[kind](blocks)


def gives_object(environ: Environ, start_response: Start, channel: Any, result: Any) -> Any:
    """Return this object, whatever it is."""
    start_response("200 OK", list(TEXT))
    return result


def gives_memory(environ: Environ, start_response: Start, channel: Any, kind: str) -> Any:
    """Yield one block that is no bytes but much like it."""
    start_response("200 OK", list(TEXT))
    types: Dict[str, Any] = {"bytearray": bytearray, "memoryview": memoryview, "subclass of bytes": _Bytes}
    return [types[kind](b"memory")]


class _Bytes(bytes):
    """A subclass."""


def counts_iterations(environ: Environ, start_response: Start, channel: Any) -> Any:
    """Return an iterable that can be iterated again and again, and note at close() how often it was."""
    start_response("200 OK", list(TEXT))
    return _Counting(channel)


class _Counting:
    def __init__(self, channel: Any) -> None:
        self._channel = channel
        self._count = 0

    def __iter__(self) -> Iterator[bytes]:
        self._count += 1
        return iter([b"one, ", b"two"])

    def close(self) -> None:
        """Note the number of iterations."""
        self._channel.note("iterations", self._count)
        self._channel.end()


def watches_attributes(environ: Environ, start_response: Start, channel: Any) -> Any:
    """Return an iterator that notes at close() which of its attributes were asked for by name."""
    start_response("200 OK", list(TEXT))
    used: List[str] = []
    blocks = iter([b"one, ", b"two"])

    class Watched:
        def __getattribute__(self, name: str) -> Any:
            used.append(name)
            return object.__getattribute__(self, name)

        def __iter__(self) -> Iterator[bytes]:
            return self

        def __next__(self) -> bytes:
            return next(blocks)

        def close(self) -> None:
            channel.note("used", sorted(set(used)))
            channel.end()

    return Watched()


def names_threads(environ: Environ, start_response: Start, channel: Any) -> Iterator[bytes]:
    """Note the thread of the call and of each iteration."""
    channel.note("thread", threading.get_ident())
    start_response("200 OK", list(TEXT))
    return _threads(channel)


def _threads(channel: Any) -> Iterator[bytes]:
    for block in (b"one, ", b"two"):
        channel.note("thread", threading.get_ident())
        yield block
    channel.end()


STEPS = ("before", "iteration", "close")
_MARK: "contextvars.ContextVar[str]" = contextvars.ContextVar("_MARK", default="")


def sets_a_context_variable(environ: Environ, start_response: Start, channel: Any, mark: str) -> Any:
    """Set a context variable, stand at the gate "set"; note its value before, in iteration and close()."""
    channel.note("before", _MARK.get())
    _MARK.set(mark)
    channel.gate("set")
    start_response("200 OK", list(TEXT))
    return _Marked(channel)


class _Marked:
    """One block; notes the context variable when it is asked for, and when it is closed."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel
        self._blocks = iter([b"one"])

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        self._channel.note("iteration", _MARK.get())
        return next(self._blocks)

    def close(self) -> None:
        """Note the value, and end."""
        self._channel.note("close", _MARK.get())
        self._channel.end()
