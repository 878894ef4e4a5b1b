"""ASGI apps that answer in the ways a server must be able to carry to the wire."""

from typing import Any, Callable, Dict

Send = Callable[..., Any]


async def two_parts_with_a_gate(scope: Dict[str, Any], receive: Any, send: Send, channel: Any) -> None:
    """Send "one", wait at the gate "first part read", send "two"."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"6")]})
    await send({"type": "http.response.body", "body": b"one", "more_body": True})
    await channel.agate("first part read")
    await send({"type": "http.response.body", "body": b"two"})


async def says(scope: Dict[str, Any], receive: Any, send: Send, channel: Any, messages: Any) -> None:
    """Send these messages, one after the other; note the name of what `send` raised, if it did."""
    for message in messages:
        try:
            await send(message)
        except Exception as error:
            channel.note("send raised", type(error).__name__)
            raise
        channel.note("sent", message["type"])
