"""Servers that are spoiled in one thing each, and legal ones that are unusual."""

import contextlib
import io
import itertools
from collections.abc import Iterator
from typing import Any

from wsgi_applications import fails_after_a_block, starts_twice
from wsgi_samples import BODY, MISSING, TYPE, Failed, Server, Spoiled, good, returns, uses, writes


class Environ(dict[str, Any]):
    pass


class Keywords(Server):
    def call(self, app: Any, environ: dict[str, Any]) -> Any:
        return app(environ=environ, start_response=self.start_response)


class Subclass(Server):
    def environ(self) -> dict[str, Any]:
        return Environ(super().environ())


class NoWrite(Server):
    def start_response(self, *args: Any) -> Any:
        super().start_response(*args)


class Lenient(Server):
    """Lets everything pass that a server has to refuse."""

    def start_response(self, *args: Any) -> Any:
        self.head = args[:2]
        return self.take

    def iterate(self, result: Any) -> None:
        for block in result:
            self.take(block)


class OneTooMany(Server):
    def iterate(self, result: Any) -> None:
        for block in result:
            self.take(block)


class NeverCloses(Server):
    def close(self, result: Any) -> None:
        pass


class ClosesTwice(Server):
    def close(self, result: Any) -> None:
        super().close(result)
        super().close(result)


class GoesOnAfterClose(Server):
    def iterate(self, result: Any) -> None:
        iterator = iter(result)
        result.close()
        next(iterator, None)

    def close(self, result: Any) -> None:
        pass


class IteratesTwice(Server):
    def iterate(self, result: Any) -> None:
        super().iterate(result)
        super().iterate(result)


class LooksInside(Server):
    def iterate(self, result: Any) -> None:
        getattr(result, "gi_frame", None)
        super().iterate(result)


class AsksForTheLength(Server):
    def iterate(self, result: Any) -> None:
        len(result)
        super().iterate(result)


def stream(**methods: Any) -> Any:
    """An input in which these methods are spoiled, or missing."""

    inner = io.BytesIO(BODY)

    class Input:
        def __getattribute__(self, name: str) -> Any:
            found = methods.get(name, getattr(inner, name))
            if found is MISSING:
                raise AttributeError(name)
            return found

        def __iter__(self) -> Iterator[Any]:
            return iter(methods.get("lines", BODY.splitlines(keepends=True)))

    return {"wsgi.input": Input()}


class Ascii:
    """An error stream that can write ASCII only."""

    def write(self, text: str) -> None:
        text.encode("ascii")

    def writelines(self, texts: Any) -> None:
        for text in texts:
            self.write(text)

    def flush(self) -> None:
        pass


def generator() -> Iterator[bytes]:
    yield b"hello"
    yield b"!"


def failing() -> Iterator[bytes]:
    yield b"hello"
    raise Failed


def rests() -> Any:
    parts = itertools.cycle([b"ab", b"", b"cd"])
    return lambda _size=-1: next(parts)


class Closing:
    def __init__(self) -> None:
        self.blocks = [b"hello"]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.blocks)

    def close(self) -> None:
        pass


def write_euro(errors: Any) -> None:
    with contextlib.suppress(UnicodeError):
        errors.write("\u20ac")


def read(stream: Any) -> None:
    stream.read(2)


def readline(stream: Any) -> None:
    stream.readline()


def readlines(stream: Any) -> None:
    stream.readlines()


def read_thrice(stream: Any) -> None:
    for _ in range(3):
        stream.read(2)


CLOSING = returns(Closing)


def given(name: str, says: str, validate: str, changes: Any) -> Spoiled:
    """A server that gives another environ."""
    return Spoiled(name, (says,) if says else (), validate, changes=changes)


def without(key: str, requirement: str, validate: str = "refuses") -> Spoiled:
    return given(f"no {key}", f"wsgi.environ.{requirement}", validate, {key: MISSING})


