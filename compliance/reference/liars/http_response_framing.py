"""Lies about where a response ends."""

from __future__ import annotations

from typing import Any

from compliance.reference.liar import liar
from compliance.reference.liars import asgi_framing
from compliance.reference.liars.http_response_head import SendsAnything
from compliance.reference.request import Headers
from compliance.reference.response import Response
from compliance.reference.rewriting import Translating


@liar(interface="wsgi", area="http_server", catches=["test_a_response_to_http10_has_no_transfer_encoding"])
class ChunksForOldClients(asgi_framing.ChunksForOldClients):
    """A response to HTTP/1.0 is chunked like any other."""


@liar(
    interface="wsgi",
    area="http_server",
    catches=["test_a_body_of_unknown_length_does_not_end_with_the_connection"],
)
class TakesAllForOldClients(Response):
    """A response to HTTP/1.1 is not chunked either."""

    def put_head(
        self, status: int, headers: Headers, reason: bytes | None = None, length: int | None = None
    ) -> None:
        """As if the client were an old one."""
        self.protocol.their_http_version = b"1.0"
        super().put_head(status, headers, reason, length)


@liar(interface="asgi", area="http_server", catches=["test_chunks_are_well_formed"])
class BareLineFeedInChunks(Translating):
    """The size of a chunk ends with LF."""

    sent = ((b"3\r\none", b"3\none"),)


@liar(interface="asgi", area="http_server", catches=["test_the_content_is_what_the_application_gave"])
class LosesContent(Response):
    """A part of the content is lost."""

    def put_data(self, data: bytes) -> None:
        """All but one."""
        super().put_data(b"" if data == b"two" else data)


@liar(interface="asgi", area="http_server", catches=["test_no_response_has_both_framings"])
class BothFramings(Translating):
    """A Content-Length has Transfer-Encoding beside it."""

    sent = ((b"\r\ncontent-length: 7\r\n", b"\r\ncontent-length: 7\r\nTransfer-Encoding: chunked\r\n"),)

    async def flush(self) -> None:
        """With content that is chunked, too."""
        if b"\r\ncontent-length: 7\r\n" in self.response.pending:
            head, end, rest = self.response.pending.partition(b"\r\n\r\n")
            self.response.pending = head + end + b"7\r\n" + rest + b"\r\n0\r\n\r\n" * bool(rest)
        await super().flush()


@liar(interface="asgi", area="http_server", catches=["test_chunked_is_not_applied_twice"])
class SaysChunkedTwice(Translating):
    """Transfer-Encoding has chunked twice."""

    sent = ((b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked, chunked"),)


@liar(interface="wsgi", area="http_server", catches=["test_a_response_without_content_ends_with_its_head"])
class ContentWithNone(Translating):
    """A 204 response has content."""

    async def flush(self) -> None:
        """With some."""
        if self.response.pending.startswith(b"HTTP/1.1 204"):
            self.response.pending += b"content"
        await super().flush()


@liar(interface="asgi", area="http_server", catches=["test_a_205_has_no_content"])
class ContentWith205(Translating):
    """A 205 response has content."""

    async def flush(self) -> None:
        """With some."""
        if self.response.pending.startswith(b"HTTP/1.1 205"):
            self.response.pending = self.response.pending.replace(b"Length: 0", b"Length: 7") + b"content"
        await super().flush()


@liar(
    interface="wsgi",
    area="http_server",
    catches=["test_which_framing_fields_a_response_without_content_has"],
)
class LengthWith304(Translating):
    """A 304 response has Content-Length: 0."""

    sent = ((b"HTTP/1.1 304 Phrase\r\n", b"HTTP/1.1 304 Phrase\r\nContent-Length: 0\r\n"),)


@liar(interface="asgi", area="http_server", catches=["test_a_2xx_to_connect_has_no_transfer_encoding"])
class TunnelsInChunks(Translating):
    """CONNECT is served like GET."""

    received = ((b"CONNECT testserver:80 ", b"GET / "),)


@liar(interface="wsgi", area="http_server", catches=["test_a_2xx_to_connect_has_no_content_length"])
class TunnelsOfKnownLength(Translating):
    """CONNECT is served like GET."""

    received = ((b"CONNECT testserver:80 ", b"GET / "),)


@liar(area="http_server", catches=["test_a_length_that_is_none_is_not_sent"])
class SendsAnyLength(SendsAnything):
    """A Content-Length with words in it reaches the wire."""

    def hide(self, name: Any, value: Any) -> tuple[bytes, bytes]:
        """Only that."""
        if value != b"seven":
            return name, value
        self.hidden.append((name, value))
        return b"x-hidden", b"1"


@liar(
    interface="wsgi",
    area="http_server",
    catches=[
        "test_no_content_follows_an_interim_status",
        "test_what_an_interim_status_of_an_application_becomes",
    ],
)
class PassesOnInterim(Translating):
    """What goes wrong is answered with 103, and with content."""

    async def flush(self) -> None:
        """In place of 500."""
        if self.response.pending.startswith(b"HTTP/1.1 500 "):
            self.response.pending = b"HTTP/1.1 103 Phrase\r\n\r\npayload"
        await super().flush()


@liar(interface="asgi", area="http_server", catches=["test_head_gets_the_fields_of_get"])
class LessForHead(Response):
    """HEAD does not get the application's own fields."""

    def complete_headers(self, status: int, headers: Headers) -> Headers:
        """Without some."""
        own = self.method == "HEAD"
        return super().complete_headers(status, [i for i in headers if not (own and i[0] == b"x-own")])


@liar(interface="asgi", area="http_server", catches=["test_a_range_is_left_to_the_application"])
class RefusesRanges(Translating):
    """A request with a Range is refused."""

    received = ((b"Range: bytes", b"Range bytes"),)


@liar(interface="wsgi", area="http_server", catches=["test_whether_a_short_response_looks_complete"])
class KeepsAfterShort(Response):
    """A response that is too short leaves the connection open."""

    def put_end(self, trailers: Headers | None = None) -> None:
        """With the head of another one in the place of what is owed."""
        if not self.remaining:
            super().put_end(trailers)
        else:
            self.pending += b"HTTP/1.1 200 OK".ljust(self.remaining)
            self.complete = True
