"""One HTTP/1.1 connection: request after request, each with a parser of its own.

The bytes that follow a request go back to the stream, so that a request never sees the next one's.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import h11
from h11 import _readers

from compliance.reference.errors import ClientDisconnected, RequestError, log_exception
from compliance.reference.request import Headers, Request, parse
from compliance.reference.stream import Stream

if TYPE_CHECKING:
    from compliance.reference.server import Server

_EMPTY_LINES = re.compile(rb"\A(?:\r\n)+")

_TOKEN = r"[-!#$%&'*+.^_`|~0-9A-Za-z]+"  # noqa: S105 - of the grammar
_QUOTED = r'"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"'
_EXTENSION = rf"[ \t]*;[ \t]*{_TOKEN}(?:[ \t]*=[ \t]*(?:{_TOKEN}|{_QUOTED}))?"

# For h11 anything is an extension of a chunk, and no whitespace stands before one (RFC 9112 section 7.1.1).
_readers.chunk_header_re = re.compile(rf"(?P<chunk_size>[0-9A-Fa-f]{{1,20}})(?:{_EXTENSION})*\r\n".encode())

_CODINGS = re.compile(rb"^transfer-encoding:(.*)$", re.IGNORECASE | re.MULTILINE)


def is_framing_unclear(head: bytes) -> bool:
    """Whether a request's transfer codings leave its end in doubt: chunked is not last, or there twice."""
    codings = [coding.strip().lower() for coding in b",".join(_CODINGS.findall(head)).split(b",")]
    return codings.count(b"chunked") != 1 or codings[-1] != b"chunked"


class Cycle(Protocol):
    """What serves one request, in either interface."""

    async def run(self) -> None:
        """Serve the request; return when its response is over."""

    def shutdown(self) -> None:
        """Learn that the server is stopping."""


