"""Apps for requests that name none: they record what they get, read the body and answer with it.

A request without a body is answered with some words, unless its method is HEAD: a server that fails with
empty responses, or with content in answer to HEAD, is to fail in the checks that are about them, not in all.
"""

from typing import Any, Callable, Dict, List

NO_BODY = b"no body"


def content(method: str, body: bytes) -> bytes:
    """What the answer holds: the body, or NO_BODY if a response to this method has content."""
    return body or (b"" if method == "HEAD" else NO_BODY)


def wsgi(environ: Dict[str, Any], start_response: Callable[..., Any], channel: Any) -> List[bytes]:
    """Record environ (keys of type str, as a plain dict) and body; answer 200 with `content`."""
    channel.note("environ", {key: environ[key] for key in environ if isinstance(key, str)})
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    channel.note("body", body)
    block = content(environ["REQUEST_METHOD"], body)
    headers = [("Content-Type", "application/octet-stream"), ("Content-Length", str(len(block)))]
    start_response("200 OK", headers)
    return [block]


async def read_body(receive: Callable[..., Any]) -> bytes:
    """The whole request body; stops at a disconnect."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def answer(send: Callable[..., Any], body: bytes, status: int = 200) -> None:
    """Send a whole response."""
    headers = [(b"content-type", b"application/octet-stream"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def http(
    scope: Dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any], channel: Any
) -> None:
    """Record scope and body; answer 200 with `content`."""
    channel.note("scope", dict(scope))
    body = await read_body(receive)
    channel.note("body", body)
    await answer(send, content(scope["method"], body))


async def websocket(
    scope: Dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any], channel: Any
) -> None:
    """Record scope and messages; accept, and echo until the end."""
    channel.note("scope", scope)
    channel.note("received", await receive())
    await send({"type": "websocket.accept"})
    while True:
        message = await receive()
        channel.note("received", message)
        if message["type"] != "websocket.receive":
            return
        await send({**message, "type": "websocket.send"})


async def lifespan(
    scope: Dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any], channel: Any
) -> None:
    """Complete startup and shutdown, recording each event."""
    channel.note("scope", scope)
    for answer_type in ("lifespan.startup.complete", "lifespan.shutdown.complete"):
        channel.note("received", await receive())
        await send({"type": answer_type})
        channel.note("sent", answer_type)
