"""An adapter from WSGI to ASGI: just enough of one to pass the checks about adapters, and for liars to spoil.

What PEP 3333 asks of servers beyond the mapping between the two interfaces is the business of `wsgi`.
"""

import asyncio
import io
import sys
from collections.abc import Iterator
from typing import Any

Scope = dict[str, Any]
Message = dict[str, Any]


class Adapter:
    """The ASGI application of a WSGI application."""

    def __init__(self, application: Any) -> None:
        """Adapt this application."""
        self.application = application

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            raise NotImplementedError(f"WSGI has nothing like {scope['type']}")
        messages = self.messages(self.environ(scope, await self.body(receive)))
        while (message := await self.next(messages)) is not None:
            await send(message)

    async def body(self, receive: Any) -> bytes:
        """The whole body of the request."""
        parts, more = [], True
        while more:
            message = await receive()
            parts.append(message.get("body", b""))
            more = message.get("more_body", False)
        return b"".join(parts)

    async def next(self, messages: Iterator[Message]) -> Message | None:
        """The next message, for which the application may work, in a thread of the event loop's pool."""
        return await asyncio.to_thread(next, messages, None)

    def messages(self, environ: dict[str, Any]) -> Iterator[Message]:
        """The messages that the application's response becomes."""
        pending: list[Message] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
            pending.append(self.start(status, headers))
            return lambda data: pending.append(self.part(data))

        blocks = self.application(environ, start_response)
        try:
            for block in blocks:
                yield from pending
                pending.clear()
                yield self.part(block)
            yield from pending
        finally:
            getattr(blocks, "close", lambda: None)()
        yield {"type": "http.response.body", "body": b"", "more_body": False}

    def start(self, status: str, headers: list[tuple[str, str]]) -> Message:
        """The head of the response."""
        return {
            "type": "http.response.start",
            "status": self.status(status),
            "headers": self.headers(headers),
        }

    def status(self, status: str) -> Any:
        """The code of a status."""
        return int(status[:3])

    def headers(self, headers: list[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
        """Header fields as ASGI has them."""
        return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]

    def part(self, block: bytes) -> Message:
        """A block of the body."""
        return {"type": "http.response.body", "body": block, "more_body": True}

    def environ(self, scope: Scope, body: bytes) -> dict[str, Any]:
        """The environ of a scope."""
        return {
            "REQUEST_METHOD": scope["method"],
            **self.target(scope),
            **self.addresses(scope),
            **self.fields(scope),
            "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": scope.get("scheme", "http"),
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }

    def target(self, scope: Scope) -> dict[str, str]:
        """SCRIPT_NAME, PATH_INFO, QUERY_STRING."""
        root = scope.get("root_path", "")
        script, path = (text.encode().decode("latin-1") for text in (root, scope["path"].removeprefix(root)))
        query = scope["query_string"].decode("latin-1")
        return {"SCRIPT_NAME": script, "PATH_INFO": path, "QUERY_STRING": query}

    def addresses(self, scope: Scope) -> dict[str, str]:
        """SERVER_NAME, SERVER_PORT, and REMOTE_ADDR and REMOTE_PORT if there is a client."""
        name, port = scope.get("server") or ("localhost", 80)
        found = {"SERVER_NAME": name, "SERVER_PORT": str(port or 0)}
        if scope.get("client"):
            found |= {"REMOTE_ADDR": scope["client"][0], "REMOTE_PORT": str(scope["client"][1])}
        return found

    def fields(self, scope: Scope) -> dict[str, str]:
        """The variables of the header fields."""
        found: dict[str, str] = {}
        for name, value in scope["headers"]:
            key = name.decode("latin-1").upper().replace("-", "_")
            key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
            text = value.decode("latin-1")
            found[key] = f"{found[key]},{text}" if key in found else text
        return found
