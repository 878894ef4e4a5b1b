"""Lies about what becomes of the messages of a response."""

from __future__ import annotations

import asyncio
from typing import Any

from compliance.reference.asgi import Message, pairs
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.connection import Connection
from compliance.reference.liar import liar


def is_body(message: Any) -> bool:
    """Whether this is an http.response.body message."""
    return isinstance(message, dict) and message.get("type") == "http.response.body"


@liar(catches=["test_the_status_reaches_the_client"])
class NoTeapot(HTTPCycle):
    """Status 418 reaches the client as 400."""

    async def send_start(self, message: Message) -> None:
        """Another status."""
        await super().send_start({**message, "status": 400} if message["status"] == 418 else message)


@liar(
    catches=[
        "test_a_body_message_reaches_the_client_before_send_returns",
        "test_each_part_arrives_before_the_next_is_sent",
        "test_single_bytes_are_not_held_back",
        "test_an_echo_comes_while_the_request_is_still_sent",
        "test_an_error_leaves_other_requests_alone",
    ]
)
class HoldsSmallParts(HTTPCycle):
    """Parts of fewer than four bytes wait for what follows them."""

    small = False

    async def send_body(self, message: Message) -> None:
        """Look at the size first."""
        self.small = message.get("more_body", False) and 0 < len(message.get("body", b"")) < 4
        await super().send_body(message)

    async def flush(self) -> None:
        """Only what is large enough."""
        if not self.small:
            await super().flush()


@liar(
    catches=[
        "test_an_early_part_arrives_while_the_request_is_still_sent",
        "test_an_echo_comes_while_the_request_is_still_sent",
    ]
)
class HoldsUntilTheRequestIsRead(HTTPCycle):
    """No part of a response to POST is sent before the request was read to its end."""

    async def flush(self) -> None:
        """Only after the body."""
        if self.request.method != "POST" or self.body_complete or self.response.complete:
            await super().flush()


@liar(catches=["test_a_thousand_body_messages_arrive_in_order"])
class LosesAPart(HTTPCycle):
    """The five hundredth body message of a response is lost."""

    number = 0

    async def send_body(self, message: Message) -> None:
        """All but that one."""
        self.number += 1
        await super().send_body({**message, "body": b""} if self.number == 500 else message)


@liar(
    catches=[
        "test_any_split_of_a_response_arrives_whole",
        "test_an_empty_part_does_not_end_the_response",
        "test_a_missing_body_key_means_no_bytes",
    ]
)
class EndsAtAnEmptyPart(HTTPCycle):
    """An empty body message ends the response."""

    async def send_body(self, message: Message) -> None:
        """More or not."""
        await super().send_body(message if message.get("body") else {**message, "more_body": False})


@liar(catches=["test_a_missing_body_key_means_no_bytes"])
class NeedsABody(HTTPCycle):
    """A body message must have the key body."""

    async def send_body(self, message: Message) -> None:
        """Without a default."""
        await super().send_body({**message, "body": message["body"]})


@liar(
    catches=[
        "test_a_missing_more_body_key_ends_the_response",
        "test_the_last_body_message_completes_the_response",
        "test_a_response_without_trailers_ends_with_its_body",
    ]
)
class EndsAtReturn(HTTPCycle):
    """The end of a response is sent only when the application returns."""

    owed = False

    async def send(self, message: Message) -> None:
        """Nothing more after the last message."""
        if not self.owed:
            await super().send(message)

    async def send_body(self, message: Message) -> None:
        """As if more was to come."""
        self.owed = not message.get("more_body", False)
        await super().send_body({**message, "more_body": True})

    async def settle(self, error: BaseException | None) -> None:
        """Now the end."""
        if self.owed:
            self.response.put_end()
            await self.flush()
        await super().settle(error)


