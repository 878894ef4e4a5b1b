"""Lies about the chunks of a request's body."""

from __future__ import annotations

import os
import re
from typing import ClassVar

from compliance.reference.connection import Connection
from compliance.reference.liar import liar
from compliance.reference.rewriting import Rewriting


@liar(interface="asgi", catches=["test_sizes_are_hexadecimal_in_either_case"])
class NoZeros(Rewriting):
    """A size does not begin with a zero."""

    wrong = re.compile(rb"\r\n00a\r\n")
    instead = b"\r\nx\r\n"


@liar(interface="wsgi", catches=["test_extensions_of_chunks_are_ignored"])
class NoExtensions(Rewriting):
    """An extension is an error."""

    wrong = re.compile(rb"\r\n5;a\r\n")
    instead = b"\r\nx\r\n"


@liar(interface="asgi", catches=["test_whitespace_in_extensions_is_ignored"])
class NoWhitespace(Rewriting):
    """Whitespace behind a size is an error."""

    wrong = re.compile(rb"\r\n5[ \t]")
    instead = b"\r\nx"


@liar(interface="wsgi", catches=["test_extensions_have_a_limit"])
class LongExtensions(Connection):
    """Extensions of chunks have no limit."""

    head_bytes = 1 << 20


@liar(interface="asgi", catches=["test_what_is_no_size_is_not_guessed"])
class GuessesSizes(Rewriting):
    """What a programming language takes for a number is a size."""

    wrong = re.compile(rb"\r\n(?:0x|\+)5\r\n")
    instead = b"\r\n5\r\n"


@liar(interface="asgi", catches=["test_a_chunk_without_size_amid_an_answer_ends_no_server"])
class EndsAmidAnAnswer(Connection):
    """The fortieth time that what is no size comes behind an answer, that is too much."""

    seen: ClassVar[list[Connection]] = []

    def take(self) -> bytes:
        """What the stream has received."""
        data = super().take()
        if b"amid" in data:
            self.seen.append(self)
        return data

    async def recycle(self) -> bool:
        """Make the connection ready for another request, if the server lives."""
        if len(self.seen) >= 40:
            os._exit(0)
        return await super().recycle()


@liar(interface="wsgi", catches=["test_no_large_size_wraps_around"])
class ShortSizes(Rewriting):
    """A size is an integer of 32 bits."""

    wrong = re.compile(rb"\r\n100000005\r\n")
    instead = b"\r\n5\r\n"


@liar(interface="asgi", catches=["test_data_without_its_line_end_is_an_error"])
class AnyLineEnd(Rewriting):
    """Two octets behind the data are not looked at."""

    wrong = re.compile(rb"\r\nhelloXX")
    instead = b"\r\nhello\r\n"


@liar(interface="wsgi", catches=["test_a_bare_lf_in_chunks"])
class LineFeeds(Rewriting):
    """LF alone ends the line of a size."""

    wrong = re.compile(rb"\r\n5\nhello")
    instead = b"\r\n5\r\nhello"


@liar(interface="asgi", catches=["test_a_body_without_its_end_takes_no_request_for_it"])
class AddsTheEnd(Rewriting):
    """A request behind a chunk is the end of the body."""

    wrong = re.compile(rb"(\r\nhello\r\n)GET ")
    instead = rb"\g<1>0\r\n\r\nGET "


@liar(interface="wsgi", catches=["test_chunked_has_no_parameters"])
class DropsParameters(Rewriting):
    """Parameters of the coding are overlooked."""

    wrong = re.compile(rb"chunked;a=b")
    instead = b"chunked"


@liar(interface="asgi", catches=["test_trailers_are_part_of_the_body"])
class NoTrailers(Rewriting):
    """The body ends with the last chunk."""

    wrong = re.compile(rb"(\r\n0\r\n)(X-T: b\r\n)")
    instead = rb"\1\r\n\2"


@liar(interface="wsgi", catches=["test_trailers_are_not_among_the_fields"])
class MergesTrailers(Rewriting):
    """Trailer fields are fields like any others."""

    wrong = re.compile(rb"(\r\n)(\r\n5\r\nhello\r\n0\r\n)(X-Trailer: b\r\n)")
    instead = rb"\1\3\2"


@liar(interface="asgi", catches=["test_a_trailer_does_not_replace_a_field"])
class TrailersWin(Rewriting):
    """A trailer takes the place of the field of its name."""

    wrong = re.compile(rb"X-T: a(.*\r\n0\r\n)(X-T: b)", re.DOTALL)
    instead = rb"X-T: b\1\2"


@liar(interface="wsgi", catches=["test_a_trailer_that_is_no_field_ends_the_connection"])
class AnyTrailers(Rewriting):
    """Trailers are not looked at."""

    wrong = re.compile(rb"(\r\n0\r\n)X-T : b\r\n")
    instead = rb"\1"
