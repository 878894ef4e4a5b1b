"""What the two middlewares share: the violations that they have found, and what can be done about them."""

from __future__ import annotations

import fnmatch
import gc
import threading
import warnings
import weakref
from collections.abc import Callable, Iterable
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from compliance.lint.violation import Party, Violation

Hook = Callable[[Violation], object]


class LintError(AssertionError):
    """What was asked for must not be and is; `violations` has it all."""

    def __init__(self, violations: Iterable[Violation]) -> None:
        """The message has a line for each."""
        self.violations = list(violations)
        super().__init__("\n".join(["the interface was broken", *map(str, self.violations)]))


class LintWarning(UserWarning):
    """A should of the text does not hold."""


def fail(violation: Violation) -> None:
    """A hook that raises LintError where the violation happens; only for what the text says must be."""
    if violation.consequence == "failed":
        raise LintError([violation])


class Collector:
    """Collects violations from any thread, request by request.

    `party`: only violations of this side are collected. `ignore` has globs of requirements that are not.
    `on_violation` is called with each violation when it is found; what it raises is raised there, into the
    server or the application.
    """

    def __init__(
        self,
        application: Any,
        *,
        party: Party | None = None,
        ignore: Iterable[str] = (),
        on_violation: Hook | None = None,
    ) -> None:
        """Judge the calls of `application`; nothing has been found."""
        self.application = application
        self._party = party
        self._ignore = tuple(ignore)
        self._hook = on_violation
        self._found: list[Violation] = []
        self.open: weakref.WeakSet[object] = weakref.WeakSet()  # iterables that wait for their close()
        self.lock = threading.RLock()  # a dropped iterable may be found in the midst of anything

    @property
    def violations(self) -> list[Violation]:
        """What was found so far in all requests, of both sides, in order."""
        with self.lock:
            return list(self._found)

    def clear(self) -> None:
        """Forget what was found."""
        with self.lock:
            self._found.clear()

    def check(self, *, strict_should: bool = False) -> None:
        """Raise LintError if a must was broken, and warn with a LintWarning of each broken should.

        `strict_should`: a should counts as a must. What the text leaves in doubt stays in `violations`.
        """
        if self.open:
            gc.collect()  # an iterable that was dropped without close() may hang in a cycle
        found = self.violations
        if failed := [violation for violation in found if _fails(violation, strict_should)]:
            raise LintError(failed)
        for violation in found:
            if violation.consequence == "warned":
                warnings.warn(str(violation), LintWarning, stacklevel=2)

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Check, unless an exception is on its way already."""
        if error is None:
            self.check()

    def keep(self, violations: Iterable[Violation], place: str, told: set[tuple[str, str, str]]) -> None:
        """Keep what is new for this request, whose earlier violations are in `told`; call the hook."""
        for violation in violations:
            key = (violation.requirement, violation.party, place)
            with self.lock:
                if key in told or self._is_ignored(violation):
                    continue
                told.add(key)
                kept = replace(violation, place=place)
                self._found.append(kept)
            if self._hook is not None:
                self._hook(kept)

    def _is_ignored(self, violation: Violation) -> bool:
        other = self._party is not None and violation.party != self._party
        return other or any(fnmatch.fnmatch(violation.requirement, glob) for glob in self._ignore)


def _fails(violation: Violation, strict_should: bool) -> bool:
    return violation.consequence == "failed" or (strict_should and violation.consequence == "warned")
