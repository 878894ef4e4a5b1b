"""Lies about wsgi.errors."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from typing import Any

from compliance.reference.liar import liar
from compliance.reference.wsgi_streams import ErrorStream


@liar(
    catches=[
        "test_the_error_stream_can_be_flushed",
        "test_the_error_stream_stays_open",
        "test_the_error_stream_takes_a_generator_of_lines",
        "test_the_error_stream_takes_a_long_text",
        "test_the_error_stream_takes_any_characters",
        "test_the_error_stream_takes_lines",
        "test_the_error_stream_takes_text",
        "test_what_is_left_of_long_and_foreign_text_in_the_log",
        "test_whether_what_was_written_is_in_the_log",
    ]
)
class FlushFails(ErrorStream):
    """flush() raises."""

    def flush(self) -> None:
        """Do not."""
        raise OSError("there is nothing to flush")


@liar(
    catches=[
        "test_the_error_stream_can_be_flushed",
        "test_the_error_stream_is_one_of_text",
        "test_the_error_stream_stays_open",
        "test_the_error_stream_takes_a_generator_of_lines",
        "test_the_error_stream_takes_a_long_text",
        "test_the_error_stream_takes_any_characters",
        "test_the_error_stream_takes_lines",
        "test_the_error_stream_takes_text",
        "test_what_is_left_of_long_and_foreign_text_in_the_log",
        "test_whether_what_was_written_is_in_the_log",
    ]
)
class TakesBytes(ErrorStream):
    """write() takes bytes and no str."""

    def write(self, text: Any, /) -> int:
        """With another type."""
        return super().write(text.decode())


@liar(
    catches=[
        "test_the_error_stream_takes_a_long_text",
        "test_what_is_left_of_long_and_foreign_text_in_the_log",
    ]
)
class LinesAreShort(ErrorStream):
    """write() refuses what is longer than 1000 characters."""

    def write(self, text: str, /) -> int:
        """If it is short."""
        if len(text) > 1000:
            raise ValueError("too long")
        return super().write(text)


@liar(
    catches=[
        "test_the_error_stream_is_one_of_text",
        "test_the_error_stream_takes_any_characters",
        "test_what_is_left_of_long_and_foreign_text_in_the_log",
    ]
)
class LinesAreAscii(ErrorStream):
    """write() refuses what is not ASCII."""

    def write(self, text: str, /) -> int:
        """If it is ASCII."""
        return super().write(text.encode("ascii").decode())


@liar(
    catches=[
        "test_the_error_stream_is_one_of_text",
        "test_the_error_stream_takes_text",
        "test_what_is_left_of_long_and_foreign_text_in_the_log",
    ]
)
class LinesAreOne(ErrorStream):
    """write() refuses a text that holds more than one line."""

    def write(self, text: str, /) -> int:
        """If it is one line."""
        if "\n" in text[:-1]:
            raise ValueError("more than one line")
        return super().write(text)


@liar(
    catches=[
        "test_the_error_stream_has_its_methods",
        "test_the_error_stream_takes_a_generator_of_lines",
        "test_the_error_stream_takes_lines",
    ]
)
class NoWritelines(ErrorStream):
    """There is no method writelines."""

    writelines: Any = None


@liar(catches=["test_the_error_stream_takes_a_generator_of_lines", "test_the_error_stream_takes_lines"])
class WritelinesTakesLists(ErrorStream):
    """writelines() takes lists and nothing else."""

    def writelines(self, lines: Iterable[str], /) -> None:
        """If it is a list."""
        if not isinstance(lines, list):
            raise TypeError("no list")
        super().writelines(lines)


@liar(catches=["test_the_error_stream_is_one_of_text", "test_whether_what_was_written_is_in_the_log"])
class WritesNowhere(ErrorStream):
    """What is written is lost."""

    def write(self, text: str, /) -> int:
        """Not at all."""
        return len(text)


@liar(catches=["test_where_printed_text_goes"])
class PrintsNowhere(ErrorStream):
    """What is printed to the standard output is lost."""

    def __init__(self) -> None:
        """Take the output away."""
        sys.stdout = io.StringIO()
