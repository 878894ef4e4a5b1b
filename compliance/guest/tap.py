"""Records the interface traffic between a real server and a framework, and changes nothing.

Neither side can tell the tap from the other side by anything that the specifications let it use: objects
are handed on as they are, exceptions pass unchanged, each block is handed on before the next is asked for,
and the returned iterable has a `close()` and a `len()` exactly if the framework's has.

The events, all noted on the exchange's channel before the traffic is handed on:

    scope, environ        what the server called the framework with
    receive               a message that the server gave
    send, sent            a message of the framework, and that the server's `send` returned
    start_response        {"status", "headers", "exc_info": type name or None}, or the raw arguments
    write, block          bytes through the `write()` callable, and of the iterable
    file_wrapper          the framework returned the server's own file wrapper, which is not looked into
    exhausted, close      the iterable's end, and a call of its `close()`
    raised                {"by": which call raised, "types": names along the class's order, "text"}
    returned              the ASGI framework returned

A byte string or string longer than the limit stands as `shorten` describes.
"""

import hashlib
from types import TracebackType
from typing import Any, Dict, Iterator, Optional, Type, Union

from compliance.guest.channel import Channel, use

LIMIT = 4096
HEAD = 64


def _shortened(value: Union[bytes, str]) -> Dict[str, Any]:
    data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    digest = hashlib.sha256(data).hexdigest()
    return {"shortened": type(value).__name__, "length": len(value), "sha256": digest, "head": value[:HEAD]}


def shorten(value: Any, limit: int = LIMIT) -> Any:
    """Return `value` with each byte string or string longer than `limit`, also in dicts and lists, cut.

    The short form is {"shortened": "bytes" or "str", "length", "sha256" (of the UTF-8 for a string), "head"}.
    Only exact builtin types are looked into: anything else is the traffic's own affair.
    """
    kind = type(value)
    if kind is dict:
        return {key: shorten(item, limit) for key, item in value.items()}
    if kind is list:
        return [shorten(item, limit) for item in value]
    if (kind is bytes or kind is str) and len(value) > limit:
        return _shortened(value)
    return value


def describe(error: BaseException, by: str) -> Dict[str, Any]:
    """Describe an exception that came out of the call named `by`."""
    types = ["{}.{}".format(kind.__module__, kind.__qualname__) for kind in type(error).__mro__[:-1]]
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - a __str__ may do anything
        text = "<str raised>"
    return {"by": by, "types": types, "text": text[:2000]}


class _Passing:
    """Notes what comes out of a call to the other side, and lets it pass."""

    def __init__(self, tap: "_Tap", by: str) -> None:
        self._tap = tap
        self._by = by

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        if self._by == "next" and kind is StopIteration:
            self._tap.note("exhausted")
        elif error is not None:
            self._tap.note("raised", describe(error, self._by))


class _Tap:
    """What the tapped callables of one exchange share."""

    def __init__(self, channel: Channel, limit: int, prefix: str = "") -> None:
        self.channel = channel
        self._limit = limit
        self._prefix = prefix

    def note(self, name: str, value: Any = None) -> None:
        self.channel.note(self._prefix + name, shorten(value, self._limit))

    def passing(self, by: str) -> _Passing:
        return _Passing(self, by)

    def end(self) -> None:
        """The application's work is over; if it is a part of another's, that goes on."""
        if not self._prefix:
            self.channel.end()


def _tapped_receive(receive: Any, tap: _Tap) -> Any:
    async def tapped() -> Any:
        with tap.passing("receive"):
            message = await receive()
        tap.note("receive", message)
        return message

    return tapped


def _tapped_send(send: Any, tap: _Tap) -> Any:
    async def tapped(message: Any) -> Any:
        tap.note("send", message)
        with tap.passing("send"):
            result = await send(message)
        tap.note("sent")
        return result

    return tapped


async def asgi(app: Any, scope: Any, receive: Any, send: Any, channel: Channel, limit: int = LIMIT) -> Any:
    """Call the framework's ASGI application under the tap; ends the channel when the application is over."""
    use(channel)
    tap = _Tap(channel, limit)
    tap.note("scope", scope)
    try:
        with tap.passing("application"):
            result = await app(scope, _tapped_receive(receive, tap), _tapped_send(send, tap))
        tap.note("returned")
    finally:
        channel.end()
    return result


