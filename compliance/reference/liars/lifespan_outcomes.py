"""Lies about a lifespan in which something fails, and about events out of order."""

from __future__ import annotations

import asyncio
import os

from compliance.reference.asgi import Message
from compliance.reference.asgi_lifespan import Lifespan
from compliance.reference.asgi_websocket import WebSocketCycle
from compliance.reference.liar import liar
from compliance.reference.server import Server

# Startup fails


@liar(catches=["test_the_server_exits_when_startup_failed"])
class StaysAfterFailedStartup(Lifespan):
    """The server does not exit when startup has failed."""

    async def startup(self) -> bool:
        """Wait to be told to stop."""
        well = await super().startup()
        if not well:
            await self.server.stop_requested.wait()
        return well


@liar(
    catches=[
        "test_the_server_exits_when_startup_failed",
        "test_no_request_is_served_after_startup_failed",
        "test_an_exception_after_startup_failed_changes_nothing",
        "test_startup_can_fail_without_a_message",
    ]
)
class ServesAfterFailedStartup(Lifespan):
    """The server takes no notice of a failed startup, and serves."""

    def on_startup_failed(self, message: Message) -> None:
        """Log it, and go on."""
        self.report("startup", message)
        self.started.set_result(True)


@liar(catches=["test_the_message_of_a_failed_startup_is_logged"])
class SilentAboutStartup(Lifespan):
    """The message of a failed startup is not logged."""

    def report(self, phase: str, message: Message) -> None:
        """Only that of a failed shutdown."""
        if phase == "shutdown":
            super().report(phase, message)


@liar(catches=["test_startup_can_fail_without_a_message", "test_shutdown_can_fail_without_a_message"])
class NeedsMessage(Lifespan):
    """send raises a KeyError for a failure without a message."""

    def report(self, phase: str, message: Message) -> None:
        """Log it."""
        super().report(phase, {"message": message["message"]})


@liar(catches=["test_what_follows_a_failed_startup"])
class ShutdownAfterFailedStartup(Lifespan):
    """A lifespan whose startup failed gets lifespan.shutdown."""

    def on_startup_failed(self, message: Message) -> None:
        """Send it at once."""
        self.events.put_nowait(self.shutdown_event())
        super().on_startup_failed(message)


@liar(catches=["test_an_exception_after_startup_failed_changes_nothing"])
class ForgetsFailure(Lifespan):
    """An exception after startup.failed is taken for an application without lifespan."""

    def on_startup_failed(self, message: Message) -> None:
        """Let the application go on for a moment before exiting."""
        self.report("startup", message)
        asyncio.get_running_loop().call_later(0.1, self.give_up)

    def give_up(self) -> None:
        """Exit, unless the application has raised."""
        if not self.started.done():
            self.started.set_result(False)


# No support


@liar(
    catches=[
        "test_an_application_that_raises_on_a_lifespan_scope_is_served",
        "test_an_application_that_raises_on_startup_is_served",
    ]
)
class DemandsLifespan(Lifespan):
    """The server exits if the application does not support the lifespan protocol."""

    def on_exception(self, error: BaseException) -> None:
        """Take it for a failed startup."""
        if not self.started.done():
            self.started.set_result(False)
        super().on_exception(error)


@liar(catches=["test_an_application_without_lifespan_is_not_called_again"])
class CallsAgain(Lifespan):
    """An application that does not support the lifespan protocol is called once more."""

    def on_exception(self, error: BaseException) -> None:
        """Try again, once."""
        if not self.started.done():
            self.again = asyncio.create_task(self.call())
        super().on_exception(error)


@liar(
    catches=[
        "test_what_follows_a_lifespan_call_that_returns",
        "test_what_follows_a_lifespan_call_that_returns_on_startup",
    ]
)
class DemandsAnswer(Lifespan):
    """The server exits if the lifespan call returns without a word."""

    def on_return(self) -> None:
        """Take it for a failed startup."""
        self.conclude(well=self.started.done())


# The lifespan call ends while the server runs


@liar(catches=["test_what_follows_an_exception_after_startup"])
class DiesOfException(Lifespan):
    """The server exits if the lifespan call raises after startup."""

    def on_exception(self, error: BaseException) -> None:
        """At once, unless it is stopping."""
        if self.started.done() and not self.is_stopping():
            os._exit(1)
        super().on_exception(error)


@liar(catches=["test_what_follows_a_return_after_startup"])
class DiesOfReturn(Lifespan):
    """The server exits if the lifespan call returns after startup."""

    def on_return(self) -> None:
        """At once, unless it is stopping."""
        if self.started.done() and not self.is_stopping():
            os._exit(1)
        super().on_return()


# Shutdown


