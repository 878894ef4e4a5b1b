"""The pytest plugin: hooks and fixtures, inert unless a target is asked for."""

import gc
import signal
import threading
from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest

from compliance import autobahn, options, properties
from compliance.again import judged_again
from compliance.capabilities import confirm
from compliance.conclusion import conclude
from compliance.framework import Framework
from compliance.items import OBSERVED, asked_mode, lacking, offers_mode, subject_of
from compliance.judging import (
    expects_harm,
    expects_silence,
    is_excused,
    judge_report,
    server_of,
    status,
    travelling,
)
from compliance.life import Life, story_of
from compliance.listing import list_targets
from compliance.modes import mode_of
from compliance.options import asked_for, quiet
from compliance.patience import hurry
from compliance.requirements import citation
from compliance.results_file import load_result
from compliance.server import Server
from compliance.session import Session, for_controller, for_worker, is_worker
from compliance.stage import NotJudged, Stage
from compliance.subjects import CHECKS, Subject, folder_of
from compliance.target import TargetError
from compliance.verdict import NotApplicable

SESSION = pytest.StashKey[Session]()
T = TypeVar("T")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our options."""
    options.add(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Print the table of targets instead of running anything, if that is asked for."""
    if not config.option.list_targets:
        return None
    try:
        list_targets(config)
    except TargetError as error:
        raise pytest.UsageError(str(error)) from error
    return int(pytest.ExitCode.OK)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Select targets, and run the checks where no path says otherwise."""
    if not asked_for(config) or config.option.list_targets:
        return
    try:
        config.stash[SESSION] = for_worker(config) if is_worker(config) else for_controller(config)
        others = [autobahn.FILE] if config.option.autobahn and autobahn.cases() else []
    except (TargetError, autobahn.AutobahnError) as error:
        raise pytest.UsageError(str(error)) from error
    properties.configure(explore=config.option.explore)
    if not is_worker(config):
        config.pluginmanager.register(Controller(config.stash[SESSION]), "compliance-controller")
        quiet(config)
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args[:] = [str(path) for path in (CHECKS, *others)]


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop whatever still runs."""
    if SESSION in config.stash:
        config.stash[SESSION].close()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Provide the environments before anything is collected, and before workers start."""
    if SESSION in session.config.stash and not is_worker(session.config):
        session.config.stash[SESSION].provide()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker which targets there are and where they run."""
    if SESSION in node.config.stash:
        node.workerinput["compliance"] = node.config.stash[SESSION].for_workers()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the checks of a subject on one worker."""
    if SESSION not in config.stash:
        return None
    from compliance.schedule import SubjectScheduling

    return SubjectScheduling(config, log, {subject.name for subject in config.stash[SESSION].subjects})


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the checks that judge none of the selected subjects, and all checks without a target."""
    if not collection_path.is_relative_to(CHECKS) or collection_path == CHECKS:
        return None
    session = config.stash.get(SESSION, None)
    folder = folder_of(collection_path)
    if session is None or (folder and not session.judged_by(folder)):
        return True
    return None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take the file of Autobahn's groups for a file of its cases, where they are asked for."""
    session = parent.config.stash.get(SESSION, None)
    if session is None or not parent.config.option.autobahn or file_path != autobahn.FILE:
        return None
    from compliance.autobahn.item import AutobahnFile

    found: pytest.Collector = AutobahnFile.from_parent(
        parent, path=file_path, subjects=session.subjects, make=session.echoing
    )
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a check once for each subject that its folder judges."""
    session, folder = metafunc.config.stash.get(SESSION, None), folder_of(metafunc.definition.path)
    if session is None or folder is None:
        return
    cited = citation(metafunc.function)
    if cited is None:
        raise pytest.UsageError(f"{metafunc.definition.nodeid} cites no requirement: add @requirement(…)")
    path = metafunc.definition.path
    subjects = [
        s for s in session.judged_by(folder) if s.interface in cited.interfaces() and s.judged_in(path)
    ]
    metafunc.parametrize("subject", subjects, ids=[subject.name for subject in subjects])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order the checks by subject, and leave out what --check does not name."""
    if SESSION in config.stash:
        dropped = config.stash[SESSION].arrange(items)
        if dropped:
            config.hook.pytest_deselected(items=dropped)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep the garbage collector from looking at the checks again and again: there are thousands."""
    if SESSION in session.config.stash:
        gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, object, object]:
    """Launch the next subject ahead of time, and retire one whose checks are over."""
    session = item.config.stash.get(SESSION, None)
    if session is not None:
        session.before(item, nextitem)
    result = yield
    if session is not None:
        session.after(item, nextitem)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Do not wait long where silence is known."""
    session = item.config.stash.get(SESSION, None)
    if session is None or not expects_silence(item, session.ledger):
        return (yield)
    with hurry(wary=not is_excused(item, session.ledger)):
        return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Judge a check again in which its server ended as it is listed to end at random."""
    session, judged = pyfuncitem.config.stash.get(SESSION, None), subject_of(pyfuncitem)
    if session is None or judged is None or server_of(pyfuncitem) is None:
        return None
    texts = session.ledger.deaths(judged.name)
    if not texts or is_excused(pyfuncitem, session.ledger):
        return None
    renew = partial(_server, session.stage, judged, pyfuncitem)
    judged_again(pyfuncitem.obj, pyfuncitem.funcargs, texts, renew)
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn the outcome of a check into a verdict."""
    report = yield
    session = item.config.stash.get(SESSION, None)
    if session is not None:
        judge_report(item, call, report, item.stash.get(OBSERVED, []), session.ledger)
    return report


