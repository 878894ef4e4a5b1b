"""One HTTP/2 connection: many requests at a time, each on a stream with a cycle of its own.

The h2 library speaks the protocol. Here its events go to the streams, and what the streams write goes to
the client as far as both windows of flow control allow.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    RemoteSettingsChanged,
    RequestReceived,
    StreamEnded,
    StreamReset,
    WindowUpdated,
)
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings

from compliance.reference.errors import ClientDisconnected, log, log_exception
from compliance.reference.http2_stream import Http2Stream
from compliance.reference.request import Headers
from compliance.reference.stream import Stream

if TYPE_CHECKING:
    from compliance.reference.server import Server

_STREAMS = 100
_WINDOW = 65535  # of a stream, in each direction, before anything was read


class Http2Connection:
    """Hands each request to a stream, and what comes for it later, too."""

    stream_class = Http2Stream
    linger_seconds = 2.0

    def __init__(self, server: Server, stream: Stream) -> None:
        """Serve the requests of `stream` once `run` is called."""
        self.server = server
        self.stream = stream
        self.protocol = H2Connection(H2Configuration(client_side=False, header_encoding=None))
        self.protocol.local_settings = Settings(
            client=False,
            initial_values={
                SettingCodes.MAX_CONCURRENT_STREAMS: _STREAMS,
                SettingCodes.ENABLE_CONNECT_PROTOCOL: 1,
            },
        )
        self.streams: dict[int, Http2Stream] = {}
        self.closing = False

    async def run(self) -> None:
        """Serve until one side is done with the connection."""
        try:
            self.protocol.initiate_connection()
            # No stream that is not read may keep the others from being read.
            self.protocol.increment_flow_control_window(_WINDOW * (_STREAMS - 1))
            await self.flush()
            while not self.is_over():
                await self.read()
            self.protocol.close_connection()
            await self.flush()
        except ClientDisconnected:
            self.stream.abort()
        except ProtocolError as error:
            await self.fail(error)
        except asyncio.CancelledError:
            self.stream.abort()
            raise
        except Exception as error:  # noqa: BLE001 - a bug here must not end the server
            log_exception("error in the server", error)
            self.stream.abort()
        finally:
            self.lose_streams()

    def is_over(self) -> bool:
        """Whether nothing more is to be done here."""
        return self.stream.eof or (self.closing and not self.streams)

    async def read(self) -> None:
        """Deal with what has come, or wait for more."""
        data = self.stream.take()
        if not data:
            await self.stream.changed()
            return
        for event in self.protocol.receive_data(data):
            self.handle(event)
        await self.flush()

    async def fail(self, error: ProtocolError) -> None:
        """Say goodbye to a client that broke the protocol."""
        log(f"the HTTP/2 client broke the protocol: {error}")
        with contextlib.suppress(ClientDisconnected):
            await self.flush()
            await self.stream.linger(self.linger_seconds)

    def lose_streams(self) -> None:
        """Tell all that still runs that its client is gone."""
        for stream in list(self.streams.values()):
            stream.lose()
        self.stream.close()

    # What comes

    def handle(self, event: Event) -> None:
        """Deal with one event of the protocol."""
        match event:
            case RequestReceived(stream_id=int(number), headers=list(headers)):
                self.begin(number, headers)
            case DataReceived(stream_id=int(number), data=bytes(data), flow_controlled_length=int(size)):
                self.find(number).take_data(data, size)
            case StreamEnded(stream_id=int(number)):
                self.find(number).take_end()
            case StreamReset(stream_id=int(number)):
                self.find(number).lose()
            case WindowUpdated() | RemoteSettingsChanged():
                self.wake()
            case ConnectionTerminated():
                self.closing = True

    def begin(self, number: int, headers: Headers) -> Http2Stream:
        """Serve a request, unless the server is stopping."""
        stream = self.stream_class(self, number)
        self.streams[number] = stream
        if self.closing:
            self.reset(number, ErrorCodes.REFUSED_STREAM)
        else:
            self.server.spawn(stream.run(headers))
        return stream

    def find(self, number: int) -> Http2Stream:
        """The stream of this number; one that is over is made anew, and nobody listens to it."""
        return self.streams.get(number) or self.stream_class(self, number)

    def wake(self) -> None:
        """Let all that wait look again whether they may write."""
        for stream in self.streams.values():
            stream.wake()

    # What goes

    async def flush(self) -> None:
        """Return once the kernel has all that was put; raises ClientDisconnected."""
        await self.stream.write(self.protocol.data_to_send())

    def reset(self, number: int, code: ErrorCodes) -> None:
        """End one stream, and no other, before it is complete."""
        with contextlib.suppress(ProtocolError):  # it may have ended by itself
            self.protocol.reset_stream(number, code)
        self.forget(number)

    def forget(self, number: int) -> None:
        """Have done with a stream."""
        self.streams.pop(number, None)
        if not self.stream.lost:
            self.stream.transport.write(self.protocol.data_to_send())
        self.stream.wake()

    async def push(self, number: int, headers: Headers) -> None:
        """Promise the response to a request on the stream of this number, and serve it; headers are whole."""
        if not self.protocol.remote_settings.enable_push:
            return
        promised = self.protocol.get_next_available_stream_id()
        self.protocol.push_stream(number, promised, headers)
        await self.flush()
        self.begin(promised, headers).take_end()

    def shutdown(self) -> None:
        """Take no new requests; close as soon as those that run are over."""
        self.closing = True
        self.stream.wake()
