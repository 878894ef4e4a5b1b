"""The server: its socket, its signals, and the order of its life.

Startup of the application, then connections; on SIGTERM or SIGINT no new connections, idle ones closed at
once, running requests finished within a grace, then the application's shutdown. The classes that do the work
are attributes, so that a subclass can replace any one of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import ssl
from collections.abc import Coroutine, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from compliance.reference.adapter import Adapter
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.asgi_lifespan import Lifespan
from compliance.reference.asgi_websocket import WebSocketCycle
from compliance.reference.connection import Connection, Cycle
from compliance.reference.errors import log
from compliance.reference.legacy import adapt, is_legacy
from compliance.reference.request import Address, Request
from compliance.reference.response import Response
from compliance.reference.stream import Stream
from compliance.reference.websocket_handshake import is_attempt
from compliance.reference.wsgi import WSGICycle
from compliance.reference.wsgi_streams import ErrorStream, FileWrapper, InputStream

if TYPE_CHECKING:
    from compliance.reference.http2 import Http2Connection

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"  # RFC 9113 section 3.4


class Server:
    """One application on one listening socket; `run` returns the exit status."""

    connection_class = Connection
    http2_class: type[Http2Connection] | None = None  # in place of the usual one
    response_class = Response
    http_cycle_class = HTTPCycle
    websocket_class = WebSocketCycle
    lifespan_class = Lifespan
    wsgi_cycle_class = WSGICycle
    input_class = InputStream
    errors_class = ErrorStream
    file_wrapper_class = FileWrapper
    adapter_class = Adapter

    grace_seconds = 5.0
    bind_failed_status = 1
    startup_failed_status = 3
    shutdown_failed_status = 4
    asgi_version = "3.0"
    threads = 0  # WSGI calls at the same time; 0 is no limit
    environ_pairs: Mapping[str, str] = MappingProxyType({})  # of the deployer, for every WSGI environ
    tls: ssl.SSLContext | None = None
    certificate = ""  # of this server, in PEM
    ping_seconds = 20.0  # of silence, after which a client of a WebSocket is asked whether it is there
    idle_seconds = 75.0  # that a request, or more of its body, may be waited for
    clear_http2 = False  # whether clients may begin with HTTP/2 where there is no TLS
    unix_path = ""  # of a socket to listen on in place of host and port
    mount = ""  # the path of the application
    workers = 1
    number = 0  # of this worker
    listener: socket.socket | None = None  # what to serve, if it listens already

    def __init__(self, application: Any, interface: str, host: str, port: int) -> None:
        """`interface` is "asgi" or "wsgi"; port 0 asks the system for a free one."""
        self.interface = interface
        self.application = self.adapt(application)
        self.host, self.port = host, port
        self.state: dict[str, Any] = {}
        self.connections: set[Connection | Http2Connection] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self.cancelling = False
        self.tolerated: set[str] = set()

    def adapt(self, application: Any) -> Any:
        """The application as it is to be called; ASGI 2 applications are wrapped."""
        if self.interface == "asgi" and is_legacy(application):
            self.asgi_version = "2.0"
            return adapt(application)
        return application

    def run(self) -> int:
        """Serve until told to stop."""
        return asyncio.run(self.serve())

    async def serve(self) -> int:
        """The whole life; returns the exit status."""
        self.loop = asyncio.get_running_loop()
        self.stop_requested = asyncio.Event()
        self.turn = asyncio.Semaphore(self.threads) if self.threads else contextlib.nullcontext()
        self.install_signal_handlers()
        try:
            listener = self.bind()
        except OSError as error:
            log(f"cannot listen on {self.host}:{self.port}: {error}")
            return self.bind_failed_status
        with listener:
            self.lifespan = self.lifespan_class(self) if self.interface == "asgi" else None
            if self.lifespan is not None and not await self.lifespan.startup():
                return 0 if self.stopping else self.startup_failed_status
            await self.serve_connections(listener)
        well = self.lifespan is None or await self.lifespan.shutdown()
        return 0 if well else self.shutdown_failed_status

    async def serve_connections(self, listener: socket.socket) -> None:
        """Accept connections until told to stop, then let them end."""
        acceptor = await self.loop.create_server(lambda: Stream(self.accept), sock=listener, ssl=self.tls)
        if self.unix_path:
            log(f"listening on {self.unix_path}")
        else:
            self.on_listening(*listener.getsockname()[:2])
        await self.stop_requested.wait()
        acceptor.close()
        await self.finish_connections()

    def on_listening(self, host: str, port: int) -> None:
        """Say where connections are accepted now."""
        log(f"listening on {'https' if self.tls else 'http'}://{host}:{port}")

    def bind(self) -> socket.socket:
        """The listening socket, on which nothing is accepted yet."""
        if self.listener is not None:
            return self.listener
        if self.unix_path:
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(self.unix_path)
            return listener
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        listener = socket.socket(family, proto=socket.IPPROTO_TCP)  # for which asyncio sets TCP_NODELAY
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((self.host, self.port))
        return listener

    def install_signal_handlers(self) -> None:
        """Stop on SIGTERM and SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            self.loop.add_signal_handler(number, self.request_stop)

    def request_stop(self) -> None:
        """Stop; when asked again, without waiting for what still runs."""
        if self.stopping:
            self.cancel_all()
        self.stop_requested.set()
        log("stopping")

    @property
    def stopping(self) -> bool:
        """Whether the server has been told to stop."""
        return self.stop_requested.is_set()

    def cancel_all(self) -> None:
        """Cancel what runs: connections and requests first, and when there are none the lifespan."""
        self.cancelling = True
        for task in self.tasks:
            task.cancel()
        if not self.tasks and self.lifespan is not None:
            self.lifespan.cancel()

    def accept(self, stream: Stream) -> None:
        """Serve a new connection."""
        if self.clear_http2:
            self.spawn(self.find_protocol(stream))
        else:
            self.begin(stream, http2=stream.protocol == "h2")

    async def find_protocol(self, stream: Stream) -> None:
        """Serve a new connection in the protocol that its first bytes are of."""
        while not stream.eof and stream.begins_with(PREFACE) is None:
            await stream.changed()
        self.begin(stream, http2=stream.begins_with(PREFACE) is True)

    def begin(self, stream: Stream, *, http2: bool) -> None:
        """Serve a connection in a task of its own."""
        connection = self.http2(stream) if http2 else self.connection_class(self, stream)
        self.connections.add(connection)
        self.spawn(self.serve_connection(connection))

    def http2(self, stream: Stream) -> Http2Connection:
        """A connection of HTTP/2."""
        from compliance.reference.http2 import Http2Connection  # late, for the sake of a quick start

        return (self.http2_class or Http2Connection)(self, stream)

    async def serve_connection(self, connection: Connection | Http2Connection) -> None:
        """Serve a connection to its end."""
        try:
            await connection.run()
        finally:
            self.connections.discard(connection)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` in a task of its own, which the shutdown waits for."""
        task = self.loop.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def finish_connections(self) -> None:
        """Let everything that runs come to its end, and cancel what does not within the grace."""
        for connection in list(self.connections):
            connection.shutdown()
        await self.wait_for_tasks()
        if self.tasks:
            self.cancel_all()
            await self.wait_for_tasks()

    async def wait_for_tasks(self) -> None:
        """Wait until nothing runs, but no longer than the grace; what runs may start more."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.grace_seconds):
                while self.tasks:
                    await asyncio.wait(self.tasks)

    def log_tolerated(self, requirement: str, text: str) -> None:
        """Log the first breach of a requirement that this server need not refuse."""
        if requirement not in self.tolerated:
            self.tolerated.add(requirement)
            log(f"tolerated, and not logged again: {text}")

    def cycle(self, connection: Connection, request: Request) -> Cycle:
        """The cycle that serves this request."""
        if self.interface == "wsgi":
            return self.wsgi_cycle_class(connection, request)
        if is_attempt(request):
            return self.websocket_class(connection, request)
        return self.http_cycle_class(connection, request)

    def client_address(self, stream: Stream) -> Address | None:
        """The client's address."""
        name = stream.transport.get_extra_info("peername")
        return (name[0], name[1]) if name else None

    def server_address(self, stream: Stream) -> Address | tuple[str, None] | None:
        """The address that the client has connected to; the path of a Unix socket has no port."""
        name = stream.transport.get_extra_info("sockname")
        if isinstance(name, str):
            return name, None
        return (name[0], name[1]) if name else None
