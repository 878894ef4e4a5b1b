"""wsgiref.validate and the lint, over the same applications and servers: where they agree, and where not."""

import sys
from pathlib import Path
from typing import Any
from wsgiref.validate import WSGIWarning, validator

import pytest
from wsgi_applications import APPLICATIONS
from wsgi_samples import Failed, Refused, Spoiled, good
from wsgi_servers import SERVERS

from compliance.lint import wsgi

ROWS = [*APPLICATIONS, *SERVERS]
DOCS = Path(__file__).parents[1] / "docs" / "lint.md"


def verdict(spoiled: Spoiled, monkeypatch: pytest.MonkeyPatch) -> str:
    """What wsgiref.validate does about it."""
    dropped: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda found: dropped.append(type(found.exc_value)))
    error = spoiled.server(spoiled.changes).play(validator(spoiled.app)).error
    if isinstance(error, AssertionError) or AssertionError in dropped:
        return "refuses"
    if error is None or isinstance(error, Refused | Failed):
        return "passes"
    return "warns" if isinstance(error, WSGIWarning) else "crashes"


@pytest.mark.parametrize("spoiled", ROWS, ids=str)
def test_what_wsgiref_validate_does(spoiled: Spoiled, monkeypatch: pytest.MonkeyPatch) -> None:
    """The column `validate` of the tables is true."""
    assert verdict(spoiled, monkeypatch) == spoiled.validate


@pytest.mark.parametrize("spoiled", [row for row in ROWS if row.agreed], ids=str)
def test_where_both_agree(spoiled: Spoiled, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one of them objects to, the other does too."""
    lint = wsgi.Lint(spoiled.app)
    spoiled.server(spoiled.changes).play(lint)
    assert bool(lint.violations) == (verdict(spoiled, monkeypatch) != "passes")


@pytest.mark.parametrize("spoiled", [row for row in ROWS if not row.agreed], ids=str)
def test_where_they_do_not_agree_is_written_up(spoiled: Spoiled) -> None:
    """Each row on which wsgiref.validate is wrong is in the documentation, by its name."""
    assert f"| {spoiled.name} |" in DOCS.read_text(encoding="utf-8")


def test_nothing_else_is_written_up() -> None:
    """No row of the documentation's tables is without one here."""
    section = DOCS.read_text(encoding="utf-8").partition("## wsgiref.validate")[2]
    told = [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("| ")]
    assert sorted(set(told) - {"what", "---"}) == sorted(row.name for row in ROWS if not row.agreed)


def test_the_names_of_rows_are_unique() -> None:
    """A name stands for one row."""
    assert len({row.name for row in ROWS}) == len(ROWS)


def test_both_accept_what_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """The application and the server that are not spoiled."""
    assert verdict(Spoiled("right", (), "passes", good), monkeypatch) == "passes"
