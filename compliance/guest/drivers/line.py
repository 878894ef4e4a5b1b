"""The driver's side of its lines to the host.

A driver has one line for commands (its `Control`), on which the host writes one encoded dict to a line:

    {"do": "play", "exchange": name, ...}     play one conversation; the keys are those of `asgi` and `wsgi`
    {"do": "open", "exchange": name, "gate": name}    open a gate that a conversation's script waits at
    {"do": "drop", "exchange": name}          nobody waits for this conversation any longer
    {"do": "stop"}                            end, after the shutdown of the lifespan

and one more line, an ordinary channel, for each conversation.
"""

import os
import socket
from typing import Any, Dict, Iterator

from compliance.guest.channel import Channel
from compliance.guest.tagged import decode

ONE_SHOT = "compliance: one-shot iterable"
WHOLE = 1 << 40


class Control(Channel):
    """A line that says hello as "driver" and then carries commands to us."""

    def __init__(self, name: str) -> None:
        """Connect as the driver instance `name`; raises OSError where the host is gone."""
        super().__init__(name, "driver")

    @property
    def socket(self) -> socket.socket:
        """The connection itself, for an event loop."""
        if self._line is None:
            raise OSError("the host is gone")
        return self._line

    def abandon(self) -> None:
        """Close this process's share of the connection, after a fork, and leave the parent's alone."""
        os.close(self.socket.detach())

    def commands(self) -> Iterator[Dict[str, Any]]:
        """Yield the commands as they come, until the host is gone."""
        with self.socket.makefile("rb") as lines:
            for line in lines:
                yield decode(line)


class Told(Channel):
    """A conversation's channel, which ends when the driver has told everything and not before."""

    def end(self) -> None:
        """Let the tap believe that the channel has ended."""

    def finish(self) -> None:
        """End the channel."""
        super().end()


def make(value: Any) -> Any:
    """Build the value that the host described: a one-shot iterable stands as `{ONE_SHOT: items}`."""
    if isinstance(value, dict):
        if set(value) == {ONE_SHOT}:
            return iter([make(item) for item in value[ONE_SHOT]])
        return {key: make(item) for key, item in value.items()}
    if isinstance(value, list):
        return [make(item) for item in value]
    return value
