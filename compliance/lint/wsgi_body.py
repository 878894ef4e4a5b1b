"""How much body a WSGI application has given, and how much it said that it would."""

from __future__ import annotations

import re
from typing import Any

from compliance.interface.wsgi import Problem
from compliance.interface.wsgi_environ import is_number

_STATED = "wsgi.cl.app_as_stated"
_NO_CONTENT = re.compile(r"1..|204|205|304")


class Body:
    """The promise of the last start_response, and what was given since."""

    def __init__(self) -> None:
        """Nothing was promised or given."""
        self.method: Any = None
        self.claimed: int | None = None  # what len() of the iterable says
        self.blocks = 0
        self._status = ""
        self._lengths: set[str] = set()
        self._given = 0
        self._told = False
        self._promised = False  # what comes before that has no right place to be counted in

    def promise(self, status: Any, headers: Any) -> list[Problem]:
        """Take the head of the response; what is wrong with the length that it states."""
        self._promised = True
        self._status = status[:3] if isinstance(status, str) else ""
        pairs = [item for item in headers if _is_pair(item)] if isinstance(headers, list | tuple) else []
        self._lengths = {value for name, value in pairs if name.lower() == "content-length"}
        wrong = len(self._lengths) > 1 or not all(map(is_number, self._lengths))
        return [Problem(_STATED, f"Content-Length {sorted(self._lengths)!r}")] if wrong else []

    def give(self, data: Any) -> list[Problem]:
        """Count a part of the body; what is wrong with there being so much."""
        if not self._promised or not isinstance(data, bytes):
            return []
        self._given += len(data)
        if data and self._status == "205":
            return self._once("rfc9110.status.205_no_content", "content in a 205 response")
        if self.too_long:
            return self._once(_STATED, f"{self._given} bytes after Content-Length {self._length}")
        return []

    def end(self) -> list[Problem]:
        """What is wrong with there being no more."""
        found = []
        if self.claimed is not None and self.claimed != self.blocks:
            text = f"len() said {self.claimed}, and there were {self.blocks} blocks"
            found.append(Problem("wsgi.cl.app_len_accurate", text))
        if self._length is not None and self._given < self._length:
            found += self._once(_STATED, f"{self._given} bytes after Content-Length {self._length}")
        return found

    @property
    def too_long(self) -> bool:
        """Whether more was given than promised."""
        return self._length is not None and self._given > self._length

    @property
    def is_complete(self) -> bool:
        """Whether all was given that was promised, and something was."""
        return bool(self._length) and self._length is not None and self._given >= self._length

    @property
    def _length(self) -> int | None:
        """The promised length, where the response has content that it can be compared with."""
        if self.method in ("HEAD", "CONNECT") or _NO_CONTENT.match(self._status) or len(self._lengths) != 1:
            return None
        (length,) = self._lengths
        return int(length) if is_number(length) else None

    def _once(self, requirement: str, text: str) -> list[Problem]:
        told, self._told = self._told, True
        return [] if told else [Problem(requirement, text)]


def _is_pair(item: Any) -> bool:
    return isinstance(item, tuple | list) and len(item) == 2 and all(isinstance(part, str) for part in item)
