"""The lifespan of an application: startup before the first connection, shutdown after the last.

An application that raises before it has answered does not support the protocol: the server goes on without
it. Once it has answered, its end is logged and changes nothing; it then gets no shutdown event.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from compliance.interface import asgi
from compliance.reference.asgi import Message
from compliance.reference.errors import ApplicationError, log, log_exception

if TYPE_CHECKING:
    from compliance.reference.server import Server


class Lifespan:
    """The one lifespan call; `startup` and `shutdown` say whether all is well."""

    ending_seconds = 1.0  # for the application to return after its last message

    def __init__(self, server: Server) -> None:
        """Run the server's application once `startup` is called."""
        self.server = server
        self.events: asyncio.Queue[Message] = asyncio.Queue()
        self.started: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.stopped: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.task: asyncio.Task[None] | None = None
        self.supported = True
        self.cancelled = False

    async def startup(self) -> bool:
        """Call the application and wait for its answer to lifespan.startup; False if it failed."""
        self.task = asyncio.create_task(self.call())
        self.events.put_nowait(self.startup_event())
        stop = asyncio.create_task(self.server.stop_requested.wait())
        await asyncio.wait((self.started, stop), return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not self.started.done():
            self.cancel()
        if not await self.started:
            await self.end()
        return self.started.result()

    async def shutdown(self) -> bool:
        """Send lifespan.shutdown to an application that is there to hear it; False if it failed."""
        if self.task is None or self.task.done() or not self.supported:
            return True
        self.events.put_nowait(self.shutdown_event())
        well = await self.stopped
        await self.end()
        return well

    async def end(self) -> None:
        """Let the application return, and cancel it if it does not."""
        if self.task is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.task, self.ending_seconds)

    def cancel(self) -> None:
        """Do not wait for the application any longer."""
        self.cancelled = True
        if self.task is not None:
            self.task.cancel()

    async def call(self) -> None:
        """Run the application to its end, and draw the conclusion for whoever still waits."""
        scope = self.scope()
        self.conversation = asgi.conversation(scope)
        try:
            await self.call_application(scope)
        except BaseException as error:  # noqa: BLE001 - an application may raise anything
            self.on_exception(error)
        else:
            self.on_return()

    async def call_application(self, scope: dict[str, Any]) -> None:
        """Call the application and await its end."""
        await self.server.application(scope, self.receive, self.send)

    def on_exception(self, error: BaseException) -> None:
        """Before the answer to startup: not supported. While stopping: a failure."""
        if self.cancelled or (self.started.done() and isinstance(error, asyncio.CancelledError)):
            self.conclude(well=False)
            return
        if not self.started.done():
            self.supported = False
            log(f"the application does not support the lifespan protocol: {error!r}")
            self.started.set_result(True)
            return
        log_exception("the application's lifespan raised", error)
        self.conclude(well=False)

    def on_return(self) -> None:
        """An end without an answer is taken for one that all is well."""
        if not self.started.done():
            log("the application's lifespan returned without an answer to lifespan.startup")
        self.conclude(well=True)

    def conclude(self, *, well: bool) -> None:
        """Release whoever still waits for an answer."""
        for answer in (self.started, self.stopped):
            if not answer.done():
                answer.set_result(well)

    # The scope

    def scope(self) -> dict[str, Any]:
        """The scope of the lifespan call."""
        return {"type": "lifespan", **self.versions(), **self.state()}

    def versions(self) -> dict[str, Any]:
        """The versions of the interface: asgi."""
        return {"asgi": {"version": self.server.asgi_version, "spec_version": "2.0"}}

    def state(self) -> dict[str, Any]:
        """The empty namespace that requests get copies of: state."""
        return {"state": self.server.state}

    # receive

    async def receive(self) -> Message:
        """The next event: startup, and much later shutdown."""
        event = await self.events.get()
        self.conversation.advance("receive", event)
        return event

    def startup_event(self) -> Message:
        """lifespan.startup."""
        return {"type": "lifespan.startup"}

    def shutdown_event(self) -> Message:
        """lifespan.shutdown."""
        return {"type": "lifespan.shutdown"}

    # send

    async def send(self, message: Message) -> None:
        """Carry out one message; raises ApplicationError."""
        self.validate(message)
        name = message["type"].removeprefix("lifespan.").replace(".", "_")
        getattr(self, f"on_{name}")(message)

    def validate(self, message: Message) -> None:
        """Raise ApplicationError for a message that is not legal now."""
        for problem in self.conversation.judge("send", message):
            raise ApplicationError(problem.requirement, problem.text)
        self.conversation.advance("send", message)

    def on_startup_complete(self, _message: Message) -> None:
        """Let the server take connections."""
        self.started.set_result(True)

    def on_startup_failed(self, message: Message) -> None:
        """Log the reason and make the server exit."""
        self.report("startup", message)
        self.started.set_result(False)

    def on_shutdown_complete(self, _message: Message) -> None:
        """Let the server exit."""
        self.stopped.set_result(True)

    def on_shutdown_failed(self, message: Message) -> None:
        """Log the reason and let the server exit."""
        self.report("shutdown", message)
        if self.is_stopping() and not self.stopped.done():
            self.stopped.set_result(False)

    def is_stopping(self) -> bool:
        """Whether lifespan.shutdown has been sent."""
        return self.conversation.state["receive"] == "stopping"

    def report(self, phase: str, message: Message) -> None:
        """Log a failure with the application's words."""
        log(f"the application's {phase} failed: {message.get('message', '')}")
