"""A run as Markdown, for a job summary or an issue."""

import re
from collections.abc import Iterable, Iterator, Sequence

from compliance.report import text
from compliance.results import VERDICTS, Evidence, Result, Run, Verdict, counts

_SOURCES = {"sent": "-->", "received": "<--", "guest": "app"}


def to_markdown(run: Run) -> str:
    """Return the run as one Markdown document: counts, then failures, errors and warnings, then the rest."""
    results = text.order(run.results)
    blocks = [
        "# Compliance",
        _stamp(run),
        *(["\n".join(f"- {_inline(line)}" for line in text.versions(run))] if run.targets else []),
        _counts(results),
        *(_detail(result) for result in _of(results, "failed", "error", "warned")),
        *_lists(results),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _of(results: Iterable[Result], *verdicts: Verdict) -> list[Result]:
    return [result for verdict in verdicts for result in results if result.verdict == verdict]


def _inline(value: str) -> str:
    """Text of somebody else inside a line, with nothing that Markdown or HTML would read."""
    return re.sub(r"([\\`*_\[\]<>#|~&])", r"\\\1", text.prose(value).replace("\n", " "))


def _code(value: str) -> str:
    """A code span; backticks inside are outnumbered."""
    shown = text.prose(value).replace("\n", " ")
    ticks = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    pad = " " if "`" in shown else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def _fence(lines: Iterable[str]) -> str:
    body = "\n".join(lines)
    ticks = "`" * max(3, max((len(run) for run in re.findall("`+", body)), default=0) + 1)
    return f"{ticks}text\n{body}\n{ticks}"


def _stamp(run: Run) -> str:
    parts = [f"gateway-compliance {_inline(run.suite)}", _inline(run.started), f"{run.seconds:.1f} s"]
    return " · ".join([*parts, *(f"**{stamp}**" for stamp in text.stamps(run))])


def _counts(results: Sequence[Result]) -> str:
    if not results:
        return "Nothing was executed."
    subjects = dict.fromkeys((result.target, result.subject) for result in results)
    rows = [
        ["target", "kind", *VERDICTS],
        ["---", "---", *["---:"] * len(VERDICTS)],
        *(_row(results, target, kind) for target, kind in subjects),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(results: Sequence[Result], target: str, kind: str) -> list[str]:
    own = [result for result in results if (result.target, result.subject) == (target, kind)]
    return [_inline(target), kind, *(str(count or "") for count in counts(own).values())]


def _detail(result: Result) -> str:
    found = text.requirement_of(result)
    cites = f"{_code(result.requirement)} {_inline(text.citation(result))}" if result.requirement else ""
    blocks = [
        f"## {result.verdict} on {_inline(result.target)}: {_code(result.check)}",
        cites,
        f"> {_inline(found.summary)}" if found else "",
        _fence(text.prose(result.message).splitlines()),
        _evidence(result.evidence) if result.evidence else "",
        f"Reproduce: {_code(result.reproduce)}" if result.reproduce else "",
    ]
    return "\n\n".join(block for block in blocks if block)


def _evidence(evidence: Evidence) -> str:
    return f"<details><summary>Evidence</summary>\n\n{_fence(_shown(evidence))}\n\n</details>"


def _shown(evidence: Evidence) -> Iterator[str]:
    moments, left_out = text.timeline(evidence)
    if left_out:
        yield f"({left_out} earlier lines are in the results file)"
    for moment in moments:
        yield f"{moment.at:7.3f} {_SOURCES[moment.source]} {moment.lines[0]}"
        yield from (f"{'':11} {line}" for line in moment.lines[1:])
    yield from (f"    log {line}" for line in text.log_tail(evidence))


def _lists(results: Sequence[Result]) -> Iterator[str]:
    for verdict in ("known", "observed", "not applicable"):
        rows = [result for result in results if result.verdict == verdict]
        if rows:
            lines = "\n".join(_listed(result) for result in rows)
            yield f"<details><summary>{verdict} ({len(rows)})</summary>\n\n{lines}\n\n</details>"


def _listed(result: Result) -> str:
    why = _inline(text.first_line(result.message))
    return f"- {_inline(result.target)} {_code(result.check)} {_code(result.requirement)} {why}".rstrip()
