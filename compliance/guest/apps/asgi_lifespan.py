"""Lifespan applications, one for each outcome, and the request that looks at what they left in the state."""

import contextlib
import contextvars
import os
import sys
import threading
from typing import Any, Callable, Dict, List, Optional

from compliance.guest.apps.asgi_http_streaming import together
from compliance.guest.apps.default import answer, read_body
from compliance.guest.channel import asleep, in_trio

Message = Dict[str, Any]
Receive = Callable[..., Any]
Send = Callable[..., Any]

VARIABLE: "contextvars.ContextVar[str]" = contextvars.ContextVar("compliance")

_TURNS = 25  # of the event loop, for a server that does not wait to give itself away


def place() -> List[int]:
    """Process, thread and event loop in which this code runs, as numbers."""
    import asyncio

    trio = sys.modules.get("trio")
    if trio is not None and in_trio(trio):
        loop = trio.lowlevel.current_root_task()
    else:
        loop = asyncio.get_running_loop()
    return [os.getpid(), threading.get_ident(), id(loop)]


async def _received(receive: Receive, channel: Any) -> Message:
    message: Message = await receive()
    channel.note("received", message)
    return message


async def _received_soon(receive: Receive, channel: Any) -> None:
    """Receive an event that there should not be; give up before long."""
    import asyncio

    trio = sys.modules.get("trio")
    if trio is not None and in_trio(trio):
        with trio.move_on_after(_TURNS / 1000):
            await _received(receive, channel)
        return
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(_received(receive, channel), _TURNS / 1000)


async def _sent(send: Send, channel: Any, message: Message) -> None:
    channel.note("sending", message)
    try:
        await send(message)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        channel.note("stumbled", repr(error))
        raise
    channel.note("sent", message)


async def _attempt(send: Send, channel: Any, name: str, message: Message) -> None:
    """Send what a server ought to refuse, and note what it did."""
    try:
        await send(message)
    except Exception as error:  # noqa: BLE001 - servers raise what they like
        channel.note(name, type(error).__name__)
    else:
        channel.note(name, None)


async def completes(scope: Message, receive: Receive, send: Send, channel: Any) -> None:
    """Complete startup and shutdown, each after a gate; fill the state; note whatever happens.

    After each answer and before the last one there is a chance for events that there should not be.
    """
    channel.note("place", place())
    channel.note("scope", scope)
    state = scope.get("state")
    if type(state) is dict:
        state["number"], state["list"] = 4711, []
        channel.note("list", id(state["list"]))
    await _received(receive, channel)
    await channel.agate("startup")
    for _ in range(_TURNS):
        await asleep(0.001)
    await _sent(send, channel, {"type": "lifespan.startup.complete"})
    if type(state) is dict:
        state["late"] = 4712
    channel.note("started")
    while (await _received(receive, channel))["type"] == "lifespan.startup":
        pass
    channel.note("state", dict(state) if type(state) is dict else None)
    await _received_soon(receive, channel)
    await channel.agate("shutdown")
    for _ in range(_TURNS):
        await asleep(0.001)
    await _sent(send, channel, {"type": "lifespan.shutdown.complete"})


async def waits_to_complete(scope: Message, receive: Receive, send: Send, channel: Any) -> None:
    """Complete startup, and shutdown after the gate "shutdown"."""
    await _received(receive, channel)
    await _sent(send, channel, {"type": "lifespan.startup.complete"})
    await _received(receive, channel)
    await channel.agate("shutdown")
    await _sent(send, channel, {"type": "lifespan.shutdown.complete"})


async def refused(scope: Message, receive: Receive, send: Send, channel: Any) -> None:
    """Try events that no server knows, or none expects yet; then complete startup and shutdown."""
    await _received(receive, channel)
    await _attempt(send, channel, "unknown", {"type": "lifespan.nonsense"})
    await _attempt(send, channel, "early", {"type": "lifespan.shutdown.complete"})
    await _sent(send, channel, {"type": "lifespan.startup.complete"})
    await _attempt(send, channel, "again", {"type": "lifespan.startup.complete"})
    await _attempt(send, channel, "late", {"type": "lifespan.startup.failed"})
    await _attempt(send, channel, "unsolicited", {"type": "lifespan.shutdown.failed"})
    await _received(receive, channel)
    await _sent(send, channel, {"type": "lifespan.shutdown.complete"})


