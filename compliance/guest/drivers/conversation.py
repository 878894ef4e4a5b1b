"""One conversation of a perfect ASGI server with an application, as the host describes it.

A plan has these keys:

    scope      the scope; `make` builds it
    state      whether the scope gets a copy of the lifespan's namespace, if there is one
    steps      messages for `receive`, each {"message", "when": condition}
    end        what `receive` gives after the steps, again and again: {"message", "when": condition}, or None
               for the message of that type of scope which says that the connection has ended
    pauses     {number of a send: name of the gate at which it waits before it returns}
    gone       from this condition on, `send` raises an OSError: the client is gone; None for never
    cancel     at this condition, the application's task is cancelled; None for never

A condition is None (at once), "never", {"sends": n} (the application has sent n messages), {"gate": name}
(the host has opened it) or {"finished": True} (the response is complete, or the application has closed
the WebSocket).

Of what the application sends by an extension of HTTP responses these are noted: `file` with the content of a
file, `descriptor` for an open file with whether it has a descriptor, and at the end `left open` with the
number of open files that the application has not closed.
"""

import asyncio
import os
import traceback
from pathlib import Path
from typing import Any, Dict, List, Optional, Set

from compliance.guest import tap
from compliance.guest.drivers.line import WHOLE, Told, make

Message = Dict[str, Any]
Plan = Dict[str, Any]

# The messages that end a response, each with the key that says whether more of them come.
_ENDS = {
    "http.response.body": "more_body",
    "http.response.zerocopysend": "more_body",
    "http.response.pathsend": "",
    "websocket.http.response.body": "more_body",
}


class ClientGone(OSError):
    """What `send` raises when the client is gone."""


class Conversation:
    """One call of the application, with the receive and send that it gets."""

    def __init__(self, plan: Plan, channel: Told) -> None:
        """A conversation of which nothing has been played."""
        self._plan = plan
        self._channel = channel
        self._kind = str(plan["scope"].get("type", "http"))
        self._delivered = 0
        self._receiving = asyncio.Lock()
        self._waiters: "List[asyncio.Future[None]]" = []
        self.sends = 0
        self.finished = False
        self._trailers = False  # whether they are to come
        self._files: List[Any] = []
        self._code: Optional[int] = None
        self.gates: Set[str] = set()

    # Conditions

    def _holds(self, condition: Any) -> bool:
        if condition is None:
            return True
        if condition == "never":
            return False
        return (
            self.sends >= condition.get("sends", self.sends + 1)
            or condition.get("gate") in self.gates
            or (self.finished and condition.get("finished", False))
        )

    async def until(self, condition: Any) -> None:
        """Wait until the condition holds."""
        while not self._holds(condition):
            await self._change()

    async def _change(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await waiter

    def changed(self) -> None:
        """Something that a condition may depend on has changed."""
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    # What the application gets

    async def receive(self) -> Message:
        """Give the next message once its condition holds; cancelling loses nothing."""
        async with self._receiving:
            step = self._step()
            if not self._holds(step["when"]):
                self._channel.note("waiting")
            while not self._holds(step["when"]):
                await self._change()
                step = self._step()
            self._delivered += any(step is one for one in self._plan["steps"])
            if step["message"] is None:
                return self._disconnect()
            return dict(make(step["message"]))

    def _step(self) -> Plan:
        """What comes next: after the application has closed the WebSocket, nothing but the disconnect."""
        steps: List[Plan] = self._plan["steps"]
        if self._kind == "websocket" and self.finished:
            return {"message": None, "when": None}
        if self._delivered < len(steps):
            return steps[self._delivered]
        end: Plan = self._plan["end"]
        return end

    def _disconnect(self) -> Message:
        message: Message = {"type": self._kind + ".disconnect"}
        if self._kind == "websocket":
            message.update(code=1006 if self._code is None else self._code, reason="")
        return message

    async def send(self, message: Message) -> None:
        """Take a message; raises ClientGone from the condition `gone` on."""
        number = self.sends
        gate = self._plan["pauses"].get(number)
        if gate is not None:
            await self.until({"gate": gate})
        if self._plan["gone"] is not None and self._holds(self._plan["gone"]):
            raise ClientGone("the client is gone")
        if isinstance(message, dict):
            self._read(message)
            self._follow(message)
        self.sends += 1
        self.changed()

    def _read(self, message: Message) -> None:
        """Note what is in a file that is to be sent; raises OSError."""
        if message.get("type") == "http.response.pathsend":
            self._channel.note("file", Path(message["path"]).read_bytes())
        elif message.get("type") == "http.response.zerocopysend":
            file = message["file"]
            self._files.append(file)
            self._channel.note("descriptor", _has_descriptor(file))
            self._channel.note("file", _part(file, message.get("offset"), message.get("count")))

    def _follow(self, message: Message) -> None:
        kind = message.get("type")
        if kind == "websocket.close":
            self._code = message.get("code", 1000)
            self.finished = True
        elif kind == "http.response.start":
            offered = "http.response.trailers" in (self._plan["scope"].get("extensions") or {})
            self._trailers = offered and message.get("trailers", False)
        elif kind == "http.response.trailers":
            self.finished = self._trailers and not message.get("more_trailers", False)
        elif kind in _ENDS and not message.get(_ENDS[kind], False):
            self.finished = not self._trailers

    # The whole

    async def play(self, app: Any, state: Optional[Dict[str, Any]]) -> None:
        """Call the application and report how it went."""
        scope = make(self._plan["scope"])
        if state is not None and self._plan["state"]:
            scope["state"] = state
        before = dict(scope)
        watcher = self._watch_cancel()
        try:
            await tap.asgi(app, scope, self.receive, self.send, self._channel, WHOLE)
        except BaseException:  # noqa: BLE001 - a server outlives its application
            traceback.print_exc()
        finally:
            if watcher is not None:
                watcher.cancel()
            self._report(before, scope)

    def _watch_cancel(self) -> "Optional[asyncio.Future[None]]":
        """Cancel the application's task when the plan says so."""
        if self._plan["cancel"] is None:
            return None
        task = asyncio.current_task()

        async def watch() -> None:
            await self.until(self._plan["cancel"])
            if task is not None:
                self._channel.note("cancelled")
                task.cancel()

        return asyncio.ensure_future(watch())

    def _report(self, before: Dict[str, Any], after: Dict[str, Any]) -> None:
        names = [name for name in {**before, **after} if before.get(name, self) is not after.get(name, self)]
        if names:
            self._channel.note("scope changed", sorted(map(str, names)))
        if self._files:
            self._channel.note("left open", sum(not file.closed for file in self._files))
        self._channel.note("over", {"undelivered": len(self._plan["steps"]) - self._delivered})
        self._channel.finish()


def _has_descriptor(file: Any) -> bool:
    try:
        return isinstance(file.fileno(), int)
    except Exception:  # noqa: BLE001 - it may be anything
        return False


def _part(file: Any, offset: Optional[int], count: Optional[int]) -> bytes:
    """What is in a file from `offset`, or from its position: `count` bytes, or all; raises OSError."""
    begin = os.lseek(file.fileno(), 0, os.SEEK_CUR) if offset is None else offset
    rest = os.fstat(file.fileno()).st_size - begin
    return os.pread(file.fileno(), max(0, rest if count is None else min(rest, count)), begin)
