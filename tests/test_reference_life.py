"""The reference server's life: command line, lifespan, signals, and what runs when they come."""

# ruff: noqa: ARG001 - applications have their three arguments whether or not they use them

import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from compliance.reference import liar
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.asgi_lifespan import Lifespan
from compliance.reference.asgi_websocket import WebSocketCycle
from compliance.reference.connection import Connection as Served
from compliance.reference.embedded import serving
from compliance.reference.http2 import Http2Connection
from compliance.reference.http2_stream import Http2Response, Http2Stream
from compliance.reference.response import Response as Framing
from compliance.reference.server import Server
from compliance.reference.websocket_deflate import Deflate
from compliance.reference.websocket_frames import Frames
from compliance.reference.wsgi import WSGICycle
from compliance.reference.wsgi_streams import ErrorStream, FileWrapper, InputStream
from compliance.wire.body import BodyReader
from compliance.wire.http import Connection, Response, request

ROOT = Path(__file__).parent.parent
APPLICATIONS = """
import asyncio, sys, time

print("imported", file=sys.stderr)
FAILS = {}

async def ok(scope, receive, send):
    if scope["type"] == "lifespan":
        return await life(receive, send)
    if scope["path"] == "/wait":
        print("waiting", file=sys.stderr, flush=True)
        await asyncio.sleep(0.3)
    if scope["path"] == "/hang":
        print("waiting", file=sys.stderr, flush=True)
        await asyncio.sleep(1000)
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"ok"})

async def life(receive, send, startup="complete", shutdown="complete", **more):
    await receive()
    print("startup", file=sys.stderr)
    await send({"type": "lifespan.startup." + startup, **more})
    await receive()
    print("shutdown", file=sys.stderr, flush=True)
    if shutdown == "raise":
        raise ValueError
    await send({"type": "lifespan.shutdown." + shutdown, **more})

async def startup_failed(scope, receive, send):
    await life(receive, send, startup="failed", message="no database")

async def shutdown_failed(scope, receive, send):
    await life(receive, send, shutdown="failed", message="still busy")

async def shutdown_raises(scope, receive, send):
    await life(receive, send, shutdown="raise")

async def startup_hangs(scope, receive, send):
    print("waiting", file=sys.stderr, flush=True)
    await asyncio.sleep(1000)

def wsgi(environ, start_response):
    print("waiting", file=sys.stderr, flush=True)
    time.sleep(0.3 if environ["PATH_INFO"] == "/wait" else 0)
    start_response("200 OK", [])
    return [b"ok"]
"""


