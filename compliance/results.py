"""What a run found out, as data; `results_file` writes and reads it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from packaging.version import Version

Verdict = Literal["passed", "failed", "warned", "observed", "not applicable", "known", "error"]
SubjectKind = Literal["server", "framework", "combination"]
Evidence = dict[str, Any]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
SUBJECTS: Final[tuple[SubjectKind, ...]] = get_args(SubjectKind)
LEVELS: Final = ("must", "should", "may")


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict of one check on one subject.

    `check`: "asgi_server/test_http_scope.py::test_x[row]" without the subject's id. `requirement`, `level`:
    empty for an error that no check can name, such as a target that does not start. `target`: the subject's
    name. `observed`: a measured value, any Python value that `plain` can write. `evidence`: bytes as latin-1
    with seconds since the exchange began, `{"sent": [[seconds, text]], "received": [[seconds, text]],
    "events": [[seconds, kind, name, repr]], "log": text}`. `reproduce`: a shell command.
    """

    check: str
    requirement: str
    level: str
    target: str
    subject: SubjectKind
    verdict: Verdict
    message: str = ""
    observed: Any = None
    evidence: Evidence | None = None
    seconds: float = 0.0
    reproduce: str = ""


@dataclass(frozen=True, slots=True)
class TargetInfo:
    """One selected target as it ran: versions by distribution, and the command that started the server."""

    name: str
    server: str
    framework: str
    interface: str
    python: str
    versions: dict[str, str] = field(default_factory=dict)
    command: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Run:
    """A whole run: `started` is ISO 8601 in UTC, `seconds` its duration, `suite` the version of the suite.

    `complete`: it was not interrupted. `partial`: the selection left out checks of its targets.
    """

    suite: str
    started: str
    seconds: float = 0.0
    complete: bool = False
    partial: bool = False
    targets: list[TargetInfo] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)


def own_versions(target: TargetInfo) -> dict[str, str]:
    """Return the versions of the server's and the framework's own distributions, guessed by their names.

    The distribution of "uvicorn-h11" is "uvicorn": the longest beginning that is installed.
    """
    found = {}
    for name in (target.server, target.framework):
        words = name.split("-")
        beginnings = ("-".join(words[:count]) for count in range(len(words), 0, -1))
        own = next((beginning for beginning in beginnings if beginning in target.versions), None)
        if own is not None:
            found[own] = target.versions[own]
    return found


def counts(results: Iterable[Result]) -> dict[Verdict, int]:
    """Count the results by verdict, every verdict included, in the order of VERDICTS."""
    found = Counter(result.verdict for result in results)
    return {verdict: found[verdict] for verdict in VERDICTS}


def constraints(runs: Iterable[Run]) -> list[str]:
    """The versions of all distributions that runs judged, as pip's constraints, sorted.

    Of several versions it is the lowest: some target takes no higher one.
    """
    versions: dict[str, set[str]] = {}
    for name, version in (item for run in runs for target in run.targets for item in target.versions.items()):
        versions.setdefault(name, set()).add(version)
    return [f"{name}=={min(found, key=Version)}" for name, found in sorted(versions.items())]


def differences(runs: Sequence[Run]) -> list[str]:
    """The checks whose verdicts differ between runs that judged them, a line for each, sorted."""
    found: dict[tuple[str, str], list[str]] = {}
    for result in (result for run in runs for result in run.results):
        found.setdefault((result.target, result.check), []).append(result.verdict)
    return [
        f"{target} {check}: {', '.join(v)}" for (target, check), v in sorted(found.items()) if len(set(v)) > 1
    ]


def compliant(run: Run, *, strict: bool = False) -> bool:
    """Whether a run was not interrupted, judged something, and found no new failure or error.

    With `strict` a warning counts as a failure. Entries of known failures are not looked at here.
    """
    verdicts = {result.verdict for result in run.results}
    bad = {"failed", "error"} | ({"warned"} if strict else set())
    return run.complete and bool(verdicts - {"not applicable"}) and not verdicts & bad
