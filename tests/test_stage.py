"""What becomes of a server between two checks."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from compliance import target
from compliance.environment import Wishes, provide
from compliance.expect import Closed, Silence
from compliance.guest.apps import wsgi_concurrency
from compliance.patience import ceiling, hurry
from compliance.stage import Place, Stage
from compliance.subjects import Subject, subjects_of
from compliance.target.model import Concurrency

CATALOGUE = target.load()
REFERENCE = next(s for s in subjects_of(CATALOGUE.select(["reference-wsgi-bare"])) if s.kind == "server")
SPEC = CATALOGUE.servers["reference-wsgi"]
PROMISES_NOTHING = replace(REFERENCE, server=replace(SPEC, concurrency=Concurrency()))


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A stage on which the reference server can run."""
    stage = Stage({REFERENCE.place: Place(provide(REFERENCE.requires, Wishes()))})
    yield stage
    stage.close()


def pid_after_silence(stage: Stage, subject: Subject, *, silent: bool) -> tuple[int, int]:
    """The server's process before and after a check that waits in vain; `silent`: that was known."""
    server = stage.server(subject, "a check", silent=silent)
    before = server.process
    with hurry(), suppress(Silence):
        server.open(app=wsgi_concurrency.holds).wait("never")
    after = stage.server(subject, "the next check").process
    assert before is not None
    assert after is not None
    return before.pid, after.pid


def test_a_server_that_was_silent_is_started_again(stage: Stage) -> None:
    before, after = pid_after_silence(stage, REFERENCE, silent=False)
    assert before != after


def test_a_server_that_was_known_to_be_silent_stays(stage: Stage) -> None:
    before, after = pid_after_silence(stage, REFERENCE, silent=True)
    assert before == after


def test_a_server_that_promises_nothing_cannot_show_that_it_is_well(stage: Stage) -> None:
    before, after = pid_after_silence(stage, PROMISES_NOTHING, silent=True)
    assert before != after


def test_a_server_that_takes_no_connections_is_started_again(stage: Stage) -> None:
    server = stage.server(REFERENCE, "a check")
    server.call()
    address = server.host, server.port
    with suppress(Closed), socket.create_server((server.host, 0)) as other:
        server.port = other.getsockname()[1]
        other.close()  # nobody listens there any more, though the process lives
        server.call()
    server.host, server.port = address
    assert stage.server(REFERENCE, "the next check") is not server


FRESH = replace(REFERENCE, server=replace(SPEC, fresh=True))


def pids(stage: Stage, subject: Subject, *checks: str) -> list[int]:
    """The processes of the servers that checks get, one after the other."""
    servers = [stage.server(subject, check) for check in checks]
    return [server.process.pid for server in servers if server.process is not None]


def test_each_check_gets_a_fresh_server_where_the_file_asks_for_it(stage: Stage) -> None:
    assert len(set(pids(stage, FRESH, "a check", "the same check", "the next check"))) == 3


def test_a_fresh_server_has_served_nothing(stage: Stage) -> None:
    for check in ("a check", "the next check"):
        assert stage.server(FRESH, check).switchboard.poll() == []


def test_a_fresh_server_may_die_in_each_check(stage: Stage) -> None:
    for number in range(9):
        process = stage.server(FRESH, f"check {number}").process
        assert process is not None
        process.kill()


def test_no_server_that_was_started_ahead_is_left(stage: Stage) -> None:
    first = stage.server(FRESH, "a check")
    spares = [spare.process for spare in stage._spares[FRESH.key]]
    stage.retire(FRESH)
    stage.close()
    assert spares
    assert not any(process.alive() for process in (first.process, *spares) if process is not None)


def test_a_silent_server_is_waited_for_longer_in_a_check_that_may_pass() -> None:
    with hurry():
        brief = ceiling("answer")
    with hurry(wary=True):
        wary = ceiling("answer")
    assert brief < wary < ceiling("answer")


def test_a_server_that_a_check_is_known_to_harm_is_started_again(stage: Stage) -> None:
    before = stage.server(REFERENCE, "a check", harm=True).process
    after = stage.server(REFERENCE, "the next check").process
    kept = stage.server(REFERENCE, "one more").process
    assert before is not after is kept
