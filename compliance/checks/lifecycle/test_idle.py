"""RFC 9112 section 9.5: the ends of connections on which clients fall silent."""

import pytest

from compliance.expect import Observe, saw
from compliance.guest.apps import default
from compliance.idle import OPEN, SILENT, SLOW, UNKEPT
from compliance.life import Life, Story, lives
from compliance.requirements import requirement
from compliance.stories import left_waiting
from compliance.verdict import NotApplicable

WAITING = Story(default.lifespan, act=left_waiting, mode="idle")


def end(life: Life, place: str) -> str:
    """What became of the client that stopped there; fails if the story could not be played."""
    assert place in life.ends, life.problem
    return life.ends[place]


def given_up(life: Life, place: str) -> str:
    """How the server gave up the client that stopped there; raises NotApplicable if it did not."""
    found = end(life, place)
    if found in {OPEN, UNKEPT}:
        raise NotApplicable(f"no time limit was met by a client that stopped {place}: {found}")
    return found


@requirement("rfc9112.conn.timeout_graceful")
@pytest.mark.parametrize("place", SILENT)
@lives(WAITING)
def test_a_silent_client_is_not_reset(life: Life, place: str) -> None:
    """A server whose patience is over closes the connection, and does not reset it."""
    found = given_up(life, place)
    assert not found.endswith("reset"), saw(found, "a connection that is closed")


@requirement("rfc9112.conn.timeout_graceful")
@pytest.mark.parametrize("place", SILENT)
@lives(WAITING)
def test_what_becomes_of_a_silent_client(life: Life, observe: Observe, place: str) -> None:
    """Which clients that fall silent the server gives up, and whether it tells them (408)."""
    observe(end(life, place))


@requirement(asgi="rfc9112.cl.timeout_incomplete")
@lives(WAITING)
def test_a_body_that_is_given_up_is_not_taken_for_whole(life: Life) -> None:
    """If a body is waited for no longer, the application does not learn that it has come to its end.

    It would then answer with 200.
    """
    found = given_up(life, "within a body")
    assert not found.startswith("200"), saw(
        found, "a closed connection, without a response of the application"
    )


@requirement("rfc9112.incomplete.error")
@pytest.mark.parametrize("place", SLOW)
@lives(WAITING)
def test_what_becomes_of_a_slow_client(life: Life, observe: Observe, place: str) -> None:
    """Whether a client that goes on byte by byte is given up when its request takes longer than the limit."""
    observe(end(life, place))
