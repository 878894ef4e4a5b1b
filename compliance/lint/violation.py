"""What the lint says, and how it looks at values of which only a description is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from compliance import requirements
from compliance.interface.model import Side
from compliance.requirements import Consequence, Level

Party = Literal["server", "application"]

PARTIES: dict[Side, Party] = {"receive": "server", "send": "application"}


@dataclass(frozen=True)
class Violation:
    """A broken requirement: by whom, what was seen, and where.

    `index` counts the steps of the trace (None: the scope, or the end). `place` is the middleware's: the
    request and the step in words.
    """

    requirement: str
    party: Party
    text: str
    index: int | None = None
    place: str = ""

    @property
    def level(self) -> Level:
        """Whether the text says must, should or may."""
        return requirements.get(self.requirement).level

    @property
    def consequence(self) -> Consequence:
        """Failed for a must, warned for a should, observed for what the text leaves in doubt."""
        return requirements.consequence(requirements.get(self.requirement))

    def __str__(self) -> str:
        """One line for people."""
        place = f"{self.place}: " if self.place else "" if self.index is None else f"at {self.index}: "
        return f"{place}the {self.party} breaks {self.requirement}: {self.text}"


class Unknown:
    """Stands for an object of which the trace holds only a description: it may have any method."""

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        raise StopIteration

    def __call__(self) -> None:
        pass

    def fileno(self) -> int:
        return 0

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self


def _is_description(value: Any) -> bool:
    return all(hasattr(value, name) for name in ("type", "base", "value"))


def known(value: Any) -> Any:
    """The value, or an Unknown for a description of an object."""
    return Unknown() if _is_description(value) and value.base == "object" else value


def settled(value: Any) -> Any:
    """A value in which whatever stands for an instance of a builtin's subclass has become the builtin's."""
    if isinstance(value, dict):
        return {settled(key): settled(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(settled(item) for item in value)
    if _is_description(value):
        return Unknown() if value.base == "object" else settled(value.value)
    return value
