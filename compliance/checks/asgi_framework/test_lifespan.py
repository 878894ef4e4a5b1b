"""ASGI lifespan: startup and shutdown of an application, with and without what a server may leave out."""

from typing import Any

import pytest

from compliance.expect import saw
from compliance.framework import ABSENT, Framework, after_sends, step
from compliance.requirements import requirement

STARTUP = {"type": "lifespan.startup"}
SCOPES: dict[str, dict[str, Any]] = {
    "no state": {"state": ABSENT},
    "no version": {"asgi": {"version": "3.0"}},
}
SHUTDOWN = step({"type": "lifespan.shutdown"}, after_sends(1))


def types(messages: list[Any]) -> list[Any]:
    """The types of some messages."""
    return [message.get("type") if isinstance(message, dict) else message for message in messages]


@requirement("asgi.lifespan.startup.app_completes")
def test_the_startup_is_answered(framework: Framework) -> None:
    """lifespan.startup gets the answer that the startup is complete, after the startup hook has run."""
    transcript = framework.main.lifespan_so_far
    expected = "lifespan.startup.complete"
    assert types(transcript.sent) == [expected], transcript.seen(expected)
    assert transcript.noted("startup"), transcript.seen("the startup hook")


@requirement("asgi.lifespan.shutdown.app_completes")
def test_the_shutdown_is_answered(framework: Framework) -> None:
    """lifespan.shutdown gets the answer that the shutdown is complete, after the shutdown hook has run."""
    transcript = framework.lifespan()
    assert types(transcript.sent)[1:] == ["lifespan.shutdown.complete"], transcript.seen(
        "lifespan.shutdown.complete at the end"
    )
    assert transcript.noted("shutdown"), transcript.seen("the shutdown hook")


@requirement("asgi.lifespan.startup.app_failed_message")
def test_the_message_of_a_failed_startup_is_text(framework: Framework) -> None:
    """Where the startup fails, what the application says about it is str."""
    rule = "asgi.lifespan.startup.app_failed_message"
    broken = [found.text for found in framework.lifespan().violations() if found.requirement == rule]
    assert not broken, saw(broken, "a str, or no `message`")


@requirement("asgi.lifespan.state.framework_use", definite=True)
@pytest.mark.parametrize("name", SCOPES)
def test_the_lifespan_needs_no_namespace(framework: Framework, name: str) -> None:
    """An application starts and stops whether or not the server offers a namespace."""
    transcript = framework.lifespan(scope=SCOPES[name])
    expected = ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert types(transcript.sent) == expected, transcript.seen(" and ".join(expected))


@requirement("asgi.lifespan.unsupported.app_raises")
def test_a_lifespan_is_held_or_refused(framework: Framework) -> None:
    """An application that does not answer the startup raises."""
    transcript = framework.lifespan(events=[STARTUP, SHUTDOWN])
    assert transcript.sent or transcript.raised, transcript.seen("an answer to the startup, or an exception")


@requirement("asgi.core.error.extra_keys_app", needs=("lifespan",))
def test_unknown_keys_of_a_lifespan_message_do_no_harm(framework: Framework) -> None:
    """lifespan.startup may hold keys of which the application has never heard."""
    transcript = framework.lifespan(events=[{**STARTUP, "compliance.unknown": 1}, SHUTDOWN])
    assert types(transcript.sent)[:1] == ["lifespan.startup.complete"], transcript.seen("a complete startup")
