"""Lies about a lifespan in which all goes well: its scope, its state, the order of its events."""

from __future__ import annotations

import asyncio
import copy
import socket
from typing import Any
from unittest import mock

from compliance.reference.asgi import Message
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.asgi_lifespan import Lifespan
from compliance.reference.liar import liar
from compliance.reference.server import Server


@liar(
    catches=[
        "test_the_application_is_called_with_one_lifespan_scope",
        "test_an_application_without_lifespan_is_not_called_again",
    ]
)
class CalledTwice(Lifespan):
    """The application is called with two lifespan scopes at once."""

    async def call_application(self, scope: dict[str, Any]) -> None:
        """Call it a second time, without ever sending an event."""
        call = self.server.application({**scope, "state": {}}, asyncio.Event().wait, self.send)
        self.second = asyncio.create_task(call)
        await super().call_application(scope)


class Elsewhere(Lifespan):
    """What the application sees of its place when it is called is wrong."""

    patched: str

    async def call_application(self, scope: dict[str, Any]) -> None:
        """Lie, but only until the event loop goes on."""
        asyncio.get_running_loop().call_soon(mock.patch.stopall)
        mock.patch(self.patched, return_value=object()).start()
        await super().call_application(scope)


@liar(catches=["test_requests_run_in_a_process_that_has_a_lifespan"])
class OtherProcess(Elsewhere):
    """The lifespan runs in another process than the requests."""

    patched = "os.getpid"


@liar(catches=["test_requests_run_in_a_thread_that_has_a_lifespan"])
class OtherThread(Elsewhere):
    """The lifespan runs in another thread than the requests."""

    patched = "threading.get_ident"


@liar(catches=["test_requests_run_in_the_event_loop_of_the_lifespan"])
class OtherLoop(Elsewhere):
    """The lifespan runs in another event loop than the requests."""

    patched = "asyncio.get_running_loop"


# The scope


@liar(catches=["test_the_scopes_type_is_lifespan"])
class OtherType(Lifespan):
    """The scope's type is no lifespan's."""

    async def call_application(self, scope: dict[str, Any]) -> None:
        """With a capital letter."""
        await super().call_application({**scope, "type": "Lifespan"})


@liar(catches=["test_the_scope_has_the_asgi_version"])
class NoVersion(Lifespan):
    """The scope says nothing about the version of ASGI."""

    def versions(self) -> dict[str, Any]:
        """Without version."""
        return {"asgi": {"spec_version": "2.0"}}


@liar(catches=["test_the_scopes_spec_version_is_a_str"])
class NumberAsVersion(Lifespan):
    """The scope's spec_version is a number."""

    def versions(self) -> dict[str, Any]:
        """A float."""
        return {"asgi": {"version": "3.0", "spec_version": 2.0}}


@liar(catches=["test_which_spec_version_the_scope_has"])
class VersionOfHttp(Lifespan):
    """The scope's spec_version is that of the HTTP specification."""

    def versions(self) -> dict[str, Any]:
        """As in a request."""
        return {"asgi": {"version": "3.0", "spec_version": "2.5"}}


@liar(
    catches=[
        "test_the_lifespan_call_outlives_the_requests",
        "test_shutdown_follows_when_the_server_is_told_to_stop",
        "test_keys_of_one_request_do_not_reach_others",
        "test_the_namespace_still_holds_its_values_at_shutdown",
        "test_the_server_waits_for_the_end_of_shutdown",
        "test_shutdown_comes_after_the_running_requests",
        "test_shutdown_comes_after_the_end_of_websockets",
        "test_the_message_of_a_failed_shutdown_is_logged",
        "test_shutdown_can_fail_without_a_message",
    ]
)
class CancelledAfterStartup(Lifespan):
    """The lifespan call is cancelled as soon as startup is complete, so that it sees no shutdown."""

    async def receive(self) -> Message:
        """The first event, and no more."""
        if self.started.done():
            raise asyncio.CancelledError
        return await super().receive()


# The state


@liar(catches=["test_the_state_is_an_empty_dict"])
class FilledState(Lifespan):
    """The server keeps something of its own in the state."""

    def state(self) -> dict[str, Any]:
        """Not empty."""
        self.server.state["server"] = "reference"
        return super().state()


@liar(
    catches=[
        "test_requests_have_a_state_if_the_lifespan_has_one",
        "test_each_request_gets_the_objects_of_the_state",
        "test_keys_of_one_request_do_not_reach_others",
    ],
    area="lifecycle",
)
class StateOfLifespanOnly(HTTPCycle):
    """Requests have no state, although the lifespan has one."""

    def state(self) -> dict[str, Any]:
        """None."""
        return {}


