"""The bytes of one connection: read ahead within a limit, write with back-pressure.

Reading goes on while the application works, because only a read shows that the client has gone. Two ends
are kept apart: after `eof` the client sends no more but may still listen; after `lost` nobody does.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable

from compliance.reference.errors import ClientDisconnected

READ_AHEAD = 64 * 1024  # bytes kept while nobody asks for them


class Stream(asyncio.Protocol):
    """One accepted connection as a bounded inbox and a draining writer."""

    def __init__(self, on_made: Callable[[Stream], None]) -> None:
        """`on_made` is called with this stream once the connection is there."""
        self._on_made = on_made
        self._inbox = bytearray()
        self._waiters: list[asyncio.Future[None]] = []
        self._writable = asyncio.Event()
        self._writable.set()
        self._paused = False
        self.eof = False
        self.lost = False

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - narrows the type
        self.transport = transport
        # Drained means: in the kernel's buffer. Over TLS asyncio takes a limit of 0 for reached by nothing.
        transport.set_write_buffer_limits(high=1 if self.encrypted else 0, low=0)
        self._on_made(self)

    def data_received(self, data: bytes) -> None:
        """Keep the data, and read no further while too much is kept."""
        self._inbox += data
        if len(self._inbox) > READ_AHEAD and not self._paused:
            self._paused = True
            self.transport.pause_reading()
        self.wake()

    def eof_received(self) -> bool:
        """Note that the client sends no more; the other direction stays open, except over TLS."""
        self.eof = True
        self.wake()
        return not self.encrypted

    @property
    def encrypted(self) -> bool:
        """Whether the client speaks TLS."""
        return self.transport.get_extra_info("sslcontext") is not None

    @property
    def protocol(self) -> str:
        """What client and server have agreed on by ALPN; empty if nothing."""
        encrypted = self.transport.get_extra_info("ssl_object")
        return (encrypted.selected_alpn_protocol() if encrypted is not None else None) or ""

    def connection_lost(self, _exc: Exception | None) -> None:
        """Note that the connection is gone."""
        self.lost = self.eof = True
        self._writable.set()
        self.wake()

    def pause_writing(self) -> None:
        """Make writers wait."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Let writers go on."""
        self._writable.set()

    # What the rest of the server calls

    def wake(self) -> None:
        """Let everybody who waits in `changed` look again."""
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def changed(self) -> None:
        """Wait until data, the client's end or the loss of the connection comes."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await waiter

    def take(self) -> bytes:
        """Hand over everything received and read on; b"" if there is nothing now."""
        data = bytes(self._inbox)
        self._inbox.clear()
        if self._paused and not self.transport.is_closing():
            self._paused = False
            self.transport.resume_reading()
        return data

    def put_back(self, data: bytes) -> None:
        """Undo a `take`: `data` is the next to be taken."""
        self._inbox[:0] = data

    @property
    def empty(self) -> bool:
        """Whether nothing is waiting to be taken."""
        return not self._inbox

    def begins_with(self, data: bytes) -> bool | None:
        """Whether what is waiting to be taken begins with these bytes; None as long as it may turn out to."""
        if len(self._inbox) < len(data) and data.startswith(self._inbox):
            return None
        return self._inbox.startswith(data)

    async def write(self, data: bytes) -> None:
        """Return once the kernel has all of `data`; raises ClientDisconnected."""
        self.raise_if_lost()
        self.transport.write(data)
        await self._writable.wait()
        self.raise_if_lost()

    def raise_if_lost(self) -> None:
        """Raise ClientDisconnected if the connection can carry nothing to the client."""
        # After its end of file asyncio no longer reads, so a reset shows only as the socket's pending error.
        if self.eof and not self.lost and self._pending_error():
            self.abort()
        if self.lost or self.transport.is_closing():
            raise ClientDisconnected("the client has closed the connection")

    def _pending_error(self) -> int:
        connection: socket.socket = self.transport.get_extra_info("socket")
        try:
            return connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        except OSError:
            return 1

    def abort(self) -> None:
        """Drop the connection at once; what was not yet sent is lost."""
        self.transport.abort()

    def reset(self) -> None:
        """Drop the connection so that the client sees an error and not an end."""
        connection: socket.socket = self.transport.get_extra_info("socket")
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.abort()

    def close(self) -> None:
        """Close both directions after what was written has been sent."""
        self.transport.close()

    async def linger(self, seconds: float) -> None:
        """Close in two stages, so that the client can read the last answer before it meets a reset."""
        if self.transport.can_write_eof():
            with contextlib.suppress(OSError):  # the client may have gone already
                self.transport.write_eof()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.eof:
                    self.take()
                    await self.changed()
        self.close()