def _tapped_start(inner: Any, tap: _Tap) -> Any:
    def start_response(*args: Any, **kwargs: Any) -> Any:
        tap.note("start_response", _start(args, kwargs))
        with tap.passing("start_response"):
            write = inner(*args, **kwargs)
        return _tapped_write(write, tap) if callable(write) else write

    return start_response


def _tapped_write(inner: Any, tap: _Tap) -> Any:
    def write(*args: Any, **kwargs: Any) -> Any:
        tap.note("write", args[0] if len(args) == 1 else list(args))
        with tap.passing("write"):
            return inner(*args, **kwargs)

    return write


def _start(args: Any, kwargs: Dict[str, Any]) -> Dict[str, Any]:
    """Describe a call of start_response, without holding on to its exc_info."""
    if kwargs or not 2 <= len(args) <= 3:
        return {"positional": [type(arg).__name__ for arg in args], "keywords": sorted(kwargs)}
    return {"status": args[0], "headers": args[1], "exc_info": _exc_info(args[2:])}


def _exc_info(args: Any) -> Optional[str]:
    """The name of the exception of a `sys.exc_info()` tuple, None for none, a repr if it is not one."""
    if not args or args[0] is None:
        return None
    if isinstance(args[0], tuple) and len(args[0]) == 3 and isinstance(args[0][0], type):
        return args[0][0].__name__
    return repr(args[0])[:200]


class _Blocks:
    """The framework's iterable, recorded; ends the channel after `close()`, or when it is dropped.

    Without a `close()` it ends with its last block: a server may keep the iterable for as long as it likes.
    """

    def __init__(self, result: Any, tap: _Tap) -> None:
        self._result = result
        self._tap = tap

    def __iter__(self) -> "Iterator[Any]":
        with self._tap.passing("iter"):
            inner = iter(self._result)
        return _Iterator(self, inner, self._tap)

    def __getattr__(self, name: str) -> Any:
        if name != "close":
            raise AttributeError(name)
        return lambda inner=self._result.close: self._close(inner)

    def _close(self, inner: Any) -> Any:
        use(self._tap.channel)
        self._tap.note("close")
        try:
            with self._tap.passing("close"):
                return inner()
        finally:
            self._tap.end()

    def given(self, count: int) -> None:
        """A number of blocks has been given: of some iterables that is all there is."""

    def exhausted(self) -> None:
        """End what has no `close()` to wait for."""
        if not hasattr(self._result, "close"):
            self._tap.end()

    def __del__(self) -> None:
        self._tap.end()


class _SizedBlocks(_Blocks):
    def __len__(self) -> int:
        return len(self._result)

    def given(self, count: int) -> None:
        """A server may ask for no more than `len()` has promised."""
        if count == len(self):
            self.exhausted()


class _Iterator:
    """One iteration; keeps the iterable alive, as the iterator of a list does."""

    def __init__(self, blocks: _Blocks, inner: "Iterator[Any]", tap: _Tap) -> None:
        self._blocks = blocks
        self._inner = inner
        self._tap = tap
        self._count = 0

    def __iter__(self) -> "Iterator[Any]":
        return self

    def __next__(self) -> Any:
        use(self._tap.channel)  # a server may iterate in another thread than it called the application
        try:
            with self._tap.passing("next"):
                block = next(self._inner)
        except StopIteration:
            self._blocks.exhausted()
            raise
        self._tap.note("block", block)
        self._count += 1
        self._blocks.given(self._count)
        return block


def _is_file_wrapper(result: Any, environ: Any) -> bool:
    kind = environ.get("wsgi.file_wrapper")
    return isinstance(kind, type) and isinstance(result, kind)


def wsgi(
    app: Any, environ: Any, start_response: Any, channel: Channel, limit: int = LIMIT, prefix: str = ""
) -> Any:
    """Call the framework's WSGI application under the tap and return its iterable, recorded.

    The channel ends after `close()`, when the iterable is dropped, or when the application raises. A file
    wrapper of the server is returned as it is, because a server may look at its type; it ends the channel.
    `prefix` is for an application behind a middleware: it begins the names of its events, and the channel is
    left to the middleware's tap.
    """
    use(channel)
    tap = _Tap(channel, limit, prefix)
    tap.note("environ", environ)
    try:
        with tap.passing("application"):
            result = app(environ, _tapped_start(start_response, tap))
    except BaseException:
        tap.end()
        raise
    if _is_file_wrapper(result, environ):
        tap.note("file_wrapper", result)
        tap.end()
        return result
    return (_SizedBlocks if hasattr(type(result), "__len__") else _Blocks)(result, tap)
