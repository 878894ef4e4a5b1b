"""Lies about the fields of a request."""

from __future__ import annotations

import re

from compliance.reference.connection import Connection
from compliance.reference.liar import liar

_SPACED_COLON = re.compile(rb"[ \t]+:")


@liar(
    interface="asgi",
    area="http_server",
    catches=["test_whitespace_before_a_colon_is_refused"],
)
class TrimsNames(Connection):
    """Whitespace between a field name and its colon is overlooked."""

    def skip_empty_lines(self, data: bytes) -> bytes:
        """Without it."""
        return _SPACED_COLON.sub(b":", super().skip_empty_lines(data))
