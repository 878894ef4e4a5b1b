"""ASGI apps that use extensions of HTTP responses, and the messages of those."""

import io
from typing import Any, Callable, Dict, List, Sequence, Tuple

from compliance.guest.apps.asgi_http_response import attempt

Message = Dict[str, Any]
Receive = Callable[..., Any]
Send = Callable[..., Any]


def trailers(*fields: Tuple[bytes, bytes], **more: Any) -> Message:
    """An http.response.trailers message."""
    return {"type": "http.response.trailers", "headers": [list(pair) for pair in fields], **more}


def hint(*links: bytes) -> Message:
    """An http.response.early_hint message."""
    return {"type": "http.response.early_hint", "links": list(links)}


def file(**more: Any) -> Message:
    """An http.response.zerocopysend message; `tries` puts its open file into it."""
    return {"type": "http.response.zerocopysend", "file": None, **more}


def path(name: str) -> Message:
    """An http.response.pathsend message."""
    return {"type": "http.response.pathsend", "path": name}


def push(name: str) -> Message:
    """An http.response.push message."""
    return {"type": "http.response.push", "path": name, "headers": []}


def debug() -> Message:
    """An http.response.debug message."""
    return {"type": "http.response.debug", "info": {"compliance": "debug"}}


async def tries(
    scope: Message,
    receive: Receive,
    send: Send,
    channel: Any,
    *,
    messages: Sequence[Any],
    opens: str = "",
    position: int = 0,
    lazy: Sequence[str] = (),
) -> None:
    """Note the scope, and send all the messages whatever `send` raises; note as "outcome" what each met.

    Text among them is the name of a gate to wait at. The file `opens` is open, at this position, meanwhile;
    whether it still is at the end is noted too. The values of the keys `lazy` are sent as iterators.
    """
    channel.note("scope", dict(scope))
    source = _opened(opens, position) if opens else None
    for message in messages:
        if isinstance(message, str):
            await channel.agate(message)
        else:
            channel.note("outcome", await attempt(send, _filled(message, source, lazy)))
    if source is not None:
        channel.note("open", not source.closed)
        source.close()


def _opened(name: str, position: int) -> Any:
    source = io.open(name, "rb")  # noqa: SIM115 - closed by the app
    source.seek(position)
    return source


def _filled(message: Message, source: Any, lazy: Sequence[str]) -> Message:
    filled = {key: iter(value) if key in lazy else value for key, value in message.items()}
    return {**filled, "file": source} if "file" in message else filled


async def leaves_late(
    scope: Message, receive: Receive, send: Send, channel: Any, messages: List[Message], opens: str = ""
) -> None:
    """Wait for the disconnect, then do as `tries` does."""
    while (await receive())["type"] != "http.disconnect":
        pass
    await tries(scope, receive, send, channel, messages=messages, opens=opens)
