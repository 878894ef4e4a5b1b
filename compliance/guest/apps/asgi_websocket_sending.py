"""WebSocket apps that send: what they are told, also where a server ought to refuse it, and how they end."""

from typing import Any, List, Optional

from compliance.guest.apps.asgi_websocket import (
    Message,
    Receive,
    Send,
    accept,
    binary,
    connected,
    listen,
    text,
)

BLOCK = bytes(range(256))


async def attempt(send: Send, message: Any) -> Optional[List[str]]:
    """Send a message; the names of the classes of what `send` raised, most special first, or None."""
    try:
        await send(message)
    except Exception as error:  # noqa: BLE001 - the class is what is asked for
        return [kind.__name__ for kind in type(error).__mro__]
    return None


async def says(scope: Message, receive: Receive, send: Send, channel: Any, messages: Any) -> None:
    """Send these messages, note "sent" after each, and listen."""
    await connected(scope, receive, channel)
    for message in messages:
        await send(message)
        channel.note("sent", message["type"])
    await listen(receive, channel)


async def _tries(send: Send, channel: Any, messages: Any) -> None:
    channel.note("tried", [await attempt(send, message) for message in messages])


async def tries(scope: Message, receive: Receive, send: Send, channel: Any, messages: Any) -> None:
    """Send these messages whatever `send` raises; note as "tried" a list of what it raised; listen."""
    await connected(scope, receive, channel)
    await _tries(send, channel, messages)
    await listen(receive, channel)


async def tries_late(
    scope: Message, receive: Receive, send: Send, channel: Any, messages: Any, first: Any = ()
) -> None:
    """Send the messages `first`, wait at the gate "try", then try the others as `tries` does, and return."""
    await connected(scope, receive, channel)
    for message in first:
        await send(message)
    await channel.agate("try")
    await _tries(send, channel, messages)


async def tries_when_gone(
    scope: Message, receive: Receive, send: Send, channel: Any, messages: Any, first: Any = ()
) -> None:
    """Send the messages `first`, listen to the end, then try the others as `tries` does, and return."""
    await connected(scope, receive, channel)
    for message in first:
        await send(message)
    await listen(receive, channel)
    await _tries(send, channel, messages)


async def keeps_sending_to_nobody(scope: Message, receive: Receive, send: Send, channel: Any) -> None:
    """Accept, listen to the end, and go on sending without minding what `send` raises."""
    await connected(scope, receive, channel)
    await send(accept())
    await listen(receive, channel)
    for _ in range(10):
        await send(binary(BLOCK))


async def floods(scope: Message, receive: Receive, send: Send, channel: Any, count: int, size: int) -> None:
    """Accept, note "sending", and send `count` binary messages of `size` bytes; note "sent" after each."""
    await connected(scope, receive, channel)
    await send(accept())
    channel.note("sending")
    data = (BLOCK * (size // len(BLOCK) + 1))[:size]
    for number in range(count):
        await send(binary(data))
        channel.note("sent", number)
    channel.note("all sent")


async def stays(
    scope: Message, receive: Receive, send: Send, channel: Any, messages: Any = (), error: str = ""
) -> None:
    """Send these messages, wait at the gate "leave", and return, or raise an error with this text."""
    await connected(scope, receive, channel)
    for message in messages:
        await send(message)
        channel.note("sent", message["type"])
    await channel.agate("leave")
    if error:
        raise RuntimeError(error)


async def says_and_leaves(
    scope: Message, receive: Receive, send: Send, channel: Any, error: str = "", accepts: Any = ()
) -> None:
    """Accept, with these keys, send the text "last words", and return, or raise an error with this text."""
    await connected(scope, receive, channel)
    await send(accept(**dict(accepts)))
    await send(text("last words"))
    if error:
        raise RuntimeError(error)
