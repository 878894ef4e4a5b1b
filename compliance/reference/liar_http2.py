"""Liars over HTTP/2: a class of a connection, a stream, a response or a WebSocket that lies.

They have a module of their own so that no other liar waits for what speaks HTTP/2 to be imported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from compliance.reference.connection import Cycle
from compliance.reference.http2 import Http2Connection
from compliance.reference.http2_stream import Http2Response, Http2Stream
from compliance.reference.http2_websocket import Http2WebSocketCycle
from compliance.reference.liar import enter
from compliance.reference.request import Request
from compliance.reference.server import Server

Class = TypeVar("Class", bound=type)


def http2_liar(*, catches: Sequence[str]) -> Callable[[Class], Class]:
    """Register the decorated class as a liar over HTTP/2; raises TypeError.

    It is a subclass of Http2Connection, Http2Stream, Http2Response or Http2WebSocketCycle. `catches` are
    names of check functions.
    """

    def register(cls: Class) -> Class:
        area = "websocket_server" if issubclass(cls, Http2WebSocketCycle) else "asgi_server"
        server = type(f"{cls.__name__}Server", (Server,), {"http2_class": connection_of(cls)})
        enter(cls, server, "asgi", area, catches)
        return cls

    return register


def connection_of(cls: type) -> type[Http2Connection]:
    """A connection that uses this class; raises TypeError if none would."""
    if issubclass(cls, Http2Connection):
        return cls
    if issubclass(cls, Http2Stream):
        return type("LyingConnection", (Http2Connection,), {"stream_class": cls})
    if issubclass(cls, Http2Response):
        return connection_of(type("LyingStream", (Http2Stream,), {"response_class": cls}))
    if issubclass(cls, Http2WebSocketCycle):
        return connection_of(_serving(cls))
    raise TypeError(f"{cls.__name__} is a subclass of nothing that serves HTTP/2")


def _serving(cycle: type[Http2WebSocketCycle]) -> type[Http2Stream]:
    class LyingStream(Http2Stream):
        """A stream whose WebSocket lies."""

        def websocket(self, request: Request) -> Cycle:
            """The liar."""
            return cycle(self, request)

    return LyingStream
