"""HTTP/2 over a connection: many streams, read tolerantly.

The h2 library cuts frames and compresses header fields. Its checks of what the server sends are switched off,
as far as it lets them be; what cannot be read raises `NotHttp`. Where nothing else is said, flow control is
out of the way: what is received is acknowledged at once.
"""

from dataclasses import dataclass, field

from h2 import events
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings

from compliance.expect import Closed, NotHttp
from compliance.wire.body import BodyReader
from compliance.wire.http import Connection, Headers, Response

WINDOW = 65535


@dataclass
class Stream:
    """What has come on one stream; `response` has no status before its head.

    `fields` are those of the head as they came, the pseudo-header among them. `reset` is the code with which
    the server has ended the stream, `promise` the headers of the request that it has promised to answer here.
    """

    number: int
    response: Response = field(default_factory=lambda: Response(b"HTTP/2", 0, b"", [], "stream"))
    fields: Headers = field(default_factory=list)
    reset: int | None = None
    promise: Headers = field(default_factory=list)

    @property
    def over(self) -> bool:
        """Whether nothing more comes."""
        return self.response.complete or self.reset is not None


class Session:
    """One connection of HTTP/2 as its client."""

    def __init__(self, connection: Connection, *, push: bool = False, window: int = WINDOW) -> None:
        """Say hello. `push`: the server may push; `window`: bytes that it may send on a stream unasked."""
        self.connection = connection
        self.streams: dict[int, Stream] = {}
        self._paced = window != WINDOW
        self.protocol = H2Connection(
            H2Configuration(
                client_side=True,
                header_encoding=None,
                validate_inbound_headers=False,
                normalize_inbound_headers=False,
                validate_outbound_headers=False,
                normalize_outbound_headers=False,
            )
        )
        initial = {SettingCodes.ENABLE_PUSH: int(push), SettingCodes.INITIAL_WINDOW_SIZE: window}
        self.protocol.local_settings = Settings(client=True, initial_values=initial)
        self.protocol.initiate_connection()
        self._flush()

    def _flush(self) -> None:
        data = self.protocol.data_to_send()
        if data:
            self.connection.send(data)

    # What goes

    def open(self, fields: Headers, *, end: bool = True) -> Stream:
        """Send the head of a request, pseudo-headers first; `end`: it has no body."""
        stream = Stream(self.protocol.get_next_available_stream_id())
        self.streams[stream.number] = stream
        self.protocol.send_headers(stream.number, fields, end_stream=end)
        self._flush()
        return stream

    def send(self, stream: Stream, data: bytes, *, end: bool = False) -> None:
        """Send a part of a body in as few frames as the server lets us; raises Closed, or Silence."""
        try:
            left = memoryview(data)
            while len(left) > self.protocol.max_outbound_frame_size or not self._fits(stream, left):
                size = self._room(stream)
                self._data(stream, left[:size], end=False)
                left = left[size:]
            self._data(stream, left, end=end)
        except ProtocolError as error:
            raise Closed(f"the server takes no more of the body: {error}") from error

    def _data(self, stream: Stream, data: memoryview, *, end: bool) -> None:
        self.protocol.send_data(stream.number, bytes(data), end_stream=end)
        self._flush()

    def _fits(self, stream: Stream, data: memoryview) -> bool:
        return len(data) <= self.protocol.local_flow_control_window(stream.number)

    def _room(self, stream: Stream) -> int:
        while (window := self.protocol.local_flow_control_window(stream.number)) <= 0:
            self.step("more room for the body of a request")
        return min(window, self.protocol.max_outbound_frame_size)

    def reset(self, stream: Stream, code: int = ErrorCodes.CANCEL) -> None:
        """Want nothing more of a stream (RST_STREAM)."""
        self.protocol.reset_stream(stream.number, code)
        self._flush()

    def allow(self, stream: Stream, size: int) -> None:
        """Let the server send so many bytes more on a stream (WINDOW_UPDATE)."""
        self.protocol.increment_flow_control_window(size, stream.number)
        self._flush()

    # What comes

    def step(self, what: str = "more of a response") -> None:
        """Read once; raises Closed where the connection ends before `what`, Silence, and NotHttp."""
        self.connection.need(what)
        self._take()

    def poll(self) -> None:
        """Read what has come until now, without waiting."""
        self.connection.poll()
        self._take()

    def _take(self) -> None:
        data = self.connection.take(len(self.connection.buffer))
        try:
            received = self.protocol.receive_data(data) if data else []
        except ProtocolError as error:
            raise NotHttp(f"frames that are not HTTP/2: {error!r}") from error
        for event in received:
            self._note(event)
        self._flush()

    def _note(self, event: events.Event) -> None:
        match event:
            case events.ResponseReceived():
                self._head(event)
            case events.DataReceived():
                self._content(event)
            case events.PushedStreamReceived():
                self._numbered(event.pushed_stream_id).promise = list(event.headers or [])
            case events.InformationalResponseReceived():
                self._of(event).response.interim.append(_response(list(event.headers or [])))
            case events.TrailersReceived():
                self._of(event).response.trailers += list(event.headers or [])
            case _:
                self._note_end(event)

    def _note_end(self, event: events.Event) -> None:
        match event:
            case events.StreamEnded():
                self._of(event).response.complete = True
            case events.StreamReset():
                self._of(event).reset = int(event.error_code or 0)
            case events.ConnectionTerminated(error_code=int(code)) if code:
                for stream in self.streams.values():  # what is not complete never will be
                    stream.reset = stream.reset if stream.over else code

    def _of(self, event: events.Event) -> Stream:
        return self._numbered(getattr(event, "stream_id", None))

    def _numbered(self, number: int | None) -> Stream:
        return self.streams.setdefault(number or 0, Stream(number or 0))

    def _head(self, event: events.ResponseReceived) -> None:
        stream = self._of(event)
        stream.fields = list(event.headers or [])
        found = _response(stream.fields)
        stream.response.status, stream.response.headers = found.status, found.headers

    def _content(self, event: events.DataReceived) -> None:
        stream = self._of(event)
        stream.response.body += event.data or b""
        stream.response.chunks.append(event.data or b"")
        size = event.flow_controlled_length or 0
        if not self._paced:
            self.protocol.acknowledge_received_data(size, stream.number)
        elif size:
            self.protocol.increment_flow_control_window(size)

    def pushed(self) -> list[Stream]:
        """The streams that the server has promised until now."""
        return [stream for stream in self.streams.values() if stream.promise]

    def settings(self) -> Settings:
        """What the server has said of itself; waits until it has."""
        while not self.connection.received:
            self.step("the server's settings")
        return self.protocol.remote_settings


def _response(fields: Headers) -> Response:
    status = dict(fields).get(b":status", b"")
    if not status.isdigit():
        raise NotHttp(f"a response without a status: {fields!r}")
    headers = [item for item in fields if not item[0].startswith(b":")]
    return Response(b"HTTP/2", int(status), b"", headers, "stream")


class StreamReader(BodyReader):
    """Reads the content of a response on a stream."""

    def __init__(self, session: Session, stream: Stream) -> None:
        """Read what comes on `stream`."""
        super().__init__(session.connection, stream.response)
        self._session = session
        self._stream = stream

    def step(self) -> bool:
        """Read some more; False once the response is over, or broke off (`complete` tells)."""
        if self._stream.over:
            return False
        try:
            self._session.step("the rest of the content")
        except Closed:
            return False
        return True


def await_head(session: Session, stream: Stream) -> Response:
    """The response on a stream, once its head has come; raises Closed if it never will."""
    while not stream.response.status:
        if stream.over:
            raise Closed(f"the stream ended without a response, with code {stream.reset}")
        session.step("the head of a response")
    return stream.response
