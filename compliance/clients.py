"""Real clients, httpx and websockets, on connections that record every byte like our own.

A client is one exchange of its server: its requests carry the exchange's name, and its bytes are evidence.
"""

import contextlib
import socket
import ssl
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import httpcore
import httpx
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as connect_websocket
from websockets.typing import Subprotocol

from compliance.exchange import Exchange
from compliance.expect import Closed, NotHttp, Silence
from compliance.patience import ceiling
from compliance.process import now
from compliance.server import Server
from compliance.wire.http import Connection


class _Stream(httpcore.NetworkStream):
    """One of our connections as httpcore wants it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - ceilings are ours
        if not self._connection.buffer:
            self._connection.fill()
        return self._connection.take(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - ceilings are ours
        self._connection.send(buffer)

    def close(self) -> None:
        self._connection.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        raise NotImplementedError

    def get_extra_info(self, info: str) -> Any:
        return {"socket": self._connection.socket}.get(info)


class _Backend(httpcore.NetworkBackend):
    """Gives httpcore our connections: the exchange's own first."""

    def __init__(self, server: Server, exchange: Exchange) -> None:
        self._server = server
        self._first: Connection | None = exchange.connection

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - there is one server
        port: int,  # noqa: ARG002
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        first, self._first = self._first, None
        return _Stream(first or self._server.prepare().connection)


class _Transport(httpx.BaseTransport):
    """httpx on httpcore on our connections."""

    def __init__(self, backend: _Backend) -> None:
        self._pool = httpcore.ConnectionPool(network_backend=backend)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        found = self._pool.handle_request(
            httpcore.Request(request.method, url, headers=request.headers.raw, content=request.stream)
        )
        try:
            content = found.read()
        finally:
            found.close()  # gives the connection back to the pool
        return httpx.Response(
            found.status, headers=found.headers, content=content, extensions=found.extensions
        )

    def close(self) -> None:
        self._pool.close()


@contextlib.contextmanager
def http_client(server: Server) -> Iterator[httpx.Client]:
    """An httpx client of a server; what it cannot make of the server's bytes is an AssertionError."""
    exchange = server.prepare(named=True)
    name, value = exchange.field.decode().rstrip().split(": ", 1)
    base = f"http://{server.host}:{server.port}"
    transport = _Transport(_Backend(server, exchange))
    try:
        with httpx.Client(base_url=base, transport=transport, headers={name: value}) as client:
            yield client
    except httpcore.ReadTimeout as error:
        raise Silence(str(error)) from error
    except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
        raise NotHttp(f"httpx cannot read the response: {error}") from error


class _Socket(socket.socket):
    """A socket that records like the connection that it was taken from."""

    connection: Connection

    def recv(self, size: int, flags: int = 0) -> bytes:
        data = super().recv(size, flags)
        self.connection.received.append((now(), data))
        return data

    def sendall(self, data: Any, flags: int = 0) -> None:
        self.connection.sent.append((now(), bytes(data)))
        super().sendall(data, flags)


class _Patient(ClientConnection):
    """A client whose reads end at our ceiling."""

    def recv(self, timeout: float | None = None, decode: bool | None = None) -> Any:
        return super().recv(ceiling("answer") if timeout is None else timeout, decode)


@contextlib.contextmanager
def websocket_client(
    server: Server, target: str = "/", subprotocols: Sequence[str] = ()
) -> Iterator[ClientConnection]:
    """A connected `websockets` client; a handshake or a frame that it cannot take is an AssertionError."""
    exchange = server.prepare(named=True)
    name, value = exchange.field.decode().rstrip().split(": ", 1)
    taken = _Socket(fileno=exchange.connection.socket.detach())
    taken.connection = exchange.connection
    exchange.connection.socket = taken
    try:
        with connect_websocket(
            f"ws://{server.host}:{server.port}{target}",
            sock=taken,
            additional_headers={name: value},
            subprotocols=[Subprotocol(offered) for offered in subprotocols] or None,
            open_timeout=ceiling("answer"),
            close_timeout=ceiling("answer"),
            proxy=None,
            create_connection=_Patient,
        ) as client:
            yield client
    except TimeoutError as error:
        raise Silence(f"nothing came over the WebSocket: {error}") from error
    except InvalidHandshake as error:
        raise NotHttp(f"the opening handshake failed: {error}") from error
    except (ConnectionClosed, EOFError) as error:
        raise Closed(f"the WebSocket was closed: {error}") from error
