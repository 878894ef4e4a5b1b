"""WSGI applications that are callables of every kind, to be loaded in place of the probe."""

import functools
from typing import Any, Callable, Dict, Iterator, List

from compliance.guest import probe
from compliance.guest.apps.wsgi_blocks import TEXT
from compliance.guest.channel import Channel

Environ = Dict[str, Any]
Start = Callable[..., Any]


class _Application:
    """A class whose instances are applications, and whose methods are."""

    __slots__ = ()

    def __call__(self, environ: Environ, start_response: Start) -> Any:
        return probe.wsgi(environ, start_response)

    def method(self, environ: Environ, start_response: Start) -> Any:
        """Serve a request."""
        return probe.wsgi(environ, start_response)


class Response:
    """An application that is a class: each request makes an instance, which is the iterable."""

    def __init__(self, environ: Environ, start_response: Start) -> None:
        """Serve a request."""
        self._blocks = probe.wsgi(environ, start_response)

    def __iter__(self) -> Iterator[bytes]:
        """The blocks of the response."""
        return iter(self._blocks)


def generator(environ: Environ, start_response: Start) -> Iterator[bytes]:
    """Serve a request from a generator function: nothing runs before the first iteration."""
    yield from probe.wsgi(environ, start_response)


def _with_more(_: str, environ: Environ, start_response: Start) -> Any:
    return probe.wsgi(environ, start_response)


instance = _Application()
method = instance.method
partial = functools.partial(_with_more, "bound before")


def recorder(*args: Any, **kwargs: Any) -> List[bytes]:
    """Note how many arguments came by position, and the names of those that came by keyword."""
    channel = Channel(None, "wsgi")
    channel.note("positional", len(args))
    channel.note("keywords", sorted(kwargs))
    channel.end()
    start_response = args[1] if len(args) > 1 else kwargs["start_response"]
    start_response("200 OK", [*TEXT, ("Content-Length", "2")])
    return [b"ok"]


def answers(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Note the call, and answer."""
    channel.note("called")
    start_response("200 OK", [*TEXT, ("Content-Length", "2")])
    return [b"ok"]


def fails(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Raise."""
    raise LookupError("the application's own error")
