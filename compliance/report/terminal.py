"""A run on the terminal: counts for each subject, then each failure with all that is known about it."""

import io
from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from compliance.report import text
from compliance.results import VERDICTS, Evidence, Result, Run, Verdict, compliant, counts

_STYLE: Final[dict[Verdict, str]] = {
    "passed": "green",
    "failed": "bold red",
    "warned": "yellow",
    "observed": "",
    "not applicable": "dim",
    "known": "cyan",
    "error": "bold magenta",
}
_SHORT: Final[dict[Verdict, str]] = {"not applicable": "n/a"}
_ARROW: Final = {"sent": "-->", "received": "<--", "guest": "app"}
_ROOMY: Final = 100
_LABEL: Final = 11


def print_summary(
    run: Run, console: Console, verbosity: int = 0, problems: Sequence[str] = (), *, strict: bool = False
) -> None:
    """Print the run: a row of counts for each subject, each failure and error in detail, and the problems.

    `verbosity` from 1 on, and `strict`, give warnings in detail; from 1 on what was known, observed and not
    applicable is listed in a line each. `problems` are faults of the run as a whole, such as stale entries.
    """
    detailed: set[Verdict] = {"failed", "error"}
    if verbosity > 0 or strict:
        detailed.add("warned")
    listed: tuple[Verdict, ...] = ("known", "observed", "not applicable") if verbosity > 0 else ()
    results = text.order(run.results)
    _never_raise(console)
    for result in results:
        if result.verdict in detailed:
            _print_detail(console, result)
    for verdict in listed:
        _print_list(console, verdict, [result for result in results if result.verdict == verdict])
    _print_problems(console, problems)
    _print_counts(console, results)
    _print_closing(console, run, problems, strict=strict)
    if "warned" not in detailed and counts(results)["warned"]:
        _line(console, ("warnings in detail: -v", "dim"))


def _never_raise(console: Console) -> None:
    """Characters that the terminal's encoding lacks are escaped instead of being an error."""
    if isinstance(console.file, io.TextIOWrapper):
        console.file.reconfigure(errors="backslashreplace")


def _line(console: Console, *parts: tuple[str, str]) -> None:
    console.print(Text.assemble(*((text.prose(part), style) for part, style in parts)), soft_wrap=True)


def _print_counts(console: Console, results: Sequence[Result]) -> None:
    if not results:
        return
    roomy = console.width >= _ROOMY
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("target", overflow="fold")
    if roomy:
        table.add_column("kind")
    for verdict in VERDICTS:
        table.add_column(_SHORT.get(verdict, verdict), justify="right")
    for subject, kind, rows in _by_subject(results):
        table.add_row(Text(text.prose(subject)), *([Text(kind, "dim")] if roomy else []), *_cells(rows))
    console.print()
    console.print(table)


def _by_subject(results: Iterable[Result]) -> list[tuple[str, str, list[Result]]]:
    found: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        found.setdefault((result.target, result.subject), []).append(result)
    return [(*key, rows) for key, rows in found.items()]


def _cells(rows: Iterable[Result]) -> list[Text]:
    return [
        Text(str(count), _STYLE[verdict]) if count else Text("-", "dim")
        for verdict, count in counts(rows).items()
    ]


def _print_detail(console: Console, result: Result) -> None:
    style = _STYLE[result.verdict]
    console.print()
    console.print(
        Rule(Text(f"{result.verdict.upper()} {text.prose(result.target)}", style), align="left", style=style)
    )
    _line(console, (result.check, "bold"))
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=_LABEL, style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for label, value in _facts(result):
        table.add_row(label, value)
    console.print(table)
    if result.reproduce:
        _line(console, (f"{'reproduce':{_LABEL}} ", "dim"), (result.reproduce, ""))


def _facts(result: Result) -> Iterable[tuple[str, Text]]:
    """The rows about one result: the requirement, what was seen, and the evidence."""
    if result.requirement:
        yield (
            "requirement",
            Text.assemble((text.prose(result.requirement), "bold"), "\n", text.citation(result)),
        )
    found = text.requirement_of(result)
    if found is not None:
        yield "", Text(found.summary, "italic")
    label = "why" if result.verdict == "error" else "seen"
    yield label, Text(text.prose(result.message), _STYLE[result.verdict].replace("bold ", ""))
    if result.evidence is not None:
        yield from _evidence(result.evidence)


def _evidence(evidence: Evidence) -> Iterable[tuple[str, Text]]:
    moments, left_out = text.timeline(evidence)
    if left_out:
        yield "", Text(f"({left_out} earlier lines are in the results file)", "dim")
    for moment in moments:
        for number, line in enumerate(moment.lines):
            label = f"{moment.at:7.3f} {_ARROW[moment.source]}" if number == 0 else ""
            yield label, Text(line, "cyan" if moment.source == "guest" else "")
    for number, line in enumerate(text.log_tail(evidence)):
        yield "" if number else "log", Text(line, "dim")


def _print_list(console: Console, verdict: Verdict, results: Sequence[Result]) -> None:
    if not results:
        return
    console.print()
    _line(console, (f"{verdict} ({len(results)})", "bold"))
    for result in results:
        why = text.first_line(result.message, 100)
        _line(
            console, (f"  {result.target} {result.check} ", ""), (result.requirement, "dim"), (f" {why}", "")
        )


def _print_problems(console: Console, problems: Sequence[str]) -> None:
    if not problems:
        return
    console.print()
    _line(console, ("problems of the run", "bold red"))
    for problem in problems:
        _line(console, (f"  {problem}", ""))


def _print_closing(console: Console, run: Run, problems: Sequence[str], *, strict: bool) -> None:
    console.print()
    for line in text.versions(run):
        _line(console, (line, "dim"))
    for stamp in text.stamps(run):
        _line(console, (stamp, "yellow"))
    found = counts(run.results)
    parts = [f"{count} {verdict}" for verdict, count in found.items() if count]
    if problems:
        parts.append(f"{len(problems)} problem{'s' if len(problems) > 1 else ''}")
    good = compliant(run, strict=strict) and not problems
    total = ", ".join(parts) or "nothing was executed"
    _line(console, (f"{total} in {run.seconds:.1f} s", "bold green" if good else "bold red"))
