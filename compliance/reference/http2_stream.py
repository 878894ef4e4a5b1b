"""One stream of HTTP/2, which is to its cycle what a whole connection is in HTTP/1.1."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from h2.errors import ErrorCodes
from h2.exceptions import ProtocolError

from compliance.reference.errors import ClientDisconnected, RequestError
from compliance.reference.request import Headers, Request
from compliance.reference.response import Response

if TYPE_CHECKING:
    from compliance.reference.connection import Cycle
    from compliance.reference.http2 import Http2Connection

# Fields of HTTP/1.1 about its connection (RFC 9113 section 8.2.2).
_OF_CONNECTIONS = frozenset(
    (b"connection", b"proxy-connection", b"keep-alive", b"transfer-encoding", b"upgrade")
)


class Http2Response(Response):
    """Keeps heads, data and ends until they are flushed; a head is a list, the end is None or trailers."""

    def __init__(self, method: str) -> None:
        """`method` is the request's."""
        super().__init__(None, method)  # type: ignore[arg-type]  # nothing here speaks HTTP/1.1
        self.parts: list[tuple[Headers | bytes, bool]] = []

    def write_head(self, status: int, headers: Headers, reason: bytes | None) -> None:  # noqa: ARG002
        """Put the head; HTTP/2 has no reason phrases."""
        self.parts.append(([(b":status", b"%d" % status), *self.fields(headers)], False))

    def write_hint(self, headers: Headers) -> None:
        """Put a 103."""
        self.parts.append(([(b":status", b"103"), *self.fields(headers)], False))

    def write_data(self, data: bytes) -> None:
        """Put a part of the body."""
        self.parts.append((data, False))

    def write_end(self, trailers: Headers) -> None:
        """Put the end: trailers, or nothing."""
        self.parts.append((self.fields(trailers) or b"", True))

    def fields(self, headers: Headers) -> Headers:
        """The headers as HTTP/2 has them: lower-case names, and none about connections."""
        lower = [(name.lower(), value) for name, value in headers]
        return [(name, value) for name, value in lower if name not in _OF_CONNECTIONS]

    @property
    def ends_with_connection(self) -> bool:
        """Never."""
        return False


