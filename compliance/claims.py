"""What a server claims: in a scope, the version it follows and the extensions it has; in a 101, compression.

A check of what came with a later version, or with an extension, asks here first. It does not apply to a
server that makes no such claim. A check of what a response has *if* the server makes one asks for it here.
"""

import ssl
from typing import Any, TypeVar

from compliance import certificates
from compliance.attempt import Attempt
from compliance.expect import Closed
from compliance.server import Server
from compliance.verdict import NotApplicable
from compliance.wire.deflate import NAME, Extension, extensions
from compliance.wire.http import Connection, Response

Found = TypeVar("Found")


def since(scope: dict[str, Any], version: str) -> None:
    """Raise NotApplicable unless the scope's spec_version ("2.0" if missing) is at least `version`."""
    claimed = _asgi(scope).get("spec_version", "2.0")
    if _numbers(claimed) < _numbers(version):
        raise NotApplicable(f"the scope says spec_version {claimed!r}, and this came with {version}")


def offers(scope: dict[str, Any], extension: str) -> None:
    """Raise NotApplicable unless the scope lists the extension."""
    if extension not in (scope.get("extensions") or {}):
        raise NotApplicable(f"the scope lists no extension {extension!r}")


def omits(scope: dict[str, Any], extension: str) -> None:
    """Raise NotApplicable if the scope lists the extension."""
    if extension in (scope.get("extensions") or {}):
        raise NotApplicable(f"the scope lists the extension {extension!r}")


def compresses(response: Response) -> Extension:
    """What a server has agreed to in its 101; raises NotApplicable where it declines permessage-deflate.

    An answer with another status declines too; whether it may is the business of the checks of declining.
    """
    accepted = extensions(response) if response.status == 101 else []
    if not accepted:
        raise NotApplicable(f"{response.status} without the permessage-deflate that is offered")
    return next((extension for extension in accepted if extension.name == NAME), accepted[0])


def reserves(extension: Extension, parameter: str) -> None:
    """Raise NotApplicable where the server has agreed to this parameter."""
    if extension.has(parameter):
        raise NotApplicable(f"the server agrees to {parameter}")


def speaks(server: Server, newest: ssl.TLSVersion, *, certified: bool = False) -> Connection:
    """A connection of a client that knows no later version of TLS; NotApplicable if the server refuses it."""
    try:
        return server.connect(tls=certificates.client(certified=certified, newest=newest))
    except Closed as error:
        raise NotApplicable(f"the server does not speak {newest.name}") from error


def present(found: Found | None, otherwise: str) -> Found:
    """What a conditional statement is about; raises NotApplicable, for this reason, where there is none."""
    if not found:
        raise NotApplicable(otherwise)
    return found


def refusal(got: Attempt) -> Response:
    """The answer to a request that the server refuses by itself; raises NotApplicable if it does not."""
    return present(got.answer if got.refused else None, f"nothing is refused: {got.outcome()}")


def _asgi(scope: dict[str, Any]) -> dict[str, Any]:
    found = scope.get("asgi")
    return found if isinstance(found, dict) else {}


def _numbers(version: Any) -> list[int]:
    try:
        return [int(part) for part in str(version).split(".")]
    except ValueError:
        return [2, 0]
