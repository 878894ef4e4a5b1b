"""Lies about the streams of HTTP/2 and what comes on them; over HTTP/1.1 these servers are honest."""

from __future__ import annotations

import asyncio
from typing import Any

from compliance.reference.asgi import Message
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.http2 import Http2Connection
from compliance.reference.http2_stream import Http2Stream
from compliance.reference.liar import liar
from compliance.reference.request import Headers
from compliance.reference.server import Server


class InTurnStream(Http2Stream):
    """Waits for its turn."""

    async def run(self, headers: Headers) -> None:
        """One at a time."""
        turn: asyncio.Lock = self.connection.__dict__.setdefault("turn", asyncio.Lock())
        async with turn:
            await super().run(headers)


class InTurnConnection(Http2Connection):
    """Serves requests in turn."""

    stream_class = InTurnStream


@liar(
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
    ],
    area="asgi_server",
    interface="asgi",
)
class InTurn(Server):
    """The requests of a connection are served one after the other."""

    http2_class = InTurnConnection


class StuckStream(Http2Stream):
    """Writes whole bodies while nobody else may write."""

    async def write(self, data: bytes, *, last: bool = False) -> None:
        """Hold up the others."""
        turn: asyncio.Lock = self.connection.__dict__.setdefault("turn", asyncio.Lock())
        async with turn:
            await super().write(data, last=last)


class StuckConnection(Http2Connection):
    """Its streams hold each other up."""

    stream_class = StuckStream


@liar(
    catches=["test_a_response_that_the_client_does_not_read_holds_up_no_other"],
    area="asgi_server",
    interface="asgi",
)
class HeldUp(Server):
    """A response that waits for its window holds up the others of its connection."""

    http2_class = StuckConnection


class FailingStream(Http2Stream):
    """Takes the connection down with it."""

    def break_off(self) -> None:
        """Reset all."""
        self.connection.stream.abort()

    async def answer(self, status: int, text: str, headers: Any = ()) -> None:
        """Give up the connection at an error of the application."""
        if status == 500:
            self.break_off()
        else:
            await super().answer(status, text, headers)


class FailingConnection(Http2Connection):
    """Ends with its first failure."""

    stream_class = FailingStream


@liar(catches=["test_an_application_that_fails_harms_no_other_stream"], area="asgi_server", interface="asgi")
class FailsTogether(Server):
    """When one application fails, the connection is dropped."""

    http2_class = FailingConnection


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


class LateCredit(Http2Stream):
    """Keeps the client's credit."""

    def take(self) -> bytes:
        """For good."""
        self._owed = 0
        return super().take()


class LateCreditConnection(Http2Connection):
    """Never lets a client send more than the first windows."""

    stream_class = LateCredit


@liar(
    catches=[
        "test_a_large_body_passes_through_http2",
        "test_a_body_that_the_application_does_not_read_holds_up_no_other",
    ],
    area="asgi_server",
    interface="asgi",
)
class NoCredit(Server):
    """No window is ever opened again."""

    http2_class = LateCreditConnection


class CountingStream(Http2Stream):
    """Counts the parts of its body."""

    parts = 0

    def take_data(self, data: bytes, size: int) -> None:
        """One more."""
        self.parts += 1
        super().take_data(data, size)


class OpenStream(CountingStream):
    """Has no end if there was more than one part."""

    def take_end(self) -> None:
        """Overlook it."""
        if self.parts < 2:
            super().take_end()


class OpenConnection(Http2Connection):
    """Overlooks the ends of bodies."""

    stream_class = OpenStream


@liar(
    catches=[
        "test_the_parts_of_a_body_are_joined_however_data_is_split",
        "test_only_the_last_event_of_a_body_over_http2_ends_it",
        "test_a_large_body_passes_through_http2",
        "test_a_body_that_the_application_does_not_read_holds_up_no_other",
    ],
    area="asgi_server",
    interface="asgi",
)
class NeverEnds(Server):
    """A body over HTTP/2 that comes in several parts is never complete."""

    http2_class = OpenConnection


class LosingStream(CountingStream):
    """Keeps its first part."""

    def take_data(self, data: bytes, size: int) -> None:
        """Nothing of the others."""
        super().take_data(b"" if self.parts else data, size)


class LosingConnection(Http2Connection):
    """Loses parts of bodies."""

    stream_class = LosingStream


@liar(
    catches=[
        "test_the_parts_of_a_body_are_joined_however_data_is_split",
        "test_a_large_body_passes_through_http2",
        "test_a_body_that_the_application_does_not_read_holds_up_no_other",
    ],
    area="asgi_server",
    interface="asgi",
)
class FirstPartOnly(Server):
    """Of a body over HTTP/2 the first part arrives."""

    http2_class = LosingConnection


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


class WholeBodyStream(Http2Stream):
    """Has its request served once the body is there."""

    async def run(self, headers: Headers) -> None:
        """Wait for the end."""
        while not (self.ended or self.lost):
            await self.changed()
        await super().run(headers)


class WholeBodyConnection(Http2Connection):
    """Waits for whole bodies."""

    stream_class = WholeBodyStream


@liar(
    catches=[
        "test_the_application_is_called_before_the_body_over_http2_is_complete",
        "test_a_large_body_passes_through_http2",
        "test_a_body_that_the_application_does_not_read_holds_up_no_other",
    ],
    area="asgi_server",
    interface="asgi",
)
class WholeBodies(Server):
    """The application is called when the body is complete, which a large one never is."""

    http2_class = WholeBodyConnection


class LonelyStream(Http2Stream):
    """Is not told."""

    def lose(self) -> None:
        """Only when the connection is lost as well."""
        if self.connection.stream.eof:
            super().lose()


class LonelyConnection(Http2Connection):
    """Tells nobody of a reset."""

    stream_class = LonelyStream


@liar(
    catches=[
        "test_a_stream_that_is_reset_is_a_disconnect",
        "test_a_stream_that_is_reset_while_streaming_is_a_disconnect",
        "test_a_stream_that_is_reset_disconnects_no_other",
        "test_a_body_that_is_reset_is_not_complete",
        "test_a_connection_outlives_a_stream_that_was_reset",
    ],
    area="asgi_server",
    interface="asgi",
)
class IgnoresResets(Server):
    """A stream that the client resets goes on."""

    http2_class = LonelyConnection


class TogetherStream(Http2Stream):
    """Is not alone."""

    def lose(self) -> None:
        """Take the connection along."""
        super().lose()
        self.connection.stream.abort()


class TogetherConnection(Http2Connection):
    """Takes a reset for the end."""

    stream_class = TogetherStream


@liar(
    catches=[
        "test_a_stream_that_is_reset_disconnects_no_other",
        "test_a_connection_outlives_a_stream_that_was_reset",
    ],
    area="asgi_server",
    interface="asgi",
)
class ResetsAll(Server):
    """A stream that the client resets ends the connection."""

    http2_class = TogetherConnection


class Forgetful(Http2Connection):
    """Leaves alone what still runs when its client is gone."""

    def lose_streams(self) -> None:
        """Tell the last one only."""
        for stream in list(self.streams.values())[-1:]:
            stream.lose()
        self.stream.close()


@liar(
    catches=["test_the_end_of_the_connection_is_a_disconnect_for_every_stream"],
    area="asgi_server",
    interface="asgi",
)
class TellsOne(Server):
    """When the client leaves, the application of one request only learns it."""

    http2_class = Forgetful


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
