"""ASGI: the application as a callable: scopes of any type, calls at once, the scope that the server keeps."""

import pytest

from compliance.expect import saw
from compliance.framework import NEVER, Framework, step
from compliance.requirements import requirement


@requirement("asgi.core.app.async_callable")
def test_an_asynchronous_handler_leaves_the_event_loop_to_others(framework: Framework) -> None:
    """While a handler awaits, the application serves other calls on the same event loop."""
    with framework.open("GET", "/hold") as first, framework.open("GET", "/hold") as second:
        first.wait_gate("hold")
        second.wait_gate("hold")
        assert first.finish().text == "held", first.transcript.seen("an answer to the first request")
        assert second.finish().text == "held", second.transcript.seen("an answer to the second request")


@requirement("asgi.core.app.async_callable")
def test_a_plain_handler_answers(framework: Framework) -> None:
    """A handler that is an ordinary function is run in whichever way the framework runs those."""
    transcript = framework.http("GET", "/block/1")
    assert transcript.text == "slept", transcript.seen("slept")


@requirement("asgi.core.app.reject_unknown_type")
def test_a_scope_of_an_unknown_type_is_refused(framework: Framework) -> None:
    """A scope whose type the application cannot know makes it raise."""
    scope = {"type": "compliance.unknown", "asgi": {"version": "3.0"}}
    transcript = framework.play(scope, [], end=step(None, NEVER)).finish()
    assert transcript.raised, transcript.seen("an exception out of the call")


@requirement("asgi.core.scope.asgi_version_default")
@pytest.mark.parametrize("versions", [{}, {"spec_version": "2.0"}], ids=["empty", "no version"])
def test_the_version_of_asgi_may_be_missing(framework: Framework, versions: dict[str, str]) -> None:
    """A scope whose `asgi` names no version is served."""
    transcript = framework.http("GET", "/path/a", scope={"asgi": versions})
    assert (transcript.status, transcript.text) == (200, "a"), transcript.seen("200 and the text a")


@requirement("asgi.core.middleware.copy_scope")
def test_the_server_s_scope_stays_as_it_is(framework: Framework) -> None:
    """What the application adds to a scope, it adds to a copy."""
    changed = framework.http("GET", "/path/a").of("scope changed")
    assert not changed, saw(changed, "the dict that the server passed, with the keys and values it had")
