"""What HTTP and WebSocket have in common: the scope and the one call of the application."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, ClassVar

from compliance.interface import asgi
from compliance.reference import tls
from compliance.reference.errors import ApplicationError, ClientDisconnected, log_exception
from compliance.reference.request import Request

if TYPE_CHECKING:
    from compliance.reference.connection import Connection

Message = dict[str, Any]


def pairs(message: Message) -> list[tuple[bytes, bytes]]:
    """The headers of a message."""
    return [(name, value) for name, value in message.get("headers", ())]


class ASGICycle:
    """What HTTP and WebSocket have in common: one call of the application and its common scope keys."""

    protocol: ClassVar[str]
    offered: ClassVar[tuple[str, ...]] = ()  # extensions
    # Requirements whose breach is logged and not refused. What a server makes of upper-case names is open
    # [asgi.http.start.headers_uppercase_tolerated].
    tolerated: tuple[str, ...] = (
        "asgi.http.start.headers_lowercase_app",
        "asgi.ws.accept.headers_lowercase_app",
    )

    def __init__(self, connection: Connection, request: Request) -> None:
        """Serve `request` of `connection` once `run` is called."""
        self.connection = connection
        self.server = connection.server
        self.stream = connection.stream
        self.request = request

    # The scope, one method for each group of keys

    def scope(self) -> dict[str, Any]:
        """The scope of the call; every value is this call's own."""
        return {
            "type": self.protocol,
            **self.versions(),
            **self.request_line(),
            **self.target(),
            **self.headers(),
            **self.addresses(),
            **self.state(),
            **self.extensions(),
        }

    def versions(self) -> dict[str, Any]:
        """The versions of the interface: asgi."""
        return {"asgi": {"version": self.server.asgi_version, "spec_version": "2.5"}}

    def request_line(self) -> dict[str, Any]:
        """What the request line says apart from its target: http_version, scheme."""
        return {"http_version": self.http_version(), "scheme": self.scheme()}

    def http_version(self) -> str:
        """The version of HTTP in one of the specification's spellings."""
        if self.http2:
            return "2"
        return "1.1" if self.request.modern else "1.0"

    @property
    def http2(self) -> bool:
        """Whether the request came over HTTP/2."""
        return self.request.version == "2"

    def scheme(self) -> str:
        """The scheme of the URL."""
        return self.request.scheme

    def target(self) -> dict[str, Any]:
        """The parts of the target: path, raw_path, query_string, root_path."""
        return {
            "path": self.request.path.decode("utf-8", "replace"),
            "raw_path": self.request.raw_path,
            "query_string": self.request.query,
            "root_path": self.server.mount,
        }

    def headers(self) -> dict[str, Any]:
        """The header fields as they came: headers."""
        return {"headers": [[name, value] for name, value in self.request.headers]}

    def addresses(self) -> dict[str, Any]:
        """The two ends of the connection: client, server."""
        return {
            "client": list(self.request.client) if self.request.client else None,
            "server": list(self.request.server) if self.request.server else None,
        }

    def state(self) -> dict[str, Any]:
        """A shallow copy of the lifespan's namespace: state."""
        return {"state": dict(self.server.state)}

    def extensions(self) -> dict[str, Any]:
        """The extensions offered: extensions."""
        return {"extensions": {name: {} for name in self.offered} | self.tls()}

    def tls(self) -> dict[str, Any]:
        """The extension that describes a connection of TLS; nothing for any other."""
        encrypted = self.stream.transport.get_extra_info("ssl_object")
        return {"tls": tls.describe(encrypted, self.server.certificate)} if encrypted else {}

    # The call of the application

    async def run(self) -> None:
        """Call the application; return when its response is over, which may be before it ends."""
        self.over = asyncio.get_running_loop().create_future()
        self.server.spawn(self.call())
        await self.over

    async def call(self) -> None:
        """Run the application to its end, whatever that is."""
        try:
            scope = self.scope()
            self.conversation = asgi.conversation(scope)
            await self.call_application(scope)
        except asyncio.CancelledError as error:
            if self.server.cancelling:
                self.stream.abort()
            else:
                await self.settle(error)
        except Exception as error:  # noqa: BLE001 - an application may raise anything
            await self.settle(error)
        else:
            await self.settle(None)
        finally:
            self.finish()

    async def call_application(self, scope: dict[str, Any]) -> None:
        """Call the application and await its end."""
        await self.server.application(scope, self.receive, self.send)

    async def settle(self, error: BaseException | None) -> None:
        """End the connection's side of the call after the application returned or raised."""
        with contextlib.suppress(ClientDisconnected):
            if error is None:
                await self.on_return()
            elif is_disconnect(error):
                await self.on_disconnect()
            else:
                log_exception("the application raised", error)
                await self.on_error()

    def finish(self) -> None:
        """Let the connection go on."""
        if not self.over.done():
            self.over.set_result(None)

    def shutdown(self) -> None:
        """Learn that the server is stopping: a running request is left to finish."""

    async def receive(self) -> Message:
        """The application's receive."""
        raise NotImplementedError

    async def send(self, message: Message) -> None:
        """The application's send."""
        raise NotImplementedError

    def validate(self, message: Any) -> Message:
        """A message that is legal now, to be used in place of the given one; raises ApplicationError."""
        message = asgi.reusable(message) if isinstance(message, dict) else message
        for problem in self.conversation.judge("send", message):
            self.object(problem)
        self.conversation.advance("send", message)
        return message  # type: ignore[no-any-return]

    def object(self, problem: asgi.Problem) -> None:
        """Refuse a message for this reason, or only log what a server need not refuse."""
        if problem.requirement not in self.tolerated:
            raise ApplicationError(problem.requirement, problem.text)
        self.server.log_tolerated(problem.requirement, str(problem))

    async def on_return(self) -> None:
        """Deal with an application that returned."""
        raise NotImplementedError

    async def on_error(self) -> None:
        """Deal with an application that raised."""
        raise NotImplementedError

    async def on_disconnect(self) -> None:
        """Deal with an application that let the server's own ClientDisconnected pass."""


def is_disconnect(error: BaseException) -> bool:
    """Whether an exception, or each one in a group, is the server's own ClientDisconnected."""
    if isinstance(error, BaseExceptionGroup):
        return all(is_disconnect(inner) for inner in error.exceptions)
    return isinstance(error, ClientDisconnected)
