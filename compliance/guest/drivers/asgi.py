"""A perfect ASGI server around an application: one event loop, its lifespan, and the host's conversations."""

import asyncio
from typing import Any, Callable, Dict, Optional

from compliance.guest.drivers.conversation import Conversation, Plan
from compliance.guest.drivers.line import Control, Told
from compliance.guest.tagged import decode


def _lifespan_plan(state: Optional[Dict[str, Any]]) -> Plan:
    scope: Dict[str, Any] = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}}
    return {
        "exchange": "lifespan",
        "scope": scope,
        "state": state is not None,
        "steps": [
            {"message": {"type": "lifespan.startup"}, "when": None},
            {"message": {"type": "lifespan.shutdown"}, "when": {"gate": "shutdown"}},
        ],
        "end": {"message": None, "when": "never"},
        "pauses": {},
        "gone": None,
        "cancel": None,
    }


class Driver:
    """The conversations of one event loop, and the lifespan around them."""

    def __init__(self, app: Any, name: str, *, lifespan: bool, state: bool) -> None:
        """A driver of the application; `state` is whether lifespan and requests share a namespace."""
        self._app = app
        self._name = name
        self._lifespan = lifespan
        self._state: Optional[Dict[str, Any]] = {} if state and lifespan else None
        self._playing: Dict[str, Conversation] = {}
        self._tasks: "Dict[str, asyncio.Task[None]]" = {}

    def _start(self, plan: Plan, state: Optional[Dict[str, Any]]) -> Conversation:
        name = plan["exchange"]
        channel = Told(name, plan["scope"].get("type") or "scope")
        conversation = Conversation(plan, channel)
        self._playing[name] = conversation
        self._tasks[name] = asyncio.ensure_future(conversation.play(self._app, state))
        self._tasks[name].add_done_callback(lambda _: self._forget(name))
        return conversation

    def _forget(self, name: str) -> None:
        self._playing.pop(name, None)
        self._tasks.pop(name, None)

    async def run(self) -> None:
        """Start up, follow the host's commands until it says stop or is gone, and shut down."""
        if self._lifespan:
            await self._start_up()
        control = Control(self._name)
        reader, _writer = await asyncio.open_connection(sock=control.socket, limit=1 << 30)
        while True:
            line = await reader.readline()
            if not line or not self._obey(decode(line)):
                break
        await self._shut_down()

    def _obey(self, command: Dict[str, Any]) -> bool:
        orders: Dict[str, Callable[[Dict[str, Any]], Any]] = {
            "play": lambda plan: self._start(plan, None if self._state is None else dict(self._state)),
            "open": self._open,
            "drop": self._drop,
        }
        if command["do"] == "stop":
            return False
        orders[command["do"]](command)
        return True

    def _open(self, command: Dict[str, Any]) -> None:
        conversation = self._playing.get(command["exchange"])
        if conversation is not None:
            conversation.gates.add(command["gate"])
            conversation.changed()

    def _drop(self, command: Dict[str, Any]) -> None:
        task = self._tasks.get(command["exchange"])
        if task is not None:
            task.cancel()

    async def _start_up(self) -> None:
        plan = dict(_lifespan_plan(self._state), exchange=self._name + ".lifespan")
        conversation = self._start(plan, self._state)
        task = self._tasks[plan["exchange"]]
        started = asyncio.ensure_future(conversation.until({"sends": 1}))
        await asyncio.wait([task, started], return_when=asyncio.FIRST_COMPLETED)
        started.cancel()

    async def _shut_down(self) -> None:
        name = self._name + ".lifespan"
        task = self._tasks.get(name)
        if task is not None:
            self._open({"exchange": name, "gate": "shutdown"})
            await task


def drive(app: Any, name: str, *, lifespan: bool, state: bool) -> None:
    """Play the host's conversations to an ASGI application on one event loop, until it says stop."""
    asyncio.run(Driver(app, name, lifespan=lifespan, state=state).run())
