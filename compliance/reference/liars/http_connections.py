"""Lies about how long a connection lives."""

from __future__ import annotations

import os
import re
from typing import ClassVar

import h11

from compliance.reference.connection import Connection
from compliance.reference.errors import RequestError
from compliance.reference.liar import liar
from compliance.reference.request import Headers, Request
from compliance.reference.response import Response

_CLOSE = re.compile(
    rb"(GET / HTTP/1\.1\r\n(?:(?!Connection)[^\r\n]+\r\n)*?)Connection: close\r\n(?!Compliance)"
)
_LIST = re.compile(rb"Connection: (?:CLOSE|foo, close|close, foo|,close,|foo\r\nConnection: close)\r\n")
_PUT = re.compile(rb"(?=PUT / )")


@liar(
    interface="asgi",
    area="http_server",
    catches=[
        "test_a_connection_persists",
        "test_a_server_that_does_not_persist_says_close",
        "test_a_server_that_ends_behind_a_streamed_response_says_close",
        "test_connections_are_kept_beside_each_other",
        "test_how_many_pipelined_requests_are_answered",
        "test_no_pipelined_request_is_dropped_without_a_word",
    ],
)
class ClosesUnasked(Connection):
    """Each response is the last one on its connection, and does not say so."""

    async def recycle(self) -> bool:
        """Never."""
        return False


@liar(interface="asgi", area="http_server", catches=["test_connections_are_kept_beside_each_other"])
class TiresOfConnections(Connection):
    """A connection ends unannounced after two responses, unless more requests are waiting on it."""

    count = 0

    async def recycle(self) -> bool:
        """Twice."""
        self.count += 1
        return await super().recycle() and (self.count < 2 or not self.stream.empty)


@liar(interface="asgi", area="http_server", catches=["test_closing_connections_does_the_server_no_harm"])
class DiesOfClosing(Connection):
    """The process ends with the tenth connection for /let-go that it closes."""

    left: ClassVar[int] = 10

    async def linger(self) -> None:
        """As the truth, nine times."""
        if self._head.startswith(b"GET /let-go "):
            type(self).left -= 1
        if not self.left:
            os._exit(1)
        await super().linger()


@liar(
    interface="asgi",
    area="http_server",
    catches=[
        "test_close_is_obeyed",
        "test_no_request_after_close_is_processed",
        "test_the_response_to_close_says_close",
    ],
)
class OverlooksClose(Connection):
    """Connection: close on the first line of options is not seen."""

    def take(self) -> bytes:
        """Without it."""
        return _CLOSE.sub(rb"\1", super().take())


@liar(interface="wsgi", area="http_server", catches=["test_close_is_found_in_a_list_and_in_any_case"])
class ComparesOptionsWhole(Connection):
    """The only Connection field that closes is "close"."""

    def take(self) -> bytes:
        """Without the others."""
        return _LIST.sub(b"", super().take())


@liar(interface="asgi", area="http_server", catches=["test_a_close_of_the_application_is_obeyed"])
class DropsTheApplicationsClose(Response):
    """A Connection field of the application is taken away."""

    def complete_headers(self, status: int, headers: Headers) -> Headers:
        """Without it."""
        return super().complete_headers(status, [item for item in headers if item[0] != b"connection"])


@liar(interface="asgi", area="http_server", catches=["test_a_refusal_that_ends_the_connection_says_close"])
class RefusesWithoutClose(Connection):
    """A refusal does not say that it is the last response."""

    async def flush(self) -> None:
        """Without the option."""
        if self.response.pending.startswith(b"HTTP/1.1 4"):
            self.response.pending = self.response.pending.replace(b"Connection: close\r\n", b"")
        await super().flush()


@liar(
    interface="wsgi",
    area="http_server",
    catches=["test_a_connection_of_http10_ends_with_its_response", "test_what_keep_alive_is_for_http10"],
)
class KeepsOldConnections(Connection):
    """HTTP/1.0 is HTTP/1.1."""

    def take(self) -> bytes:
        """With another version."""
        return super().take().replace(b"GET / HTTP/1.0\r\n", b"GET / HTTP/1.1\r\n")


@liar(
    interface="asgi",
    area="http_server",
    catches=[
        "test_a_connection_of_http10_ends_with_its_response",
        "test_a_kept_connection_of_http10_has_framed_responses",
        "test_what_keep_alive_is_for_http10",
    ],
)
class ChunksForKeptOldClients(KeepsOldConnections):
    """HTTP/1.0 is HTTP/1.1, and no response has a length."""

    def start(
        self, status: int, headers: Headers, reason: bytes | None = None, length: int | None = None
    ) -> None:
        """Without Content-Length."""
        del length
        super().start(status, [item for item in headers if item[0] != b"content-length"], reason)


@liar(interface="wsgi", area="http_server", catches=["test_pipelined_requests_are_answered_in_order"])
class AnswersTheLastFirst(Connection):
    """Pipelined requests are served in the reverse order."""

    reversed = False

    def take(self) -> bytes:
        """Once, the other way round."""
        data = super().take()
        if self.reversed:
            return data
        self.reversed = bool(data)
        return b"".join(reversed([part for part in _PUT.split(data) if part]))


@liar(
    interface="wsgi",
    area="http_server",
    catches=[
        "test_how_many_pipelined_requests_are_answered",
        "test_no_pipelined_request_is_dropped_without_a_word",
    ],
)
class ForgetsWhatHasCome(Connection):
    """Requests that came in one piece with the one before them are not looked at any more."""

    async def recycle(self) -> bool:
        """Not if there is another PUT already."""
        kept = await super().recycle()
        return kept and not self.protocol.trailing_data[0].startswith(b"PUT ")


@liar(interface="asgi", area="http_server", catches=["test_how_a_large_upload_ends_that_nobody_reads"])
class ResetsUploads(Connection):
    """What is left of a large body is answered with a reset."""

    large = False

    def parse(self, event: h11.Request) -> Request:
        """Remember whether it announces more than a few kilobytes."""
        request = super().parse(event)
        self.large = any(len(length) > len("9999") for length in request.values(b"content-length"))
        return request

    async def drain(self) -> bool:
        """Not at all."""
        unread = self.large and self.protocol.their_state is h11.SEND_BODY
        if unread and isinstance(await self.next_event(), h11.Data):
            self.stream.reset()
        return await super().drain()


@liar(interface="asgi", area="http_server", catches=["test_what_comes_of_a_half_closed_connection"])
class TakesHalfForWhole(Connection):
    """A client that has shut down its sending side is gone."""

    async def flush(self) -> None:
        """To nobody."""
        if self.stream.eof:
            self.stream.abort()
            raise RequestError(400, "nobody is there")
        await super().flush()
