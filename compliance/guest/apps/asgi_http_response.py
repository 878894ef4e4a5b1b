"""ASGI apps that answer in the ways a server must be able to carry to the wire, and their messages."""

import inspect
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

Send = Callable[..., Any]
Message = Dict[str, Any]


def start(status: int = 200, headers: Sequence[Tuple[bytes, bytes]] = (), **more: Any) -> Message:
    """An http.response.start message; its header pairs are lists, as the specification draws them."""
    return {
        "type": "http.response.start",
        "status": status,
        "headers": [list(pair) for pair in headers],
        **more,
    }


def body(data: bytes = b"", more_body: bool = False, **more: Any) -> Message:
    """An http.response.body message."""
    return {"type": "http.response.body", "body": data, "more_body": more_body, **more}


async def attempt(send: Send, message: Any) -> Optional[List[str]]:
    """Send a message; the names of the classes of what `send` raised, most special first, or None."""
    try:
        await send(message)
    except Exception as error:  # noqa: BLE001 - the class is what is asked for
        return [kind.__name__ for kind in type(error).__mro__]
    return None


async def two_parts_with_a_gate(scope: Dict[str, Any], receive: Any, send: Send, channel: Any) -> None:
    """Send "one", wait at the gate "first part read", send "two"."""
    await send(start(200, [(b"content-length", b"6")]))
    await send(body(b"one", True))
    await channel.agate("first part read")
    await send(body(b"two"))


async def says(scope: Dict[str, Any], receive: Any, send: Send, channel: Any, messages: Any) -> None:
    """Send these messages, one after the other; note the name of what `send` raised, if it did."""
    for message in messages:
        try:
            await send(message)
        except Exception as error:
            channel.note("send raised", type(error).__name__)
            raise
        channel.note("sent", message["type"])


async def says_and_stays(
    scope: Dict[str, Any], receive: Any, send: Send, channel: Any, messages: Any
) -> None:
    """Send these messages, then wait at the gate "leave" before returning."""
    await says(scope, receive, send, channel, messages)
    await channel.agate("leave")


async def says_all(scope: Dict[str, Any], receive: Any, send: Send, channel: Any, messages: Any) -> None:
    """Send all these messages whatever `send` raises; note under "outcome" what each of them met."""
    for message in messages:
        channel.note("outcome", await attempt(send, message))


async def says_with_a_gate(
    scope: Dict[str, Any], receive: Any, send: Send, channel: Any, before: Any, after: Any
) -> None:
    """Send the messages `before`, wait at the gate "go on", send the messages `after`."""
    await says(scope, receive, send, channel, before)
    await channel.agate("go on")
    await says(scope, receive, send, channel, after)


async def fine(scope: Dict[str, Any], receive: Any, send: Send, channel: Any) -> None:
    """Answer 200 "fine"."""
    await send(start(200, [(b"content-length", b"4")]))
    await send(body(b"fine"))


async def numbered_parts(scope: Dict[str, Any], receive: Any, send: Send, channel: Any, count: int) -> None:
    """Answer with the numbers from 0 below `count`, a line in a message each."""
    await send(start())
    for number in range(count):
        await send(body(b"%d\n" % number, True))
    await send(body())


async def returns_a_value(scope: Dict[str, Any], receive: Any, send: Send, channel: Any) -> str:
    """Answer 200 "fine", and return something that nobody asked for."""
    await fine(scope, receive, send, channel)
    return "a value"


async def asks_what_send_gives(scope: Dict[str, Any], receive: Any, send: Send, channel: Any) -> None:
    """Answer 200 without a body; note whether what `send` gave could be awaited, and what awaiting gave."""
    for message in (start(), body()):
        given = send(message)
        channel.note("awaitable", inspect.isawaitable(given))
        channel.note("result", await given)
