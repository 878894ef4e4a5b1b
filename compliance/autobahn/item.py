"""Autobahn's cases as pytest items: one for each case and server, named "autobahn 6.4.2"."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from compliance.autobahn import Autobahn, Grades, cases
from compliance.items import Case
from compliance.requirements import Citation
from compliance.results import Evidence
from compliance.server import Server
from compliance.subjects import Subject

FOLDER = "websocket_server"
_NEEDS = "websocket"
_RUNS = pytest.StashKey[dict[str, Autobahn]]()
Make = Callable[[Subject], Server]


class AutobahnItem(Case):
    """One case on one server; the first one that is judged has all that are selected run."""

    options = ("--autobahn",)

    def __init__(self, *, case: str, make: Make, **more: Any) -> None:
        """`make` makes a server of a subject's kind, with an echo in it."""
        super().__init__(cited=Citation(f"autobahn.{case.partition('.')[0]}", None, None, False, ()), **more)
        self.case = case
        self.title = f"autobahn {case}"
        self._make = make
        self._grades: Grades | None = None

    def runtest(self) -> None:
        """Judge the grades; where the cases could not be run, this is said once."""
        run = self._run()
        if run.problem:
            pytest.skip(run.problem)
        self._grades = run.grades(self.case)
        self._grades.judge(self.observe)

    def _run(self) -> Autobahn:
        runs = self.session.stash.setdefault(_RUNS, {})
        if self.subject.key not in runs:
            items = [item for item in self.session.items if isinstance(item, AutobahnItem)]
            chosen = [item.case for item in items if item.subject is self.subject]
            runs[self.subject.key] = Autobahn(lambda: self._make(self.subject), chosen)
        return runs[self.subject.key]

    def evidence(self) -> Evidence | None:
        """What went over the wire."""
        return self._grades.evidence(self._run().log) if self._grades is not None else None

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where pytest says that it is."""
        return self.path, None, self.name


class AutobahnFile(pytest.File):
    """The file of Autobahn's groups, as a file of its cases for each server that speaks WebSocket."""

    def __init__(self, *, subjects: Iterable[Subject], make: Make, **more: Any) -> None:
        """`make`: as of an item."""
        super().__init__(**more)
        self._subjects = [s for s in subjects if s.judged_by(FOLDER) and _NEEDS not in s.lacks]
        self._make = make

    def collect(self) -> Iterable[pytest.Item]:
        """An item for each case and server."""
        for subject in self._subjects:
            for case in cases():
                yield AutobahnItem.from_parent(
                    self,
                    name=f"autobahn {case}[{subject.name}]",
                    nodeid=f"autobahn/{FOLDER}::{case}[{subject.name}]",
                    subject=subject,
                    case=case,
                    make=self._make,
                )
