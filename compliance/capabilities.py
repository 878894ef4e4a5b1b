"""Confirms that a subject really lacks what it says it lacks: no hole hides behind a declaration."""

from collections.abc import Callable

from compliance.server import Server
from compliance.stage import Stage
from compliance.subjects import Subject


def _lifespan(server: Server) -> str:
    lines = server.switchboard.poll()
    return "the application got a lifespan scope" if any(line.kind == "lifespan" for line in lines) else ""


def _websocket(server: Server) -> str:
    with server.websocket("/") as exchange:
        return "an opening handshake got status 101" if exchange.read_head().status == 101 else ""


def _state(server: Server) -> str:
    return "the scope of a request has `state`" if "state" in server.call("GET", "/").value("scope") else ""


_SIGNS: dict[str, Callable[[Server], str]] = {"lifespan": _lifespan, "websocket": _websocket, "state": _state}


def confirm(capability: str, subject: Subject, stage: Stage) -> str:
    """Say that the subject lacks a capability; raises AssertionError if it shows signs of having it.

    Only servers show signs from outside. What a framework lacks, its contract application leaves out,
    which the endpoint's absence proves: that is confirmed by a check of its own.
    """
    if subject.kind == "server" and capability in _SIGNS:
        sign = _SIGNS[capability](stage.server(subject))
        if sign:
            raise AssertionError(
                f"{subject.name} declares that it lacks {capability!r}, but {sign}: remove it from `lacks`"
            )
    return f"{subject.name} lacks {capability!r}"
