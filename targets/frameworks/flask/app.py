"""The contract in Flask."""

import hashlib
import time

from flask import Flask, Response, jsonify, redirect, request, send_file

from compliance.guest.channel import FILE, gate, note

PATTERN = bytes(range(256)) * 256
WRITE = ["POST", "PUT", "PATCH"]

wsgi = app = Flask("contract")


def _text(text, status=200):
    return Response(text, status=status, mimetype="text/plain")


@app.get("/")
def hello():
    return _text("hello")


@app.route("/echo", methods=WRITE)
def echo():
    return Response(request.get_data(), content_type=request.content_type or "application/octet-stream")


@app.route("/inspect", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def inspect():
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
def path(rest):
    return _text(rest)


@app.get("/query")
def query():
    return jsonify(list(request.args.items(multi=True)))


@app.route("/json", methods=WRITE)
def json():
    return jsonify(request.get_json())


@app.route("/form", methods=WRITE)
def form():
    return jsonify(list(request.form.items(multi=True)))


@app.route("/digest", methods=WRITE)
def digest():
    found = hashlib.sha256()
    for block in iter(lambda: request.stream.read(65536), b""):
        note("read", len(block))
        found.update(block)
    return _text(found.hexdigest())


@app.get("/status/<int:code>")
def status(code):
    if code in (204, 304):
        return Response(status=code)
    return _text("status %d" % code, code)


@app.get("/headers")
def headers():
    response = _text("headers")
    response.headers["X-Latin"] = "\xe9"
    response.headers.add("X-Repeated", "one")
    response.headers.add("X-Repeated", "two")
    return response


@app.get("/cookies")
def cookies():
    response = _text("cookies")
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return response


@app.get("/cookies/read")
def read_cookies():
    return jsonify(request.cookies)


@app.get("/redirect")
def redirect_():
    return redirect("/", 302)


@app.get("/nothing")
def nothing():
    return "", 204


@app.get("/raise")
def raise_():
    raise RuntimeError("the handler raised")


def _parts(count):
    try:
        for number in range(count):
            if number:
                gate("part-%d" % number)
            yield b"part-%d\n" % number
    finally:
        note("stream closed")


@app.get("/stream/<int:count>")
def stream(count):
    return Response(_parts(count), mimetype="text/plain")


def _broken():
    yield b"part-0\n"
    raise RuntimeError("the stream raised")


@app.get("/stream-raise")
def stream_raise():
    return Response(_broken(), mimetype="text/plain")


@app.get("/file")
def file():
    return send_file(FILE)


@app.get("/large/<int:size>")
def large(size):
    blocks = (PATTERN[: size - start] for start in range(0, size, len(PATTERN)))
    return Response(blocks, mimetype="application/octet-stream")


@app.get("/sleep/<int:ms>")
@app.get("/block/<int:ms>", endpoint="block")
def sleep(ms):
    note("enter")
    time.sleep(ms / 1000)
    note("leave")
    return _text("slept")


@app.get("/hold")
@app.get("/hold-blocking", endpoint="hold_blocking")
def hold():
    gate("hold")
    return _text("held")
