"""The matrix of checks and liars: every check can fail, and every liar is caught for its own lie only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from compliance.results import Result

BAD = frozenset({"failed", "warned", "error", "known"})
_FAILING = {"failed", "warned"}


def function(result: Result) -> str:
    """The name of a result's check function."""
    return result.check.partition("[")[0].rpartition("::")[2]


def caught(result: Result, honest: Sequence[Result]) -> bool:
    """Whether a check of a liar tells it from the honest server.

    It does when it fails and, where no specification judges, when it observes something else.
    """
    if result.verdict in _FAILING:
        return True
    same = {other.message for other in honest if other.check == result.check}
    return result.verdict == "observed" and result.message not in same


def failed(result: Result, honest: Sequence[Result]) -> bool:
    """Whether a check fails on a liar, also one that may only be observed but passes on honest ones."""
    verdicts = {other.verdict for other in honest if other.check == result.check}
    return result.verdict in _FAILING or (result.verdict == "observed" and verdicts == {"passed"})


@dataclass
class Matrix:
    """Which checks caught which liars, and what is wrong; each problem is complete for a person."""

    caught: dict[str, set[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def build(
    honest: Sequence[Result],
    lying: Sequence[Result],
    catches: Mapping[str, Sequence[str]],
    checks: Sequence[str],
) -> Matrix:
    """The matrix of these results; `catches` maps liars to the checks that they name, `checks` are all."""
    matrix = Matrix({liar: set() for liar in catches})
    matrix.problems += [f"{r.target}: {r.check} {r.verdict}: {r.message}" for r in honest if _is_bad(r)]
    for result in lying:
        named = function(result) in catches.get(result.target, ())
        if result.verdict == "error" and not _refused(result):
            matrix.problems.append(f"{result.target}: {result.check} error: {result.message}")
        elif named and caught(result, honest):
            matrix.caught[result.target].add(function(result))
        elif failed(result, honest):
            matrix.problems.append(
                f"{result.target} does not name {result.check}, which fails on it: {result.message}"
            )
    matrix.problems += _missed(matrix, catches)
    unproved = set(checks) - set().union(*matrix.caught.values())
    matrix.problems += [f"{name} fails on no liar" for name in sorted(unproved)]
    return matrix


def _refused(result: Result) -> bool:
    """Whether an honest server passes no pre-flight with a lying application: that refutes it well enough."""
    return (
        result.check == "(start)"
        and result.subject == "combination"
        and result.target.startswith(("bare.", "passthrough."))
    )


def _is_bad(result: Result) -> bool:
    return result.verdict in BAD


def _missed(matrix: Matrix, catches: Mapping[str, Sequence[str]]) -> list[str]:
    return [
        f"{liar} names {name}, which does not catch it"
        for liar, names in catches.items()
        for name in names
        if name not in matrix.caught[liar]
    ]


def to_markdown(matrix: Matrix) -> str:
    """The matrix as a table: a row for each check, with the liars that it catches."""
    rows: dict[str, list[str]] = {}
    for liar, names in sorted(matrix.caught.items()):
        for name in names:
            rows.setdefault(name, []).append(liar)
    lines = [f"| {name} | {', '.join(liars)} |" for name, liars in sorted(rows.items())]
    return "\n".join(["| check | liars that it catches |", "| --- | --- |", *lines, ""])
