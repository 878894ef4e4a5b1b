"""Lies about where the body of a request ends."""

from __future__ import annotations

import re

import h11

from compliance.reference.connection import Connection
from compliance.reference.errors import ClientDisconnected
from compliance.reference.liar import liar
from compliance.reference.rewriting import Rewriting


@liar(interface="asgi", catches=["test_an_invalid_length_gets_400_and_a_close"])
class AnyLength(Rewriting):
    """What a programming language takes for a number is a length."""

    wrong = re.compile(rb"Content-Length: (?:\+5|0_5|0x5)\r")
    instead = b"Content-Length: 5\r"


@liar(interface="wsgi", catches=["test_different_lengths_get_400_and_a_close"])
class FirstLengthCounts(Rewriting):
    """Of two lengths the first counts."""

    wrong = re.compile(rb"(Content-Length: 5\r\n)Content-Length: 3\r\n")
    instead = rb"\1"


@liar(interface="asgi", catches=["test_a_length_that_is_said_twice"])
class OneLengthOnly(Rewriting):
    """A length that is said twice is an error."""

    wrong = re.compile(rb"(Content-Length: 5\r\n)Content-Length: 5\r\n")
    instead = rb"\1(\r\n"


@liar(interface="wsgi", catches=["test_no_large_length_wraps_around"])
class ShortIntegers(Rewriting):
    """A length is an integer of 32 bits."""

    wrong = re.compile(rb"Content-Length: 4294967301")
    instead = b"Content-Length: 5"


@liar(interface="asgi", catches=["test_the_server_survives_a_large_length"])
class Stumbles(Connection):
    """After a large length the next POST is refused."""

    stumbling = False

    def skip_empty_lines(self, data: bytes) -> bytes:
        """As long as nothing large came before."""
        if data.startswith(b"POST"):
            stumbling, Stumbles.stumbling = Stumbles.stumbling, b"\r\nContent-Length: 99999999" in data
            data = b"(\r\n\r\n" if stumbling and b"Content-Length" not in data else data
        return super().skip_empty_lines(data)


@liar(
    interface="wsgi",
    catches=[
        "test_a_body_that_breaks_off_ends_the_connection",
        "test_chunks_that_break_off_end_the_connection",
    ],
)
class WaitsForever(Connection):
    """For the rest of some bodies it waits although the client has said that no more will come."""

    def poll(self) -> h11.Event | None:
        """Nothing yet, in place of an error."""
        try:
            return super().poll()
        except ClientDisconnected:
            if self._head.endswith((b"\r\n\r\nhello", b"\r\nhel")):
                return None
            raise


@liar(interface="asgi", catches=["test_what_an_incomplete_request_gets"])
class AnswersWhatBreaksOff(Connection):
    """A request that breaks off gets an answer."""

    def skip_empty_lines(self, data: bytes) -> bytes:
        """With something that is none in place of the first half of a head."""
        rest = super().skip_empty_lines(data)
        return b"(\r\n\r\n" if rest.endswith(b"Host: test") else rest


@liar(interface="wsgi", catches=["test_a_request_without_framing_has_no_body"])
class NeedsLength(Rewriting):
    """PUT without a length gets 400."""

    wrong = re.compile(rb"\A(PUT / HTTP/1.1\r\n)(?!.*Content-Length|.*Transfer-Encoding)", re.DOTALL)
    instead = rb"\1(\r\n"


@liar(interface="asgi", catches=["test_the_body_of_any_method_is_framed"])
class GetHasNoBody(Rewriting):
    """The length of a GET's body is not looked at."""

    wrong = re.compile(rb"\A(GET .*?\r\n)Content-Length", re.DOTALL)
    instead = rb"\1X-Length"


@liar(interface="wsgi", catches=["test_a_chunked_body_is_decoded"])
class NoChunks(Rewriting):
    """A chunked body of a PUT gets 400."""

    wrong = re.compile(rb"\A(PUT .*?\r\n)Transfer-Encoding", re.DOTALL)
    instead = rb"\1("


@liar(interface="asgi", catches=["test_codings_have_no_case"])
class SmallLetters(Rewriting):
    """`Chunked` with a capital is no coding."""

    wrong = re.compile(rb"Transfer-Encoding:C")
    instead = b"X-Encoding:C"


@liar(interface="wsgi", catches=["test_an_unknown_coding_gets_501"])
class SkipsCodings(Rewriting):
    """A coding that is not known is overlooked."""

    wrong = re.compile(rb"frob, ")


@liar(
    interface="asgi",
    catches=[
        "test_a_body_without_a_known_end_is_refused",
        "test_the_length_beside_an_unknown_coding_does_not_count",
    ],
)
class OneCodingOnly(Rewriting):
    """A coding that is not chunked is overlooked, and the body with it."""

    wrong = re.compile(rb"Transfer-Encoding: gzip")
    instead = b"X-Encoding: gzip"


@liar(interface="wsgi", catches=["test_chunked_twice_is_refused"])
class ChunkedOnce(Rewriting):
    """Chunked twice is chunked."""

    wrong = re.compile(rb"chunked, chunked")
    instead = b"chunked"


@liar(
    interface="asgi",
    catches=["test_the_connection_ends_with_a_request_framed_twice", "test_a_request_framed_twice"],
)
class CodingWins(Rewriting):
    """The length beside a coding is overlooked, and the connection goes on."""

    wrong = re.compile(rb"Content-Length: 5\r\n(?=Transfer-Encoding)")


@liar(
    interface="wsgi",
    catches=[
        "test_the_coding_decides_over_the_length",
        "test_the_connection_ends_with_a_request_framed_twice",
        "test_a_request_framed_twice",
    ],
)
class LengthWins(Rewriting):
    """The coding beside a length is overlooked."""

    wrong = re.compile(rb"Transfer-Encoding: chunked\r\n(?=Content-Length: 15)")


@liar(interface="asgi", catches=["test_the_connection_ends_with_a_coded_request_of_http_1_0"])
class ModernInOldClothes(Rewriting):
    """A coded request of HTTP/1.0 is one of HTTP/1.1."""

    wrong = re.compile(rb"\A(POST / HTTP/1\.)0")
    instead = rb"\g<1>1"
