"""Lies about what belongs to one request: its scope, its call, its place on the connection."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

import h11

from compliance.reference.asgi import Message
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.connection import Connection
from compliance.reference.errors import ApplicationError
from compliance.reference.liar import liar
from compliance.reference.liars.websocket_close import LeavesOpen
from compliance.reference.request import Request


async def _nothing(_message: Any) -> None:
    """A send that goes nowhere."""


@liar(catches=["test_a_scope_shows_nothing_of_the_connections_last_request"])
class ScopeOfTheConnection(HTTPCycle):
    """All requests of a connection get the same dict as scope."""

    def scope(self) -> dict[str, Any]:
        """That of the connection, with the keys of this request."""
        kept = self.connection.__dict__.setdefault("scope", {})
        kept.update(super().scope())
        return kept  # type: ignore[no-any-return]


@liar(
    catches=[
        "test_a_scope_shows_nothing_of_other_connections",
        "test_a_scope_shows_nothing_of_the_connections_last_request",
        "test_requests_at_the_same_time_keep_their_scopes_apart",
        "test_a_response_waits_for_the_one_before_it",
    ]
)
class ScopeOfTheServer(HTTPCycle):
    """All requests get the same dict as scope."""

    kept: ClassVar[dict[str, Any]] = {}

    def scope(self) -> dict[str, Any]:
        """That of the server, with the keys of this request."""
        self.kept.update(super().scope())
        return self.kept


@liar(catches=["test_state_shows_nothing_of_other_requests"])
class SharedState(HTTPCycle):
    """All requests share one state."""

    def state(self) -> dict[str, Any]:
        """The namespace itself."""
        return {"state": self.server.state}


@liar(catches=["test_the_dicts_in_a_scope_that_later_requests_share"])
class SharedVersions(HTTPCycle):
    """All requests share one asgi dict."""

    shared: ClassVar[dict[str, str]] = {"version": "3.0", "spec_version": "2.5"}

    def versions(self) -> dict[str, Any]:
        """Always the same object."""
        return {"asgi": self.shared}


@liar(
    catches=[
        "test_each_request_of_a_connection_has_a_scope_of_its_own",
        "test_a_body_that_comes_late_is_no_request",
        "test_a_body_that_nobody_read_is_no_request",
        "test_pipelined_requests_are_answered_in_order",
    ]
)
class FirstPathOfTheConnection(HTTPCycle):
    """The path of the first request of a connection stays that of all."""

    def target(self) -> dict[str, Any]:
        """The first path."""
        target = super().target()
        return {**target, "path": self.connection.__dict__.setdefault("path", target["path"])}


class _Twice(HTTPCycle):
    """What the lies about calls have in common: some requests call the application twice."""

    def again(self, rest: bytes) -> bool:
        """The lie; `rest` is what has come after the request."""
        raise NotImplementedError

    async def call_application(self, scope: dict[str, Any]) -> None:
        """Call it, and perhaps once more, with nobody at the other end."""
        protocol = self.connection.protocol
        await super().call_application(scope)
        if self.again(protocol.trailing_data[0]):
            self.gone = True
            await self.server.application(scope, self.receive, _nothing)


@liar(catches=["test_a_request_is_one_call"])
class PutIsTwoCalls(_Twice):
    """PUT calls the application twice."""

    def again(self, rest: bytes) -> bool:  # noqa: ARG002
        """For PUT."""
        return self.request.method == "PUT"


@liar(catches=["test_each_pipelined_request_is_one_call"])
class PipelinedIsTwoCalls(_Twice):
    """A request calls the application twice if the next one is waiting already."""

    def again(self, rest: bytes) -> bool:
        """If the next one has come."""
        return rest.startswith(b"GET ")


@liar(
    catches=["test_the_application_is_called_once_the_head_is_complete"],
    area="asgi_server",
    interface="asgi",
)
class HalfAHeadIsARequest(Connection):
    """The head of a GET request ends with any line that is the last to have come."""

    def skip_empty_lines(self, data: bytes) -> bytes:
        """With an empty line, where there is none."""
        rest = super().skip_empty_lines(data)
        half = rest.startswith(b"GET ") and rest.endswith(b"\r\n") and b"\r\n\r\n" not in rest
        return rest + b"\r\n" if half else rest


@liar(
    catches=["test_a_connection_alone_does_not_call_the_application"],
    area="asgi_server",
    interface="asgi",
)
class SilenceIsARequest(Connection):
    """A client that is still silent when a fence is made calls the application."""

    heard = False

    async def read_request(self) -> Request | None:
        """Call the application for those who have said nothing while a fence is made, which is alone."""
        request = await super().read_request()
        if request is not None and request.raw_path == b"/fence":
            await self.turns()  # what they have said already may still be on its way
            for other in self.server.connections - {self}:
                self.begin_for(other)
            await self.turns()
        return request

    def begin_for(self, other: object) -> None:
        """Call the application for a client that has said nothing."""
        if isinstance(other, SilenceIsARequest) and not other.heard and other.stream.empty:
            other.heard = True
            silent = Request("GET", b"/", b"", "1.1", [], None, None)
            self.server.spawn(self.server.http_cycle_class(other, silent).call())

    async def turns(self) -> None:
        """Let everybody else have some turns."""
        for _ in range(10):
            await asyncio.sleep(0)

    def skip_empty_lines(self, data: bytes) -> bytes:
        """Note that this client has spoken."""
        self.heard = True
        return super().skip_empty_lines(data)


@liar(
    catches=[
        "test_a_scope_lasts_while_the_response_is_held_open",
        "test_no_disconnect_while_the_client_stays",
    ]
)
class StartedIsDisconnected(HTTPCycle):
    """receive() gives a disconnect when the response has begun."""

    def is_disconnected(self) -> bool:
        """Before the client closes."""
        return self.response.started or super().is_disconnected()


@liar(
    catches=["test_pipelined_requests_are_answered_in_order", "test_a_response_waits_for_the_one_before_it"],
    area="asgi_server",
    interface="asgi",
)
class SwappedResponses(Connection):
    """The first of several pipelined requests is answered after the second."""

    kept = b""

    async def flush(self) -> None:
        """Keep the first response until the second is there."""
        rest = self.protocol.trailing_data[0]
        if not self.kept and rest.startswith((b"GET /1", b"POST /quick")) and self.response.complete:
            self.kept, self.response.pending = self.response.pending, b""
        else:
            self.response.pending += self.kept
            self.kept = b""
            await super().flush()


@liar(
    catches=["test_a_body_that_nobody_read_is_no_request", "test_a_body_that_comes_late_is_no_request"],
    area="asgi_server",
    interface="asgi",
)
class UnreadBodyIsARequest(Connection):
    """What the application has not read of a body is taken for the next request."""

    async def recycle(self) -> bool:
        """Start again wherever the client is."""
        if self.protocol.their_state is not h11.SEND_BODY or self.protocol.our_state is not h11.DONE:
            return await super().recycle()
        self.stream.put_back(self.protocol.trailing_data[0])
        return True


@liar(catches=["test_a_scope_stays_as_it_was_handed_over"])
class LateKeys(HTTPCycle):
    """A key comes into the scope when the body of the request has come."""

    handed_over: dict[str, Any]

    def scope(self) -> dict[str, Any]:
        """And remember it."""
        self.handed_over = super().scope()
        return self.handed_over

    def body(self, data: bytes, more_body: bool) -> Message:
        """With its length in the scope."""
        self.handed_over["compliance.length"] = len(data)
        return super().body(data, more_body)


@liar(catches=["test_an_error_is_noticed_after_one_at_the_accept_of_another"])
class LooksAway(LeavesOpen):
    """Once an application has accepted what was not offered, no error ends a connection any more."""

    def check_subprotocol(self, subprotocol: str | None) -> None:
        """The last time that anything is noticed."""
        try:
            super().check_subprotocol(subprotocol)
        except ApplicationError:
            vars(self.server)["looks_away"] = True
            raise

    async def on_error(self) -> None:
        """Wait for the client."""
        if self.frames is not None and "looks_away" in vars(self.server):
            await self.wait_for_the_client()
        await super().on_error()
