"""How an interface is written down as data, and the few functions that use the data.

A `Protocol` holds the keys of its scope, its messages with their keys, and for each side one table of rows
`(state, event) -> next state`. The two sides are `receive`, on which the server speaks, and `send`, on which
the application does. An event is a message's type, followed by `+` and the name of the key if the message
has a true value for its `flag` (`http.response.body+more_body`). A row may ask for the other side's state.
A row without a next state is forbidden; a pair without a row is an unknown message.

Every row and key names the requirement it rests on. What the specifications leave open is not a problem.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

Side = Literal["receive", "send"]


@dataclass(frozen=True)
class Problem:
    """One broken requirement, and what was seen."""

    requirement: str
    text: str

    def __str__(self) -> str:
        """The text with the requirement's id."""
        return f"{self.text} [{self.requirement}]"


@dataclass(frozen=True)
class Kind:
    """A kind of value: its name for people and its test, which never raises."""

    name: str
    accepts: Callable[[Any], bool]


@dataclass(frozen=True)
class Key:
    """One key of a scope or message; `default` is what a missing optional key means."""

    name: str
    kind: Kind
    requirement: str
    required: bool = False
    default: Any = None
    since: str = ""  # the spec_version that brought it
    gate: str = ""  # the requirement not to use it with an older server, if there is one


@dataclass(frozen=True)
class Rule:
    """What else must hold once every key has a value of its kind; `broken` gives what was seen, or None."""

    requirement: str
    broken: Callable[[Mapping[str, Any]], str | None]


@dataclass(frozen=True)
class Message:
    """One type of message: its keys apart from `type`, and what else must hold."""

    type: str
    keys: tuple[Key, ...] = ()
    rules: tuple[Rule, ...] = ()
    flag: str = ""  # the key whose truth makes it another event
    extension: str = ""  # to be announced in the scope


@dataclass(frozen=True)
class Row:
    """In `state`, and the other side in `other` if given, `event` leads to `next` (None: forbidden)."""

    state: str
    event: str
    next: str | None
    requirement: str
    other: str = ""


@dataclass(frozen=True)
class Table:
    """The messages and legal orders of one side; `first` is the state at the beginning."""

    first: str
    messages: Mapping[str, Message]
    rows: tuple[Row, ...]

    @cached_property
    def _index(self) -> dict[tuple[str, str, str], Row]:
        return {(row.state, row.event, row.other): row for row in self.rows}

    def row(self, state: str, event: str, other: str) -> Row | None:
        """The row that decides; None for a message that the table does not know.

        A row that asks for the other side's state comes before one that does not, and one for a message
        with its flag before one for the message as such.
        """
        plain = event.partition("+")[0]
        for name in (event, plain):
            found = self._index.get((state, name, other)) or self._index.get((state, name, ""))
            if found is not None:
                return found
        return None


@dataclass(frozen=True)
class Protocol:
    """One protocol of ASGI: its scope and the tables of its two sides."""

    name: str
    scope: tuple[Key, ...]
    scope_rules: tuple[Rule, ...]
    receive: Table
    send: Table


def table(first: str, messages: Iterable[Message], rows: Iterable[Row]) -> Table:
    """A table of these messages and rows."""
    return Table(first, {message.type: message for message in messages}, tuple(rows))


def key_problems(keys: Iterable[Key], values: Mapping[str, Any], where: str) -> list[Problem]:
    """Missing keys and values of the wrong kind."""
    problems = []
    for key in keys:
        if key.name not in values:
            if key.required:
                problems.append(Problem(key.requirement, f"{where} has no {key.name!r}"))
        elif not key.kind.accepts(values[key.name]):
            text = f"{where}: {key.name!r} is {shown(values[key.name])}, not {key.kind.name}"
            problems.append(Problem(key.requirement, text))
    return problems


def rule_problems(rules: Iterable[Rule], values: Mapping[str, Any], where: str) -> list[Problem]:
    """Rules that do not hold; only for values of the right kinds."""
    found = ((rule, rule.broken(values)) for rule in rules)
    return [Problem(rule.requirement, f"{where}: {text}") for rule, text in found if text is not None]


