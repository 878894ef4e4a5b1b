"""What is judged beyond the letter: behaviours that other suites know, and doubts of the text."""

import inspect
import tomllib
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from compliance import coverage, requirements
from compliance.requirements import consequence

BEHAVIOURS = tomllib.loads(Path(__file__).with_name("behaviours.toml").read_text(encoding="utf-8"))
SPEC = Path(requirements.__file__).with_name("spec")
AMBIGUITIES = tomllib.loads((SPEC / "ambiguities.toml").read_text(encoding="utf-8"))["ambiguity"]
CHECKS = coverage.checks()
OF_ASGI = [each for each in AMBIGUITIES if any(name.startswith("asgi.") for name in each["requirements"])]
UNOBSERVED = {
    "AMB-05": "needs HTTP/3, which the suite does not speak",
    "AMB-35": "shutdown before what runs has ended is no doubt, but a failure",
}


def function(check: coverage.Check) -> Callable[..., Any]:
    """The function of a check."""
    name = "compliance.checks." + check.path.removesuffix(".py").replace("/", ".")
    found: Callable[..., Any] = getattr(import_module(name), check.function)
    return found


def records(check: coverage.Check) -> bool:
    """Whether a check records what it sees, or fails without harm because the text is in doubt."""
    observes = "observe" in inspect.signature(function(check)).parameters
    rows = [requirements.get(name) for name in check.citation.ids()]
    return observes or any(consequence(row) == "observed" for row in rows if not check.citation.definite)


def test_every_behaviour_has_checks_that_exist_or_a_reason() -> None:
    """A check that is renamed or removed is missed."""
    known = {check.function for check in CHECKS}
    for name, row in BEHAVIOURS.items():
        assert row["what"], name
        assert row.get("checks") or row.get("reason"), name
        assert set(row.get("checks", ())) <= known, name


@pytest.mark.parametrize("ambiguity", OF_ASGI, ids=[each["id"] for each in OF_ASGI])
def test_every_doubt_of_asgi_is_observed_with_what_was_seen(ambiguity: dict[str, Any]) -> None:
    """For each ambiguity some check of its requirements records the value, or it says here why none does."""
    of_it = set(ambiguity["requirements"])
    found = [check for check in CHECKS if of_it & set(check.citation.ids())]
    assert any(map(records, found)) or ambiguity["id"] in UNOBSERVED
