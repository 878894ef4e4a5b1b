"""The contract in Quart."""

import asyncio
import hashlib
import time

from quart import Quart, Response, jsonify, make_push_promise, redirect, request, send_file, websocket

from compliance.guest.channel import FILE, agate, asleep, gate, note

PATTERN = bytes(range(256)) * 256
WRITE = ["POST", "PUT", "PATCH"]

asgi = app = Quart("contract")


def _text(text, status=200):
    return Response(text, status=status, mimetype="text/plain")


@app.before_serving
async def startup():
    app.config["STORED"] = "started"
    note("startup")


@app.after_serving
async def shutdown():
    note("shutdown")


@app.get("/")
async def hello():
    return _text("hello")


@app.route("/echo", methods=WRITE)
async def echo():
    return Response(await request.get_data(), content_type=request.content_type or "application/octet-stream")


@app.route("/inspect", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
async def inspect():
    return jsonify(
        method=request.method,
        root=request.root_path,
        path=request.root_path + request.path,
        query=request.query_string.decode("latin-1"),
        headers=[[name.lower(), value] for name, value in request.headers],
        scheme=request.scheme,
        client=request.remote_addr,
        url=request.url,
    )


@app.get("/path/", defaults={"rest": ""})
@app.get("/path/<path:rest>")
async def path(rest):
    return _text(rest)


@app.get("/query")
async def query():
    return jsonify(list(request.args.items(multi=True)))


@app.route("/json", methods=WRITE)
async def json():
    return jsonify(await request.get_json())


@app.route("/form", methods=WRITE)
async def form():
    return jsonify(list((await request.form).items(multi=True)))


@app.route("/digest", methods=WRITE)
async def digest():
    found = hashlib.sha256()
    async for block in request.body:
        note("read", len(block))
        found.update(block)
    return _text(found.hexdigest())


@app.get("/status/<int:code>")
async def status(code):
    if code in (204, 304):
        return Response("", status=code)
    return _text("status %d" % code, code)


@app.get("/headers")
async def headers():
    response = _text("headers")
    response.headers.add("X-Repeated", "one")
    response.headers.add("X-Repeated", "two")
    return response


@app.get("/cookies")
async def cookies():
    response = _text("cookies")
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return response


@app.get("/cookies/read")
async def read_cookies():
    return jsonify(request.cookies)


@app.get("/redirect")
async def redirect_():
    return redirect("/", 302)


@app.get("/nothing")
async def nothing():
    return "", 204


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


@app.get("/stream/<int:count>")
async def stream(count):
    return Response(_parts(count), mimetype="text/plain")


async def _broken():
    yield b"part-0\n"
    raise RuntimeError("the stream raised")


@app.get("/stream-raise")
async def stream_raise():
    return Response(_broken(), mimetype="text/plain")


async def _blocks(size):
    for start in range(0, size, len(PATTERN)):
        yield PATTERN[: size - start]


@app.get("/file")
async def file():
    return await send_file(FILE)


@app.get("/large/<int:size>")
async def large(size):
    return Response(_blocks(size), mimetype="application/octet-stream")


@app.get("/sleep/<int:ms>")
async def sleep(ms):
    note("enter")
    await asleep(ms / 1000)
    note("leave")
    return _text("slept")


@app.get("/block/<int:ms>")
def block(ms):
    note("enter")
    time.sleep(ms / 1000)
    note("leave")
    return _text("slept")


@app.get("/hold")
async def hold():
    await agate("hold")
    return _text("held")


@app.get("/hold-blocking")
def hold_blocking():
    gate("hold")
    return _text("held")


@app.get("/disconnected")
async def disconnected():
    note("waiting for the disconnect")
    try:
        while True:
            await asleep(60)
    except asyncio.CancelledError:
        note("disconnected")
        raise


@app.get("/background")
async def background():
    app.add_background_task(_in_background)
    return _text("answered")


async def _in_background():
    note("background")


@app.get("/started")
async def started():
    return _text(app.config.get("STORED", "not started"))


@app.get("/push")
async def push():
    await make_push_promise("/style.css")
    return _text("pushed")


@app.websocket("/ws/echo")
async def ws_echo():
    while True:
        await websocket.send(await websocket.receive())


@app.websocket("/ws/subprotocol")
async def ws_subprotocol():
    offered = websocket.requested_subprotocols
    await websocket.accept(subprotocol=offered[0] if offered else None)
    await websocket.receive()


@app.websocket("/ws/close/<int:code>")
async def ws_close(code):
    await websocket.accept()
    await websocket.close(code, "bye")


@app.websocket("/ws/reject")
async def ws_reject():
    await websocket.close(1008, "rejected")


@app.websocket("/ws/raise")
async def ws_raise():
    await websocket.accept()
    raise RuntimeError("the handler raised")
