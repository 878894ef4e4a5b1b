"""Lies that let a request hide in another one."""

from __future__ import annotations

import re

from compliance.reference.liar import liar
from compliance.reference.rewriting import Rewriting


@liar(interface="asgi", catches=["test_no_request_hides_in_a_chunk"])
class OverlooksCodings(Rewriting):
    """A coding that is not known is overlooked."""

    wrong = re.compile(rb"Transfer-Encoding: xchunked\r\n")


@liar(interface="wsgi", catches=["test_no_request_hides_behind_chunks"])
class OverlooksLengths(Rewriting):
    """The length beside a coding is overlooked."""

    wrong = re.compile(rb"Content-Length: \d+\r\n(Transfer-Encoding: chunked\r\n)")
    instead = rb"\1"


@liar(interface="asgi", catches=["test_no_field_of_a_similar_name_frames_a_body"])
class SimilarNames(Rewriting):
    """An underscore is a hyphen."""

    wrong = re.compile(rb"Transfer_Encoding: chunked\r\nContent-Length: \d+")
    instead = b"Transfer-Encoding: chunked"


@liar(interface="wsgi", catches=["test_no_request_hides_behind_a_doubtful_length"])
class MinusZero(Rewriting):
    """A length of minus zero is zero."""

    wrong = re.compile(rb"(Content-Length: -0\r\n.*?\r\n\r\n)0\r\n\r\n", re.DOTALL)
    instead = b"\r\n"


@liar(interface="asgi", catches=["test_no_request_hides_in_doubtful_chunks"])
class MinusZeroChunk(Rewriting):
    """A size of minus zero is zero."""

    wrong = re.compile(rb"\r\n-0\r\n")
    instead = b"\r\n0\r\n"


@liar(interface="wsgi", catches=["test_no_request_hides_in_a_body"])
class ExpectsNoBody(Rewriting):
    """A request that expects 100 has no body."""

    wrong = re.compile(rb"Content-Length: \d+\r\nExpect: 100-continue\r\n(.*?\r\n\r\n)0\r\n\r\n", re.DOTALL)
    instead = rb"\1"
