"""The console script: what covers the requirements, results as reports, new entries of known failures."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from compliance.coverage import Coverage, CoverageError, as_json, checks, coverage
from compliance.report import print_summary, to_markdown
from compliance.requirements import documents
from compliance.results import compliant, constraints, differences
from compliance.results_file import ResultsError, read
from compliance.update import UpdateError, update

_KNOWN = Path("targets/known")
_DESCRIPTION = "Coverage of the specifications, reports of results, lists of known failures."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the console script; return 0, 1 (not compliant), or 2 (wrong arguments or unusable files)."""
    options = _parser().parse_args(arguments)
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        status: int = options.command(options)
    except (ResultsError, UpdateError, CoverageError) as error:
        print(f"gateway-compliance: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone; so may the rest
        return 1
    except KeyboardInterrupt:
        return 130
    return status


def _version() -> str:
    try:
        return version("gateway-compliance")
    except PackageNotFoundError:
        return "of a checkout that is not installed"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gateway-compliance", description=_DESCRIPTION, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"gateway-compliance {_version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, add, text in _COMMANDS:
        add(commands.add_parser(name, help=text, description=f"{text.capitalize()}.", allow_abbrev=False))
    return parser


def _add_requirements(parser: argparse.ArgumentParser) -> None:
    names = documents()
    parser.add_argument("--specification", metavar="NAME", choices=names, help=f"one of {', '.join(names)}")
    parser.add_argument(
        "--uncovered", action="store_true", help="list the testable statements without a check"
    )
    parser.add_argument("--checks", action="store_true", help="list the covered statements with their checks")
    parser.add_argument("--json", action="store_true", help="print it all as JSON")
    parser.set_defaults(command=_requirements)


def _add_update(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("results", type=Path, metavar="RESULTS", help="a file of --results")
    parser.add_argument(
        "--directory", type=Path, default=_KNOWN, help="the folder of the lists (%(default)s)"
    )
    parser.add_argument("--warned", action="store_true", help="also for what only warned")
    parser.set_defaults(command=_update)


def _add_report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("results", type=Path, metavar="RESULTS", help="a file of --results")
    parser.add_argument("--format", choices=("terminal", "markdown"), default="terminal")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="warnings in detail, and the rest")
    parser.add_argument("--strict", action="store_true", help="warnings decide the exit status too")
    parser.set_defaults(command=_report)


def _add_constraints(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("results", type=Path, nargs="+", metavar="RESULTS", help="a file of --results")
    parser.set_defaults(command=_constraints)


def _add_compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("results", type=Path, nargs="+", metavar="RESULTS", help="a file of --results")
    parser.set_defaults(command=_compare)


_COMMANDS = (
    ("requirements", _add_requirements, "print how many statements of each specification the checks cover"),
    ("update-known", _add_update, "list new failures as known, with a reason and a link to be filled in"),
    ("constraints", _add_constraints, "print the versions that were judged, for pip and --constraint"),
    ("compare", _add_compare, "print the checks whose verdicts differ between results; none is status 0"),
    ("report", _add_report, "print results for people; the exit status says whether they are compliant"),
)


def _report(options: argparse.Namespace) -> int:
    run = read(options.results)
    if options.format == "markdown":
        print(to_markdown(run), end="")
    else:
        print_summary(run, Console(highlight=False), options.verbose, strict=options.strict)
    return 0 if compliant(run, strict=options.strict) else 1


def _compare(options: argparse.Namespace) -> int:
    found = differences([read(path) for path in options.results])
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


def _constraints(options: argparse.Namespace) -> int:
    print(*constraints(map(read, options.results)), sep="\n")
    return 0


def _update(options: argparse.Namespace) -> int:
    if options.directory == _KNOWN and not _KNOWN.is_dir():
        raise UpdateError(f"there is no folder {_KNOWN} here; name the folder of the lists with --directory")
    plans = update(read(options.results), options.directory, warned=options.warned)
    for plan in plans:
        for name in plan.added:
            print(f"{plan.path}: added {name}")
        for name in plan.listed:
            print(f"{plan.path}: {name} is listed already; its versions or checks do not cover this failure")
    if any(plan.added for plan in plans):
        print("Fill in reason and link of each new entry; until then it excuses nothing.")
    elif not plans:
        print("no new failures")
    return 0


def _requirements(options: argparse.Namespace) -> int:
    parts = [part for part in coverage(checks()) if options.specification in (None, part.document)]
    if options.json:
        print(json.dumps(as_json(parts), indent=1))
        return 0
    console = Console(highlight=False)
    console.print(_table(parts))
    if options.checks:
        _print_covered(console, parts)
    if options.uncovered:
        _print_uncovered(console, parts)
    return 0


def _table(parts: Sequence[Coverage]) -> Table:
    table = Table(
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
        header_style="dim",
        footer_style="bold",
        show_footer=len(parts) > 1,
    )
    columns = {
        "statements": [len(part.checks) for part in parts],
        "testable": [len(part.testable) for part in parts],
        "covered": [len(part.covered) for part in parts],
        "uncovered": [len(part.uncovered) for part in parts],
        "checks": [len({check for row in part.checks.values() for check in row}) for part in parts],
    }
    table.add_column("specification", "all")
    for name, numbers in columns.items():
        table.add_column(name, str(sum(numbers)), justify="right")
    for part, *row in zip(parts, *columns.values(), strict=True):
        table.add_row(part.document, *map(str, row))
    return table


def _print_covered(console: Console, parts: Sequence[Coverage]) -> None:
    for part in (part for part in parts if part.covered):
        console.print(Text.assemble("\n", (f"{part.title}: covered", "bold")), soft_wrap=True)
        for row in part.covered:
            console.print(Text(f"  {row.id} ({row.level})"), soft_wrap=True)
            for check in part.checks[row]:
                console.print(Text(f"    {check.name}", "dim"), soft_wrap=True)


def _print_uncovered(console: Console, parts: Sequence[Coverage]) -> None:
    for part in (part for part in parts if part.uncovered):
        console.print(Text.assemble("\n", (f"{part.title}: not covered", "bold")), soft_wrap=True)
        for row in part.uncovered:
            console.print(Text.assemble(f"  {row.id} ({row.level}) ", (row.summary, "dim")), soft_wrap=True)
