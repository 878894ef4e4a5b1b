"""Other ways to start a server: what a mode puts into the command, and how clients reach the server then.

A check asks for a mode with `@mode("tls")`; its `server` is then one that was started so, and that the checks
of this mode share. Where a server's file does not offer the mode, the check does not apply.
"""

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from compliance import certificates
from compliance.target import MODES
from compliance.wire.http import Address

Function = TypeVar("Function", bound=Callable[..., Any])

MOUNT = "/mounted/here"
PAIR = ("compliance.pair", "of the deployer")
WORKERS = 2
THREADS = 2
SECONDS = 1
_TLS = ("tls", "client-certificates", "http2")


def mode(name: str) -> Callable[[Function], Function]:
    """Say in which mode the server of a check is started; raises LookupError for a name not in MODES."""
    if name not in MODES:
        raise LookupError(f"{name!r} is no mode; there is: {', '.join(MODES)}")

    def mark(function: Function) -> Function:
        function.__mode__ = name  # type: ignore[attr-defined]
        return function

    return mark


def mode_of(function: object) -> str:
    """The mode that a check asks for; empty for the usual one."""
    return getattr(function, "__mode__", "")


class Way:
    """One server's mode: its placeholders, its address, and what a client needs."""

    def __init__(self, name: str, folder: Path, host: str) -> None:
        """`name` is empty for the usual mode; `folder` is the server's own, `host` a loopback address."""
        self.name = name
        self.host = "::1" if name == "ipv6" else host
        self.mount = MOUNT if name == "mount" else ""
        self._socket = folder / "s"

    def placeholders(self) -> dict[str, str]:
        """What the placeholders of this mode stand for."""
        own = {
            "mount": MOUNT,
            "pair": "=".join(PAIR),
            "seconds": str(SECONDS),
            "socket": str(self._socket),
            "threads": str(THREADS),
            "workers": str(WORKERS),
        }
        return own | (certificates.files(self.host) if self.name in _TLS else {})

    def address(self, port: int) -> Address:
        """Where clients connect."""
        return str(self._socket) if self.name == "unix" else (self.host, port)

    def tls(self) -> ssl.SSLContext | None:
        """What clients encrypt with; None if they do not."""
        if self.name not in _TLS:
            return None
        return certificates.client(certified=self.name == "client-certificates")
