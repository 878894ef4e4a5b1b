"""ASGI apps that note what a server gives them of a request's body."""

import gc
import hashlib
import inspect
from typing import Any, Callable, Dict

from compliance.guest.apps.default import answer

_EVENTS = 1000000  # more than any request of ours can have


def is_last(message: Dict[str, Any]) -> bool:
    """Whether no part of the body follows this event."""
    return message.get("type") != "http.request" or not message.get("more_body", False)


async def events(scope: Dict[str, Any], receive: Any, send: Callable[..., Any], channel: Any) -> None:
    """Note every event up to the end of the body, or the disconnect; answer 200."""
    for _ in range(_EVENTS):
        message = await receive()
        channel.note("event", dict(message))
        if is_last(message):
            break
    if message["type"] == "http.request":
        await answer(send, b"")


async def contents(scope: Dict[str, Any], receive: Any, send: Callable[..., Any], channel: Any) -> None:
    """As `events`, with each body as bytes, in whatever buffer the server gives it."""

    async def receive_bytes() -> Dict[str, Any]:
        message = await receive()
        return {**message, "body": bytes(message["body"])} if "body" in message else message

    await events(scope, receive_bytes, send, channel)


async def collects(scope: Dict[str, Any], receive: Any, send: Callable[..., Any], channel: Any) -> None:
    """Have what is referred to only by itself collected; answer 200."""
    gc.collect()
    await answer(send, b"")


async def late_events(scope: Dict[str, Any], receive: Any, send: Callable[..., Any], channel: Any) -> None:
    """Wait at the gate "read"; then as `events`."""
    await channel.agate("read")
    await events(scope, receive, send, channel)


async def digest(scope: Dict[str, Any], receive: Any, send: Callable[..., Any], channel: Any) -> None:
    """Note length and SHA-256 of the whole body, and the events' types and flags without repetitions."""
    total, length, seen = hashlib.sha256(), 0, []
    for _ in range(_EVENTS):
        message = await receive()
        total.update(message.get("body", b""))
        length += len(message.get("body", b""))
        flag = [message.get("type"), message.get("more_body", False)]
        if flag not in seen:
            seen.append(flag)
        if is_last(message):
            break
    channel.note("body", [length, total.hexdigest()])
    channel.note("flags", seen)
    await answer(send, b"")


async def late_digest(scope: Dict[str, Any], receive: Any, send: Callable[..., Any], channel: Any) -> None:
    """Wait at the gate "read"; then as `digest`."""
    await channel.agate("read")
    await digest(scope, receive, send, channel)


async def asks_again(scope: Dict[str, Any], receive: Any, send: Callable[..., Any], channel: Any) -> None:
    """Read the body, note "complete", and note what two more calls of receive give."""
    for _ in range(_EVENTS):
        if is_last(await receive()):
            break
    channel.note("complete")
    for _ in range(2):
        channel.note("later", dict(await receive()))
        channel.note("asked")


async def awaits_by_hand(scope: Dict[str, Any], receive: Any, send: Callable[..., Any], channel: Any) -> None:
    """Note whether receive() is awaitable, and what awaiting it gives; answer 200."""
    awaitable = receive()
    channel.note("awaitable", inspect.isawaitable(awaitable))
    channel.note("event", dict(await awaitable))
    await answer(send, b"")
