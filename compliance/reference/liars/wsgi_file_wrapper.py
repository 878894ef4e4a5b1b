"""Lies about wsgi.file_wrapper."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from typing import Any

from compliance.reference.liar import liar
from compliance.reference.server import Server
from compliance.reference.wsgi import WSGICycle
from compliance.reference.wsgi_streams import FileWrapper


@liar(catches=["test_whether_there_is_a_file_wrapper"])
class NoFileWrapper(WSGICycle):
    """There is no wsgi.file_wrapper."""

    def streams(self) -> dict[str, Any]:
        """The others."""
        return {name: stream for name, stream in super().streams().items() if name != "wsgi.file_wrapper"}


@liar(catches=["test_a_file_wrapper_that_is_there_can_be_called"])
class NoneForAWrapper(WSGICycle):
    """The key wsgi.file_wrapper is there, and nothing that can be called."""

    def streams(self) -> dict[str, Any]:
        """With None under it."""
        return super().streams() | {"wsgi.file_wrapper": None}


@liar(catches=["test_middleware_can_change_what_a_wrapper_yields", "test_the_block_size_may_be_given"])
class NoBlockSize(FileWrapper):
    """The wrapper takes one argument only."""

    def __init__(self, filelike: Any, /) -> None:
        """This one."""
        super().__init__(filelike)


class _Opaque(FileWrapper):
    __iter__ = None  # type: ignore[assignment]


class _Opening(WSGICycle):
    def iterate(self, result: Iterable[bytes]) -> None:
        """By the server's own means."""
        if isinstance(result, _Opaque):
            result = iter(lambda file=result.filelike: file.read(8192), b"")
        super().iterate(result)


@liar(
    catches=[
        "test_a_file_without_close_is_sent",
        "test_a_large_file_arrives_whole",
        "test_an_empty_file_is_an_empty_body",
        "test_middleware_can_change_what_a_wrapper_yields",
        "test_no_file_is_sent_in_answer_to_head",
        "test_sending_a_part_of_known_length_begins_where_the_file_stands",
        "test_sending_begins_where_the_file_stands",
        "test_sending_ends_at_the_content_length",
        "test_the_block_size_may_be_given",
        "test_the_wrapper_can_be_iterated",
        "test_what_is_no_file_of_the_system_is_sent",
    ],
    interface="wsgi",
    area="wsgi_server",
)
class OpaqueWrapper(Server):
    """Only the server can iterate the wrapper."""

    file_wrapper_class = _Opaque
    wsgi_cycle_class = _Opening


@liar(
    catches=[
        "test_a_wrapper_that_is_not_returned_sends_nothing",
        "test_an_empty_file_is_an_empty_body",
        "test_sending_a_part_of_known_length_begins_where_the_file_stands",
        "test_sending_ends_at_the_content_length",
    ]
)
class EagerWrapper(WSGICycle):
    """The wrapper sends the file when it is made."""

    def streams(self) -> dict[str, Any]:
        """With an eager one."""
        return super().streams() | {"wsgi.file_wrapper": self.eager}

    def eager(self, filelike: Any, block_size: int = 8192, /) -> FileWrapper:
        """At once, if a response has started."""
        if self.status and not self.headers[1:]:
            self.emit(filelike.read(block_size) or b" ")
        return FileWrapper(filelike, block_size)


@liar(
    catches=[
        "test_closing_the_wrapper_closes_the_file",
        "test_the_file_is_closed_after_a_client_disconnect",
        "test_the_file_is_closed_after_the_response",
    ]
)
class WrapperClosesNothing(FileWrapper):
    """The wrapper has no close()."""

    def __init__(self, filelike: Any, block_size: int = 8192, /) -> None:
        """Without it."""
        self.filelike = filelike
        self.block_size = block_size


@liar(
    catches=[
        "test_a_file_without_close_is_sent",
        "test_no_file_is_sent_in_answer_to_head",
        "test_sending_a_part_of_known_length_begins_where_the_file_stands",
        "test_sending_begins_where_the_file_stands",
        "test_sending_ends_at_the_content_length",
        "test_the_wrapper_can_be_iterated",
    ]
)
class NeedsClose(FileWrapper):
    """The wrapper takes only files with close()."""

    def __init__(self, filelike: Any, block_size: int = 8192, /) -> None:
        """Look at it."""
        filelike.close  # noqa: B018 - it has to be there
        super().__init__(filelike, block_size)


@liar(
    catches=[
        "test_a_file_without_close_is_sent",
        "test_a_large_file_arrives_whole",
        "test_an_empty_file_is_an_empty_body",
        "test_no_file_is_sent_in_answer_to_head",
        "test_sending_a_part_of_known_length_begins_where_the_file_stands",
        "test_sending_begins_where_the_file_stands",
        "test_sending_ends_at_the_content_length",
        "test_the_wrapper_can_be_iterated",
        "test_what_is_no_file_of_the_system_is_sent",
    ]
)
class NeedsFileNumber(FileWrapper):
    """The wrapper takes only files of the operating system."""

    def __iter__(self) -> Iterator[bytes]:
        """With a number."""
        self.filelike.fileno()
        return super().__iter__()


@liar(catches=["test_a_large_file_arrives_whole"])
class SmallFiles(FileWrapper):
    """A file ends after 64 KiB."""

    def __iter__(self) -> Iterator[bytes]:
        """So much of it."""
        content = b"".join(super().__iter__())
        return iter([content[: 1 << 16]])


@liar(catches=["test_an_empty_file_is_an_empty_body"])
class EmptyFilesAreErrors(FileWrapper):
    """A file without content is an error."""

    def __iter__(self) -> Iterator[bytes]:
        """Unless there is something."""
        blocks = list(super().__iter__())
        if not blocks:
            raise EOFError("an empty file")
        return iter(blocks)


@liar(
    catches=[
        "test_sending_a_part_of_known_length_begins_where_the_file_stands",
        "test_sending_begins_where_the_file_stands",
    ]
)
class FromTheBeginning(FileWrapper):
    """A file that can be rewound is sent from its beginning."""

    def __iter__(self) -> Iterator[bytes]:
        """Rewound."""
        if hasattr(self.filelike, "seek"):
            self.filelike.seek(0)
        return super().__iter__()


@liar(catches=["test_what_is_sent_of_an_object_that_has_a_file_number"])
class ReadsByNumber(FileWrapper):
    """An object with a file number is read by it."""

    def __iter__(self) -> Iterator[bytes]:
        """If it is one of the tricky ones."""
        if not isinstance(self.filelike, io.IOBase) and hasattr(self.filelike, "fileno"):
            return iter([os.read(self.filelike.fileno(), 1 << 16)])
        return super().__iter__()
