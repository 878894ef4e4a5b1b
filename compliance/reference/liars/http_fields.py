"""Lies about the fields of a request."""

from __future__ import annotations

import re
from dataclasses import replace

import h11

from compliance.reference.connection import Connection
from compliance.reference.liar import liar
from compliance.reference.request import Request
from compliance.reference.rewriting import Rewriting


@liar(interface="asgi", catches=["test_whitespace_before_a_colon_is_refused"])
class TrimsNames(Rewriting):
    """Whitespace between a field name and its colon is overlooked."""

    wrong = re.compile(rb"[ \t]+:")
    instead = b":"


@liar(interface="wsgi", catches=["test_no_field_begins_with_whitespace"])
class IndentedFields(Rewriting):
    """A first field that is indented is a field."""

    wrong = re.compile(rb"\A([^\r]+\r\n)[ \t]+")
    instead = rb"\1"


@liar(interface="asgi", catches=["test_no_field_begins_with_whitespace"])
class IndentedNames(Rewriting):
    """A first field that is indented is a field, whose name begins with what stands for the whitespace."""

    wrong = re.compile(rb"\A([^\r]+\r\n)[ \t]+")
    instead = rb"\1_"


@liar(interface="asgi", catches=["test_a_field_without_a_name_that_is_a_token_is_refused"])
class TrimsTokens(Rewriting):
    """Characters that no name has are left out of it."""

    wrong = re.compile(rb"\r\nX[/@(]A")
    instead = b"\r\nXA"


@liar(interface="wsgi", catches=["test_a_folded_value_is_refused_or_unfolded"])
class JoinsFolds(Rewriting):
    """A folded value is put together without a space."""

    wrong = re.compile(rb"\r\n[ \t]+")


@liar(interface="asgi", catches=["test_whitespace_around_a_value_is_no_part_of_it"])
class KeepsWhitespace(Connection):
    """A space behind a value is part of it."""

    def parse(self, event: h11.Request) -> Request:
        """With the space."""
        request = super().parse(event)
        return replace(request, headers=[(n, v + b" " if v == b"b c" else v) for n, v in request.headers])


@liar(interface="wsgi", catches=["test_nul_in_a_value_is_refused_or_a_space"])
class DropsNul(Rewriting):
    """NUL in a value is left out."""

    wrong = re.compile(rb"(?<=X-A: a)\0")


@liar(interface="asgi", catches=["test_other_control_characters_in_a_value"])
class DropsControls(Rewriting):
    """A control character in a value is left out."""

    wrong = re.compile(rb"(?<=X-A: a)[\x01\x0b\x0c\x1f\x7f]")


@liar(interface="wsgi", catches=["test_a_bare_cr_reaches_no_application_and_ends_no_line"])
class CREndsLines(Rewriting):
    """A bare CR ends a line."""

    wrong = re.compile(rb"\r(?=X-B)")
    instead = b"\r\n"


@liar(interface="wsgi", catches=["test_a_bare_lf_is_no_part_of_a_value"])
class KeepsLineFeeds(Rewriting):
    """A LF that follows no CR is part of a value."""

    wrong = re.compile(rb"(?<=X-A: a)\n(?=X-B)")
    instead = b"\xff"

    def parse(self, event: h11.Request) -> Request:
        """With the LF."""
        request = super().parse(event)
        return replace(request, headers=[(n, v.replace(b"a\xffX", b"a\nX")) for n, v in request.headers])


@liar(interface="asgi", catches=["test_octets_above_7f_arrive_as_they_were_sent"])
class DecodesValues(Rewriting):
    """What is no UTF-8 in a value is a question mark."""

    wrong = re.compile(rb"(?<=X-A: )\xff\xfe")
    instead = b"??"


@liar(interface="wsgi", catches=["test_no_octets_above_7f_end_a_line"])
class NarrowsCharacters(Rewriting):
    """Of each character beyond latin-1 the lower octet is kept, which may be CR or LF."""

    wrong = re.compile(rb"\xe5\x98\x8d\xe5\x98\x8a")
    instead = b"\r\n"


@liar(interface="asgi", catches=["test_the_names_of_fields_have_no_case"])
class MindsCase(Rewriting):
    """The length of a body is named in small letters only."""

    wrong = re.compile(rb"\r\nCONTENT-LENGTH")
    instead = b"\r\nX-Length"


@liar(interface="wsgi", catches=["test_no_application_is_called_before_the_last_field"])
class Eager(Connection):
    """The application is called as soon as something of the fields is there."""

    def skip_empty_lines(self, data: bytes) -> bytes:
        """With the end of the header section."""
        rest = super().skip_empty_lines(data)
        return rest if b"\r\n\r\n" in rest or not rest else rest + b"\r\n"


@liar(interface="asgi", catches=["test_fields_that_are_too_large_get_an_error"])
class LargeFieldsFail(Connection):
    """Fields that are too large get 500."""

    def error_status(self, error: h11.RemoteProtocolError) -> int:
        """500 in place of 431."""
        status = super().error_status(error)
        return 500 if status == 431 else status


@liar(interface="wsgi", catches=["test_empty_elements_of_a_list_are_ignored"])
class MindsEmptyElements(Rewriting):
    """A list with an empty element holds nothing."""

    wrong = re.compile(rb"Connection: [^\r\n]*,[^\r\n]*")
    instead = b"X-Connection: x"


@liar(interface="asgi", catches=["test_fields_of_one_name"])
class LastFieldCounts(Rewriting):
    """Of two fields of one name the last one counts."""

    wrong = re.compile(rb"X-A: one\r\n(?=X-A)")
