"""Exchanges over HTTP/2 with a server in the mode "http2" or "h2c": many on one connection."""

import ssl
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from compliance import certificates
from compliance.exchange import App, Exchange
from compliance.expect import NotHttp
from compliance.server import Server
from compliance.verdict import NotApplicable
from compliance.wire.body import BodyReader
from compliance.wire.http import Connection, Headers, Response
from compliance.wire.http2 import WINDOW, Session, Stream, StreamReader, await_head

AUTHORITY = "testserver"


class StreamExchange(Exchange):
    """One request on a stream, and the application's own account of it."""

    session: Session
    stream: Stream

    def read_head(self) -> Response:
        """Read the head of the final response."""
        if self._response is None:
            self._response = await_head(self.session, self.stream)
        return self._response

    def _body(self) -> BodyReader:
        self.read_head()
        if self._reader is None:
            self._reader = StreamReader(self.session, self.stream)
        return self._reader

    def send_data(self, data: bytes, *, end: bool = False) -> None:
        """Send a part of the request's body in one frame, or as many as it takes; `end`: it is the last."""
        self.session.send(self.stream, data, end=end)

    def allow(self, size: int) -> None:
        """Let the server send so many bytes more."""
        self.session.allow(self.stream, size)

    def reset(self) -> None:
        """Want nothing more of this request (RST_STREAM)."""
        self.session.reset(self.stream)

    def leave(self, *, idle: bool = False) -> None:
        """Nothing: others use the connection."""


class Client:
    """A client of HTTP/2 on a connection of its own. Use it as a context manager."""

    def __init__(self, server: Server, *, push: bool = False, window: int = WINDOW) -> None:
        """Connect, over TLS by ALPN, and in clear text by beginning with HTTP/2.

        Raises Closed, and NotHttp where the server chooses another protocol than HTTP/2.
        `push`: the server may push; `window`: how many bytes it may send on each stream without being asked.
        """
        self._server = server
        self.scheme = b"http" if server.way.tls() is None else b"https"
        self.connection = self._encrypted() if self.scheme == b"https" else server.connect()
        self.session = Session(self.connection, push=push, window=window)

    def _encrypted(self) -> Connection:
        connection = self._server.connect(tls=certificates.client(certified=False, protocols=("h2",)))
        _demand_http2(connection)
        return connection

    def open(  # noqa: PLR0913 - a request has that many parts
        self,
        method: str = "GET",
        path: str = "/",
        *,
        app: App | None = None,
        with_: Mapping[str, Any] | None = None,
        headers: Sequence[tuple[bytes, bytes]] = (),
        body: bytes | None = None,
        end: bool = True,
        authority: str | None = AUTHORITY,
        pseudo: Sequence[tuple[bytes, bytes]] = (),
    ) -> StreamExchange:
        """Send a request and return at once. `end`: its body is complete; `pseudo`: more pseudo-headers."""
        exchange = self._server.exchange(StreamExchange, app, with_, self.connection, method, named=True)
        fields: Headers = [
            (b":method", method.encode()),
            (b":scheme", self.scheme),
            (b":path", path.encode()),
        ]
        fields += [] if authority is None else [(b":authority", authority.encode())]
        _, _, account = exchange.field.partition(b": ")
        fields += [*pseudo, (b"compliance", account.strip()), *headers]
        exchange.session = self.session
        exchange.stream = self.session.open(fields, end=end and body is None)
        if body is not None:
            exchange.send_data(body, end=end)
        return exchange

    def call(self, method: str = "GET", path: str = "/", **options: Any) -> StreamExchange:
        """Send a request, read the whole response and wait for the end of the application's work."""
        return self.open(method, path, **options).finish()

    def whole(self, stream: Stream) -> Response:
        """The response on a stream, which the server may have promised, to its end; raises Closed."""
        await_head(self.session, stream)
        StreamReader(self.session, stream).rest()
        return stream.response

    def demand_websockets(self) -> None:
        """Raise NotApplicable unless the server says in its settings that it takes WebSockets (RFC 8441)."""
        if not self.session.settings().enable_connect_protocol:
            raise NotApplicable("the server's settings announce no WebSockets over HTTP/2")

    def __enter__(self) -> Self:
        """Return the client itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self.connection.close()


def _demand_http2(connection: Connection) -> None:
    spoken = connection.socket
    chosen = spoken.selected_alpn_protocol() if isinstance(spoken, ssl.SSLSocket) else None
    if chosen != "h2":
        connection.close()
        raise NotHttp(f"the server speaks {chosen!r} to a client that offers HTTP/2 only")
