"""Signs that a contract application has what it declares to lack: the last column of docs/contract.md.

Each function returns what was seen, or nothing. A framework is asked under a driver, a combination through
its server, where what either of the two lacks leaves no sign.
"""

import contextlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from compliance.framework import AT_ONCE, Framework
from compliance.server import Server


def _status(status: int | None, target: str) -> str:
    return "" if status == 404 else f"GET {target} is answered with {status}"


def _answered(framework: Framework, target: str, **script: Any) -> str:
    return _status(framework.http("GET", target, **script).status, target)


def _accepted(framework: Framework, target: str) -> str:
    sent = framework.websocket(target).sent
    accepts = any(message["type"] == "websocket.accept" for message in sent if isinstance(message, dict))
    return f"{target} accepts the handshake" if accepts else ""


def _field(framework: Framework, name: str) -> str:
    found = framework.http("GET", "/headers").header(name)
    return f"the response to /headers has the field {name}: {found[0]!r}" if found else ""


def _lifespan(framework: Framework) -> str:
    if framework.lifespan().raised is None:
        return "the lifespan scope raises nothing"
    return _answered(framework, "/started")


def _streaming_request(framework: Framework) -> str:
    """The driver notes that the application waits for the part that is held back."""
    with framework.open("POST", "/digest", body=[b"one", b"two"], arrivals={1: "second"}) as conversation:
        conversation.wait("waiting")
        early = conversation.transcript.noted("read")
        conversation.finish()
    return "the handler of /digest reads before the last part of the body is there" if early else ""


UNDER_A_DRIVER: Final[Mapping[str, Callable[[Framework], str]]] = {
    "background": lambda framework: _answered(framework, "/background"),
    "close-code": lambda framework: _accepted(framework, "/ws/receive-close"),
    "disconnect": lambda framework: _answered(framework, "/disconnected", disconnect=AT_ONCE),
    "latin-1-header": lambda framework: _field(framework, "x-latin"),
    "lifespan": _lifespan,
    "push": lambda framework: _answered(framework, "/push"),
    "repeated-header": lambda framework: _field(framework, "x-repeated"),
    "streaming-request": _streaming_request,
    "websocket": lambda framework: _accepted(framework, "/ws/echo"),
}


def _gets(server: Server, target: str) -> str:
    with server.open("GET", target) as exchange, contextlib.suppress(AssertionError):
        return _status(exchange.status, target)
    return f"GET {target} is not answered with 404"


def _shakes_hands(server: Server, target: str) -> str:
    with server.websocket(target) as exchange:
        return f"{target} accepts the handshake" if exchange.read_head().status == 101 else ""


def _has_field(server: Server, name: str) -> str:
    found = server.call("GET", "/headers").header(name)
    return f"the response to /headers has the field {name}: {found!r}" if found else ""


def _has_started(server: Server) -> str:
    return "the startup hook has run" if server.call("GET", "/started").body == b"started" else ""


THROUGH_A_SERVER: Final[Mapping[str, Callable[[Server], str]]] = {
    "background": lambda server: _gets(server, "/background"),
    "close-code": lambda server: _shakes_hands(server, "/ws/receive-close"),
    "disconnect": lambda server: _gets(server, "/disconnected"),
    "latin-1-header": lambda server: _has_field(server, "x-latin"),
    "lifespan": _has_started,
    "push": lambda server: _gets(server, "/push"),
    "repeated-header": lambda server: _has_field(server, "x-repeated"),
    "websocket": lambda server: _shakes_hands(server, "/ws/echo"),
}
