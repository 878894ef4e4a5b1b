"""ASGI as data: `PROTOCOLS` by the scope's type, and the functions that use them.

problems(message, PROTOCOLS["http"].send, "no response")   one message in one state
scope_problems(scope)                                      a scope
conversation(scope).send(message)                          a whole call, message by message
"""

from __future__ import annotations

from typing import Any

from compliance.interface.asgi_http import HTTP
from compliance.interface.asgi_lifespan import LIFESPAN
from compliance.interface.asgi_websocket import WEBSOCKET
from compliance.interface.kinds import reusable
from compliance.interface.model import (
    Conversation,
    Key,
    Message,
    Problem,
    Protocol,
    Row,
    Rule,
    Side,
    Table,
    key_problems,
    problems,
    rule_problems,
)

__all__ = [
    "HTTP",
    "LIFESPAN",
    "PROTOCOLS",
    "WEBSOCKET",
    "Conversation",
    "Key",
    "Message",
    "Problem",
    "Protocol",
    "Row",
    "Rule",
    "Side",
    "Table",
    "conversation",
    "problems",
    "reusable",
    "scope_problems",
]

PROTOCOLS = {protocol.name: protocol for protocol in (HTTP, WEBSOCKET, LIFESPAN)}


def scope_problems(scope: Any) -> list[Problem]:
    """What is wrong with a scope; [] for a legal one and for one of an unknown type. Never raises."""
    if not isinstance(scope, dict):
        return [Problem("asgi.core.scope.is_dict", f"the scope is a {type(scope).__name__}, not a dict")]
    if not isinstance(scope.get("type"), str):
        return [
            Problem("asgi.core.scope.type_present", f"the scope's type is {scope.get('type')!r}, not a str")
        ]
    protocol = PROTOCOLS.get(scope["type"])
    if protocol is None:
        return []
    where = f"the {protocol.name} scope"
    found = key_problems(protocol.scope, scope, where) or rule_problems(protocol.scope_rules, scope, where)
    wrong = [name for name in scope if not isinstance(name, str)]
    return found + [Problem("asgi.core.scope.keys_are_str", f"{where}: the key {name!r}") for name in wrong]


def conversation(scope: Any) -> Conversation:
    """A fresh conversation under this scope; raises KeyError for a protocol that has no table."""
    extensions, versions = scope.get("extensions"), scope.get("asgi")
    offered = frozenset(extensions) if isinstance(extensions, dict) else frozenset()
    version = versions.get("spec_version") if isinstance(versions, dict) else None
    return Conversation(PROTOCOLS[scope["type"]], offered, version if isinstance(version, str) else "2.0")
