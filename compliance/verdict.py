"""From the outcome of a check to a verdict."""

import unittest
from dataclasses import dataclass
from typing import Any

from compliance.expect import TargetDied, shorten
from compliance.requirements import Citation, consequence, get
from compliance.results import Verdict


class NotApplicable(unittest.SkipTest):
    """The subject declares that it lacks what the check needs, and that was confirmed.

    It is a SkipTest so that Hypothesis ends with the first example that raises it, instead of looking for a
    smaller one.
    """


@dataclass(frozen=True)
class Judgement:
    """A verdict with its message."""

    verdict: Verdict
    message: str


def leaves(error: BaseException) -> list[BaseException]:
    """The exceptions in an exception group, or the exception itself."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in leaves(inner)]
    return [error]


def is_the_targets_fault(error: BaseException) -> bool:
    """Whether an exception out of a check says something about the target: AssertionError, and only that."""
    return all(isinstance(leaf, AssertionError) for leaf in leaves(error))


def judge(citation: Citation, interface: str, error: BaseException | None, observed: list[Any]) -> Judgement:
    """The verdict of a check that ended with this exception, or with none; no doubt excuses a crash."""
    if isinstance(error, NotApplicable):
        return Judgement("not applicable", str(error))
    if error is None:
        if observed:
            return Judgement("observed", shorten(observed[-1]))
        return Judgement("passed", "")
    if not is_the_targets_fault(error):
        return Judgement("error", f"{type(error).__name__}: {error}")
    requirement = get(citation.id_for(interface))
    definite = citation.definite or any(isinstance(leaf, TargetDied) for leaf in leaves(error))
    return Judgement(consequence(requirement, definite=definite), message(error))


def message(error: BaseException) -> str:
    """The text of an assertion: its own message without the comparison that pytest adds, and its notes."""
    texts = []
    for leaf in leaves(error):
        own = str(leaf).split("\nassert ", 1)[0].strip() or repr(leaf)
        notes = [note for note in getattr(leaf, "__notes__", []) if "reproduce" not in note]
        texts.append("\n".join([own, *notes]))
    return "\n".join(texts)
