"""The contract in FastAPI."""

import hashlib
import os
import time
from contextlib import asynccontextmanager
from typing import Any

from fastapi import BackgroundTasks, Body, FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, PlainTextResponse, RedirectResponse, StreamingResponse

from compliance.guest.channel import FILE, agate, asleep, gate, note

PATTERN = bytes(range(256)) * 256
RELATIVE = os.path.relpath(FILE)
WRITE = ["POST", "PUT", "PATCH"]


@asynccontextmanager
async def lifespan(app):
    app.state.stored = "started"
    note("startup")
    yield
    note("shutdown")


asgi = app = FastAPI(lifespan=lifespan)


@app.exception_handler(RequestValidationError)
async def bad_request(request, error):
    return PlainTextResponse("bad request", status_code=400)


@app.get("/", response_class=PlainTextResponse)
async def hello():
    return "hello"


@app.api_route("/echo", methods=WRITE)
async def echo(request: Request):
    kind = request.headers.get("content-type", "application/octet-stream")
    return Response(await request.body(), headers={"content-type": kind})


@app.api_route("/inspect", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
async def inspect(request: Request):
    return {
        "method": request.method,
        "root": request.scope.get("root_path", ""),
        "path": request.scope["path"],
        "query": request.url.query,
        "headers": request.headers.items(),
        "scheme": request.url.scheme,
        "client": request.client.host if request.client else None,
        "url": str(request.url),
    }


@app.get("/path/{rest:path}", response_class=PlainTextResponse)
async def path(rest: str):
    return rest


@app.get("/query")
async def query(request: Request):
    return request.query_params.multi_items()


@app.api_route("/json", methods=WRITE)
async def json(value: Any = Body()):  # noqa: B008 - FastAPI's idiom
    return value


@app.api_route("/form", methods=WRITE)
async def form(request: Request):
    async with request.form() as fields:
        return fields.multi_items()


@app.api_route("/digest", methods=WRITE, response_class=PlainTextResponse)
async def digest(request: Request):
    found = hashlib.sha256()
    async for block in request.stream():
        note("read", len(block))
        found.update(block)
    return found.hexdigest()


@app.get("/status/{code}")
async def status(code: int):
    if code in (204, 304):
        return Response(status_code=code)
    return PlainTextResponse("status %d" % code, status_code=code)


@app.get("/headers", response_class=PlainTextResponse)
async def headers(response: Response):
    response.headers["x-latin"] = "\xe9"
    response.headers.append("x-repeated", "one")
    response.headers.append("x-repeated", "two")
    return "headers"


@app.get("/cookies", response_class=PlainTextResponse)
async def cookies(response: Response):
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return "cookies"


@app.get("/cookies/read")
async def read_cookies(request: Request):
    return request.cookies


@app.get("/redirect")
async def redirect():
    return RedirectResponse("/", status_code=302)


@app.get("/nothing", status_code=204)
async def nothing():
    return None


@app.get("/raise")
async def raise_():
    raise RuntimeError("the handler raised")


async def _parts(count):
    try:
        for number in range(count):
            if number:
                await agate("part-%d" % number)
            yield b"part-%d\n" % number
    finally:
        note("stream closed")


@app.get("/stream/{count}")
async def stream(count: int):
    return StreamingResponse(_parts(count), media_type="text/plain")


async def _broken():
    yield b"part-0\n"
    raise RuntimeError("the stream raised")


@app.get("/stream-raise")
async def stream_raise():
    return StreamingResponse(_broken(), media_type="text/plain")


@app.get("/file")
async def file():
    return FileResponse(RELATIVE)


async def _blocks(size):
    for start in range(0, size, len(PATTERN)):
        yield PATTERN[: size - start]


@app.get("/large/{size}")
async def large(size: int):
    return StreamingResponse(_blocks(size), media_type="application/octet-stream")


@app.get("/sleep/{ms}", response_class=PlainTextResponse)
async def sleep(ms: int):
    note("enter")
    await asleep(ms / 1000)
    note("leave")
    return "slept"


@app.get("/block/{ms}", response_class=PlainTextResponse)
def block(ms: int):
    note("enter")
    time.sleep(ms / 1000)
    note("leave")
    return "slept"


@app.get("/hold", response_class=PlainTextResponse)
async def hold():
    await agate("hold")
    return "held"


@app.get("/hold-blocking", response_class=PlainTextResponse)
def hold_blocking():
    gate("hold")
    return "held"


@app.get("/disconnected", response_class=PlainTextResponse)
async def disconnected(request: Request):
    note("waiting for the disconnect")
    while not await request.is_disconnected():
        await asleep(0.002)
    note("disconnected")
    return "nobody reads this"


@app.get("/background", response_class=PlainTextResponse)
async def background(tasks: BackgroundTasks):
    tasks.add_task(note, "background")
    return "answered"


@app.get("/started", response_class=PlainTextResponse)
async def started():
    return getattr(app.state, "stored", "not started")


@app.get("/push", response_class=PlainTextResponse)
async def push(request: Request):
    await request.send_push_promise("/style.css")
    return "pushed"


@app.websocket("/ws/echo")
async def ws_echo(websocket: WebSocket):
    await websocket.accept()
    message = await websocket.receive()
    while message["type"] == "websocket.receive":
        if message.get("bytes") is None:
            await websocket.send_text(message["text"])
        else:
            await websocket.send_bytes(message["bytes"])
        message = await websocket.receive()


@app.websocket("/ws/subprotocol")
async def ws_subprotocol(websocket: WebSocket):
    offered = websocket.scope.get("subprotocols", [])
    await websocket.accept(subprotocol=offered[0] if offered else None)
    await websocket.receive()


@app.websocket("/ws/close/{code}")
async def ws_close(websocket: WebSocket, code: int):
    await websocket.accept()
    await websocket.close(code=code, reason="bye")


@app.websocket("/ws/reject")
async def ws_reject(websocket: WebSocket):
    await websocket.close(code=1008, reason="rejected")


@app.websocket("/ws/raise")
async def ws_raise(websocket: WebSocket):
    await websocket.accept()
    raise RuntimeError("the handler raised")


@app.websocket("/ws/receive-close")
async def ws_receive_close(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect as error:
        note("disconnect", error.code)
