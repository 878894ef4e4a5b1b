"""Clients that fall silent, against a server that has time limits and one that gives nobody up."""

from collections.abc import Iterator

import pytest

from compliance import idle, target
from compliance.environment import Wishes, provide
from compliance.exchange import Exchange
from compliance.server import Server

REFERENCE = target.load().servers["reference-wsgi"]


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    started = Server(REFERENCE, provide(REFERENCE.requires, Wishes()), mode=request.param)
    try:
        yield started.launch().wait_ready()
    finally:
        started.stop()


@pytest.mark.parametrize("server", ["idle"], indirect=True)
def test_clients_are_given_up_where_they_stop(server: Server) -> None:
    exchanges: list[Exchange] = []
    ends = idle.play(server, exchanges)
    assert ends == {
        "after a response": "closed",
        "before a request": "closed",
        "within a head": "closed",
        "within a body": "408, closed",
        "slow within a head": "closed",
        "slow within a body": "open",
    }
    assert len(exchanges) == len(ends)


@pytest.mark.parametrize("server", [""], indirect=True)
def test_nobody_waits_long_for_a_server_that_has_patience(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPLIANCE_PATIENCE", "0.05")
    assert set(idle.play(server, []).values()) == {idle.OPEN}
