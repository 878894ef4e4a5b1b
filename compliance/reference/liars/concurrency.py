"""Lies about requests at the same time: servers that serialise, let too many in, or mix requests up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any, ClassVar

from compliance.reference.asgi import Message
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.connection import Connection
from compliance.reference.liar import liar
from compliance.reference.request import Request
from compliance.reference.wsgi import WSGICycle


@liar(
    catches=[
        "test_as_many_blocking_requests_as_promised_meet",
        "test_as_many_blocking_sleeps_as_promised_overlap",
        "test_a_blocking_request_does_not_delay_another_one",
    ],
    area="http_server",
)
class OneThread(WSGICycle):
    """The application is called for one request after the other."""

    turn: ClassVar[threading.Lock] = threading.Lock()

    def work(self) -> None:
        """When it is its turn."""
        with self.turn:
            super().work()


@liar(
    catches=[
        "test_as_many_awaiting_requests_as_promised_meet",
        "test_as_many_awaited_sleeps_as_promised_overlap",
        "test_an_awaiting_request_does_not_delay_another_one",
    ],
    area="http_server",
)
class OneTask(HTTPCycle):
    """The application is awaited for one request after the other."""

    turn: ClassVar[asyncio.Lock] = asyncio.Lock()

    async def call_application(self, scope: dict[str, Any]) -> None:
        """When it is its turn."""
        async with self.turn:
            await super().call_application(scope)


@liar(catches=["test_no_more_blocking_sleeps_than_promised_overlap"], area="http_server")
class ThreadForEach(HTTPCycle):
    """Each request gets a thread of its own, although one thread is promised."""

    async def call_application(self, scope: dict[str, Any]) -> None:
        """In an event loop of its own; receive and send stay in this one."""
        here = asyncio.get_running_loop()

        def bridged(function: Callable[..., Any]) -> Callable[..., Any]:
            return lambda *given: asyncio.wrap_future(
                asyncio.run_coroutine_threadsafe(function(*given), here)
            )

        call = self.server.application(scope, bridged(self.receive), bridged(self.send))
        await asyncio.to_thread(asyncio.run, call)


@liar(
    catches=[
        "test_requests_at_the_same_time_see_what_is_their_own",
        "test_responses_at_the_same_time_go_to_their_own_clients",
    ],
    area="http_server",
)
class PathOfTheFirst(WSGICycle):
    """Requests that run at the same time all have the path of the one that came first."""

    running: ClassVar[list[str]] = []

    def path_info(self) -> str:
        """That of the oldest request that still runs."""
        return self.running[0]

    def environ(self) -> dict[str, Any]:
        """Be one of them."""
        self.running.append(super().path_info())
        return super().environ()

    def call(self, environ: dict[str, Any]) -> Any:
        """Be none of them any more once the application has returned."""
        try:
            return super().call(environ)
        finally:
            self.running.remove(super().path_info())


@liar(catches=["test_responses_at_the_same_time_go_to_their_own_clients"], area="http_server")
class BodyOfAnother(HTTPCycle):
    """While other requests run, a response has the body of the response before it."""

    running: ClassVar[set[HTTPCycle]] = set()
    before: ClassVar[Message | None] = None

    async def call_application(self, scope: dict[str, Any]) -> None:
        """Be one of those that run, until there is a response."""
        self.running.add(self)
        await super().call_application(scope)

    async def send_body(self, message: Message) -> None:
        """Of the same length, or nobody is deceived."""
        self.running.discard(self)
        before, BodyOfAnother.before = self.before, message
        if self.running and before is not None and len(before["body"]) == len(message["body"]):
            message = before
        await super().send_body(message)


@liar(catches=["test_connections_in_turn_keep_their_requests_apart"], area="http_server")
class PathOfTheLast(HTTPCycle):
    """A further request of a connection has the path of the last one on another connection."""

    last: ClassVar[tuple[Connection, Request] | None] = None
    known: ClassVar[set[Connection]] = set()

    def target(self) -> dict[str, Any]:
        """Of the other connection's request, if there was one since."""
        last, PathOfTheLast.last = self.last, (self.connection, self.request)
        if self.connection in self.known and last is not None and last[0] is not self.connection:
            self.request = last[1]
        self.known.add(self.connection)
        return super().target()