async def startup_fails(
    scope: Message,
    receive: Receive,
    send: Send,
    channel: Any,
    message: Optional[str] = None,
    raises_then: bool = False,
) -> None:
    """Answer startup with startup.failed, with a message if there is one; raise, or wait for what comes."""
    await _received(receive, channel)
    event = {"type": "lifespan.startup.failed"}
    await _sent(send, channel, event if message is None else {**event, "message": message})
    if raises_then:
        raise RuntimeError("the startup of the application failed")
    await _received(receive, channel)


async def shutdown_fails(
    scope: Message,
    receive: Receive,
    send: Send,
    channel: Any,
    message: Optional[str] = None,
    held: bool = False,
) -> None:
    """Complete startup and answer shutdown with shutdown.failed, if `held` behind the gate "shutdown"."""
    await _received(receive, channel)
    await _sent(send, channel, {"type": "lifespan.startup.complete"})
    await _received(receive, channel)
    if held:
        await channel.agate("shutdown")
    event = {"type": "lifespan.shutdown.failed"}
    await _sent(send, channel, event if message is None else {**event, "message": message})


async def raises(scope: Message, receive: Receive, send: Send, channel: Any, when: str = "called") -> None:
    """Raise: when "called", on "startup", right after it was "complete", or on "shutdown"."""
    if when == "called":
        raise RuntimeError("this application has no lifespan")
    await _received(receive, channel)
    if when == "startup":
        raise RuntimeError("this application has no lifespan")
    await _sent(send, channel, {"type": "lifespan.startup.complete"})
    if when == "shutdown":
        await _received(receive, channel)
    channel.note("raising", when)
    raise RuntimeError("the application raises when " + when)


async def returns(scope: Message, receive: Receive, send: Send, channel: Any, when: str = "called") -> None:
    """Return: when "called", on "startup", right after it was "complete", or on "shutdown"."""
    if when != "called":
        await _received(receive, channel)
    if when in ("complete", "shutdown"):
        await _sent(send, channel, {"type": "lifespan.startup.complete"})
    if when == "shutdown":
        await _received(receive, channel)
    channel.note("returning", when)


async def with_task(scope: Message, receive: Receive, send: Send, channel: Any) -> None:
    """Complete startup and shutdown, beside a task that waits at the gate "task" and notes "passed task".

    A context variable is set before.
    """
    VARIABLE.set("of the lifespan")

    async def events() -> None:
        for kind in ("startup", "shutdown"):
            await _received(receive, channel)
            await _sent(send, channel, {"type": "lifespan." + kind + ".complete"})

    await together(events, lambda: channel.agate("task"))


async def request(scope: Message, receive: Receive, send: Send, channel: Any, key: str = "") -> None:
    """Note the place and the state, leave a key of one's own in the state, and answer."""
    state = scope.get("state")
    channel.note("place", place())
    channel.note("variable", VARIABLE.get(""))
    channel.note("has state", "state" in scope)
    if type(state) is dict:
        channel.note("state", dict(state))
        channel.note("list", id(state.get("list")))
        state[key] = True
    await read_body(receive)
    await answer(send, b"")


async def held(scope: Message, receive: Receive, send: Send, channel: Any) -> None:
    """Answer only after the gate "held"."""
    await read_body(receive)
    await channel.agate("held")
    for _ in range(_TURNS):
        await asleep(0.001)
    channel.note("answering")
    await answer(send, b"held")


async def streams(scope: Message, receive: Receive, send: Send, channel: Any) -> None:
    """Begin a response that has no end, and stay until the disconnect."""
    await read_body(receive)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"part", "more_body": True})
    channel.note("streaming")
    channel.note("told", await receive())


async def open_socket(scope: Message, receive: Receive, send: Send, channel: Any) -> None:
    """Accept a WebSocket, and stay up to the gate "leave" behind its end."""
    await receive()
    await send({"type": "websocket.accept"})
    channel.note("open")
    message = {"type": "websocket.receive"}
    while message["type"] == "websocket.receive":
        message = await receive()
    channel.note("gone", message)
    await channel.agate("leave")
