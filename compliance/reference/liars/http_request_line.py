"""Lies about the request line."""

from __future__ import annotations

import re

import h11

from compliance.reference.connection import Connection
from compliance.reference.liar import liar
from compliance.reference.rewriting import Rewriting


@liar(interface="asgi", catches=["test_a_version_that_is_none_reaches_no_application"])
class AnyVersion(Rewriting):
    """Whatever stands in its place is HTTP/1.1."""

    wrong = re.compile(rb"\A(\S+ \S+ )(?!HTTP/\d\.\d\r)[^ \r\n]+(?=\r\n)")
    instead = rb"\1HTTP/1.1"


@liar(interface="wsgi", catches=["test_the_refusal_of_a_version_blames_the_client"])
class StumblesOverVersions(Connection):
    """A version without a minor number is an error of the server."""

    def error_status(self, error: h11.RemoteProtocolError) -> int:
        """500 for it."""
        return 500 if self._head.startswith(b"GET / HTTP/1\r\n") else super().error_status(error)


@liar(interface="wsgi", catches=["test_a_higher_minor_version_is_served"])
class KnownVersionsOnly(Rewriting):
    """A minor version above 1 is none."""

    wrong = re.compile(rb" HTTP/1\.[2-9]\r\n")
    instead = b" HTTP/9.9\r\n"


@liar(interface="asgi", catches=["test_an_unknown_major_version_is_refused"])
class AnyMajor(Rewriting):
    """HTTP/2.0 and others are served as HTTP/1.1."""

    wrong = re.compile(rb" HTTP/[2-9]\.0\r\n")
    instead = b" HTTP/1.1\r\n"


@liar(
    interface="wsgi",
    catches=[
        "test_an_empty_line_before_the_request_line_is_ignored",
        "test_an_empty_line_between_requests_is_ignored",
    ],
)
class MindsEmptyLines(Connection):
    """An empty line in place of a request is an error."""

    def skip_empty_lines(self, data: bytes) -> bytes:
        """None is dropped."""
        return data


@liar(interface="asgi", catches=["test_what_is_no_request_is_answered_with_400_and_a_close"])
class SimpleRequests(Rewriting):
    """A request without a version is served, as in the days of HTTP/0.9."""

    wrong = re.compile(rb"\A(GET [^ \r\n]+)(?=\r\n)")
    instead = rb"\1 HTTP/1.0"


@liar(
    interface="wsgi",
    catches=[
        "test_a_target_with_a_space_is_not_corrected",
        "test_what_is_no_request_is_answered_with_400_and_a_close",
    ],
)
class CorrectsSpaces(Rewriting):
    """A space in the target is encoded, and the request served."""

    wrong = re.compile(rb"\A(\w+ /\S*) (\S+ HTTP/1\.1\r\n)")
    instead = rb"\1%20\2"


@liar(interface="asgi", catches=["test_a_target_with_a_control_character_is_refused"])
class EncodesControls(Rewriting):
    """A control character in the target is encoded, and the request served."""

    wrong = re.compile(rb"\A(\w+ /\S*)\x01")
    instead = rb"\1%01"


@liar(
    interface="wsgi",
    catches=["test_a_request_line_of_8000_octets_is_served", "test_a_path_of_8000_octets_is_served"],
)
class ShortLines(Rewriting):
    """A request line of 8000 octets gets 400."""

    wrong = re.compile(rb"\A\w+ /\S{7900,8100} ")
    instead = b"( / "


@liar(interface="asgi", catches=["test_a_target_that_is_too_long_gets_414"])
class LongTargetsAreBad(Connection):
    """A target that is too long gets 400."""

    def error_status(self, error: h11.RemoteProtocolError) -> int:
        """400 in place of 414."""
        status = super().error_status(error)
        return 400 if status == 414 else status


@liar(interface="wsgi", catches=["test_a_method_of_a_thousand_letters_gets_501"])
class LongMethodsAreBad(Rewriting):
    """A long method gets 400."""

    wrong = re.compile(rb"\A[A-Z]{500,}")
    instead = b"("


@liar(interface="asgi", catches=["test_an_unknown_method_reaches_the_application_or_gets_501"])
class UnknownMethodsAreBad(Rewriting):
    """A method that is not among the usual ones gets 400."""

    wrong = re.compile(rb"\A(?:FROBNICATE|M-SEARCH)")
    instead = b"("


@liar(interface="wsgi", catches=["test_a_method_that_is_no_token_reaches_no_application"])
class TrimsMethods(Rewriting):
    """Characters that no method has are left out of it."""

    wrong = re.compile(rb"\A([A-Z]+)[@,:(]([A-Z]*) ")
    instead = rb"\1\2 "


@liar(interface="asgi", catches=["test_methods_in_other_letters"])
class AnyLetters(Rewriting):
    """`get` is GET."""

    wrong = re.compile(rb"\Aget ")
    instead = b"GET "


@liar(interface="wsgi", catches=["test_get_and_head_are_served"])
class NoHead(Rewriting):
    """HEAD is no method."""

    wrong = re.compile(rb"\AHEAD ")
    instead = b"( "
