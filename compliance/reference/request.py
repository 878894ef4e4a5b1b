"""A request as both interfaces need it, checked for what the HTTP parser leaves to its user."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

import h11

from compliance.reference.errors import RequestError

Headers = list[tuple[bytes, bytes]]
Address = tuple[str, int]

_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.vV]+\]|(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)(?::[0-9]*)?")
_ABSOLUTE = re.compile(
    rb"(?P<scheme>[A-Za-z][A-Za-z0-9+\-.]*)://(?P<authority>[^/?]*)(?P<rest>.*)", re.DOTALL
)


@dataclass(frozen=True)
class Request:
    """One request; `headers` have lower-case names, `raw_path` and `query` are as they came."""

    method: str
    raw_path: bytes
    query: bytes
    version: str
    headers: Headers
    client: Address | None
    server: Address | tuple[str, None] | None
    scheme: str = "http"

    @property
    def path(self) -> bytes:
        """The path with percent-encoding undone."""
        return unquote_to_bytes(self.raw_path)

    @property
    def modern(self) -> bool:
        """Whether the client understands HTTP/1.1."""
        return self.version != "1.0"

    def is_below(self, mount: str) -> bool:
        """Whether an application at this path is meant; at the root it gets everything, `*` too."""
        return not mount or f"{self.path.decode('latin-1')}/".startswith(f"{mount}/")

    def values(self, name: bytes) -> list[bytes]:
        """All values of a header, in order; `name` in lower case."""
        return [value for key, value in self.headers if key == name]

    def tokens(self, name: bytes) -> list[bytes]:
        """The comma-separated tokens of a header, in lower case, without empty ones."""
        items = b",".join(self.values(name)).split(b",")
        return [item.strip().lower() for item in items if item.strip()]


def parse(
    event: h11.Request,
    client: Address | None,
    server: Address | tuple[str, None] | None,
    scheme: str = "http",
) -> Request:
    """Make a Request of what h11 parsed; raises RequestError for what HTTP does not allow."""
    headers = [(bytes(name), bytes(value)) for name, value in event.headers]
    version = bytes(event.http_version)
    _check_version(version)
    _check_framing(headers, version)
    _check_method(bytes(event.method))
    target, authority = _split_target(bytes(event.method), bytes(event.target), scheme.encode())
    if authority is not None:
        headers = [(b"host", authority), *(item for item in headers if item[0] != b"host")]
    _check_host(headers)
    raw_path, _, query = target.partition(b"?")
    return Request(event.method.decode(), raw_path, query, version.decode(), headers, client, server, scheme)


def _check_version(version: bytes) -> None:
    if not version.startswith(b"1."):
        raise RequestError(505, "only HTTP/1.0 and HTTP/1.1 are spoken here")


def _check_framing(headers: Headers, version: bytes) -> None:
    names = [name for name, _ in headers]
    if b"transfer-encoding" not in names:
        return
    if version == b"1.0":
        raise RequestError(400, "HTTP/1.0 has no Transfer-Encoding")
    if b"content-length" in names:
        raise RequestError(400, "both Transfer-Encoding and Content-Length")


def _check_method(method: bytes) -> None:
    if method == b"CONNECT":
        raise RequestError(501, "CONNECT is not implemented")
    if method != method.upper():
        raise RequestError(501, "methods are case-sensitive, and this one is unknown")


def _split_target(method: bytes, target: bytes, scheme: bytes) -> tuple[bytes, bytes | None]:
    """The path with query, and the authority if the target brings its own."""
    if b"#" in target:
        raise RequestError(400, "a request target has no fragment")
    if target.startswith(b"/") or (target == b"*" and method == b"OPTIONS"):
        return target, None
    absolute = _ABSOLUTE.fullmatch(target)
    if absolute is None:
        raise RequestError(400, "the request target is in none of the four forms")
    if absolute["scheme"].lower() != scheme:
        raise RequestError(421, f"this connection serves the {scheme.decode()} scheme only")
    _check_authority(absolute["authority"])
    rest = absolute["rest"]
    if not rest and method == b"OPTIONS":
        return b"*", absolute["authority"]
    return (rest if rest.startswith(b"/") else b"/" + rest), absolute["authority"]


def _check_authority(authority: bytes) -> None:
    if b"@" in authority or authority.startswith(b":") or not authority:
        raise RequestError(400, "the target's authority is empty or names a user")


def _check_host(headers: Headers) -> None:
    if any(name == b"host" and not _HOST.fullmatch(value) for name, value in headers):
        raise RequestError(400, "the Host header is not a host with an optional port")
