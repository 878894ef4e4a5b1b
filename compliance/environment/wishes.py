"""Requirements and versions, as a user or a target asks for them."""

from collections.abc import Sequence

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from compliance.environment.model import EnvironmentUnavailable


def apply(requires: Sequence[str], wishes: Sequence[str]) -> tuple[str, ...]:
    """The requirements, with those replaced whose distribution is wished for otherwise, and others added.

    A replaced requirement keeps its extras.
    """
    requirements = [Requirement(each) for each in requires]
    for wish in map(_requirement, wishes):
        requirements = _replace(requirements, wish)
    return tuple(dict.fromkeys(map(str, requirements)))


def _requirement(wish: str) -> Requirement:
    try:
        return Requirement(wish)
    except InvalidRequirement as error:
        reason = str(error).splitlines()[0]
        raise EnvironmentUnavailable(
            f"--with {wish}: not a requirement such as uvicorn==0.30: {reason}"
        ) from error


def _replace(requirements: list[Requirement], wish: Requirement) -> list[Requirement]:
    name = canonicalize_name(wish.name)
    same = [each for each in requirements if canonicalize_name(each.name) == name]
    if not same:
        return [*requirements, wish]
    for each in same:
        wish.extras |= each.extras
    return [wish if each is same[0] else each for each in requirements if each is same[0] or each not in same]


def allows(specifier: str, version: str) -> None:
    """Raise EnvironmentUnavailable where a target's specifier does not allow this version of Python."""
    if not SpecifierSet(specifier).contains(version, prereleases=True):
        raise EnvironmentUnavailable(
            f"it needs Python {specifier}, and this is Python {version}; --python chooses another"
        )
