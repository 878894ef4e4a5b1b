"""Every check passes on the reference server and fails on a liar; every liar fails only what it names."""

import subprocess
import sys
from pathlib import Path

import pytest

from compliance import coverage, liars, matrix, results, target
from compliance.results import Result

ROOT = Path(__file__).parent.parent


def run(destination: Path, *options: str) -> list[Result]:
    """The results of a run of the suite with these options."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    finished = subprocess.run(
        [*command, "--results", str(destination)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert destination.is_file(), finished.stdout + finished.stderr
    return list(results.read(destination).results)


@pytest.mark.slow
def test_every_check_can_fail_and_every_liar_is_caught(tmp_path: Path) -> None:
    honest = run(tmp_path / "honest.json", "--target", "reference-*-bare", "-n", "2")
    lying = run(tmp_path / "lying.json", "--liars", "*", "--liars-near", "-n", "2", "--patience", "0.2")
    told = liars.catches(target.load().frameworks["bare"].app)
    checks = [check.name.rpartition("::")[2] for check in coverage.checks()]
    found = matrix.build(honest, lying, told, checks)
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    (build / "matrix.md").write_text(matrix.to_markdown(found))
    assert not found.problems, "\n".join(found.problems)
