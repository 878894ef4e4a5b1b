"""The ways to begin a conversation: an HTTP request, a WebSocket, or any scope with any script."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from compliance.conversation import Conversation, Plan
from compliance.plan import (
    FINISHED,
    NEVER,
    Condition,
    Headers,
    Message,
    Request,
    after_sends,
    body_steps,
    environ_of,
    merge,
    request,
    scope_of,
    step,
)
from compliance.target import Interface
from compliance.transcript import Transcript


def _steps(events: Sequence[Message]) -> list[dict[str, Any]]:
    """Steps of messages, some of which are steps already."""
    return [dict(event) if "when" in event else step(event) for event in events]


class Player(ABC):
    """Something to which conversations can be played."""

    interface: Interface

    @abstractmethod
    def begin(self, plan: Plan) -> Conversation:
        """Begin the conversation of a complete plan; the keys are those of the interface's driver."""

    def play(
        self,
        scope: Mapping[str, Any],
        events: Sequence[Message],
        *,
        end: Mapping[str, Any] | None = None,
        pauses: Mapping[int, str] | None = None,
        gone: Condition = None,
        cancel: Condition = None,
        state: bool = True,
    ) -> Conversation:
        """Begin a conversation of any ASGI scope.

        `events` are the messages for `receive`, plain or from `step`; after them comes `end`, again and
        again, by default never. `pauses`: {number of a send: gate before it returns}. `gone`: the condition
        from which `send` raises an OSError. `cancel`: the condition at which the application's task is
        cancelled. `state`: whether the scope gets a copy of the lifespan's namespace, if there is one.
        """
        if self.interface != "asgi":
            raise TypeError("only ASGI has scopes")
        return self.begin(
            {
                "scope": dict(scope),
                "steps": _steps(events),
                "end": dict(end or step(None, NEVER)),
                "pauses": dict(pauses or {}),
                "gone": gone,
                "cancel": cancel,
                "state": state,
            }
        )

    def open(
        self,
        method: str = "GET",
        target: str | bytes = "/",
        *,
        headers: Headers = (),
        body: bytes | Sequence[bytes] = b"",
        root: str = "",
        length: bool = True,
        arrivals: Mapping[int, str] | None = None,
        **script: Any,
    ) -> Conversation:
        """Begin an HTTP request on either interface and return at once.

        `body` may be given in parts; `arrivals` ({number of a part: gate}) holds parts back. `root` is the
        path where the application is mounted, before `target`. Without `length` no Content-Length is added.
        Further for ASGI: `scope` (overrides of its keys, also ABSENT), `events` (in place of the body's),
        `disconnect` (the condition for http.disconnect after them), and those of `play`. For WSGI: `environ`
        (overrides), `input` (overrides of `streams.Input`'s description, or None), `pauses` ({number of a
        block: gate after it}), `stop` (blocks after which the client is gone), `gone` (the same for write()),
        `wrapper` (whether there is a wsgi.file_wrapper).
        """
        asked = request(method, target, headers, body, root=root, length=length)
        begin = self._open_asgi if self.interface == "asgi" else self._open_wsgi
        return begin(asked, dict(arrivals or {}), **script)

    def _open_asgi(
        self,
        asked: Request,
        arrivals: Mapping[int, str],
        *,
        scope: Mapping[str, Any] | None = None,
        events: Sequence[Message] | None = None,
        disconnect: Condition = FINISHED,
        **script: Any,
    ) -> Conversation:
        messages = body_steps(asked.parts, arrivals) if events is None else events
        script.setdefault("state", "state" not in (scope or {}))
        return self.play(merge(scope_of(asked), scope), messages, end=step(None, disconnect), **script)

    def _open_wsgi(
        self,
        asked: Request,
        arrivals: Mapping[int, str],
        *,
        environ: Mapping[str, Any] | None = None,
        input: Mapping[str, Any] | None = {},  # noqa: A002 - the key's name; never changed
        pauses: Mapping[int, str] | None = None,
        stop: int | None = None,
        gone: int | None = None,
        wrapper: bool = False,
    ) -> Conversation:
        stream = {
            "parts": list(asked.parts),
            "gates": arrivals,
            "short": False,
            "bare": False,
            "beyond": "empty",
        }
        return self.begin(
            {
                "environ": merge(environ_of(asked), environ),
                "input": None if input is None else merge(stream, input),
                "pauses": dict(pauses or {}),
                "stop": stop,
                "gone": gone,
                "wrapper": wrapper,
            }
        )

    def http(self, method: str = "GET", target: str | bytes = "/", **options: Any) -> Transcript:
        """Make an HTTP request and wait for the end of the application's work; options as in `open`.

        Raises Silence if it does not end, TargetDied if its process does.
        """
        return self.open(method, target, **options).finish()

    def open_websocket(
        self,
        target: str | bytes = "/",
        *,
        messages: Sequence[str | bytes] = (),
        headers: Headers = (),
        subprotocols: Sequence[str] = (),
        replies: int | None = None,
        close: int = 1000,
        scope: Mapping[str, Any] | None = None,
        events: Sequence[Message] | None = None,
        **script: Any,
    ) -> Conversation:
        """Begin a WebSocket conversation and return at once.

        The client sends `messages` once it is accepted, and closes with the code `close` when the application
        has sent its answer to the handshake and `replies` messages (default: as many as it got). `events`
        replace all of that; the further options are those of `play`.
        """
        offer = [("sec-websocket-protocol", ", ".join(subprotocols))] if subprotocols else []
        asked = request("GET", target, [*headers, *offer], b"")
        count = len(messages) if replies is None else replies
        farewell = {"type": "websocket.disconnect", "code": close, "reason": ""}
        if events is None:
            events = [step({"type": "websocket.connect"})] + [_data(message) for message in messages]
            script.setdefault("end", step(farewell, after_sends(1 + count)))
        script.setdefault("state", "state" not in (scope or {}))
        return self.play(merge(scope_of(asked, "websocket"), scope), events, **script)

    def websocket(self, target: str | bytes = "/", **options: Any) -> Transcript:
        """Hold a WebSocket conversation to its end; the options are those of `open_websocket`."""
        return self.open_websocket(target, **options).finish()


def _data(message: str | bytes) -> dict[str, Any]:
    """A message of the client, after the handshake."""
    key = "text" if isinstance(message, str) else "bytes"
    return step({"type": "websocket.receive", key: message}, after_sends(1))
