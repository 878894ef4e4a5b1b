"""The contract as an ASGI application: a method for each endpoint, so that a liar can replace one."""

import hashlib
import json
import os
import time
from urllib.parse import parse_qsl

from compliance.guest.channel import FILE, agate, asleep, gate, note

PATTERN = bytes(range(256)) * 256
READ = ("GET", "HEAD")
WRITE = ("POST", "PUT", "PATCH")
ANY = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

ROUTES = {
    "": ("hello", READ),
    "echo": ("echo", WRITE),
    "inspect": ("inspect", ANY),
    "path": ("path", READ),
    "query": ("query", READ),
    "json": ("json", WRITE),
    "form": ("form", WRITE),
    "digest": ("digest", WRITE),
    "status": ("status", READ),
    "headers": ("headers", READ),
    "cookies": ("cookies", READ),
    "redirect": ("redirect", READ),
    "nothing": ("nothing", READ),
    "raise": ("raise_", READ),
    "stream": ("stream", READ),
    "stream-raise": ("stream_raise", READ),
    "file": ("file", READ),
    "large": ("large", READ),
    "sleep": ("sleep", READ),
    "block": ("block", READ),
    "hold": ("hold", READ),
    "hold-blocking": ("hold_blocking", READ),
    "disconnected": ("disconnected", READ),
    "background": ("background", READ),
    "started": ("started", READ),
    "push": ("push", READ),
}
"""First segment of the path: name of the method, allowed methods of HTTP."""

WEBSOCKETS = {
    "echo": "ws_echo",
    "subprotocol": "ws_subprotocol",
    "close": "ws_close",
    "reject": "ws_reject",
    "raise": "ws_raise",
    "receive-close": "ws_receive_close",
}


class Exchange:
    """One HTTP or WebSocket scope with its callables, and what most endpoints do with them."""

    def __init__(self, scope, receive, send, rest):
        self.scope = scope
        self.receive = receive
        self.send = send
        self.rest = rest

    def offers(self, extension):
        return extension in (self.scope.get("extensions") or {})

    def header(self, name):
        return next((value for key, value in self.headers() if key == name), None)

    def headers(self):
        """The request's fields as pairs of text, names in lower case."""
        pairs = ((bytes(name), bytes(value)) for name, value in self.scope["headers"])
        return [[name.decode("latin-1").lower(), value.decode("latin-1")] for name, value in pairs]

    async def blocks(self):
        """Yield the request body as it comes."""
        more = True
        while more:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise OSError("the client is gone")
            if message["type"] != "http.request":
                raise ValueError("unknown event {!r}".format(message["type"]))
            yield message.get("body", b"")
            more = message.get("more_body", False)

    async def body(self):
        return b"".join([block async for block in self.blocks()])

    async def start(self, status, headers):
        pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers]
        await self.send({"type": "http.response.start", "status": status, "headers": pairs})

    async def part(self, body, more):
        await self.send({"type": "http.response.body", "body": body, "more_body": more})

    async def respond(self, body, headers, status=200):
        await self.start(status, [*headers, ("content-length", str(len(body)))])
        await self.part(b"" if self.scope["method"] == "HEAD" else body, False)

    async def text(self, text, status=200, headers=()):
        await self.respond(text.encode(), [("content-type", "text/plain; charset=utf-8"), *headers], status)

    async def as_json(self, value):
        await self.respond(json.dumps(value).encode(), [("content-type", "application/json")])