class Process:
    """The server in a process of its own, and the lines of its log."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "compliance.reference", "--port", "0", *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []

    @property
    def log(self) -> IO[str]:
        assert self.process.stderr is not None
        return self.process.stderr

    def wait_line(self, text: str) -> str:
        """Read the log up to a line with this text."""
        for line in self.log:
            self.lines.append(line)
            if text in line:
                return line
        raise AssertionError(f"the log ends without {text!r}: {''.join(self.lines)}")

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens, once it does."""
        return ("127.0.0.1", int(self.wait_line("listening on").rpartition(":")[2]))

    def end(self) -> int:
        """Wait for the end; the exit status."""
        self.lines += self.log.readlines()
        return self.process.wait(timeout=10)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait for the end."""
        self.process.send_signal(number)
        return self.end()


@contextmanager
def process(folder: Path, interface: str, name: str, *options: str) -> Iterator[Process]:
    (folder / "applications.py").write_text(APPLICATIONS)
    running = Process(folder, "--interface", interface, *options, f"applications:{name}")
    try:
        yield running
    finally:
        running.process.kill()
        running.process.wait()
        running.log.close()


def read(connection: Connection) -> Response:
    response = connection.final_head()
    reader = BodyReader(connection, response)
    while reader.step():
        pass
    return response


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("interface", ["asgi", "wsgi"])
def test_a_life_with_a_request_in_flight(tmp_path: Path, interface: str, number: int) -> None:
    with process(tmp_path, interface, "ok" if interface == "asgi" else "wsgi") as server:
        address = server.address
        with closing(Connection(address)) as idle, closing(Connection(address)) as connection:
            connection.send(request("GET", "/wait"))
            server.wait_line("waiting")
            server.process.send_signal(number)
            assert idle.read_to_end() == b""
            response = read(connection)
            assert (response.body, response.says_close()) == (b"ok", True)
            assert server.end() == 0
    assert ("shutdown\n" in server.lines) == (interface == "asgi")


def test_a_hanging_request_ends_with_a_second_signal(tmp_path: Path) -> None:
    with process(tmp_path, "asgi", "ok") as server, closing(Connection(server.address)) as connection:
        connection.send(request("GET", "/hang"))
        server.wait_line("waiting")
        server.process.terminate()
        server.wait_line("stopping")
        server.process.terminate()
        assert connection.read_to_end() == b""
        assert server.end() == 0
    assert "shutdown\n" in server.lines


def test_a_failed_startup(tmp_path: Path) -> None:
    with process(tmp_path, "asgi", "startup_failed") as server:
        assert server.end() == Server.startup_failed_status
    assert any("no database" in line for line in server.lines)
    assert not any("listening" in line or "shutdown" in line for line in server.lines)


@pytest.mark.parametrize(
    ("name", "word"), [("shutdown_failed", "still busy"), ("shutdown_raises", "ValueError")]
)
def test_a_failed_shutdown(tmp_path: Path, name: str, word: str) -> None:
    with process(tmp_path, "asgi", name) as server:
        _ = server.address
        assert server.stop() == Server.shutdown_failed_status
    assert any(word in line for line in server.lines)


def test_a_signal_during_the_startup(tmp_path: Path) -> None:
    with process(tmp_path, "asgi", "startup_hangs") as server:
        server.wait_line("waiting")
        assert server.stop() == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--interface", "asgi", "applications:missing"], "no attribute 'missing'"),
        (["--interface", "asgi", "missing:app"], "No module named 'missing'"),
        (
            ["--interface", "asgi", "--liar", "wsgi_environ.Missing", "applications:ok"],
            "wsgi_environ.NoQueryString",
        ),
        (["--interface", "asgi", "--liar", "missing.X", "applications:ok"], "wsgi_environ"),
        (["--interface", "asgi", "--liar", "wsgi_environ.NoQueryString", "applications:ok"], "wsgi"),
        (["--interface", "asgi", "--host", "192.0.2.1", "applications:ok"], "cannot listen on 192.0.2.1"),
    ],
)
def test_a_wrong_command_line(tmp_path: Path, arguments: list[str], words: str) -> None:
    (tmp_path / "applications.py").write_text(APPLICATIONS)
    done = subprocess.run(
        [sys.executable, "-m", "compliance.reference", "--port", "0", *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr


# The lifespan, in this process


class Life:
    """An application whose lifespan plays a part, and that answers requests."""

    def __init__(self, play: Any) -> None:
        self.play = play
        self.told: queue.Queue[Any] = queue.Queue()
        self.requests: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            try:
                self.told.put(await self.play(scope, receive, send))
            except BaseException as error:
                self.told.put(error)
                raise
            return
        self.requests.append(scope)
        scope["state"]["own"] = 1
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body"})


def get(address: tuple[str, int]) -> int:
    with closing(Connection(address)) as connection:
        connection.send(request("GET", "/"))
        return read(connection).status


async def whole(scope: Any, receive: Any, send: Any) -> Any:
    scope["state"]["shared"] = []
    messages = [await receive()]
    await send({"type": "lifespan.startup.complete"})
    messages.append(await receive())
    await send({"type": "lifespan.shutdown.complete"})
    return scope, messages


def test_state_is_copied_for_each_request() -> None:
    app = Life(whole)
    with serving(app, "asgi") as server:
        assert get(server.address) == get(server.address) == 200
    assert server.status == 0
    scope, messages = app.told.get(timeout=5)
    assert messages == [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    assert scope["asgi"] == {"version": "3.0", "spec_version": "2.0"}
    first, second = (request["state"] for request in app.requests)
    assert first is not second
    assert first["shared"] is second["shared"] is scope["state"]["shared"]
    assert list(scope["state"]) == ["shared"]


async def raises_at_once(scope: Any, receive: Any, send: Any) -> None:
    raise NotImplementedError


async def raises_on_startup(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    raise NotImplementedError


async def returns(scope: Any, receive: Any, send: Any) -> None:
    pass


async def raises_later(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    raise ValueError


@pytest.mark.parametrize("play", [raises_at_once, raises_on_startup, returns, raises_later])
def test_a_lifespan_that_ends_early_does_not_keep_the_server_from_serving(play: Any) -> None:
    with serving(Life(play), "asgi") as server:
        assert get(server.address) == 200
    assert server.status == 0


@pytest.mark.parametrize(
    "messages",
    [
        ["lifespan.bogus"],
        ["lifespan.shutdown.complete"],
        ["lifespan.startup.complete", "lifespan.startup.complete"],
        ["lifespan.startup.complete", "lifespan.shutdown.complete"],
    ],
)
def test_a_message_out_of_order_is_refused(messages: list[str]) -> None:
    async def play(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        for message in messages:
            await send({"type": message})

    app = Life(play)
    with serving(app, "asgi") as server:
        assert get(server.address) == 200
    error = app.told.get(timeout=5)
    assert error.requirement in {"asgi.lifespan.error.invalid_event", "asgi.core.error.send_unknown_type"}


def test_requests_and_lifespan_share_the_loop_and_wait_for_startup() -> None:
    order: list[str] = []
    gate = threading.Event()

    async def play(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        gate.wait(5)
        order.append("startup")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        order.append("shutdown")
        await send({"type": "lifespan.shutdown.complete"})

    class Telling(Server):
        def on_listening(self, host: str, port: int) -> None:
            order.append("listening")
            super().on_listening(host, port)

    gate.set()
    with serving(Life(play), "asgi", Telling) as server:
        assert get(server.address) == 200
    assert order == ["startup", "listening", "shutdown"]


# Liars


def test_every_liar_is_well_formed() -> None:
    for name, lie in liar.load_all().items():
        assert lie.name == name
        assert lie.doc.strip().endswith("."), name
        assert lie.interface in {"asgi", "wsgi"}
        assert issubclass(lie.server_class, Server)


def test_a_liar_is_served_by_name(tmp_path: Path) -> None:
    with process(tmp_path, "wsgi", "wsgi", "--liar", "wsgi_environ.NoQueryString") as server:
        assert get(server.address) == 200


def test_a_class_that_no_server_uses_is_no_liar() -> None:
    with pytest.raises(TypeError, match="nothing that a server uses"):
        liar.liar(catches=["test_x"])(type("Other", (), {"__doc__": "Other."}))
    with pytest.raises(TypeError, match="lacks an interface or a docstring"):
        liar.liar(catches=["test_x"])(type("Unsaid", (Server,), {"__doc__": "Unsaid."}))


def test_the_documented_seams_exist() -> None:
    text = (ROOT / "docs" / "reference-server.md").read_text()
    rows = text.partition("| to lie about |")[2].splitlines()[2:]
    classes = [WSGICycle, HTTPCycle, WebSocketCycle, Lifespan, Frames, Deflate, Served, Framing, Server]
    classes += [InputStream, ErrorStream, FileWrapper, Http2Connection, Http2Stream, Http2Response]
    names = {name for cls in classes for base in cls.__mro__ for name in vars(base)}
    seams = {
        seam for row in rows for seam in re.findall(r"`([a-z_]+)(?:\([^`]*\))?`", row.rpartition(" | ")[2])
    }
    assert seams - names == set()
    assert len(seams) > 100
