"""A WebSocket echo without an account of it: `compliance.guest.echo:asgi`, for other suites' clients."""

from typing import Any, Callable, Dict

Receive = Callable[..., Any]
Send = Callable[..., Any]


async def asgi(scope: Dict[str, Any], receive: Receive, send: Send) -> None:
    """Send every message of a WebSocket back; answer other requests with nothing; live through a lifespan."""
    kind = scope["type"]
    await {"websocket": _websocket, "lifespan": _lifespan}.get(kind, _http)(receive, send)


async def _websocket(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    message = await receive()
    while message["type"] == "websocket.receive":
        await send({**message, "type": "websocket.send"})
        message = await receive()


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        kind = (await receive())["type"]
        await send({"type": kind + ".complete"})
        if kind == "lifespan.shutdown":
            return


async def _http(_receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body"})
