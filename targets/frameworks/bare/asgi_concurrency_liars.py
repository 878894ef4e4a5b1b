"""ASGI applications with one lie each about requests at the same time."""

import time

from asgi_contract import AsgiContract
from lies import liar

from compliance.guest.channel import asleep, gate, note


@liar("promise.concurrency.limit", ["test_no_more_blocking_handlers_than_promised_overlap"])
class AwaitsForBlock(AsgiContract):
    """What should block the event loop does not."""

    async def block(self, exchange):
        await self.sleep(exchange)


@liar(
    "promise.concurrency.nonblocking",
    [
        "test_as_many_awaiting_handlers_as_promised_overlap",
        "test_an_awaiting_handler_does_not_delay_another_one",
    ],
)
class BlocksForSleep(AsgiContract):
    """An asynchronous handler sleeps on the event loop."""

    async def sleep(self, exchange):
        note("enter")
        time.sleep(int(exchange.rest) / 1000)  # noqa: ASYNC251 - the lie
        note("leave")
        await exchange.text("slept")


@liar(
    "promise.concurrency.nonblocking",
    [
        "test_as_many_awaiting_handlers_as_promised_meet",
        "test_an_asynchronous_handler_leaves_the_event_loop_to_others",
    ],
)
class BlocksForHold(AsgiContract):
    """An asynchronous handler waits on the event loop."""

    async def hold(self, exchange):
        gate("hold")
        await exchange.text("held")


@liar("asgi.http.connection.scope_per_request", ["test_bodies_that_arrive_at_the_same_time_do_not_mix"])
class OneBuffer(AsgiContract):
    """All requests to /echo read into the same buffer, and give others the time to do so."""

    buffer = bytearray()

    async def echo(self, exchange):
        async for block in exchange.blocks():
            self.buffer.extend(block)
        await asleep(0.05)
        kind = exchange.header("content-type") or "application/octet-stream"
        body = bytes(self.buffer)
        self.buffer.clear()
        await exchange.respond(body, [("content-type", kind)])