def problems(message: Any, side: Table, state: str, *, other: str = "") -> list[Problem]:
    """What is wrong with `message` on this side in this state; [] for a legal one. Never raises."""
    if not isinstance(message, dict):
        return [Problem("asgi.core.event.is_dict", f"the message is {shown(message)}, not a dict")]
    kind = message.get("type")
    if not isinstance(kind, str):
        return [Problem("asgi.core.event.type_present", f"the message's type is {shown(kind)}, not a str")]
    row = side.row(state, event(message, side), other)
    if row is None:
        return [Problem("asgi.core.error.send_unknown_type", f"a message of unknown type {kind!r}")]
    if row.next is None:
        return [Problem(row.requirement, f"{kind} in the state {state!r}")]
    return _content_problems(message, side.messages[kind])


def _content_problems(message: dict[str, Any], known: Message) -> list[Problem]:
    found = key_problems(known.keys, message, known.type) or rule_problems(known.rules, message, known.type)
    declared = {key.name for key in known.keys}
    for name, value in message.items():
        if not isinstance(name, str):
            text = f"{known.type}: the key {shown(name)} is not a str"
            found.append(Problem("asgi.core.event.dict_keys_str", text))
        elif name not in declared:
            found += value_problems(value, f"{known.type}: {name!r}")
    return found


def event(message: Mapping[str, Any], side: Table) -> str:
    """The name under which the rows know this message."""
    kind = str(message.get("type"))
    known = side.messages.get(kind)
    return f"{kind}+{known.flag}" if known and known.flag and message.get(known.flag) else kind


_PLAIN = (bytes, str, bool, type(None))


def value_problems(value: Any, where: str, depth: int = 0) -> list[Problem]:
    """What in a value could not be sent over a network, in the words of the base specification."""
    if isinstance(value, _PLAIN) or depth > 30:
        return []
    if isinstance(value, int):
        inside = -(2**63) <= value < 2**63
        return [] if inside else [Problem("asgi.core.event.int_range", f"{where} is {value}")]
    if isinstance(value, float):
        return (
            [] if math.isfinite(value) else [Problem("asgi.core.event.float_finite", f"{where} is {value}")]
        )
    if isinstance(value, list | tuple):
        return [found for item in value for found in value_problems(item, where, depth + 1)]
    if isinstance(value, dict):
        return [found for item in value.values() for found in value_problems(item, where, depth + 1)]
    return [Problem("asgi.core.event.value_types", f"{where} is {shown(value)}")]


def shown(value: Any) -> str:
    """A short repr with the type; never raises."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a repr may do anything
        text = "an object"
    text = text if len(text) <= 80 else text[:77] + "..."
    return f"{text} ({type(value).__name__})"


@dataclass
class Conversation:
    """The state of one call: both sides, as far as they have been heard."""

    protocol: Protocol
    extensions: frozenset[str] = frozenset()
    spec_version: str = "2.0"
    state: dict[Side, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin at the first states."""
        self.state = {"receive": self.protocol.receive.first, "send": self.protocol.send.first}

    def judge(self, side: Side, message: Any) -> list[Problem]:
        """What is wrong with this message as the next one of `side`; the state stays."""
        here: Table = getattr(self.protocol, side)
        found = problems(message, here, self.state[side], other=self.state[self._other(side)])
        known = here.messages.get(message["type"]) if not found else None
        return found + self._gate_problems(known, message) if known else found

    def advance(self, side: Side, message: Any) -> None:
        """Let this message count, as far as the table knows it."""
        here: Table = getattr(self.protocol, side)
        if isinstance(message, dict):
            row = here.row(self.state[side], event(message, here), self.state[self._other(side)])
            if row is not None and row.next is not None:
                self.state[side] = row.next

    def send(self, message: Any) -> list[Problem]:
        """Judge a message of the application and let it count."""
        return self._say("send", message)

    def receive(self, message: Any) -> list[Problem]:
        """Judge a message of the server and let it count."""
        return self._say("receive", message)

    def _say(self, side: Side, message: Any) -> list[Problem]:
        found = self.judge(side, message)
        self.advance(side, message)
        return found

    def _other(self, side: Side) -> Side:
        return "send" if side == "receive" else "receive"

    def _gate_problems(self, known: Message, message: dict[str, Any]) -> list[Problem]:
        if known.extension and known.extension not in self.extensions:
            text = f"{known.type} without the extension {known.extension!r} in the scope"
            return [Problem("asgi.core.ext.only_when_advertised", text)]
        return [
            Problem(
                key.gate, f"{known.type} with {key.name!r} for a server of spec_version {self.spec_version}"
            )
            for key in known.keys
            if key.gate and message.get(key.name) and _older(self.spec_version, key.since)
        ]


def _older(version: str, since: str) -> bool:
    try:
        return [int(part) for part in version.split(".")] < [int(part) for part in since.split(".")]
    except ValueError:
        return False
