"""ASGI HTTP: the client leaves, which `receive` reports and `send` may report by an OSError."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.expect import Observe
from compliance.framework import AT_ONCE, FINISHED, Framework, after_sends, at_gate
from compliance.requirements import requirement


@requirement("asgi.http.disconnect.app_ends", definite=True)
@pytest.mark.parametrize("target", ["/echo", "/digest"])
def test_the_call_ends_if_the_client_leaves_within_its_request(framework: Framework, target: str) -> None:
    """A disconnect in the place of the next part of the body ends the call."""
    events = [{"type": "http.request", "body": b"one", "more_body": True}]
    left = after_sends(0)
    with framework.open("POST", target, events=events, disconnect=AT_ONCE, gone=left) as conversation:
        transcript = conversation.finish()
        assert not transcript.of("sent"), transcript.seen("an end of the call")


@requirement("asgi.http.disconnect.app_ends", definite=True)
@given(number=st.integers(0, 5))
def test_the_call_ends_whenever_the_client_leaves(framework: Framework, number: int) -> None:
    """A client that leaves at any moment of a streamed response ends the call."""
    left = after_sends(number)
    transcript = framework.http("GET", "/stream/3", disconnect=left, gone=left)
    assert len(transcript.of("sent")) <= number, transcript.seen("no message after the client has left")


@requirement("asgi.http.disconnect.app_ends", definite=True, needs=("disconnect",))
def test_a_handler_that_waits_for_the_disconnect_gets_it(framework: Framework) -> None:
    """A handler that asks whether the client is gone learns it, and the call ends."""
    with framework.open("GET", "/disconnected", disconnect=at_gate("gone")) as conversation:
        conversation.wait("waiting for the disconnect")
        conversation.open_gate("gone")
        transcript = conversation.finish()
        assert transcript.noted("disconnected"), transcript.seen("the handler's note")


@requirement("asgi.http.disconnect.app_expects_send_error", needs=("disconnect",))
def test_an_answer_after_the_disconnect_ends_the_call(framework: Framework) -> None:
    """If `send` raises because the client is gone, as the handler has learnt before, the call ends."""
    gone = at_gate("gone")
    with framework.open("GET", "/disconnected", disconnect=gone, gone=gone) as conversation:
        conversation.wait("waiting for the disconnect")
        conversation.open_gate("gone")
        transcript = conversation.finish()
        assert not transcript.of("sent"), transcript.seen("an end of the call")


@requirement("asgi.http.send.app_may_catch", definite=True)
@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_call_ends_if_send_raises(framework: Framework, number: int) -> None:
    """An OSError out of `send`, at the head or within the body, ends the call."""
    transcript = framework.http("GET", "/stream/3", gone=after_sends(number), disconnect=FINISHED)
    assert transcript.noted("over"), transcript.seen("an end of the call")


@requirement("asgi.http.send.app_may_catch")
def test_what_an_application_does_when_send_raises(framework: Framework, observe: Observe) -> None:
    """Which exception leaves the call, and whether the handler's stream is closed by then, is recorded."""
    transcript = framework.http("GET", "/stream/3", gone=after_sends(2))
    raised = transcript.raised["types"][0] if transcript.raised else None
    observe({"raised": raised, "stream closed": transcript.noted("stream closed")})
