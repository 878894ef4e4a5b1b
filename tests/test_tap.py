"""The tap records everything and changes nothing that the interfaces let either side see."""

import asyncio
import gc
import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from compliance.guest import channel as guest_channel
from compliance.guest import tap
from compliance.guest.channel import Channel


class Recorder(Channel):
    """A channel that keeps its notes."""

    def __init__(self) -> None:
        self.notes: list[tuple[str, Any]] = []
        self.ends = 0

    def note(self, name: str, value: Any = None) -> None:
        self.notes.append((name, value))

    def end(self) -> None:
        self.ends += 1

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.notes]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


# ASGI

SCOPE = {"type": "http", "path": "/"}
REQUEST = {"type": "http.request", "body": b"", "more_body": False}
START = {"type": "http.response.start", "status": 200, "headers": iter([(b"a", b"b")])}


async def give() -> dict[str, Any]:
    return REQUEST


async def take(_message: dict[str, Any]) -> str:
    return "what send returned"


def call(app: Any, recorder: Recorder, *, receive: Any = give, send: Any = take) -> Any:
    return asyncio.run(tap.asgi(app, SCOPE, receive, send, recorder))


def test_asgi_messages_pass_as_the_objects_they_are(recorder: Recorder) -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> str:
        seen.extend([scope, await receive(), await send(START)])
        return "result"

    async def keep(message: Any) -> str:
        seen.append(message)
        return "what send returned"

    assert call(app, recorder, send=keep) == "result"
    assert seen[0] is START
    assert seen[1] is SCOPE
    assert seen[2] is REQUEST
    assert seen[3] == "what send returned"
    assert list(START["headers"]) == [(b"a", b"b")]
    assert recorder.names == ["scope", "receive", "send", "sent", "returned"]
    assert recorder.ends == 1


def test_asgi_makes_the_channel_current(recorder: Recorder) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001
        guest_channel.note("from the handler", 1)

    call(app, recorder)

    assert ("from the handler", 1) in recorder.notes


class Gone(OSError):
    """An exception of the server."""


async def fail(*_: Any) -> Any:
    raise Gone("the client is gone")


@pytest.mark.parametrize("by", ["receive", "send"])
def test_an_exception_of_the_server_reaches_the_application_and_is_noted(recorder: Recorder, by: str) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> str:  # noqa: ARG001
        with pytest.raises(Gone):
            await (receive() if by == "receive" else send({}))
        return "survived"

    assert call(app, recorder, **{by: fail}) == "survived"

    raised = dict(recorder.notes)["raised"]
    assert raised["by"] == by
    assert "builtins.OSError" in raised["types"]
    assert "sent" not in recorder.names


def test_an_exception_of_the_asgi_application_passes_and_ends_the_channel(recorder: Recorder) -> None:
    error = RuntimeError("the application failed")

    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001
        raise error

    with pytest.raises(RuntimeError) as caught:
        call(app, recorder)

    assert caught.value is error
    assert recorder.notes[-1] == ("raised", tap.describe(error, "application"))
    assert recorder.ends == 1


def test_a_cancelled_application_is_noted(recorder: Recorder) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001
        await asyncio.get_running_loop().create_future()

    async def main() -> None:
        task = asyncio.ensure_future(tap.asgi(app, SCOPE, give, take, recorder))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())

    assert dict(recorder.notes)["raised"]["types"][0].endswith("CancelledError")
    assert recorder.ends == 1


# WSGI

ENVIRON: dict[str, Any] = {"REQUEST_METHOD": "GET"}


class Blocks:
    """An iterable with everything that a server may look at."""

    def __init__(self, *blocks: Any) -> None:
        self._blocks = blocks
        self.asked = 0
        self.closed = 0

    def __iter__(self) -> Iterator[Any]:
        for block in self._blocks:
            self.asked += 1
            yield block

    def close(self) -> None:
        self.closed += 1


def start_response(status: str, headers: Any, exc_info: Any = None, /) -> Callable[[bytes], object]:
    """Accept anything and return a writer."""
    if exc_info:
        raise exc_info[1]
    return lambda data: (status, headers, data)


def under_tap(app: Any, recorder: Recorder, environ: dict[str, Any] | None = None) -> Any:
    return tap.wsgi(app, ENVIRON if environ is None else environ, start_response, recorder)


def returning(result: Any) -> Any:
    def app(environ: Any, start: Any) -> Any:
        assert environ is ENVIRON
        start("200 OK", [("A", "b")])
        return result

    return app


def test_wsgi_blocks_pass_one_by_one(recorder: Recorder) -> None:
    inner = Blocks(b"one", b"", b"two")
    iterator = iter(under_tap(returning(inner), recorder))

    assert (next(iterator), inner.asked) == (b"one", 1)
    assert (next(iterator), inner.asked) == (b"", 2)
    assert list(iterator) == [b"two"]
    assert recorder.names == ["environ", "start_response", "block", "block", "block", "exhausted"]
    assert dict(recorder.notes)["start_response"] == {
        "status": "200 OK",
        "headers": [("A", "b")],
        "exc_info": None,
    }


