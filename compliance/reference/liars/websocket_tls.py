"""Lies about WebSockets over TLS; without it these servers are honest."""

from __future__ import annotations

import os
import socket
from typing import Any

from compliance.reference.asgi_websocket import WebSocketCycle
from compliance.reference.errors import RequestError
from compliance.reference.liar import liar
from compliance.reference.liars.websocket_raw import WithFrames
from compliance.reference.websocket_frames import Frames


@liar(
    catches=[
        "test_a_websocket_is_described_as_requests_are",
        "test_a_websocket_is_opened_over_tls",
        "test_a_websocket_of_a_certified_client_is_described_as_requests_are",
        "test_messages_go_through_tls_after_the_handshake",
        "test_messages_pass_through_tls",
        "test_the_scheme_of_a_websocket_over_tls_is_wss",
    ]
)
class NoSecureSockets(WebSocketCycle):
    """A handshake that came through TLS is refused."""

    def check_handshake(self) -> None:
        """Refuse it."""
        super().check_handshake()
        if self.stream.encrypted:
            raise RequestError(400, "no secrets here")


@liar(
    catches=[
        "test_messages_go_through_tls_after_the_handshake",
        "test_messages_pass_through_tls",
    ]
)
class SpeaksOpenly(WithFrames):
    """What the server sends after the handshake goes around TLS."""

    class Frames(Frames):
        """That are read by anybody."""

        async def write(self, event: Any) -> None:
            """Write to the socket itself."""
            connection: socket.socket = self.stream.transport.get_extra_info("socket")
            if self.stream.encrypted:
                os.write(connection.fileno(), self.protocol.send(event))
            else:
                await super().write(event)
