"""Environments: which interpreter and which packages a target runs with.

The interpreter of the suite itself serves where it satisfies a target's requirements and nothing else is
wished for. Otherwise uv makes an isolated environment, which is kept in a cache folder and used again.
"""

from collections.abc import Callable, Sequence

from compliance.environment import interpreter, isolated
from compliance.environment.debian import missing
from compliance.environment.installed import closure, satisfied
from compliance.environment.model import Environment, EnvironmentUnavailable, SystemPackagesMissing, Wishes
from compliance.environment.wishes import allows, apply

__all__ = [
    "Environment",
    "EnvironmentUnavailable",
    "SystemPackagesMissing",
    "Wishes",
    "describe",
    "provide",
    "satisfied",
]


def _silent(_: str) -> None:
    pass


def describe(requires: Sequence[str], wishes: Wishes) -> str:
    """What `provide` would do: "current", "cached" or "to be installed". Installs nothing, asks nobody."""
    if not _is_isolated(wishes) and satisfied(requires):
        return "current"
    place = _place(requires, wishes)
    return "cached" if place.complete() is not None and not wishes.refresh else "to be installed"


def provide(
    requires: Sequence[str],
    wishes: Wishes,
    *,
    python: str = "",
    debian: Sequence[str] = (),
    say: Callable[[str], None] = _silent,
) -> Environment:
    """An interpreter that satisfies the requirements, made if need be; `python` is the target's specifier.

    `debian` are packages of the system that must be there. `say` gets a line where an isolated environment is
    used or made. EnvironmentUnavailable says why there can be none: no such interpreter, no network, no such
    version, a failed build; SystemPackagesMissing, that these packages are not there.
    """
    if lost := " ".join(missing(debian)):
        raise SystemPackagesMissing(
            f"it cannot be installed here because the Debian packages that it needs are missing; "
            f"as root: apt-get install {lost}"
        )
    if not _is_isolated(wishes):
        versions = closure(requires)
        if versions is not None:
            current = interpreter.current()
            allows(python, current.version)
            return Environment(current.path, current.version, versions, isolated=False)
    return isolated.provide(_place(requires, wishes), python, refresh=wishes.refresh, say=say)


def _is_isolated(wishes: Wishes) -> bool:
    other = wishes.python is not None and not interpreter.is_current(wishes.python)
    return wishes.isolated or bool(wishes.with_ or wishes.constraints) or other


def _place(requires: Sequence[str], wishes: Wishes) -> isolated.Place:
    return isolated.Place.of(apply(requires, wishes.with_), wishes.python, wishes.constraints)