def test_close_is_propagated_once_for_each_call_and_ends_the_channel(recorder: Recorder) -> None:
    inner = Blocks(b"one")
    result = under_tap(returning(inner), recorder)
    assert recorder.ends == 0

    result.close()

    assert (inner.closed, recorder.names[-1], recorder.ends) == (1, "close", 1)
    result.close()
    assert inner.closed == 2


@pytest.mark.parametrize(
    ("result", "closeable", "length"),
    [([b"one", b"two"], False, 2), (Blocks(b"one"), True, None), ((b"" for _ in ()), True, None)],
)
def test_the_iterable_has_close_and_len_exactly_if_the_inner_one_has(
    recorder: Recorder, result: Any, *, closeable: bool, length: int | None
) -> None:
    tapped = under_tap(returning(result), recorder)

    assert hasattr(tapped, "close") == closeable
    assert (len(tapped) if hasattr(tapped, "__len__") else None) == length
    assert not hasattr(tapped, "read")


def test_an_iterable_without_close_ends_the_channel_when_it_is_dropped(recorder: Recorder) -> None:
    iterator = iter(under_tap(returning([b"one", b"two"]), recorder))
    next(iterator)
    gc.collect()
    assert recorder.ends == 0

    del iterator
    gc.collect()

    assert recorder.ends == 1


def test_a_list_ends_the_channel_when_it_has_given_all_its_blocks(recorder: Recorder) -> None:
    iterator = iter(under_tap(returning([b"one", b"two"]), recorder))
    next(iterator)
    assert recorder.ends == 0

    next(iterator)

    assert recorder.ends == 1


def test_an_exception_of_the_iterable_passes_and_is_noted(recorder: Recorder) -> None:
    error = RuntimeError("the iterable failed")

    def blocks() -> Iterator[bytes]:
        yield b"one"
        raise error

    iterator = iter(under_tap(returning(blocks()), recorder))
    assert next(iterator) == b"one"
    with pytest.raises(RuntimeError) as caught:
        next(iterator)

    assert caught.value is error
    assert recorder.notes[-1] == ("raised", tap.describe(error, "next"))


def test_an_exception_of_the_wsgi_application_passes_and_ends_the_channel(recorder: Recorder) -> None:
    def app(environ: Any, start: Any) -> Any:  # noqa: ARG001
        raise RuntimeError("the application failed")

    with pytest.raises(RuntimeError, match="the application failed"):
        under_tap(app, recorder)

    assert recorder.ends == 1


def test_start_response_passes_every_kind_of_call(recorder: Recorder) -> None:
    error = ValueError("trapped")

    def app(environ: Any, start: Any) -> Any:  # noqa: ARG001
        assert start("200 OK", [])(b"data") == ("200 OK", [], b"data")
        with pytest.raises(ValueError, match="trapped"):
            start("500 Oops", [], (ValueError, error, None))
        with pytest.raises(TypeError):
            start(status="200 OK", headers=[])
        return []

    under_tap(app, recorder)

    starts = [value for name, value in recorder.notes if name == "start_response"]
    assert starts[0]["exc_info"] is None
    assert starts[1]["exc_info"] == "ValueError"
    assert starts[2] == {"positional": [], "keywords": ["headers", "status"]}
    assert ("write", b"data") in recorder.notes
    assert [value["by"] for name, value in recorder.notes if name == "raised"] == ["start_response"] * 2


def test_a_file_wrapper_of_the_server_is_returned_as_it_is(recorder: Recorder) -> None:
    class FileWrapper(list[bytes]):
        """The server's own type."""

    wrapper = FileWrapper()
    environ = {"wsgi.file_wrapper": FileWrapper}

    assert under_tap(lambda _environ, _start: wrapper, recorder, environ) is wrapper
    assert recorder.names == ["environ", "file_wrapper"]
    assert recorder.ends == 1


def test_handlers_note_on_the_channel_while_the_server_iterates(recorder: Recorder) -> None:
    def blocks() -> Iterator[bytes]:
        guest_channel.note("from the iterable")
        yield b""

    iterator = iter(under_tap(returning(blocks()), recorder))
    guest_channel.use(Recorder())  # another exchange on this thread in between
    next(iterator)

    assert "from the iterable" in recorder.names


# Shortening


def test_long_strings_are_shortened_wherever_they_are() -> None:
    long = b"x" * (tap.LIMIT + 1)

    short = tap.shorten({"type": "t", "body": long, "list": [long.decode()], "tuple": (long,), "small": b"x"})

    assert short["body"] == {
        "shortened": "bytes",
        "length": tap.LIMIT + 1,
        "sha256": hashlib.sha256(long).hexdigest(),
        "head": b"x" * tap.HEAD,
    }
    assert short["list"][0]["shortened"] == "str"
    assert short["tuple"] == (long,)
    assert short["small"] == b"x"
