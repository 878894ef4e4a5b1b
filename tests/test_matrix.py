"""Every check passes on the reference server and fails on a liar; every liar fails only what it names."""

import subprocess
import sys
from pathlib import Path

import pytest

from compliance import coverage, liars, matrix, results_file, target
from compliance.results import Result

ROOT = Path(__file__).parent.parent
HONEST = ("--target", "reference-*-bare", "--target", "reference-wsgi-passthrough")


def run(destination: Path, *options: str) -> list[Result]:
    """The results of a run of the suite with these options."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    finished = subprocess.run(
        [*command, "--results", str(destination)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert destination.is_file(), finished.stdout + finished.stderr
    return list(results_file.read(destination).results)


def told() -> dict[str, tuple[str, ...]]:
    """The checks that each liar names."""
    return liars.catches(target.load())


def test_every_check_is_named_by_a_liar() -> None:
    named = {name for names in told().values() for name in names}
    unproved = sorted(check.name for check in coverage.checks() if check.function not in named)
    assert not unproved, f"a new check needs a liar: {unproved}"


@pytest.mark.slow
def test_the_reference_passes_every_check(tmp_path: Path) -> None:
    honest = run(tmp_path / "honest.json", *HONEST, "-n", "2")
    bad = [f"{r.target}: {r.check} {r.verdict}: {r.message}" for r in honest if r.verdict in matrix.BAD]
    assert not bad, "\n".join(bad)


@pytest.mark.matrix
def test_every_check_can_fail_and_every_liar_is_caught(tmp_path: Path) -> None:
    honest = run(tmp_path / "honest.json", *HONEST, "-n", "2")
    near = ("--liars", "*", "--liars-near", "--patience", "0.2")
    lying = run(tmp_path / "lying.json", *near, "-n", "2")
    checks = [check.function for check in coverage.checks()]
    found = matrix.build(honest, lying, told(), checks)
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    (build / "matrix.md").write_text(matrix.to_markdown(found))
    assert not found.problems, "\n".join(found.problems)
