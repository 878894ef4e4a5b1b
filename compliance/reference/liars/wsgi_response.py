"""Lies about start_response, write, the iterable and its end."""

from __future__ import annotations

from typing import Any

from compliance.reference.liar import liar
from compliance.reference.wsgi import WSGICycle


@liar(
    catches=[
        "test_exc_info_raises_once_headers_are_sent",
        "test_exc_info_raises_after_write",
        "test_the_error_in_exc_info_is_raised_again",
    ]
)
class SwallowsExcInfo(WSGICycle):
    """start_response with exc_info returns although the headers have been sent."""

    def raise_exc_info(self, exc_info: Any) -> None:
        """Do not."""


@liar(catches=["test_start_response_refuses_a_control_character", "test_a_line_break_never_reaches_the_wire"])
class AcceptsControlCharacters(WSGICycle):
    """start_response takes control characters in status and header values."""

    tolerated = ("wsgi.sr.status_no_control", "wsgi.sr.header_value_no_control")
