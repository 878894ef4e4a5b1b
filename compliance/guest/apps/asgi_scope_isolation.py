"""ASGI apps that change what is theirs, and show what they find that was changed by others."""

from typing import Any, Callable, Dict

from compliance.guest.apps.default import answer, read_body

MARK = "compliance.mark"


async def marks(scope: Dict[str, Any], receive: Any, send: Callable[..., Any], channel: Any) -> None:
    """Note whether the scope, or a dict in it, has our mark already; mark them all; answer 200."""
    dicts = {key: value for key, value in scope.items() if isinstance(value, dict)}
    channel.note("marked", MARK in scope)
    channel.note("marked inside", sorted(key for key, value in dicts.items() if MARK in value))
    scope[MARK] = True
    for value in dicts.values():
        value[MARK] = {}
    await read_body(receive)
    await answer(send, b"")


async def watches(scope: Dict[str, Any], receive: Any, send: Callable[..., Any], channel: Any) -> None:
    """Answer 200 in two parts; note the keys of the scope whose values are others than at the beginning."""
    before = {key: repr(value) for key, value in scope.items()}
    await read_body(receive)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"part", "more_body": True})
    await send({"type": "http.response.body"})
    after = {key: repr(value) for key, value in scope.items()}
    channel.note("changed", sorted(key for key in {**before, **after} if before.get(key) != after.get(key)))


async def gated(scope: Dict[str, Any], receive: Any, send: Callable[..., Any], channel: Any) -> None:
    """Wait at the gate "go on" before noting scope and body; answer 200 with the path."""
    await channel.agate("go on")
    channel.note("scope", dict(scope))
    channel.note("body", await read_body(receive))
    await answer(send, scope["path"].encode())


async def holds(scope: Dict[str, Any], receive: Any, send: Callable[..., Any], channel: Any) -> None:
    """Send a part of a response, note what receive gives next, and end the response."""
    await read_body(receive)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"part", "more_body": True})
    channel.note("waits")
    channel.note("event", await receive())
    await send({"type": "http.response.body", "body": b""})


async def ignores_the_body(
    scope: Dict[str, Any], receive: Any, send: Callable[..., Any], channel: Any
) -> None:
    """Answer 200 with the path, without a look at the body."""
    await answer(send, scope["path"].encode())
