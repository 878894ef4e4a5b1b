"""Which requirements the checks cover, read from the source of the checks: nothing is imported."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from compliance.requirements import (
    Citation,
    Requirement,
    UnknownRequirement,
    all_requirements,
    citation,
    get,
    requirement,
)

CHECKS: Final = Path(__file__).with_name("checks")


class CoverageError(Exception):
    """The checks cannot be read; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its file below the folder of checks, its function and line, and what it cites."""

    path: str
    function: str
    line: int
    citation: Citation

    @property
    def name(self) -> str:
        """The name that results use, without row and subject."""
        return f"{self.path}::{self.function}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """The requirements of one document with the checks that cite each; `title` is the specification's."""

    document: str
    title: str
    checks: dict[Requirement, tuple[Check, ...]]

    @property
    def testable(self) -> list[Requirement]:
        """The requirements that a check can prove."""
        return [row for row in self.checks if row.testable]

    @property
    def covered(self) -> list[Requirement]:
        """The testable requirements that some check cites."""
        return [row for row in self.testable if self.checks[row]]

    @property
    def uncovered(self) -> list[Requirement]:
        """The testable requirements that no check cites."""
        return [row for row in self.testable if not self.checks[row]]


def checks(folder: Path = CHECKS) -> list[Check]:
    """Return every check below a folder, sorted by file; raises CoverageError.

    A check is a function `test_…` of a file `test_….py`; without a citation it is an error.
    """
    return [check for path in sorted(folder.rglob("test_*.py")) for check in _read(path, folder)]


def _read(path: Path, folder: Path) -> Iterator[Check]:
    try:
        tree = ast.parse(path.read_bytes(), str(path))
    except (OSError, SyntaxError, ValueError) as error:
        raise CoverageError(f"{path}: {error}") from error
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            name = path.relative_to(folder).as_posix()
            yield Check(name, node.name, node.lineno, _citation(node, path))


def _citation(node: ast.FunctionDef | ast.AsyncFunctionDef, path: Path) -> Citation:
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and _called(decorator) == "requirement":
            return _literal(decorator, path)
    raise CoverageError(f"{path}:{node.lineno}: {node.name} cites no requirement")


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _literal(call: ast.Call, path: Path) -> Citation:
    """Evaluate what the decorator cites, in literals that can be read without an import.

    `needs` does not matter here, and may be a constant of the module.
    """
    try:
        cited = [word for word in call.keywords if word.arg != "needs"]
        given: dict[str, Any] = {word.arg or "**": ast.literal_eval(word.value) for word in cited}
        found = citation(requirement(*map(ast.literal_eval, call.args), **given)(lambda: None))
    except (ValueError, TypeError) as error:
        raise CoverageError(f"{path}:{call.lineno}: cannot read the citation: {error}") from error
    if found is None:
        raise CoverageError(f"{path}:{call.lineno}: cites nothing")
    return _existing(found, f"{path}:{call.lineno}")


def _existing(cited: Citation, where: str) -> Citation:
    try:
        for identifier in cited.ids():
            get(identifier)
    except UnknownRequirement as error:
        raise CoverageError(f"{where}: {error}") from error
    return cited


def coverage(found: Iterable[Check]) -> list[Coverage]:
    """Return the coverage of every document by some checks, in the order of the documents."""
    citing: dict[str, list[Check]] = {}
    for check in found:
        for identifier in check.citation.ids():
            citing.setdefault(identifier, []).append(check)
    rows: dict[str, list[Requirement]] = {}
    for row in all_requirements():
        rows.setdefault(row.document, []).append(row)
    return [
        Coverage(document, part[0].specification, {row: tuple(citing.get(row.id, ())) for row in part})
        for document, part in rows.items()
    ]


def as_json(parts: Sequence[Coverage]) -> dict[str, Any]:
    """Return the coverage for machines: counts by document, and each statement with its checks."""
    return {
        "specifications": [
            {
                "name": part.document,
                "title": part.title,
                "statements": len(part.checks),
                "testable": len(part.testable),
                "covered": len(part.covered),
                "requirements": [_row(row, citing) for row, citing in part.checks.items()],
            }
            for part in parts
        ]
    }


def _row(row: Requirement, citing: Sequence[Check]) -> dict[str, Any]:
    return {
        "id": row.id,
        "section": row.section,
        "level": row.level,
        "implicit": row.implicit,
        "party": row.party,
        "summary": row.summary,
        "testable": row.testable,
        "ambiguity": list(row.ambiguity),
        "checks": [check.name for check in citing],
    }
