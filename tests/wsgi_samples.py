"""A WSGI server and applications that are right, and a row for each way in which one of them is spoiled."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

BODY = b"ab\ncd\n"
HEADERS = [("Content-Type", "text/plain"), ("Content-Length", "5")]
TYPE = [("Content-Type", "text/plain")]
MISSING = object()


class Refused(Exception):
    """What the server raises where the application may not do something."""


class Failed(Exception):
    """What an application raises."""


class Server:
    """A right server, after the gateway in PEP 3333: one request."""

    def __init__(self, changes: Mapping[str, Any] | None = None) -> None:
        self.changes = changes or {}
        self.head: tuple[str, list[tuple[str, str]]] | None = None
        self.sent = False
        self.body = b""
        self.error: BaseException | None = None

    def environ(self) -> dict[str, Any]:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "POST",
            "SCRIPT_NAME": "",
            "PATH_INFO": "/",
            "QUERY_STRING": "",
            "CONTENT_LENGTH": str(len(BODY)),
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(BODY),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **self.changes,
        }
        return {name: value for name, value in environ.items() if value is not MISSING}

    def play(self, app: Any) -> "Server":
        """Serve the request; an exception ends it, and stays in `error`."""
        try:
            result = self.call(app, self.environ())
            try:
                self.iterate(result)
            finally:
                self.close(result)
        except Exception as error:  # noqa: BLE001 - a server traps what an application raises
            self.error = error.with_traceback(None)
        return self

    def call(self, app: Any, environ: dict[str, Any]) -> Any:
        return app(environ, self.start_response)

    def start_response(self, *args: Any) -> Any:
        exc_info = args[2] if len(args) > 2 else None
        try:
            if exc_info and self.sent:
                raise exc_info[1]
            if self.head and not exc_info:
                raise Refused("a second call")
        finally:
            del exc_info
        self.head = args[:2]
        return self.write

    def write(self, data: bytes) -> None:
        if self.room() is not None and len(self.body) + len(data) > (self.room() or 0):
            raise Refused("more than Content-Length")
        self.take(data)

    def room(self) -> int | None:
        lengths = [header[1] for header in self.head[1] if header[0] == "Content-Length"] if self.head else []
        return int(lengths[0]) if lengths and lengths[0].isdigit() else None

    def take(self, data: Any) -> None:
        self.sent = True
        self.body += data if isinstance(data, bytes) else b""

    def iterate(self, result: Any) -> None:
        for block in result:
            if block:
                self.take(block)
                if self.room() is not None and len(self.body) >= (self.room() or 0):
                    return

    def close(self, result: Any) -> None:
        if hasattr(result, "close"):
            result.close()


def good(environ: dict[str, Any], start_response: Any) -> Any:  # noqa: ARG001
    """A right application."""
    start_response("200 OK", list(HEADERS))
    return [b"hello"]


def starts(*args: Any, blocks: Any = (b"hello",), **keywords: Any) -> Any:
    """An application that calls start_response so."""

    def app(environ: dict[str, Any], start_response: Any) -> Any:  # noqa: ARG001
        start_response(*args, **keywords)
        return list(blocks)

    return app


def with_header(*header: Any, status: Any = "200 OK") -> Any:
    """An application with this header, and no others but Content-Type."""
    return starts(status, [*TYPE, header])


def returns(result: Any, headers: Any = TYPE, status: str = "200 OK") -> Any:
    """An application that returns this, or what this function gives."""

    def app(environ: dict[str, Any], start_response: Any) -> Any:  # noqa: ARG001
        start_response(status, list(headers))
        return result() if callable(result) else result

    return app


def uses(use: Callable[[Any], object], stream: str = "wsgi.input") -> Any:
    """An application that does this with a stream."""

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        use(environ[stream])
        return good(environ, start_response)

    return app


def writes(*blocks: Any, headers: Any = TYPE) -> Any:
    """An application that gives these to write()."""

    def app(environ: dict[str, Any], start_response: Any) -> Any:  # noqa: ARG001
        write = start_response("200 OK", list(headers))
        for block in blocks:
            write(block)
        return []

    return app


@dataclass(frozen=True)
class Spoiled:
    """One thing that is wrong, or right but unusual.

    `says`: the requirements that the lint names, in order; none for what is legal. `validate`: what
    wsgiref.validate does, "passes", "refuses", "warns", or "crashes" with anything but an AssertionError.
    """

    name: str
    says: tuple[str, ...]
    validate: str
    app: Any = good
    server: type[Server] = Server
    changes: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name

    @property
    def agreed(self) -> bool:
        """Whether both object, or neither."""
        return bool(self.says) == (self.validate != "passes")
