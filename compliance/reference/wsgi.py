"""WSGI: the environ of one request, and the call of the application in a thread of its own.

The thread does everything that PEP 3333 puts in order: call, iterate, close. It reaches the connection,
which lives in the event loop, through `wait`.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from compliance.interface import wsgi
from compliance.reference.errors import ApplicationError, ClientDisconnected, RequestError, log_exception
from compliance.reference.request import Request
from compliance.reference.wsgi_environ import Environ
from compliance.reference.wsgi_response import WSGIResponse

if TYPE_CHECKING:
    from compliance.reference.connection import Connection

T = TypeVar("T")


class WSGICycle(Environ, WSGIResponse):
    """One request and its response."""

    def __init__(self, connection: Connection, request: Request) -> None:
        """Serve `request` of `connection` once `run` is called."""
        self.connection = connection
        self.server = connection.server
        self.response = connection.response
        self.response.over, self.response.under = "wsgi.cl.write_past_raises", "wsgi.cl.too_little_closes"
        self.request = request
        self.conversation = wsgi.conversation()
        self.loop = asyncio.get_running_loop()
        self.broken: RequestError | None = None  # what was wrong with the body
        self.body_complete = False

    async def run(self) -> None:
        """Serve the request in a thread; return when the application's work is over."""
        self.over = self.loop.create_future()
        async with self.server.turn:
            threading.Thread(target=self.work, daemon=True).start()
            await self.over

    def shutdown(self) -> None:
        """Learn that the server is stopping: a running request is left to finish."""

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` in the event loop and wait for it here in the thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def tell(self, function: Any, *arguments: Any) -> None:
        """Call a function in the event loop without waiting."""
        self.loop.call_soon_threadsafe(function, *arguments)

    # In the thread

    def work(self) -> None:
        """Call the application, send its response and deal with whatever goes wrong."""
        try:
            self.respond()
        except ClientDisconnected:
            self.on_disconnect()
        except BaseException as error:  # noqa: BLE001 - an application may raise anything, SystemExit too
            self.on_error(error)
        finally:
            with contextlib.suppress(RuntimeError):  # the server has ended without this request
                self.tell(self.finish)

    def finish(self) -> None:
        """Let the connection go on."""
        if not self.over.done():
            self.over.set_result(None)

    def respond(self) -> None:
        """Call the application once, iterate what it returns, close that in every case."""
        environ = self.environ()
        self.advance_server("call")
        result = self.call(environ)
        try:
            self.admit({"type": "return", "iterable": result})
            self.iterate(result)
            self.end()
        finally:
            self.close_iterable(result)

    def call(self, environ: dict[str, Any]) -> Any:
        """Call the application, positionally."""
        return self.server.application(environ, self.start_response)

    def iterate(self, result: Iterable[bytes]) -> None:
        """Send each block before the next one is asked for, and stop when the response has enough."""
        self.advance_server("next")
        self.count_blocks(result)
        for block in result:
            self.admit({"type": "block", "data": block})
            if block:
                self.emit_block(block)
                if self.has_enough():
                    return
        self.admit({"type": "end"})

    def close_iterable(self, result: Any) -> None:
        """Call close() if there is one; its error is logged and changes nothing."""
        close = getattr(result, "close", None)
        if close is None:
            return
        try:
            close()
        except Exception as error:  # noqa: BLE001 - an application may raise anything
            log_exception("close() of the application's iterable raised", error)

    def on_disconnect(self) -> None:
        """Close the connection whose client is gone."""
        self.give_up()

    def on_error(self, error: BaseException) -> None:
        """Log the error, and answer 500 or break off a response that has begun."""
        log_exception("the application raised", error)
        self.give_up()

    def give_up(self) -> None:
        """End the request as an error."""
        if self.response.complete:
            return
        if self.response.started:
            self.tell(self.connection.break_off)
        else:
            self.wait(self.answer_error())

    async def answer_error(self) -> None:
        """Answer 500, or what was wrong with the request."""
        error = self.broken or RequestError(500, "Internal Server Error")
        with contextlib.suppress(ClientDisconnected):
            await self.connection.answer(error.status, str(error), error.headers)

    # The body

    def pull(self) -> bytes:
        """Block for the next bytes of the request's body; b"" at its end."""
        return self.wait(self.pull_body())

    async def pull_body(self) -> bytes:
        """The next bytes of the body, b"" at its end; raises ClientDisconnected if it is cut short."""
        while not self.body_complete:
            try:
                part = self.connection.poll_body()
            except RequestError as error:
                self.broken = error
                raise ClientDisconnected(str(error)) from error
            if part is None:
                await self.connection.ask_for_body()
                await self.connection.stream.changed()
                continue
            data, more = part
            self.body_complete = not more
            if data:
                return data
        return b""

    # The rules

    def advance_server(self, kind: str) -> None:
        """Note the server's own steps, on which the application's rules depend."""
        self.conversation.advance("receive", {"type": kind})

    def admit(self, step: dict[str, Any]) -> None:
        """Let a step of the application count; raises ApplicationError if it is not legal now."""
        problems = self.conversation.judge("send", step)
        self.conversation.advance("send", step)
        for problem in problems:
            self.object(problem)

    def object(self, problem: wsgi.Problem) -> None:
        """Refuse a step for this reason, or only log what is tolerated."""
        if problem.requirement not in self.tolerated:
            raise ApplicationError(problem.requirement, problem.text)
        self.server.log_tolerated(problem.requirement, str(problem))
