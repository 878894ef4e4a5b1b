"""What the interpreter of the suite itself has installed."""

import functools
import importlib.metadata
import json
import sys
from collections.abc import Iterator, Sequence

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name


def satisfied(requires: Sequence[str]) -> bool:
    """Whether the current interpreter satisfies all requirements, and those of what they name in turn."""
    return closure(requires) is not None


def closure(requires: Sequence[str]) -> dict[str, str] | None:
    """The versions of all distributions that requirements lead to, with extras; None if one is missing."""
    versions: dict[str, str] = {}
    seen: set[str] = set()
    waiting = [requirement for requirement in map(Requirement, requires) if _applies(requirement, "")]
    while waiting:
        requirement = waiting.pop()
        if str(requirement) in seen:
            continue
        seen.add(str(requirement))
        distribution = _find(requirement.name, tuple(sys.path))
        if distribution is None or not _satisfies(distribution, requirement):
            return None
        versions[canonicalize_name(requirement.name)] = distribution.version
        waiting += _dependencies(distribution, requirement)
    return versions


@functools.cache
def _find(name: str, _path: tuple[str, ...]) -> importlib.metadata.Distribution | None:
    try:
        return importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _satisfies(distribution: importlib.metadata.Distribution, requirement: Requirement) -> bool:
    if requirement.url is not None:
        origin = json.loads(distribution.read_text("direct_url.json") or "{}")
        return bool(origin.get("url", "").rstrip("/") == requirement.url.rstrip("/"))
    return requirement.specifier.contains(distribution.version, prereleases=True)


def _dependencies(
    distribution: importlib.metadata.Distribution, requirement: Requirement
) -> Iterator[Requirement]:
    for text in distribution.requires or ():
        try:
            dependency = Requirement(text)
        except InvalidRequirement:
            continue  # older than PEP 508; the installer did what it could with it
        if any(_applies(dependency, extra) for extra in ("", *requirement.extras)):
            yield dependency


def _applies(requirement: Requirement, extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})
