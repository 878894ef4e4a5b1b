"""What checks ask for: the subject, its server, framework or adapter, the life of a server, and `observe`."""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from compliance.capabilities import confirm
from compliance.framework import Framework
from compliance.items import OBSERVED, asked_mode, lacking, offers_mode
from compliance.judging import expects_harm, expects_silence
from compliance.life import Life, story_of
from compliance.modes import mode_of
from compliance.server import Server
from compliance.session import SESSION
from compliance.stage import NotJudged, Stage
from compliance.subjects import Subject
from compliance.verdict import NotApplicable

T = TypeVar("T")


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
    return _available(lambda: server_for(stage, subject, request.node))


@pytest.fixture
def combination(subject: Subject, stage: Stage, capable: None, request: pytest.FixtureRequest) -> Server:
    """The server with the framework's contract application in it, tapped, in the mode that is asked for."""
    return _available(lambda: server_for(stage, subject, request.node))


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


def server_for(stage: Stage, subject: Subject, item: pytest.Function) -> Server:
    """The subject's server for a check, with what is listed about the two; raises as `Stage.server`."""
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
