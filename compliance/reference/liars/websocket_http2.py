"""Lies about WebSockets over HTTP/2."""

from __future__ import annotations

from typing import Any

from compliance.reference.connection import Cycle
from compliance.reference.http2 import Http2Connection
from compliance.reference.http2_stream import Http2Stream
from compliance.reference.http2_websocket import Http2WebSocketCycle
from compliance.reference.liar import liar
from compliance.reference.request import Request
from compliance.reference.server import Server

Scope = dict[str, Any]


def serving(cycle: type[Http2WebSocketCycle]) -> type[Http2Connection]:
    """A connection that serves WebSockets with this class."""

    class LyingStream(Http2Stream):
        """A stream whose WebSocket lies."""

        def websocket(self, request: Request) -> Cycle:
            """The liar."""
            return cycle(self, request)

    return type("LyingConnection", (Http2Connection,), {"stream_class": LyingStream})


class Typed(Http2WebSocketCycle):
    """Is not called what it is."""

    async def call_application(self, scope: Scope) -> None:
        """What it looks like."""
        await super().call_application({**scope, "type": "http"})


@liar(
    catches=["test_the_type_of_a_websocket_over_http2_is_websocket"],
    area="websocket_server",
    interface="asgi",
)
class TypeIsHttp(Server):
    """The scope of a WebSocket over HTTP/2 has the type "http"."""

    http2_class = serving(Typed)


class Versionless(Http2WebSocketCycle):
    """Leaves out what its request line would say."""

    def request_line(self) -> Scope:
        """Neither version nor scheme."""
        return {}


@liar(
    catches=[
        "test_the_http_version_of_a_websocket_over_http2_is_2",
        "test_the_scheme_of_a_websocket_over_http2_is_wss",
    ],
    area="websocket_server",
    interface="asgi",
)
class NoRequestLine(Server):
    """http_version and scheme are left out, as if they were those of a plain WebSocket."""

    http2_class = serving(Versionless)


class Protocol(Http2WebSocketCycle):
    """Keeps a pseudo-header."""

    def headers(self) -> Scope:
        """The one that makes it a WebSocket."""
        return {"headers": [*super().headers()["headers"], [b":protocol", b"websocket"]]}


@liar(
    catches=["test_headers_of_a_websocket_hold_no_pseudo_headers"], area="websocket_server", interface="asgi"
)
class KeepsProtocol(Server):
    """:protocol stays among the headers."""

    http2_class = serving(Protocol)


class Reversed(Http2WebSocketCycle):
    """Has its headers in another order."""

    def headers(self) -> Scope:
        """The host last."""
        return {"headers": super().headers()["headers"][::-1]}


@liar(
    catches=["test_the_authority_of_a_websocket_is_the_first_header"],
    area="websocket_server",
    interface="asgi",
)
class HostComesLast(Server):
    """The host comes behind all other headers."""

    http2_class = serving(Reversed)


class Doubled(Http2WebSocketCycle):
    """Has its host twice."""

    def headers(self) -> Scope:
        """Also as the last one."""
        found = super().headers()["headers"]
        return {"headers": [*found, found[0]]}


@liar(
    catches=["test_the_authority_of_a_websocket_is_in_headers_once"],
    area="websocket_server",
    interface="asgi",
)
class HostComesTwice(Server):
    """The authority is in the headers twice."""

    http2_class = serving(Doubled)


class Encoded(Http2WebSocketCycle):
    """Does not decode its path."""

    def target(self) -> Scope:
        """As it came."""
        found = super().target()
        return {**found, "path": found["raw_path"].decode()}


@liar(
    catches=["test_the_path_of_a_websocket_over_http2_is_decoded"], area="websocket_server", interface="asgi"
)
class PathIsEncoded(Server):
    """path is left encoded."""

    http2_class = serving(Encoded)


class Nothing(Http2WebSocketCycle):
    """Offers nothing."""

    def subprotocols(self) -> Scope:
        """None."""
        return {"subprotocols": []}


@liar(
    catches=["test_the_subprotocols_of_a_websocket_over_http2_are_listed"],
    area="websocket_server",
    interface="asgi",
)
class NoSubprotocols(Server):
    """The client's subprotocols are not looked at."""

    http2_class = serving(Nothing)


class Upper(Http2WebSocketCycle):
    """Changes what it gets."""

    def receive_event(self, data: str | bytes) -> Scope:
        """In capital letters."""
        return super().receive_event(data.upper())


@liar(catches=["test_messages_pass_through_http2"], area="websocket_server", interface="asgi")
class ChangesMessages(Server):
    """A message arrives in capital letters."""

    http2_class = serving(Upper)
