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

A byte string or string of more than 4096 stands as `shorten` describes.
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


def shorten(value: Any) -> Any:
    """Return `value` with each long byte string or string, also inside of a dict or a list, in short form.

    The short form is {"shortened": "bytes" or "str", "length", "sha256" (of the UTF-8 for a string), "head"}.
    Only exact builtin types are looked into: anything else is the traffic's own affair.
    """
    kind = type(value)
    if kind is dict:
        return {key: shorten(item) for key, item in value.items()}
    if kind is list:
        return [shorten(item) for item in value]
    if (kind is bytes or kind is str) and len(value) > LIMIT:
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


class _Noting:
    """Notes what comes out of a call to the other side, and lets it pass."""

    def __init__(self, channel: Channel, by: str) -> None:
        self._channel = channel
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
            self._channel.note("exhausted")
        elif error is not None:
            self._channel.note("raised", describe(error, self._by))


def _tapped_receive(receive: Any, channel: Channel) -> Any:
    async def tapped() -> Any:
        with _Noting(channel, "receive"):
            message = await receive()
        channel.note("receive", shorten(message))
        return message

    return tapped


def _tapped_send(send: Any, channel: Channel) -> Any:
    async def tapped(message: Any) -> Any:
        channel.note("send", shorten(message))
        with _Noting(channel, "send"):
            result = await send(message)
        channel.note("sent")
        return result

    return tapped


async def asgi(app: Any, scope: Any, receive: Any, send: Any, channel: Channel) -> Any:
    """Call the framework's ASGI application under the tap; ends the channel when the application is over."""
    use(channel)
    channel.note("scope", shorten(scope))
    try:
        with _Noting(channel, "application"):
            result = await app(scope, _tapped_receive(receive, channel), _tapped_send(send, channel))
        channel.note("returned")
    finally:
        channel.end()
    return result


def _tapped_start(inner: Any, channel: Channel) -> Any:
    def start_response(*args: Any, **kwargs: Any) -> Any:
        channel.note("start_response", _start(args, kwargs))
        with _Noting(channel, "start_response"):
            write = inner(*args, **kwargs)
        return _tapped_write(write, channel) if callable(write) else write

    return start_response


def _tapped_write(inner: Any, channel: Channel) -> Any:
    def write(*args: Any, **kwargs: Any) -> Any:
        channel.note("write", shorten(args[0] if len(args) == 1 else list(args)))
        with _Noting(channel, "write"):
            return inner(*args, **kwargs)

    return write


def _start(args: Any, kwargs: Dict[str, Any]) -> Dict[str, Any]:
    """Describe a call of start_response, without holding on to its exc_info."""
    if kwargs or not 2 <= len(args) <= 3:
        return {"positional": [type(arg).__name__ for arg in args], "keywords": sorted(kwargs)}
    exc_info = args[2] if len(args) == 3 else None
    kind = exc_info[0].__name__ if isinstance(exc_info, tuple) and exc_info and exc_info[0] else None
    return {
        "status": args[0],
        "headers": args[1],
        "exc_info": kind if exc_info is None or kind else repr(exc_info),
    }


class _Blocks:
    """The framework's iterable, recorded; ends the channel after `close()`, or when it is dropped."""

    def __init__(self, result: Any, channel: Channel) -> None:
        self._result = result
        self._channel = channel

    def __iter__(self) -> "Iterator[Any]":
        with _Noting(self._channel, "iter"):
            inner = iter(self._result)
        return _Iterator(self, inner, self._channel)

    def __getattr__(self, name: str) -> Any:
        if name != "close":
            raise AttributeError(name)
        return lambda inner=self._result.close: self._close(inner)

    def _close(self, inner: Any) -> Any:
        self._channel.note("close")
        try:
            with _Noting(self._channel, "close"):
                return inner()
        finally:
            self._channel.end()

    def __del__(self) -> None:
        self._channel.end()


class _SizedBlocks(_Blocks):
    def __len__(self) -> int:
        return len(self._result)


class _Iterator:
    """One iteration; keeps the iterable alive, as the iterator of a list does."""

    def __init__(self, blocks: _Blocks, inner: "Iterator[Any]", channel: Channel) -> None:
        self._blocks = blocks
        self._inner = inner
        self._channel = channel

    def __iter__(self) -> "Iterator[Any]":
        return self

    def __next__(self) -> Any:
        with _Noting(self._channel, "next"):
            block = next(self._inner)
        self._channel.note("block", shorten(block))
        return block


def _is_file_wrapper(result: Any, environ: Any) -> bool:
    kind = environ.get("wsgi.file_wrapper")
    return isinstance(kind, type) and isinstance(result, kind)


def wsgi(app: Any, environ: Any, start_response: Any, channel: Channel) -> Any:
    """Call the framework's WSGI application under the tap and return its iterable, recorded.

    The channel ends after `close()`, when the iterable is dropped, or when the application raises. A file
    wrapper of the server is returned as it is, because a server may look at its type; it ends the channel.
    """
    use(channel)
    channel.note("environ", shorten(environ))
    try:
        with _Noting(channel, "application"):
            result = app(environ, _tapped_start(start_response, channel))
    except BaseException:
        channel.end()
        raise
    if _is_file_wrapper(result, environ):
        channel.note("file_wrapper", result)
        channel.end()
        return result
    return (_SizedBlocks if hasattr(type(result), "__len__") else _Blocks)(result, channel)
