"""A conversation with a framework's application under a driver, while it goes on."""

import itertools
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, Protocol, Self

from compliance.channel import Event, Line
from compliance.transcript import Transcript

_COUNTER = itertools.count(1)
Plan = Mapping[str, Any]


class Driver(Protocol):
    """What a conversation needs of the process that it is played in."""

    def tell(self, **parts: Any) -> None:
        """Send a command to the driver."""

    def claim(self, exchange: str) -> Line:
        """The guest's line for a conversation; raises TargetDied or Silence."""

    def mourn(self) -> NoReturn:
        """Raise TargetDied, which says how the process ended."""


class Conversation:
    """One call of the application, while it goes on. Use it as a context manager, or `finish` it."""

    def __init__(self, plan: Plan, driver: Driver, log: Callable[[], str]) -> None:
        """Tell the driver to play; `log` returns the tail of the framework's log."""
        self.name = f"c{next(_COUNTER)}"
        self._plan = plan
        self._driver = driver
        self._log = log
        self._line: Line | None = None
        driver.tell(do="play", exchange=self.name, **plan)

    @property
    def line(self) -> Line:
        """The guest's line; raises TargetDied or Silence if the application is not called."""
        if self._line is None:
            self._line = self._driver.claim(self.name)
        return self._line

    @property
    def begun(self) -> bool:
        """Whether somebody has asked for its line."""
        return self._line is not None

    @property
    def over(self) -> bool:
        """Whether the application's work has ended."""
        return self._line is not None and self.transcript.noted("over")

    @property
    def transcript(self) -> Transcript:
        """What has been seen until now."""
        while self.line.pump(0):
            pass
        return Transcript(self.line.events, self._log)

    def wait(self, name: str) -> Event:
        """Wait for a note of the application, or an event of the traffic; raises Silence."""
        return self.line.wait(name)

    def wait_gate(self, name: str) -> Event:
        """Wait until the application waits at this gate; raises Silence."""
        return self.line.wait(name, "gate")

    def wait_sends(self, number: int) -> Transcript:
        """Wait until so many messages have been sent, and taken by the server; raises Silence."""
        self.line.until(lambda: len(self._named("sent")) >= number, f"{number} messages")
        return self.transcript

    def wait_blocks(self, number: int) -> Transcript:
        """Wait until the application has given so many blocks of its body; raises Silence."""
        self.line.until(lambda: len(self._named("block", "write")) >= number, f"{number} blocks")
        return self.transcript

    def _named(self, *names: str) -> list[Event]:
        return [event for event in self.line.events if event.name in names and event.kind == "note"]

    def open_gate(self, name: str) -> None:
        """Open a gate at which the application or the script waits, now or later."""
        self.line.open_gate(name)
        self._driver.tell(do="open", exchange=self.name, gate=name)

    def finish(self) -> Transcript:
        """Open all gates and wait for the end of the application's work; raises Silence or TargetDied."""
        for name in _gates(self._plan):
            self._driver.tell(do="open", exchange=self.name, gate=name)
        opened: set[str] = set()
        self.line.until(lambda: self._let_through(opened), "an end of the application's work")
        transcript = self.transcript
        self.line.close()
        if not transcript.noted("over"):
            self._driver.mourn()
        return transcript

    def _let_through(self, opened: set[str]) -> bool:
        waiting = {event.name for event in self.line.events if event.kind == "gate"} - opened
        for name in waiting:
            self.line.open_gate(name)
        opened |= waiting
        return self.line.ended

    def close(self) -> None:
        """Forget the conversation: the application is cancelled, or finds its gates open."""
        if not self.over:
            self._driver.tell(do="drop", exchange=self.name)
        if self._line is not None:
            self._line.close()

    def __enter__(self) -> Self:
        """Return the conversation itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave it to the end of the check: what it has seen is evidence."""


def _gates(value: Any) -> set[str]:
    """The gates at which the script itself waits."""
    conditions = [step["when"] for step in [*value.get("steps", ()), value.get("end") or {"when": None}]]
    conditions += [value.get("gone"), value.get("cancel")]
    found = {
        condition["gate"]
        for condition in conditions
        if isinstance(condition, Mapping) and "gate" in condition
    }
    described = value.get("input") or {}
    return found | set(value["pauses"].values()) | set(described.get("gates", {}).values())
