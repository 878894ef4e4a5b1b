"""WSGI apps whose body has another length than they say."""

from typing import Any, Callable, Dict, Iterable, List

from compliance.guest.apps.wsgi_blocks import Blocks

Environ = Dict[str, Any]
Start = Callable[..., Any]


def says(
    environ: Environ,
    start_response: Start,
    channel: Any,
    length: int,
    blocks: Iterable[bytes],
    status: str = "200 OK",
) -> Blocks:
    """Announce a Content-Length and yield blocks, whatever their length."""
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(length))])
    return Blocks(channel, blocks)


def lists(
    environ: Environ, start_response: Start, channel: Any, blocks: List[bytes], length: Any = None
) -> List[bytes]:
    """Return a list of blocks, with a Content-Length if one is given."""
    headers = [("Content-Type", "text/plain")]
    start_response("200 OK", headers + ([] if length is None else [("Content-Length", str(length))]))
    return blocks