@liar(
    catches=[
        "test_whether_the_scope_has_a_state",
        "test_requests_have_a_state_if_the_lifespan_has_one",
        "test_each_request_gets_the_objects_of_the_state",
        "test_keys_of_one_request_do_not_reach_others",
        "test_the_namespace_still_holds_its_values_at_shutdown",
    ]
)
class StateOfRequestsOnly(Lifespan):
    """The lifespan has no state, although requests have one."""

    def state(self) -> dict[str, Any]:
        """None."""
        return {}


@liar(catches=["test_each_request_gets_the_objects_of_the_state"], area="lifecycle")
class DeepCopy(HTTPCycle):
    """Each request gets copies of the objects in the state."""

    def state(self) -> dict[str, Any]:
        """Copied to the bottom."""
        return {"state": copy.deepcopy(self.server.state)}


@liar(catches=["test_keys_of_one_request_do_not_reach_others"], area="lifecycle")
class SharedState(HTTPCycle):
    """All requests have the lifespan's own state."""

    def state(self) -> dict[str, Any]:
        """Not copied."""
        return {"state": self.server.state}


@liar(catches=["test_the_namespace_still_holds_its_values_at_shutdown"])
class ClearsState(Lifespan):
    """The state is emptied before shutdown."""

    def shutdown_event(self) -> Message:
        """Empty it first."""
        self.server.state.clear()
        return super().shutdown_event()


@liar(catches=["test_whether_requests_see_what_the_lifespan_adds_later"])
class EarlySnapshot(Lifespan):
    """Requests get copies of what was in the state when startup was complete."""

    def on_startup_complete(self, message: Message) -> None:
        """Keep a copy for them."""
        self.server.state = dict(self.server.state)
        super().on_startup_complete(message)


# The events


@liar(catches=["test_the_first_event_is_startup"])
class OtherFirstEvent(Lifespan):
    """The first event has another type."""

    async def receive(self) -> Message:
        """Not lifespan.startup."""
        event = await super().receive()
        return {"type": "lifespan.begin"} if event == self.startup_event() else event


@liar(
    catches=[
        "test_startup_is_delivered_once",
        "test_shutdown_comes_after_the_running_requests",
        "test_shutdown_comes_after_the_end_of_websockets",
    ]
)
class TwoStartups(Lifespan):
    """lifespan.startup is delivered twice."""

    def on_startup_complete(self, message: Message) -> None:
        """Once more."""
        self.events.put_nowait(self.startup_event())
        super().on_startup_complete(message)


@liar(catches=["test_whether_clients_can_connect_before_startup_is_complete"], interface="asgi")
class ListensEarly(Server):
    """Clients can connect while startup goes on."""

    def bind(self) -> socket.socket:
        """Listen at once."""
        listener = super().bind()
        listener.listen()
        return listener


@liar(
    catches=[
        "test_no_request_is_processed_before_startup_is_complete",
        "test_whether_clients_can_connect_before_startup_is_complete",
        "test_the_server_exits_when_startup_failed",
        "test_no_request_is_served_after_startup_failed",
        "test_an_exception_after_startup_failed_changes_nothing",
        "test_startup_can_fail_without_a_message",
    ]
)
class DoesNotWaitForStartup(Lifespan):
    """Requests are served while startup goes on."""

    async def startup(self) -> bool:
        """Begin, and wait for nothing."""
        self.task = asyncio.create_task(self.call())
        self.events.put_nowait(self.startup_event())
        return True


@liar(
    catches=[
        "test_requests_are_served_after_startup_is_complete",
        "test_an_application_that_raises_on_a_lifespan_scope_is_served",
        "test_an_application_that_raises_on_startup_is_served",
    ],
    area="lifecycle",
)
class NeverReady(HTTPCycle):
    """Every answer is 503, whatever the application says."""

    def put_start(self, length: int | None) -> None:
        """With another status."""
        self.start = {**(self.start or {}), "status": 503}
        super().put_start(length)


@liar(catches=["test_shutdown_follows_when_the_server_is_told_to_stop"])
class OtherLastEvent(Lifespan):
    """The last event has another type."""

    async def receive(self) -> Message:
        """Not lifespan.shutdown."""
        event = await super().receive()
        return {"type": "lifespan.stop"} if event == self.shutdown_event() else event


@liar(catches=["test_nothing_follows_shutdown"])
class TwoShutdowns(Lifespan):
    """lifespan.shutdown is delivered twice."""

    def shutdown_event(self) -> Message:
        """Once more, ahead of the one that is returned."""
        self.events.put_nowait(super().shutdown_event())
        return super().shutdown_event()


@liar(catches=["test_the_server_waits_for_the_end_of_shutdown"])
class DoesNotWaitForShutdown(Lifespan):
    """The server terminates when lifespan.shutdown has been received."""

    async def receive(self) -> Message:
        """Take the event's delivery for its answer."""
        event = await super().receive()
        if self.is_stopping() and not self.stopped.done():
            self.stopped.set_result(True)
        return event

    async def end(self) -> None:
        """Do not wait for the application either."""

    def on_shutdown_complete(self, message: Message) -> None:
        """Nobody waits for it."""
