"""WSGI, "Input and Error Streams": the methods of wsgi.input."""

from typing import Any

import pytest

from compliance.expect import Observe, saw
from compliance.guest.apps import wsgi_input as apps
from compliance.requirements import requirement
from compliance.server import Server

# What reads to the end of the body, and does not know where that is, hangs on a server that marks no end.
END = ("end-of-input",)
LINES = b"one\ntwo\r\n\nfour"
TO_THE_END = (("readlines",), ("iterate",), ("read", 10), ("readline",))
NOTHING = [[], [], b"", b""]


def got(server: Server, body: bytes | None, *calls: tuple[Any, ...], method: str = "POST") -> list[Any]:
    """What these calls of methods give of a body; none of them may raise."""
    with server.call(method, "/", app=apps.reads, with_={"calls": calls}, body=body) as exchange:
        found = exchange.values("got")
    errors = [value for value in found if isinstance(value, str)]
    assert not errors, saw(errors, f"no error from {calls}")
    return found


@requirement("wsgi.input.read_size")
def test_read_gives_no_more_than_it_was_asked_for(server: Server) -> None:
    """read(3) gives one to three bytes while there are any, and then those that follow."""
    found = got(server, b"abcdef", ("read", 3), ("read", 3))
    assert all(0 < len(part) <= 3 for part in found), saw(found, "one to three bytes each")
    assert b"abcdef".startswith(b"".join(found)), saw(found, "the beginning of b'abcdef'")


@requirement("wsgi.input.read_noarg", needs=END)
def test_read_without_a_size_gives_the_rest(server: Server) -> None:
    """read() gives all that is left of the body."""
    found = got(server, b"abcdef", ("read", 2), ("read",))
    assert b"".join(found) == b"abcdef", saw(found, "b'ab' and b'cdef'")


@requirement("wsgi.input.read_negative", needs=END)
@pytest.mark.parametrize("size", [-1, None])
def test_read_of_no_particular_size_gives_the_rest(server: Server, size: int | None) -> None:
    """read(-1) and read(None) are read(), as everywhere in Python."""
    found = got(server, b"abcdef", ("read", size))
    assert found == [b"abcdef"], saw(found, "b'abcdef'")


@requirement("wsgi.input.read_zero")
def test_read_of_nothing_takes_nothing(server: Server) -> None:
    """read(0) gives b"" and leaves the body as it is."""
    found = got(server, b"abc", ("read", 0), ("read", 3))
    assert found == [b"", b"abc"], saw(found, "b'' and b'abc'")


@requirement("wsgi.input.readline")
def test_readline_gives_one_line_with_its_end(server: Server) -> None:
    r"""readline() gives the bytes up to and with the next \n, and only that."""
    found = got(server, LINES + b"\n", ("readline",), ("readline",), ("readline",), ("readline",))
    assert found == [b"one\n", b"two\r\n", b"\n", b"four\n"], saw(found, "four lines with their ends")


@requirement("wsgi.input.readline", needs=END)
def test_readline_gives_a_last_line_without_an_end(server: Server) -> None:
    """readline() gives what there is when the body ends without a newline."""
    found = got(server, LINES, ("readline",), ("readline",), ("readline",), ("readline",))
    assert found == [b"one\n", b"two\r\n", b"\n", b"four"], saw(found, "four lines, the last without an end")


@requirement("wsgi.input.readline")
@pytest.mark.parametrize("length", [8191, 8192, 65536, 200_000])
def test_readline_gives_a_long_line_whole(server: Server, length: int) -> None:
    """A line is not cut where a buffer ends."""
    found = got(server, b"a" * length + b"\nb\n", ("readline",), ("readline",))
    lengths = [len(line) for line in found]
    assert lengths == [length + 1, 2], saw(lengths, f"lines of {length + 1} and of 2 bytes")


@requirement("wsgi.input.readline_size")
def test_readline_gives_no_more_than_its_size(server: Server) -> None:
    """readline(size) gives a part of the line, and the next call what follows."""
    found = got(server, b"abc\nde\n", ("readline", 2), ("readline", 2), ("readline", 100))
    assert found == [b"ab", b"c\n", b"de\n"], saw(found, "b'ab', b'c\\n' and b'de\\n'")


