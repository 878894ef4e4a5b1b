"""ASGI apps that are inside together: at a gate, asleep, or busy with what is their own."""

import hashlib
import json
import time
from typing import Any, Callable, Dict

from compliance.guest.apps.default import answer, read_body
from compliance.guest.channel import asleep

Scope = Dict[str, Any]
Receive = Callable[..., Any]
Send = Callable[..., Any]


async def holds(scope: Scope, receive: Receive, send: Send, channel: Any) -> None:
    """Block this thread, and with it the event loop, at the gate "hold"; answer 200."""
    channel.gate("hold")
    await answer(send, b"held")


async def awaits(scope: Scope, receive: Receive, send: Send, channel: Any) -> None:
    """Await the gate "hold"; answer 200."""
    await channel.agate("hold")
    await answer(send, b"held")


async def blocks(scope: Scope, receive: Receive, send: Send, channel: Any, seconds: float = 0.0) -> None:
    """Block this thread for a while, between two notes; answer 200."""
    channel.note("enter")
    time.sleep(seconds)  # noqa: ASYNC251 - as applications do that should not
    channel.note("leave")
    await answer(send, b"slept")


async def sleeps(scope: Scope, receive: Receive, send: Send, channel: Any, seconds: float = 0.0) -> None:
    """Sleep for a while without blocking anything, between two notes; answer 200."""
    channel.note("enter")
    await asleep(seconds)
    channel.note("leave")
    await answer(send, b"slept")


async def own(scope: Scope, receive: Receive, send: Send, channel: Any, gate: str = "") -> None:
    """Read the body, let others come, and answer with what belongs to this request."""
    body = await read_body(receive)
    if gate:
        await channel.agate(gate)
    else:
        await asleep(0.01)
    headers = {bytes(name).lower(): bytes(value).decode("latin-1") for name, value in scope["headers"]}
    mine = {
        "path": scope["path"],
        "query": scope["query_string"].decode("latin-1"),
        "header": headers.get(b"x-own"),
        "body": hashlib.sha256(body).hexdigest(),
    }
    channel.note("mine", mine)
    await answer(send, json.dumps(mine).encode())
