"""Runs the suite as its users do: pytest in a process of its own, in a folder of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BAD = Path(__file__).parent / "servers" / "bad.py"


def gone(pid: int) -> bool:
    """Whether a process has ended, within a generous ceiling."""
    for _ in range(1000):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


@dataclass
class Outcome:
    """What a run of the suite said, and the results file that it wrote."""

    code: int
    text: str
    document: dict[str, Any] = field(default_factory=dict)

    @property
    def results(self) -> list[dict[str, Any]]:
        """The results that were written."""
        found: list[dict[str, Any]] = self.document["results"]
        return found

    def verdicts(self) -> dict[tuple[str, str, str], str]:
        """The verdict of each check on each subject."""
        return {(r["subject"], r["target"], r["check"]): r["verdict"] for r in self.results}


def command(*options: str) -> list[str]:
    """The arguments of a run of the suite, quiet and without a cache folder."""
    return [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]


def run(folder: Path, *options: str, env: Mapping[str, str] | None = None) -> Outcome:
    """Run the suite in a folder and read what it wrote; never raises for a failing run."""
    destination = folder / "results.json"
    finished = subprocess.run(
        [*command(*options), "--results", str(destination)],
        cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, timeout=600, check=False,
    )  # fmt: skip
    document = json.loads(destination.read_text()) if destination.is_file() else {}
    return Outcome(finished.returncode, finished.stdout, document)


def bad_project(folder: Path, way: str) -> Path:
    """A project in `folder` whose server `mine` is a bad one."""
    (folder / "pyproject.toml").write_text(
        f"""
[tool.compliance.servers.mine]
interface = "wsgi"
command = ["{{python}}", {json.dumps(str(BAD))}, "{way}", "{{host}}", "{{port}}"]
"""
    )
    return folder
