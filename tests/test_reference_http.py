"""The reference server over ASGI HTTP: what it sends and refuses, and how it meets a client that leaves."""

# ruff: noqa: ARG001, ARG002 - applications have their three arguments whether or not they use them

import asyncio
import queue
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from compliance.lint import judge_asgi
from compliance.reference.embedded import Embedded, serving
from compliance.reference.errors import ApplicationError, ClientDisconnected
from compliance.wire.body import BodyReader
from compliance.wire.http import Connection, Response, chunked, request

Application = Callable[[Any, Any, Any], Awaitable[None]]
START = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}
END = {"type": "http.response.body"}


def http(app: Application) -> Application:
    """The application without a lifespan."""

    async def outer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            raise NotImplementedError
        await app(scope, receive, send)

    return outer


def read(connection: Connection, method: str = "GET") -> Response:
    response = connection.final_head(method)
    reader = BodyReader(connection, response)
    while reader.step():
        pass
    return response


def ask(server: Embedded, data: bytes, method: str = "GET") -> Response:
    with closing(Connection(server.address)) as connection:
        connection.send(data)
        return read(connection, method)


class Recorder:
    """An application that answers with what it is told to send, and keeps all that it saw."""

    def __init__(self, *messages: Any) -> None:
        self.messages = messages or (START, {"type": "http.response.body", "body": b"hello"})
        self.scopes: list[Any] = []
        self.errors: queue.Queue[BaseException | None] = queue.Queue()
        self.trace: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            raise NotImplementedError
        self.scopes.append(scope)
        for message in self.messages:
            self.trace.append(("send", message))
            try:
                await send(message)
            except Exception as error:
                self.errors.put(error)
                raise
        self.errors.put(None)


