"""ASGI apps that fail: before, in the middle of and after their response, and in ways of several kinds."""

from typing import Any, Callable, Dict

from compliance.guest.apps.asgi_http_response import fine
from compliance.guest.apps.default import read_body

Receive = Callable[..., Any]
Send = Callable[..., Any]


class OurError(Exception):
    """An error of the application."""


class OurOSError(OSError):
    """An error of the application that looks like one of the network."""


def _cancelled() -> BaseException:
    import asyncio

    return asyncio.CancelledError("compliance-secret")


ERRORS: Dict[str, Callable[[], BaseException]] = {
    "Exception": lambda: OurError("compliance-secret"),
    "OSError": lambda: OurOSError("compliance-secret"),
    "ConnectionResetError": lambda: ConnectionResetError("compliance-secret"),
    "TimeoutError": lambda: TimeoutError("compliance-secret"),
    "StopAsyncIteration": lambda: StopAsyncIteration("compliance-secret"),
    "CancelledError": _cancelled,
}


async def raises(
    scope: Dict[str, Any],
    receive: Receive,
    send: Send,
    channel: Any,
    before: Any = (),
    error: str = "Exception",
) -> None:
    """Send the messages `before`, then raise one of the ERRORS."""
    for message in before:
        await send(message)
    make = ERRORS[error]
    raise make()


async def raises_at_a_gate(
    scope: Dict[str, Any], receive: Receive, send: Send, channel: Any, before: Any
) -> None:
    """Send the messages `before`, wait at the gate "fail", then raise."""
    for message in before:
        await send(message)
    await channel.agate("fail")
    raise OurError("compliance-secret")


async def raises_after_the_body(scope: Dict[str, Any], receive: Receive, send: Send, channel: Any) -> None:
    """Read the request, then raise."""
    channel.note("body", await read_body(receive))
    raise OurError("compliance-secret")


async def raises_after_its_response(
    scope: Dict[str, Any], receive: Receive, send: Send, channel: Any
) -> None:
    """Answer 200 "fine", then raise."""
    await fine(scope, receive, send, channel)
    raise OurError("compliance-secret")


async def returns(
    scope: Dict[str, Any], receive: Receive, send: Send, channel: Any, before: Any = ()
) -> None:
    """Send the messages `before`, then return as if nothing was missing."""
    for message in before:
        await send(message)
