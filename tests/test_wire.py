"""The raw client: sends what it is given, reads tolerantly, and tells silence, close and reset apart."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from compliance.expect import Closed, NotHttp, Silence
from compliance.wire import http, pace, websocket
from compliance.wire.body import BodyReader
from compliance.wire.http import Connection
from compliance.wire.websocket import Frame


@contextmanager
def peer(play: Callable[[socket.socket], None]) -> Iterator[Connection]:
    """A connection to a thread that plays the server's part once."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listener.accept()[0] as accepted:
            play(accepted)

    thread = threading.Thread(target=serve)
    thread.start()
    connection = Connection(listener.getsockname())
    try:
        yield connection
    finally:
        connection.close()
        thread.join()
        listener.close()


def sends(data: bytes) -> Callable[[socket.socket], None]:
    return lambda accepted: accepted.sendall(data)


def read(connection: Connection, method: str = "GET") -> http.Response:
    response = connection.final_head(method)
    BodyReader(connection, response).rest()
    return response


def test_a_response_with_a_length_is_read_whole() -> None:
    with peer(sends(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nA:  b \r\n\r\nabc")) as connection:
        response = read(connection)
    assert (response.status, response.reason, response.body, response.complete) == (200, b"OK", b"abc", True)
    assert response.header("a") == b"b"


def test_chunks_are_decoded_and_kept() -> None:
    data = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n1\r\nd\r\n0\r\nT: v\r\n\r\n"
    with peer(sends(data)) as connection:
        response = read(connection)
    assert (response.chunks, response.body, response.complete) == ([b"abc", b"d"], b"abcd", True)


def test_interim_responses_are_kept_apart() -> None:
    with peer(sends(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")) as connection:
        response = read(connection)
    assert [interim.status for interim in response.interim] == [100]
    assert response.status == 204
    assert response.complete


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
    ],
)
def test_a_broken_off_response_is_not_complete(data: bytes) -> None:
    with peer(sends(data)) as connection:
        assert not read(connection).complete


def test_a_response_without_framing_ends_with_the_connection() -> None:
    with peer(sends(b"HTTP/1.0 200 OK\r\n\r\nabc")) as connection:
        response = read(connection)
    assert (response.body, response.complete) == (b"abc", True)


def test_close_and_silence_and_nonsense_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPLIANCE_PATIENCE", "0.005")
    with peer(lambda _: None) as connection, pytest.raises(Closed):
        connection.final_head()
    with peer(sends(b"hello\r\n")) as connection, pytest.raises(NotHttp):
        connection.final_head()
    with peer(lambda accepted: accepted.recv(1) and None) as connection:
        with pytest.raises(Silence):
            connection.final_head()
        connection.half_close()


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536])
@pytest.mark.parametrize("mask", [b"abcd", None])
def test_frames_survive_the_wire(size: int, mask: bytes | None) -> None:
    frame = Frame(websocket.BINARY, bytes(size), final=False)
    with peer(sends(websocket.encode(frame, mask))) as connection:
        seen = websocket.read_frame(connection)
    assert (seen.opcode, seen.payload, seen.final, seen.masked) == (2, frame.payload, False, mask is not None)


def test_the_accept_value_is_that_of_the_rfc() -> None:
    assert websocket.accept_value(b"dGhlIHNhbXBsZSBub25jZQ==") == b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def test_a_request_gets_host_and_length_unless_given() -> None:
    assert http.request("POST", "/", body=b"x") == (
        b"POST / HTTP/1.1\r\nHost: testserver\r\nContent-Length: 1\r\n\r\nx"
    )
    assert http.request("GET", "/", [("Host", "a")]) == b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def test_what_the_peer_has_not_read_is_known_to_the_kernel() -> None:
    """The bytes in the peer's receive queue, where the platform tells them."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with socket.create_connection(listener.getsockname()) as client, listener.accept()[0] as peer:
            client.sendall(b"abc")
            waiting = [pace.unread(client)]
            peer.recv(2)
            waiting.append(pace.unread(client))
    assert waiting in ([3, 1], [0, 0])
