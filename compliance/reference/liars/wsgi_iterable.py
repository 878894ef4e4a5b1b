"""Lies about what an application returns: what it may be, how it is iterated."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from compliance.reference.liar import liar
from compliance.reference.wsgi import WSGICycle


@liar(
    catches=[
        "test_a_class_is_an_application",
        "test_an_iterable_of_any_kind_is_sent",
        "test_the_iterable_is_iterated_once",
    ]
)
class ListsAndGeneratorsOnly(WSGICycle):
    """An iterable is a list, a tuple or an iterator."""

    def iterate(self, result: Iterable[bytes]) -> None:
        """Others are not."""
        if not isinstance(result, list | tuple | self.server.file_wrapper_class) and not hasattr(
            result, "__next__"
        ):
            raise TypeError(f"{type(result).__name__} is no iterable")
        super().iterate(result)


@liar(
    catches=[
        "test_an_empty_block_does_not_fix_the_response",
        "test_an_empty_block_holds_nothing_back",
        "test_an_empty_block_sends_no_headers",
        "test_an_error_after_an_empty_block_is_answered_with_500",
        "test_any_mix_of_writing_and_yielding_arrives_whole",
        "test_any_split_of_a_body_arrives_whole",
        "test_any_split_of_a_body_arrives_whole_over_http_1_0",
        "test_any_split_of_a_body_of_known_length_arrives_whole",
        "test_empty_blocks_end_nothing",
    ]
)
class EmptyBlockIsTheEnd(WSGICycle):
    """An empty block ends the body."""

    def iterate(self, result: Iterable[bytes]) -> None:
        """Up to it."""
        super().iterate(iter(iter(result).__next__, b""))


@liar(
    catches=[
        "test_any_split_of_a_body_arrives_whole_over_http_1_0",
        "test_blocks_are_sent_as_they_are",
    ]
)
class UnixLines(WSGICycle):
    """Line ends of the body are made newlines."""

    def emit_block(self, block: bytes) -> None:
        """Without carriage returns."""
        super().emit_block(block.replace(b"\r\n", b"\n"))


@liar(catches=["test_the_iterable_is_iterated_once"])
class IteratesTwice(WSGICycle):
    """The iterable is tried before it is iterated."""

    def count_blocks(self, result: Iterable[bytes]) -> None:
        """Is there an iterator?"""
        iter(result)
        super().count_blocks(result)


@liar(catches=["test_an_iterable_of_any_kind_is_sent"])
class SumsUp(WSGICycle):
    """What has a length is gone through to sum up the lengths of its blocks, and once more to send them."""

    def count_blocks(self, result: Iterable[bytes]) -> None:
        """It can be gone through again, or so it seems."""
        if hasattr(result, "__len__"):
            self.sum = sum(map(len, result))
        super().count_blocks(result)


@liar(catches=["test_no_other_attributes_of_the_iterable_are_used"])
class LooksForFiles(WSGICycle):
    """The iterable is asked whether it is a file."""

    def count_blocks(self, result: Iterable[bytes]) -> None:
        """Perhaps it is."""
        self.file_number = getattr(result, "fileno", None)
        super().count_blocks(result)


@liar(catches=["test_a_block_of_none_is_no_body", "test_a_str_is_no_body", "test_write_refuses_a_str"])
class EncodesText(WSGICycle):
    """A str is sent in UTF-8, None and others as their text."""

    def admit(self, step: dict[str, Any]) -> None:
        """Whatever it is."""
        if step["type"] in {"block", "write"} and not isinstance(step["data"], bytes):
            step["data"] = str(step["data"]).encode()
        super().admit(step)

    def write(self, data: Any, /) -> None:
        """As bytes."""
        super().write(data if isinstance(data, bytes) else str(data).encode())

    def emit_block(self, block: Any) -> None:
        """As bytes."""
        super().emit_block(block if isinstance(block, bytes) else str(block).encode())

    def iterate(self, result: Iterable[Any]) -> None:
        """None is a block like others."""
        whole: Any = (
            ["None" if block is None else block for block in result] if type(result) is list else result
        )
        super().iterate(whole)


@liar(catches=["test_what_becomes_of_a_block_that_is_like_bytes", "test_what_becomes_of_bare_bytes"])
class TakesBuffers(WSGICycle):
    """Whatever has the interface of bytes is a block, and bytes are an iterable of one."""

    def iterate(self, result: Iterable[Any]) -> None:
        """Made bytes, if it is in a list."""
        whole = [result] if isinstance(result, bytes) else result
        if isinstance(whole, list):
            whole = [block if isinstance(block, str) else bytes(block or b"") for block in whole]
        super().iterate(whole)


@liar(catches=["test_where_the_iterable_is_iterated"])
class IteratesElsewhere(WSGICycle):
    """The iterable is iterated in another thread than that of the call."""

    def iterate(self, result: Iterable[bytes]) -> None:
        """There, and wait."""
        errors: list[BaseException] = []
        thread = threading.Thread(target=self.attempt, args=(result, errors), daemon=True)
        thread.start()
        thread.join()
        for error in errors:
            raise error

    def attempt(self, result: Iterable[bytes], errors: list[BaseException]) -> None:
        """Keep what is raised."""
        try:
            super().iterate(result)
        except BaseException as error:  # noqa: BLE001 - it is raised again
            errors.append(error)


@liar(
    catches=[
        "test_an_iterable_of_any_kind_is_sent",
        "test_any_mix_of_writing_and_yielding_arrives_whole",
        "test_blocks_are_sent_as_they_are",
        "test_empty_blocks_end_nothing",
    ]
)
class FirstBlockIsTheLength(WSGICycle):
    """The length of the first block of a list is announced as that of the body."""

    def count_blocks(self, result: Iterable[bytes]) -> None:
        """If there is none yet."""
        super().count_blocks(result)
        if isinstance(result, list) and result and isinstance(result[0], bytes) and not self.response.started:
            self.known_length = len(result[0])


@liar(catches=["test_how_a_body_of_one_block_is_framed"])
class CountsNoBlocks(WSGICycle):
    """The length of the iterable is not used."""

    def count_blocks(self, _: Iterable[bytes]) -> None:
        """Not even tried."""
        self.single = False
