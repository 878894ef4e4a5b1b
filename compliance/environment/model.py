"""An environment, and what a user may wish of it."""

import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class EnvironmentUnavailable(Exception):
    """A target's packages or interpreter cannot be had; the message says which and why."""


class SystemPackagesMissing(EnvironmentUnavailable):
    """The machine has not got packages of its system that the target is built on."""


@dataclass(frozen=True)
class Wishes:
    """What the options of the command line ask for.

    `with_` are requirements that replace or join those of a target, `constraints` are files that decide
    versions, as pip's do, and `python` is a version or a path.
    """

    with_: tuple[str, ...] = ()
    constraints: tuple[Path, ...] = ()
    python: str | None = None
    isolated: bool = False
    refresh: bool = False


@dataclass(frozen=True)
class Environment:
    """An interpreter with the packages of a target; `versions` is by normalised distribution name."""

    python: Path
    version: str
    versions: Mapping[str, str]
    isolated: bool

    @property
    def bin(self) -> Path:
        """The folder of the console scripts."""
        return self.python.parent if self.isolated else Path(sysconfig.get_path("scripts"))

    @property
    def prefix(self) -> Path:
        """The interpreter's sys.prefix."""
        return self.python.parent.parent if self.isolated else Path(sys.prefix)