class Connection:
    """Reads requests, hands each to a cycle, and decides whether there is a next one."""

    linger_seconds = 2.0
    drain_seconds = 5.0
    drain_bytes = 1 << 20  # of a body that the application left unread
    head_bytes = 64 * 1024

    def __init__(self, server: Server, stream: Stream) -> None:
        """Serve the requests of `stream` once `run` is called."""
        self.server = server
        self.stream = stream
        self.idle = True
        self.closing = False
        self.begin()

    def begin(self) -> None:
        """Make a fresh parser and response for the next request."""
        self.protocol = h11.Connection(h11.SERVER, max_incomplete_event_size=self.head_bytes)
        self.response = self.server.response_class(self.protocol)
        self.cycle: Cycle | None = None
        self._ahead: h11.Event | None = None  # parsed before it was asked for
        self._at_start = True
        self._fed_eof = False
        self._head = b""  # fed to the parser before it knew a request
        self._due: asyncio.TimerHandle | None = None  # when more of the body is
        self._overdue = False

    async def run(self) -> None:
        """Serve until one side is done with the connection."""
        try:
            while await self.serve_request():
                self.begin()
            await self.linger()
        except RequestError as error:
            await self.refuse(error)
        except ClientDisconnected:
            self.stream.abort()
        except asyncio.CancelledError:
            self.stream.abort()
            raise
        except Exception as error:  # noqa: BLE001 - a bug here must not end the server
            log_exception("error in the server", error)
            self.stream.abort()

    async def serve_request(self) -> bool:
        """Serve one request; whether the connection can carry another one."""
        request = await self.read_request()
        if request is None:
            return False
        self.cycle = self.server.cycle(self, request)
        await self.cycle.run()
        return await self.recycle()

    # Reading

    async def read_request(self) -> Request | None:
        """Wait for the next request; None if the client is done or has been silent for too long."""
        self.idle = True
        try:
            async with asyncio.timeout(self.server.idle_seconds):
                event = await self.next_event()
        except TimeoutError:
            return None
        self.idle = False
        if not isinstance(event, h11.Request):
            return None
        self.response = self.server.response_class(self.protocol, event.method.decode())
        return self.parse(event)

    def parse(self, event: h11.Request) -> Request:
        """Check what h11 has parsed and make a Request of it; raises RequestError."""
        scheme = "https" if self.stream.encrypted else "http"
        client, server = self.server.client_address(self.stream), self.server.server_address(self.stream)
        request = parse(event, client, server, scheme)
        if not request.is_below(self.server.mount):
            raise RequestError(404, "no application is mounted there")
        return request

    async def next_event(self) -> h11.Event:
        """Wait for the parser's next event; raises RequestError and ClientDisconnected."""
        while (event := self.poll()) is None:
            await self.stream.changed()
        return event

    def poll(self) -> h11.Event | None:
        """The parser's next event if its bytes are here, else None; raises as `next_event`."""
        if self._ahead is not None:
            ahead, self._ahead = self._ahead, None
            return ahead
        while True:
            event = self._parse()
            if event is not None:
                return event
            if not self.feed():
                return None

    def _parse(self) -> h11.Event | None:
        try:
            event = self.protocol.next_event()
        except h11.RemoteProtocolError as error:
            if self._fed_eof:
                raise ClientDisconnected("the client closed in the middle of a request") from error
            raise RequestError(self.error_status(error), str(error)) from error
        return event if isinstance(event, h11.Event) else None

    def error_status(self, error: h11.RemoteProtocolError) -> int:
        """The status that answers a malformed request."""
        if error.error_status_hint == 431 and b"\n" not in self.protocol.trailing_data[0]:
            return 414
        if error.error_status_hint == 501 and is_framing_unclear(self._head):
            return 400
        return error.error_status_hint

    def feed(self) -> bool:
        """Give the parser what the stream has; whether that was anything."""
        data = self.take()
        if self._at_start and data:
            data = self.skip_empty_lines(data)
        if not data and (not self.stream.eof or self._fed_eof):
            return False
        self._fed_eof = not data
        if self.idle:
            self._head += data
        self.protocol.receive_data(data)
        return True

    def take(self) -> bytes:
        """What the stream has received."""
        return self.stream.take()

    def skip_empty_lines(self, data: bytes) -> bytes:
        """Drop the empty lines that some clients send between requests."""
        rest = _EMPTY_LINES.sub(b"", data)
        if rest == b"\r" and not self.stream.eof:
            self.stream.put_back(rest)
            return b""
        self._at_start = not rest
        return rest

    def poll_body(self) -> tuple[bytes, bool] | None:
        """What has come of the body and whether more is to come; None if nothing has; raises as `poll`."""
        event = self.poll()
        if event is None:
            self.expect_more()
            return None
        self.expect_nothing()
        if not isinstance(event, h11.Data):
            return b"", False
        with contextlib.suppress(RequestError, ClientDisconnected):  # the next poll raises it again
            self._ahead = self.poll()
        return bytes(event.data), not isinstance(self._ahead, h11.EndOfMessage)

    def expect_more(self) -> None:
        """Let the application wait for the body, but not for ever; raises RequestError when it is overdue."""
        if self._overdue:
            self.closing = True
            raise RequestError(408, "the rest of the body did not come in time")
        if self._due is None:
            self._due = self.server.loop.call_later(self.server.idle_seconds, self.lose_patience)

    def lose_patience(self) -> None:
        """Have whoever waits for the body look again."""
        self._overdue = True
        self.stream.wake()

    def expect_nothing(self) -> None:
        """Be patient again."""
        if self._due is not None:
            self._due.cancel()
            self._due = None

    async def ask_for_body(self) -> None:
        """Send 100 Continue if the client waits for it; raises ClientDisconnected."""
        if self.protocol.they_are_waiting_for_100_continue:
            event = h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue")
            await self.stream.write(self.protocol.send(event) or b"")

    # Writing

    def start(
        self, status: int, headers: Headers, reason: bytes | None = None, length: int | None = None
    ) -> None:
        """Put the head of the response, and say in it whether the connection will close."""
        self.response.close_after = self.closing or self.protocol.they_are_waiting_for_100_continue
        self.response.put_head(status, headers, reason, length)

    async def flush(self) -> None:
        """Return once the kernel has all that was put; raises ClientDisconnected."""
        data, self.response.pending = self.response.pending, b""
        await self.stream.write(data)

    async def push(self, path: str, headers: Headers) -> None:
        """Nothing: HTTP/1.1 has no server push."""

    async def answer(self, status: int, text: str, headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
        """Give an answer of the server's own; raises ClientDisconnected."""
        body = text.encode() + b"\n"
        described = [(b"Content-Type", b"text/plain; charset=utf-8"), (b"Content-Length", b"%d" % len(body))]
        self.start(status, [*described, *headers])
        self.response.put_data(body)
        self.response.put_end()
        await self.flush()

    async def refuse(self, error: RequestError) -> None:
        """Answer a request that is not HTTP, and close."""
        self.closing = True
        with contextlib.suppress(ClientDisconnected):
            if not self.response.started:
                await self.answer(error.status, str(error), error.headers)
            await self.linger()

    def break_off(self) -> None:
        """End an unfinished response so that the client cannot take it for complete."""
        if self.response.ends_with_connection:
            self.stream.reset()
        else:
            self.stream.close()

    # Between requests and at the end

    async def recycle(self) -> bool:
        """Make the connection ready for another request; whether it is."""
        if self.protocol.our_state is not h11.DONE or self.closing or not await self.drain():
            return False
        self.stream.put_back(self.protocol.trailing_data[0])
        return True

    async def drain(self) -> bool:
        """Read what the application left of the body; whether its end came within the limits."""
        left = self.drain_bytes
        with contextlib.suppress(TimeoutError, RequestError):
            async with asyncio.timeout(self.drain_seconds):
                while self.protocol.their_state is h11.SEND_BODY and left >= 0:
                    event = await self.next_event()
                    left -= len(event.data) if isinstance(event, h11.Data) else 0
        return self.protocol.their_state is h11.DONE

    async def linger(self) -> None:
        """Close so that the client can read the last answer."""
        self.idle = True
        await self.stream.linger(0 if self.server.stopping else self.linger_seconds)

    def shutdown(self) -> None:
        """Close now if no request is being served, else after the running one."""
        self.closing = True
        if self.idle and self.stream.empty:
            self.stream.close()
        elif self.cycle is not None:
            self.cycle.shutdown()
