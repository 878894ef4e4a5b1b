"""Applications that are spoiled in one thing each, and legal ones that are unusual."""

import contextlib
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from wsgi_samples import HEADERS, TYPE, Failed, Spoiled, returns, starts, uses, with_header, writes


class Text(str):
    __slots__ = ()


class Headers(list[Any]):
    pass


class WrongLength(list[bytes]):
    def __len__(self) -> int:
        return 2


class Sequence:
    """The iteration of old: no __iter__, and no close."""

    def __getitem__(self, index: int) -> bytes:
        return [b"he", b"llo"][index]


def failure() -> Any:
    """What sys.exc_info() gives an error handler."""
    error = Failed()
    return (Failed, error, None)


def late(environ: Any, start_response: Any) -> Iterator[bytes]:  # noqa: ARG001
    start_response("200 OK", list(HEADERS))
    yield b"hello"


def later(environ: Any, start_response: Any) -> Iterator[bytes]:
    yield b""
    yield from late(environ, start_response)


def too_late(environ: Any, start_response: Any) -> Iterator[bytes]:
    yield b"hello"
    yield from late(environ, start_response)


def writes_in_iterable(environ: Any, start_response: Any) -> Iterator[bytes]:  # noqa: ARG001
    write = start_response("200 OK", list(TYPE))
    write(b"hello")
    yield b""


def starts_twice(environ: Any, start_response: Any) -> Any:  # noqa: ARG001
    start_response("200 OK", list(TYPE))
    start_response("500 Oops", list(TYPE))
    return [b"hello"]


def changes_its_mind(environ: Any, start_response: Any) -> Any:  # noqa: ARG001
    start_response("200 OK", list(HEADERS))
    start_response("500 Oops", list(TYPE), failure())
    return [b"it went wrong"]


def fails_after_a_block(environ: Any, start_response: Any) -> Iterator[bytes]:  # noqa: ARG001
    start_response("200 OK", list(TYPE))
    yield b"hello"
    start_response("500 Oops", list(TYPE), failure())
    yield b"it went wrong"


def traps(environ: Any, start_response: Any) -> Iterator[bytes]:
    blocks = fails_after_a_block(environ, start_response)
    yield next(blocks)
    try:
        next(blocks)
    except Failed:
        yield b"it went wrong"


def read_text(stream: Any) -> None:
    with contextlib.suppress(TypeError):  # of the server's stream
        stream.read("3")


def write_text(errors: Any) -> None:
    errors.write(Text("text"))


def clears_environ(environ: Any, start_response: Any) -> Any:
    environ.clear()
    start_response("200 OK", list(HEADERS))
    return [b"hello"]


def exc_info(value: Any) -> Any:
    return starts("200 OK", TYPE, value)


NAME, VALUE = "wsgi.sr.header_name_valid", "wsgi.sr.header_value_no_control"
NATIVE, LATIN1 = "wsgi.strings.native_type", "wsgi.strings.latin1_app"
LISTED, CLOSED = "wsgi.input.app_only_listed", "wsgi.input.app_no_close"
STATED = "wsgi.cl.app_as_stated"
FORM = "wsgi.sr.status_form"

