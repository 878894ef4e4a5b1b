"""The judge of the messages between an ASGI server and an application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from compliance.interface import asgi
from compliance.interface.model import Conversation, Problem, Side
from compliance.lint.violation import PARTIES, Violation, settled

Outcome = Literal["open", "returned", "raised"]
AsgiTrace = Sequence[tuple[Literal["receive", "send"], Any]]


def judge_asgi(scope: Any, trace: AsgiTrace, *, outcome: Outcome = "open") -> list[Violation]:
    """The violations of one call, in order; none for a protocol that has no table. Never raises.

    The trace holds the messages in the order in which they were given and taken. `outcome` says how the
    application's call ended, "open" if that is not known.
    """
    judge = AsgiJudge(scope)
    found = judge.on_scope()
    for side, message in trace:
        found += judge.on_message(side, message)
    return found + judge.on_end(outcome)


class AsgiJudge:
    """One call, judged step by step; each step returns what is wrong with it."""

    def __init__(self, scope: Any) -> None:
        """Nothing has been said under this scope."""
        self._scope = settled(scope)
        known = isinstance(self._scope, dict) and str(self._scope.get("type")) in asgi.PROTOCOLS
        self._conversation: Conversation | None = asgi.conversation(self._scope) if known else None
        self._index = 0

    def on_scope(self) -> list[Violation]:
        """Judge the scope."""
        problems = asgi.scope_problems(self._scope)
        return [Violation(problem.requirement, "server", problem.text) for problem in problems]

    def on_message(self, side: Side, message: Any) -> list[Violation]:
        """Judge a message, and let it count."""
        if self._conversation is None:
            return []
        message = settled(message)
        problems: list[Problem] = getattr(self._conversation, side)(message)
        if side == "send" and not problems:
            problems = _subprotocol_problems(self._scope, message)
        index, self._index = self._index, self._index + 1
        return [Violation(problem.requirement, PARTIES[side], problem.text, index) for problem in problems]

    def on_end(self, outcome: Outcome) -> list[Violation]:
        """Judge the end of the application's call."""
        if self._conversation is None or outcome != "returned":
            return []
        return _unfinished(self._conversation)


def _subprotocol_problems(scope: Mapping[str, Any], message: Mapping[str, Any]) -> list[Problem]:
    chosen = message.get("subprotocol") if message["type"] == "websocket.accept" else None
    offered = scope.get("subprotocols", ())
    if chosen is None or not isinstance(offered, list | tuple) or chosen in offered:
        return []
    text = f"the subprotocol {chosen!r} is none of {list(offered)!r}"
    return [Problem("asgi.ws.accept.subprotocol_app_offered", text)]


# (protocol, state of send) in which an application that returns leaves a duty undone.
_UNFINISHED = {
    ("http", "no response"): "asgi.http.body.app_final",
    ("http", "debugged"): "asgi.http.body.app_final",
    ("http", "started"): "asgi.http.start.body_must_follow",
    ("http", "started, with trailers"): "asgi.http.start.body_must_follow",
    ("http", "body"): "asgi.http.body.app_final",
    ("http", "body, with trailers"): "asgi.http.body.app_final",
    ("http", "trailers"): "asgi.ext.trailers.more_trailers",
    ("websocket", "connecting"): "asgi.ws.connect.app_replies",
    ("websocket", "denying"): "asgi.ext.denial.event_structure",
    ("lifespan", "starting"): "asgi.lifespan.startup.app_completes",
}


def _unfinished(conversation: Conversation) -> list[Violation]:
    name, state = conversation.protocol.name, conversation.state
    if state["receive"] in ("disconnected", "start"):
        return []
    requirement = _UNFINISHED.get((name, state["send"]))
    if state == {"receive": "stopping", "send": "running"}:
        requirement = "asgi.lifespan.shutdown.app_completes"
    text = f"the application returned in the state {state['send']!r}"
    return [Violation(requirement, "application", text)] if requirement else []
