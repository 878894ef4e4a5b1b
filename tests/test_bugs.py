"""Real bugs as a touchstone: a general check fails on a release that has one, and passes where it is mended.

The releases are installed, so this is asked for by `-m bugs`; interpreters that are missing skip theirs.
"""

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from compliance import results

BUGS = tomllib.loads(Path(__file__).with_name("bugs.toml").read_text())["bug"]
FAILING = {"failed", "warned", "known"}


def failing(bug: dict[str, Any], releases: list[str], destination: Path) -> set[str]:
    """The functions of the checks of a bug that fail on these releases."""
    options = [f"--target={bug['server']}-bare", f"--python={bug['python']}", f"--results={destination}"]
    options += [f"--check={name}" for name in bug["checks"]] + [f"--with={each}" for each in releases]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    finished = subprocess.run(command, cwd=destination.parent, capture_output=True, text=True, check=False)
    if "there is no Python" in finished.stdout:
        pytest.skip(f"Python {bug['python']} is not installed")
    run = results.read(destination)
    errors = [result.message for result in run.results if result.verdict == "error"]
    assert run.results, finished.stdout
    assert not errors, errors
    return {
        result.check.partition("[")[0].rpartition("::")[2]
        for result in run.results
        if result.verdict in FAILING
    }


@pytest.mark.bugs
@pytest.mark.parametrize("bug", BUGS, ids=[bug["name"] for bug in BUGS])
def test_the_checks_of_a_bug_tell_the_releases_apart(bug: dict[str, Any], tmp_path: Path) -> None:
    assert failing(bug, bug["buggy"], tmp_path / "buggy.json") == set(bug["checks"])
    assert failing(bug, bug["fixed"], tmp_path / "fixed.json") == set()
