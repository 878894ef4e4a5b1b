"""Connections whose bytes are changed on the way in or out: what most lies about HTTP come down to."""

from __future__ import annotations

from compliance.reference.connection import Connection

Pairs = tuple[tuple[bytes, bytes], ...]


class Rewriting(Connection):
    """Replaces bytes in what is received, and in what is sent; the classes that lie say which."""

    received: Pairs = ()
    sent: Pairs = ()

    def take(self) -> bytes:
        """What the stream has received, rewritten."""
        return _replaced(super().take(), self.received)

    async def flush(self) -> None:
        """Send what was put, rewritten."""
        self.response.pending = _replaced(self.response.pending, self.sent)
        await super().flush()


def _replaced(data: bytes, pairs: Pairs) -> bytes:
    for old, new in pairs:
        data = data.replace(old, new)
    return data
