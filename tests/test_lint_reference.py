"""The middleware between the reference server and the contract without a framework finds nothing."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from compliance import target
from compliance.lint import asgi, wsgi
from compliance.reference.embedded import serving

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ASKS: list[tuple[str, str, Any]] = [
    *(("GET", path, {}) for path in ("/", "/inspect", "/path/a%20b", "/query?a=1&b=%C3%A9", "/headers")),
    *(("GET", path, {}) for path in ("/status/404", "/status/204", "/status/304", "/cookies", "/redirect")),
    *(("GET", path, {}) for path in ("/nothing", "/raise", "/stream/3", "/large/100000", "/nowhere")),
    *(("HEAD", path, {}) for path in ("/", "/stream/3", "/large/9")),
    ("DELETE", "/", {}),
    ("POST", "/echo", {"content": b"12345"}),
    ("POST", "/echo", {"content": [b"123", b"45"]}),
    ("POST", "/digest", {"content": b"x" * 200_000}),
    ("POST", "/json", {"json": [1, 2]}),
    ("POST", "/form", {"content": b"a=1&b=2", "headers": FORM}),
    ("POST", "/", {"content": b"12345"}),
]
Bare = Callable[[str, str], Any]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Bare:
    """Makes an application of the framework `bare`."""
    monkeypatch.syspath_prepend(str(Path(target.load().frameworks["bare"].app).parent))

    def make(module: str, name: str) -> Any:
        return getattr(importlib.import_module(module), name)()

    return make


def play(port: int, asks: list[tuple[str, str, Any]]) -> list[int]:
    """The statuses of the answers."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        return [client.request(method, path, **options).status_code for method, path, options in asks]


def test_nothing_is_wrong_between_the_reference_server_and_a_wsgi_application(bare: Bare) -> None:
    """On either side."""
    lint = wsgi.Lint(bare("wsgi_contract", "WsgiContract"))
    with serving(lint, "wsgi") as server:
        statuses = play(server.address[1], ASKS)
    assert set(statuses) == {200, 204, 302, 304, 404, 405, 500}
    assert lint.violations == []


def test_nothing_is_wrong_between_the_reference_server_and_an_asgi_application(bare: Bare) -> None:
    """On either side, in all three protocols."""
    lint = asgi.Lint(bare("asgi_contract", "AsgiContract"))
    with serving(lint, "asgi") as server:
        statuses = play(server.address[1], ASKS)
        with connect(f"ws://127.0.0.1:{server.address[1]}/ws/echo") as socket:
            socket.send("text")
            answer = socket.recv(5)
    assert (set(statuses), answer) == ({200, 204, 302, 304, 404, 405, 500}, "text")
    assert lint.violations == []
