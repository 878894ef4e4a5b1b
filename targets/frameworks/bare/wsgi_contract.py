"""The contract as a WSGI application: a method for each endpoint, so that a liar can replace one."""

import hashlib
import json
import os
import sys
import time
from urllib.parse import parse_qsl
from wsgiref.util import FileWrapper

from compliance.guest.channel import FILE, gate, note

PATTERN = bytes(range(256)) * 256
REASONS = {200: "OK", 204: "No Content", 302: "Found", 400: "Bad Request", 404: "Not Found"}
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
    "block": ("sleep", READ),
    "hold": ("hold", READ),
    "hold-blocking": ("hold", READ),
}
"""First segment of the path: name of the method, allowed methods of HTTP."""


class WsgiContract:
    """An application; each endpoint is called with environ, start_response and the rest of the path."""

    def __call__(self, environ, start_response):
        try:
            answer = self.dispatch(environ, start_response)
        except Exception:  # noqa: BLE001 - whatever a handler raises is answered
            return self.failure(environ, start_response)
        if environ["REQUEST_METHOD"] == "HEAD":
            getattr(answer, "close", tuple)()
            return []
        return answer

    def dispatch(self, environ, start_response):
        path = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")
        first, _, rest = path.lstrip("/").partition("/")
        name, methods = ROUTES.get(first, ("missing", ANY))
        if environ["REQUEST_METHOD"] not in methods:
            headers = [("Allow", ", ".join(methods))]
            return self.text(start_response, "method not allowed", "405 Method Not Allowed", headers)
        return getattr(self, name)(environ, start_response, rest)

    # Helpers

    def respond(self, start_response, body, headers, status="200 OK"):
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def text(self, start_response, text, status="200 OK", headers=()):
        kind = ("Content-Type", "text/plain; charset=utf-8")
        return self.respond(start_response, text.encode(), [kind, *headers], status)

    def as_json(self, start_response, value):
        return self.respond(
            start_response, json.dumps(value).encode(), [("Content-Type", "application/json")]
        )

    def read(self, environ):
        """Yield the request body in blocks, never asking for more than its length."""
        left = int(environ.get("CONTENT_LENGTH") or 0)
        while left > 0:
            block = environ["wsgi.input"].read(min(left, 65536))
            if not block:
                raise OSError("the request body ended early")
            left -= len(block)
            yield block

    def body(self, environ):
        return b"".join(self.read(environ))

    # Endpoints

    def hello(self, environ, start_response, rest):
        return self.text(start_response, "hello")

    def missing(self, environ, start_response, rest):
        return self.text(start_response, "not found", "404 Not Found")

    def failure(self, environ, start_response):
        body = b"internal server error"
        headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
        start_response("500 Internal Server Error", headers, sys.exc_info())
        return [body]

    def echo(self, environ, start_response, rest):
        kind = environ.get("CONTENT_TYPE") or "application/octet-stream"
        return self.respond(start_response, self.body(environ), [("Content-Type", kind)])

    def inspect(self, environ, start_response, rest):
        root, path = (environ.get(key, "").encode("latin-1").decode() for key in ("SCRIPT_NAME", "PATH_INFO"))
        host = environ.get("HTTP_HOST") or "{}:{}".format(environ["SERVER_NAME"], environ["SERVER_PORT"])
        query = environ.get("QUERY_STRING", "")
        scheme = environ["wsgi.url_scheme"]
        values = {
            "method": environ["REQUEST_METHOD"],
            "root": root,
            "path": root + path,
            "query": query,
            "headers": self.headers_of(environ),
            "scheme": scheme,
            "client": environ.get("REMOTE_ADDR"),
            "url": "{}://{}{}{}".format(scheme, host, root + path, "?" + query if query else ""),
        }
        return self.as_json(start_response, values)

    def headers_of(self, environ):
        found = [
            [key[5:].lower().replace("_", "-"), environ[key]] for key in environ if key.startswith("HTTP_")
        ]
        content = [key for key in ("CONTENT_TYPE", "CONTENT_LENGTH") if environ.get(key)]
        return found + [[key.lower().replace("_", "-"), environ[key]] for key in content]

    def path(self, environ, start_response, rest):
        return self.text(start_response, rest)

    def query(self, environ, start_response, rest):
        return self.as_json(
            start_response, parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        )

    def json(self, environ, start_response, rest):
        try:
            value = json.loads(self.body(environ))
        except ValueError:
            return self.text(start_response, "bad JSON", "400 Bad Request")
        return self.as_json(start_response, value)

    def form(self, environ, start_response, rest):
        return self.as_json(start_response, parse_qsl(self.body(environ).decode(), keep_blank_values=True))

    def digest(self, environ, start_response, rest):
        digest = hashlib.sha256()
        for block in self.read(environ):
            note("read", len(block))
            digest.update(block)
        return self.text(start_response, digest.hexdigest())

    def status(self, environ, start_response, rest):
        status = "{} {}".format(rest, REASONS.get(int(rest), "Status"))
        if int(rest) in (204, 304):
            start_response(status, [])
            return []
        return self.text(start_response, "status " + rest, status)

    def headers(self, environ, start_response, rest):
        extra = [("X-Repeated", "one"), ("X-Repeated", "two"), ("X-Latin", "\xe9")]
        return self.text(start_response, "headers", headers=extra)

    def cookies(self, environ, start_response, rest):
        if rest == "read":
            return self.as_json(start_response, _cookies(environ.get("HTTP_COOKIE", "")))
        headers = [("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2; Path=/")]
        return self.text(start_response, "cookies", headers=headers)

    def redirect(self, environ, start_response, rest):
        return self.text(start_response, "see /", "302 Found", [("Location", "/")])

    def nothing(self, environ, start_response, rest):
        start_response("204 No Content", [])
        return []

    def raise_(self, environ, start_response, rest):
        raise RuntimeError("the handler raised")

    def stream(self, environ, start_response, rest):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return self.parts(int(rest))

    def parts(self, count):
        try:
            for number in range(count):
                if number:
                    gate("part-%d" % number)
                yield b"part-%d\n" % number
        finally:
            note("stream closed")

    def stream_raise(self, environ, start_response, rest):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return self.broken()

    def broken(self):
        yield b"part-0\n"
        raise RuntimeError("the stream raised")

    def file(self, environ, start_response, rest):
        size = ("Content-Length", str(os.path.getsize(FILE)))
        start_response("200 OK", [("Content-Type", "text/plain"), size])
        return self.wrapped(environ, _opened())

    def wrapped(self, environ, file):
        if "wsgi.file_wrapper" in environ:
            return environ["wsgi.file_wrapper"](file, 8192)
        return FileWrapper(file)

    def large(self, environ, start_response, rest):
        size = int(rest)
        start_response("200 OK", [("Content-Type", "application/octet-stream")])
        return (PATTERN[: size - start] for start in range(0, size, len(PATTERN)))

    def sleep(self, environ, start_response, rest):
        note("enter")
        time.sleep(int(rest) / 1000)
        note("leave")
        return self.text(start_response, "slept")

    def hold(self, environ, start_response, rest):
        gate("hold")
        return self.text(start_response, "held")


def _opened():
    return open(FILE, "rb")


def _cookies(field):
    pairs = (item.strip().partition("=") for item in field.split(";") if "=" in item)
    return {name: value for name, _, value in pairs}
