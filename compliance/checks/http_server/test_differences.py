"""Inputs on which RFC 9112 leaves a choice: what each server makes of them, for comparison."""

import pytest

from compliance.attempt import attempt
from compliance.expect import Observe
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.spelled import HOST, PLACE, coded, get, lines

LINE_FEEDS = {
    "everywhere": b"GET / HTTP/1.1\nHost: testserver\n" + PLACE + b"\n",
    "behind the request line": b"GET / HTTP/1.1\nHost: testserver\r\n" + PLACE + b"\r\n",
    "behind a field": b"GET / HTTP/1.1\r\nHost: testserver\nX-A: b\r\n" + PLACE + b"\r\n",
    "at the end": b"GET / HTTP/1.1\r\nHost: testserver\r\n" + PLACE + b"\n",
}
WHITESPACE = {
    "tab": b"GET\t/ HTTP/1.1",
    "two spaces": b"GET  / HTTP/1.1",
    "two before the version": b"GET /  HTTP/1.1",
    "at the end": b"GET / HTTP/1.1 ",
    "at the beginning": b" GET / HTTP/1.1",
    "vertical tab": b"GET\x0b/ HTTP/1.1",
    "no target": b"GET  HTTP/1.1",
}
TARGETS = {
    "fragment": b"/a#b",
    "raw UTF-8": b"/caf\xc3\xa9",
    "no UTF-8": b"/\xff\xfe",
    "overlong": b"/%c0%ae%c0%ae/x",
    "encoded NUL": b"/a%00b",
    "encoded line end": b"/a%0d%0aX-A:%20b",
    "bad percent": b"/%zz",
    "backslash": b"/a\\b",
    "dots": b"/a/../b",
    "two slashes": b"//other.example/x",
    "pipe": b"/a|b",
    "quotes": b'/"<>',
}

EXTENSIONS = {
    "bare CR": b";a\rb",
    "NUL": b";a\0b",
    "no name": b";",
    "no value": b";a=",
    "space behind the size": b" ",
    "open quotes": b';a="b',
}


@requirement("rfc9112.parse.bare_lf")
@pytest.mark.parametrize("data", LINE_FEEDS.values(), ids=LINE_FEEDS.keys())
def test_lines_that_end_with_lf_alone(server: Server, observe: Observe, data: bytes) -> None:
    """What a server does with lines that end with LF alone."""
    observe(attempt(server, data, app="reads").outcome())


@requirement("rfc9112.reqline.lenient_ws")
@pytest.mark.parametrize("line", WHITESPACE.values(), ids=WHITESPACE.keys())
def test_other_whitespace_in_a_request_line(server: Server, observe: Observe, line: bytes) -> None:
    """What a server does with a request line whose words are separated otherwise."""
    observe(attempt(server, lines(line, HOST), app="reads", in_turn=True).outcome())


@requirement("rfc9112.reqline.lenient_ws")
@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS.keys())
def test_unusual_targets(server: Server, observe: Observe, target: bytes) -> None:
    """What a server makes of a target that is no URI, or a strange one."""
    observe(attempt(server, get(target=target), app="reads", in_turn=True).outcome())


@requirement("rfc9112.chunk.bare_lf", needs=("chunked",))
@pytest.mark.parametrize("extension", EXTENSIONS.values(), ids=EXTENSIONS.keys())
def test_strange_extensions_of_chunks(server: Server, observe: Observe, extension: bytes) -> None:
    """What a server does with an extension of a chunk that is none."""
    observe(attempt(server, coded(b"5" + extension + b"\r\nhello\r\n0\r\n\r\n"), app="reads").outcome())


@requirement("rfc9112.body.411")
def test_a_chunked_request(server: Server, observe: Observe) -> None:
    """What a server does with a body whose length is not said."""
    data = lines(b"POST / HTTP/1.1", HOST, b"Transfer-Encoding: chunked", body=b"5\r\nhello\r\n0\r\n\r\n")
    observe(attempt(server, data, app="ignores", in_turn=True).outcome())
