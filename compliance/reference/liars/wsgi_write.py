"""Lies about write(), and about when data is sent."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.reference.liar import liar
from compliance.reference.wsgi import WSGICycle


@liar(
    catches=[
        "test_a_block_is_sent_after_written_data_before_the_next_is_asked_for",
        "test_a_block_is_sent_before_the_next_is_asked_for",
        "test_a_block_is_sent_before_the_next_is_asked_for_over_http_1_0",
        "test_a_generator_is_closed_after_a_client_disconnect",
        "test_a_large_block_is_sent_whole_before_the_next_is_asked_for",
        "test_a_response_that_starts_in_its_first_iteration_is_streamed",
        "test_an_answer_to_a_request_with_a_body_is_streamed",
        "test_an_empty_block_holds_nothing_back",
        "test_an_error_after_the_whole_body_leaves_it_intact",
        "test_an_error_in_the_body_breaks_the_response_off",
        "test_any_mix_of_writing_and_yielding_arrives_whole",
        "test_close_is_called_after_a_client_disconnect",
        "test_close_is_called_after_a_disconnect_from_a_body_of_known_length",
        "test_data_is_sent_before_write_returns",
        "test_data_is_sent_before_write_returns_over_http_1_0",
        "test_exc_info_raises_after_write",
        "test_exc_info_raises_once_headers_are_sent",
        "test_requests_are_served_after_a_client_disconnect",
        "test_single_bytes_are_sent_as_they_are_yielded",
        "test_the_error_in_exc_info_is_raised_again",
        "test_the_iteration_stops_at_the_content_length",
        "test_write_raises_beyond_the_content_length",
    ]
)
class HoldsOneBack(WSGICycle):
    """A block is sent when the next one comes, or the end."""

    held = b""

    def emit(self, data: bytes) -> None:
        """The one before."""
        self.held, data = data, self.held
        if data:
            super().emit(data)

    def end(self) -> None:
        """The last one."""
        if self.held:
            super().emit(self.held)
        super().end()


@liar(
    catches=[
        "test_data_is_sent_before_write_returns",
        "test_data_is_sent_before_write_returns_over_http_1_0",
        "test_exc_info_raises_after_write",
        "test_write_raises_beyond_the_content_length",
    ]
)
class HoldsWrites(WSGICycle):
    """What is written is sent when the application returns."""

    held = b""

    def write(self, data: bytes, /) -> None:
        """Keep it."""
        self.admit({"type": "write", "data": data})
        self.held += data

    def iterate(self, result: Iterable[bytes]) -> None:
        """First what was kept."""
        if self.held:
            self.emit(self.held)
        super().iterate(result)


@liar(catches=["test_a_large_block_is_sent_whole_before_the_next_is_asked_for"])
class HoldsLargeBlocksBack(WSGICycle):
    """Of a large block a part is sent only at the end."""

    held = b""

    def emit(self, data: bytes) -> None:
        """A mebibyte of it."""
        whole = self.held + data
        self.held = whole[1 << 20 :]
        super().emit(whole[: 1 << 20])

    def end(self) -> None:
        """All the rest."""
        if self.held:
            super().emit(self.held)
        super().end()


@liar(
    catches=[
        "test_a_block_is_sent_after_written_data_before_the_next_is_asked_for",
        "test_a_block_is_sent_before_the_next_is_asked_for",
        "test_a_block_is_sent_before_the_next_is_asked_for_over_http_1_0",
        "test_a_generator_is_closed_after_a_client_disconnect",
        "test_a_large_block_is_sent_whole_before_the_next_is_asked_for",
        "test_a_response_that_starts_in_its_first_iteration_is_streamed",
        "test_an_answer_to_a_request_with_a_body_is_streamed",
        "test_an_empty_block_holds_nothing_back",
        "test_an_error_after_the_whole_body_leaves_it_intact",
        "test_an_error_in_the_body_breaks_the_response_off",
        "test_close_is_called_after_a_client_disconnect",
        "test_close_is_called_after_a_disconnect_from_a_body_of_known_length",
        "test_exc_info_raises_once_headers_are_sent",
        "test_requests_are_served_after_a_client_disconnect",
        "test_single_bytes_are_sent_as_they_are_yielded",
        "test_the_error_in_exc_info_is_raised_again",
        "test_the_iteration_stops_at_the_content_length",
    ]
)
class BuffersTheBody(WSGICycle):
    """The whole body is gathered before anything is sent, and its length announced."""

    def iterate(self, result: Iterable[bytes]) -> None:
        """As one block."""
        whole = []
        for block in result:
            self.admit({"type": "block", "data": block})
            whole.append(block)
        self.known_length = len(b"".join(whole))
        super().iterate([b"".join(whole)])


@liar(
    catches=[
        "test_a_block_is_sent_after_written_data_before_the_next_is_asked_for",
        "test_any_mix_of_writing_and_yielding_arrives_whole",
        "test_data_is_sent_before_write_returns",
        "test_data_is_sent_before_write_returns_over_http_1_0",
        "test_exc_info_raises_after_write",
        "test_the_iteration_stops_at_the_content_length",
        "test_the_length_of_a_single_block_is_not_that_of_the_body",
        "test_write_raises_beyond_the_content_length",
        "test_written_data_precedes_yielded_data",
    ]
)
class WritesLast(WSGICycle):
    """What is written is sent after the blocks."""

    held = b""

    def write(self, data: bytes, /) -> None:
        """Keep it."""
        self.admit({"type": "write", "data": data})
        self.held += data

    def iterate(self, result: Iterable[bytes]) -> None:
        """Then what was kept."""
        self.single = False
        for block in result:
            self.admit({"type": "block", "data": block})
            if block:
                self.emit(self.clamp(block))
        if self.held:
            self.emit(self.held)


@liar(
    catches=[
        "test_any_mix_of_writing_and_yielding_arrives_whole",
        "test_the_length_of_a_single_block_is_not_that_of_the_body",
    ]
)
class OneBlockIsTheBody(WSGICycle):
    """A list of one block is taken for the whole body, whatever was written."""

    def emit_block(self, block: bytes) -> None:
        """Not after write()."""
        if not (self.single and self.response.started):
            super().emit_block(block)


@liar(
    catches=[
        "test_data_is_sent_before_write_returns",
        "test_what_is_written_counts_for_a_content_length",
        "test_write_raises_beyond_the_content_length",
    ]
)
class LosesWritesOfKnownLength(WSGICycle):
    """What is written is lost if there is a Content-Length."""

    def write(self, data: bytes, /) -> None:
        """Send it only without."""
        if self.owed() is None:
            super().write(data)


@liar(catches=["test_any_mix_of_writing_and_yielding_arrives_whole", "test_writing_nothing_ends_nothing"])
class EmptyWriteIsTheEnd(WSGICycle):
    """A write() of no data ends the body."""

    ended = False

    def write(self, data: bytes, /) -> None:
        """Nothing after it."""
        self.ended = self.ended or data == b""
        if not self.ended:
            super().write(data)


@liar(catches=["test_write_raises_beyond_the_content_length"])
class WriteCutsOff(WSGICycle):
    """What write() is given beyond the Content-Length is dropped without an error."""

    def write(self, data: bytes, /) -> None:
        """As much as there is room for."""
        super().write(self.clamp(data))
