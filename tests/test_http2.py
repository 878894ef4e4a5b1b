"""The client of HTTP/2: it keeps streams apart, and tells a reset, a goodbye and nonsense apart."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import Event
from h2.exceptions import ProtocolError

from compliance.expect import Closed, NotHttp
from compliance.wire.http import Connection
from compliance.wire.http2 import Session, StreamReader, await_head

GET = [(b":method", b"GET"), (b":scheme", b"https"), (b":authority", b"testserver"), (b":path", b"/")]
Play = Callable[[H2Connection, Event], None]


@contextmanager
def peer(play: Play, *, window: int = 65535) -> Iterator[Session]:
    """A session with a thread that plays the server's part for each event."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        protocol = H2Connection(H2Configuration(client_side=False, header_encoding=None))
        with listener.accept()[0] as accepted:
            protocol.initiate_connection()
            accepted.sendall(protocol.data_to_send())
            with contextlib.suppress(ProtocolError):  # what comes when this side has closed
                while data := accepted.recv(65536):
                    for event in protocol.receive_data(data):
                        play(protocol, event)
                    accepted.sendall(protocol.data_to_send())

    thread = threading.Thread(target=serve)
    thread.start()
    connection = Connection(listener.getsockname())
    try:
        yield Session(connection, window=window)
    finally:
        connection.close()
        thread.join()
        listener.close()


def on(name: str, act: Callable[[H2Connection, int], None]) -> Play:
    """Act, on the stream of the event, at each event of this class."""

    def play(protocol: H2Connection, event: Event) -> None:
        if type(event).__name__ == name:
            act(protocol, getattr(event, "stream_id", 0))

    return play


def answer(protocol: H2Connection, stream: int) -> None:
    protocol.send_headers(stream, [(b":status", b"103"), (b"link", b"</a>")])
    protocol.send_headers(stream, [(b":status", b"200"), (b"x-a", b"%d" % stream)])
    protocol.send_data(stream, b"content %d" % stream)
    protocol.send_headers(stream, [(b"x-b", b"1")], end_stream=True)


def test_each_response_is_kept_with_its_stream() -> None:
    with peer(on("StreamEnded", answer)) as session:
        streams = [session.open(GET) for _ in range(3)]
        for stream in reversed(streams):
            await_head(session, stream)
            StreamReader(session, stream).rest()
    found = [(s.response.status, s.response.header("x-a"), s.response.body) for s in streams]
    assert found == [(200, b"%d" % n, b"content %d" % n) for n in (1, 3, 5)]
    assert all(stream.over and stream.response.trailers == [(b"x-b", b"1")] for stream in streams)
    assert [interim.status for interim in streams[0].response.interim] == [103]


def test_a_reset_is_told_from_the_end() -> None:
    with peer(on("RequestReceived", lambda protocol, stream: protocol.reset_stream(stream, 2))) as session:
        stream = session.open(GET)
        with pytest.raises(Closed, match="ended without a response, with code 2"):
            await_head(session, stream)
    assert (stream.reset, stream.response.complete) == (2, False)


def test_a_goodbye_with_an_error_ends_what_is_not_complete() -> None:
    def leave(protocol: H2Connection, _: int) -> None:
        protocol.close_connection(error_code=1)

    with peer(on("RequestReceived", leave)) as session:
        stream = session.open(GET)
        with pytest.raises(Closed, match="with code 1"):
            await_head(session, stream)


def test_what_is_no_http2_is_refused() -> None:
    def leave(protocol: H2Connection, _: int) -> None:
        protocol._data_to_send += b"\0" * 9  # DATA of no stream

    with peer(on("RequestReceived", leave)) as session, pytest.raises(NotHttp, match="not HTTP/2"):
        await_head(session, session.open(GET))


def test_a_stream_gets_as_much_as_it_is_allowed() -> None:
    def play(protocol: H2Connection, event: Event) -> None:
        match type(event).__name__:
            case "RequestReceived":
                protocol.send_headers(1, [(b":status", b"200")])
                protocol.send_data(1, b"0123")
            case "WindowUpdated" if getattr(event, "stream_id", 0) == 1:
                protocol.send_data(1, b"4567", end_stream=True)

    with peer(play, window=4) as session:
        stream = session.open(GET)
        reader = StreamReader(session, stream)
        assert (reader.read(4), stream.over) == (b"0123", False)
        session.allow(stream, 4)
        assert (reader.rest(), stream.over) == (b"01234567", True)


def test_a_large_body_is_sent_as_the_windows_open() -> None:
    received: list[int] = []

    def play(protocol: H2Connection, event: Event) -> None:
        match type(event).__name__:
            case "DataReceived":
                size = getattr(event, "flow_controlled_length", 0)
                received.append(size)
                protocol.acknowledge_received_data(size, 1)
            case "StreamEnded":
                answer(protocol, 1)

    with peer(play) as session:
        stream = session.open(GET, end=False)
        session.send(stream, b"x" * 200_000, end=True)
        await_head(session, stream)
    assert sum(received) == 200_000
