"""Lies about clients that end their connections."""

from __future__ import annotations

from typing import ClassVar

from compliance.reference.connection import Connection
from compliance.reference.liar import liar


@liar(
    interface="asgi",
    area="http_server",
    catches=["test_many_resets_are_no_reason_to_stop_serving"],
)
class CountsTheReset(Connection):
    """Connections that were reset count among those that are open, of which there are a hundred at most."""

    resets: ClassVar[list[Connection]] = []

    async def serve_request(self) -> bool:
        """If there is room for it."""
        while len(self.resets) >= 100 and not self.stream.eof:
            await self.stream.changed()
        try:
            return await super().serve_request()
        finally:
            if self.stream.lost:
                self.resets.append(self)
