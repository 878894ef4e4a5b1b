"""The registry of requirements, and the decorator by which a check cites one.

A requirement is one normative statement of a specification. They live in `compliance/spec/`, one TOML file
for each document; a file is read when one of its ids is first asked for, because most runs need few of them.
Nothing here knows pytest: the reference server, the lint and the interface tables cite requirements too.
"""

import difflib
import functools
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

Level = Literal["must", "should", "may"]
Party = Literal["server", "application", "both"]
Consequence = Literal["failed", "warned", "observed"]
Function = TypeVar("Function", bound=Callable[..., Any])

_FOLDER: Final = Path(__file__).with_name("spec")
# Ids whose first words are not the name of their file.
_DOCUMENTS: Final = {
    "wsgi": "pep3333",
    "asgi.ws": "asgi-websocket",
    "asgi.ext": "asgi-extensions",
    "promise": "promises",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirement:
    """One normative statement; `document` is the name of its file, `specification` the title for people.

    `implicit`: the text says it without a keyword, or needs it. `since`: the `spec_version` that brought it.
    `when`: a precondition. `ambiguity`: ids of known doubts about the text. `needs`: the capabilities
    without which a subject has nothing to judge. `observe`: where it shows (interface, wire, lifecycle).
    """

    id: str
    document: str
    specification: str
    section: str
    level: Level
    party: Party
    summary: str
    testable: bool
    check_idea: str
    implicit: bool = False
    observe: tuple[str, ...] = ()
    why: str = ""
    since: str = ""
    when: str = ""
    ambiguity: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    note: str = ""


class UnknownRequirement(LookupError):
    """No specification file holds this id; the message names the closest ones."""


def _document(identifier: str) -> str:
    first, _, rest = identifier.partition(".")
    prefix = f"asgi.{rest.partition('.')[0]}" if first == "asgi" else first
    return _DOCUMENTS.get(prefix, prefix.replace(".", "-"))


def documents() -> list[str]:
    """Return the names of the specification files, such as "asgi-http", sorted."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml") if path.stem != "ambiguities")


@functools.cache
def _load(document: str) -> dict[str, Requirement]:
    path = _FOLDER / f"{document}.toml"
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        table = tomllib.load(file)
    meta = table["meta"]
    common = {"document": document, "specification": meta["spec"], "needs": meta.get("needs", [])}
    return {row["id"]: _requirement(common | row) for row in table["requirement"]}


def _requirement(row: dict[str, Any]) -> Requirement:
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
    return Requirement(**values)


def get(identifier: str) -> Requirement:
    """Return the requirement with this id; raises UnknownRequirement, naming the closest ids."""
    found = _load(_document(identifier)).get(identifier)
    if found is None:
        raise UnknownRequirement(_unknown(identifier))
    return found


def _unknown(identifier: str) -> str:
    closest = difflib.get_close_matches(identifier, [known.id for known in all_requirements()], 3)
    hint = f"; did you mean {', '.join(closest)}?" if closest else ""
    return f"no specification has a requirement {identifier!r}{hint}"


def all_requirements() -> list[Requirement]:
    """Return every requirement, document by document, in the order of the files."""
    return [row for document in documents() for row in _load(document).values()]


def consequence(requirement: Requirement, *, definite: bool = False) -> Consequence:
    """Return the verdict on a target that does not meet the requirement.

    A MUST fails and a SHOULD warns; a MAY, and whatever the text leaves in doubt, is only observed.
    `definite`: the check proves a definite failure (a hang, a crash, a corrupt wire), which no doubt excuses.
    """
    if definite:
        return "failed"
    if requirement.level == "may" or requirement.ambiguity:
        return "observed"
    return "failed" if requirement.level == "must" else "warned"


@dataclass(frozen=True, slots=True)
class Citation:
    """What a check says about itself: its requirement (or one for each interface) and what it needs."""

    id: str | None
    wsgi: str | None
    asgi: str | None
    definite: bool
    needs: tuple[str, ...]

    def id_for(self, interface: str) -> str:
        """Return the id cited for "wsgi" or "asgi"; raises LookupError where the check has none for it."""
        found = self.id or {"wsgi": self.wsgi, "asgi": self.asgi}[interface]
        if found is None:
            raise LookupError(f"the check cites no requirement for {interface}")
        return found

    def ids(self) -> tuple[str, ...]:
        """Return every id that is cited."""
        return tuple(cited for cited in (self.id, self.wsgi, self.asgi) if cited)

    def interfaces(self) -> tuple[str, ...]:
        """Return the interfaces that the citation covers: those it names, or that of a requirement's own."""
        if self.id:
            own = self.id.partition(".")[0]
            return (own,) if own in {"wsgi", "asgi"} else ("wsgi", "asgi")
        return tuple(name for name, cited in (("wsgi", self.wsgi), ("asgi", self.asgi)) if cited)

    def capabilities(self, interface: str) -> frozenset[str]:
        """Return the capabilities a subject must have: the requirement's and the check's own.

        Raises LookupError as `id_for`, and UnknownRequirement.
        """
        return frozenset(get(self.id_for(interface)).needs) | frozenset(self.needs)


def requirement(
    id: str | None = None,  # noqa: A002 - it reads right where it is used
    *,
    wsgi: str | None = None,
    asgi: str | None = None,
    definite: bool = False,
    needs: tuple[str, ...] = (),
) -> Callable[[Function], Function]:
    """Cite the requirement that a check proves; `wsgi` and `asgi` instead of `id` for one on both interfaces.

    `definite`: see `consequence`. `needs`: capabilities beyond those of the requirement itself.
    Raises TypeError unless there is either one id, or ids by interface.
    """
    if bool(id) == bool(wsgi or asgi):
        raise TypeError("a check cites either one requirement, or one for each interface (wsgi=, asgi=)")
    cited = Citation(id, wsgi, asgi, definite, tuple(needs))

    def mark(function: Function) -> Function:
        function.__compliance__ = cited  # type: ignore[attr-defined]
        return function

    return mark


def citation(function: Callable[..., Any]) -> Citation | None:
    """Return what the check cites, or None where it cites nothing."""
    found = getattr(function, "__compliance__", None)
    return found if isinstance(found, Citation) else None