@liar(catches=["test_the_code_with_which_a_stopping_server_closes_a_websocket"], area="lifecycle")
class RestartsInWords(WebSocketCycle):
    """A server that stops closes its WebSockets with 1012, as if it came back."""

    shutdown_code = 1012


@liar(
    catches=[
        "test_shutdown_comes_after_the_running_requests",
        "test_shutdown_comes_after_the_end_of_websockets",
    ],
    interface="asgi",
)
class ShutdownBeforeConnections(Server):
    """lifespan.shutdown is sent soon after SIGTERM, while requests run and WebSockets are open."""

    async def finish_connections(self) -> None:
        """First the application's shutdown, when this has taken a while."""
        await asyncio.sleep(0.1)
        if self.lifespan is not None:
            await self.lifespan.shutdown()
        await super().finish_connections()


@liar(
    catches=[
        "test_shutdown_comes_after_the_running_requests",
        "test_shutdown_comes_after_the_end_of_websockets",
    ],
    interface="asgi",
)
class ShutdownBehindCloseFrames(Server):
    """lifespan.shutdown is sent when WebSockets have been told, and not when their connections are closed."""

    async def finish_connections(self) -> None:
        """Tell all, and do not wait for them."""
        for connection in list(self.connections):
            connection.shutdown()
        await asyncio.sleep(0.1)
        if self.lifespan is not None:
            await self.lifespan.shutdown()
        await super().finish_connections()


@liar(catches=["test_the_server_terminates_when_shutdown_failed"])
class StaysAfterFailedShutdown(Lifespan):
    """The server does not terminate when shutdown has failed."""

    async def shutdown(self) -> bool:
        """Hang, if the application has said that it failed."""
        well = await super().shutdown()
        if not well and self.conversation.state["send"] == "ended":
            await asyncio.Event().wait()
        return well


@liar(catches=["test_the_message_of_a_failed_shutdown_is_logged"])
class SilentAboutShutdown(Lifespan):
    """The message of a failed shutdown is not logged."""

    def report(self, phase: str, message: Message) -> None:
        """Only that of a failed startup."""
        if phase == "startup":
            super().report(phase, message)


@liar(catches=["test_an_exception_during_shutdown_does_not_hang_the_server"])
class HangsOfException(Lifespan):
    """The server waits for an answer to lifespan.shutdown although the application has raised."""

    def conclude(self, *, well: bool) -> None:
        """Not if the application has failed in answer to it."""
        if well or not self.is_stopping():
            super().conclude(well=well)


@liar(catches=["test_a_return_during_shutdown_does_not_hang_the_server"])
class HangsOfReturn(Lifespan):
    """The server waits for an answer to lifespan.shutdown although the application has returned."""

    def on_return(self) -> None:
        """Not if it was asked to shut down and has not answered."""
        if not self.is_stopping() or self.stopped.done():
            super().on_return()


# Events out of order


class Lenient(Lifespan):
    """Takes no notice of one kind of message that is not legal."""

    def ignores(self, kind: str) -> bool:
        """Whether it is this kind."""
        raise NotImplementedError

    async def send(self, message: Message) -> None:
        """Drop it."""
        if not self.ignores(message["type"]):
            await super().send(message)


@liar(catches=["test_an_unknown_lifespan_event_raises"])
class AcceptsUnknown(Lenient):
    """Messages of unknown types are ignored."""

    def ignores(self, kind: str) -> bool:
        """What is in no table."""
        return kind == "lifespan.nonsense"


@liar(catches=["test_an_early_shutdown_complete_raises"])
class AcceptsEarly(Lenient):
    """shutdown.complete is ignored before lifespan.shutdown."""

    def ignores(self, kind: str) -> bool:
        """What comes too early."""
        return kind == "lifespan.shutdown.complete" and not self.is_stopping()


@liar(catches=["test_a_second_startup_complete_raises"])
class AcceptsRepeated(Lenient):
    """startup.complete is ignored after the first one."""

    def ignores(self, kind: str) -> bool:
        """What comes again."""
        return kind == "lifespan.startup.complete" and self.started.done()


@liar(catches=["test_a_late_startup_failed_raises"])
class AcceptsLateFailure(Lenient):
    """startup.failed is ignored after startup is complete."""

    def ignores(self, kind: str) -> bool:
        """What comes too late."""
        return kind == "lifespan.startup.failed" and self.started.done()


@liar(catches=["test_what_follows_a_shutdown_failed_that_nobody_asked_for"])
class DiesOfFailedShutdown(Lifespan):
    """The server exits if shutdown.failed comes before lifespan.shutdown."""

    def on_shutdown_failed(self, message: Message) -> None:
        """At once, unless it is stopping."""
        if not self.is_stopping():
            os._exit(1)
        super().on_shutdown_failed(message)
