"""ASGI WebSocket: how a connection ends, from the client's side and from the application's."""

from typing import Any

import pytest

from compliance.contract import breaches, websockets
from compliance.expect import Observe, saw
from compliance.framework import AT_ONCE, Framework, after_sends, step
from compliance.requirements import requirement

CONNECT = {"type": "websocket.connect"}
DISCONNECT = {"type": "websocket.disconnect", "code": 1001}
REASONS: dict[str, dict[str, Any]] = {"missing": {}, "None": {"reason": None}, "text": {"reason": "gone"}}


@requirement("asgi.ws.disconnect.app_ends", definite=True)
@pytest.mark.parametrize("target", ["/ws/echo", "/ws/subprotocol"])
def test_the_call_ends_with_the_disconnect(framework: Framework, target: str) -> None:
    """When the client is gone, the application's call ends."""
    events = [CONNECT, step(DISCONNECT, after_sends(1))]
    transcript = framework.websocket(target, events=events)
    assert transcript.noted("over"), transcript.seen("an end of the call")


@requirement("asgi.ws.disconnect.app_ends", definite=True)
@pytest.mark.parametrize("target", ["/ws/echo", "/ws/reject"])
def test_the_call_ends_if_the_client_leaves_within_the_handshake(framework: Framework, target: str) -> None:
    """A client that is gone before the handshake is answered ends the call."""
    transcript = framework.websocket(target, events=[CONNECT, DISCONNECT], gone=after_sends(0))
    assert not transcript.of("sent"), transcript.seen("an end of the call")


@requirement("asgi.ws.disconnect.app_default_reason")
@pytest.mark.parametrize("reason", REASONS)
def test_the_reason_of_a_disconnect_may_be_missing(framework: Framework, reason: str) -> None:
    """A disconnect without a reason, or with None, is one with an empty reason."""
    events = [CONNECT, step({**DISCONNECT, **REASONS[reason]}, after_sends(1))]
    transcript = framework.websocket("/ws/echo", events=events)
    assert transcript.raised is None, transcript.seen("a return")


@requirement("asgi.ws.disconnect.app_default_reason", needs=("close-code",))
def test_a_handler_learns_the_code_of_a_disconnect_without_reason(framework: Framework) -> None:
    """The code arrives without a reason beside it."""
    transcript = framework.websocket("/ws/receive-close", events=[CONNECT, step(DISCONNECT, after_sends(1))])
    assert transcript.of("disconnect") == [1001], transcript.seen("the code 1001 in the handler")


@requirement("asgi.ws.sendexc.app_may_catch", definite=True)
@pytest.mark.parametrize("number", [0, 1])
def test_the_call_ends_if_send_raises_on_a_websocket(framework: Framework, number: int) -> None:
    """An OSError out of `send`, at the handshake or later, ends the call."""
    message = step({"type": "websocket.receive", "text": "a"}, after_sends(1))
    transcript = framework.websocket(
        "/ws/echo", events=[CONNECT, message], end=step(DISCONNECT), gone=after_sends(number)
    )
    assert transcript.noted("over"), transcript.seen("an end of the call")


@requirement("asgi.ws.sendexc.app_may_catch")
def test_what_leaves_the_call_when_send_raises_on_a_websocket(framework: Framework, observe: Observe) -> None:
    """Which exception leaves the call is recorded."""
    transcript = framework.websocket("/ws/echo", messages=["a"], end=step(DISCONNECT), gone=after_sends(1))
    observe({"raised": transcript.raised["types"][0] if transcript.raised else None})


@requirement("asgi.ws.disconnect.app_expects_send_error")
def test_a_close_that_comes_too_late_ends_the_call(framework: Framework) -> None:
    """If the client is gone when the application closes, the call ends."""
    script: dict[str, Any] = {"events": [CONNECT], "end": step(DISCONNECT), "gone": after_sends(1)}
    transcript = framework.websocket("/ws/close/4000", **script)
    assert len(transcript.of("sent")) == 1, transcript.seen("an end of the call after the accept")


@requirement("asgi.ws.app.close_code_valid")
def test_close_codes_are_those_that_may_be_sent(framework: Framework) -> None:
    """Whatever makes the application close, it gives a code that WebSocket allows in a Close frame."""
    broken = breaches(websockets(framework), "asgi.ws.app.close_code_valid")
    assert not broken, saw(broken, "codes that may be sent")


@requirement("asgi.ws.app.close_code_valid")
def test_the_handler_s_code_and_reason_are_sent(framework: Framework) -> None:
    """The application closes with the code and the reason that its handler gives."""
    transcript = framework.websocket("/ws/close/4000")
    last = transcript.sent[-1] if transcript.sent else None
    expected = {"type": "websocket.close", "code": 4000, "reason": "bye"}
    assert last == expected, transcript.seen(str(expected))


@requirement("asgi.ws.close.reason_version_gate")
def test_whether_an_older_server_gets_a_reason(framework: Framework, observe: Observe) -> None:
    """Whether websocket.close has a reason for a server that knows of none is recorded."""
    versions = {"version": "3.0", "spec_version": "2.0"}
    transcript = framework.websocket("/ws/close/4000", scope={"asgi": versions})
    observe({"reason": [message.get("reason") for message in transcript.sent if "code" in message]})


@requirement("asgi.ws.connect.app_replies")
def test_what_an_unknown_path_gets(framework: Framework, observe: Observe) -> None:
    """Whether an application refuses an unknown path with a message or with an exception is recorded."""
    transcript = framework.websocket("/ws/nowhere", end=step(DISCONNECT, AT_ONCE))
    raised = transcript.raised["types"][0] if transcript.raised else None
    observe({"sent": [message.get("type") for message in transcript.sent], "raised": raised})
