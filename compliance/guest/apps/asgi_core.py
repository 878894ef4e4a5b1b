"""ASGI apps about the interface itself, and the callables of every form that a server may be told to load."""

import functools
import sys
import threading
from typing import Any, Callable, Dict, List

from compliance.guest.apps.default import answer, lifespan, read_body
from compliance.guest.channel import Channel, asleep

Scope = Dict[str, Any]
Receive = Callable[..., Any]
Send = Callable[..., Any]

_EVENTS = 20  # more than any request of ours has
_SOON = 0.01  # seconds


def _is_trio() -> bool:
    trio = sys.modules.get("trio")
    try:
        return trio is not None and bool(trio.lowlevel.current_task())
    except RuntimeError:
        return False


async def _in_time(work: Callable[[], Any], seconds: float) -> Any:
    """What `work` gives, or "timeout" if it had to be cancelled, by the means of whichever loop runs here."""
    if _is_trio():
        with sys.modules["trio"].move_on_after(seconds):
            return await work()
        return "timeout"
    import asyncio

    async def coroutine() -> Any:
        return await work()

    try:
        return await asyncio.wait_for(coroutine(), seconds)
    except asyncio.TimeoutError:
        return "timeout"


async def _in_a_task(work: Callable[[], Any]) -> None:
    """Run `work` in a task of its own, by the means of whichever loop runs here."""
    if _is_trio():
        async with sys.modules["trio"].open_nursery() as nursery:
            nursery.start_soon(work)
        return
    import asyncio

    await asyncio.ensure_future(work())


def _current_task() -> str:
    """Whether the loop knows the task in which this runs, which libraries ask for."""
    if _is_trio():
        return "current task"
    import asyncio

    return "no current task" if asyncio.current_task() is None else "current task"


async def kinds(scope: Scope, receive: Receive, send: Send, channel: Any) -> None:
    """Note whether the scope is a dict; answer 200."""
    channel.note("is a dict", isinstance(scope, dict))
    await answer(send, b"")


async def uses_the_loop(scope: Scope, receive: Receive, send: Send, channel: Any) -> None:
    """Note what came of a task, a sleep and a timeout, and whether this is the main thread; answer 200."""
    done: List[str] = []

    async def task() -> None:
        await asleep(0)
        done.append("task")

    await _in_a_task(task)
    done.append(await _in_time(lambda: asleep(60), _SOON))
    done.append(_current_task())
    channel.note("done", done)
    channel.note("main thread", threading.current_thread() is threading.main_thread())
    await answer(send, b"")


async def impatient(scope: Scope, receive: Receive, send: Send, channel: Any) -> None:
    """Call receive, cancel the call soon, note what it gave; then read and note the body, and answer 200."""
    first = await _in_time(receive, _SOON)
    channel.note("first", first if isinstance(first, str) else "event")
    body = b"" if isinstance(first, str) else first.get("body", b"")
    if isinstance(first, str) or first.get("more_body", False):
        body += await read_body(receive)
    channel.note("body", body)
    await answer(send, b"")


async def all_events(scope: Scope, receive: Receive, send: Send, channel: Any) -> None:
    """Note every event until the disconnect."""
    for _ in range(_EVENTS):
        message = await receive()
        channel.note("event", message)
        if not isinstance(message, dict) or message.get("type") == "http.disconnect":
            break


async def cleans_up_after_a_response(scope: Scope, receive: Receive, send: Send, channel: Any) -> None:
    """Answer 200, wait at the gate "gone", and note "cleaned up"."""
    await answer(send, b"")
    await channel.agate("gone")
    await asleep(_SOON)
    channel.note("cleaned up")


async def cleans_up_after_a_disconnect(scope: Scope, receive: Receive, send: Send, channel: Any) -> None:
    """Wait for the disconnect, then for a moment, and note "cleaned up"."""
    channel.note("waits")
    for _ in range(_EVENTS):
        if (await receive())["type"] == "http.disconnect":
            break
    await asleep(_SOON)
    channel.note("cleaned up")


# What servers load in place of the probe. These answer every request as an echo, and complete the lifespan.


async def _serve(scope: Scope, receive: Receive, send: Send, form: str, call: List[Any]) -> None:
    """Note how the application was called: positional arguments, names of others."""
    kind = str(scope.get("type", "http"))  # what is wrong with it, the scope will show
    channel = Channel(None, kind)
    try:
        channel.note("call", call)
        if kind == "lifespan":
            await lifespan(scope, receive, send, channel)
            return
        channel.note("form", form)
        channel.note("scope", dict(scope))
        body = await read_body(receive)
        channel.note("body", body)
        await answer(send, body)
    finally:
        channel.end()


async def function(scope: Scope, receive: Receive, send: Send, *more: Any, **named: Any) -> None:
    """An application that notes what it is called with."""
    call = [type(scope).__name__, callable(receive), callable(send), len(more), sorted(named)]
    await _serve(scope, receive, send, "function", call)


async def renamed(one: Scope, two: Receive, three: Send) -> None:
    """An application whose parameters have names of its own."""
    await _serve(one, two, three, "renamed", [])


class Application:
    """Applications whose callables are an instance of this class, and a method."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one scope."""
        await _serve(scope, receive, send, "instance", [])

    async def method(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one scope."""
        await _serve(scope, receive, send, "method", [])


async def _configured(form: str, scope: Scope, receive: Receive, send: Send) -> None:
    await _serve(scope, receive, send, form, [])


instance = Application()
method = instance.method
partial = functools.partial(_configured, "partial")


class Legacy:
    """An application of ASGI 2: called with the scope, then with receive and send."""

    def __init__(self, scope: Scope) -> None:
        """Keep the scope."""
        self.scope = scope

    async def __call__(self, receive: Receive, send: Send) -> None:
        """Serve the scope."""
        call = [type(self.scope).__name__, callable(receive), callable(send)]
        await _serve(self.scope, receive, send, "legacy", call)


def legacy(scope: Scope) -> Callable[[Receive, Send], Any]:
    """An application of ASGI 2 that is a function."""

    async def with_channels(receive: Receive, send: Send) -> None:
        await _serve(scope, receive, send, "legacy function", [])

    return with_channels
