"""WebSocket apps that call receive when no event may come: beside the app, so that it can go on.

"meanwhile" notes what that call has given by the time the host opens the gate "asked": None if it waits.
"""

import sys
from typing import Any, Callable, List, Union

from compliance.guest.apps.asgi_websocket import Message, Receive, Send, accept, connected, listen

Outcome = Union[Message, List[str], None]


class Call:
    """A call of receive beside the app; `outcome` is its event, or the classes of what it raised."""

    def __init__(self, receive: Receive) -> None:
        """Start the call on whichever event loop runs here."""
        self.outcome: Outcome = None
        trio = sys.modules.get("trio")
        if trio is not None and _runs(trio):
            trio.lowlevel.spawn_system_task(self._run, receive)
        else:
            import asyncio

            self.task = asyncio.ensure_future(self._run(receive))

    async def _run(self, receive: Receive) -> None:
        try:
            self.outcome = dict(await receive())
        except Exception as error:  # noqa: BLE001 - servers raise what they like
            self.outcome = [kind.__name__ for kind in type(error).__mro__]


def _runs(trio: Any) -> bool:
    try:
        trio.lowlevel.current_task()
    except RuntimeError:
        return False
    return True


async def _asks(receive: Callable[..., Any], channel: Any) -> Call:
    call = Call(receive)
    await channel.agate("asked")
    channel.note("meanwhile", call.outcome)
    return call


async def asks_before_accept(scope: Message, receive: Receive, send: Send, channel: Any) -> None:
    """Call receive a second time before accepting; accept, and stay until the gate "leave"."""
    await connected(scope, receive, channel)
    call = await _asks(receive, channel)
    await send(accept())
    await channel.agate("leave")
    channel.note("then", call.outcome)


async def asks_after_disconnect(scope: Message, receive: Receive, send: Send, channel: Any) -> None:
    """Accept, listen to the end, and call receive once more."""
    await connected(scope, receive, channel)
    await send(accept())
    await listen(receive, channel)
    await _asks(receive, channel)


async def asks_after_answer(
    scope: Message, receive: Receive, send: Send, channel: Any, messages: Any
) -> None:
    """Answer the handshake with these messages, and call receive."""
    await connected(scope, receive, channel)
    for message in messages:
        await send(message)
    await _asks(receive, channel)


async def listens_after_answer(
    scope: Message, receive: Receive, send: Send, channel: Any, messages: Any
) -> None:
    """Answer the handshake with these messages, and return when the disconnect has come."""
    await connected(scope, receive, channel)
    for message in messages:
        await send(message)
    await listen(receive, channel)
