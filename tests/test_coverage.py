"""Coverage: which checks cite which requirement, read from their source."""

from pathlib import Path

import pytest

from compliance.coverage import Check, CoverageError, as_json, checks, coverage
from compliance.requirements import Citation, documents, get

MUST = "asgi.http.connection.scope_per_request"
BOTH = '''"""Checks."""

@requirement(wsgi="wsgi.callable.positional_app", asgi="{must}", definite=True, needs=("tls",))
def test_on_both(server):
    """A check."""

@pytest.mark.parametrize("x", [1])
@requirements.requirement("{must}")
def test_on_one(server, x):
    """A check."""

def helper():
    """No check."""
'''.replace("{must}", MUST)


def write(folder: Path, source: str, name: str = "asgi_server/test_scope.py") -> Path:
    """Write one file of checks and return the folder of checks."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(source, encoding="utf-8")
    return folder


def test_citations_are_read_from_the_source(tmp_path: Path) -> None:
    """Whatever the decorator is called through, and without importing anything."""
    folder = write(write(tmp_path, BOTH), "raise SystemExit", "asgi_server/helpers.py")
    both = Citation(None, "wsgi.callable.positional_app", MUST, definite=True, needs=())
    one = Citation(MUST, None, None, definite=False, needs=())
    path = "asgi_server/test_scope.py"
    assert checks(folder) == [Check(path, "test_on_both", 4, both), Check(path, "test_on_one", 9, one)]
    assert checks(folder)[0].name == "asgi_server/test_scope.py::test_on_both"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def test_x(): ...", r"test_scope\.py:1: test_x cites no requirement"),
        (
            "@requirement('a.b')\ndef test_x(): ...",
            r"test_scope\.py:1: no specification has a requirement 'a\.b'",
        ),
        ("@requirement(NAME)\ndef test_x(): ...", "cannot read the citation"),
        ("@requirement(**NAMES)\ndef test_x(): ...", "cannot read the citation"),
        ("@requirement()\ndef test_x(): ...", "cites either one requirement"),
        ("@requirement(id='x', no=1)\ndef test_x(): ...", "unexpected keyword"),
        ("def test_x(:", "invalid syntax|expected"),
        ("\x00", "null byte"),
    ],
)
def test_checks_that_cannot_be_read_are_an_error(tmp_path: Path, source: str, words: str) -> None:
    """The message names file and line."""
    with pytest.raises(CoverageError, match=words):
        checks(write(tmp_path, source))


def test_coverage_counts_testable_statements(tmp_path: Path) -> None:
    """Each statement with its checks, each document with its numbers."""
    parts = {part.document: part for part in coverage(checks(write(tmp_path, BOTH)))}
    http = parts["asgi-http"]
    assert [check.function for check in http.checks[get(MUST)]] == ["test_on_both", "test_on_one"]
    assert http.covered == [get(MUST)]
    assert len(http.uncovered) == len(http.testable) - 1
    assert parts["rfc9112"].covered == []
    assert all(not row.testable for row in set(http.checks) - set(http.testable))


def test_the_json_has_every_statement(tmp_path: Path) -> None:
    """Counts agree with the rows."""
    found = as_json(coverage(checks(write(tmp_path, BOTH))))["specifications"]
    assert [part["name"] for part in found] == documents()
    for part in found:
        rows = [row for row in part["requirements"] if row["testable"]]
        assert (part["statements"], part["testable"]) == (len(part["requirements"]), len(rows))
        assert part["covered"] == len([row for row in rows if row["checks"]])


def test_every_check_of_the_suite_can_be_read() -> None:
    """Each cites requirements that exist, in literals."""
    found = checks()
    assert len({check.name for check in found}) == len(found)
