"""The hooks of the process that the user started: gathers the results and shows them."""

import signal
import threading
from typing import Any

import pytest

from compliance.conclusion import conclude
from compliance.judging import travelling
from compliance.results_file import load_result
from compliance.session import Session


class Controller:
    """The plugin that only the controller of a run has."""

    def __init__(self, session: Session) -> None:
        """The controller of one session."""
        self.session = session
        self.problems: list[str] = []
        self.before: Any = None  # what SIGTERM did before this run

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Take SIGTERM for an interrupt, so that what is known by then is written."""
        if threading.current_thread() is threading.main_thread():
            self.before = signal.signal(signal.SIGTERM, _interrupt)

    def pytest_unconfigure(self) -> None:
        """Give SIGTERM back, for whoever runs pytest within a program of their own."""
        if self.before is not None:
            signal.signal(signal.SIGTERM, self.before)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather the result that travels with a report."""
        found = travelling(report)
        if found is not None:
            self.session.run.results.append(load_result(found))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Judge the run as a whole, write the results, and set the exit status."""
        stopped = bool(session.shouldstop or session.shouldfail)
        self.session.finish(complete=exitstatus in _COMPLETE and not stopped)
        self.problems = conclude(self.session)
        if self.problems and exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, config: pytest.Config) -> None:
        """Show the summary."""
        from rich.console import Console

        from compliance.report import print_summary

        strict = config.option.strict_should
        print_summary(self.session.run, Console(), config.option.verbose, self.problems, strict=strict)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt("SIGTERM")


_COMPLETE = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED}
