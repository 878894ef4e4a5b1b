"""The middleware for ASGI: it finds what is wrong, of both sides, and changes nothing."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from compliance.lint import LintError, Violation, asgi, fail

VERSIONS = {"version": "3.0", "spec_version": "2.5"}
HTTP = {
    "type": "http",
    "asgi": VERSIONS,
    "http_version": "1.1",
    "method": "GET",
    "path": "/",
    "query_string": b"",
    "headers": [],
}
WEBSOCKET = {"type": "websocket", "asgi": VERSIONS, "path": "/ws", "headers": [], "query_string": b""}
LIFESPAN = {"type": "lifespan", "asgi": VERSIONS}
REQUEST = {"type": "http.request", "body": b"", "more_body": False}
START = {"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]}
END = {"type": "http.response.body", "body": b"hello"}
CONNECT = {"type": "websocket.connect"}
ACCEPT = {"type": "websocket.accept"}
STARTUP, SHUTDOWN = {"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}
STARTED, STOPPED = {"type": "lifespan.startup.complete"}, {"type": "lifespan.shutdown.complete"}


def script(*steps: Any) -> Any:
    """An application that takes a message for each None, and sends the others."""

    async def app(scope: Any, receive: Any, send: Any) -> str:  # noqa: ARG001
        for step in steps:
            await (receive() if step is None else send(step))
        return "result"

    return app


class Server:
    """Gives these messages, and keeps what it gets."""

    def __init__(self, *messages: Any, error: Exception | None = None) -> None:
        self.messages = list(messages)
        self.taken: list[Any] = []
        self.error = error

    async def receive(self) -> Any:
        return self.messages.pop(0)

    async def send(self, message: Any) -> str:
        self.taken.append(message)
        if self.error:
            raise self.error
        return "what send returned"

    def play(self, lint: Any, scope: Any = HTTP) -> Any:
        return asyncio.run(lint(scope, self.receive, self.send))


def brief(found: list[Violation]) -> list[tuple[str, str, str]]:
    return [(violation.requirement, violation.party, violation.place) for violation in found]


@pytest.mark.parametrize(
    ("scope", "messages", "steps"),
    [
        (HTTP, [REQUEST], [None, START, END]),
        (WEBSOCKET, [CONNECT], [None, ACCEPT, {"type": "websocket.close"}]),
        (LIFESPAN, [STARTUP, SHUTDOWN], [None, STARTED, None, STOPPED]),
        ({"type": "mychat"}, [{"type": "mychat.hello"}], [None, {"type": "mychat.bye"}]),
    ],
)
def test_what_is_right_has_no_violations(scope: Any, messages: list[Any], steps: list[Any]) -> None:
    """In the three protocols, and in one that nobody knows."""
    with asgi.Lint(script(*steps)) as lint:
        assert Server(*messages).play(lint, scope) == "result"
    assert lint.violations == []


@pytest.mark.parametrize(
    ("scope", "messages", "steps", "expected"),
    [
        (
            {**HTTP, "path": b"/"},
            [REQUEST, REQUEST],
            [None, None, {**START, "status": "200"}, START, END],
            [
                ("asgi.http.scope.path_type", "server", "http GET, scope"),
                ("asgi.http.request.single_completion", "server", "http GET, http.request"),
                ("asgi.http.start.status_int", "application", "http GET, http.response.start"),
                ("asgi.http.start.once", "application", "http GET, http.response.start"),
            ],
        ),
        (
            HTTP,
            [REQUEST],
            [None, START],
            [("asgi.http.start.body_must_follow", "application", "http GET /, end")],
        ),
        (HTTP, [], ["hello", START, END], [("asgi.core.event.is_dict", "application", "http GET /, send")]),
        (
            WEBSOCKET,
            [CONNECT],
            [None],
            [("asgi.ws.connect.app_replies", "application", "websocket /ws, end")],
        ),
        (
            WEBSOCKET,
            [CONNECT],
            [None, {**ACCEPT, "subprotocol": "a"}, {"type": "websocket.close"}],
            [("asgi.ws.accept.subprotocol_app_offered", "application", "websocket /ws, websocket.accept")],
        ),
        (
            LIFESPAN,
            [STARTUP],
            [None],
            [("asgi.lifespan.startup.app_completes", "application", "lifespan, end")],
        ),
        (
            LIFESPAN,
            [SHUTDOWN],
            [None],
            [("asgi.lifespan.startup.event", "server", "lifespan, lifespan.shutdown")],
        ),
    ],
)
def test_what_is_wrong_is_found(scope: Any, messages: list[Any], steps: list[Any], expected: Any) -> None:
    """Of both sides, and not only the first."""
    lint = asgi.Lint(script(*steps))
    Server(*messages).play(lint, scope)
    assert brief(lint.violations) == expected


def test_one_side_can_be_left_out() -> None:
    """A test of an application need not care for the client that plays the server."""
    app = script(None, START, START, END)
    for party in ("server", "application"):
        lint = asgi.Lint(app, party=party)  # type: ignore[arg-type]
        Server(REQUEST).play(lint, {**HTTP, "path": b"/"})
        assert [violation.party for violation in lint.violations] == [party]


def test_messages_pass_as_the_objects_they_are() -> None:
    """In both directions, with an iterator of headers unread, and what send returns."""
    seen: list[Any] = []
    start = {**START, "headers": iter([(b"a", b"b")])}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.extend([scope, await receive(), await send(start), await send(END)])

    server = Server(REQUEST)
    server.play(asgi.Lint(app))
    assert seen[0] is HTTP
    assert seen[1] is REQUEST
    assert seen[2] == "what send returned"
    assert server.taken[0] is start
    assert list(start["headers"]) == [(b"a", b"b")]


class Failed(Exception):
    """What an application raises."""


def test_an_exception_of_the_application_passes() -> None:
    """It owes nothing more."""
    error = Failed()

    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001
        await receive()
        raise error

    lint = asgi.Lint(app)
    with pytest.raises(Failed) as caught:
        Server(REQUEST).play(lint)
    assert caught.value is error
    assert lint.violations == []


def test_an_application_that_is_told_that_the_client_is_gone_owes_nothing() -> None:
    """By an exception of send, which it may catch."""

    async def app(scope: Any, receive: Any, send: Any) -> str:  # noqa: ARG001
        with pytest.raises(OSError, match="gone"):
            await send(START)
        return "survived"

    lint = asgi.Lint(app)
    assert Server(error=OSError("gone")).play(lint) == "survived"
    assert lint.violations == []


def test_a_cancelled_application_owes_nothing() -> None:
    """And is cancelled."""

    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001
        await asyncio.get_running_loop().create_future()

    lint = asgi.Lint(app)

    async def main() -> None:
        task = asyncio.ensure_future(lint(HTTP, None, None))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert lint.violations == []


def test_calls_at_the_same_time_are_kept_apart() -> None:
    """Each has its own state."""
    gate = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(START)
        if scope["path"] == "/good":
            await gate.wait()
            await send(END)
        gate.set()

    lint = asgi.Lint(app)

    async def main() -> None:
        calls = [
            lint({**HTTP, "path": path}, Server(REQUEST).receive, Server().send) for path in ("/good", "/bad")
        ]
        await asyncio.gather(*calls)

    asyncio.run(main())
    assert brief(lint.violations) == [
        ("asgi.http.start.body_must_follow", "application", "http GET /bad, end")
    ]


@pytest.mark.parametrize("hook", [None, fail])
def test_it_can_raise(hook: Callable[[Violation], object] | None) -> None:
    """At the end, or where it happens."""
    server = Server(REQUEST)

    def play() -> None:
        with asgi.Lint(script(None, START, START, END), on_violation=hook) as lint:
            server.play(lint)

    with pytest.raises(LintError, match=r"asgi\.http\.start\.once"):
        play()
    assert len(server.taken) == (1 if hook else 3)
