"""Every target is a tox environment, without a list that somebody has to keep."""

import subprocess
import sys
from pathlib import Path

from compliance import target

ROOT = Path(__file__).parent.parent
TOX = [sys.executable, "-m", "tox"]


def test_every_target_is_an_environment(tmp_path: Path) -> None:
    finished = subprocess.run(
        [*TOX, "-a", "-q", "--workdir", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    listed = set(finished.stdout.split())
    names = {found.name for found in target.load().targets()}
    assert names <= listed, finished.stdout + finished.stderr
    assert {"lint", "types", "tests"} <= listed


def test_an_environment_runs_its_target(tmp_path: Path) -> None:
    finished = subprocess.run(
        [*TOX, "config", "-e", "uvicorn-fastapi", "-k", "commands", "--workdir", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "pytest --target uvicorn-fastapi" in finished.stdout, finished.stdout + finished.stderr
