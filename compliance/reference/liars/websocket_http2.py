"""Lies about WebSockets over HTTP/2."""

from __future__ import annotations

from typing import Any

from compliance.reference.http2_websocket import Http2WebSocketCycle
from compliance.reference.liar_http2 import http2_liar

Scope = dict[str, Any]


@http2_liar(catches=["test_the_type_of_a_websocket_over_http2_is_websocket"])
class TypeIsHttp(Http2WebSocketCycle):
    """The scope of a WebSocket over HTTP/2 has the type "http"."""

    async def call_application(self, scope: Scope) -> None:
        """What it looks like."""
        await super().call_application({**scope, "type": "http"})


@http2_liar(
    catches=[
        "test_the_http_version_of_a_websocket_over_http2_is_2",
        "test_the_scheme_of_a_websocket_over_http2_is_wss",
    ]
)
class NoRequestLine(Http2WebSocketCycle):
    """http_version and scheme are left out, as if they were those of a plain WebSocket."""

    def request_line(self) -> Scope:
        """Neither version nor scheme."""
        return {}


@http2_liar(catches=["test_headers_of_a_websocket_hold_no_pseudo_headers"])
class KeepsProtocol(Http2WebSocketCycle):
    """:protocol stays among the headers."""

    def headers(self) -> Scope:
        """The one that makes it a WebSocket."""
        return {"headers": [*super().headers()["headers"], [b":protocol", b"websocket"]]}


@http2_liar(catches=["test_the_authority_of_a_websocket_is_the_first_header"])
class HostComesLast(Http2WebSocketCycle):
    """The host comes behind all other headers."""

    def headers(self) -> Scope:
        """The host last."""
        return {"headers": super().headers()["headers"][::-1]}


@http2_liar(catches=["test_the_authority_of_a_websocket_is_in_headers_once"])
class HostComesTwice(Http2WebSocketCycle):
    """The authority is in the headers twice."""

    def headers(self) -> Scope:
        """Also as the last one."""
        found = super().headers()["headers"]
        return {"headers": [*found, found[0]]}


@http2_liar(catches=["test_the_path_of_a_websocket_over_http2_is_decoded"])
class PathIsEncoded(Http2WebSocketCycle):
    """path is left encoded."""

    def target(self) -> Scope:
        """As it came."""
        found = super().target()
        return {**found, "path": found["raw_path"].decode()}


@http2_liar(catches=["test_the_subprotocols_of_a_websocket_over_http2_are_listed"])
class NoSubprotocols(Http2WebSocketCycle):
    """The client's subprotocols are not looked at."""

    def subprotocols(self) -> Scope:
        """None."""
        return {"subprotocols": []}


@http2_liar(catches=["test_messages_pass_through_http2"])
class ChangesMessages(Http2WebSocketCycle):
    """A message arrives in capital letters."""

    def receive_event(self, data: str | bytes) -> Scope:
        """In capital letters."""
        return super().receive_event(data.upper())
