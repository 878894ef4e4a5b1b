"""The reference server over WSGI: environ, input, start_response, the iterable and its end."""

import contextlib
import gc
import queue
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import closing
from io import BytesIO
from typing import Any, ClassVar
from wsgiref.validate import validator

import pytest

from compliance.interface import wsgi
from compliance.reference.embedded import Embedded, serving
from compliance.reference.errors import ApplicationError
from compliance.reference.server import Server
from compliance.reference.wsgi_streams import FileWrapper, InputStream
from compliance.wire.body import BodyReader
from compliance.wire.http import Connection, Response, chunked, request

PLAIN = [("Content-Type", "text/plain")]


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


class Application:
    """Hands environ to a function, and keeps it with what start_response raised."""

    def __init__(self, respond: Callable[[Any, Any], Any]) -> None:
        self.respond = respond
        self.environs: list[Any] = []
        self.errors: queue.Queue[Any] = queue.Queue()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        self.environs.append(environ)
        try:
            return self.respond(environ, start_response)
        except BaseException as error:
            self.errors.put(error)
            raise


def answering(blocks: Any, status: str = "200 OK", headers: Any = PLAIN) -> Application:
    def respond(_environ: Any, start_response: Any) -> Any:
        start_response(status, list(headers))
        return blocks

    return Application(respond)


def environ_of(data: bytes) -> dict[str, Any]:
    app = answering([])
    with serving(app, "wsgi") as server:
        ask(server, data)
    environ: dict[str, Any] = app.environs[0]
    return environ


def test_environ_of_a_request() -> None:
    fields = [("X-A", "1"), ("X-A", "2"), ("Cookie", "a=1"), ("Cookie", "b=2"), ("X_Spoof", "1")]
    environ = environ_of(request("POST", "/caf%C3%A9/%ff?a=%20", [*fields, ("Content-Type", "a/b")], b"xyz"))
    assert wsgi.environ_problems(environ) == []
    assert environ["REQUEST_METHOD"] == "POST"
    assert environ["SCRIPT_NAME"] == ""
    assert environ["PATH_INFO"] == "/caf\xc3\xa9/\xff"
    assert environ["QUERY_STRING"] == "a=%20"
    assert (environ["CONTENT_TYPE"], environ["CONTENT_LENGTH"]) == ("a/b", "3")
    assert (environ["HTTP_X_A"], environ["HTTP_COOKIE"]) == ("1, 2", "a=1; b=2")
    assert "HTTP_X_SPOOF" not in environ
    assert (environ["SERVER_PROTOCOL"], environ["REMOTE_ADDR"]) == ("HTTP/1.1", "127.0.0.1")
    assert (environ["wsgi.multithread"], environ["wsgi.multiprocess"], environ["wsgi.run_once"]) == (
        True,
        False,
        False,
    )


def test_environ_leaves_out_what_the_request_has_not() -> None:
    environ = environ_of(request("GET", "/", version="1.0", host=None))
    assert not {"CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_HOST"} & set(environ)
    assert environ["SERVER_PROTOCOL"] == "HTTP/1.0"


