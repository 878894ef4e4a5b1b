"""Real bugs as a touchstone: a general check fails on a release that has one, and passes where it is mended.

A row names its `checks`, or rows of them, "test_x[row]". Where no specification judges the difference,
`observes` has for such a name what is measured on the buggy release and on the fixed one; None, which TOML
does not have, is "None". Where the buggy release does not get so far, `preflight` is a part of what the suite
says about it; the checks pass on the fixed one.

Old releases may be there as an archive that uv does not take: pip makes a wheel of the requirement that
`builds` names, with the `tools` of its time.

The releases are installed, so this is asked for by `-m bugs`; interpreters that are missing skip theirs.
"""

import glob
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from compliance import environment, results_file
from compliance.environment import EnvironmentUnavailable, Wishes, isolated
from compliance.results import Result

Bug = dict[str, Any]
BUGS: list[Bug] = tomllib.loads(Path(__file__).with_name("bugs.toml").read_text())["bug"]
FAILING = {"failed", "warned", "known"}


def rows(kind: str) -> pytest.MarkDecorator:
    """Run a test for each bug of a kind: "preflight", "observes", or else "checks"."""
    kinds = {bug["name"]: next(k for k in ("preflight", "observes", "checks") if k in bug) for bug in BUGS}
    chosen = [pytest.param(bug, id=bug["name"]) for bug in BUGS if kinds[bug["name"]] == kind]
    return pytest.mark.parametrize("bug", chosen)


def wheel(bug: Bug, requirement: str) -> str:
    """The requirement, or where it is the one that pip has to build, the wheel that it names."""
    name = requirement.partition("==")[0]
    if name != bug.get("builds"):
        return requirement
    folder = isolated.cache().with_name("wheels") / f"{requirement}-py{bug['python']}"
    if not list(folder.glob("*.whl")):
        try:
            python = environment.provide(bug["tools"], Wishes(python=bug["python"], isolated=True)).python
        except EnvironmentUnavailable as unavailable:
            pytest.skip(str(unavailable))
        options = ["--quiet", "--no-build-isolation", "--no-deps", f"--wheel-dir={folder}"]
        subprocess.run([python, "-m", "pip", "wheel", *options, requirement], check=True)
    return f"{name} @ {next(folder.glob('*.whl')).as_uri()}"


def judged(bug: Bug, which: str, folder: Path) -> Sequence[Result]:
    """What the checks of a bug say about its "buggy" or "fixed" releases."""
    destination = folder / f"{which}.json"
    names = {glob.escape(name) for name in [*bug.get("checks", []), *bug.get("observes", {})]}
    options = [f"--target={bug['server']}-bare", f"--python={bug['python']}", f"--results={destination}"]
    options += [f"--check={name}" for name in sorted(names)] + [
        f"--with={wheel(bug, each)}" for each in bug[which]
    ]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    finished = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if "there is no Python" in finished.stdout:
        pytest.skip(f"Python {bug['python']} is not installed")
    found = results_file.read(destination).results
    assert found, finished.stdout
    return found


def errors(found: Sequence[Result]) -> list[str]:
    """What kept the suite from judging."""
    return [result.message for result in found if result.verdict == "error"]


def failing(bug: Bug, found: Sequence[Result]) -> set[str]:
    """Those of the bug's checks that fail, by the names that it gives them."""
    assert not errors(found), errors(found)
    failed = {result.check.rpartition("::")[2] for result in found if result.verdict in FAILING}
    return (failed | {name.partition("[")[0] for name in failed}) & set(bug["checks"])


def observed(bug: Bug, found: Sequence[Result]) -> dict[str, Any]:
    """What the bug's checks have measured, by the names that it gives them."""
    assert not errors(found), errors(found)
    named = {result.check.rpartition("::")[2]: result.observed for result in found}
    return {name: "None" if named[name] is None else named[name] for name in bug["observes"]}


@pytest.mark.bugs
@rows("checks")
def test_the_checks_of_a_bug_tell_the_releases_apart(bug: Bug, tmp_path: Path) -> None:
    assert failing(bug, judged(bug, "buggy", tmp_path)) == set(bug["checks"])
    assert failing(bug, judged(bug, "fixed", tmp_path)) == set()


@pytest.mark.bugs
@rows("observes")
def test_what_is_observed_of_a_bug_tells_the_releases_apart(bug: Bug, tmp_path: Path) -> None:
    assert observed(bug, judged(bug, "buggy", tmp_path)) == {
        name: seen[0] for name, seen in bug["observes"].items()
    }
    assert observed(bug, judged(bug, "fixed", tmp_path)) == {
        name: seen[1] for name, seen in bug["observes"].items()
    }


@pytest.mark.bugs
@rows("preflight")
def test_the_pre_flight_refuses_a_release_with_a_bug(bug: Bug, tmp_path: Path) -> None:
    assert bug["preflight"] in errors(judged(bug, "buggy", tmp_path))[0]
    assert failing(bug, judged(bug, "fixed", tmp_path)) == set()
