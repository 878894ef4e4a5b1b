"""What the host tells a driver to play: scopes, environs and scripts of every legal shape."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from compliance.guest.drivers.line import ONE_SHOT
from compliance.guest.tagged import encode

Headers = Sequence[tuple[str | bytes, str | bytes]]
Condition = Mapping[str, Any] | str | None
Message = Mapping[str, Any]

AT_ONCE: Final = None
NEVER: Final = "never"
FINISHED: Final[Condition] = {"finished": True}
"""The condition that the response is complete, or that the application has closed the WebSocket."""


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()
"""In a mapping of overrides: this key is left out."""


@dataclass(frozen=True)
class OneShot:
    """An iterable of these items that can be consumed once, as a generator's."""

    items: Sequence[Any]


def after_sends(number: int) -> Condition:
    """The condition that the application has sent so many messages."""
    return {"sends": number}


def at_gate(name: str) -> Condition:
    """The condition that the check has opened this gate."""
    return {"gate": name}


def step(message: Message | None, when: Condition = AT_ONCE) -> dict[str, Any]:
    """One message for `receive`; None stands for the disconnect of the scope's type."""
    return {"message": message, "when": when}


def as_bytes(text: str | bytes) -> bytes:
    """Bytes of a header's name or value: text is latin-1."""
    return text if isinstance(text, bytes) else text.encode("latin-1")


def merge(base: Mapping[str, Any], overrides: Mapping[str, Any] | None) -> dict[str, Any]:
    """`base` with the overrides on top; a key whose value is ABSENT is left out."""
    merged = {**base, **(overrides or {})}
    return {key: value for key, value in merged.items() if value is not ABSENT}


def _plain(value: Any) -> Any:
    """`value` with each OneShot in the form that the guest builds it from."""
    if isinstance(value, OneShot):
        return {ONE_SHOT: [_plain(item) for item in value.items]}
    if type(value) is dict:
        return {key: _plain(item) for key, item in value.items()}
    if type(value) is list:
        return [_plain(item) for item in value]
    return value


def command(**parts: Any) -> str:
    """One line of the driver's control; raises TypeError for a value that cannot cross to the guest."""
    line = encode(_plain(parts)).decode("ascii")
    if any(f'"$":"{tag}"' in line for tag in ("object", "sequence", "subclass")):
        raise TypeError(f"only plain values can be sent to a driver: {json.loads(line)}")
    return line


@dataclass(frozen=True)
class Target:
    """A request target and its parts; `root` is the path at which the application is mounted."""

    path: bytes
    query: bytes
    root: str

    @classmethod
    def of(cls, target: str | bytes, root: str = "") -> "Target":
        """Split a target in origin form; text must be what stands on the wire."""
        path, _, query = as_bytes(target).partition(b"?")
        return cls(path, query, root)

    @property
    def decoded(self) -> bytes:
        """The path without percent-encoding."""
        return unquote_to_bytes(self.path)


@dataclass(frozen=True)
class Request:
    """A request as both interfaces can express it; the body in the parts in which it arrives."""

    method: str
    target: Target
    headers: tuple[tuple[bytes, bytes], ...]
    parts: tuple[bytes, ...]


def request(
    method: str,
    target: str | bytes,
    headers: Headers,
    body: bytes | Sequence[bytes],
    *,
    root: str = "",
    length: bool = True,
) -> Request:
    """Describe a request; adds Host if it is missing, and Content-Length if there is a body and `length`."""
    parts = (body,) if isinstance(body, bytes) else tuple(body)
    found = [(as_bytes(name), as_bytes(value)) for name, value in headers]
    names = {name.lower() for name, _ in found}
    if b"host" not in names:
        found.insert(0, (b"host", b"testserver"))
    if length and any(parts) and b"content-length" not in names:
        found.append((b"content-length", b"%d" % sum(map(len, parts))))
    return Request(method, Target.of(target, root), tuple(found), parts)


def scope_of(asked: Request, kind: str = "http") -> dict[str, Any]:
    """The ASGI scope of a request with every optional key but `state`."""
    target = asked.target
    scope = {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.5"},
        "http_version": "1.1",
        "method": asked.method,
        "scheme": {"http": "http", "websocket": "ws"}[kind],
        "path": target.root + target.decoded.decode("utf-8", "replace"),
        "raw_path": target.root.encode() + target.path,
        "query_string": target.query,
        "root_path": target.root,
        "headers": [(name.lower(), value) for name, value in asked.headers],
        "client": ("127.0.0.1", 50000),
        "server": ("testserver", 80),
        "extensions": {},
    }
    if kind == "websocket":
        del scope["method"]
        scope["subprotocols"] = _subprotocols(asked)
    return scope


def _subprotocols(asked: Request) -> list[str]:
    offers = [
        value.decode("latin-1") for name, value in asked.headers if name.lower() == b"sec-websocket-protocol"
    ]
    return [name.strip() for offer in offers for name in offer.split(",")]


def body_steps(parts: Sequence[bytes], arrivals: Mapping[int, str]) -> list[dict[str, Any]]:
    """The http.request messages of a body, one for each part, the part n behind the gate `arrivals[n]`."""
    last = max(len(parts) - 1, 0)
    return [
        step(
            {"type": "http.request", "body": part, "more_body": number < last},
            at_gate(arrivals[number]) if number in arrivals else AT_ONCE,
        )
        for number, part in enumerate(parts or (b"",))
    ]


def _variables(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The environ's variables of the header fields, fields of one name joined."""
    found: dict[str, str] = {}
    for name, value in headers:
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        glue = "; " if key == "HTTP_COOKIE" else ","
        text = value.decode("latin-1")
        found[key] = f"{found[key]}{glue}{text}" if key in found else text
    return found


def environ_of(asked: Request) -> dict[str, Any]:
    """The WSGI environ of a request, without the streams."""
    return {
        "REQUEST_METHOD": asked.method,
        "SCRIPT_NAME": asked.target.root.encode().decode("latin-1"),
        "PATH_INFO": asked.target.decoded.decode("latin-1"),
        "QUERY_STRING": asked.target.query.decode("latin-1"),
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        **_variables(asked.headers),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
