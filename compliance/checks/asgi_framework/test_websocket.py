"""ASGI WebSocket: the handshake, messages in both directions, and what an application sends."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.contract import breaches, websockets
from compliance.expect import saw
from compliance.framework import Framework, after_sends, step
from compliance.requirements import requirement

ANSWERS = {"websocket.accept", "websocket.close", "websocket.http.response.start"}
CONNECT = {"type": "websocket.connect"}

# What a server may make of a message: the other key is missing, or None.
FORMS: dict[str, dict[str, Any]] = {
    "text alone": {"text": "a"},
    "text with bytes None": {"text": "a", "bytes": None},
    "bytes alone": {"bytes": b"a"},
    "bytes with text None": {"bytes": b"a", "text": None},
}


def echoed(framework: Framework, *messages: dict[str, Any]) -> Any:
    """The transcript of a WebSocket on which these messages, without their type, are echoed."""
    received = [step({"type": "websocket.receive", **message}, after_sends(1)) for message in messages]
    leave = step({"type": "websocket.disconnect", "code": 1000}, after_sends(1 + len(messages)))
    return framework.websocket("/ws/echo", events=[CONNECT, *received], end=leave)


@requirement("asgi.ws.connect.app_replies")
@pytest.mark.parametrize("target", ["/ws/echo", "/ws/close/4000", "/ws/reject", "/ws/raise"])
def test_the_handshake_is_answered_first(framework: Framework, target: str) -> None:
    """The first message of an application is accept or close."""
    transcript = framework.websocket(target)
    first = transcript.sent[0].get("type") if transcript.sent else None
    assert first in ANSWERS, transcript.seen("accept or close first")


@requirement("asgi.ws.accept.subprotocol_app_offered")
@pytest.mark.parametrize(("offered", "chosen"), [([], None), (["a"], "a"), (["b", "a"], "b")])
def test_the_subprotocol_is_one_of_those_offered(
    framework: Framework, offered: list[str], chosen: str | None
) -> None:
    """The application accepts with a subprotocol of the client's, or with none."""
    transcript = framework.websocket("/ws/subprotocol", subprotocols=offered)
    accepted = [message.get("subprotocol") for message in transcript.sent if isinstance(message, dict)]
    assert accepted[:1] == [chosen], transcript.seen(f"an accept with the subprotocol {chosen!r}")


@requirement("asgi.ws.accept.headers_no_protocol_app")
def test_no_header_of_the_handshake_names_the_subprotocol(framework: Framework) -> None:
    """The subprotocol has a key of its own, and is no header."""
    broken = breaches(websockets(framework), "asgi.ws.accept.headers_no_protocol_app")
    assert not broken, saw(broken, "no header sec-websocket-protocol")


@requirement("asgi.ws.accept.headers_lowercase_app")
def test_header_names_of_the_handshake_are_lower_case(framework: Framework) -> None:
    """The header names of websocket.accept are in lower case."""
    broken = breaches(websockets(framework), "asgi.ws.accept.headers_lowercase_app")
    assert not broken, saw(broken, "names in lower case")


@requirement("asgi.ws.accept.headers_no_pseudo_app")
def test_there_are_no_pseudo_headers_in_the_handshake(framework: Framework) -> None:
    """No header of websocket.accept has a name that begins with a colon."""
    broken = breaches(websockets(framework), "asgi.ws.accept.headers_no_pseudo_app")
    assert not broken, saw(broken, "no name that begins with a colon")


@requirement("asgi.ws.accept.headers_version_gate")
@pytest.mark.parametrize("version", [{}, {"spec_version": "2.0"}], ids=["no version", "2.0"])
def test_a_server_of_version_2_0_gets_no_headers(framework: Framework, version: dict[str, str]) -> None:
    """websocket.accept has headers only for servers that know of them, from version 2.1 on."""
    traffic = websockets(framework, scope={"asgi": {"version": "3.0", **version}})
    broken = breaches(traffic, "asgi.ws.accept.headers_version_gate")
    assert not broken, saw(broken, "no headers in websocket.accept")


@requirement("asgi.ext.denial.app_gate")
def test_a_handshake_is_refused_with_close_where_denials_are_not_offered(framework: Framework) -> None:
    """Without the extension for denial responses, a refusal is websocket.close."""
    transcript = framework.websocket("/ws/reject")
    types = [message.get("type") for message in transcript.sent]
    assert types == ["websocket.close"], transcript.seen("one websocket.close")


@requirement("asgi.ws.receive.app_either_key")
@pytest.mark.parametrize("form", FORMS)
def test_a_message_is_read_from_the_key_that_holds_it(framework: Framework, form: str) -> None:
    """A message with one key, or with both of which one is None, is understood."""
    transcript = echoed(framework, FORMS[form])
    expected = [value for value in FORMS[form].values() if value is not None]
    assert transcript.messages == expected, transcript.seen(f"an echo of {expected}")


@requirement("asgi.ws.receive.app_either_key")
@pytest.mark.parametrize("form", FORMS)
def test_an_empty_message_is_a_message(framework: Framework, form: str) -> None:
    """A message may be empty."""
    message = {key: value if value is None else value[:0] for key, value in FORMS[form].items()}
    transcript = echoed(framework, message)
    expected = [value for value in message.values() if value is not None]
    assert transcript.messages == expected, transcript.seen(f"an echo of {expected}")


@requirement("asgi.ws.receive.app_either_key")
@given(messages=st.lists(st.text(min_size=1, max_size=9) | st.binary(min_size=1, max_size=9), max_size=5))
def test_any_messages_come_in_their_order(framework: Framework, messages: list[str | bytes]) -> None:
    """Text and bytes of any content arrive as they are, in order."""
    transcript = framework.websocket("/ws/echo", messages=messages)
    assert transcript.messages == messages, transcript.seen(f"an echo of {messages}")


@requirement("asgi.core.error.extra_keys_app", needs=("websocket",))
def test_unknown_keys_of_a_websocket_message_do_no_harm(framework: Framework) -> None:
    """A message may hold keys of which the application has never heard."""
    transcript = echoed(framework, {"text": "a", "compliance.unknown": 1})
    assert transcript.messages == ["a"], transcript.seen("an echo")


@requirement("asgi.ws.send.exactly_one_app")
def test_each_message_has_either_text_or_bytes(framework: Framework) -> None:
    """Exactly one of text and bytes is in a message that the application sends."""
    broken = breaches(websockets(framework), "asgi.ws.send.exactly_one_app")
    assert not broken, saw(broken, "either text or bytes")
