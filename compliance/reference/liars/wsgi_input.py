"""Lies about wsgi.input: its methods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compliance.reference.liar import liar
from compliance.reference.wsgi_streams import InputStream


@liar(
    catches=[
        "test_a_truncated_body_is_no_reason_to_hang",
        "test_read_gives_no_more_than_it_was_asked_for",
        "test_reads_within_the_body_give_it_in_parts",
        "test_sizes_are_kept_in_any_order",
    ]
)
class ReadsMore(InputStream):
    """read(size) gives up to twice as much."""

    def read(self, size: int | None = -1, /) -> bytes:
        """More than was asked for."""
        return super().read(size * 2 if size else size)


@liar(
    catches=[
        "test_any_chunks_give_their_content",
        "test_extensions_and_trailers_are_no_part_of_the_body",
        "test_read_without_a_size_gives_the_rest",
        "test_sizes_are_kept_in_any_order",
        "test_the_chunked_coding_is_taken_off_or_refused",
    ]
)
class ReadKeepsTheRest(InputStream):
    """read() without a size gives three bytes at most."""

    def read(self, *size: int | None) -> bytes:
        """Less than there is."""
        return super().read(*(size or (3,)))


@liar(catches=["test_read_of_no_particular_size_gives_the_rest"])
class ReadRefusesNone(InputStream):
    """read(None) and read(-1) are errors, as in a language where sizes are unsigned."""

    def read(self, *size: Any) -> bytes:
        """As many bytes as one can count up to."""
        if size and (size[0] is None or size[0] < 0):
            raise OverflowError("this is no size")
        return super().read(*size)


@liar(catches=["test_read_of_nothing_takes_nothing", "test_sizes_are_kept_in_any_order"])
class ReadZeroReadsAll(InputStream):
    """read(0) is taken for read()."""

    def read(self, size: int | None = -1, /) -> bytes:
        """All for nothing."""
        return super().read(size or -1)


@liar(
    catches=[
        "test_readline_gives_no_more_of_chunks_than_its_size",
        "test_readline_gives_no_more_than_its_size",
        "test_sizes_are_kept_in_any_order",
    ]
)
class ReadlineIgnoresSize(InputStream):
    """readline() gives the whole line whatever its size."""

    def readline(self, _size: int | None = -1, /) -> bytes:
        """A whole line."""
        return super().readline()


@liar(
    catches=[
        "test_any_reads_give_the_body_in_parts",
        "test_any_reads_of_chunks_give_the_body_in_parts",
        "test_reads_within_the_body_give_it_in_parts",
        "test_sizes_are_kept_in_any_order",
        "test_whatever_is_read_is_bytes",
    ]
)
class ReadlineGivesArrays(InputStream):
    """readline() gives a bytearray."""

    def readline(self, size: int | None = -1, /) -> bytes:
        """The line in another type."""
        return bytearray(super().readline(size))  # type: ignore[return-value]


@liar(
    catches=[
        "test_any_reads_give_the_body_in_parts",
        "test_any_reads_of_chunks_give_the_body_in_parts",
        "test_iteration_gives_the_lines",
        "test_iteration_gives_the_lines_of_chunks",
        "test_iteration_goes_on_where_it_was_left",
        "test_readline_gives_a_last_line_without_an_end",
        "test_readline_gives_a_long_line_whole",
        "test_readline_gives_no_more_of_chunks_than_its_size",
        "test_readline_gives_no_more_than_its_size",
        "test_readline_gives_one_line_with_its_end",
        "test_readline_gives_the_lines_of_chunks",
        "test_readlines_gives_all_lines",
        "test_readlines_gives_the_lines_of_chunks",
        "test_readlines_takes_a_hint",
        "test_reads_within_the_body_give_it_in_parts",
        "test_sizes_are_kept_in_any_order",
    ]
)
class ReadlineDropsTheEnd(InputStream):
    r"""readline() gives a line without its \n."""

    def readline(self, size: int | None = -1, /) -> bytes:
        """Less than there was."""
        return super().readline(size).rstrip(b"\n")


@liar(
    catches=[
        "test_any_reads_give_the_body_in_parts",
        "test_any_reads_of_chunks_give_the_body_in_parts",
        "test_iteration_gives_the_lines",
        "test_iteration_gives_the_lines_of_chunks",
        "test_readline_gives_a_last_line_without_an_end",
        "test_readline_gives_the_lines_of_chunks",
        "test_readlines_gives_all_lines",
        "test_readlines_gives_the_lines_of_chunks",
        "test_sizes_are_kept_in_any_order",
    ]
)
class ReadlineWantsAnEnd(InputStream):
    """What follows the last newline is no line, and lost."""

    def readline(self, size: int | None = -1, /) -> bytes:
        """Only what ends."""
        line = super().readline(size)
        return line if line.endswith(b"\n") or len(line) == size else b""


@liar(catches=["test_readline_gives_a_long_line_whole"])
class ReadlineCutsLines(InputStream):
    """readline() gives 8192 bytes at most."""

    def readline(self, size: int | None = -1, /) -> bytes:
        """A part of a long line."""
        return super().readline(8192 if size is None or size < 0 else min(size, 8192))


@liar(catches=["test_any_reads_give_the_body_in_parts", "test_readlines_takes_a_hint"])
class ReadlinesCutsLines(InputStream):
    """readlines(hint) gives exactly as many bytes as the hint says."""

    def readlines(self, hint: int | None = -1, /) -> list[bytes]:
        """With a part of a line."""
        return self.read(hint).splitlines(keepends=True) if hint and hint > 0 else super().readlines()


@liar(
    catches=[
        "test_a_request_without_a_body_gives_nothing",
        "test_an_empty_chunked_body_gives_nothing",
        "test_an_exhausted_stream_gives_nothing",
        "test_any_reads_give_the_body_in_parts",
        "test_any_reads_of_chunks_give_the_body_in_parts",
        "test_readlines_gives_all_lines",
        "test_readlines_gives_the_lines_of_chunks",
        "test_readlines_takes_a_hint",
        "test_the_input_stream_has_its_methods",
        "test_whatever_is_read_is_bytes",
    ]
)
class NoReadlines(InputStream):
    """There is no method readlines."""

    readlines: Any = None


@liar(
    catches=[
        "test_any_reads_give_the_body_in_parts",
        "test_any_reads_of_chunks_give_the_body_in_parts",
        "test_iteration_goes_on_where_it_was_left",
        "test_reads_within_the_body_give_it_in_parts",
    ]
)
class IterationReadsAhead(InputStream):
    """Iteration reads the whole body before it gives the first line."""

    def __iter__(self) -> Iterator[bytes]:
        """Line by line, from a list."""
        return iter(super().readlines())


@liar(
    catches=[
        "test_any_reads_give_the_body_in_parts",
        "test_any_reads_of_chunks_give_the_body_in_parts",
        "test_iteration_gives_the_lines",
        "test_iteration_gives_the_lines_of_chunks",
        "test_iteration_goes_on_where_it_was_left",
        "test_reads_within_the_body_give_it_in_parts",
    ]
)
class IteratesBlocks(InputStream):
    """Iteration gives blocks, not lines."""

    def __iter__(self) -> Iterator[bytes]:
        """Block by block."""
        return iter(lambda: self.read(5), b"")


@liar(catches=["test_a_closed_stream_does_no_harm"])
class CanBeClosed(InputStream):
    """There is a method close."""

    def close(self) -> None:
        """Drop what is there."""
        self._buffer.clear()
