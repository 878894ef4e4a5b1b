"""Lies about the responses that a server makes by itself, and about what it leaves to the application."""

from __future__ import annotations

import gzip
from collections.abc import Sequence

from compliance.reference.errors import RequestError
from compliance.reference.liar import liar
from compliance.reference.rewriting import Translating


@liar(interface="wsgi", area="http_server", catches=["test_a_refusal_is_explained"])
class RefusesWithoutReason(Translating):
    """A refusal has no content."""

    async def answer(self, status: int, text: str, headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
        """Only a head."""
        del text
        self.start(status, [(b"Content-Length", b"0"), *headers])
        self.response.put_end()
        await self.flush()


@liar(interface="asgi", area="http_server", catches=["test_the_content_of_a_refusal_has_a_type"])
class RefusesUntyped(Translating):
    """The content of a refusal has no type."""

    sent = ((b"Content-Type: text/plain; charset=utf-8\r\n", b""),)


@liar(
    interface="wsgi",
    area="http_server",
    catches=["test_what_comes_of_trace", "test_trace_reflects_no_secrets"],
)
class ReflectsAll(Translating):
    """TRACE is answered with everything that the client has sent."""

    def take(self) -> bytes:
        """Refused with it."""
        data = super().take()
        if data.startswith(b"TRACE"):
            raise RequestError(405, data.decode("latin-1"))
        return data


@liar(interface="wsgi", area="http_server", catches=["test_head_reaches_the_application_as_head"])
class HeadIsGet(Translating):
    """HEAD is GET for the application."""

    received = ((b"HEAD / ", b"GET / "),)


@liar(interface="asgi", area="http_server", catches=["test_coded_content_comes_as_it_was_sent"])
class Decodes(Translating):
    """Coded content is decoded."""

    def take(self) -> bytes:
        """Without the coding."""
        data = super().take()
        coded = gzip.compress(b"hello", mtime=0)
        length = b"Content-Length: %d" % len(coded)
        return data.replace(coded, b"hello").replace(length, b"Content-Length: 5")


@liar(interface="asgi", area="http_server", catches=["test_what_comes_of_a_length_that_nobody_can_mean"])
class RefusesLongLengths(Translating):
    """A length of eighteen digits is none."""

    received = ((b"999000000000000000", b"none"),)
