"""What the reports share: safe text, the timeline of the evidence, and words for requirements.

Everything here came off a wire or out of a log of somebody else's program, so nothing of it may reach a
terminal or a document before its control characters are made visible.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from compliance.requirements import Requirement, UnknownRequirement, get
from compliance.results import SUBJECTS, Evidence, Result, Run, own_versions

LINES: Final = 12
WIDTH: Final = 240
_TOGETHER: Final = 0.001  # chunks within a millisecond read as one


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def wire(text: str) -> str:
    """Return bytes as ASCII in which every other character, and the backslash, is a Python escape."""
    return "".join(
        char
        if (" " <= char <= "~" and char != "\\") or (char > "\xff" and char.isprintable())
        else _escape(char)
        for char in text
    )


def prose(text: str) -> str:
    """Return a text of several lines with all control characters but line ends made visible."""
    return "\n".join(
        "".join(char if char.isprintable() else _escape(char) for char in line.replace("\t", "    "))
        for line in text.splitlines()
    )


def clip(text: str, width: int = WIDTH) -> str:
    """Return at most `width` characters of a line, and say how many are missing."""
    return text if len(text) <= width else f"{text[:width]}… ({len(text) - width} more)"


def first_line(text: str, width: int = WIDTH) -> str:
    """Return the first line of a message, clipped."""
    return clip(next((line for line in prose(text).splitlines() if line.strip()), ""), width)


@dataclass(frozen=True, slots=True)
class Moment:
    """What happened `at` so many seconds; `source` is "sent", "received" or "guest"."""

    at: float
    source: str
    lines: tuple[str, ...]


def timeline(evidence: Evidence, most: int = LINES) -> tuple[list[Moment], int]:
    """Return the last moments of an exchange in order, and how many earlier lines are left out.

    At most `most` lines of each source are kept.
    """
    parts = [
        _wire("sent", evidence["sent"]),
        _wire("received", evidence["received"]),
        [Moment(row[0], "guest", (_event(*row[1:]),)) for row in evidence["events"]],
    ]
    kept = [_tail(moments, most) for moments in parts]
    left_out = sum(_height(moments) for moments in parts) - sum(_height(moments) for moments in kept)
    return sorted((moment for moments in kept for moment in moments), key=lambda moment: moment.at), left_out


def _height(moments: Iterable[Moment]) -> int:
    return sum(len(moment.lines) for moment in moments)


def _wire(source: str, rows: Sequence[Sequence[object]]) -> list[Moment]:
    """Chunks as moments; chunks in quick succession are one: a request sent byte by byte can be read."""
    joined: list[tuple[float, float, str]] = []
    for at, text in rows:
        seconds, data = float(str(at)), str(text)
        if joined and seconds - joined[-1][1] < _TOGETHER:
            start, _, before = joined.pop()
            joined.append((start, seconds, before + data))
        else:
            joined.append((seconds, seconds, data))
    return [Moment(start, source, _lines(data)) for start, _, data in joined]


def _lines(data: str) -> tuple[str, ...]:
    """Bytes as lines that show their line ends."""
    pieces = data.split("\n")
    ended = [f"{piece}\n" for piece in pieces[:-1]]
    return tuple(clip(wire(line)) for line in [*ended, pieces[-1]] if line)


def _event(kind: str, name: str, value: str) -> str:
    match kind:
        case "hello":
            text = f"application called ({name})"
        case "gate":
            text = f"waits at gate {name!r}"
        case _:
            text = name if value == "None" else f"{name} {value}"
    return clip(prose(text).replace("\n", " "))


def _tail(moments: Sequence[Moment], most: int) -> list[Moment]:
    kept: list[Moment] = []
    for moment in reversed(moments):
        if most <= 0:
            break
        lines = moment.lines[-most:]
        most -= len(lines)
        kept.append(Moment(moment.at, moment.source, lines))
    return kept[::-1]


def log_tail(evidence: Evidence, most: int = LINES) -> list[str]:
    """Return the last lines of the server's log."""
    return [clip(line) for line in prose(evidence["log"]).splitlines() if line.strip()][-most:]


def requirement_of(result: Result) -> Requirement | None:
    """Return the requirement, or None if this version of the suite has none of the name."""
    try:
        return get(result.requirement)
    except UnknownRequirement:
        return None


def citation(result: Result) -> str:
    """Return level and place of the requirement, such as "MUST (implicit), ASGI …, section Scope"."""
    found = requirement_of(result)
    if found is None:
        return result.level.upper()
    implicit = " (implicit)" if found.implicit else ""
    return f"{result.level.upper()}{implicit} · {found.specification}, section {found.section}"


def order(results: Iterable[Result]) -> list[Result]:
    """Return results by kind of subject, subject and check."""
    return sorted(results, key=lambda each: (SUBJECTS.index(each.subject), each.target, each.check))


def stamps(run: Run) -> list[str]:
    """Return what limits the meaning of the run."""
    found = []
    if not run.complete:
        found.append("interrupted: checks are missing")
    if run.partial:
        found.append("partial: a selection of the checks")
    return found


def versions(run: Run) -> list[str]:
    """Return one line for each target: the versions that were judged."""
    return [
        f"{target.name}: "
        + ", ".join([f"{name} {version}" for name, version in own_versions(target).items()])
        + (", " if own_versions(target) else "")
        + (f"Python {target.python}" if target.python else "no interpreter")
        for target in run.targets
    ]