@pytest.mark.parametrize(
    "data",
    [
        request("GET", "/a?b"),
        request("HEAD", "/"),
        request("POST", "/", [("Content-Type", "a/b")], b"one\ntwo\n"),
        request("GET", "/", version="1.0", host=None),
    ],
)
def test_the_standard_library_finds_no_fault(data: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    def app(environ: Any, start_response: Any) -> Any:
        lines = environ["wsgi.input"].readlines() if environ["REQUEST_METHOD"] == "POST" else []
        environ["wsgi.errors"].write("wrote \N{SNOWMAN}\n")
        write = start_response("200 OK", list(PLAIN))
        write(b"first ")
        return [b"%d lines" % len(lines)]

    with serving(validator(app), "wsgi") as server:
        assert ask(server, data, data.partition(b" ")[0].decode()).status == 200
    log = capsys.readouterr().err
    assert "wrote" in log
    assert "Traceback" not in log


# input


def stream(*parts: bytes) -> InputStream:
    pieces = iter(parts)
    return InputStream(lambda: next(pieces, b""))


@pytest.mark.parametrize("parts", [(b"ab\ncd\n\nef",), tuple(bytes([byte]) for byte in b"ab\ncd\n\nef")])
def test_reads_of_input(parts: tuple[bytes, ...]) -> None:
    assert stream(*parts).read() == stream(*parts).read(-1) == stream(*parts).read(None) == b"ab\ncd\n\nef"
    reader = stream(*parts)
    assert [reader.read(0), reader.read(4), reader.read(99), reader.read(1), reader.read()] == [
        b"",
        b"ab\nc",
        b"d\n\nef",
        b"",
        b"",
    ]
    reader = stream(*parts)
    assert [reader.readline(), reader.readline(2), reader.readline(9), reader.readline(None)] == [
        b"ab\n",
        b"cd",
        b"\n",
        b"\n",
    ]
    assert [reader.readline(0), reader.readline(), reader.readline()] == [b"", b"ef", b""]
    assert list(stream(*parts)) == stream(*parts).readlines() == [b"ab\n", b"cd\n", b"\n", b"ef"]
    assert stream(*parts).readlines(4) == [b"ab\n", b"cd\n"]


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_input_ends_where_the_body_ends(framing: str) -> None:
    def respond(environ: Any, start_response: Any) -> Any:
        body = environ["wsgi.input"].read(2) + environ["wsgi.input"].read(99) + environ["wsgi.input"].read()
        start_response("200 OK", [])
        return [body]

    head = request("POST", "/", [("Transfer-Encoding", "chunked")]) + chunked([b"ab", b"c"])
    data = request("POST", "/", body=b"abc") if framing == "length" else head
    with serving(Application(respond), "wsgi") as server, closing(Connection(server.address)) as connection:
        connection.send(data * 2)
        assert read(connection).body == read(connection).body == b"abc"


def test_the_continue_is_sent_on_the_first_read() -> None:
    def respond(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return [environ["wsgi.input"].read()]

    with serving(Application(respond), "wsgi") as server, closing(Connection(server.address)) as connection:
        connection.send(request("POST", "/", [("Expect", "100-continue"), ("Content-Length", "2")]))
        assert connection.head().status == 100
        connection.send(b"ok")
        assert read(connection).body == b"ok"


def test_a_cut_body_is_an_error_to_the_reader() -> None:
    app = Application(lambda environ, _: environ["wsgi.input"].read())
    with serving(app, "wsgi") as server, closing(Connection(server.address)) as connection:
        connection.send(request("POST", "/", [("Content-Length", "9")], b"abc"))
        connection.half_close()
        connection.read_to_end()
    assert isinstance(app.errors.get(timeout=5), OSError)


# start_response


@pytest.mark.parametrize(
    ("status", "headers", "requirement"),
    [
        ("200", [], "wsgi.sr.status_form"),
        ("200 ", [], "wsgi.sr.status_form"),
        ("OK", [], "wsgi.sr.status_form"),
        ("200 OK\r\n", [], "wsgi.sr.status_no_control"),
        (b"200 OK", [], "wsgi.strings.native_type"),
        ("200 \u20ac", [], "wsgi.strings.latin1_app"),
        ("700 Odd", [], "rfc9110.status.range_invalid"),
        ("100 Continue", [], "rfc9110.status.app_1xx_as_final"),
        ("200 OK", (), "wsgi.sr.headers_list"),
        ("200 OK", [["A", "b"]], "wsgi.sr.headers_list"),
        ("200 OK", [("A", b"b")], "wsgi.strings.native_type"),
        ("200 OK", [("A", "\u20ac")], "wsgi.strings.latin1_app"),
        ("200 OK", [("A:", "b")], "wsgi.sr.header_name_valid"),
        ("200 OK", [("A", "b\r\nC: d")], "wsgi.sr.header_value_no_control"),
        ("200 OK", [("Connection", "close")], "wsgi.sr.hop_by_hop_app"),
        ("200 OK", [("Content-Length", "x")], "rfc9110.cl.invalid_not_forwarded"),
    ],
)
def test_what_start_response_refuses(status: Any, headers: Any, requirement: str) -> None:
    app = Application(lambda _, start_response: start_response(status, headers))
    with serving(app, "wsgi") as server:
        assert ask(server, request("GET", "/")).status == 500
    assert getattr(app.errors.get(timeout=5), "requirement", "") == requirement


def test_keywords_are_refused() -> None:
    app = Application(lambda _, start_response: start_response(status="200 OK", headers=[]))
    with serving(app, "wsgi") as server:
        assert ask(server, request("GET", "/")).status == 500
    error = app.errors.get(timeout=5)
    assert getattr(error, "requirement", "") == "wsgi.callable.start_response_positional"


@pytest.mark.parametrize("first", ["200 OK", "bad"])
def test_a_second_call_without_exc_info_is_fatal(first: str) -> None:
    def respond(_environ: Any, start_response: Any) -> Any:
        with contextlib.suppress(Exception):
            start_response(first, [])
        start_response("200 OK", [])
        return []

    app = Application(respond)
    with serving(app, "wsgi") as server:
        assert ask(server, request("GET", "/")).status == 500
    assert getattr(app.errors.get(timeout=5), "requirement", "") == "wsgi.sr.app_single_call"


def test_exc_info_replaces_a_response_that_has_not_begun() -> None:
    def respond(_environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("X-Old", "1"), ("Content-Length", "100")])
        try:
            fail()
        except ValueError:
            start_response("500 Oops", [("X-New", "1")], sys.exc_info())
        return [b"", b"sorry"]

    with serving(Application(respond), "wsgi") as server:
        response = ask(server, request("GET", "/"))
    assert (response.status, response.reason, response.body) == (500, b"Oops", b"sorry")
    assert (response.header("x-old"), response.header("x-new")) == (None, b"1")


def test_exc_info_is_raised_again_once_the_head_is_sent() -> None:
    told: queue.Queue[Any] = queue.Queue()

    def respond(_environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"part"
        try:
            fail()
        except ValueError as error:
            try:
                start_response("500 Oops", [], sys.exc_info())
            except BaseException as raised:
                told.put((error, raised))
                raise

    with serving(Application(respond), "wsgi") as server:
        response = ask(server, request("GET", "/"))
    error, raised = told.get(timeout=5)
    assert raised is error
    assert (response.body, response.complete) == (b"part", False)


def test_exc_info_is_released() -> None:
    kept: list[Any] = []

    def respond(_environ: Any, start_response: Any) -> Any:
        try:
            fail()
        except ValueError as error:
            kept.append(weakref.ref(error))
            start_response("500 Oops", [], sys.exc_info())
        gc.disable()
        return [b"%d" % (kept[0]() is None)]

    with serving(Application(respond), "wsgi") as server:
        body = ask(server, request("GET", "/")).body
    gc.enable()
    assert body == b"1"


@pytest.mark.parametrize("blocks", [[], [b"x"], [b""]])
def test_a_response_that_was_never_started_is_500(blocks: list[bytes]) -> None:
    with serving(Application(lambda *_: blocks), "wsgi") as server:
        assert ask(server, request("GET", "/")).status == 500


def test_start_response_may_be_called_late() -> None:
    def respond(_environ: Any, start_response: Any) -> Iterator[bytes]:
        yield b""
        start_response("201 Late", [])
        yield b"x"

    with serving(Application(respond), "wsgi") as server:
        assert ask(server, request("GET", "/")).reason == b"Late"


# The body


def test_headers_wait_for_the_first_block_and_blocks_do_not_wait() -> None:
    gates = [threading.Event() for _ in range(3)]

    def respond(_environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", list(PLAIN))
        gates[0].wait()
        yield b""
        gates[1].wait()
        yield b"one"
        gates[2].wait()
        yield b"two"

    with serving(Application(respond), "wsgi") as server, closing(Connection(server.address)) as connection:
        connection.send(request("GET", "/"))
        gates[0].set()
        assert ask_nothing(connection)
        gates[1].set()
        reader = BodyReader(connection, connection.final_head())
        reader.step()
        assert reader.response.body == b"one"
        gates[2].set()
        while reader.step():
            pass
        assert reader.response.chunks == [b"one", b"two"]


def ask_nothing(connection: Connection) -> bool:
    """Whether nothing has come until now, which another exchange has had the time to show."""
    return connection.arrived() == b""


@pytest.mark.parametrize(
    ("blocks", "framing", "body"),
    [
        ([], "length", b""),
        ([b"abc"], "length", b"abc"),
        ([b"ab", b"c"], "chunked", b"abc"),
        ((b"", b"abc"), "chunked", b"abc"),
        (FileWrapper(BytesIO(b"abc"), 2), "chunked", b"abc"),
    ],
)
def test_framing_follows_what_is_known(blocks: Any, framing: str, body: bytes) -> None:
    with serving(answering(blocks), "wsgi") as server:
        response = ask(server, request("GET", "/"))
    assert (response.framing, response.body, response.complete) == (framing, body, True)


@pytest.mark.parametrize("block", ["text", bytearray(b"x"), 1])
def test_a_block_that_is_not_bytes_is_an_error(block: Any) -> None:
    with serving(answering([block]), "wsgi") as server:
        assert ask(server, request("GET", "/")).status == 500


@pytest.mark.parametrize("result", [None, "text", b"bytes", 5])
def test_a_result_that_is_no_iterable_of_bytes_is_an_error(result: Any) -> None:
    with serving(answering(result), "wsgi") as server:
        assert ask(server, request("GET", "/")).status == 500


class Blocks:
    """An iterable that counts what is asked of it."""

    def __init__(self, *blocks: Any) -> None:
        self.blocks = iter(blocks)
        self.asked = self.closed = 0
        self.over = threading.Event()

    def __iter__(self) -> "Blocks":
        return self

    def __next__(self) -> bytes:
        self.asked += 1
        block: Any = next(self.blocks)
        if callable(block):
            block = block()
        return bytes(block)

    def close(self) -> None:
        self.closed += 1
        self.over.set()


class Purpose(ValueError):
    pass


def fail() -> bytes:
    raise Purpose("on purpose")


@pytest.mark.parametrize(
    ("blocks", "headers", "method", "asked", "status"),
    [
        (Blocks(b"a", b"b"), PLAIN, "GET", 3, 200),
        (Blocks(fail), PLAIN, "GET", 1, 500),
        (Blocks(b"a", b"b", b"c"), [("Content-Length", "2")], "GET", 2, 200),
        (Blocks(b"abc", b"d"), [("Content-Length", "2")], "GET", 1, 200),
        (Blocks(b"a", b"b"), PLAIN, "HEAD", 1, 200),
    ],
)
def test_close_is_called_once_in_every_case(
    blocks: Blocks, headers: Any, method: str, asked: int, status: int
) -> None:
    with serving(answering(blocks, headers=headers), "wsgi") as server:
        response = ask(server, request(method, "/"), method)
        assert blocks.over.wait(5)
    assert (response.status, response.complete, blocks.closed, blocks.asked) == (status, True, 1, asked)


@pytest.mark.parametrize("leave", [Connection.close, Connection.abort])
def test_close_is_called_when_the_client_leaves(leave: Callable[[Connection], None]) -> None:
    blocks = Blocks(*[b"x" * 1000] * 1_000_000)
    with serving(answering(blocks), "wsgi") as server, closing(Connection(server.address)) as connection:
        connection.send(request("GET", "/"))
        connection.exactly(1000)
        leave(connection)
        assert blocks.over.wait(5)
    assert blocks.closed == 1


def test_an_error_in_close_is_logged_and_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    class Angry(list[bytes]):
        def close(self) -> None:
            raise ValueError("in close")

    app = answering(Angry([b"x"]))
    with serving(app, "wsgi") as server, closing(Connection(server.address)) as connection:
        connection.send(request("GET", "/") * 2)
        assert read(connection).body == read(connection).body == b"x"
    assert "in close" in capsys.readouterr().err


def test_an_error_within_the_body_does_not_look_complete() -> None:
    with serving(answering(Blocks(b"a", fail)), "wsgi") as server:
        response = ask(server, request("GET", "/"))
        assert (response.body, response.complete) == (b"a", False)
        assert ask(server, request("GET", "/")).status == 200  # the server goes on


def test_a_short_body_closes_and_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(answering([b"ab"], headers=[("Content-Length", "9")]), "wsgi") as server:
        response = ask(server, request("GET", "/"))
    assert (response.body, response.complete) == (b"ab", False)
    assert "wsgi.cl.too_little_closes" in capsys.readouterr().err


def test_write_sends_at_once_and_not_past_the_length() -> None:
    told: queue.Queue[Any] = queue.Queue()
    gate = threading.Event()

    def respond(_environ: Any, start_response: Any) -> Any:
        write = start_response("200 OK", [("Content-Length", "3")])
        write(b"ab")
        gate.wait()
        try:
            write(b"cd")
        except ApplicationError as error:
            told.put(error)
        return [b"cd"]

    with serving(Application(respond), "wsgi") as server, closing(Connection(server.address)) as connection:
        connection.send(request("GET", "/"))
        connection.final_head()
        assert connection.exactly(2) == b"ab"
        gate.set()
        assert connection.exactly(1) == b"c"
    assert told.get(timeout=5).requirement == "wsgi.cl.write_past_raises"


@pytest.mark.parametrize("data", ["text", bytearray(b"x")])
def test_write_takes_bytes_alone(data: Any) -> None:
    app = Application(lambda _, start_response: start_response("200 OK", [])(data))
    with serving(app, "wsgi") as server:
        assert ask(server, request("GET", "/")).status == 500
    assert getattr(app.errors.get(timeout=5), "requirement", "") == "wsgi.iter.write_data_type"


def test_write_within_the_iterable_is_refused() -> None:
    def respond(_environ: Any, start_response: Any) -> Iterator[bytes]:
        write = start_response("200 OK", [])
        write(b"x")
        yield b"y"

    with serving(Application(respond), "wsgi") as server:
        assert ask(server, request("GET", "/")).status == 500


@pytest.mark.parametrize("error", [ValueError, SystemExit, KeyboardInterrupt])
def test_an_error_before_the_response_is_500(
    error: type[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    def respond(*_: Any) -> Any:
        raise error("secret")

    with serving(Application(respond), "wsgi") as server:
        response = ask(server, request("GET", "/"))
        assert (response.status, b"secret" in response.body) == (500, False)
        assert ask(server, request("GET", "/")).status == 500
    assert "secret" in capsys.readouterr().err


def test_requests_run_side_by_side() -> None:
    barrier = threading.Barrier(50, timeout=5)

    def respond(_environ: Any, start_response: Any) -> Any:
        barrier.wait()
        start_response("200 OK", [])
        return [b"together"]

    with serving(Application(respond), "wsgi") as server:
        connections = [Connection(server.address) for _ in range(50)]
        for connection in connections:
            connection.send(request("GET", "/"))
        assert {read(connection).body for connection in connections} == {b"together"}
        for connection in connections:
            connection.close()


def test_an_unread_body_does_not_leak() -> None:
    with serving(answering([b"x"]), "wsgi") as server, closing(Connection(server.address)) as connection:
        connection.send(request("POST", "/", body=b"y" * 100_000) + request("GET", "/"))
        assert read(connection).body == read(connection).body == b"x"


def test_the_file_wrapper_begins_where_the_file_stands_and_closes_it() -> None:
    class Source(BytesIO):
        def close(self) -> None:
            closed.set()
            super().close()

    closed = threading.Event()

    def respond(environ: Any, start_response: Any) -> Any:
        source = Source(b"0123456789")
        source.seek(4)
        start_response("200 OK", [("Content-Length", "3")])
        return environ["wsgi.file_wrapper"](source, 2)

    with serving(Application(respond), "wsgi") as server:
        assert ask(server, request("GET", "/")).body == b"456"
        assert closed.wait(5)


def test_one_call_at_a_time_where_that_is_asked_for() -> None:
    class Single(Server):
        threads = 1
        environ_pairs: ClassVar[dict[str, str]] = {"mine.setting": "1", "REQUEST_METHOD": "mine"}

    inside: list[int] = []

    def respond(environ: Any, start_response: Any) -> Iterator[bytes]:
        inside.append(1)
        start_response("200 OK", [])
        yield b"%d" % len(inside)
        assert (environ["wsgi.multithread"], environ["mine.setting"]) == (False, "1")
        assert environ["REQUEST_METHOD"] == "GET"
        inside.pop()

    with serving(Application(respond), "wsgi", Single) as server:
        connections = [Connection(server.address) for _ in range(10)]
        for connection in connections:
            connection.send(request("GET", "/"))
        assert {read(connection).body for connection in connections} == {b"1"}
        for connection in connections:
            connection.close()
