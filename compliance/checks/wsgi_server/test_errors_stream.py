"""WSGI, "Input and Error Streams": wsgi.errors, to which an application writes what has gone wrong.

Where the text goes is the server's configuration, so that it arrives in the log is observed and not judged.
"""

from typing import Any

import pytest

from compliance.expect import Observe, saw
from compliance.guest.apps import default
from compliance.guest.apps import wsgi_errors as apps
from compliance.life import Life, Story, ask, cut_short, lives
from compliance.requirements import requirement
from compliance.server import Server


def raised(server: Server, *calls: tuple[Any, ...]) -> list[str]:
    """What each of these calls of a method of the stream raised; "" for nothing."""
    with server.call("GET", "/", app=apps.calls, with_={"calls": calls}) as exchange:
        found: list[str] = exchange.values("raised")
    return found


@requirement("wsgi.errors.flush")
def test_the_error_stream_can_be_flushed(server: Server) -> None:
    """flush() can be called, before and after something was written."""
    found = raised(server, ("flush",), ("write", "compliance: flushed\n"), ("flush",), ("flush",))
    assert found == [""] * 4, saw(found, "nothing to be raised")


@requirement("wsgi.errors.write")
@pytest.mark.parametrize(
    "text",
    [
        "compliance: a line\n",
        "",
        "compliance: no end",
        "\n",
        "compliance: two\nlines\n",
        "compliance: \t%s {} \\\n",
    ],
    ids=["line", "empty", "no end", "newline", "two lines", "placeholders"],
)
def test_the_error_stream_takes_text(server: Server, text: str) -> None:
    """write(str) takes any text, one line or not."""
    found = raised(server, ("write", text), ("flush",))
    assert found == ["", ""], saw(found, "nothing to be raised")


@requirement("wsgi.errors.write")
def test_the_error_stream_takes_a_long_text(server: Server) -> None:
    """write(str) takes a line that is longer than the usual buffer."""
    exchange = server.call("GET", "/", app=apps.writes_long, with_={"length": 9000})
    assert exchange.status == 200, exchange.seen("200: no error from write or flush")


@requirement("wsgi.errors.write")
def test_the_error_stream_stays_open(server: Server) -> None:
    """The stream of one request does not end that of the next."""
    found = [raised(server, ("write", f"compliance: request {number}\n"), ("flush",)) for number in range(3)]
    assert found == [["", ""]] * 3, saw(found, "nothing to be raised in any of three requests")


@requirement("wsgi.errors.writelines")
@pytest.mark.parametrize("lines", [["compliance: a\n", "compliance: b\n"], ("compliance: a\n",), []])
def test_the_error_stream_takes_lines(server: Server, lines: Any) -> None:
    """writelines(seq) takes a sequence of texts, also an empty one."""
    found = raised(server, ("writelines", lines), ("flush",))
    assert found == ["", ""], saw(found, "nothing to be raised")


@requirement("wsgi.errors.writelines")
def test_the_error_stream_takes_a_generator_of_lines(server: Server) -> None:
    """writelines takes anything that can be iterated, as the streams of the library do."""
    exchange = server.call("GET", "/", app=apps.writes_lines, with_={"count": 3})
    assert exchange.status == 200, exchange.seen("200: no error from writelines or flush")


@requirement("wsgi.errors.unicode")
@pytest.mark.parametrize(
    "text", ["caf\u00e9", "\u20ac", "\U0001f600", "\u65e5\u672c\u8a9e", "e\u0301\u200f\ufeff"]
)
def test_the_error_stream_takes_any_characters(server: Server, text: str) -> None:
    """Characters beyond ASCII and Latin-1 are taken, if need be with substitutes."""
    found = raised(server, ("write", f"compliance: {text}\n"), ("flush",))
    assert found == ["", ""], saw(found, "nothing to be raised")


@requirement("wsgi.errors.text_mode")
def test_the_error_stream_is_one_of_text(server: Server, observe: Observe) -> None:
    """The stream takes str; what bytes and lone surrogates, which are no text, do to it is recorded."""
    text, octets, surrogate = raised(
        server,
        ("write", "compliance: text\n"),
        ("write", b"compliance: bytes\n"),
        ("write", "compliance: \udc80\n"),
    )
    assert text == "", saw(text, "nothing to be raised for a str")
    observe({"bytes": octets, "lone surrogate": surrogate})


@requirement("wsgi.errors.write")
@pytest.mark.parametrize("flush", [(), (("flush",),)], ids=["", "flush"])
def test_whether_what_was_written_is_in_the_log(
    server: Server, observe: Observe, flush: tuple[Any, ...]
) -> None:
    """What an application writes is in the server's log, if its configuration does not say otherwise."""
    mark = f"compliance: mark {len(flush)}"
    found = raised(server, ("write", mark + "\n"), *flush)
    assert not any(found), saw(found, "nothing to be raised")
    observe(mark in server.log())


@requirement("wsgi.environ.errors")
def test_where_printed_text_goes(server: Server, observe: Observe) -> None:
    """What an application prints instead, to the standard output and error, may reach the log too."""
    with server.call("GET", "/", app=apps.prints, with_={"out": "compliance: out", "err": "compliance: err"}):
        log = server.log()
    observe({"stdout": "compliance: out" in log, "stderr": "compliance: err" in log})


@requirement("wsgi.errors.write")
def test_what_is_left_of_long_and_foreign_text_in_the_log(server: Server, observe: Observe) -> None:
    """Whether a line of 9,000 characters, lines in one text, and what is not ASCII, are whole in the log."""
    before = server.log_size()
    exchange = server.call("GET", "/", app=apps.writes_texts)
    assert exchange.status == 200, exchange.seen("200: no error from write or flush")
    log = server.log_since(before)
    observe({name: text in log for name, text in apps.TEXTS.items()})


def closing_errors(server: Server, life: Life) -> None:
    """Have an application close wsgi.errors, then one that writes to it."""
    server.wait_ready()
    ask(server, life, app=apps.closes)
    ask(server, life, app=apps.calls, with_={"calls": [("write", "compliance: after close()\n"), ("flush",)]})
    cut_short(server)


@requirement("wsgi.input.close_harmless")
@lives(Story(default.wsgi, act=closing_errors))
def test_a_closed_error_stream_does_no_harm(life: Life, observe: Observe) -> None:
    """After an application has closed wsgi.errors, which none may do, the next request is served."""
    second = life.exchange(1)
    assert second.answered == 200, life.seen("a second response of 200") + life.problem
    observe({"the stream is closed for the next request": any(second.values("raised"))})
