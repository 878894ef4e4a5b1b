"""Runs targets again and again; prints verdicts that differ: `python benchmarks/agree.py '*-bare' --runs 10`.

Each target of each run is a pytest of its own, a few at the same time. Results files stay in the folder: what
is there is not run again, so that an interrupted series goes on. The exit status is 1 if a verdict differs, a
check is judged in some runs only or fails without being listed, or a run breaks off.
"""

import argparse
import itertools
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from compliance.results import compliant, differences
from compliance.results_file import ResultsError, read
from compliance.target import load


def judge(target: str, options: Sequence[str], results: Path) -> None:
    """Judge one target, unless its results are there; pytest's own output stays beside them."""
    if results.is_file():
        return
    results.parent.mkdir(parents=True, exist_ok=True)
    words = ["--target", target, "-q", "-p", "no:cacheprovider", "--results", str(results), *options]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    began = time.monotonic()
    with results.with_suffix(".log").open("wb") as log:
        command = [sys.executable, "-m", "pytest", *words]
        status = subprocess.run(
            command, env=environment, stdout=log, stderr=subprocess.STDOUT, check=False
        ).returncode
    print(f"{results.parent.name} {target}: status {status}, {time.monotonic() - began:.0f} s", flush=True)


def compared(files: Sequence[Path]) -> Iterator[str]:
    """What is to be said of the runs of one target."""
    try:
        runs = [read(path) for path in files]
    except ResultsError as error:
        yield str(error)
        return
    yield from differences(runs)
    if len({len(run.results) for run in runs}) > 1:
        yield f"{files[0].stem}: not as many checks in each run: {[len(run.results) for run in runs]}"
    for path, run in zip(files, runs, strict=True):
        if not compliant(run):
            yield f"{path}: a failure that is not listed, or the run broke off"


def options() -> argparse.Namespace:
    """The words of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="+", help="names or patterns")
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="targets at the same time")
    parser.add_argument("--folder", type=Path, default=Path("build/agree"), help="where results are kept")
    parser.add_argument("--constraint", default="targets/judged.txt", help="the versions that are judged")
    return parser.parse_args()


def main() -> int:
    """Run, and print what differs."""
    chosen = options()
    names = [target.name for target in load().select(chosen.targets)]
    folders = [chosen.folder / f"run{number}" for number in range(1, chosen.runs + 1)]
    words = ["--installable", "--constraint", chosen.constraint]
    with ThreadPoolExecutor(chosen.jobs) as pool:
        for folder, name in itertools.product(folders, names):
            pool.submit(judge, name, words, folder / f"{name}.json")
    lines = [line for name in names for line in compared([folder / f"{name}.json" for folder in folders])]
    print(*lines, f"{len(names)} targets, {chosen.runs} runs, {len(lines)} differences", sep="\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
