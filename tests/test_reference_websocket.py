"""The reference server over ASGI WebSocket: handshake, messages, and every way to the end."""

# ruff: noqa: ARG001 - applications have their three arguments whether or not they use them

import queue
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from compliance.lint import judge_asgi
from compliance.reference.embedded import Embedded, serving
from compliance.reference.errors import ApplicationError, ClientDisconnected
from compliance.wire import websocket
from compliance.wire.body import BodyReader
from compliance.wire.http import Connection, Response, request
from compliance.wire.websocket import Frame

ACCEPT = {"type": "websocket.accept"}
CLOSE = {"type": "websocket.close"}
START = {"type": "websocket.http.response.start", "status": 401, "headers": [(b"x-why", b"no")]}
BODY = {"type": "websocket.http.response.body", "body": b"denied"}
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
HANDSHAKE = {
    "Upgrade": "WebSocket",
    "Connection": "keep-alive, Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
}


class Application:
    """Sends what it is told to, then echoes until the disconnect; tells of errors and of the end."""

    def __init__(self, *messages: Any) -> None:
        self.messages = messages
        self.scopes: list[Any] = []
        self.trace: list[Any] = []
        self.told: queue.Queue[Any] = queue.Queue()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            raise NotImplementedError
        self.scopes.append(scope)

        async def say(message: Any) -> None:
            self.trace.append(("send", message))
            await send(message)

        async def hear() -> Any:
            self.trace.append(("receive", await receive()))
            return self.trace[-1][1]

        try:
            await self.play(hear, say)
        except BaseException as error:
            self.told.put(error)
            raise

    async def play(self, receive: Any, send: Any) -> None:
        await receive()
        for message in self.messages:
            await send(message)
        while (message := await receive())["type"] != "websocket.disconnect":
            match message.get("text"):
                case "close":
                    await send({"type": "websocket.close", "code": 3001, "reason": "bye é"})
                case "return":
                    break
                case "no echo":
                    pass
                case "raise":
                    raise ValueError
                case _:
                    await send({**message, "type": "websocket.send"})
        self.told.put(message)


@pytest.fixture
def app() -> Application:
    """An application that accepts."""
    return Application(ACCEPT)


@pytest.fixture
def server(app: Application) -> Iterator[Embedded]:
    """A server with it."""
    with serving(app, "asgi") as embedded:
        yield embedded


def handshake(**changes: Any) -> bytes:
    """A handshake in which some headers are other ones, or left out (None)."""
    fields = {**HANDSHAKE, **{name.replace("_", "-"): value for name, value in changes.items()}}
    return request(
        "GET", "/a%20b?c=%20", [(name, value) for name, value in fields.items() if value is not None]
    )


def read(connection: Connection) -> Response:
    response = connection.final_head()
    reader = BodyReader(connection, response)
    while response.status != 101 and reader.step():
        pass
    return response


@contextmanager
def opened(server: Embedded) -> Iterator[Connection]:
    """A WebSocket whose handshake has been accepted."""
    with closing(Connection(server.address)) as connection:
        connection.send(handshake())
        assert connection.final_head().status == 101
        yield connection


@contextmanager
def client(server: Embedded, **options: Any) -> Iterator[ClientConnection]:
    """A real client."""
    with connect("ws://{}:{}/".format(*server.address), max_size=None, **options) as connection:
        yield connection


def test_the_handshake(server: Embedded, app: Application) -> None:
    with closing(Connection(server.address)) as connection:
        connection.send(handshake(Sec_WebSocket_Protocol="a, B"))
        response = connection.final_head()
        assert response.status == 101
        assert response.header("sec-websocket-accept") == b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        assert response.header("sec-websocket-protocol") is None
    assert isinstance(app.told.get(timeout=5), dict)
    scope = app.scopes[0]
    assert judge_asgi(scope, app.trace) == []
    assert (scope["path"], scope["raw_path"], scope["query_string"]) == ("/a b", b"/a%20b", b"c=%20")
    assert (scope["scheme"], scope["subprotocols"], scope["http_version"]) == ("ws", ["a", "B"], "1.1")
    assert "method" not in scope
    assert scope["extensions"] == {"websocket.http.response": {}}


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (handshake(Sec_WebSocket_Key=None), 400),
        (handshake(Sec_WebSocket_Key="YWJj"), 400),
        (handshake(Sec_WebSocket_Key="not base64"), 400),
        (handshake(Sec_WebSocket_Version=None), 426),
        (handshake(Sec_WebSocket_Version="8"), 426),
        (handshake(Connection="close"), 400),
        (handshake(Upgrade="foo"), 400),
        (handshake(Host="a b"), 400),
        (handshake(Sec_WebSocket_Extensions="permessage-deflate; ; ="), 400),
        (handshake().replace(b"GET", b"POST"), 400),
        (handshake()[:-2] + b"Sec-WebSocket-Key: " + KEY.encode() + b"\r\n\r\n", 400),
    ],
)
def test_a_wrong_handshake_is_refused(server: Embedded, app: Application, data: bytes, status: int) -> None:
    with closing(Connection(server.address)) as connection:
        connection.send(data)
        response = read(connection)
        assert (response.status, app.scopes) == (status, [])
        assert response.header("sec-websocket-version") == (b"13" if status == 426 else None)
        assert connection.read_to_end() == b""