@requirement("wsgi.input.readlines", needs=END)
def test_readlines_gives_all_lines(server: Server) -> None:
    """readlines() gives a list of the lines to the end of the body."""
    found = got(server, LINES, ("readlines",))
    assert found == [LINES.splitlines(keepends=True)], saw(found, "a list of the four lines")


@requirement("wsgi.input.readlines")
@pytest.mark.parametrize("hint", [1, 5, 8])
def test_readlines_takes_a_hint(server: Server, hint: int) -> None:
    """readlines(hint) gives whole lines from the first on: all of them, or as many as hold `hint` bytes."""
    lines, found = LINES.splitlines(keepends=True), got(server, LINES, ("readlines", hint))
    assert found == [lines[: len(found[0])]], saw(found, "the first lines, whole")
    assert len(b"".join(found[0])) >= hint, saw(found, f"lines of {hint} bytes or more")


@requirement("wsgi.input.iter", needs=END)
def test_iteration_gives_the_lines(server: Server) -> None:
    """Iteration gives line after line to the end of the body."""
    found = got(server, LINES, ("iterate",))
    assert found == [LINES.splitlines(keepends=True)], saw(found, "the four lines")


@requirement("wsgi.input.iter")
def test_iteration_goes_on_where_it_was_left(server: Server) -> None:
    """A loop that was left has taken no more than the lines that it was given."""
    found = got(server, b"one\ntwo\nthree\n", ("next",), ("next",), ("read", 6))
    assert found[:2] == [b"one\n", b"two\n"], saw(found, "the first two lines")
    assert b"three\n".startswith(found[2]), saw(found, "then what follows them")


@requirement("wsgi.input.bytes")
def test_whatever_is_read_is_bytes(server: Server) -> None:
    """All methods give bytes, and no other type that looks like them."""
    calls = (("read", 1), ("readline",), ("next",), ("read", 0), ("readlines", 1))
    *single, many = got(server, b"abc\nd\ne\nf\n", *calls)
    found = [type(part).__name__ for part in [*single, *many]]
    assert set(found) == {"bytes"}, saw(found, "bytes only")


@requirement("wsgi.input.eof_simulated", definite=True)
def test_reading_past_the_end_gives_what_there_is(server: Server) -> None:
    """On a connection that stays open, read(length + 100) gives the body, and the next read b""."""
    found = got(server, b"abcdef", ("read", 106), ("read", 1))
    assert found == [b"abcdef", b""], saw(found, "b'abcdef' and b''")


@requirement("wsgi.input.exhausted_empty", needs=END)
def test_an_exhausted_stream_gives_nothing(server: Server) -> None:
    """Once the body was read, every method gives b"" or no lines."""
    found = got(server, b"abc", ("read", 3), *TO_THE_END)
    assert found == [b"abc", *NOTHING], saw(
        found, "b'abc', then nothing from readlines, iteration, read and readline"
    )


@requirement("wsgi.input.exhausted_empty", needs=END)
@pytest.mark.parametrize(
    ("method", "body"), [("GET", None), ("POST", None), ("POST", b"")], ids=["GET", "POST", "zero"]
)
def test_a_request_without_a_body_gives_nothing(server: Server, method: str, body: bytes | None) -> None:
    """Where no body was announced, or one of zero bytes, every method gives b"" or no lines."""
    found = got(server, body, *TO_THE_END, method=method)
    assert found == NOTHING, saw(found, "nothing from readlines, iteration, read and readline")


@requirement("wsgi.input.eof_simulated", needs=END, definite=True)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_read_does_not_wait_for_a_body_that_was_not_announced(server: Server, method: str) -> None:
    """Without Content-Length and Transfer-Encoding there is no body: read(10) gives b"" at once."""
    found = got(server, None, ("read", 10), method=method)
    assert found == [b""], saw(found, "b''")


@requirement("wsgi.input.close_harmless")
def test_a_closed_stream_does_no_harm(server: Server, observe: Observe) -> None:
    """An application that closes the stream, which none may do, harms its own request at most."""
    with server.open("POST", "/", app=apps.closes, body=b"abc") as exchange:
        observe({"has close": exchange.value("has close")})
    found = got(server, b"abc", ("read", 3))
    assert found == [b"abc"], saw(found, "the next request to be served")