@liar(
    catches=[
        "test_a_return_value_does_not_spoil_a_complete_response",
        "test_an_error_after_the_response_does_not_spoil_it",
    ]
)
class ShortWaits(HTTPCycle):
    """A response of four bytes is kept until the application returns None, and lost otherwise."""

    def is_short(self) -> bool:
        """Whether this response is kept."""
        return self.start is not None and (b"content-length", b"4") in pairs(self.start)

    async def call_application(self, scope: dict[str, Any]) -> None:
        """Look at what is returned."""
        if await self.server.application(scope, self.receive, self.send) is not None:
            raise TypeError("a return value")

    async def flush(self) -> None:
        """Not yet."""
        if not self.is_short():
            await super().flush()

    def after_send(self) -> None:
        """Not yet."""
        if not self.is_short():
            super().after_send()

    async def settle(self, error: BaseException | None) -> None:
        """Now, or never."""
        if self.is_short() and error is None:
            await super().flush()
        elif self.is_short():
            self.stream.abort()
        await super().settle(error)


@liar(interface="asgi", area="asgi_server", catches=["test_a_connection_outlives_a_complete_response"])
class ClosesQuietly(Connection):
    """The connection ends after a response of four bytes, without having said so."""

    async def recycle(self) -> bool:
        """Not after every response."""
        start = getattr(self.cycle, "start", None) or {"headers": []}
        return (b"content-length", b"4") not in pairs(start) and await super().recycle()


@liar(catches=["test_when_the_head_is_sent", "test_an_error_after_the_start_is_no_empty_success"])
class SendsTheHeadAtOnce(HTTPCycle):
    """The head does not wait for the first part of the body."""

    async def send_start(self, message: Message) -> None:
        """Without waiting."""
        await super().send_start(message)
        self.put_start(None)
        await self.flush()


@liar(catches=["test_send_gives_an_awaitable"])
class NothingToAwait(HTTPCycle):
    """In answer to OPTIONS send gives None."""

    def send(self, message: Message) -> Any:
        """Work in the background."""
        work = super().send(message)
        if self.request.method != "OPTIONS":
            return work
        self.server.spawn(work)
        return None


@liar(catches=["test_messages_after_the_end_stay_off_the_wire"])
class LateMessages(HTTPCycle):
    """The body of a message after the end is written all the same."""

    async def send(self, message: Message) -> None:
        """Without a look at the state."""
        if self.response.complete and is_body(message):
            await self.stream.write(message["body"])
        await super().send(message)


@liar(catches=["test_a_large_response_arrives_whole", "test_a_slow_reader_gets_everything"])
class SpoilsLargeParts(HTTPCycle):
    """Large parts lose their last byte to another one."""

    async def send_body(self, message: Message) -> None:
        """With a wrong byte."""
        body = message.get("body", b"")
        await super().send_body({**message, "body": body[:-1] + b"!"} if len(body) > 100_000 else message)


@liar(catches=["test_send_waits_for_a_client_that_does_not_read"])
class NeverWaits(HTTPCycle):
    """send returns at once, whatever has not been sent yet."""

    async def flush(self) -> None:
        """Into the buffer."""
        data, self.response.pending = self.response.pending, b""
        self.stream.raise_if_lost()
        self.stream.transport.write(data)


@liar(catches=["test_a_waiting_send_ends_when_the_client_leaves"])
class WaitsForTheDead(HTTPCycle):
    """A send that waits for its client goes on waiting when that has left."""

    async def flush(self) -> None:
        """Until the buffer is empty, on a connection that lives."""
        data, self.response.pending = self.response.pending, b""
        self.stream.raise_if_lost()
        self.stream.transport.write(data)
        while self.stream.transport.get_write_buffer_size() or self.stream.lost:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@liar(catches=["test_parts_from_two_tasks_do_not_mix"])
class InHalves(HTTPCycle):
    """Each part is written in two halves, and another task may come between them."""

    async def flush(self) -> None:
        """One half, then the other."""
        data, self.response.pending = self.response.pending, b""
        half = len(data) // 2
        await self.stream.write(data[:half])
        await asyncio.sleep(0)
        await self.stream.write(data[half:])
