"""Lies about how a response is framed."""

from __future__ import annotations

import re

from compliance.reference.asgi import Message
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.liar import liar
from compliance.reference.request import Headers
from compliance.reference.response import Response

_CHUNK = re.compile(rb"([0-9a-f]+)\r\n", re.IGNORECASE)


def unchunked(data: bytes) -> bytes:
    """Chunks as plain bytes."""
    plain, place = b"", 0
    while found := _CHUNK.match(data, place):
        size = int(found[1], 16)
        plain += data[found.end() : found.end() + size]
        place = found.end() + size + 2
    return plain


@liar(
    catches=[
        "test_a_response_of_unknown_length_is_framed_by_the_server",
        "test_which_framing_a_response_of_unknown_length_gets",
        "test_an_error_in_the_body_never_looks_like_its_end",
        "test_an_error_of_any_kind_in_the_body_cuts_the_message",
        "test_a_body_without_its_end_never_looks_complete",
    ]
)
class EndsByClosing(HTTPCycle):
    """A body of unknown length ends with the connection, and the head does not say so."""

    async def flush(self) -> None:
        """Without Transfer-Encoding and chunks."""
        if self.response.chunked:
            head, end, rest = self.response.pending.rpartition(b"\r\nTransfer-Encoding: chunked\r\n\r\n")
            self.response.pending = head + (b"\r\n\r\n" if end else b"") + unchunked(rest)
            self.connection.closing = True
        await super().flush()


@liar(interface="asgi", area="asgi_server", catches=["test_a_response_to_http10_is_not_chunked"])
class ChunksForOldClients(Response):
    """A response to HTTP/1.0 is chunked like any other."""

    def put_head(
        self, status: int, headers: Headers, reason: bytes | None = None, length: int | None = None
    ) -> None:
        """As if the client were a modern one."""
        self.protocol.their_http_version = b"1.1"
        super().put_head(status, headers, reason, length)


@liar(interface="asgi", area="asgi_server", catches=["test_a_response_of_known_length_is_not_chunked"])
class ChunksDespiteLength(Response):
    """A Content-Length of 11 is dropped, and the body is chunked."""

    def complete_headers(self, status: int, headers: Headers) -> Headers:
        """Without the length."""
        left = [item for item in super().complete_headers(status, headers) if item[1] != b"11"]
        return left if self.has_body else super().complete_headers(status, headers)


@liar(
    interface="asgi",
    area="asgi_server",
    catches=[
        "test_a_transfer_encoding_of_the_application_is_ignored",
        "test_a_transfer_encoding_beside_a_length_gives_one_framing",
    ],
)
class KeepsTransferEncoding(Response):
    """The application's Transfer-Encoding reaches the wire."""

    def put_head(
        self, status: int, headers: Headers, reason: bytes | None = None, length: int | None = None
    ) -> None:
        """With one more field, behind the back of the parser."""
        super().put_head(status, headers, reason, length)
        codings = [value for name, value in headers if name == b"transfer-encoding"]
        fields = b"".join(b"transfer-encoding: " + value + b"\r\n" for value in codings)
        self.pending = self.pending[:-2] + fields + b"\r\n"


@liar(interface="asgi", area="asgi_server", catches=["test_content_encoding_stays_the_application_s"])
class DropsContentEncoding(Response):
    """Content-Encoding does not reach the wire."""

    def complete_headers(self, status: int, headers: Headers) -> Headers:
        """Without it."""
        left = super().complete_headers(status, headers)
        return [item for item in left if item[0].lower() != b"content-encoding"]


@liar(
    interface="asgi",
    area="asgi_server",
    catches=[
        "test_a_response_to_head_has_no_content",
        "test_a_streamed_response_to_head_has_no_content",
        "test_a_204_response_has_no_content",
        "test_a_304_response_has_no_content",
    ],
)
class ContentForEveryone(Response):
    """The content that an application gives is sent where there must be none, too."""

    def put_data(self, data: bytes) -> None:
        """As plain bytes."""
        if self.has_body:
            super().put_data(data)
        else:
            self.pending += data


@liar(catches=["test_a_204_response_has_no_transfer_encoding"])
class ChunkedNothing(HTTPCycle):
    """A 204 response is said to be chunked."""

    async def flush(self) -> None:
        """With one more field."""
        line = b"HTTP/1.1 204 No Content\r\n"
        self.response.pending = self.response.pending.replace(line, line + b"Transfer-Encoding: chunked\r\n")
        await super().flush()


@liar(catches=["test_bytes_beyond_the_content_length_stay_off_the_wire"])
class Overruns(HTTPCycle):
    """Bytes beyond the Content-Length are written all the same."""

    async def send_body(self, message: Message) -> None:
        """What fits, and then the rest."""
        body = message.get("body", b"")
        self.put_start(None)
        fits = len(body) if self.response.remaining is None else self.response.remaining
        await super().send_body({**message, "body": body[:fits]})
        if self.response.has_body and body[fits:]:
            await self.stream.write(body[fits:])