def test_an_unknown_extension_is_not_accepted(server: Embedded) -> None:
    with closing(Connection(server.address)) as connection:
        connection.send(handshake(Sec_WebSocket_Extensions="x-foo; a=1, permessage-deflate"))
        response = connection.final_head()
        assert (response.status, response.all("sec-websocket-extensions")) == (101, [b"permessage-deflate"])


@pytest.mark.parametrize("compression", ["deflate", None])
def test_messages_are_compressed_as_a_real_client_does(server: Embedded, compression: str | None) -> None:
    with client(server, compression=compression) as connection:
        for message in ("", "hello", b"\x00" * 100_000, "x" * 1000, "hello"):
            connection.send(message)
            assert connection.recv() == message


def test_accept_headers_and_subprotocol() -> None:
    headers = [(b"x-b", b"1"), (b"x-a", b"2"), (b"upgrade", b"other")]
    app = Application({**ACCEPT, "subprotocol": "b", "headers": headers})
    with serving(app, "asgi") as server, closing(Connection(server.address)) as connection:
        connection.send(handshake(Sec_WebSocket_Protocol="a,b"))
        response = connection.final_head()
    assert response.all("sec-websocket-protocol") == [b"b"]
    assert response.all("upgrade") == [b"websocket"]
    assert [name for name, _ in response.headers][-2:] == [b"x-b", b"x-a"]


def test_frames_that_come_with_the_handshake_are_not_lost(server: Embedded) -> None:
    with closing(Connection(server.address)) as connection:
        connection.send(handshake() + websocket.encode(Frame(1, b"early")))
        assert connection.final_head().status == 101
        assert websocket.read_message(connection).payload == b"early"


MESSAGES = {
    "text": "text é",
    "empty text": "",
    "binary": b"\x00\xff",
    "empty binary": b"",
    "large": b"x" * 3_000_000,
    "fragments": ["a", "", "é"],
}


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES)
def test_messages_come_back(server: Embedded, message: Any) -> None:
    with client(server) as connection:
        connection.send(message)
        assert connection.recv() == ("".join(message) if isinstance(message, list) else message)


def test_a_ping_is_answered_while_the_application_is_busy() -> None:
    class Busy(Application):
        async def play(self, receive: Any, send: Any) -> None:
            await send(ACCEPT)
            self.told.put(await receive())
            while (await receive())["type"] != "websocket.disconnect":
                pass

    with serving(Busy(), "asgi") as server, opened(server) as connection:
        connection.send(websocket.encode(Frame(1, b"a", final=False)) + websocket.encode(Frame(9, b"data")))
        frame = websocket.read_frame(connection)
        assert (frame.opcode, frame.payload) == (10, b"data")


@pytest.mark.parametrize(
    ("word", "code", "reason"), [("close", 3001, "bye é"), ("return", 1000, ""), ("raise", 1011, "")]
)
def test_the_code_that_the_client_sees(server: Embedded, word: str, code: int, reason: str) -> None:
    with client(server) as connection:
        connection.send(word)
        with pytest.raises(ConnectionClosed) as closed:
            connection.recv()
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (code, reason)


def test_the_application_hears_of_its_own_close(server: Embedded, app: Application) -> None:
    with client(server) as connection:
        connection.send("close")
        assert app.told.get(timeout=5) == {"type": "websocket.disconnect", "code": 3001, "reason": "bye é"}


@pytest.mark.parametrize(
    ("data", "code", "reason"),
    [
        (websocket.encode(Frame(8, websocket.close_payload(4000, "é"))), 4000, "é"),
        (websocket.encode(Frame(8)), 1005, ""),
        (websocket.encode(Frame(8, b"\x03")), 1006, ""),
        (websocket.encode(Frame(8, b"\x03\xed")), 1006, ""),
        (websocket.encode(Frame(1, b"x"), mask=None), 1006, ""),
        (websocket.encode(Frame(1, b"\xff")), 1006, ""),
    ],
)
def test_the_code_that_the_application_sees(
    server: Embedded, app: Application, data: bytes, code: int, reason: str
) -> None:
    with opened(server) as connection:
        connection.send(websocket.encode(Frame(1, b"no echo")) + data)
        assert app.told.get(timeout=5) == {"type": "websocket.disconnect", "code": code, "reason": reason}
    assert app.trace[-2][1]["text"] == "no echo"