def pytest_report_teststatus(report: pytest.TestReport | pytest.CollectReport) -> tuple[str, str, str] | None:
    """Show verdicts in place of pytest's outcomes."""
    return status(report)


class Controller:
    """The hooks of the process that the user started: gathers the results and shows them."""

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


@pytest.fixture
def subject(request: pytest.FixtureRequest) -> Subject:
    """The server, framework or combination that a check judges."""
    found: Subject = request.param
    return found


@pytest.fixture
def stage(pytestconfig: pytest.Config) -> Stage:
    """The running subjects."""
    return pytestconfig.stash[SESSION].stage


@pytest.fixture
def capable(subject: Subject, stage: Stage, request: pytest.FixtureRequest) -> None:
    """Leave out what the subject declares to lack, once that is confirmed, and modes that it has not."""
    missing = lacking(request.node, subject)
    if missing:
        raise NotApplicable(confirm(min(missing), subject, stage))
    if not offers_mode(request.node, subject):
        raise NotApplicable(f"the file of {subject.name} offers no mode {asked_mode(request.node)!r}")


@pytest.fixture
def server(subject: Subject, stage: Stage, capable: None, request: pytest.FixtureRequest) -> Server:
    """The server that a check judges, with bare apps in it, in the mode that the check asks for."""
    return _available(lambda: _server(stage, subject, request.node))


@pytest.fixture
def combination(subject: Subject, stage: Stage, capable: None, request: pytest.FixtureRequest) -> Server:
    """The server with the framework's contract application in it, tapped, in the mode that is asked for."""
    return _available(lambda: _server(stage, subject, request.node))


@pytest.fixture
def framework(subject: Subject, stage: Stage, capable: None) -> Framework:
    """The framework's contract application under a driver."""
    return _available(lambda: stage.framework(subject))


@pytest.fixture
def adapter(subject: Subject, stage: Stage, capable: None) -> Framework:
    """The ASGI application that a server's adapter makes of a WSGI application, under a driver."""
    return _available(lambda: stage.framework(subject))


@pytest.fixture
def life(subject: Subject, stage: Stage, capable: None, request: pytest.FixtureRequest) -> Life:
    """The life of a server of its own that lived through the check's story."""
    story = story_of(request.function)
    if story is None:
        raise pytest.UsageError(f"{request.node.nodeid} looks at a life but names no story: add @lives(…)")
    return _available(lambda: stage.lives(subject).life(story))


def _server(stage: Stage, subject: Subject, item: pytest.Function) -> Server:
    check, ledger = item.function, item.config.stash[SESSION].ledger
    silent, harm = expects_silence(item, ledger), expects_harm(item, ledger)
    name = f"{check.__module__}.{check.__name__}"
    return stage.server(subject.started(mode_of(check)), name, silent=silent, harm=harm)


def _available(get: Callable[[], T]) -> T:
    try:
        return get()
    except NotJudged as error:
        pytest.skip(str(error))


@pytest.fixture
def observe(request: pytest.FixtureRequest) -> Callable[[Any], None]:
    """Record a measured value: the verdict of the check becomes "observed"."""
    values = request.node.stash.setdefault(OBSERVED, [])
    append: Callable[[Any], None] = values.append
    return append
