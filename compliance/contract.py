"""The traffic of the contract (docs/contract.md): a request for each endpoint, and what was broken on it.

What a framework sends in answer to any of them is judged by the interface's rules, one rule to a check.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from compliance.framework import Framework
from compliance.transcript import Transcript

Traffic = Mapping[str, Transcript]
"""Transcripts by what was asked: "GET /status/404", "WebSocket /ws/echo"."""


@dataclass(frozen=True)
class Ask:
    """A request; a body comes in two parts and has a Content-Type."""

    method: str
    target: str
    body: tuple[bytes, bytes] | None = None
    kind: str = "text/plain"

    @property
    def name(self) -> str:
        """What is asked, for people."""
        return f"{self.method} {self.target}" + (f" with {b''.join(self.body)!r}" if self.body else "")

    def play(self, framework: Framework, **script: Any) -> Transcript:
        """Make the request; options as in `open`. Raises Silence or TargetDied."""
        if self.body is None:
            return framework.http(self.method, self.target, **script)
        fields = [("content-type", self.kind)]
        return framework.http(self.method, self.target, headers=fields, body=self.body, **script)


ASKS: Final = (
    Ask("GET", "/"),
    Ask("HEAD", "/"),
    Ask("POST", "/echo", (b"one", b"two")),
    Ask("DELETE", "/echo"),
    Ask("GET", "/inspect?a=1"),
    Ask("POST", "/json", (b"[1,", b"2]"), "application/json"),
    Ask("POST", "/json", (b"[1,", b"2"), "application/json"),
    Ask("POST", "/form", (b"a=1", b"&b=2"), "application/x-www-form-urlencoded"),
    Ask("POST", "/digest", (b"one", b"two")),
    Ask("GET", "/status/204"),
    Ask("GET", "/status/304"),
    Ask("GET", "/status/404"),
    Ask("GET", "/headers"),
    Ask("GET", "/cookies"),
    Ask("GET", "/redirect"),
    Ask("GET", "/nothing"),
    Ask("GET", "/raise"),
    Ask("GET", "/stream/2"),
    Ask("HEAD", "/stream/2"),
    Ask("GET", "/stream-raise"),
    Ask("GET", "/file"),
    Ask("HEAD", "/file"),
    Ask("GET", "/large/9000"),
    Ask("GET", "/nowhere"),
)

_OF_ASGI: Final = (Ask("GET", "/background"), Ask("GET", "/started"), Ask("GET", "/push"))

_WEBSOCKETS: Final[Mapping[str, Mapping[str, Any]]] = {
    "/ws/echo": {"messages": ["text", b"bytes"]},
    "/ws/subprotocol": {"subprotocols": ["one", "two"]},
    "/ws/close/4000": {},
    "/ws/reject": {},
    "/ws/raise": {},
}


def http(framework: Framework, **script: Any) -> Traffic:
    """What each HTTP endpoint answers; options as in `open`. Raises Silence or TargetDied."""
    asks = ASKS + (_OF_ASGI if framework.interface == "asgi" else ())
    return {ask.name: ask.play(framework, **script) for ask in asks}


def websockets(framework: Framework, **script: Any) -> Traffic:
    """What each WebSocket endpoint does; options as in `websocket`. Raises Silence or TargetDied."""
    return {
        f"WebSocket {target}": framework.websocket(target, **options, **script)
        for target, options in _WEBSOCKETS.items()
    }


def everything(framework: Framework) -> Traffic:
    """What the endpoints of HTTP do, and those of WebSocket where there are any."""
    return http(framework) if "websocket" in framework.lacks else {**http(framework), **websockets(framework)}


def breaches(traffic: Traffic, *requirements: str) -> list[str]:
    """Where the framework breaks one of these requirements: what was asked, and what was seen."""
    return [
        f"{asked}: {violation.text}"
        for asked, transcript in traffic.items()
        for violation in transcript.violations()
        if violation.requirement in requirements
    ]


def sent(traffic: Traffic) -> Iterator[tuple[str, Any]]:
    """Every message that the framework sent, with what was asked."""
    for asked, transcript in traffic.items():
        for message in transcript.sent:
            yield asked, message
