"""Middleware that judges both sides of an ASGI application's calls, and changes nothing.

    app = Lint(app)
    ...
    app.check()

Messages and exceptions pass as the objects that they are. Protocols without a table pass.
"""

from __future__ import annotations

from typing import Any

from compliance.interface.model import Side
from compliance.lint.asgi_trace import AsgiJudge, Outcome
from compliance.lint.collecting import Collector

__all__ = ["Lint"]


class Lint(Collector):
    """An ASGI application around another one, which collects the violations of server and application.

    Options as in `Collector`. It may be called in any number of event loops and threads.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        """Call the application with what the server gives, and return what it returns."""
        call = Call(self, scope)
        try:
            result = await self.application(scope, call.watched_receive(receive), call.watched_send(send))
        except BaseException:
            call.end("raised")
            raise
        call.end("returned")
        return result


def _name(scope: Any) -> str:
    """The call in words."""
    scope = scope if isinstance(scope, dict) else {}
    words = (scope.get("type"), scope.get("method"), scope.get("path"))
    return " ".join(word for word in words if isinstance(word, str)) or "a call"


class Call:
    """One call of the application, judged message by message."""

    def __init__(self, lint: Lint, scope: Any) -> None:
        """Begin with the scope."""
        self._lint = lint
        self._name = _name(scope)
        self._told: set[tuple[str, str, str]] = set()
        self._judge = AsgiJudge(scope)
        self._refused = False
        lint.keep(self._judge.on_scope(), f"{self._name}, scope", self._told)

    def _note(self, side: Side, message: Any) -> None:
        with self._lint.lock:
            found = self._judge.on_message(side, message)
        kind = message.get("type") if isinstance(message, dict) else None
        step = kind if isinstance(kind, str) else side
        self._lint.keep(found, f"{self._name}, {step}", self._told)

    def watched_receive(self, receive: Any) -> Any:
        """The server's receive, under observation."""

        async def watched() -> Any:
            try:
                message = await receive()
            except Exception:
                self._refused = True
                raise
            self._note("receive", message)
            return message

        return watched

    def watched_send(self, send: Any) -> Any:
        """The server's send, under observation."""

        async def watched(message: Any) -> Any:
            self._note("send", message)
            try:
                return await send(message)
            except Exception:
                self._refused = True
                raise

        return watched

    def end(self, outcome: Outcome) -> None:
        """Judge what is left undone; nothing is owed to a server that has raised: its client may be gone."""
        found = self._judge.on_end("open" if self._refused else outcome)
        self._lint.keep(found, f"{self._name}, end", self._told)