class AsgiContract:
    """An application; each endpoint is called with an exchange, which holds scope, receive and send."""

    stored = "not started"

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            await self.lifespan(scope, receive, send)
        elif scope["type"] == "http":
            await self.http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self.websocket(scope, receive, send)
        else:
            raise ValueError("unknown scope type {!r}".format(scope["type"]))

    async def lifespan(self, scope, receive, send):
        await self.startup(receive, send)
        await self.shutdown(receive, send)

    async def startup(self, receive, send):
        await receive()
        self.stored = "started"
        note("startup")
        await send({"type": "lifespan.startup.complete"})

    async def shutdown(self, receive, send):
        await receive()
        note("shutdown")
        await send({"type": "lifespan.shutdown.complete"})

    async def http(self, scope, receive, send):
        first, _, rest = _below(scope).lstrip("/").partition("/")
        started = []

        async def noticed(message):
            started.append(message["type"])
            await send(message)

        exchange = Exchange(scope, receive, noticed, rest)
        try:
            await self.dispatch(exchange, first)
        except Exception:
            if started:
                raise
            await self.failure(exchange)

    async def dispatch(self, exchange, first):
        name, methods = ROUTES.get(first, ("missing", ANY))
        if exchange.scope["method"] not in methods:
            await exchange.text("method not allowed", 405, [("allow", ", ".join(methods))])
        else:
            await getattr(self, name)(exchange)

    async def websocket(self, scope, receive, send):
        first, _, rest = _below(scope).lstrip("/").partition("/")
        name, _, rest = rest.partition("/")
        exchange = Exchange(scope, receive, send, rest)
        await receive()
        await getattr(self, WEBSOCKETS.get(name if first == "ws" else "", "ws_reject"))(exchange)

    # Endpoints

    async def hello(self, exchange):
        await exchange.text("hello")

    async def missing(self, exchange):
        await exchange.text("not found", 404)

    async def failure(self, exchange):
        await exchange.text("internal server error", 500)

    async def echo(self, exchange):
        kind = exchange.header("content-type") or "application/octet-stream"
        await exchange.respond(await exchange.body(), [("content-type", kind)])

    async def inspect(self, exchange):
        scope = exchange.scope
        client, query = scope.get("client"), scope["query_string"].decode("latin-1")
        scheme, server = scope.get("scheme", "http"), scope.get("server") or ("localhost", 80)
        host = exchange.header("host") or "{}:{}".format(*server)
        values = {
            "method": scope["method"],
            "root": scope.get("root_path", ""),
            "path": scope["path"],
            "query": query,
            "headers": exchange.headers(),
            "scheme": scheme,
            "client": next(iter(client)) if client else None,
            "url": "{}://{}{}{}".format(scheme, host, scope["path"], "?" + query if query else ""),
        }
        await exchange.as_json(values)

    async def path(self, exchange):
        await exchange.text(exchange.rest)

    async def query(self, exchange):
        query = exchange.scope["query_string"].decode("latin-1")
        await exchange.as_json(parse_qsl(query, keep_blank_values=True))

    async def json(self, exchange):
        try:
            value = json.loads(await exchange.body())
        except ValueError:
            await exchange.text("bad JSON", 400)
        else:
            await exchange.as_json(value)

    async def form(self, exchange):
        body = await exchange.body()
        await exchange.as_json(parse_qsl(body.decode(), keep_blank_values=True))

    async def digest(self, exchange):
        digest = hashlib.sha256()
        async for block in exchange.blocks():
            note("read", len(block))
            digest.update(block)
        await exchange.text(digest.hexdigest())

    async def status(self, exchange):
        code = int(exchange.rest)
        if code in (204, 304):
            await exchange.start(code, [])
            await exchange.part(b"", False)
        else:
            await exchange.text(f"status {code}", code)

    async def headers(self, exchange):
        extra = [("x-repeated", "one"), ("x-repeated", "two"), ("x-latin", "\xe9")]
        await exchange.text("headers", headers=extra)

    async def cookies(self, exchange):
        if exchange.rest == "read":
            fields = (value for name, value in exchange.headers() if name == "cookie")
            await exchange.as_json(_cookies("; ".join(fields)))
        else:
            await exchange.text(
                "cookies", headers=[("set-cookie", "a=1; Path=/"), ("set-cookie", "b=2; Path=/")]
            )

    async def redirect(self, exchange):
        await exchange.text("see /", 302, [("location", "/")])

    async def nothing(self, exchange):
        await exchange.start(204, [])
        await exchange.part(b"", False)

    async def raise_(self, exchange):
        raise RuntimeError("the handler raised")

    async def stream(self, exchange):
        await exchange.start(200, [("content-type", "text/plain")])
        try:
            for number in range(int(exchange.rest)):
                if number:
                    await agate("part-%d" % number)
                await exchange.part(b"part-%d\n" % number, True)
            await exchange.part(b"", False)
        finally:
            note("stream closed")

    async def stream_raise(self, exchange):
        await exchange.start(200, [("content-type", "text/plain")])
        await exchange.part(b"part-0\n", True)
        raise RuntimeError("the stream raised")

    async def file(self, exchange):
        await exchange.start(200, self.file_headers())
        if exchange.scope["method"] == "HEAD":
            await exchange.part(b"", False)
        elif exchange.offers("http.response.pathsend"):
            await self.send_path(exchange)
        else:
            await self.send_file(exchange)

    def file_headers(self):
        return [("content-type", "text/plain"), ("content-length", str(os.path.getsize(FILE)))]

    async def send_path(self, exchange):
        await exchange.send({"type": "http.response.pathsend", "path": FILE})

    async def send_file(self, exchange):
        with _opened() as file:
            if exchange.offers("http.response.zerocopysend"):
                await exchange.send({"type": "http.response.zerocopysend", "file": file})
            else:
                await exchange.part(file.read(), False)

    async def large(self, exchange):
        size = int(exchange.rest)
        await exchange.start(200, [("content-type", "application/octet-stream")])
        for start in range(0, size, len(PATTERN)):
            await exchange.part(PATTERN[: size - start], True)
        await exchange.part(b"", False)

    async def sleep(self, exchange):
        note("enter")
        await asleep(int(exchange.rest) / 1000)
        note("leave")
        await exchange.text("slept")

    async def block(self, exchange):
        note("enter")
        time.sleep(int(exchange.rest) / 1000)  # noqa: ASYNC251 - there are no threads here
        note("leave")
        await exchange.text("slept")

    async def hold(self, exchange):
        await agate("hold")
        await exchange.text("held")

    async def hold_blocking(self, exchange):
        gate("hold")
        await exchange.text("held")

    async def disconnected(self, exchange):
        note("waiting for the disconnect")
        while (await exchange.receive())["type"] != "http.disconnect":
            pass
        note("disconnected")

    async def background(self, exchange):
        await exchange.text("answered")
        note("background")

    async def started(self, exchange):
        await exchange.text(self.stored)

    async def push(self, exchange):
        await exchange.start(200, [("content-type", "text/plain; charset=utf-8"), ("content-length", "6")])
        if exchange.offers("http.response.push"):
            await self.send_push(exchange)
        await exchange.part(b"" if exchange.scope["method"] == "HEAD" else b"pushed", False)

    async def send_push(self, exchange):
        await exchange.send({"type": "http.response.push", "path": "/style.css", "headers": []})

    # WebSocket endpoints; the connect event has been received

    async def accept(self, exchange, subprotocol=None):
        await exchange.send({"type": "websocket.accept", "subprotocol": subprotocol})

    async def ws_echo(self, exchange):
        await self.accept(exchange)
        message = await exchange.receive()
        while message["type"] == "websocket.receive":
            key = "text" if message.get("bytes") is None else "bytes"
            await exchange.send({"type": "websocket.send", key: message[key]})
            message = await exchange.receive()

    async def ws_subprotocol(self, exchange):
        await self.accept(exchange, next(iter(exchange.scope.get("subprotocols", ())), None))
        await exchange.receive()

    async def ws_close(self, exchange):
        await self.accept(exchange)
        await exchange.send({"type": "websocket.close", "code": int(exchange.rest), "reason": "bye"})

    async def ws_reject(self, exchange):
        await exchange.send({"type": "websocket.close", "code": 1008, "reason": "rejected"})

    async def ws_raise(self, exchange):
        await self.accept(exchange)
        raise RuntimeError("the handler raised")

    async def ws_receive_close(self, exchange):
        await self.accept(exchange)
        message = await exchange.receive()
        while message["type"] == "websocket.receive":
            message = await exchange.receive()
        note("disconnect", message["code"])


def _opened():
    return open(FILE, "rb")


def _below(scope):
    """The path below the mount: `path` includes `root_path`."""
    path, root = scope["path"], scope.get("root_path", "")
    return path[len(root) :] if root and (path + "/").startswith(root + "/") else path


def _cookies(field):
    pairs = (item.strip().partition("=") for item in field.split(";") if "=" in item)
    return {name: value for name, _, value in pairs}
