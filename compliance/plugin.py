"""The pytest plugin: hooks, inert unless a target is asked for."""

import gc
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from compliance import autobahn, fixtures, options, properties
from compliance.again import judged_again, judged_until_it_fails
from compliance.controller import Controller
from compliance.items import OBSERVED, subject_of
from compliance.judging import (
    expects_silence,
    fails_by_chance,
    is_excused,
    judge_report,
    server_of,
    status,
)
from compliance.listing import list_targets
from compliance.options import asked_for, quiet
from compliance.patience import hurry
from compliance.requirements import citation
from compliance.server import Server
from compliance.session import SESSION, for_controller, for_worker, is_worker
from compliance.subjects import CHECKS, folder_of
from compliance.target import TargetError


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
    config.pluginmanager.register(fixtures, "compliance-fixtures")
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
    """Judge a check again where what is listed about its server happens by chance."""
    session, judged = pyfuncitem.config.stash.get(SESSION, None), subject_of(pyfuncitem)
    if session is None or judged is None or server_of(pyfuncitem) is None:
        return None
    if fails_by_chance(pyfuncitem, session.ledger):
        judged_until_it_fails(pyfuncitem.obj, pyfuncitem.funcargs)
        return True
    texts = session.ledger.deaths(judged.name)
    if not texts or is_excused(pyfuncitem, session.ledger):
        return None

    def renew() -> Server:
        pyfuncitem.stash.get(OBSERVED, []).clear()  # what the server was seen to do that ended
        return fixtures.server_for(session.stage, judged, pyfuncitem)

    judged_again(pyfuncitem.obj, pyfuncitem.funcargs, texts, renew)
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn the outcome of a check into a verdict."""
    error = call.excinfo.value if call.excinfo else None
    report = yield
    session = item.config.stash.get(SESSION, None)
    if session is not None:
        judge_report(item, call, error, report, session.ledger)
    return report


def pytest_report_teststatus(report: pytest.TestReport | pytest.CollectReport) -> tuple[str, str, str] | None:
    """Show verdicts in place of pytest's outcomes."""
    return status(report)
