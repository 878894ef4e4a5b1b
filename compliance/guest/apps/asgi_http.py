"""ASGI apps that a check of HTTP itself runs; `wsgi_http` has the same ones."""

from typing import Any, Callable, Dict, List, Optional, Tuple

Scope = Dict[str, Any]
Call = Callable[..., Any]

TEXT = (b"content-type", b"text/plain")
LARGE = b"." * (1 << 16)


def _note_request(scope: Scope, channel: Any) -> None:
    wanted = ("type", "http_version", "method", "scheme", "path", "raw_path", "query_string", "headers")
    channel.note("scope", {key: scope[key] for key in wanted if key in scope})


async def _answer(scope: Scope, send: Call, body: bytes) -> None:
    content = b"" if scope["method"] == "HEAD" else body
    headers = [TEXT, (b"content-length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


async def reads(scope: Scope, receive: Call, send: Call, channel: Any) -> None:
    """Note the request, and the body once it was read to its end: "body", or at a disconnect: "cut"."""
    _note_request(scope, channel)
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if message["type"] != "http.request":
            channel.note("cut", body)
            return
    channel.note("body", body)
    await _answer(scope, send, b"read")


async def answers(scope: Scope, receive: Call, send: Call, channel: Any) -> None:
    """Read the body, and answer unless it was cut; note nothing of a request that may be large."""
    message = {"type": "http.request", "more_body": True}
    while message.get("more_body"):
        message = await receive()
    if message["type"] == "http.request":
        await _answer(scope, send, b"answered")


async def ignores(scope: Scope, receive: Call, send: Call, channel: Any) -> None:
    """Note the request, and answer without a look at the body."""
    _note_request(scope, channel)
    await _answer(scope, send, b"ignored")


async def stays(scope: Scope, receive: Call, send: Call, channel: Any) -> None:
    """Answer without a look at the body, and keep hold of it up to the gate "answered"."""
    await _answer(scope, send, LARGE)
    await channel.agate("answered")


async def litters(scope: Scope, receive: Call, send: Call, channel: Any) -> None:
    """Make many small objects of each size, so that whoever has spoilt the memory stumbles; and answer."""
    del [bytes(size) for size in range(16, 512, 8) for _ in range(60)][:]
    await _answer(scope, send, b"littered")


async def responds(  # noqa: PLR0917 - a check chooses what matters to it
    scope: Scope,
    receive: Call,
    send: Call,
    channel: Any,
    status: int = 200,
    headers: Optional[List[Tuple[bytes, bytes]]] = None,
    parts: Tuple[bytes, ...] = (b"content",),
) -> None:
    """Answer with this status, exactly these headers, and content in these parts."""
    _note_request(scope, channel)
    await send({"type": "http.response.start", "status": status, "headers": headers or []})
    for part in parts:
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
