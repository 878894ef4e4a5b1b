"""Lies about the size of requests: other limits than those of the honest server."""

from __future__ import annotations

import h11

from compliance.reference.connection import Connection
from compliance.reference.errors import RequestError
from compliance.reference.liar import liar
from compliance.reference.request import Request


@liar(
    interface="asgi",
    catches=[
        "test_how_long_a_request_line_may_be",
        "test_how_long_a_field_may_be",
        "test_how_long_a_header_section_may_be",
        "test_how_many_fields_there_may_be",
        "test_how_long_a_trailer_may_be",
        "test_how_many_trailers_there_may_be",
    ],
)
class ShortOfMemory(Connection):
    """Nothing that is incomplete may be longer than 4 KiB."""

    head_bytes = 4096


@liar(interface="wsgi", catches=["test_which_length_of_a_body_is_too_large"])
class RefusesLength(Connection):
    """A body of a gigabyte and more is refused."""

    def parse(self, event: h11.Request) -> Request:
        """By its length."""
        request = super().parse(event)
        if int(dict(request.headers).get(b"content-length", 0)) >= 1 << 30:
            raise RequestError(413, "the body is too large")
        return request
