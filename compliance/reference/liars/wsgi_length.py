"""Lies about lengths: bodies that are longer or shorter than announced, or that there are none of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import h11

from compliance.reference.connection import Connection
from compliance.reference.errors import ApplicationError
from compliance.reference.liar import liar
from compliance.reference.request import Headers
from compliance.reference.response import Response
from compliance.reference.wsgi import WSGICycle


@liar(
    catches=[
        "test_no_more_is_sent_than_the_content_length_allows",
        "test_sending_ends_at_the_content_length",
        "test_the_excess_is_never_taken_for_the_next_response",
        "test_the_excess_of_a_single_block_is_never_taken_for_the_next_response",
        "test_the_iteration_stops_at_the_content_length",
    ]
)
class SendsExcess(WSGICycle):
    """What is yielded beyond the Content-Length is sent."""

    def emit_block(self, block: bytes) -> None:
        """All of it."""
        room = self.clamp(block)
        super().emit_block(room)
        if len(room) < len(block):
            self.wait(self.connection.stream.write(block[len(room) :]))

    def has_enough(self) -> bool:
        """There may be more."""
        return not self.response.has_body


@liar(
    catches=[
        "test_nothing_is_written_beyond_the_content_length",
        "test_write_raises_beyond_the_content_length",
    ]
)
class WritesExcess(WSGICycle):
    """What is written beyond the Content-Length is sent."""

    def write(self, data: bytes, /) -> None:
        """All of it."""
        room = self.clamp(data)
        super().write(room)
        if len(room) < len(data):
            self.wait(self.connection.stream.write(data[len(room) :]))


@liar(catches=["test_the_iteration_stops_at_the_content_length"])
class IteratesOn(WSGICycle):
    """The iteration goes on after as much was sent as was announced."""

    def has_enough(self) -> bool:
        """Never, if there is a body."""
        return not self.response.has_body


@liar(
    catches=[
        "test_a_block_of_none_is_no_body",
        "test_a_failure_after_write_looks_like_one",
        "test_an_error_in_the_body_breaks_the_response_off",
        "test_an_error_in_the_body_is_logged",
        "test_close_is_called_once",
        "test_no_second_response_follows_an_error_in_the_body",
        "test_nothing_is_written_beyond_the_content_length",
        "test_requests_are_served_after_an_error_in_the_body",
        "test_the_connection_is_closed_if_the_body_is_too_short",
        "test_the_connection_is_closed_if_the_file_is_too_short",
        "test_what_is_logged_of_a_body_that_is_too_short",
    ],
    interface="wsgi",
    area="wsgi_server",
)
class GoesOn(Connection):
    """A connection is kept open after a body that broke off."""

    broken = False

    def break_off(self) -> None:
        """Remember it."""
        self.broken = True

    async def recycle(self) -> bool:
        """The next one, unless the client wants no more."""
        if not self.broken or self.protocol.their_state is h11.MUST_CLOSE:
            return await super().recycle()
        self.broken = False
        self.stream.put_back(self.protocol.trailing_data[0])
        return True


@liar(catches=["test_what_is_logged_of_a_body_that_is_too_short"])
class LogsNothingShort(WSGICycle):
    """A body that is too short is not logged."""

    def on_error(self, error: BaseException) -> None:
        """Give up in silence."""
        if isinstance(error, ApplicationError) and error.requirement == "wsgi.cl.too_little_closes":
            self.give_up()
        else:
            super().on_error(error)


@liar(catches=["test_no_chunks_are_sent_to_a_client_of_http_1_0"], interface="wsgi", area="wsgi_server")
class ChunksForEverybody(Response):
    """Clients of HTTP/1.0 get chunks."""

    def put_head(
        self, status: int, headers: Headers, reason: bytes | None = None, length: int | None = None
    ) -> None:
        """As if they knew them."""
        self.protocol.their_http_version = b"1.1"
        super().put_head(status, headers, reason, length)


@liar(catches=["test_chunks_are_those_of_http"], interface="wsgi", area="wsgi_server")
class ChunkOfNothing(Response):
    """The last chunk is followed by another one."""

    def put_end(self, trailers: Headers | None = None) -> None:
        """One more."""
        super().put_end(trailers)
        if self.chunked:
            self.pending += b"0\r\n\r\n"


@liar(
    catches=[
        "test_no_file_is_sent_in_answer_to_head",
        "test_no_file_is_sent_with_304",
        "test_nothing_that_is_yielded_is_sent_in_answer_to_head",
        "test_nothing_that_is_yielded_is_sent_with_204",
        "test_nothing_that_is_yielded_is_sent_with_304",
        "test_nothing_written_is_sent_in_answer_to_head",
    ]
)
class ContentInAnyCase(WSGICycle):
    """Content is sent also where there is none: with HEAD, 204 and 304."""

    def emit_body(self, data: bytes) -> None:
        """Behind the head."""
        super().emit_body(data)
        if not self.response.has_body:
            self.response.pending += data

    def has_enough(self) -> bool:
        """Only if there is a length."""
        return self.response.remaining == 0


@liar(catches=["test_a_204_without_content_is_sent", "test_a_304_without_content_is_sent"])
class NeedsContent(WSGICycle):
    """A 204 or 304 is answered with 500 if the application yields nothing."""

    def end(self) -> None:
        """Nothing to send is an error."""
        if not self.response.started and self.status[:3] in {"204", "304"}:
            self.status = "500 Nothing Was Yielded"
        super().end()


@liar(catches=["test_a_204_has_no_transfer_encoding"], interface="wsgi", area="wsgi_server")
class Codes204(Response):
    """A 204 says that its content is chunked."""

    def put_head(
        self, status: int, headers: Headers, reason: bytes | None = None, length: int | None = None
    ) -> None:
        """Although there is none."""
        super().put_head(status, headers, reason, length)
        if status == 204:
            self.pending = self.pending.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n")


@liar(catches=["test_a_204_has_no_content_length"], interface="wsgi", area="wsgi_server")
class Measures204(Response):
    """A 204 has the Content-Length that the application gives."""

    def forbidden_headers(self, _: int) -> Sequence[bytes]:
        """Not this one."""
        return (b"transfer-encoding",)


@liar(catches=["test_a_304_gets_no_content_length"], interface="wsgi", area="wsgi_server")
class Measures304(Response):
    """A 304 without a Content-Length gets one of zero."""

    def with_length(self, status: int, headers: Headers, length: int | None) -> Headers:
        """Nothing is sent, after all."""
        if status == 304 and self.content_length(headers) is None:
            return [*headers, (b"Content-Length", b"0")]
        return super().with_length(status, headers, length)


@liar(catches=["test_no_other_content_length_answers_head"], interface="wsgi", area="wsgi_server")
class MeasuresHead(Response):
    """The answer to HEAD has the length of what was yielded for HEAD."""

    def with_length(self, status: int, headers: Headers, length: int | None) -> Headers:
        """Zero, if that was nothing."""
        if self.method == "HEAD" and length == 0 and self.content_length(headers) is None:
            return [*headers, (b"Content-Length", b"0")]
        return super().with_length(status, headers, length)


@liar(catches=["test_the_applications_content_length_answers_head"], interface="wsgi", area="wsgi_server")
class HeadHasNoLength(Response):
    """The answer to HEAD has no Content-Length."""

    def complete_headers(self, status: int, headers: Headers) -> Headers:
        """Nothing is sent, after all."""
        kept = [item for item in headers if self.method != "HEAD" or item[0].lower() != b"content-length"]
        return super().complete_headers(status, kept)


@liar(catches=["test_how_a_file_of_unknown_length_is_framed"])
class MeasuresFiles(WSGICycle):
    """The length of a file is found out and announced."""

    def iterate(self, result: Iterable[bytes]) -> None:
        """From where it stands."""
        file: Any = result.filelike if isinstance(result, self.server.file_wrapper_class) else None
        if hasattr(file, "fileno"):
            here = file.tell()
            self.known_length = file.seek(0, 2) - here
            file.seek(here)
        super().iterate(result)


@liar(
    catches=[
        "test_chunks_are_those_of_http",
        "test_the_length_of_an_iterable_is_not_that_of_its_first_block",
    ]
)
class MeasuresFirstBlock(WSGICycle):
    """The first block of a list is taken for the whole body if it is empty."""

    def iterate(self, result: Iterable[bytes]) -> None:
        """Announce what it has."""
        if isinstance(result, list) and result and result[0] == b"":
            self.known_length = 0
        super().iterate(result)


@liar(
    catches=["test_how_a_body_is_transferred", "test_how_a_body_of_unknown_length_is_framed"],
    interface="wsgi",
    area="wsgi_server",
)
class NeverChunks(Response):
    """Without a known length the body ends with the connection."""

    def put_head(
        self, status: int, headers: Headers, reason: bytes | None = None, length: int | None = None
    ) -> None:
        """As if the client knew no chunks."""
        if length is None and self.content_length(headers) is None:
            self.protocol.their_http_version = b"1.0"
        super().put_head(status, headers, reason, length)
