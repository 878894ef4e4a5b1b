"""Connections with other octets than those that came or were put: most lies about HTTP are a substitution."""

from __future__ import annotations

import re
from typing import ClassVar

from compliance.reference.connection import Connection

Pairs = tuple[tuple[bytes, bytes], ...]


class Rewriting(Connection):
    """Replaces `wrong` by `instead` in what has come at the start of a request.

    The pattern sees all that came in one piece, the requests behind the first among it.
    """

    wrong: ClassVar[re.Pattern[bytes]]
    instead: ClassVar[bytes] = b""

    def skip_empty_lines(self, data: bytes) -> bytes:
        """Without the empty lines, and rewritten."""
        return self.wrong.sub(self.instead, super().skip_empty_lines(data))


class Translating(Connection):
    """Replaces bytes in all that is received, and in all that is sent."""

    received: Pairs = ()
    sent: Pairs = ()

    def take(self) -> bytes:
        """What the stream has received, translated."""
        return _replaced(super().take(), self.received)

    async def flush(self) -> None:
        """Send what was put, translated."""
        self.response.pending = _replaced(self.response.pending, self.sent)
        await super().flush()


def _replaced(data: bytes, pairs: Pairs) -> bytes:
    for old, new in pairs:
        data = data.replace(old, new)
    return data
