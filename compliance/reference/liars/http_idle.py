"""Lies about clients that fall silent, or are slow."""

from __future__ import annotations

import h11

from compliance.reference.connection import Connection
from compliance.reference.liar import liar
from compliance.reference.request import Request


@liar(
    interface="asgi",
    area="lifecycle",
    catches=["test_a_silent_client_is_not_reset", "test_what_becomes_of_a_silent_client"],
)
class ResetsTheIdle(Connection):
    """A request that does not come in time ends the connection with a reset."""

    async def read_request(self) -> Request | None:
        """Or none at all."""
        request = await super().read_request()
        if request is None and not self.stream.eof:
            self.stream.reset()
        return request


@liar(interface="wsgi", area="lifecycle", catches=["test_a_silent_client_is_not_reset"])
class ResetsUploadsThatStop(Connection):
    """A body that has not come in time is answered with a reset."""

    def parse(self, event: h11.Request) -> Request:
        """Time begins with the head."""
        self.server.loop.call_later(self.server.idle_seconds, self.give_up)
        return super().parse(event)

    def give_up(self) -> None:
        """If the body is not there."""
        if self.protocol.their_state is h11.SEND_BODY:
            self.stream.reset()


@liar(
    interface="wsgi",
    area="lifecycle",
    catches=["test_what_becomes_of_a_silent_client", "test_what_becomes_of_a_slow_client"],
)
class HasPatience(Connection):
    """Whoever has begun a request is waited for."""

    async def read_request(self) -> Request | None:
        """As long as it takes."""
        request = await super().read_request()
        begun = request is None and self._head and not self.stream.eof
        return await self.read_request() if begun else request
