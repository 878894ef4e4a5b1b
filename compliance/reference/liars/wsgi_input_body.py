"""Lies about wsgi.input: how the body comes to it, and how it ends."""

from __future__ import annotations

import io
from typing import Any, ClassVar

import h11

from compliance.reference.connection import Connection
from compliance.reference.liar import liar
from compliance.reference.wsgi import WSGICycle
from compliance.reference.wsgi_streams import InputStream


@liar(catches=["test_a_large_body_comes_whole"])
class BodyEndsAtAMegabyte(WSGICycle):
    """A body ends after a million bytes."""

    pulled = 0

    def pull(self) -> bytes:
        """Less, in the end."""
        data = super().pull()
        self.pulled += len(data)
        return data if self.pulled <= 1_000_000 else b""


@liar(catches=["test_bodies_of_requests_under_way_at_once_do_not_mix"])
class BodyOfTheOneBefore(WSGICycle):
    """A request that begins while two others are under way reads the body of one of them."""

    under_way: ClassVar[list[WSGICycle]] = []

    def respond(self) -> None:
        """Look who is under way; a single one may be just about to end."""
        busy = [cycle for cycle in self.under_way if not cycle.response.started]
        self.source = busy[-1] if len(busy) > 1 else self
        self.under_way.append(self)
        try:
            super().respond()
        finally:
            self.under_way.remove(self)

    def pull(self) -> bytes:
        """What the source gets."""
        return self.wait(self.source.pull_body())


@liar(catches=["test_the_body_can_be_read_after_the_response_has_begun"])
class ResponseEndsTheBody(WSGICycle):
    """Once the response has begun there is no more body."""

    def pull(self) -> bytes:
        """Nothing, if it is late."""
        return b"" if self.response.started else super().pull()


@liar(
    catches=[
        "test_a_read_of_chunks_takes_nothing_of_the_next_request",
        "test_a_read_takes_nothing_of_the_next_request",
    ]
)
class BodyGoesOn(WSGICycle):
    """Behind the body the application reads what the client has sent after it."""

    past_the_end = False

    def pull(self) -> bytes:
        """The body, then the rest of what has come."""
        data = super().pull()
        if data or self.past_the_end:
            return data
        self.past_the_end = True
        return bytes(self.connection.protocol.trailing_data[0])


@liar(catches=["test_a_body_that_was_not_read_is_no_request"], area="wsgi_server", interface="wsgi")
class BodyIsTheNextRequest(Connection):
    """What the application leaves of a body is taken for a request."""

    async def recycle(self) -> bool:
        """Put the rest of the body back."""
        left = b""
        while self.protocol.their_state is h11.SEND_BODY:
            event = await self.next_event()
            left += bytes(event.data) if isinstance(event, h11.Data) else b""
        going_on = await super().recycle()
        self.stream.put_back(left)
        return going_on


@liar(
    catches=[
        "test_a_closed_stream_does_no_harm",
        "test_a_truncated_body_is_no_reason_to_hang",
        "test_when_100_is_sent",
        "test_when_the_application_is_called",
    ]
)
class BuffersTheBody(WSGICycle):
    """The application is called once the whole body was read."""

    def streams(self) -> dict[str, Any]:
        """With the body in memory."""
        return {**super().streams(), "wsgi.input": io.BytesIO(b"".join(iter(self.pull, b"")))}


@liar(
    catches=[
        "test_a_read_of_chunks_takes_nothing_of_the_next_request",
        "test_any_chunks_give_their_content",
        "test_any_reads_of_chunks_give_the_body_in_parts",
        "test_extensions_and_trailers_are_no_part_of_the_body",
        "test_iteration_gives_the_lines_of_chunks",
        "test_reading_past_the_last_chunk_gives_what_there_is",
        "test_readline_gives_no_more_of_chunks_than_its_size",
        "test_readline_gives_the_lines_of_chunks",
        "test_readlines_gives_the_lines_of_chunks",
        "test_the_chunked_coding_is_taken_off_or_refused",
    ]
)
class ChunksAreContent(WSGICycle):
    """The chunked coding is left on."""

    def pull(self) -> bytes:
        """The content with its coding."""
        data = super().pull()
        chunked = self.request.values(b"transfer-encoding")
        return b"%x\r\n%b\r\n" % (len(data), data) if chunked and data else data


@liar(
    catches=[
        "test_a_large_body_comes_whole",
        "test_a_read_of_chunks_takes_nothing_of_the_next_request",
        "test_a_read_takes_nothing_of_the_next_request",
        "test_a_truncated_body_is_no_reason_to_hang",
        "test_bodies_of_requests_under_way_at_once_do_not_mix",
        "test_no_read_is_empty_before_the_end",
        "test_reading_past_the_end_gives_what_there_is",
        "test_reading_past_the_last_chunk_gives_what_there_is",
    ]
)
class LargeReadsAreEmpty(InputStream):
    """read(size) gives nothing if size is above 12."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Nothing, now and then."""
        return b"" if size and size > 12 else super().read(size)


@liar(
    catches=[
        "test_a_read_does_not_wait_for_a_body_that_was_not_announced",
        "test_a_read_of_chunks_takes_nothing_of_the_next_request",
        "test_a_read_takes_nothing_of_the_next_request",
        "test_a_request_without_a_body_gives_nothing",
        "test_an_empty_chunked_body_gives_nothing",
        "test_an_exhausted_stream_gives_nothing",
        "test_any_chunks_give_their_content",
        "test_any_reads_give_the_body_in_parts",
        "test_any_reads_of_chunks_give_the_body_in_parts",
        "test_extensions_and_trailers_are_no_part_of_the_body",
        "test_iteration_gives_the_lines",
        "test_iteration_gives_the_lines_of_chunks",
        "test_read_of_no_particular_size_gives_the_rest",
        "test_read_without_a_size_gives_the_rest",
        "test_reading_past_the_end_gives_what_there_is",
        "test_reading_past_the_last_chunk_gives_what_there_is",
        "test_readline_gives_a_last_line_without_an_end",
        "test_readline_gives_the_lines_of_chunks",
        "test_readlines_gives_all_lines",
        "test_readlines_gives_the_lines_of_chunks",
        "test_sizes_are_kept_in_any_order",
        "test_the_chunked_coding_is_taken_off_or_refused",
    ]
)
class EndIsAnError(InputStream):
    """Reading past the end of the body raises EOFError."""

    def _fill(self) -> bool:
        """More, or an error."""
        if super()._fill():
            return True
        raise EOFError("the body has ended")


@liar(catches=["test_a_body_comes_with_any_method"])
class NoBodyWithGet(WSGICycle):
    """Only POST and PUT have a body."""

    def pull(self) -> bytes:
        """Nothing for other methods."""
        return super().pull() if self.request.method in ("POST", "PUT") else b""


@liar(
    catches=[
        "test_a_read_does_not_wait_for_a_body_that_was_not_announced",
        "test_a_request_without_a_body_gives_nothing",
    ]
)
class WaitsForABody(WSGICycle):
    """A body that was not announced ends with the connection."""

    def pull(self) -> bytes:
        """What comes, or nothing once the client is gone."""
        framed = self.request.values(b"content-length") or self.request.values(b"transfer-encoding")
        return super().pull() if framed else self.wait(self.client_gone())

    async def client_gone(self) -> bytes:
        """Nothing, late."""
        while not self.connection.stream.eof:
            await self.connection.stream.changed()
        return b""
