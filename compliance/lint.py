"""The judge of recorded interface traffic: which side broke which requirement, and where.

    judge_asgi(scope, [("receive", message), ("send", message), …])
    judge_wsgi([("environ", environ), ("start_response", call), ("block", data), …])

The rules are the tables of `compliance.interface`; here is only what a table cannot say, because it needs
the scope, the end of the call, or what came after. Both functions take any values whatever and never raise.
What the specifications leave open is no violation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from compliance.interface import asgi, wsgi
from compliance.interface.model import Conversation, Problem, Side

Party = Literal["server", "application"]
Outcome = Literal["open", "returned", "raised"]
AsgiTrace = Sequence[tuple[Literal["receive", "send"], Any]]
WsgiTrace = Sequence[tuple[str, Any]]

_PARTIES: dict[Side, Party] = {"receive": "server", "send": "application"}


@dataclass(frozen=True)
class Violation:
    """A broken requirement: by whom, what was seen, and where in the trace (None: the scope or the end)."""

    requirement: str
    party: Party
    text: str
    index: int | None = None

    def __str__(self) -> str:
        """One line for people."""
        place = "" if self.index is None else f"at {self.index}: "
        return f"{place}the {self.party} breaks {self.requirement}: {self.text}"


class _Unknown:
    """Stands for an object of which the trace holds only a description: perhaps iterable, perhaps a file."""

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        raise StopIteration

    def fileno(self) -> int:
        return 0


def _settled(value: Any) -> Any:
    """A value in which whatever stands for an instance of a builtin's subclass has become the builtin's."""
    if isinstance(value, dict):
        return {_settled(key): _settled(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_settled(item) for item in value)
    if all(hasattr(value, name) for name in ("type", "base", "value")):
        return _Unknown() if value.base == "object" else _settled(value.value)
    return value


def judge_asgi(scope: Any, trace: AsgiTrace, *, outcome: Outcome = "open") -> list[Violation]:
    """The violations of one call, in order; none for a protocol that has no table.

    The trace holds the messages in the order in which they were given and taken. `outcome` says how the
    application's call ended, "open" if that is not known.
    """
    scope = _settled(scope)
    found = [Violation(problem.requirement, "server", problem.text) for problem in asgi.scope_problems(scope)]
    if not isinstance(scope, dict) or str(scope.get("type")) not in asgi.PROTOCOLS:
        return found
    conversation = asgi.conversation(scope)
    for index, (side, message) in enumerate(trace):
        found += _judge_message(conversation, scope, side, message, index)
    return found + (_unfinished(conversation) if outcome == "returned" else [])


def _judge_message(
    conversation: Conversation, scope: Mapping[str, Any], side: Side, message: Any, index: int
) -> list[Violation]:
    message = _settled(message)
    problems: list[Problem] = getattr(conversation, side)(message)
    if side == "send" and not problems:
        problems = _subprotocol_problems(scope, message)
    return [Violation(problem.requirement, _PARTIES[side], problem.text, index) for problem in problems]


def _subprotocol_problems(scope: Mapping[str, Any], message: Mapping[str, Any]) -> list[Problem]:
    chosen = message.get("subprotocol") if message["type"] == "websocket.accept" else None
    offered = scope.get("subprotocols", ())
    if chosen is None or not isinstance(offered, list | tuple) or chosen in offered:
        return []
    text = f"the subprotocol {chosen!r} is none of {list(offered)!r}"
    return [Problem("asgi.ws.accept.subprotocol_app_offered", text)]


# (protocol, state of receive or "" for any but "disconnected", state of send) in which an application that
# returns leaves a duty undone.
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


def judge_wsgi(trace: WsgiTrace) -> list[Violation]:
    """The violations of one request, in order.

    The steps, each a name and a value:

        ("environ", environ)
        ("start_response", {"status", "headers", "exc_info": tuple, name of an exception's type, or None})
        ("start_response", {"positional": [type names], "keywords": [names]})   for any other call
        ("write", data)  ("block", data)  ("exhausted", None)  ("close", None)
        ("raised", {"by": "application", "iter", "next", "close", "start_response" or "write", …})

    An exception is a step of its own after the call that raised it. Other names are passed over.
    """
    judge = _WsgiJudge()
    for index, (name, value) in enumerate(trace):
        step = getattr(judge, f"on_{name}", None)
        if step is not None:
            judge.index = index
            judge.settle_refusal(name, value)
            step(value)
    return judge.found


_RAISES = "wsgi.sr.exc_info_raises"


class _WsgiJudge:
    """Turns steps into messages of the tables, and remembers what the tables cannot."""

    def __init__(self) -> None:
        self.conversation = wsgi.conversation()
        self.found: list[Violation] = []
        self.index = 0
        self.must_refuse = ""  # the requirement by which the server must raise out of start_response now
        self.must_propagate = False  # it raised with exc_info, which the application must let pass

    def report(self, requirement: str, party: Party, text: str) -> None:
        self.found.append(Violation(requirement, party, text, self.index))

    def say(self, side: Side, message: dict[str, Any]) -> None:
        for problem in getattr(self.conversation, side)(message):
            self.report(problem.requirement, _PARTIES[side], problem.text)

    def settle_refusal(self, name: str, value: Any) -> None:
        """Look at what followed a call of start_response that the server had to refuse."""
        raised_by = value.get("by") if name == "raised" and isinstance(value, dict) else None
        if self.must_refuse and raised_by != "start_response":
            self.report(self.must_refuse, "server", "start_response returned")
        elif self.must_propagate and name in ("start_response", "write", "block", "exhausted"):
            text = f"{name} after start_response raised with exc_info"
            self.report("wsgi.sr.exc_info_app_not_trap", "application", text)
        self.must_propagate = self.must_refuse == _RAISES and raised_by == "start_response"
        self.must_refuse = ""

    def on_environ(self, environ: Any) -> None:
        for problem in wsgi.environ_problems(environ):
            self.report(problem.requirement, "server", problem.text)
        self.say("receive", {"type": "call"})

    def on_start_response(self, call: Any) -> None:
        if not isinstance(call, dict) or "status" not in call:
            text = "start_response was not called with two or three positional arguments"
            self.report("wsgi.callable.start_response_positional", "application", text)
            return
        before, exc_info = self.conversation.state["send"], _exc_info(call.get("exc_info"))
        message = {"type": "start_response", **call, "exc_info": exc_info}
        self.say("send", message)
        self.conversation.advance("send", message)
        if exc_info and before == "sent":
            self.must_refuse = _RAISES
        elif not exc_info and before in ("started", "sent"):
            self.must_refuse = "wsgi.sr.second_call_without_exc_info"

    def on_write(self, data: Any) -> None:
        self.say("send", {"type": "write", "data": data})

    def on_block(self, data: Any) -> None:
        self.say("receive", {"type": "next"})
        self.say("send", {"type": "block", "data": data})

    def on_exhausted(self, _value: Any) -> None:
        self.say("receive", {"type": "next"})
        self.say("send", {"type": "end"})

    def on_close(self, _value: Any) -> None:
        self.say("receive", {"type": "close"})

    def on_raised(self, error: Any) -> None:
        if isinstance(error, dict) and error.get("by") in ("application", "iter", "next"):
            self.conversation.advance("send", {"type": "raise", "error": error})


def _exc_info(value: Any) -> Any:
    """A tuple that stands for the name of an exception's type; anything else as it is."""
    if isinstance(value, str) and value.isidentifier():
        error = Exception(value)
        return (type(error), error, None)
    return value
