"""Lies about the streams of HTTP/2 and what comes on them; over HTTP/1.1 these servers are honest."""

from __future__ import annotations

import asyncio
from typing import Any

from compliance.reference.asgi import Message
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.http2 import Http2Connection
from compliance.reference.http2_stream import Http2Stream
from compliance.reference.liar import liar
from compliance.reference.liar_http2 import http2_liar
from compliance.reference.request import Headers


@http2_liar(
    catches=[
        "test_a_later_request_is_answered_before_an_earlier_one",
        "test_parts_of_two_responses_alternate",
        "test_a_response_that_the_client_does_not_read_holds_up_no_other",
        "test_an_application_that_fails_harms_no_other_stream",
        "test_a_body_that_the_application_does_not_read_holds_up_no_other",
        "test_the_end_of_the_connection_is_a_disconnect_for_every_stream",
        "test_a_stream_that_is_reset_disconnects_no_other",
        "test_requests_that_overlap_keep_their_scopes",
        "test_a_stream_stays_open_for_its_trailers",
    ]
)
class InTurn(Http2Stream):
    """The requests of a connection are served one after the other."""

    async def run(self, headers: Headers) -> None:
        """One at a time."""
        turn: asyncio.Lock = self.connection.__dict__.setdefault("turn", asyncio.Lock())
        async with turn:
            await super().run(headers)


@http2_liar(catches=["test_a_response_that_the_client_does_not_read_holds_up_no_other"])
class HeldUp(Http2Stream):
    """A response that waits for its window holds up the others of its connection."""

    async def write(self, data: bytes, *, last: bool = False) -> None:
        """Hold up the others."""
        turn: asyncio.Lock = self.connection.__dict__.setdefault("turn", asyncio.Lock())
        async with turn:
            await super().write(data, last=last)


@http2_liar(catches=["test_an_application_that_fails_harms_no_other_stream"])
class FailsTogether(Http2Stream):
    """When one application fails, the connection is dropped."""

    def break_off(self) -> None:
        """Reset all."""
        self.connection.stream.abort()

    async def answer(self, status: int, text: str, headers: Any = ()) -> None:
        """Give up the connection at an error of the application."""
        if status == 500:
            self.break_off()
        else:
            await super().answer(status, text, headers)


@liar(
    catches=[
        "test_an_error_before_the_response_ends_the_stream",
        "test_an_error_in_the_middle_of_a_response_resets_the_stream",
        "test_a_response_over_http2_that_is_left_open_does_not_look_complete",
    ]
)
class EndsWell(HTTPCycle):
    """A response that the application left unfinished ends as if it was whole."""

    async def give_up(self) -> None:
        """With nothing."""
        if not self.http2:
            await super().give_up()
            return
        if not self.response.started:
            self.connection.start(200, [])
        self.response.remaining = None
        self.response.put_end()
        await self.flush()


@http2_liar(
    catches=[
        "test_a_large_body_passes_through_http2",
        "test_a_body_that_the_application_does_not_read_holds_up_no_other",
    ]
)
class NoCredit(Http2Stream):
    """No window is ever opened again."""

    def take(self) -> bytes:
        """For good."""
        self._owed = 0
        return super().take()


class CountingStream(Http2Stream):
    """Counts the parts of its body."""

    parts = 0

    def take_data(self, data: bytes, size: int) -> None:
        """One more."""
        self.parts += 1
        super().take_data(data, size)


@http2_liar(
    catches=[
        "test_the_parts_of_a_body_are_joined_however_data_is_split",
        "test_only_the_last_event_of_a_body_over_http2_ends_it",
        "test_a_large_body_passes_through_http2",
        "test_a_body_that_the_application_does_not_read_holds_up_no_other",
    ]
)
class NeverEnds(CountingStream):
    """A body over HTTP/2 that comes in several parts is never complete."""

    def take_end(self) -> None:
        """Overlook it."""
        if self.parts < 2:
            super().take_end()


@http2_liar(
    catches=[
        "test_the_parts_of_a_body_are_joined_however_data_is_split",
        "test_a_large_body_passes_through_http2",
        "test_a_body_that_the_application_does_not_read_holds_up_no_other",
    ]
)
class FirstPartOnly(CountingStream):
    """Of a body over HTTP/2 the first part arrives."""

    def take_data(self, data: bytes, size: int) -> None:
        """Nothing of the others."""
        super().take_data(b"" if self.parts else data, size)


@liar(catches=["test_a_request_over_http2_without_a_body_is_one_empty_event"])
class TwoEvents(HTTPCycle):
    """A request over HTTP/2 without a body is two events."""

    events = 0

    def body(self, data: bytes, more_body: bool) -> Message:
        """First the body, then its end."""
        self.events += 1
        if self.http2 and self.events == 1 and not data and not more_body:
            return super().body(b"", more_body=True)
        return super().body(data, more_body)


@http2_liar(
    catches=[
        "test_the_application_is_called_before_the_body_over_http2_is_complete",
        "test_a_large_body_passes_through_http2",
        "test_a_body_that_the_application_does_not_read_holds_up_no_other",
    ]
)
class WholeBodies(Http2Stream):
    """The application is called when the body is complete, which a large one never is."""

    async def run(self, headers: Headers) -> None:
        """Wait for the end."""
        while not (self.ended or self.lost):
            await self.changed()
        await super().run(headers)


@http2_liar(
    catches=[
        "test_a_stream_that_is_reset_is_a_disconnect",
        "test_a_stream_that_is_reset_while_streaming_is_a_disconnect",
        "test_a_stream_that_is_reset_disconnects_no_other",
        "test_a_body_that_is_reset_is_not_complete",
        "test_a_connection_outlives_a_stream_that_was_reset",
    ]
)
class IgnoresResets(Http2Stream):
    """A stream that the client resets goes on."""

    def lose(self) -> None:
        """Only when the connection is lost as well."""
        if self.connection.stream.eof:
            super().lose()


@http2_liar(
    catches=[
        "test_a_stream_that_is_reset_disconnects_no_other",
        "test_a_connection_outlives_a_stream_that_was_reset",
    ]
)
class ResetsAll(Http2Stream):
    """A stream that the client resets ends the connection."""

    def lose(self) -> None:
        """Take the connection along."""
        super().lose()
        self.connection.stream.abort()


@http2_liar(catches=["test_the_end_of_the_connection_is_a_disconnect_for_every_stream"])
class TellsOne(Http2Connection):
    """When the client leaves, the application of one request only learns it."""

    def lose_streams(self) -> None:
        """Tell the last one only."""
        for stream in list(self.streams.values())[-1:]:
            stream.lose()
        self.stream.close()


@liar(catches=["test_many_requests_of_a_connection_are_answered_each_on_its_stream"])
class CrossesBodies(HTTPCycle):
    """Of many bodies on a connection, each goes to the request before it."""

    async def send_body(self, message: Message) -> None:
        """Keep what should be sent, and send what was kept, if it is as long."""
        if self.http2 and len(message.get("body", b"")) > 300:
            kept = self.connection.connection.__dict__.setdefault("kept", [])  # type: ignore[attr-defined]
            kept.append(message["body"])
            message = {**message, "body": next(b for b in kept if len(b) == len(message["body"]))}
        await super().send_body(message)