class Http2Stream:
    """One request: what a cycle asks of its connection, and of the stream of bytes below that."""

    response_class = Http2Response

    def __init__(self, connection: Http2Connection, number: int) -> None:
        """The stream of this number, on which a request has come or was promised."""
        self.connection = connection
        self.server = connection.server
        self.number = number
        self.transport = connection.stream.transport
        self.encrypted = connection.stream.encrypted
        self.response: Response = self.response_class("")
        self.stream = self
        self.eof = self.lost = self.ended = self.closing = False
        self.authority = b""
        self._inbox = b""
        self._owed = 0  # bytes of the inbox whose credit the client has not got back
        self._continue = False
        self._waiters: list[asyncio.Future[None]] = []

    async def run(self, headers: Headers) -> None:
        """Serve the request; the stream is over when its response is, or its client gone."""
        try:
            request = self.parse(headers)
            self.response = self.response_class(request.method)
            self._continue = b"100-continue" in request.tokens(b"expect")
            await self.cycle(request, dict(headers)).run()
        except RequestError as error:
            await self.refuse(error)
        except ClientDisconnected:
            pass
        finally:
            self.leave()

    def cycle(self, request: Request, headers: dict[bytes, bytes]) -> Cycle:
        """What serves the request; raises RequestError for a CONNECT to anything but a WebSocket."""
        if request.method != "CONNECT":
            return self.server.http_cycle_class(self, request)
        if headers.get(b":protocol") != b"websocket":
            raise RequestError(501, "CONNECT is not implemented")
        return self.websocket(request)

    def websocket(self, request: Request) -> Cycle:
        """What serves a WebSocket."""
        from compliance.reference.http2_websocket import Http2WebSocketCycle

        return Http2WebSocketCycle(self, request)

    def parse(self, headers: Headers) -> Request:
        """The request that the headers make; raises RequestError."""
        pseudo = dict(headers)
        self.authority = pseudo.get(b":authority") or pseudo.get(b"host", b"")
        raw_path, _, query = pseudo.get(b":path", b"").partition(b"?")
        request = Request(
            pseudo[b":method"].decode(),
            raw_path,
            query,
            "2",
            self.fields(headers),
            self.server.client_address(self.connection.stream),
            self.server.server_address(self.connection.stream),
            "https" if self.encrypted else "http",
        )
        if not request.is_below(self.server.mount):
            raise RequestError(404, "no application is mounted there")
        return request

    def fields(self, headers: Headers) -> Headers:
        """The headers that are no pseudo-headers, with the authority as host in the first place."""
        authority = [(b"host", value) for name, value in headers if name == b":authority"]
        rest = [item for item in headers if not item[0].startswith(b":")]
        return authority + [item for item in rest if not authority or item[0] != b"host"]

    # What comes

    def take_data(self, data: bytes, size: int) -> None:
        """Keep a part of the body; `size` is what it has cost the client."""
        self._inbox += data
        self._owed += size
        self.wake()
        if self.lost or self.number not in self.connection.streams:
            self.take()

    def take_end(self) -> None:
        """Learn that the client sends no more on this stream."""
        self.ended = True
        self.wake()

    def lose(self) -> None:
        """Learn that the client wants nothing more of this stream."""
        self.eof = self.lost = True
        self.wake()

    def poll_body(self) -> tuple[bytes, bool] | None:
        """What has come of the body and whether more is to come; None if nothing has."""
        if not self._inbox and not self.ended:
            self.raise_if_lost()
            return None
        return self.take(), not self.ended

    def take(self) -> bytes:
        """Hand over what has come, and let the client send as much again."""
        data, self._inbox = self._inbox, b""
        owed, self._owed = self._owed, 0
        if owed and not self.connection.stream.lost:
            with contextlib.suppress(ProtocolError):
                self.connection.protocol.acknowledge_received_data(owed, self.number)
            self.transport.write(self.connection.protocol.data_to_send())
        return data

    async def ask_for_body(self) -> None:
        """Send 100 Continue if the client waits for it."""
        if self._continue and not self._inbox and not self.ended and not self.response.started:
            self._continue = False
            self.connection.protocol.send_headers(self.number, [(b":status", b"100")])
            await self.connection.flush()

    def wake(self) -> None:
        """Let everybody who waits in `changed` look again."""
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def changed(self) -> None:
        """Wait until something comes, or more may be written."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await waiter

    # What goes

    def start(
        self, status: int, headers: Headers, reason: bytes | None = None, length: int | None = None
    ) -> None:
        """Put the head of the response."""
        self.response.put_head(status, headers, reason, length)

    async def flush(self) -> None:
        """Return once the kernel has all that was put; raises ClientDisconnected."""
        assert isinstance(self.response, Http2Response)  # noqa: S101 - narrows the type
        parts, self.response.parts = self.response.parts, []
        for part, last in parts:
            if isinstance(part, bytes):
                await self.write(part, last=last)
            else:
                self.raise_if_lost()
                self.connection.protocol.send_headers(self.number, part, end_stream=last)
        await self.connection.flush()

    async def write(self, data: bytes, *, last: bool = False) -> None:
        """Send data, as fast as the client's windows open; raises ClientDisconnected."""
        while data:
            size = await self.room()
            part, data = data[:size], data[size:]
            self.connection.protocol.send_data(self.number, part)
            await self.connection.flush()
        if last:
            self.raise_if_lost()
            self.connection.protocol.end_stream(self.number)

    async def room(self) -> int:
        """How many bytes may be sent now, once that is more than none; raises ClientDisconnected."""
        while True:
            self.raise_if_lost()
            protocol = self.connection.protocol
            window = protocol.local_flow_control_window(self.number)
            if window > 0:
                return min(window, protocol.max_outbound_frame_size)
            await self.changed()

    def raise_if_lost(self) -> None:
        """Raise ClientDisconnected if nothing reaches the client on this stream."""
        if self.lost or self.connection.stream.lost:
            raise ClientDisconnected("the client has reset the stream")

    async def answer(self, status: int, text: str, headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
        """Give an answer of the server's own; raises ClientDisconnected."""
        body = text.encode() + b"\n"
        described = [(b"Content-Type", b"text/plain; charset=utf-8"), (b"Content-Length", b"%d" % len(body))]
        self.start(status, [*described, *headers])
        self.response.put_data(body)
        self.response.put_end()
        await self.flush()

    async def refuse(self, error: RequestError) -> None:
        """Answer a request that cannot be served."""
        with contextlib.suppress(ClientDisconnected):
            await self.answer(error.status, str(error), error.headers)

    def break_off(self) -> None:
        """End an unfinished response so that the client cannot take it for complete."""
        self.connection.reset(self.number, ErrorCodes.INTERNAL_ERROR)
        self.lose()

    def abort(self) -> None:
        """Drop the stream at once."""
        self.connection.reset(self.number, ErrorCodes.CANCEL)
        self.lose()

    close = break_off

    def leave(self) -> None:
        """Let the stream go; a client that still sends a body need not."""
        if not self.ended and not self.lost:
            self.connection.reset(self.number, ErrorCodes.NO_ERROR)
        self.take()
        self.connection.forget(self.number)

    async def push(self, path: str, headers: Headers) -> None:
        """Promise the response to a GET of this path, from the same authority."""
        await self.connection.push(self.number, self.promise(path, headers))

    def promise(self, path: str, headers: Headers) -> Headers:
        """The headers of the request that is promised."""
        return [
            (b":method", b"GET"),
            (b":scheme", b"https" if self.encrypted else b"http"),
            (b":authority", self.authority),
            (b":path", quote(path).encode()),
            *headers,
        ]
