"""Lies that show in observations only: other choices where the text leaves one."""

from __future__ import annotations

import re

from compliance.reference.liar import liar
from compliance.reference.rewriting import Rewriting


@liar(interface="asgi", catches=["test_lines_that_end_with_lf_alone"])
class NoLineFeeds(Rewriting):
    """LF alone ends no line."""

    wrong = re.compile(rb"(?<!\r)\n")
    instead = b"\0"


@liar(interface="wsgi", catches=["test_other_whitespace_in_a_request_line"])
class AnyWhitespace(Rewriting):
    """The words of a request line may be separated by a tab."""

    wrong = re.compile(rb"\AGET\t")
    instead = b"GET "


@liar(interface="asgi", catches=["test_unusual_targets"])
class NoPipes(Rewriting):
    """A target with a pipe is refused."""

    wrong = re.compile(rb"\AGET /a\|b")
    instead = b"GET /(\x01"


@liar(interface="wsgi", catches=["test_strange_extensions_of_chunks"])
class EmptyExtensions(Rewriting):
    """An extension may be empty."""

    wrong = re.compile(rb"\r\n5;\r\n")
    instead = b"\r\n5\r\n"


@liar(interface="asgi", catches=["test_a_chunked_request"])
class NeedsALength(Rewriting):
    """A body in chunks is refused."""

    wrong = re.compile(rb"Transfer-Encoding: chunked")
    instead = b"("
