"""Known failures: which results they excuse, and whether they are still true.

An entry counts only if it cites a requirement that exists, says why and where the failure is discussed, and
has not expired. It has to stay alive: one whose checks all pass must go. An error is never excused.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from packaging.specifiers import SpecifierSet

from compliance.channel import decode
from compliance.expect import shorten
from compliance.requirements import UnknownRequirement, get
from compliance.results import Result
from compliance.target.model import Known

_FAILING = frozenset({"failed", "warned", "known"})
Complete = Callable[[str, str], bool]


def names(listed: Sequence[str], check: str) -> bool:
    """Whether a list names a check: in full, without its row, or by its function alone."""
    whole = check.partition("[")[0]
    spellings = (check, whole, check.rpartition("::")[2], whole.rpartition("::")[2])
    return any(name in listed for name in spellings)


def _covers(entry: Known, check: str) -> bool:
    return not entry.checks or names(entry.checks, check)


class Ledger:
    """The known failures of the subjects of a run."""

    def __init__(
        self,
        subjects: Mapping[str, tuple[Sequence[Known], Mapping[str, str]]],
        parts: Mapping[str, Sequence[str]] | None = None,
        today: dt.date | None = None,
    ) -> None:
        """`subjects` maps a name to its entries and to the versions of its own distributions.

        `versions` of an entry speaks about the first of them: for a combination, the server's. `parts` maps a
        combination to its server and framework. `today` is the date by which entries expire; the default is
        the current one, UTC.
        """
        self._parts = parts or {}
        self._entries = {name: tuple(entries) for name, (entries, _) in subjects.items()}
        self._version = {name: next(iter(versions.values()), "") for name, (_, versions) in subjects.items()}
        self._today = today or dt.datetime.now(dt.UTC).date()
        self._current = {
            name: tuple(entry for entry in entries if self._applies(name, entry))
            for name, entries in self._entries.items()
        }

    def problems(self) -> list[str]:
        """Return what is wrong with the entries themselves, each complete for a user with its file."""
        return [
            f"{entry.source}: {name}: {entry.requirement or 'an entry without requirement'}: {problem}"
            for name, entries in self._entries.items()
            for entry in entries
            for problem in [*self._faults(entry), *_doubles(entry, entries)]
        ]

    def _faults(self, entry: Known) -> list[str]:
        found = []
        try:
            get(entry.requirement)
        except UnknownRequirement as error:
            found.append(str(error))
        if not entry.reason.strip():
            found.append("has no reason; say what the subject does instead, and why")
        if not entry.link.strip():
            found.append("has no link; name the upstream issue, or the page of findings")
        if entry.expires is not None and entry.expires < self._today:
            found.append(f"expired on {entry.expires}; look at it again")
        return found

    def _applies(self, subject: str, entry: Known) -> bool:
        if not entry.versions:
            return True
        version = self._version[subject]
        return bool(version) and SpecifierSet(entry.versions).contains(version, prereleases=True)

    def excuse(self, subject: str, requirement: str, check: str) -> Known | None:
        """Return the valid entry that lists this failure for the installed version, or None.

        An entry of a server or framework excuses their combinations too, in the checks that it names.
        Only for results that failed or warned; whoever asks keeps errors out.
        """
        for name in (subject, *self._parts.get(subject, ())):
            for entry in self._current.get(name, ()):
                right = entry.requirement == requirement and _covers(entry, check)
                right = right and (name == subject or bool(entry.checks))
                if right and not self._faults(entry):
                    return entry
        return None

    def silences(self, subject: str, requirement: str, check: str) -> bool:
        """Whether it is listed that the subject leaves the check waiting.

        An entry of the subject's own may say so for checks of other requirements, as one of those may be
        about a value that is only observed.
        """
        entry = self.excuse(subject, requirement, check)
        listed = [*self._current.get(subject, ()), *([entry] if entry else [])]
        return any(names(other.silent, check) for other in listed if other.silent)

    def by_chance(self, subject: str, requirement: str, check: str) -> bool:
        """Whether it is listed that the failure of this check shows by chance."""
        entry = self.excuse(subject, requirement, check)
        return entry is not None and names(entry.chance, check)

    def deaths(self, subject: str) -> set[str]:
        """The texts of logs with which a subject, or its server, is listed to end at random."""
        return {entry.dies for entry in self._of_all(subject) if entry.dies}

    def harms(self, subject: str, check: str) -> bool:
        """Whether it is listed that a check, passed or not, leaves a process that others must not use."""
        return any(names(entry.harms, check) for entry in self._of_all(subject) if entry.harms)

    def _of_all(self, subject: str) -> Iterator[Known]:
        """The entries that apply to a subject, or to its server or framework."""
        for name in (subject, *self._parts.get(subject, ())):
            yield from self._current.get(name, ())

    def stale(self, results: Iterable[Result], complete_for: Complete | None = None) -> list[str]:
        """Return the entries that a run disproves, each complete for a user with its file.

        Every check of the entry that was judged met the requirement, and every check of it was judged:
        `complete_for(subject, requirement)` is False where the selection left some of them out, or they did
        not run; without it, all ran. A subject that did not start, and an error, prove nothing.
        """
        about: dict[str, list[Result]] = {}
        for result in results:
            about.setdefault(result.requirement, []).append(result)
        broken = {result.target for result in about.get("", ()) if result.verdict == "error"}
        return [
            f"{entry.source}: {name}: {entry.requirement}: {problem}; remove it"
            for name, entries in self._current.items()
            if name not in broken
            for entry in entries
            if (complete_for is None or complete_for(name, entry.requirement))
            and (problem := _disproved(entry, self._about(about.get(entry.requirement, ()), name, entry)))
        ]

    def _about(self, results: Iterable[Result], subject: str, entry: Known) -> list[Result]:
        """Those results that are of the entry's subject, or of combinations with it."""
        return [
            result
            for result in results
            if result.target == subject or (entry.checks and subject in self._parts.get(result.target, ()))
        ]


def _disproved(entry: Known, results: Sequence[Result]) -> str:
    """What disproves the entry, or nothing; `results` are those of its subject and requirement."""
    covered = [result for result in results if _covers(entry, result.check)]
    if results and not covered:
        return f"no check of the requirement is named {' or '.join(entry.checks)}"
    verdicts = {result.verdict for result in covered}
    if "error" in verdicts or any(map(_fails, covered)) or not verdicts & {"passed", "observed"}:
        return ""
    return f"known failure, but all of its checks pass now ({', '.join(sorted({r.check for r in covered}))})"


def _fails(result: Result) -> bool:
    """Whether its assertion failed, also where the text is in doubt and the verdict only an observation."""
    values = {"", shorten(result.observed), shorten(_untagged(result.observed))}
    doubted = result.verdict == "observed" and result.message not in values
    return result.verdict in _FAILING or doubted


def _untagged(observed: Any) -> Any:
    """An observation as it was, of one that was written to a file or sent from a worker."""
    try:
        return decode(observed)
    except KeyError:  # a dict of its own
        return observed


def _doubles(entry: Known, entries: Sequence[Known]) -> list[str]:
    first = next(other for other in entries if _identity(other) == _identity(entry))
    return [] if first is entry else [f"is listed twice (also in {first.source})"]


def _identity(entry: Known) -> tuple[str, str, tuple[str, ...]]:
    return entry.requirement, entry.versions, entry.checks
