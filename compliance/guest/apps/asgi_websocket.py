"""WebSocket apps that listen: they accept, and report everything that receive gives them.

Each notes the scope first, every event as "received", and the disconnect as "disconnected" as well.
"""

import hashlib
from typing import Any, Callable, Dict, Optional

Message = Dict[str, Any]
Receive = Callable[..., Any]
Send = Callable[..., Any]


def accept(**more: Any) -> Message:
    """A websocket.accept message."""
    return {"type": "websocket.accept", **more}


def text(data: Any, **more: Any) -> Message:
    """A websocket.send message with text."""
    return {"type": "websocket.send", "text": data, **more}


def binary(data: Any, **more: Any) -> Message:
    """A websocket.send message with bytes."""
    return {"type": "websocket.send", "bytes": data, **more}


def close(**more: Any) -> Message:
    """A websocket.close message."""
    return {"type": "websocket.close", **more}


def plain(scope: Message) -> Message:
    """The scope with lists in place of what may be any kind of iterable."""
    copy = dict(scope, headers=[list(pair) for pair in scope["headers"]])
    for key in ("client", "server", "subprotocols"):
        if copy.get(key) is not None:
            copy[key] = list(copy[key])
    return copy


async def received(receive: Receive, channel: Any) -> Message:
    """The next event, noted."""
    message = dict(await receive())
    channel.note("received", message)
    return message


async def connected(scope: Message, receive: Receive, channel: Any) -> None:
    """Note the scope and take the first event."""
    channel.note("scope", plain(scope))
    await received(receive, channel)


async def listen(receive: Receive, channel: Any) -> None:
    """Take events up to the disconnect."""
    message = await received(receive, channel)
    while not message["type"].endswith(".disconnect"):
        message = await received(receive, channel)
    channel.note("disconnected", message)


async def listens(
    scope: Message, receive: Receive, send: Send, channel: Any, accept: Optional[Message] = None
) -> None:
    """Accept, with these keys in the message, and listen."""
    await connected(scope, receive, channel)
    await send({"type": "websocket.accept", **(accept or {})})
    await listen(receive, channel)


async def listens_late(scope: Message, receive: Receive, send: Send, channel: Any) -> None:
    """Accept; listen only after the gate "listen"."""
    await connected(scope, receive, channel)
    await send(accept())
    await channel.agate("listen")
    await listen(receive, channel)


async def answers_late(scope: Message, receive: Receive, send: Send, channel: Any) -> None:
    """Take the first event after the gate "receive", accept after the gate "accept", and listen."""
    await channel.agate("receive")
    await connected(scope, receive, channel)
    await channel.agate("accept")
    channel.note("accepting")
    await send(accept())
    await listen(receive, channel)


async def echoes(scope: Message, receive: Receive, send: Send, channel: Any) -> None:
    """Accept, and send every message back until the end."""
    await connected(scope, receive, channel)
    await send(accept())
    message = await received(receive, channel)
    while not message["type"].endswith(".disconnect"):
        if message.get("text") is not None:
            await send(text(message["text"]))
        elif message.get("bytes") is not None:
            await send(binary(message["bytes"]))
        message = await received(receive, channel)


async def weighs(scope: Message, receive: Receive, send: Send, channel: Any) -> None:
    """Accept; note size and SHA-256 of one binary message."""
    await receive()
    await send(accept())
    message: Message = {}
    while "bytes" not in message and message.get("type") != "websocket.disconnect":
        message = await receive()
    data = message["bytes"]
    channel.note("weight", [len(data), hashlib.sha256(data).hexdigest()])


async def leaves_a_mark(scope: Message, receive: Receive, send: Send, channel: Any, mark: str) -> None:
    """Note the keys of the state, add one, and listen."""
    state = scope.get("state")
    channel.note("is dict", type(state) is dict)
    channel.note("keys", list(state or ()))
    if type(state) is dict:
        state[mark] = True
    await listens(scope, receive, send, channel)


async def answers_http(scope: Message, receive: Receive, send: Send, channel: Any) -> None:
    """Answer an HTTP request with 200 and nothing: a fence between two looks at a WebSocket."""
    await send({"type": "http.response.start", "status": 200, "headers": [[b"content-length", b"0"]]})
    await send({"type": "http.response.body", "body": b""})
