"""Measures runs of the suite and says where the time goes: `python benchmarks/run.py uvicorn-bare …`.

Each target is run once to fill the caches, then a few times; the median run is taken apart. Times are
seconds. "starts" and "stops" are what the run waited for them, "waiting" is the time inside of checks in
reads that had to wait for the target, "exchanges" the rest of the time inside of checks, "pytest" all else.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

PARTS = ("pytest", "starts", "stops", "exchanges", "waiting")


def run(target: str, workers: str, profile: Path) -> tuple[float, dict[str, float]]:
    """Wall seconds of one run, and the seconds of its parts as the suite itself recorded them."""
    profile.unlink(missing_ok=True)
    options = ["--target", target, "-n", workers, "-q", "-p", "no:cacheprovider"]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        env=environment | {"COMPLIANCE_PROFILE": str(profile)},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    wall = time.perf_counter() - began
    return wall, parts(wall, profile)


def parts(wall: float, profile: Path) -> dict[str, float]:
    """Sum what the profile says by part; what is left of the wall time is pytest's own."""
    sums = dict.fromkeys(PARTS, 0.0)
    for line in profile.read_text().splitlines() if profile.is_file() else []:
        part, seconds = line.split()
        sums[part] = sums.get(part, 0.0) + float(seconds)
    sums["pytest"] = max(0.0, wall - sums["exchanges"] - sums["starts"] - sums["stops"])
    sums["exchanges"] = max(0.0, sums["exchanges"] - sums["waiting"])
    return sums


def main() -> None:
    """Print a row for each target."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="*", default=["uvicorn-bare", "uvicorn-fastapi"])
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each target")
    parser.add_argument("-n", default="0", help="xdist workers")
    options = parser.parse_args()
    table = Table("target", "median", "min", "max", *PARTS)
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder) / "profile"
        for target in options.targets:
            run(target, options.n, profile)
            runs = sorted(
                (run(target, options.n, profile) for _ in range(options.runs)), key=lambda one: one[0]
            )
            walls = [wall for wall, _ in runs]
            middle = runs[len(runs) // 2][1]
            figures = (statistics.median(walls), walls[0], walls[-1], *(middle[part] for part in PARTS))
            table.add_row(target, *(f"{figure:.2f}" for figure in figures))
    Console(width=None if sys.stdout.isatty() else 120).print(table)


if __name__ == "__main__":
    main()
