"""Finding interpreters: by version or by path, never through a version manager's shim."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uv

from compliance.environment.model import EnvironmentUnavailable

_ASK = "import json, sys; print(json.dumps([sys.executable, sys.version.split()[0].rstrip('+')]))"
_VERSION = re.compile(r"\d+\.\d+(\.\d+)?")
_SECONDS = 30


@dataclass(frozen=True)
class Interpreter:
    """An interpreter's own path, and its version such as "3.11.7"."""

    path: Path
    version: str


def current() -> Interpreter:
    """The interpreter that runs the suite."""
    return Interpreter(Path(sys.executable), sys.version.split()[0].rstrip("+"))


def is_current(wish: str) -> bool:
    """Whether a version or path that was asked for is the interpreter that runs the suite."""
    if is_path(wish):
        return Path(wish).expanduser().absolute() == Path(sys.executable).absolute()
    return _matches(current().version, wish)


def is_path(wish: str) -> bool:
    """Whether what was asked for is a path rather than a version."""
    return os.sep in wish or wish.startswith("~")


def find(wish: str | None) -> Interpreter:
    """The interpreter of a version such as "3.8" or of a path; the current one for None.

    EnvironmentUnavailable where there is none.
    """
    if wish is None or is_current(wish):
        return current()
    if is_path(wish):
        return _at(Path(wish).expanduser(), wish)
    for candidate in _candidates(wish):
        found = _ask(candidate)
        if found is not None and _matches(found.version, wish):
            return found
    raise EnvironmentUnavailable(
        f"there is no Python {wish} on this machine: not on PATH, not among those of pyenv, and uv knows "
        f"none; 'uv python install {wish}' installs one, and --python also takes a path"
    )


def _at(path: Path, wish: str) -> Interpreter:
    found = _ask(path) if path.is_file() else None
    if found is None:
        why = "does not run as a Python interpreter" if path.exists() else "does not exist"
        raise EnvironmentUnavailable(f"--python {wish}: {why}")
    return found


def _matches(version: str, wish: str) -> bool:
    """Whether a version is one of those asked for; what is no version (pypy3.10) is left to uv."""
    parts = wish.split(".")
    return not _VERSION.fullmatch(wish) or version.split(".")[: len(parts)] == parts


def _candidates(wish: str) -> Iterator[Path]:
    yield from _of_pyenv(wish)
    yield from _of_uv(wish)
    on_path = shutil.which(f"python{'.'.join(wish.split('.')[:2])}")
    if on_path:
        yield Path(on_path)


def _of_pyenv(wish: str) -> Iterator[Path]:
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    folders = [*versions.glob(wish), *versions.glob(f"{wish}.*")] if _VERSION.fullmatch(wish) else []
    for folder in sorted(folders, key=_newest, reverse=True):
        yield folder / "bin" / "python"


def _newest(folder: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", folder.name)]


def _of_uv(wish: str) -> Iterator[Path]:
    command = [uv.find_uv_bin(), "python", "find", "--system", "--no-python-downloads", "--no-project", wish]
    with contextlib.suppress(subprocess.SubprocessError):
        answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=_SECONDS)
        yield Path(answer.stdout.strip())


def _ask(path: Path) -> Interpreter | None:
    """Run an interpreter for its own path and version, which sees through a shim."""
    try:
        command = [str(path), "-I", "-c", _ASK]
        answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=_SECONDS)
        executable, version = json.loads(answer.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return Interpreter(Path(executable), version)
