"""The middleware for WSGI changes nothing that either side may see."""

import gc
import sys
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
from wsgi_applications import APPLICATIONS, changes_its_mind
from wsgi_samples import BODY, TYPE, Failed, Server, Spoiled, good, returns, writes
from wsgi_servers import SERVERS

from compliance.lint import wsgi


@pytest.mark.parametrize("spoiled", [*APPLICATIONS, *SERVERS], ids=str)
def test_what_is_spoiled_takes_its_course(spoiled: Spoiled) -> None:
    """With the middleware, a server and an application do to each other what they do without it."""
    without = spoiled.server(spoiled.changes).play(spoiled.app)
    under = spoiled.server(spoiled.changes).play(wsgi.Lint(spoiled.app))
    assert (under.head, under.body, repr(under.error)) == (without.head, without.body, repr(without.error))


class Blocks:
    """An iterable with everything that a server may look at."""

    def __init__(self, *blocks: Any, error: Exception | None = None) -> None:
        self.blocks = blocks
        self.error = error
        self.asked = 0
        self.closed = 0

    def __iter__(self) -> Iterator[Any]:
        for block in self.blocks:
            self.asked += 1
            yield block
        if self.error:
            raise self.error

    def close(self) -> None:
        self.closed += 1


def called(app: Any, server: Server | None = None) -> Any:
    server = server or Server()
    return wsgi.Lint(app)(server.environ(), server.start_response)


def test_blocks_pass_one_by_one_as_the_objects_they_are() -> None:
    """No block is asked for before the server asks."""
    one = b"one" * 100
    inner = Blocks(one, b"", b"two")
    iterator = iter(called(returns(inner)))
    assert inner.asked == 0
    assert next(iterator) is one
    assert inner.asked == 1
    assert (next(iterator), inner.asked) == (b"", 2)
    assert list(iterator) == [b"two"]


def test_close_is_passed_on_for_each_call() -> None:
    """Once for once."""
    inner = Blocks(b"one")
    result = called(returns(inner))
    assert inner.closed == 0
    result.close()
    assert inner.closed == 1
    result.close()
    assert inner.closed == 2


@pytest.mark.parametrize(
    ("result", "closeable", "length"),
    [([b"one", b"two"], False, 2), (Blocks(b"one"), True, None), ((b"" for _ in ()), True, None)],
)
def test_there_is_a_close_and_a_len_exactly_if_there_is_one(
    result: Any, *, closeable: bool, length: int | None
) -> None:
    """A server sees neither more nor less."""
    watched = called(returns([]) if result is None else lambda e, s: (s("200 OK", TYPE), result)[1])  # noqa: ARG005
    assert hasattr(watched, "close") == closeable
    assert (len(watched) if hasattr(watched, "__len__") else None) == length
    assert not hasattr(watched, "read")


def test_exceptions_pass_as_the_objects_they_are() -> None:
    """Out of the application, its iterable, and close()."""
    error = Failed()

    def app(environ: Any, start_response: Any) -> Any:  # noqa: ARG001
        raise error

    assert Server().play(wsgi.Lint(app)).error is error
    lint = wsgi.Lint(returns(Blocks(b"one", error=error)))
    assert Server().play(lint).error is error
    assert lint.violations == []


def test_an_exception_of_write_reaches_the_application() -> None:
    """A client that is gone is no violation."""

    class Gone(Server):
        def write(self, data: bytes) -> None:
            raise OSError(data)

    lint = wsgi.Lint(writes(b"x"))
    assert isinstance(Gone().play(lint).error, OSError)
    assert lint.violations == []


def test_exc_info_is_not_kept() -> None:
    """Once the response is over, nothing refers to the exception."""
    kept: list[weakref.ref[Any]] = []

    def fail_now() -> None:
        raise Failed

    def app(environ: Any, start_response: Any) -> Any:  # noqa: ARG001
        start_response("200 OK", list(TYPE))
        try:
            fail_now()
        except Failed as error:
            kept.append(weakref.ref(error))
            start_response("500 Oops", list(TYPE), sys.exc_info())
        return [b"it went wrong"]

    gc.disable()
    try:
        lint = wsgi.Lint(app)
        assert Server().play(lint).body == b"it went wrong"
        assert kept[0]() is None
    finally:
        gc.enable()
    assert lint.violations == []


def test_exc_info_passes_as_the_tuple_that_it_is() -> None:
    """And so do status and headers."""
    taken: list[Any] = []

    class Keeps(Server):
        def start_response(self, *args: Any) -> Any:
            taken.append(args)
            return super().start_response(*args)

    status, headers = str(b"200 OK", "ascii"), list(TYPE)
    Keeps().play(wsgi.Lint(lambda _environ, start_response: [start_response(status, headers), b""][1:]))
    assert taken[0][0] is status
    assert taken[0][1] is headers
    Keeps().play(wsgi.Lint(changes_its_mind))
    assert taken[-1][2][0] is Failed


def test_a_file_wrapper_of_the_server_is_returned_as_it_is() -> None:
    """The server knows it by its type."""

    class Wrapper(list[bytes]):
        pass

    wrapper = Wrapper()
    server = Server({"wsgi.file_wrapper": Wrapper})
    assert called(lambda _environ, start: (start("200 OK", TYPE), wrapper)[1], server) is wrapper


def test_environ_is_the_dict_of_the_server() -> None:
    """What an application changes in it, the server can see."""
    environ = Server().environ()

    def app(given: Any, start_response: Any) -> Any:
        given["my.own"] = 1
        assert given is environ
        return good(given, start_response)

    assert list(wsgi.Lint(app)(environ, Server().start_response)) == [b"hello"]
    assert environ["my.own"] == 1


def test_streams_have_what_the_streams_of_the_server_have() -> None:
    """Also what an application must not use, and nothing else."""

    def app(environ: Any, start_response: Any) -> Any:
        stream = environ["wsgi.input"]
        assert stream.read(2) == BODY[:2]
        assert list(stream) == [b"\n", b"cd\n"]
        stream.seek(0)
        assert stream.tell() == 0
        assert next(stream) == b"ab\n"
        assert not hasattr(stream, "fish")
        with stream as same:
            assert same is stream
        with pytest.raises(ValueError, match="closed"):
            stream.read(1)
        environ["wsgi.errors"].writelines(["a\n", "b\n"])
        return good(environ, start_response)

    server = Server()
    environ = server.environ()
    errors = environ["wsgi.errors"]
    lint = wsgi.Lint(app)
    assert list(lint(environ, server.start_response)) == [b"hello"]
    assert errors.getvalue() == "a\nb\n"
    assert {found.requirement for found in lint.violations} == {
        "wsgi.input.app_only_listed",
        "wsgi.input.app_no_close",
    }


def test_what_is_wrong_with_a_call_of_write_passes_too() -> None:
    """The server's TypeError is what the application gets."""

    def app(environ: Any, start_response: Any) -> Any:  # noqa: ARG001
        write = start_response("200 OK", list(TYPE))
        with pytest.raises(TypeError):
            write()
        write(data=b"hello")
        return []

    lint = wsgi.Lint(app)
    assert Server().play(lint).body == b"hello"
    assert [found.requirement for found in lint.violations] == ["wsgi.iter.write_data_type"]


def test_a_wrong_call_of_the_application_passes_too() -> None:
    """The application's TypeError is what the server gets."""
    lint = wsgi.Lint(good)
    with pytest.raises(TypeError, match="start_response"):
        lint({})
    assert [found.requirement for found in lint.violations] == ["wsgi.callable.positional_app"]
