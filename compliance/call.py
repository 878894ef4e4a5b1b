"""A call of the application, in terms that both interfaces have: made of an environ, or of a scope."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from compliance.channel import Line
from compliance.expect import shorten
from compliance.wire.http import Headers


@dataclass(frozen=True)
class Call:
    """One call of the application; `fields` have lower-case names, as one interface gives them.

    `body` is None if the application read none, or did not come to its end; `cut`: it was told of that.
    """

    method: str
    scheme: str
    path: bytes
    query: bytes
    fields: Headers
    body: bytes | None
    cut: bool

    def all(self, name: bytes) -> list[bytes]:
        """The values of a field; `name` in lower case."""
        return [value for key, value in self.fields if key == name]

    def spelled(self) -> str:
        """The call in words: method, target, and what came of the body."""
        target = self.path + (b"?" + self.query if self.query else b"")
        text = f"{self.method} {target.decode('latin-1')}"
        if self.cut:
            return f"{text} with a body that breaks off"
        return text if not self.body else f"{text} with body {shorten(self.body, 60)}"


def call_of(line: Line) -> Call:
    """The call that an app of `wsgi_http` or `asgi_http`, or the default app, has told of."""
    scope, environ, body = line.find("scope"), line.find("environ"), line.find("body")
    cut = line.find("cut") is not None
    content = body.value if body is not None and isinstance(body.value, bytes) else None
    if environ is not None:
        return _from_environ(environ.value, content, cut=cut)
    return _from_scope(scope.value if scope is not None else {}, content, cut=cut)


def _from_environ(environ: Mapping[str, Any], body: bytes | None, *, cut: bool) -> Call:
    given = partial(_latin, environ)
    return Call(
        str(environ.get("REQUEST_METHOD")),
        str(environ.get("wsgi.url_scheme")),
        given("SCRIPT_NAME") + given("PATH_INFO"),
        given("QUERY_STRING"),
        list(_environ_fields(environ)),
        body,
        cut,
    )


def _environ_fields(environ: Mapping[str, Any]) -> Iterator[tuple[bytes, bytes]]:
    for key, value in environ.items():
        if isinstance(value, str) and (key.startswith("HTTP_") or key in {"CONTENT_TYPE", "CONTENT_LENGTH"}):
            name = key.removeprefix("HTTP_").lower().replace("_", "-")
            yield name.encode("latin-1", "replace"), value.encode("latin-1", "replace")


def _latin(environ: Mapping[str, Any], key: str) -> bytes:
    return str(environ.get(key, "")).encode("latin-1", "replace")


def _from_scope(scope: Mapping[str, Any], body: bytes | None, *, cut: bool) -> Call:
    path = scope.get("path")
    return Call(
        str(scope.get("method")),
        str(scope.get("scheme", "http")),
        path.encode("utf-8", "surrogateescape") if isinstance(path, str) else b"",
        bytes(scope.get("query_string") or b""),
        [(bytes(name).lower(), bytes(value)) for name, value in scope.get("headers") or []],
        body,
        cut,
    )
