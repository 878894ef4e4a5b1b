"""A transcript: the interface traffic of one conversation between a server and a framework.

It reads the events of `compliance.guest.tap`, so the traffic of a driver and of a tap in a real server
look alike.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal

from compliance.channel import Event, Other
from compliance.expect import saw, shorten
from compliance.lint import Outcome, Violation, judge_asgi, judge_wsgi
from compliance.results import Evidence

Trace = list[tuple[Literal["receive", "send"], Any]]
_INNER = "inner "  # see compliance.guest.inside
_GIVEN = {"scope", "environ", "receive"}
_TAKEN = {"send", "start_response", "write", "block"}


def restored(value: Any) -> Any:
    """`value` with each shortened byte string or string at its full length, filled up with NUL."""
    if isinstance(value, dict):
        if value.get("shortened") in ("bytes", "str"):
            head = value["head"]
            return head + type(head)(bytes(1) if isinstance(head, bytes) else "\0") * (
                value["length"] - len(head)
            )
        return {key: restored(item) for key, item in value.items()}
    return [restored(item) for item in value] if isinstance(value, list) else value


def plain(value: Any) -> Any:
    """`value`, or what an instance of a subclass holds."""
    return value.value if isinstance(value, Other) else value


class Transcript:
    """What was seen of one conversation; a value of no plain type is a `compliance.channel.Other`."""

    def __init__(self, events: Sequence[Event], log: Callable[[], str] = str) -> None:
        """A view of these events; `log` returns the tail of the framework's log."""
        self.events = list(events)
        self._log = log

    def of(self, *names: str) -> list[Any]:
        """The values of all events with one of these names, in order."""
        return [event.value for event in self.events if event.name in names and event.kind == "note"]

    @property
    def inner(self) -> "Transcript":
        """The traffic between a middleware and the application behind it."""
        found = [e for e in self.events if e.name.startswith(_INNER)]
        return Transcript([replace(e, name=e.name.removeprefix(_INNER)) for e in found], self._log)

    def noted(self, name: str) -> bool:
        """Whether an event of this name came."""
        return any(event.name == name for event in self.events)

    # The traffic

    @property
    def trace(self) -> Trace:
        """The messages in order, as a server sees them: what it gave and what it got."""
        names: dict[str, Literal["receive", "send"]] = {"receive": "receive", "send": "send"}
        return [
            (names[e.name], restored(e.value)) for e in self.events if e.name in names and e.kind == "note"
        ]

    @property
    def sent(self) -> list[Any]:
        """The messages that the framework sent."""
        return self.of("send")

    @property
    def received(self) -> list[Any]:
        """The messages that the framework received."""
        return self.of("receive")

    @property
    def scope(self) -> Any:
        """The scope or the environ that the framework was called with."""
        return next(iter(self.of("scope", "environ")), None)

    @property
    def raised(self) -> dict[str, Any] | None:
        """The exception that left the framework: {"by", "types", "text"}.

        `by` says which call of the server: "application", for WSGI also "iter", "next" or "close".
        """
        ours = ("application", "iter", "next", "close")
        return next((error for error in self.of("raised") if error["by"] in ours), None)

    @property
    def returned(self) -> bool:
        """Whether an ASGI application returned without an exception."""
        return self.noted("returned")

    @property
    def undelivered(self) -> int:
        """How many messages of the script the framework did not take."""
        return int(next(iter(self.of("over")))["undelivered"])

    # The response

    @property
    def start(self) -> Any:
        """The response's head: the one that a server would have sent, or None.

        That is the first http.response.start, or the last call of start_response before the first bytes.
        """
        found = None
        for event in self.events:
            kind = _type(event.value)
            if event.name == "start_response":
                found = event.value
            elif event.name == "send" and kind in ("http.response.start", "websocket.http.response.start"):
                return event.value
            elif event.name in ("block", "write") and event.value and found is not None:
                return found
        return found

    @property
    def status(self) -> int | None:
        """The status code of the response, None if there was none."""
        status = plain((self.start or {}).get("status"))
        return int(status[:3]) if isinstance(status, str) and status[:3].isdigit() else status

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The header fields of the response as the framework gave them."""
        return [(_bytes(name), _bytes(value)) for name, value in plain((self.start or {}).get("headers", []))]

    def header(self, name: str) -> list[bytes]:
        """The values of a response header."""
        return [value for found, value in self.headers if found.lower() == name.lower().encode()]

    @property
    def blocks(self) -> list[Any]:
        """The parts of the body as the framework gave them, also the empty ones."""
        parts = (_part(event) for event in self.events if event.kind == "note")
        return [part for part in parts if part is not None]

    @property
    def body(self) -> bytes:
        """The whole body of the response."""
        return b"".join(_bytes(part) for part in self.blocks)

    @property
    def text(self) -> str:
        """The body as UTF-8."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON; raises AssertionError if it is none."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise AssertionError(self.seen("a JSON body")) from error

    @property
    def messages(self) -> list[Any]:
        """The WebSocket messages that the framework sent, as bytes and text."""
        found = [message for message in self.sent if _type(message) == "websocket.send"]
        return [message["text"] if message.get("bytes") is None else message["bytes"] for message in found]

    # Judgement

    def violations(self, party: Literal["application", "server"] = "application") -> list[Violation]:
        """What one side did against the interface's rules, in order."""
        if self.noted("environ"):
            steps = [(event.name, restored(event.value)) for event in self.events if event.kind == "note"]
            found = judge_wsgi(steps)
        else:
            outcome: Outcome = "returned" if self.returned else "raised" if self.raised else "open"
            found = judge_asgi(restored(self.scope), self.trace, outcome=outcome)
        return [violation for violation in found if violation.party == party]

    def seen(self, expected: str) -> str:
        """A message: what was seen, then what was expected."""
        return saw(Seen("; ".join(self._outline()) or "nothing"), expected)

    def _outline(self) -> Iterator[str]:
        for event in self.events:
            if event.name in _TAKEN and event.kind == "note":
                yield f"{event.name} {shorten(event.value, 200)}"
        if self.raised:
            yield f"{self.raised['by']} raised {self.raised['types'][0]}: {shorten(self.raised['text'], 200)}"

    def evidence(self) -> Evidence:
        """What was given to the framework, what it gave, and all events, in the shape of the results file."""
        start = self.events[0].at if self.events else 0.0
        rows = [(round(event.at - start, 6), event) for event in self.events]
        notes = [(at, event) for at, event in rows if event.kind == "note"]
        return {
            "sent": [[at, f"{e.name} {shorten(e.value, 2000)}"] for at, e in notes if e.name in _GIVEN],
            "received": [[at, f"{e.name} {shorten(e.value, 2000)}"] for at, e in notes if e.name in _TAKEN],
            "events": [
                [at, e.kind, e.name, shorten(e.value)] for at, e in rows if e.name not in _GIVEN | _TAKEN
            ],
            "log": self._log(),
        }


class Seen(str):
    """Text that stands for itself in a message."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return the text itself, without quotes."""
        return str(self)


def _type(message: Any) -> Any:
    return message.get("type") if isinstance(message, dict) else None


def _bytes(value: Any) -> bytes:
    """Bytes of whatever stands for bytes or native text in the traffic."""
    value = plain(value)
    if isinstance(value, str):
        return value.encode("latin-1", "replace")
    return bytes(value) if isinstance(value, bytes | bytearray) else repr(value).encode()


def _part(event: Event) -> Any:
    if event.name in ("write", "block", "file"):
        return event.value
    if event.name == "send" and _type(event.value) in ("http.response.body", "websocket.http.response.body"):
        return event.value.get("body", b"")
    return None
