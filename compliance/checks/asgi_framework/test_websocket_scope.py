"""ASGI WebSocket: a scope may lack each of its optional keys, and an application takes the default."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.framework import ABSENT, Framework
from compliance.requirements import requirement

OPTIONAL: dict[str, list[Any]] = {
    "http_version": [ABSENT],
    "scheme": [ABSENT],
    "raw_path": [ABSENT, None],
    "query_string": [ABSENT],
    "root_path": [ABSENT],
    "client": [ABSENT, None],
    "server": [ABSENT, None, ("/run/s", None)],
    "subprotocols": [ABSENT],
    "state": [ABSENT],
    "extensions": [ABSENT, None],
    "asgi": [{"version": "3.0"}],
}
SHAPES = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(values) for name, values in OPTIONAL.items()}
)


@requirement("asgi.ws.app.defaults")
@pytest.mark.parametrize("key", OPTIONAL)
def test_a_key_of_a_websocket_scope_may_be_missing(framework: Framework, key: str) -> None:
    """A WebSocket without this key works."""
    transcript = framework.websocket("/ws/echo", messages=["text"], scope={key: OPTIONAL[key][0]})
    assert transcript.messages == ["text"], transcript.seen("an echo")


@requirement("asgi.ws.app.defaults")
@given(shape=SHAPES)
def test_any_legal_shape_of_a_websocket_scope_works(framework: Framework, shape: dict[str, Any]) -> None:
    """Whichever of the optional keys are missing or None, the WebSocket works."""
    transcript = framework.websocket("/ws/echo", messages=["text"], scope=shape)
    assert transcript.messages == ["text"], transcript.seen("an echo")


@requirement("asgi.ws.app.defaults")
def test_no_subprotocols_are_none_offered(framework: Framework) -> None:
    """Without `subprotocols` the application accepts without one."""
    transcript = framework.websocket("/ws/subprotocol", scope={"subprotocols": ABSENT})
    accepted = [message.get("subprotocol") for message in transcript.sent if isinstance(message, dict)]
    assert accepted[:1] == [None], transcript.seen("an accept without a subprotocol")


@requirement("asgi.ws.app.query_string_none")
def test_the_query_string_of_a_websocket_may_be_none(framework: Framework) -> None:
    """A WebSocket whose query_string is None works."""
    transcript = framework.websocket("/ws/echo", messages=["text"], scope={"query_string": None})
    assert transcript.messages == ["text"], transcript.seen("an echo")


@requirement("asgi.core.error.extra_scope_keys_app", needs=("websocket",))
def test_unknown_keys_of_a_websocket_scope_do_no_harm(framework: Framework) -> None:
    """A WebSocket's scope may hold keys of which the application has never heard."""
    scope = {"compliance.unknown": 1, "extensions": {"compliance": {}}}
    transcript = framework.websocket("/ws/echo", messages=["text"], scope=scope)
    assert transcript.messages == ["text"], transcript.seen("an echo")
