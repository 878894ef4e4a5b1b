"""The opening handshake of WebSocket: what a request must hold, and what the answer says."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from compliance.reference.errors import RequestError
from compliance.reference.request import Headers, Request

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TOKEN = rb"[-!#$%&'*+.^_`|~0-9A-Za-z]+"
_PARAMETER = rb"[ \t]*;[ \t]*" + _TOKEN + rb"(?:[ \t]*=[ \t]*(?:" + _TOKEN + rb'|"' + _TOKEN + rb'"))?'
_EXTENSION = re.compile(_TOKEN + rb"(?:" + _PARAMETER + rb")*")
_VERSION_HEADERS = (
    (b"Sec-WebSocket-Version", b"13"),
    (b"Upgrade", b"websocket"),
    (b"Connection", b"Upgrade"),
)
# What the server alone says in its answer.
_OURS = frozenset(
    (
        b"upgrade",
        b"connection",
        b"sec-websocket-accept",
        b"sec-websocket-extensions",
        b"content-length",
        b"transfer-encoding",
    )
)


def is_attempt(request: Request) -> bool:
    """Whether a request means to open a WebSocket, rightly or not; HTTP/1.0 knows no upgrade."""
    names = {name for name, _ in request.headers}
    return request.modern and (b"websocket" in request.tokens(b"upgrade") or b"sec-websocket-key" in names)


def check(request: Request) -> None:
    """Raise RequestError for a handshake that is not as RFC 6455 wants it."""
    if request.method != "GET":
        raise RequestError(400, "a WebSocket handshake is a GET request")
    if b"websocket" not in request.tokens(b"upgrade") or b"upgrade" not in request.tokens(b"connection"):
        raise RequestError(400, "a WebSocket handshake has Upgrade: websocket and Connection: Upgrade")
    if not _is_key(request.values(b"sec-websocket-key")):
        raise RequestError(400, "a WebSocket handshake has one Sec-WebSocket-Key of 16 bytes")
    if request.values(b"sec-websocket-version") != [b"13"]:
        raise RequestError(426, "only version 13 of WebSocket is spoken here", _VERSION_HEADERS)
    if not all(_EXTENSION.fullmatch(offer) for offer in _items(request, b"sec-websocket-extensions")):
        raise RequestError(400, "the Sec-WebSocket-Extensions header is malformed")


def _is_key(values: list[bytes]) -> bool:
    try:
        return len(values) == 1 and len(base64.b64decode(values[0], validate=True)) == 16
    except binascii.Error:
        return False


def _items(request: Request, name: bytes) -> list[bytes]:
    items = (item.strip() for value in request.values(name) for item in value.split(b","))
    return [item for item in items if item]


def subprotocols(request: Request) -> list[str]:
    """The subprotocols that the client offers, in its order."""
    return [item.decode("latin-1") for item in _items(request, b"sec-websocket-protocol")]


def extensions(request: Request) -> list[tuple[bytes, list[tuple[bytes, bytes | None]]]]:
    """The extensions that the client offers, in its order: names with their parameters, values unquoted."""
    return [_extension(item) for item in _items(request, b"sec-websocket-extensions")]


def _extension(offer: bytes) -> tuple[bytes, list[tuple[bytes, bytes | None]]]:
    name, *parameters = (part.strip() for part in offer.split(b";"))
    pairs = (part.partition(b"=") for part in parameters)
    return name, [
        (key.strip(), value.strip().strip(b'"') if equals else None) for key, equals, value in pairs
    ]


def accept_key(request: Request) -> bytes:
    """The value of Sec-WebSocket-Accept."""
    key = request.values(b"sec-websocket-key")[0]
    return base64.b64encode(hashlib.sha1(key + _GUID, usedforsecurity=False).digest())


def accept_headers(
    request: Request, subprotocol: str | None, headers: Headers, extension: bytes | None = None
) -> Headers:
    """The headers of the answer 101, the application's after the server's own."""
    ours = [(b"Upgrade", b"websocket"), (b"Connection", b"Upgrade")]
    ours.append((b"Sec-WebSocket-Accept", accept_key(request)))
    if subprotocol is not None:
        ours.append((b"Sec-WebSocket-Protocol", subprotocol.encode("latin-1")))
    if extension is not None:
        ours.append((b"Sec-WebSocket-Extensions", extension))
    return ours + without_ours(headers)


def without_ours(headers: Headers) -> Headers:
    """The headers of an application, without those that are the server's business."""
    return [item for item in headers if item[0].lower() not in _OURS]
