"""An ASGI app that goes through the headers of the scope, whatever kind of iterable they are."""

from typing import Any, Callable, Dict, List

from compliance.guest.apps.default import answer, read_body


def pairs(headers: Any) -> List[List[Any]]:
    """The header fields as a list of lists, in order."""
    return [list(item) for item in headers]


async def lists(scope: Dict[str, Any], receive: Any, send: Callable[..., Any], channel: Any) -> None:
    """Note the headers, and once more what a second iteration gives; read the body; answer 200."""
    channel.note("headers", pairs(scope["headers"]))
    channel.note("again", pairs(scope["headers"]))
    await read_body(receive)
    await answer(send, b"")
