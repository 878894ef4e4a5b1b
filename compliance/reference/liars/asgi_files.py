"""Lies about files that the server sends, by their paths or out of open files."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from compliance.reference.asgi import Message, pairs
from compliance.reference.asgi_http import HTTPCycle, read_file, read_path
from compliance.reference.errors import ApplicationError
from compliance.reference.liar import liar

PATH = "http.response.pathsend"
FILE = "http.response.zerocopysend"
_BLOCK = 64 * 1024


def kind_of(message: object) -> Any:
    """The type of a message, None for what has none."""
    return message.get("type") if isinstance(message, dict) else None


def content_of(message: Message) -> bytes:
    """What is in the file of either message."""
    if kind_of(message) == PATH:
        return read_path(message["path"])
    return read_file(message["file"], message.get("offset"), message.get("count"))


class _Body(HTTPCycle):
    """Sends something else in place of what is in a file."""

    def altered(self, body: bytes) -> bytes:
        """What is sent."""
        raise NotImplementedError

    async def send_path(self, message: Message) -> None:
        """Altered."""
        await self.send_body({"body": self.altered(content_of(message))})

    async def send_file(self, message: Message) -> None:
        """Altered."""
        await self.send_body({**message, "body": self.altered(content_of(message))})


@liar(catches=["test_the_file_of_a_path_is_the_content", "test_an_open_file_is_the_content"])
class FirstBlockOnly(_Body):
    """Of a large file the first block is sent."""

    def altered(self, body: bytes) -> bytes:
        """Cut."""
        return body[:_BLOCK]


@liar(catches=["test_http10_gets_the_file_as_it_is", "test_http10_gets_a_file_without_chunks"])
class NoFilesForOldClients(_Body):
    """A client of HTTP/1.0 gets chunks that nobody told it of."""

    def altered(self, body: bytes) -> bytes:
        """Coded, for some."""
        return body if self.request.modern else b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


@liar(catches=["test_an_empty_file_can_be_sent"])
class NoEmptyFiles(_Body):
    """A file without content is an error."""

    def altered(self, body: bytes) -> bytes:
        """If there is anything."""
        if not body:
            raise OSError("nothing to send")
        return body


@liar(catches=["test_a_path_may_have_any_characters"])
class UnquotesPaths(HTTPCycle):
    """A path is taken for percent-encoded."""

    async def send_path(self, message: Message) -> None:
        """Decoded."""
        await super().send_path({**message, "path": unquote(message["path"])})


class _Early(HTTPCycle):
    """Starts the response by itself where a file comes first."""

    kind = ""

    async def send(self, message: Message) -> None:
        """With a start of its own."""
        if kind_of(message) == self.kind and self.start is None and not self.gone:
            await super().send({"type": "http.response.start", "status": 200})
        await super().send(message)


@liar(
    catches=[
        "test_a_path_before_the_start_is_no_response",
        "test_a_response_is_possible_after_a_path_before_the_start",
    ]
)
class StartsWithAPath(_Early):
    """A path before the start message is a response of its own."""

    kind = PATH


@liar(catches=["test_a_file_before_the_start_is_no_response"])
class StartsWithAFile(_Early):
    """A file before the start message is a response of its own."""

    kind = FILE


class _Raw(HTTPCycle):
    """Writes a file to the client where it must not, beside what is right."""

    kind = PATH

    def wrong(self) -> bool:
        """Whether the file must not be sent now."""
        raise NotImplementedError

    async def send(self, message: Message) -> None:
        """Also where it is wrong."""
        if kind_of(message) == self.kind and self.wrong():
            await self.stream.write(content_of(message))
        await super().send(message)


@liar(catches=["test_a_path_after_body_messages_sends_no_file", "test_a_second_path_sends_nothing"])
class AppendsPaths(_Raw):
    """The file of a path is sent also after other parts of the body."""

    def wrong(self) -> bool:
        """After anything."""
        return self.response.started


@liar(catches=["test_a_file_after_the_end_is_not_sent"])
class AppendsFiles(_Raw):
    """A file is sent also after the end of the response."""

    kind = FILE

    def wrong(self) -> bool:
        """After the end."""
        return self.response.complete


@liar(catches=["test_head_gets_no_file"])
class PathsForHead(_Raw):
    """The file of a path is sent also to HEAD."""

    def wrong(self) -> bool:
        """Where there is no content."""
        return self.response.method == "HEAD"


@liar(catches=["test_head_gets_nothing_of_a_file"])
class FilesForHead(PathsForHead):
    """An open file is sent also to HEAD."""

    kind = FILE


@liar(catches=["test_a_file_beyond_the_content_length_stays_off_the_wire"])
class FilesOverrun(_Raw):
    """A file that is longer than the Content-Length is sent."""

    kind = FILE

    def wrong(self) -> bool:
        """Of the one length that is too short."""
        return (b"content-length", b"4") in pairs(self.start or {})


@liar(catches=["test_body_messages_after_a_path_send_nothing"])
class AppendsToPaths(HTTPCycle):
    """Body messages after a path are written to the client."""

    path_sent = False

    async def send(self, message: Message) -> None:
        """All of them."""
        if self.path_sent and kind_of(message) == "http.response.body":
            await self.stream.write(message["body"])
        await super().send(message)

    async def send_path(self, message: Message) -> None:
        """And remember it."""
        await super().send_path(message)
        self.path_sent = True


@liar(catches=["test_the_response_ends_with_the_file"])
class PathsGoOn(HTTPCycle):
    """A path does not end the response; the end of the application does."""

    async def send_path(self, message: Message) -> None:
        """As a part that others may follow."""
        await self.send_body({"body": read_path(message["path"]), "more_body": bool(self.request.modern)})

    async def on_return(self) -> None:
        """The end."""
        if self.response.started and not self.response.complete:
            await self.send_body({})
        await super().on_return()


@liar(catches=["test_a_path_for_a_client_that_has_left_does_no_harm"])
class MindsDisconnects(HTTPCycle):
    """A path for a client that has left raises an error that is no OSError."""

    async def send(self, message: Message) -> None:
        """Unkindly."""
        if self.gone and kind_of(message) == PATH:
            raise ApplicationError("asgi.ext.pathsend.same_as_body", "the client has left")
        await super().send(message)


@liar(catches=["test_what_a_path_without_a_file_gives", "test_a_path_without_a_file_is_no_success"])
class MissingFilesAreEmpty(HTTPCycle):
    """A path that leads nowhere is sent as a file without content."""

    async def send_path(self, message: Message) -> None:
        """If need be."""
        try:
            await super().send_path(message)
        except OSError:
            await self.send_body({})


class _Keys(HTTPCycle):
    """Takes the keys of http.response.zerocopysend in a way of its own."""

    def keys(self, message: Message) -> Message:
        """The message that is carried out."""
        raise NotImplementedError

    async def send_file(self, message: Message) -> None:
        """With other keys."""
        await super().send_file(self.keys(message))


@liar(catches=["test_a_file_is_read_from_its_offset", "test_no_more_than_count_is_read"])
class FromThePosition(_Keys):
    """A file is read from its position, whatever its offset."""

    def keys(self, message: Message) -> Message:
        """Without an offset of more than 0."""
        return {**message, "offset": None} if message.get("offset") in (2, 4) else message


@liar(catches=["test_what_a_count_beyond_the_end_gives"])
class CountsStrictly(HTTPCycle):
    """A file that is shorter than the count is an error."""

    async def send_file(self, message: Message) -> None:
        """Strictly."""
        if message.get("count") == 50:
            raise OSError("the file is too short")
        await super().send_file(message)


@liar(catches=["test_no_more_than_count_is_read", "test_a_file_ends_the_response_unless_more_is_to_come"])
class CountsNothing(_Keys):
    """A file is read to its end, whatever the count."""

    def keys(self, message: Message) -> Message:
        """Without a count, where it is alone."""
        return {**message, "count": None} if not message.get("more_body") else message


@liar(
    catches=[
        "test_more_may_follow_a_file",
        "test_files_and_body_messages_can_be_mixed",
    ]
)
class FilesEnd(_Keys):
    """A file ends the response in any case."""

    def keys(self, message: Message) -> Message:
        """Without more to come."""
        return {**message, "more_body": False}


@liar(catches=["test_a_file_ends_the_response_unless_more_is_to_come"])
class FilesGoOn(_Keys):
    """A part of a file does not end the response; the end of the application does."""

    def keys(self, message: Message) -> Message:
        """With more to come."""
        return {**message, "more_body": "count" in message or message.get("more_body", False)}

    async def on_return(self) -> None:
        """The end."""
        if self.response.started and not self.response.complete:
            await self.send_body({})
        await super().on_return()


@liar(catches=["test_whether_the_file_is_still_open_afterwards"])
class ClosesFiles(HTTPCycle):
    """A file is closed once it was sent to its end."""

    async def send_file(self, message: Message) -> None:
        """And close it."""
        await super().send_file(message)
        if "count" not in message:
            message["file"].close()