def reads(name: str, says: str, validate: str, use: Any, changes: Any) -> Spoiled:
    """A server whose input is read so."""
    return Spoiled(name, (f"wsgi.input.{says}",), validate, uses(use), changes=changes)


def plays(name: str, says: str, validate: str, server: type[Server], app: Any = good) -> Spoiled:
    """A server that does otherwise."""
    return Spoiled(name, tuple(says.split()), validate, app, server)


FIVE = [*TYPE, ("Content-Length", "5")]
LENGTH, PATH, SCRIPT = "rfc9112.cl.invalid_400", "wsgi.environ.path_info", "wsgi.environ.script_name"
ROOT = "wsgi.environ.script_name_no_trailing_slash"
MUTE = type("Mute", (), {"write": print, "writelines": print})()

SERVERS = [
    # The environ
    plays("an environ of a subclass of dict", "wsgi.environ.builtin_dict", "refuses", Subclass),
    without("REQUEST_METHOD", "request_method"),
    without("SERVER_NAME", "server_name"),
    without("SERVER_PORT", "server_port"),
    without("SERVER_PROTOCOL", "server_protocol", "passes"),
    without("wsgi.version", "version"),
    without("wsgi.url_scheme", "url_scheme", "crashes"),
    without("wsgi.input", "input"),
    without("wsgi.errors", "errors"),
    without("wsgi.multithread", "multithread"),
    without("wsgi.multiprocess", "multiprocess"),
    without("wsgi.run_once", "run_once"),
    given("no QUERY_STRING", "", "warns", {"QUERY_STRING": MISSING}),
    given("no SCRIPT_NAME", "", "crashes", {"SCRIPT_NAME": MISSING}),
    given("no PATH_INFO", "", "crashes", {"PATH_INFO": MISSING}),
    given("an empty PATH_INFO", "", "passes", {"PATH_INFO": "", "SCRIPT_NAME": "/app"}),
    given("an empty SERVER_NAME", "wsgi.environ.server_name", "passes", {"SERVER_NAME": ""}),
    given("an empty method", "wsgi.environ.request_method", "warns", {"REQUEST_METHOD": ""}),
    given("an unknown method", "", "warns", {"REQUEST_METHOD": "PURGE"}),
    given("a SERVER_PORT that is a number", "wsgi.environ.server_port", "refuses", {"SERVER_PORT": 80}),
    given("a REMOTE_PORT that is a number", "wsgi.environ.cgi_values_str", "refuses", {"REMOTE_PORT": 1}),
    given("a euro sign in PATH_INFO", "wsgi.strings.latin1_server", "passes", {"PATH_INFO": "/\u20ac"}),
    given("a PATH_INFO without a slash", PATH, "refuses", {"PATH_INFO": "a"}),
    given("a PATH_INFO that is an asterisk", "", "refuses", {"PATH_INFO": "*", "REQUEST_METHOD": "OPTIONS"}),
    given("a URL as PATH_INFO", "wsgi.environ.path_absolute_form", "refuses", {"PATH_INFO": "http://a/"}),
    given("a SCRIPT_NAME without a slash", SCRIPT, "refuses", {"SCRIPT_NAME": "a"}),
    given("a SCRIPT_NAME that is a slash", ROOT, "refuses", {"SCRIPT_NAME": "/"}),
    given("HTTP_CONTENT_TYPE", "wsgi.environ.no_http_content_vars", "refuses", {"HTTP_CONTENT_TYPE": "a/b"}),
    given("an empty CONTENT_LENGTH", "", "passes", {"CONTENT_LENGTH": ""}),
    given("a negative CONTENT_LENGTH", LENGTH, "refuses", {"CONTENT_LENGTH": "-1"}),
    given("a CONTENT_LENGTH of letters", LENGTH, "crashes", {"CONTENT_LENGTH": "six"}),
    given("a CONTENT_LENGTH with a sign", LENGTH, "passes", {"CONTENT_LENGTH": "+6"}),
    given("wsgi.version as a list", "wsgi.environ.version", "refuses", {"wsgi.version": [1, 0]}),
    given("wsgi.version 1.1", "wsgi.environ.version", "passes", {"wsgi.version": (1, 1)}),
    given("another URL scheme", "", "refuses", {"wsgi.url_scheme": "ws"}),
    given("a flag that is a str", "wsgi.environ.run_once", "passes", {"wsgi.run_once": "False"}),
    given("My.Own as a key", "wsgi.environ.server_defined_naming", "passes", {"My.Own": 1}),
    given("a file wrapper that is none", "wsgi.fw.signature", "passes", {"wsgi.file_wrapper": None}),
    # The streams
    given("an input without readline()", "wsgi.input.readline", "refuses", stream(readline=MISSING)),
    given("errors without flush()", "wsgi.errors.flush", "refuses", {"wsgi.errors": MUTE}),
    reads("read() gives str", "bytes", "refuses", read, stream(read=lambda _: "ab")),
    reads("read() gives too much", "read_size", "passes", read, stream(read=lambda _: b"abc")),
    reads("readline() gives str", "bytes", "refuses", readline, stream(readline=lambda: "ab\n")),
    reads("readline() gives two lines", "readline", "passes", readline, stream(readline=lambda: BODY)),
    reads("readlines() gives a tuple", "bytes", "refuses", readlines, stream(readlines=lambda: (b"ab\n",))),
    reads("iteration of the input gives str", "bytes", "passes", list, stream(lines=["ab\n"])),
    reads("bytes after the end of the input", "read_full_size", "passes", read_thrice, stream(read=rests())),
    reads("bytes beyond CONTENT_LENGTH", "eof_simulated", "passes", readlines, {"CONTENT_LENGTH": "2"}),
    Spoiled(
        "errors that take ASCII only",
        ("wsgi.errors.unicode",),
        "passes",
        uses(write_euro, "wsgi.errors"),
        changes={"wsgi.errors": Ascii()},
    ),
    # The calls
    plays("keywords for the application", "wsgi.callable.positional_app", "refuses", Keywords),
    plays("start_response returns None", "wsgi.sr.returns_write", "passes", NoWrite),
    plays(
        "a second call is taken",
        "wsgi.sr.app_single_call wsgi.sr.second_call_without_exc_info",
        "passes",
        Lenient,
        starts_twice,
    ),
    plays("exc_info is not raised", "wsgi.sr.exc_info_raises", "passes", Lenient, fails_after_a_block),
    plays(
        "write() beyond Content-Length is taken",
        "wsgi.cl.app_as_stated wsgi.cl.write_past_raises",
        "passes",
        Lenient,
        writes(b"hello!", headers=FIVE),
    ),
    plays(
        "a block beyond Content-Length is taken",
        "wsgi.cl.stop_iterating wsgi.cl.app_as_stated",
        "passes",
        OneTooMany,
        returns([b"hel", b"lo", b"!"], FIVE),
    ),
    plays("close() is not called", "wsgi.iter.close_called", "refuses", NeverCloses, CLOSING),
    plays("no close() after an error", "wsgi.iter.close_on_error", "refuses", NeverCloses, returns(failing)),
    plays("close() of a list is not called", "", "refuses", NeverCloses),
    plays("close() is called twice", "wsgi.iter.close_once", "passes", ClosesTwice, CLOSING),
    plays("a block after close()", "wsgi.iter.close_called", "refuses", GoesOnAfterClose, CLOSING),
    plays("the iterable is iterated twice", "wsgi.iter.iter_called_once", "passes", IteratesTwice, CLOSING),
    plays("another attribute", "wsgi.iter.no_other_attributes", "passes", LooksInside, returns(generator)),
    plays("len() is asked for", "", "crashes", AsksForTheLength),
]
