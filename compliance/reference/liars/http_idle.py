"""Lies about clients that fall silent, or are slow."""

from __future__ import annotations

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
    """A body that does not come in time is answered with a reset."""

    def lose_patience(self) -> None:
        """At once."""
        self.stream.reset()


@liar(
    interface="asgi",
    area="lifecycle",
    catches=[
        "test_a_body_that_is_given_up_is_not_taken_for_whole",
        "test_what_becomes_of_a_silent_client",
    ],
)
class ContentWithHalf(Connection):
    """A body ends where it is overdue."""

    def poll_body(self) -> tuple[bytes, bool] | None:
        """The end, instead of an error."""
        return (b"", False) if self._overdue else super().poll_body()


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