APPLICATIONS = [
    # start_response: the status
    Spoiled("a status of bytes", (NATIVE,), "refuses", starts(b"200 OK", TYPE)),
    Spoiled("a status of a subclass of str", (NATIVE,), "refuses", starts(Text("200 OK"), TYPE)),
    Spoiled("a status that is a number", (NATIVE,), "refuses", starts(HTTPStatus.OK, TYPE)),
    Spoiled("a status without a reason", (FORM,), "warns", starts("200", TYPE)),
    Spoiled("a status of two digits", (FORM,), "refuses", starts("20 OK", TYPE)),
    Spoiled("a status of no digits", (FORM,), "crashes", starts("Oll Korrect", TYPE)),
    Spoiled("a space before the status", (FORM,), "warns", starts(" 200 OK", TYPE)),
    Spoiled("a space after the status", (FORM,), "passes", starts("200 OK ", TYPE)),
    Spoiled("two spaces in the status", (FORM,), "passes", starts("200  OK", TYPE)),
    Spoiled(
        "a line feed after the status",
        ("wsgi.sr.status_no_control", FORM),
        "passes",
        starts("200 OK\n", TYPE),
    ),
    Spoiled(
        "a control character in the status",
        ("wsgi.sr.status_no_control",),
        "passes",
        starts("200 O\0K", TYPE),
    ),
    Spoiled("a status below 100", ("rfc9110.status.range_invalid",), "refuses", starts("099 Low", TYPE)),
    Spoiled("a status above 599", ("rfc9110.status.range_invalid",), "passes", starts("600 High", TYPE)),
    Spoiled("a status 101", ("rfc9110.status.app_1xx_as_final",), "passes", starts("101 Switching", TYPE)),
    Spoiled("a euro sign in the status", (LATIN1,), "passes", starts("200 \u20ac", TYPE)),
    Spoiled("a status of its own", (), "passes", starts("299 As you like it", TYPE)),
    # start_response: the headers
    Spoiled("a tuple of headers", ("wsgi.sr.headers_list",), "refuses", starts("200 OK", tuple(TYPE))),
    Spoiled(
        "a subclass of list of headers", ("wsgi.sr.headers_list",), "refuses", starts("200 OK", Headers(TYPE))
    ),
    Spoiled(
        "a header that is a list", ("wsgi.sr.headers_list",), "refuses", starts("200 OK", [*TYPE, ["X", "y"]])
    ),
    Spoiled("a header of three", ("wsgi.sr.headers_list",), "refuses", with_header("X", "y", "z")),
    Spoiled("a header name of bytes", (NATIVE,), "refuses", with_header(b"X", "y")),
    Spoiled("a header value that is a number", (NATIVE,), "refuses", with_header("X", 1)),
    Spoiled("a header value of a subclass of str", (NATIVE,), "refuses", with_header("X", Text("y"))),
    Spoiled("a colon after a header name", (NAME,), "refuses", with_header("X:", "y")),
    Spoiled("a space in a header name", (NAME,), "refuses", with_header("X Y", "z")),
    Spoiled("an empty header name", (NAME,), "refuses", with_header("", "y")),
    Spoiled("a dash at the end of a header name", (NAME,), "refuses", with_header("X-", "y")),
    Spoiled("a dot at the end of a header name", (NAME,), "refuses", with_header("X.", "y")),
    Spoiled("a dot in a header name", (), "refuses", with_header("X.Y", "z")),
    Spoiled("a digit first in a header name", (), "refuses", with_header("3D", "y")),
    Spoiled("a header named Status", (), "refuses", with_header("Status", "200 OK")),
    Spoiled("a line feed in a header value", (VALUE,), "refuses", with_header("X", "y\nZ: z")),
    Spoiled("a tab in a header value", (VALUE,), "refuses", with_header("X", "y\tz")),
    Spoiled("a DEL in a header value", (VALUE,), "passes", with_header("X", "y\x7f")),
    Spoiled("a Latin-1 header value", (), "passes", with_header("X", "\xe9")),
    Spoiled("a euro sign in a header value", (LATIN1,), "passes", with_header("X", "\u20ac")),
    Spoiled("a hop-by-hop header", ("wsgi.sr.hop_by_hop_app",), "passes", with_header("Connection", "close")),
    Spoiled("no Content-Type", (), "refuses", starts("200 OK", [])),
    Spoiled("a Content-Type with 204", (), "refuses", returns([], status="204 No Content")),
    Spoiled("a Content-Type with 304", (), "refuses", returns([], status="304 Not Modified")),
    Spoiled("204 without a Content-Type", (), "passes", returns([], [], "204 No Content")),
    # start_response: how it is called
    Spoiled(
        "keywords",
        ("wsgi.callable.start_response_positional",),
        "refuses",
        starts(status="200 OK", headers=TYPE),
    ),
    Spoiled("one argument", ("wsgi.callable.start_response_positional",), "refuses", starts("200 OK")),
    Spoiled(
        "four arguments",
        ("wsgi.callable.start_response_positional",),
        "refuses",
        starts("200 OK", TYPE, None, 1),
    ),
    Spoiled("exc_info that is a list", ("wsgi.sr.exc_info_tuple",), "refuses", exc_info([1, 2, 3])),
    Spoiled("exc_info that is a tuple of two", ("wsgi.sr.exc_info_tuple",), "passes", exc_info((1, 2))),
    Spoiled("a second call", ("wsgi.sr.app_single_call",), "passes", starts_twice),
    Spoiled("a second call with exc_info", (), "passes", changes_its_mind),
    Spoiled("a second call with exc_info after a block", (), "passes", fails_after_a_block),
    Spoiled("an exception of start_response is trapped", ("wsgi.sr.exc_info_app_not_trap",), "passes", traps),
    Spoiled("no call, no block", ("wsgi.sr.before_first_block_app",), "passes", lambda _environ, _start: []),
    Spoiled("no call before the block", ("wsgi.sr.before_first_block_app",), "refuses", too_late),
    Spoiled("a call by the first iteration", (), "passes", late),
    Spoiled("a call after an empty block", (), "refuses", later),
    # The iterable and write()
    Spoiled("None for an iterable", ("wsgi.iter.iterable",), "refuses", returns(None)),
    Spoiled("a number for an iterable", ("wsgi.iter.iterable",), "crashes", returns(5)),
    Spoiled("a str for an iterable", ("wsgi.strings.bytes_type",), "refuses", returns("hello")),
    Spoiled("bytes for an iterable", ("wsgi.strings.bytes_type",), "refuses", returns(b"hello")),
    Spoiled("empty bytes for an iterable", (), "refuses", returns(b"")),
    Spoiled("an old sequence for an iterable", (), "passes", returns(Sequence())),
    Spoiled("a block of str", ("wsgi.strings.bytes_type",), "refuses", returns(["hello"])),
    Spoiled("a block of bytearray", ("wsgi.strings.bytes_type",), "refuses", returns([bytearray(b"hello")])),
    Spoiled("a wrong len()", ("wsgi.cl.app_len_accurate",), "passes", returns(WrongLength([b"hello"]))),
    Spoiled("a shorter body than stated", (STATED,), "passes", returns([b"hell"], HEADERS)),
    Spoiled("a longer body than stated", (STATED,), "passes", returns([b"hello!"], HEADERS)),
    Spoiled("a length that is no number", (STATED,), "passes", with_header("Content-Length", "five")),
    Spoiled("two lengths", (STATED,), "passes", starts("200 OK", [*HEADERS, ("content-length", "6")])),
    Spoiled(
        "a longer body than stated by write()", (STATED,), "passes", writes(b"hel", b"lo!", headers=HEADERS)
    ),
    Spoiled(
        "content with 205",
        ("rfc9110.status.205_no_content",),
        "passes",
        returns([b"hello"], TYPE, "205 Reset"),
    ),
    Spoiled("write() of bytes", (), "passes", writes(b"hel", b"lo", headers=HEADERS)),
    Spoiled("write() of str", ("wsgi.iter.write_data_type",), "refuses", writes("hello")),
    Spoiled("write() within the iterable", ("wsgi.iter.app_no_write_in_iter",), "passes", writes_in_iterable),
    # The streams and environ
    Spoiled("read() without a size", (), "refuses", uses(lambda stream: stream.read())),
    Spoiled("read() with a size", (), "passes", uses(lambda stream: stream.read(3))),
    Spoiled("read() of text", (LISTED,), "passes", uses(read_text)),
    Spoiled("read() with two sizes", (LISTED,), "refuses", uses(lambda stream: stream.read(3, 4))),
    Spoiled(
        "read() beyond CONTENT_LENGTH",
        ("wsgi.input.app_limit",),
        "passes",
        uses(lambda stream: stream.read(7)),
    ),
    Spoiled("readline() with a size", (), "passes", uses(lambda stream: stream.readline(2))),
    Spoiled("readlines() with a hint", (), "passes", uses(lambda stream: stream.readlines(2))),
    Spoiled("iteration of the input", (), "passes", uses(list)),
    Spoiled("next() of the input", (LISTED,), "crashes", uses(next)),
    Spoiled("seek() of the input", (LISTED,), "crashes", uses(lambda stream: stream.seek(0))),
    Spoiled("close() of the input", (CLOSED,), "refuses", uses(lambda stream: stream.close())),
    Spoiled(
        "write() of bytes to errors",
        (NATIVE,),
        "refuses",
        uses(lambda stream: stream.write(b"x"), "wsgi.errors"),
    ),
    Spoiled(
        "writelines() of bytes to errors",
        (NATIVE,),
        "refuses",
        uses(lambda s: s.writelines([b"x"]), "wsgi.errors"),
    ),
    Spoiled("a subclass of str for errors", (NATIVE,), "refuses", uses(write_text, "wsgi.errors")),
    Spoiled("text for errors", (), "passes", uses(lambda s: (s.write("\u20ac"), s.flush()), "wsgi.errors")),
    Spoiled(
        "getvalue() of errors",
        ("wsgi.errors.app_only_listed",),
        "crashes",
        uses(lambda s: s.getvalue(), "wsgi.errors"),
    ),
    Spoiled("close() of errors", (CLOSED,), "refuses", uses(lambda stream: stream.close(), "wsgi.errors")),
    Spoiled("environ is emptied", (), "passes", clears_environ),
]