class Reader(Recorder):
    """Reads the whole body, then answers with it."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            raise NotImplementedError
        self.scopes.append(scope)
        body, more = b"", True
        while more:
            message = await receive()
            self.trace.append(("receive", message))
            if message["type"] == "http.disconnect":
                return
            body, more = body + message["body"], message["more_body"]
        await send(START)
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def reader() -> Iterator[tuple[Embedded, Reader]]:
    """A server with an application that sends the body back."""
    app = Reader()
    with serving(app, "asgi") as server:
        yield server, app


def test_scope_of_a_request(reader: tuple[Embedded, Reader]) -> None:
    server, app = reader
    ask(server, request("GET", "/caf%C3%A9%20x/+?a=%20b", [("X-A", "1"), ("X-A", "2")]))
    scope = app.scopes[0]
    assert judge_asgi(scope, app.trace) == []
    assert scope["path"] == "/café x/+"
    assert scope["raw_path"] == b"/caf%C3%A9%20x/+"
    assert scope["query_string"] == b"a=%20b"
    assert [value for name, value in scope["headers"] if name == b"x-a"] == [b"1", b"2"]
    assert scope["server"] == list(server.address)
    assert scope["asgi"] == {"version": "3.0", "spec_version": "2.5"}


def test_absolute_form_replaces_host(reader: tuple[Embedded, Reader]) -> None:
    server, app = reader
    ask(server, request("GET", "http://other:81/p?q", host="here"))
    assert app.scopes[0]["path"] == "/p"
    assert [value for name, value in app.scopes[0]["headers"] if name == b"host"] == [b"other:81"]


@pytest.mark.parametrize("target", [b"*", b"http://testserver"])
def test_options_of_the_whole_server_have_a_path_of_their_own(
    reader: tuple[Embedded, Reader], target: bytes
) -> None:
    server, app = reader
    assert ask(server, b"OPTIONS %b HTTP/1.1\r\nHost: testserver\r\n\r\n" % target).status == 200
    assert (app.scopes[0]["path"], app.scopes[0]["raw_path"]) == ("*", b"*")


def test_bodies_in_every_framing(reader: tuple[Embedded, Reader]) -> None:
    server, _ = reader
    assert ask(server, request("POST", "/", body=b"abc")).body == b"abc"
    head = request("POST", "/", [("Transfer-Encoding", "chunked")])
    assert ask(server, head + chunked([b"ab", b"c"], [(b"X-T", b"1")])).body == b"abc"
    assert ask(server, request("GET", "/", version="1.0", host=None)).body == b""


def test_a_body_byte_by_byte(reader: tuple[Embedded, Reader]) -> None:
    server, _ = reader
    with closing(Connection(server.address)) as connection:
        for byte in b"\r\n" + request("POST", "/", body=b"abc") + b"\r\n" + request("GET", "/"):
            connection.send(bytes([byte]))
        assert read(connection).body == b"abc"
        assert read(connection).body == b""


def test_a_real_client(reader: tuple[Embedded, Reader]) -> None:
    server, app = reader
    with httpx.Client(base_url="http://{}:{}".format(*server.address)) as client:
        assert client.get("/", params={"a": "é"}).status_code == 200
        assert client.post("/", content=iter([b"one", b"", b"two"])).content == b"onetwo"
        assert client.put("/", json={}).content == b"{}"
        assert client.head("/").content == b""
    assert len({tuple(scope["client"]) for scope in app.scopes}) == 1  # one connection for all


def test_pipelined_requests_are_answered_in_order(reader: tuple[Embedded, Reader]) -> None:
    server, app = reader
    with closing(Connection(server.address)) as connection:
        connection.send(b"".join(request("POST", f"/{n}", body=b"%d" % n) for n in range(20)))
        assert [read(connection).body for _ in range(20)] == [b"%d" % n for n in range(20)]
        assert len({id(scope) for scope in app.scopes}) == 20


def test_the_continue_is_sent_on_the_first_receive(reader: tuple[Embedded, Reader]) -> None:
    server, _ = reader
    with closing(Connection(server.address)) as connection:
        connection.send(request("POST", "/", [("Expect", "100-Continue"), ("Content-Length", "2")]))
        assert connection.head().status == 100
        connection.send(b"ok")
        assert read(connection).body == b"ok"


def test_no_continue_where_nobody_reads() -> None:
    with serving(Recorder(), "asgi") as server, closing(Connection(server.address)) as connection:
        connection.send(request("POST", "/", [("Expect", "100-continue"), ("Content-Length", "2")]))
        response = read(connection)
        assert (response.status, response.interim, response.says_close()) == (200, [], True)
        assert connection.read_to_end() == b""


def test_an_unread_body_does_not_leak() -> None:
    with serving(Recorder(), "asgi") as server, closing(Connection(server.address)) as connection:
        connection.send(request("POST", "/", body=b"GET /smuggled HTTP/1.1\r\n\r\n") + request("GET", "/"))
        assert read(connection).status == read(connection).status == 200


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        (b"get / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        (b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", 501),
        (b"GET path HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET /#f HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 421),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", 400),
        (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1x\r\n\r\n", 400),
        (b"GET /" + b"x" * 400_000, 414),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 400_000, 431),
        (b"\x16\x03\x01", 400),
    ],
)
def test_what_is_no_request_is_refused(reader: tuple[Embedded, Reader], data: bytes, status: int) -> None:
    server, app = reader
    response = ask(server, data)
    assert (response.status, response.says_close(), app.scopes) == (status, True, [])
    assert response.header("content-type") == b"text/plain; charset=utf-8"


def test_a_broken_body_is_a_bad_request(reader: tuple[Embedded, Reader]) -> None:
    server, app = reader
    head = request("POST", "/", [("Transfer-Encoding", "chunked")])
    assert ask(server, head + b"1\r\nab\r\n").status == 400
    assert app.trace[-1] == ("receive", {"type": "http.disconnect"})


def test_a_known_length_is_announced() -> None:
    with serving(Recorder(), "asgi") as server:
        response = ask(server, request("GET", "/"))
        assert (response.framing, response.body) == ("length", b"hello")
        assert response.header("date") is not None
        head = ask(server, request("HEAD", "/"), "HEAD")
        assert (head.header("content-length"), head.body) == (b"5", b"")


def test_parts_go_out_in_chunks_without_empty_ones() -> None:
    parts: list[Any] = [
        {"type": "http.response.body", "body": part, "more_body": True} for part in (b"", b"a", b"b")
    ]
    with serving(Recorder(START, *parts, END), "asgi") as server:
        response = ask(server, request("GET", "/"))
        assert (response.framing, response.chunks) == ("chunked", [b"a", b"b"])
        assert ask(server, request("GET", "/", version="1.0")).framing == "close"


@pytest.mark.parametrize("status", [204, 205, 304])
def test_a_status_without_content(status: int) -> None:
    start = {
        **START,
        "status": status,
        "headers": [(b"content-length", b"3"), (b"transfer-encoding", b"chunked")],
    }
    app = Recorder(start, {**END, "body": b"abc"})
    with serving(app, "asgi") as server, closing(Connection(server.address)) as connection:
        connection.send(request("GET", "/") + request("GET", "/"))
        response = read(connection)
        assert response.header("transfer-encoding") is None
        assert response.header("content-length") == {204: None, 205: b"0", 304: b"3"}[status]
        assert read(connection).status == status


def test_trailers_go_to_a_client_that_wants_them() -> None:
    trailers = {"type": "http.response.trailers", "headers": [(b"x-t", b"1")]}
    app = Recorder({**START, "trailers": True}, {**END, "body": b"a"}, trailers)
    with serving(app, "asgi") as server, closing(Connection(server.address)) as connection:
        connection.send(request("GET", "/", [("TE", "trailers"), ("Connection", "TE, close")]))
        assert connection.read_to_end().endswith(b"1\r\na\r\n0\r\nx-t: 1\r\n\r\n")
        assert b"x-t" not in ask(server, request("GET", "/")).body


def test_an_early_hint_does_not_stand_for_100_continue() -> None:
    hint = {"type": "http.response.early_hint", "links": [b"</a>"]}
    with (
        serving(Recorder(hint, START, END), "asgi") as server,
        closing(Connection(server.address)) as connection,
    ):
        connection.send(request("POST", "/", [("Expect", "100-continue"), ("Content-Length", "1")]))
        assert connection.head().status == 103
        assert connection.head().says_close()  # the body that was not asked for may still come


def test_one_shot_headers_are_taken() -> None:
    start = {**START, "headers": (pair for pair in [(b"x-a", b"1"), (b"x-a", b"2")])}
    with serving(Recorder(start, END), "asgi") as server:
        assert ask(server, request("GET", "/")).all("x-a") == [b"1", b"2"]


@pytest.mark.parametrize(
    ("messages", "requirement"),
    [
        ([{"type": "http.bogus"}], "asgi.core.error.send_unknown_type"),
        ([{}], "asgi.core.event.type_present"),
        (["text"], "asgi.core.event.is_dict"),
        ([END], "asgi.http.start.before_body"),
        ([START, START], "asgi.http.start.once"),
        ([{"type": "http.response.start"}], "asgi.http.start.status_int"),
        ([{**START, "status": "200"}], "asgi.http.start.status_int"),
        ([{**START, "status": 700}], "rfc9110.status.range_invalid"),
        ([{**START, "status": 101}], "rfc9110.status.app_1xx_as_final"),
        ([{**START, "headers": [("a", "b")]}], "asgi.http.start.headers_type_app"),
        ([{**START, "headers": [(b"a", b"b\r\nc: d")]}], "asgi.http.start.header_injection"),
        ([{**START, "headers": [(b":status", b"200")]}], "asgi.http.start.no_pseudo_app"),
        ([{**START, "headers": [(b"a b", b"c")]}], "rfc9110.req.sender_grammar"),
        ([{**START, "headers": [(b"content-length", b"x")]}], "rfc9110.cl.invalid_not_forwarded"),
        ([START, {**END, "body": "text"}], "asgi.http.body.body_type_app"),
        ([START, {**END, "body": bytearray(b"x")}], "asgi.http.body.body_type_app"),
        ([START, {**END, "more_body": 1}], "asgi.http.body.more_body_type_app"),
        (
            [START, {"type": "http.response.push", "path": "/", "headers": []}],
            "asgi.core.ext.only_when_advertised",
        ),
        ([START, {"type": "http.response.trailers", "headers": []}], "asgi.ext.trailers.start_flag"),
    ],
)
def test_what_an_application_may_not_send(messages: list[Any], requirement: str) -> None:
    app = Recorder(*messages)
    with serving(app, "asgi") as server:
        assert ask(server, request("GET", "/")).status == 500
    error = app.errors.get(timeout=5)
    assert isinstance(error, ApplicationError)
    assert error.requirement == requirement
    assert requirement in str(error)


def test_more_than_the_announced_length_never_reaches_the_wire() -> None:
    start = {**START, "headers": [(b"content-length", b"2")]}
    app = Recorder(start, {**END, "body": b"a", "more_body": True}, {**END, "body": b"bcd"})
    with serving(app, "asgi") as server:
        response = ask(server, request("GET", "/"))
        assert (response.complete, response.body) == (False, b"a")
    assert getattr(app.errors.get(timeout=5), "requirement", "") == "asgi.http.body.content_length_over"


def test_less_than_the_announced_length_ends_the_connection() -> None:
    start = {**START, "headers": [(b"content-length", b"9")]}
    part = {"type": "http.response.body", "body": b"ab", "more_body": True}
    with serving(Recorder(start, part, {**END, "body": b"c"}), "asgi") as server:
        assert not ask(server, request("GET", "/")).complete


def test_less_than_the_announced_length_in_one_part_is_an_error() -> None:
    start = {**START, "headers": [(b"content-length", b"9")]}
    with serving(Recorder(start, {**END, "body": b"abc"}), "asgi") as server:
        assert ask(server, request("GET", "/")).status == 500


def test_what_is_sent_after_the_end_is_ignored() -> None:
    app = Recorder(START, END, START, {"type": "http.bogus"})
    with serving(app, "asgi") as server, closing(Connection(server.address)) as connection:
        connection.send(request("GET", "/") + request("GET", "/"))
        assert read(connection).status == read(connection).status == 200
    assert app.errors.get(timeout=5) is None


def test_an_error_after_the_start_still_becomes_500() -> None:
    @http
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        raise ValueError

    with serving(app, "asgi") as server:
        response = ask(server, request("GET", "/"))
        assert (response.status, b"ValueError" in response.body) == (500, False)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_an_error_within_the_body_does_not_look_complete(version: str) -> None:
    @http
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        await send({**END, "body": b"part", "more_body": True})
        raise ValueError

    with serving(app, "asgi") as server:
        response = ask(server, request("GET", "/", version=version))
        assert (response.body, response.complete) == (b"part", False)


@pytest.mark.parametrize("messages", [[], [START]])
def test_an_application_that_returns_early_is_answered_for(messages: list[Any]) -> None:
    app = Recorder(START)
    app.messages = tuple(messages)
    with serving(app, "asgi") as server:
        assert ask(server, request("GET", "/")).status == 500


class Waiter:
    """Waits for the disconnect, then tries to send; tells what happened."""

    def __init__(self, *, stream: bool) -> None:
        self.stream = stream
        self.told: queue.Queue[Any] = queue.Queue()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            raise NotImplementedError
        await receive()
        if self.stream:
            await send(START)
            await send({**END, "body": b"x", "more_body": True})
        self.told.put("ready")
        self.told.put([await receive(), await receive()])
        try:
            await send(START if not self.stream else END)
        except BaseException as error:
            self.told.put(error)
            raise


@pytest.mark.parametrize("leave", [Connection.close, Connection.abort, Connection.half_close])
@pytest.mark.parametrize("stream", [False, True])
def test_a_waiting_application_learns_that_the_client_has_gone(
    leave: Callable[[Connection], None], stream: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    app = Waiter(stream=stream)
    with serving(app, "asgi") as server, closing(Connection(server.address)) as connection:
        connection.send(request("GET", "/"))
        app.told.get(timeout=5)
        leave(connection)
        assert app.told.get(timeout=5) == [{"type": "http.disconnect"}] * 2
        error = app.told.get(timeout=5)
    assert isinstance(error, ClientDisconnected)
    assert isinstance(error, OSError)
    assert "Traceback" not in capsys.readouterr().err


def test_a_half_closed_client_gets_its_response(reader: tuple[Embedded, Reader]) -> None:
    server, _ = reader
    with closing(Connection(server.address)) as connection:
        connection.send(request("POST", "/", body=b"abc"))
        connection.half_close()
        assert read(connection).body == b"abc"
        assert connection.read_to_end() == b""


def test_a_cut_body_is_a_disconnect(reader: tuple[Embedded, Reader]) -> None:
    server, app = reader
    with closing(Connection(server.address)) as connection:
        connection.send(request("POST", "/", [("Content-Length", "9")], b"abc"))
        connection.half_close()
        assert connection.read_to_end() == b""
        assert app.trace[-1] == ("receive", {"type": "http.disconnect"})
        assert all(message.get("more_body", True) for _, message in app.trace)


@pytest.mark.parametrize("leave", [Connection.close, Connection.abort])
def test_a_streaming_application_learns_it_from_send(leave: Callable[[Connection], None]) -> None:
    told: queue.Queue[Any] = queue.Queue()

    @http
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        try:
            while True:
                await send({**END, "body": b"x" * 100, "more_body": True})
                await asyncio.sleep(0.001)
        except OSError as error:
            told.put(error)

    with serving(app, "asgi") as server, closing(Connection(server.address)) as connection:
        connection.send(request("GET", "/"))
        connection.exactly(100)
        leave(connection)
        assert isinstance(told.get(timeout=5), ClientDisconnected)


def test_send_waits_for_a_slow_client() -> None:
    sent: list[int] = []

    @http
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        for _ in range(100):
            await send({**END, "body": b"x" * (1 << 18), "more_body": True})
            sent.append(1)
        await send(END)

    with (
        serving(app, "asgi") as server,
        closing(Connection(server.address)) as slow,
        closing(Connection(server.address)) as other,
    ):
        slow.send(request("GET", "/"))
        slow.exactly(1)
        other.send(request("GET", "/"))
        assert len(read(other).body) == 100 << 18  # meanwhile the other was served whole
        assert len(sent) < 200
        slow.abort()


def test_receive_after_the_response_is_a_disconnect() -> None:
    told: queue.Queue[Any] = queue.Queue()

    @http
    async def app(scope: Any, receive: Any, send: Any) -> None:
        waiting = asyncio.ensure_future(receive())
        await asyncio.sleep(0)
        await send(START)
        await send(END)
        told.put([(await waiting)["type"], (await receive())["type"]])

    with serving(app, "asgi") as server, closing(Connection(server.address)) as connection:
        connection.send(request("POST", "/", [("Content-Length", "1")]))
        assert read(connection).status == 200
        assert told.get(timeout=5) == ["http.disconnect"] * 2


def test_a_connection_goes_on_while_an_application_lingers() -> None:
    release = asyncio.Event()
    calls: list[str] = []

    @http
    async def app(scope: Any, receive: Any, send: Any) -> None:
        calls.append(scope["path"])
        await send(START)
        await send(END)
        if scope["path"] == "/slow":
            await release.wait()
        else:
            release.set()

    with serving(app, "asgi") as server, closing(Connection(server.address)) as connection:
        connection.send(request("GET", "/slow") + request("GET", "/"))
        assert read(connection).status == read(connection).status == 200
    assert calls == ["/slow", "/"]


def test_asgi_2_applications_are_served() -> None:
    seen: list[Any] = []

    def app(scope: Any) -> Any:
        async def instance(receive: Any, send: Any) -> None:
            seen.append(scope["asgi"]["version"])
            await send(START)
            await send(END)

        if scope["type"] == "lifespan":
            raise NotImplementedError
        return instance

    with serving(app, "asgi") as server:
        assert ask(server, request("GET", "/")).status == 200
    assert seen == ["2.0"]


def test_upper_case_names_are_tolerated_and_logged(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(Recorder({**START, "headers": [(b"X-A", b"1")]}, END), "asgi") as server:
        assert ask(server, request("GET", "/")).header("x-a") == b"1"
    assert "asgi.http.start.headers_lowercase_app" in capsys.readouterr().err