@pytest.mark.parametrize("leave", [Connection.half_close, Connection.abort])
def test_the_code_of_a_lost_connection(
    server: Embedded, app: Application, leave: Callable[[Connection], None]
) -> None:
    with opened(server) as connection:
        leave(connection)
        assert app.told.get(timeout=5) == {"type": "websocket.disconnect", "code": 1006, "reason": ""}


def test_the_closing_handshake(server: Embedded) -> None:
    with opened(server) as connection:
        payload = websocket.close_payload(1001, "so long")
        connection.send(websocket.encode(Frame(8, payload)) + websocket.encode(Frame(9, b"late")))
        frame = websocket.read_frame(connection)
        assert (frame.opcode, frame.payload) == (8, payload)
        assert connection.read_to_end() == b""


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (websocket.encode(Frame(1, b"x"), mask=None), 1002),
        (websocket.encode(Frame(1, b"\xff")), 1007),
        (websocket.encode(Frame(0, b"x")), 1002),
        (websocket.encode(Frame(3, b"x")), 1002),
    ],
)
def test_a_broken_frame_fails_the_connection(server: Embedded, data: bytes, code: int) -> None:
    with opened(server) as connection:
        connection.send(data + websocket.encode(Frame(1, b"more")))
        assert websocket.read_frame(connection).code == code
        assert connection.read_to_end() == b""


def test_messages_before_the_close_are_delivered(server: Embedded, app: Application) -> None:
    texts = [b"%d" % number for number in range(200)]
    frames = b"".join(websocket.encode(Frame(1, text)) for text in texts)
    with opened(server) as connection:
        connection.send(frames)
        assert [websocket.read_frame(connection).payload for _ in texts] == texts


def test_send_after_the_client_has_gone_raises(capsys: pytest.CaptureFixture[str]) -> None:
    class Talker(Application):
        async def play(self, receive: Any, send: Any) -> None:
            await send(ACCEPT)
            while (await receive())["type"] != "websocket.disconnect":
                pass
            await send({"type": "websocket.send", "text": "late"})

    app = Talker()
    with serving(app, "asgi") as server, opened(server) as connection:
        connection.close()
        assert isinstance(app.told.get(timeout=5), ClientDisconnected)
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("message", [CLOSE, {**CLOSE, "code": 4000, "reason": "x"}])
def test_a_close_before_accept_is_403(message: Any) -> None:
    app = Application(message)
    with serving(app, "asgi") as server, closing(Connection(server.address)) as connection:
        connection.send(handshake())
        response = read(connection)
        assert (response.status, response.header("upgrade")) == (403, None)
        assert connection.read_to_end() == b""
        assert app.told.get(timeout=5) == {"type": "websocket.disconnect", "code": 1006, "reason": ""}


def test_a_denial_response() -> None:
    app = Application(START, {**BODY, "more_body": True}, BODY)
    with serving(app, "asgi") as server, closing(Connection(server.address)) as connection:
        connection.send(handshake())
        response = read(connection)
        assert (response.status, response.header("x-why"), response.body) == (401, b"no", b"denieddenied")
        assert connection.read_to_end() == b""
        assert app.told.get(timeout=5)["type"] == "websocket.disconnect"
    assert judge_asgi(app.scopes[0], app.trace) == []


@pytest.mark.parametrize("messages", [[], [START]])
@pytest.mark.parametrize("error", [None, ValueError])
def test_an_application_that_ends_without_a_reply(messages: list[Any], error: type[Exception] | None) -> None:
    class Short(Application):
        async def play(self, receive: Any, send: Any) -> None:
            await receive()
            for message in messages:
                await send(message)
            if error:
                raise error

    with serving(Short(), "asgi") as server, closing(Connection(server.address)) as connection:
        connection.send(handshake())
        assert read(connection).status == 500
        assert connection.read_to_end() == b""


