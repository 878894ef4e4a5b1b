"""ASGI apps whose client leaves: what `receive` tells them then, and what becomes of their `send`."""

from typing import Any, Callable, Dict

from compliance.guest.apps.asgi_http_response import attempt, body
from compliance.guest.apps.default import read_body

Receive = Callable[..., Any]
Send = Callable[..., Any]


async def waits(
    scope: Dict[str, Any], receive: Receive, send: Send, channel: Any, before: Any = (), times: int = 1
) -> None:
    """Read the request, send the messages `before`, then note the next `times` messages of `receive`."""
    await read_body(receive)
    for message in before:
        await send(message)
    channel.note("waiting")
    for _ in range(times):
        channel.note("received", await receive())


async def asks_late(scope: Dict[str, Any], receive: Receive, send: Send, channel: Any) -> None:
    """Read the request, wait at the gate "left", then note the next message of `receive`."""
    await read_body(receive)
    await channel.agate("left")
    channel.note("received", await receive())


async def reads(scope: Dict[str, Any], receive: Receive, send: Send, channel: Any) -> None:
    """Note every message of `receive` until the last of the request's body, or the disconnect."""
    more = True
    while more:
        message = await receive()
        channel.note("received", message)
        more = message.get("more_body", False)


async def sends_afterwards(
    scope: Dict[str, Any], receive: Receive, send: Send, channel: Any, before: Any = (), late: Any = ()
) -> None:
    """Wait for the disconnect, then send the messages `late`; note what each met, and the spec_version."""
    channel.note("spec_version", scope["asgi"].get("spec_version", "2.0"))
    await waits(scope, receive, send, channel, before)
    for message in late:
        channel.note("outcome", await attempt(send, message))


async def sends_until_it_raises(
    scope: Dict[str, Any], receive: Receive, send: Send, channel: Any, before: Any = ()
) -> None:
    """Wait for the disconnect, then send ten parts; whatever `send` raises leaves the application."""
    await waits(scope, receive, send, channel, before)
    for _ in range(10):
        await send(body(b"late", True))
    channel.note("nothing was raised")


async def sends_without_listening(
    scope: Dict[str, Any], receive: Receive, send: Send, channel: Any, before: Any, count: int
) -> None:
    """Send `before`, wait at the gate "left", send up to `count` parts until one raises, then receive."""
    await read_body(receive)
    for message in before:
        await send(message)
    await channel.agate("left")
    raised, sent = None, 0
    while raised is None and sent < count:
        raised, sent = await attempt(send, body(b"late", True)), sent + 1
    channel.note("sent", {"raised": raised and raised[0], "parts": sent})
    channel.note("received", await receive())


async def answers_at_a_gate(scope: Dict[str, Any], receive: Receive, send: Send, channel: Any) -> None:
    """Read the request, wait at the gate "answer", then answer; note what each message met."""
    await read_body(receive)
    await channel.agate("answer")
    headers = [[b"content-length", b"6"]]
    messages: Any = [{"type": "http.response.start", "status": 200, "headers": headers}, body(b"answer")]
    for message in messages:
        channel.note("outcome", await attempt(send, message))
