"""Isolated environments: made by uv, kept in a cache folder, complete when their marker file says so."""

import contextlib
import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import filelock
import platformdirs
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from compliance.environment import installer, interpreter
from compliance.environment.model import Environment, EnvironmentUnavailable
from compliance.environment.wishes import allows

CACHE = "COMPLIANCE_CACHE"
"""The environment variable that names another cache folder."""

_LAYOUT = 1  # counts up when environments of an older suite are of no use any more
_MARKER = "compliance.json"
_SINCE = "COMPLIANCE_REFRESHED"
_SCRIPTS, _PYTHON = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")


def cache() -> Path:
    """The folder of all isolated environments."""
    own = os.environ.get(CACHE)
    return Path(own or platformdirs.user_cache_dir("gateway-compliance")).absolute() / "environments"


@dataclass(frozen=True)
class Place:
    """Where the environment of some requirements and an interpreter is, once it is made."""

    folder: Path
    requires: tuple[str, ...]
    wish: str | None
    constraints: tuple[Path, ...] = ()

    @classmethod
    def of(cls, requires: Sequence[str], wish: str | None, constraints: Sequence[Path] = ()) -> "Place":
        """The place for requirements, and for a version or path of Python; None is the current one.

        The text of the constraints decides about it too. EnvironmentUnavailable if that cannot be read.
        """
        if wish is None or interpreter.is_current(wish):
            key, wish = f"{sys.base_prefix} {sys.version}", None
        else:
            key = os.path.abspath(os.path.expanduser(wish)) if interpreter.is_path(wish) else wish  # noqa: PTH100, PTH111
        parts = [_LAYOUT, key, *sorted(requires), *map(_text, constraints)]
        digest = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:10]
        names = (
            "-".join(canonicalize_name(Requirement(each).name) for each in requires)[:60].rstrip("-")
            or "empty"
        )
        version = _readable(wish)
        return cls(cache() / f"{names}-{version}-{digest}", tuple(requires), wish, tuple(constraints))

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / _SCRIPTS / _PYTHON

    @property
    def title(self) -> str:
        """What it holds, for people."""
        version = self.wish or ".".join(map(str, sys.version_info[:2]))
        return f"{', '.join(self.requires) or 'no packages'} for Python {version}"

    def complete(self) -> Environment | None:
        """The environment, if it is made and its interpreter is still there."""
        try:
            marker = json.loads((self.folder / _MARKER).read_text(encoding="utf-8"))
            version, versions = marker["python"], marker["versions"]
        except (OSError, ValueError, KeyError):
            return None
        if not os.access(self.python, os.X_OK):
            return None
        return Environment(self.python, version, versions, isolated=True)


def _text(constraint: Path) -> str:
    try:
        return constraint.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise EnvironmentUnavailable(f"--constraint {constraint}: cannot be read: {error}") from error


def _readable(wish: str | None) -> str:
    version = wish or ".".join(map(str, sys.version_info[:2]))
    return "py" + re.sub(r"[^\w.]+", "-", version.strip("/~")).removeprefix("python")[-20:]


def provide(place: Place, specifier: str, *, refresh: bool, say: Callable[[str], None]) -> Environment:
    """The environment of a place, made unless it is complete; others that want the same one wait.

    EnvironmentUnavailable where Python or a package cannot be had, or `specifier` does not allow the Python.
    """
    since = _refreshed() if refresh else 0.0
    found = _kept(place, since)
    if found is None:
        with _alone(place):
            found = _kept(place, since)
            if found is None:
                return _make(place, specifier, say)
    allows(specifier, found.version)
    say(f"runs in an isolated environment: {place.title}")
    return found


@contextlib.contextmanager
def _alone(place: Place) -> Generator[None]:
    """Keep other processes from making the same environment; a full disk is the user's to know."""
    try:
        place.folder.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(f"{place.folder}.lock"):
            yield
    except OSError as error:
        raise EnvironmentUnavailable(f"{place.title}: no environment can be made: {error}") from error


def _refreshed() -> float:
    """When this run was asked to refresh: what was made since is new enough, also for its other processes."""
    return float(os.environ.setdefault(_SINCE, str(time.time())))


def _kept(place: Place, since: float) -> Environment | None:
    found = place.complete()
    return found if found is not None and (place.folder / _MARKER).stat().st_mtime >= since else None


def _make(place: Place, specifier: str, say: Callable[[str], None]) -> Environment:
    python = interpreter.find(place.wish)
    allows(specifier, python.version)
    say(f"installing {place.title} …")
    start = time.monotonic()
    with _replaced(place.folder):
        installer.install(
            place.folder, place.python, python.path, place.requires, place.constraints, place.title
        )
        made = _finish(place, python.version)
    say(f"installed {place.title} in {time.monotonic() - start:.1f} s")
    return made


@contextlib.contextmanager
def _replaced(folder: Path) -> Generator[None]:
    """Put a folder aside while a new one is made, and back if that fails."""
    aside = Path(f"{folder}.old")
    shutil.rmtree(aside, ignore_errors=True)
    if folder.exists():
        folder.rename(aside)
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if aside.exists():
            aside.rename(folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _finish(place: Place, version: str) -> Environment:
    versions = _versions(place.folder)
    marker = {"python": version, "requires": place.requires, "versions": versions}
    (place.folder / _MARKER).write_text(json.dumps(marker, indent=1), encoding="utf-8")
    return Environment(place.python, version, versions, isolated=True)


def _versions(folder: Path) -> dict[str, str]:
    packages = [str(path) for path in (*folder.glob("lib/*/site-packages"), folder / "Lib" / "site-packages")]
    found = importlib.metadata.distributions(path=packages)
    return {canonicalize_name(each.metadata["Name"]): each.version for each in found}
