"""A connection that reads other octets than those that came: most lies about requests are a substitution."""

from __future__ import annotations

import re
from typing import ClassVar

from compliance.reference.connection import Connection


class Rewriting(Connection):
    """Replaces `wrong` by `instead` in what has come at the start of a request.

    The pattern sees all that came in one piece, the requests behind the first among it.
    """

    wrong: ClassVar[re.Pattern[bytes]]
    instead: ClassVar[bytes] = b""

    def skip_empty_lines(self, data: bytes) -> bytes:
        """Without the empty lines, and rewritten."""
        return self.wrong.sub(self.instead, super().skip_empty_lines(data))
