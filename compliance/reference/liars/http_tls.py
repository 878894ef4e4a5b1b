"""Lies about how connections of TLS end."""

from __future__ import annotations

import os
import socket

from compliance.reference.connection import Connection
from compliance.reference.liar import liar


@liar(interface="wsgi", area="http_server", catches=["test_a_server_says_goodbye_in_tls"])
class EndsTcpAlone(Connection):
    """There is no closure alert."""

    async def linger(self) -> None:
        """End the connection below TLS."""
        if self.stream.encrypted:
            number = os.dup(self.stream.transport.get_extra_info("socket").fileno())
            with socket.socket(fileno=number) as below:
                below.shutdown(socket.SHUT_WR)
        await super().linger()


@liar(
    interface="asgi",
    area="http_server",
    catches=["test_a_server_survives_a_client_that_does_not_say_goodbye"],
)
class DiesOfAbruptEnds(Connection):
    """A client that leaves abruptly takes the server with it."""

    async def recycle(self) -> bool:
        """Not always."""
        if self.stream.encrypted and b"GET /cut " in self._head:
            os._exit(1)
        return await super().recycle()
