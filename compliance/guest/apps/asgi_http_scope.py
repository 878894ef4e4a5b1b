"""ASGI apps that show whether a server keeps what its scope says."""

from typing import Any, Callable, Dict

from compliance.guest.apps.default import answer

_EVENTS = 1000  # more than a request without a body can have


async def sends_to_nobody(
    scope: Dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any], channel: Any
) -> None:
    """Note spec_version, wait until the client is gone, send a response, and note what `send` did."""
    channel.note("spec_version", scope.get("asgi", {}).get("spec_version", "2.0"))
    for _ in range(_EVENTS):
        if (await receive())["type"] == "http.disconnect":
            break
    channel.note("start", await outcome(send({"type": "http.response.start", "status": 200, "headers": []})))
    channel.note("body", await outcome(send({"type": "http.response.body", "body": b"nobody reads this"})))


async def outcome(sending: Any) -> str:
    """What came of one `send`: "returned", "OSError" (or a subclass), or the name of another exception."""
    try:
        await sending
    except OSError:
        return "OSError"
    except Exception as error:  # noqa: BLE001 - a server may raise anything
        return type(error).__name__
    return "returned"


async def tells(
    scope: Dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any], channel: Any
) -> None:
    """Note the scope, and answer 200 without a look at the body."""
    channel.note("scope", dict(scope))
    await answer(send, b"fine")
