"""Lies about what runs beside the requests, about several processes, and about a signal that comes early."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from typing import Any

from compliance.reference.asgi import Message
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.asgi_lifespan import Lifespan
from compliance.reference.asgi_websocket import WebSocketCycle
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


class OtherProcesses(Server):
    """All worker processes but one are treated in another way: they get `other_lifespan_class`."""

    other_lifespan_class: type[Lifespan]

    def bind(self) -> socket.socket:
        """Leave one token for the processes that will be forked."""
        if self.listener is None:
            self.tokens, ends = os.pipe()
            os.set_blocking(self.tokens, False)
            os.write(ends, b"1")
        return super().bind()

    def run(self) -> int:
        """Be the other kind of process if the token is taken."""
        try:
            os.read(self.tokens, 1)
        except BlockingIOError:
            self.lifespan_class = self.other_lifespan_class
        except AttributeError:  # no workers: bound later, in this process
            pass
        return super().run()


class Absent(Lifespan):
    """No lifespan at all."""

    async def startup(self) -> bool:
        """All is well without it."""
        return True


class NeverShutDown(Lifespan):
    """A lifespan that gets no lifespan.shutdown."""

    async def shutdown(self) -> bool:
        """All is well without it."""
        return True


@liar(catches=["test_each_of_several_processes_has_its_lifespan"], interface="asgi")
class LifespanInOneProcess(OtherProcesses):
    """Of several worker processes only one runs the lifespan."""

    other_lifespan_class = Absent


@liar(catches=["test_each_of_several_processes_is_shut_down"], interface="asgi")
class ShutdownInOneProcess(OtherProcesses):
    """Of several worker processes only one sends lifespan.shutdown."""

    other_lifespan_class = NeverShutDown


@liar(catches=["test_an_open_response_does_not_keep_the_server_from_stopping"], area="lifecycle")
class HangsOfStreams(HTTPCycle):
    """A server that is told to stop while a response is streamed hangs when its client leaves."""

    async def on_return(self) -> None:
        """Do nothing for an hour, unless the response is complete."""
        if self.server.stopping and not self.response.complete:
            time.sleep(3600)  # noqa: ASYNC251 - nothing else is to happen
        await super().on_return()


@liar(catches=["test_how_an_open_websocket_ends_when_the_server_stops"], area="lifecycle")
class ClosesNormally(WebSocketCycle):
    """Open WebSockets are closed with 1000 when the server stops."""

    shutdown_code = 1000
