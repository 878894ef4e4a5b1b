"""The contract in Starlette."""

import hashlib
import os
import time
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.responses import (
    FileResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route, WebSocketRoute

from compliance.guest.channel import FILE, agate, asleep, gate, note

PATTERN = bytes(range(256)) * 256
RELATIVE = os.path.relpath(FILE)


async def hello(request):
    return PlainTextResponse("hello")


async def echo(request):
    kind = request.headers.get("content-type", "application/octet-stream")
    return Response(await request.body(), headers={"content-type": kind})


async def inspect(request):
    return JSONResponse(
        {
            "method": request.method,
            "root": request.scope.get("root_path", ""),
            "path": request.scope["path"],
            "query": request.url.query,
            "headers": [list(pair) for pair in request.headers.items()],
            "scheme": request.url.scheme,
            "client": request.client.host if request.client else None,
            "url": str(request.url),
        }
    )


async def path(request):
    return PlainTextResponse(request.path_params["rest"])


async def query(request):
    return JSONResponse(request.query_params.multi_items())


async def json(request):
    try:
        value = await request.json()
    except ValueError:
        return PlainTextResponse("bad JSON", status_code=400)
    return JSONResponse(value)


async def form(request):
    async with request.form() as fields:
        return JSONResponse(fields.multi_items())


async def digest(request):
    found = hashlib.sha256()
    async for block in request.stream():
        note("read", len(block))
        found.update(block)
    return PlainTextResponse(found.hexdigest())


async def status(request):
    code = request.path_params["code"]
    if code in (204, 304):
        return Response(status_code=code)
    return PlainTextResponse("status %d" % code, status_code=code)


async def headers(request):
    response = PlainTextResponse("headers", headers={"x-latin": "\xe9"})
    response.headers.append("x-repeated", "one")
    response.headers.append("x-repeated", "two")
    return response


async def cookies(request):
    response = PlainTextResponse("cookies")
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return response


async def read_cookies(request):
    return JSONResponse(request.cookies)


async def redirect(request):
    return RedirectResponse("/", status_code=302)


async def nothing(request):
    return Response(status_code=204)


async def raise_(request):
    raise RuntimeError("the handler raised")


async def _parts(count):
    try:
        for number in range(count):
            if number:
                await agate("part-%d" % number)
            yield b"part-%d\n" % number
    finally:
        note("stream closed")


async def stream(request):
    return StreamingResponse(_parts(request.path_params["count"]), media_type="text/plain")


async def _broken():
    yield b"part-0\n"
    raise RuntimeError("the stream raised")


async def stream_raise(request):
    return StreamingResponse(_broken(), media_type="text/plain")


async def file(request):
    return FileResponse(RELATIVE)


async def _blocks(size):
    for start in range(0, size, len(PATTERN)):
        yield PATTERN[: size - start]


async def large(request):
    return StreamingResponse(_blocks(request.path_params["size"]), media_type="application/octet-stream")


async def sleep(request):
    note("enter")
    await asleep(request.path_params["ms"] / 1000)
    note("leave")
    return PlainTextResponse("slept")


def block(request):
    note("enter")
    time.sleep(request.path_params["ms"] / 1000)
    note("leave")
    return PlainTextResponse("slept")


async def hold(request):
    await agate("hold")
    return PlainTextResponse("held")


def hold_blocking(request):
    gate("hold")
    return PlainTextResponse("held")


async def disconnected(request):
    note("waiting for the disconnect")
    while not await request.is_disconnected():
        await asleep(0.002)
    note("disconnected")
    return PlainTextResponse("nobody reads this")


async def background(request):
    return PlainTextResponse("answered", background=BackgroundTask(note, "background"))


async def started(request):
    return PlainTextResponse(getattr(request.app.state, "stored", "not started"))


async def push(request):
    await request.send_push_promise("/style.css")
    return PlainTextResponse("pushed")


async def ws_echo(websocket):
    await websocket.accept()
    message = await websocket.receive()
    while message["type"] == "websocket.receive":
        if message.get("bytes") is None:
            await websocket.send_text(message["text"])
        else:
            await websocket.send_bytes(message["bytes"])
        message = await websocket.receive()


async def ws_subprotocol(websocket):
    offered = websocket.scope.get("subprotocols", [])
    await websocket.accept(subprotocol=offered[0] if offered else None)
    await websocket.receive()


async def ws_close(websocket):
    await websocket.accept()
    await websocket.close(code=websocket.path_params["code"], reason="bye")


async def ws_reject(websocket):
    await websocket.close(code=1008, reason="rejected")


async def ws_raise(websocket):
    await websocket.accept()
    raise RuntimeError("the handler raised")


async def ws_receive_close(websocket):
    await websocket.accept()
    message = await websocket.receive()
    while message["type"] == "websocket.receive":
        message = await websocket.receive()
    note("disconnect", message["code"])


@asynccontextmanager
async def lifespan(app):
    app.state.stored = "started"
    note("startup")
    yield
    note("shutdown")


WRITE = ["POST", "PUT", "PATCH"]

asgi = Starlette(
    lifespan=lifespan,
    routes=[
        Route("/", hello),
        Route("/echo", echo, methods=WRITE),
        Route("/inspect", inspect, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
        Route("/path/{rest:path}", path),
        Route("/query", query),
        Route("/json", json, methods=WRITE),
        Route("/form", form, methods=WRITE),
        Route("/digest", digest, methods=WRITE),
        Route("/status/{code:int}", status),
        Route("/headers", headers),
        Route("/cookies", cookies),
        Route("/cookies/read", read_cookies),
        Route("/redirect", redirect),
        Route("/nothing", nothing),
        Route("/raise", raise_),
        Route("/stream/{count:int}", stream),
        Route("/stream-raise", stream_raise),
        Route("/file", file),
        Route("/large/{size:int}", large),
        Route("/sleep/{ms:int}", sleep),
        Route("/block/{ms:int}", block),
        Route("/hold", hold),
        Route("/hold-blocking", hold_blocking),
        Route("/disconnected", disconnected),
        Route("/background", background),
        Route("/started", started),
        Route("/push", push),
        WebSocketRoute("/ws/echo", ws_echo),
        WebSocketRoute("/ws/subprotocol", ws_subprotocol),
        WebSocketRoute("/ws/close/{code:int}", ws_close),
        WebSocketRoute("/ws/reject", ws_reject),
        WebSocketRoute("/ws/raise", ws_raise),
        WebSocketRoute("/ws/receive-close", ws_receive_close),
    ],
)
