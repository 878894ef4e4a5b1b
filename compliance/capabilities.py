"""Confirms that a subject really lacks what it says it lacks: no hole hides behind a declaration."""

import contextlib
from collections.abc import Callable

from compliance.guest.apps import wsgi_file_wrapper, wsgi_input, wsgi_start_response
from compliance.server import Server
from compliance.signs import THROUGH_A_SERVER, UNDER_A_DRIVER
from compliance.stage import Stage
from compliance.subjects import Subject
from compliance.wire.http import chunked


def _lifespan(server: Server) -> str:
    lines = server.switchboard.poll()
    return "the application got a lifespan scope" if any(line.kind == "lifespan" for line in lines) else ""


def _websocket(server: Server) -> str:
    with server.websocket("/") as exchange:
        return "an opening handshake got status 101" if exchange.read_head().status == 101 else ""


def _state(server: Server) -> str:
    return "the scope of a request has `state`" if "state" in server.call("GET", "/").value("scope") else ""


def _chunked(server: Server) -> str:
    coded, framing = chunked([b"abc", b"de"]), [("Transfer-Encoding", "chunked")]
    app, with_ = (wsgi_input.reads, {"calls": [("read",)]}) if server.interface == "wsgi" else (None, None)
    with server.open("POST", "/", app=app, with_=with_, headers=framing, body=coded) as exchange:
        exchange.connection.half_close()  # ends the reading of a server that takes the chunks for content
        with contextlib.suppress(AssertionError):
            content = exchange.value("got" if app else "body") if exchange.status < 400 else b""
            return "the application got the content of chunks" if content == b"abcde" else ""
    return ""


def _end_of_input(server: Server) -> str:
    following = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"  # what a stream without an end goes on with
    calls = [("read", 3 + len(following))]
    with server.open("POST", "/", app=wsgi_input.reads, with_={"calls": calls}, body=b"abc") as exchange:
        exchange.send(following)
        return "a read past the end of the body gave the body" if exchange.value("got") == b"abc" else ""


def _file_wrapper(server: Server) -> str:
    found = server.call(app=wsgi_file_wrapper.has_one).value("callable")
    return "environ has a wsgi.file_wrapper" if found else ""


def _write(server: Server) -> str:
    returned = server.call(app=wsgi_start_response.returns).value("callable")
    return "start_response returns a callable" if returned else ""


_SIGNS: dict[str, Callable[[Server], str]] = {
    "chunked": _chunked,
    "end-of-input": _end_of_input,
    "file-wrapper": _file_wrapper,
    "lifespan": _lifespan,
    "state": _state,
    "websocket": _websocket,
    "write": _write,
}


def confirm(capability: str, subject: Subject, stage: Stage) -> str:
    """Say that the subject lacks a capability; raises AssertionError if it shows signs of having it."""
    asked = (subject.key, capability)
    if asked not in stage.signs:
        stage.signs[asked] = _sign(capability, subject, stage)
    sign = stage.signs[asked]
    if sign:
        raise AssertionError(
            f"{subject.name} declares that it lacks {capability!r}, but {sign}: remove it from `lacks`"
        )
    return f"{subject.name} lacks {capability!r}"


def _sign(capability: str, subject: Subject, stage: Stage) -> str:
    """What shows that the subject has the capability; also nothing where none can be seen."""
    if subject.kind == "framework":
        under_a_driver = UNDER_A_DRIVER.get(capability)
        return under_a_driver(stage.framework(subject)) if under_a_driver else ""
    signs = _SIGNS if subject.kind == "server" else THROUGH_A_SERVER
    return signs[capability](stage.server(subject)) if capability in signs else ""
