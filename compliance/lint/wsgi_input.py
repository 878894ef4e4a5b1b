"""How a WSGI application uses wsgi.input and wsgi.errors, and what it gets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance.interface.wsgi import Problem
from compliance.interface.wsgi_environ import is_number
from compliance.interface.wsgi_streams import ERRORS, INPUT, use_problems

_GIVING = {method.name: method for method in INPUT if method.name != "__iter__"}
_GIVING["__next__"] = _GIVING["readline"]


def errors_problems(call: Any) -> list[Problem]:
    """What is wrong with a call of a method of wsgi.errors."""
    return use_problems(ERRORS, call) if isinstance(call, dict) else []


class InputUse:
    """What was read of one request's body."""

    def __init__(self, environ: Mapping[str, Any]) -> None:
        """Nothing was read; the environ says how much there is."""
        self._length = _length(environ)
        self._terminated = bool(environ.get("wsgi.input_terminated"))  # the server asks to be read to the end
        self._taken = 0
        self._ended = False
        self._tracked = True
        self._told: set[str] = set()

    def lose_track(self) -> None:
        """The application has done something that may change where the stream stands."""
        self._length, self._tracked = None, False

    def call_problems(self, call: Any) -> list[Problem]:
        """What is wrong with how the application reads."""
        if not isinstance(call, dict):
            return []
        found = use_problems(INPUT, call)
        limited = call.get("method") == "read" and not found and not self._terminated
        size = _size(call) if limited else None
        if size is not None and self._length is not None and self._taken + size > self._length:
            text = f"read({size}) after {self._taken} of {self._length} bytes"
            found.append(Problem("wsgi.input.app_limit", text))
        return found

    def result_problems(self, call: Any) -> list[Problem]:
        """What is wrong with what the server gave; {"gave": value} in the call if it did not raise."""
        if not isinstance(call, dict):
            return []
        method = _GIVING.get(str(call.get("method")))
        if "gave" not in call or method is None:
            self._taken += call.get("returned", 0)
            return []
        gave = call["gave"]
        if not method.gives.accepts(gave):
            text = f"{call['method']} gave {type(gave).__name__}, not {method.gives.name}"
            return [Problem("wsgi.input.bytes", text)]
        parts = gave if isinstance(gave, list) else [gave]
        return _shape_problems(method.name, _size(call), parts) + self._count(b"".join(parts), _size(call))

    def _count(self, data: bytes, size: int | None) -> list[Problem]:
        found = []
        if data and self._ended and self._tracked:
            found.append(Problem("wsgi.input.read_full_size", "bytes came after the end of the input"))
        self._taken += len(data)
        if self._length is not None and self._taken > self._length and "more" not in self._told:
            self._told.add("more")
            text = f"{self._taken} bytes came where CONTENT_LENGTH is {self._length}"
            found.append(Problem("wsgi.input.eof_simulated", text))
        self._ended = self._tracked and (self._ended or (not data and size != 0))
        return found


def _shape_problems(name: str, size: int | None, parts: list[bytes]) -> list[Problem]:
    if name in ("read", "readline") and size is not None and len(parts[0]) > size:
        requirement = "wsgi.input.read_size" if name == "read" else "wsgi.input.readline_size"
        return [Problem(requirement, f"{name}({size}) gave {len(parts[0])} bytes")]
    if name != "read" and any(b"\n" in line[:-1] for line in parts):
        requirement = "wsgi.input.readlines" if name == "readlines" else "wsgi.input.readline"
        return [Problem(requirement, f"{name} gave more than a line at once")]
    return []


def _size(call: Mapping[str, Any]) -> int | None:
    """The size that the caller gave, None for none and for all there is."""
    args = call.get("args")
    if not args or not hasattr(type(args[0]), "__index__"):
        return None
    size: int = args[0].__index__()
    return size if size >= 0 else None


def _length(environ: Mapping[str, Any]) -> int | None:
    """How much CONTENT_LENGTH says that there is, where that can be relied on."""
    text = environ.get("CONTENT_LENGTH")
    usable = type(text) is str and is_number(text) and "HTTP_TRANSFER_ENCODING" not in environ
    return int(str(text)) if usable else None
