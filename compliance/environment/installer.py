"""uv, called for one environment at a time, and its errors in our words."""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.request import url2pathname

import uv
from packaging.requirements import Requirement

from compliance.environment.model import EnvironmentUnavailable

_UNREACHABLE = re.compile(
    r"error sending request|network was disabled|network connectivity is disabled", re.IGNORECASE
)
_TAIL = 25
_FOREIGN = (
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "PYTHONPATH",
    "PYTHONHOME",
    "UV_SYSTEM_PYTHON",
    "UV_PYTHON",
    "UV_TARGET",
)


def install(
    folder: Path, python: Path, base: Path, requires: Sequence[str], constraints: Sequence[Path], title: str
) -> None:
    """Make an environment in a folder from a base interpreter; `python` is its interpreter then.

    EnvironmentUnavailable tells no network, no such version and a failed build apart.
    """
    made = _uv(folder.parent, "venv", "--quiet", "--no-project", "--python", str(base), str(folder))
    if made.returncode != 0:
        raise EnvironmentUnavailable(f"{title}: no environment can be made:\n{_tail(made.stdout)}")
    if not requires:
        return
    arguments = ("pip", "install", "--compile-bytecode", "--python", str(python), *_arguments(requires))
    arguments += tuple(f"--constraint={path.absolute()}" for path in constraints)
    done = _uv(folder.parent, *arguments)
    if done.returncode != 0 and _UNREACHABLE.search(done.stdout):
        offline = _uv(folder.parent, *arguments, "--offline")  # uv may still have all of it in its own cache
        if offline.returncode == 0:
            return
        raise EnvironmentUnavailable(
            f"{title}: not installed here, no cached environment exists, and the package index was not "
            f"reachable: {_last(done.stdout)}"
        )
    if done.returncode != 0:
        raise EnvironmentUnavailable(f"{title}: cannot be installed:\n{_tail(done.stdout)}")


def _arguments(requires: Sequence[str]) -> Iterator[str]:
    """What uv is to install; a folder that somebody works in is not copied, so that it never gets old."""
    for requirement in map(Requirement, requires):
        folder = url2pathname(requirement.url.removeprefix("file://")) if requirement.url else ""
        if folder and Path(folder).is_dir():
            extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
            yield f"--editable={folder}{extras}"
        else:
            yield str(requirement)


def _uv(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run uv where no project's configuration is found, with both its outputs in stdout."""
    environment = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    return subprocess.run(
        [uv.find_uv_bin(), "--color", "never", "--no-progress", *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )


def _tail(output: str) -> str:
    return "\n".join(output.rstrip().splitlines()[-_TAIL:])


def _last(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip() and not line.startswith("hint:")]
    return lines[-1].removeprefix("cause: ") if lines else "uv said nothing"
