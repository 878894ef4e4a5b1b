"""ASGI apps that stream: between gates, in bulk, while they still read, and from two tasks at once."""

import sys
from typing import Any, Callable, Dict, List

from compliance.guest.apps.asgi_http_response import body, start
from compliance.guest.channel import in_trio

Receive = Callable[..., Any]
Send = Callable[..., Any]

BLOCK = bytes(range(256)) * 1024
SIZE_OF_PART = 1000


async def gated(
    scope: Dict[str, Any], receive: Receive, send: Send, channel: Any, parts: List[bytes], headers: Any = ()
) -> None:
    """Send each part in a message of its own, and wait at the gate "next" after each."""
    await send(start(200, headers))
    for part in parts:
        await send(body(part, True))
        await channel.agate("next")
    await send(body())


async def bulk(scope: Dict[str, Any], receive: Receive, send: Send, channel: Any, count: int) -> None:
    """Note "sending"; send BLOCK (256 KiB) `count` times; note "sent" after each, and "all sent"."""
    await send(start(200, [(b"content-length", b"%d" % (count * len(BLOCK)))]))
    channel.note("sending")
    for number in range(count):
        await send(body(BLOCK, True))
        channel.note("sent", number)
    await send(body())
    channel.note("all sent")


async def echoes(scope: Dict[str, Any], receive: Receive, send: Send, channel: Any) -> None:
    """Send each part of the request's body back as soon as it comes; note how many bytes that were."""
    await send(start())
    more = True
    while more:
        message = await receive()
        part = message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
        channel.note("received", len(part))
        await send(body(part, more))


async def answers_first(scope: Dict[str, Any], receive: Receive, send: Send, channel: Any) -> None:
    """Send "early" before reading; then read the request to its end, and send the length of its body."""
    await send(start())
    await send(body(b"early", True))
    length, more = 0, True
    while more:
        message = await receive()
        length += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send(body(b" %d" % length))


async def together(*calls: Callable[[], Any]) -> None:
    """Run async calls at the same time, on whichever event loop runs here, until all have ended."""
    trio = sys.modules.get("trio")
    if trio is not None and in_trio(trio):
        async with trio.open_nursery() as nursery:
            for call in calls:
                nursery.start_soon(call)
        return
    import asyncio

    await asyncio.gather(*(call() for call in calls))


def part_of(task: int, number: int) -> bytes:
    """The part with this number of a task: SIZE_OF_PART bytes that say whose they are."""
    return (b"%d %03d " % (task, number)).ljust(SIZE_OF_PART, b".")


async def from_two_tasks(
    scope: Dict[str, Any], receive: Receive, send: Send, channel: Any, count: int
) -> None:
    """Send `count` parts from each of two tasks that run at the same time, then the end."""

    async def task(name: int) -> None:
        for number in range(count):
            await send(body(part_of(name, number), True))

    await send(start())
    await together(lambda: task(1), lambda: task(2))
    await send(body())
