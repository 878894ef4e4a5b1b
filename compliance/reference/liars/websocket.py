"""Lies about the WebSocket scope, receive and send."""

from __future__ import annotations

from typing import Any

from compliance.reference.asgi import Message
from compliance.reference.asgi_websocket import WebSocketCycle
from compliance.reference.liar import liar
from compliance.reference.websocket_frames import Frames


@liar(catches=["test_the_scheme_is_ws"])
class HttpScheme(WebSocketCycle):
    """scheme is "http"."""

    def scheme(self) -> str:
        """As for HTTP."""
        return "http"


@liar(
    catches=[
        "test_a_disconnect_always_has_a_code",
        "test_the_code_is_the_clients",
        "test_the_code_of_a_close_without_code_is_1005",
    ]
)
class NoCode(WebSocketCycle):
    """websocket.disconnect has no code."""

    def disconnect_event(self, _code: int, reason: str) -> Message:
        """The reason alone."""
        return {"type": "websocket.disconnect", "reason": reason}


@liar(catches=["test_text_or_bytes_is_given_and_not_both", "test_a_text_message_arrives_as_str"])
class BothKeys(WebSocketCycle):
    """websocket.receive has bytes beside every text."""

    def receive_event(self, data: Any) -> Message:
        """Both."""
        event = super().receive_event(data)
        return {"bytes": b"", **event}


@liar(catches=["test_a_ping_is_answered"])
class NoPongs(WebSocketCycle):
    """Pings are not answered."""

    class Frames(Frames):
        """Without pongs."""

        async def on_ping(self, event: Any) -> None:
            """Nothing."""

    def make_frames(self) -> Frames:
        """Those frames."""
        return self.Frames(self)
