"""Checks that are judged again, as what is listed about their server happens by chance."""

from collections.abc import Iterator

import pytest

from compliance import target
from compliance.again import judged_again, judged_until_it_fails
from compliance.environment import Wishes, provide
from compliance.expect import Closed, TargetDied
from compliance.server import Server
from compliance.stage import Place, Stage
from compliance.subjects import subjects_of

REFERENCE = next(
    subject
    for subject in subjects_of(target.load().select(["reference-wsgi-bare"]))
    if subject.kind == "server"
)


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A stage on which the reference server can run."""
    stage = Stage({REFERENCE.place: Place(provide(REFERENCE.requires, Wishes()))})
    yield stage
    stage.close()


def judge(stage: Stage, *, deaths: int, texts: set[str], well: int = 200) -> list[int]:
    """The processes that a check met, whose first servers end with "by chance" in their logs."""
    met: list[int] = []

    def check(server: Server) -> None:
        assert server.process is not None
        met.append(server.process.pid)
        if len(met) <= deaths:
            server.process.log.write_text("it ended by chance\n")
            server.process.kill()
        assert server.call().status == well

    server = stage.server(REFERENCE, "a check")
    judged_again(check, {"server": server, "subject": REFERENCE}, texts, lambda: stage.server(REFERENCE))
    return met


def test_a_check_is_judged_by_a_process_that_lives(stage: Stage) -> None:
    met = judge(stage, deaths=2, texts={"by chance"})
    assert len(set(met)) == len(met) == 3


def test_a_server_that_ends_in_another_way_has_failed(stage: Stage) -> None:
    with pytest.raises((Closed, TargetDied)):
        judge(stage, deaths=1, texts={"by design"})


def test_a_server_that_always_ends_has_failed(stage: Stage) -> None:
    with pytest.raises((Closed, TargetDied)):
        judge(stage, deaths=100, texts={"by chance"})


def test_a_check_that_fails_on_a_server_that_lives_has_failed(stage: Stage) -> None:
    with pytest.raises(AssertionError):
        judge(stage, deaths=0, texts={"by chance"}, well=204)


def test_a_failure_by_chance_is_waited_for() -> None:
    rolls = iter([True, True, False])

    def check(server: str) -> None:
        assert next(rolls), server

    with pytest.raises(AssertionError, match="the server"):
        judged_until_it_fails(check, {"server": "the server", "subject": REFERENCE})
    assert not list(rolls)


def test_a_failure_by_chance_that_never_shows_is_none() -> None:
    calls: list[str] = []

    def check(server: str) -> None:
        calls.append(server)

    judged_until_it_fails(check, {"server": "well"})
    assert set(calls) == {"well"}
