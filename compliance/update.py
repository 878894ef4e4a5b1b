"""Writes new failures into lists of known failures, for a person to explain.

Text is appended, so entries and comments that are there stay as they are. The new entries have an empty
reason and link, and do not count until both are filled in.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from compliance.requirements import UnknownRequirement, get
from compliance.results import Result, Run, own_versions

_NAME = re.compile(r"[a-z0-9_]+([.-][a-z0-9_]+)*")
_Failures = dict[str, list[Result]]


class UpdateError(Exception):
    """A list cannot be read or written, or the results are no basis for one; complete for a user."""


@dataclass(frozen=True, slots=True)
class Updated:
    """What happened to one subject's list: requirements that were added, and that were listed already."""

    subject: str
    path: Path
    added: tuple[str, ...]
    listed: tuple[str, ...]


def update(run: Run, directory: Path, *, warned: bool = False) -> list[Updated]:
    """Append an entry for each requirement that newly failed, to `directory/<subject>.toml`.

    `warned`: also for those that warned. A requirement that the list has already, under whatever condition,
    is not added again. Nothing is written unless every list can be read. Raises UpdateError.
    """
    verdicts = {"failed", "warned"} if warned else {"failed"}
    failures = _by_subject(result for result in run.results if result.verdict in verdicts)
    plans = [
        _plan(subject, rows, directory / f"{subject}.toml") for subject, rows in sorted(failures.items())
    ]
    for plan in plans:
        _append(plan.path, [_entry(name, failures[plan.subject][name], run) for name in plan.added])
    return plans


def _by_subject(results: Iterable[Result]) -> dict[str, _Failures]:
    found: dict[str, _Failures] = {}
    for result in results:
        _check(result)
        found.setdefault(result.target, {}).setdefault(result.requirement, []).append(result)
    return found


def _check(result: Result) -> None:
    """Refuse names that no run of ours writes: one of them becomes a file's name."""
    if not _NAME.fullmatch(result.target):
        raise UpdateError(f"{result.target!r} is no name of a server, framework or target")
    try:
        get(result.requirement)
    except UnknownRequirement as error:
        raise UpdateError(f"{result.check}: {error}") from error


def _plan(subject: str, failures: Mapping[str, Sequence[Result]], path: Path) -> Updated:
    listed = _listed(path)
    return Updated(
        subject,
        path,
        added=tuple(name for name in sorted(failures) if name not in listed),
        listed=tuple(name for name in sorted(failures) if name in listed),
    )


def _listed(path: Path) -> set[str]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return set()
    except OSError as error:
        raise UpdateError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise UpdateError(f"{path} is not TOML: {error}") from error
    entries = table.get("known", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UpdateError(f"{path}: known must be a list of tables, each under [[known]]")
    return {str(entry.get("requirement", "")) for entry in entries}


def _append(path: Path, entries: Sequence[str]) -> None:
    if not entries:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        gap = "" if not before or before.endswith("\n\n") else "\n" if before.endswith("\n") else "\n\n"
        with path.open("a", encoding="utf-8") as file:
            file.write(gap + "\n".join(entries))
    except OSError as error:
        raise UpdateError(f"{path} cannot be written: {error.strerror or error}") from error


def _entry(requirement: str, results: Sequence[Result], run: Run) -> str:
    seen = next((line for result in results for line in result.message.splitlines() if line.strip()), "")
    lines = [
        *(f"# {_comment(name)}" for name in sorted({result.check for result in results})),
        *([f"# {_comment(seen)}"] if seen else []),
        "[[known]]",
        f'requirement = "{requirement}"',
        'reason = ""',
        'link = ""',
        *(f'# versions = "=={version}"' for version in _version(results[0], run)),
    ]
    return "\n".join(lines) + "\n"


def _comment(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)[:200]


def _version(result: Result, run: Run) -> Iterator[str]:
    """The version of the subject's own distribution that was seen, if there is one."""
    for target in run.targets:
        if result.target in (target.server, target.framework, target.name):
            found = own_versions(target)
            beginnings = [name for name in found if f"{result.target}-".startswith(f"{name}-")]
            yield from (found[name] for name in beginnings[:1])
            return
