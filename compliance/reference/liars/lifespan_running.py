"""Lies about what runs beside the requests, and about signals that come early or find streams."""

from __future__ import annotations

import asyncio
import contextvars
import time
from typing import Any

from compliance.reference.asgi import Message
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.asgi_lifespan import Lifespan
from compliance.reference.liar import liar
from compliance.reference.server import Server


@liar(catches=["test_a_task_that_startup_began_runs_on"])
class CancelsTasks(Lifespan):
    """Tasks that the application began are cancelled when startup is complete."""

    async def call_application(self, scope: dict[str, Any]) -> None:
        """Remember those that are the server's."""
        self.own = asyncio.all_tasks()
        await super().call_application(scope)

    def on_startup_complete(self, message: Message) -> None:
        """Cancel the others, but for the one that says so."""
        for task in asyncio.all_tasks() - self.own - {asyncio.current_task()}:
            task.cancel()
        super().on_startup_complete(message)


@liar(catches=["test_what_follows_a_signal_during_startup"])
class GoesOnStarting(Lifespan):
    """A signal during startup waits until the application has answered."""

    async def startup(self) -> bool:
        """Take no notice of it yet."""
        self.task = asyncio.create_task(self.call())
        self.events.put_nowait(self.startup_event())
        return await self.started


@liar(catches=["test_an_open_response_does_not_keep_the_server_from_stopping"], area="lifecycle")
class HangsOfStreams(HTTPCycle):
    """A server that is told to stop while a response is streamed hangs when its client leaves."""

    async def on_return(self) -> None:
        """Do nothing for an hour, unless the response is complete."""
        if self.server.stopping and not self.response.complete:
            time.sleep(3600)  # noqa: ASYNC251 - nothing else is to happen
        await super().on_return()


class KeepsContext(Lifespan):
    """The context of the lifespan call is kept for requests."""

    def on_startup_complete(self, message: Message) -> None:
        """Take a copy of it."""
        vars(self.server)["context"] = contextvars.copy_context()
        super().on_startup_complete(message)


class InContext(HTTPCycle):
    """The application is called in the context that was kept."""

    async def call_application(self, scope: dict[str, Any]) -> None:
        """In a task of its own."""
        call = super().call_application(scope)
        await asyncio.create_task(call, context=vars(self.server).get("context"))


@liar(
    catches=["test_whether_requests_see_context_variables_of_the_lifespan"],
    interface="asgi",
    area="lifecycle",
)
class SharesContext(Server):
    """Requests run in copies of the context of the lifespan."""

    lifespan_class = KeepsContext
    http_cycle_class = InContext