@pytest.mark.parametrize("leave", [Connection.close, Connection.abort])
def test_a_client_that_leaves_during_the_handshake(leave: Callable[[Connection], None]) -> None:
    class Patient(Application):
        async def play(self, receive: Any, send: Any) -> None:
            self.told.put(await receive())
            self.told.put(await receive())
            await send(ACCEPT)

    app = Patient()
    with serving(app, "asgi") as server, closing(Connection(server.address)) as connection:
        connection.send(handshake())
        assert app.told.get(timeout=5) == {"type": "websocket.connect"}
        leave(connection)
        assert app.told.get(timeout=5) == {"type": "websocket.disconnect", "code": 1006, "reason": ""}
        assert isinstance(app.told.get(timeout=5), ClientDisconnected)


@pytest.mark.parametrize(
    ("messages", "requirement"),
    [
        ([{"type": "websocket.send", "text": "x"}], "asgi.ws.accept.send_before_accept"),
        ([{"type": "http.response.start", "status": 200}], "asgi.core.error.send_unknown_type"),
        ([{**ACCEPT, "subprotocol": "x"}], "asgi.ws.accept.subprotocol_app_offered"),
        ([{**ACCEPT, "subprotocol": b"x"}], "asgi.ws.accept.subprotocol"),
        (
            [{**ACCEPT, "headers": [(b"sec-websocket-protocol", b"x")]}],
            "asgi.ws.accept.headers_no_protocol_app",
        ),
        ([{**ACCEPT, "headers": [(b"x", b"a\nb")]}], "asgi.http.start.header_injection"),
        ([BODY], "asgi.ext.denial.event_structure"),
        ([START, ACCEPT], "asgi.ext.denial.no_ws_messages_after"),
        ([ACCEPT, ACCEPT], "asgi.ws.accept.twice"),
        ([ACCEPT, START], "asgi.ext.denial.after_accept_invalid"),
        ([ACCEPT, {"type": "websocket.send"}], "asgi.ws.send.exactly_one_app"),
        ([ACCEPT, {"type": "websocket.send", "text": "x", "bytes": b"x"}], "asgi.ws.send.exactly_one_app"),
        ([ACCEPT, {"type": "websocket.send", "text": b"x"}], "asgi.ws.send.wrong_type"),
        ([ACCEPT, {"type": "websocket.send", "text": "\ud800"}], "rfc6455.data.utf8_sent"),
        ([ACCEPT, {**CLOSE, "code": 1006}], "asgi.ws.app.close_code_valid"),
    ],
)
def test_what_an_application_may_not_send(messages: list[Any], requirement: str) -> None:
    app = Application(*messages)
    with serving(app, "asgi") as server, closing(Connection(server.address)) as connection:
        connection.send(handshake())
        connection.send(websocket.encode(Frame(8, b"")))
        connection.read_to_end()
    error = app.told.get(timeout=5)
    assert isinstance(error, ApplicationError)
    assert error.requirement == requirement


def test_a_second_close_raises_and_sends_nothing() -> None:
    app = Application(ACCEPT, CLOSE, CLOSE)
    with serving(app, "asgi") as server, opened(server) as connection:
        assert websocket.read_frame(connection).code == 1000
        connection.send(websocket.encode(Frame(8, websocket.close_payload(1000))))
        assert connection.read_to_end() == b""
        assert isinstance(app.told.get(timeout=5), ClientDisconnected)


def test_a_long_reason_is_cut_at_a_character() -> None:
    with (
        serving(Application(ACCEPT, {**CLOSE, "reason": "é" * 100}), "asgi") as server,
        opened(server) as connection,
    ):
        frame = websocket.read_frame(connection)
        assert (frame.code, frame.reason) == (1000, "é" * 61)


def test_a_full_queue_stops_the_reading(server: Embedded) -> None:
    """More than fits in the queue, to an application that has yet to read."""
    frame = websocket.encode(Frame(2, b"x" * 50_000))
    with opened(server) as connection:
        for _ in range(100):
            connection.send(frame)
            connection.poll()
        assert {len(websocket.read_frame(connection).payload) for _ in range(100)} == {50_000}


def test_a_stopping_server_closes_its_websockets(server: Embedded, app: Application) -> None:
    with opened(server) as connection:
        server.request_stop()
        assert websocket.read_frame(connection).code == 1001
        connection.send(websocket.encode(Frame(8, websocket.close_payload(1001))))
        assert connection.read_to_end() == b""
        assert app.told.get(timeout=5) == {"type": "websocket.disconnect", "code": 1001, "reason": ""}


def test_http_1_0_knows_no_upgrade() -> None:
    app = Application({"type": "http.bogus"})
    with serving(app, "asgi") as server, closing(Connection(server.address)) as connection:
        connection.send(handshake().replace(b"HTTP/1.1", b"HTTP/1.0"))
        assert connection.final_head().status == 500
    assert app.scopes[0]["type"] == "http"
