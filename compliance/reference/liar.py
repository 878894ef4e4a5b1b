"""Liars: servers with exactly one lie, to prove that a check can fail.

A liar is a subclass of one of the classes that a `Server` names in its attributes, registered by `@liar` in
one of the modules of `compliance/reference/liars/`. Its name is `<module>.<class>`; only the module of the
liar asked for is imported.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from compliance.reference import liars
from compliance.reference.server import Server

Class = TypeVar("Class", bound=type)

# Attribute of Server, the interface it belongs to ("" for both), the folder of the checks that judge it.
_SLOTS = (
    ("wsgi_cycle_class", "wsgi", "wsgi_server"),
    ("input_class", "wsgi", "wsgi_server"),
    ("errors_class", "wsgi", "wsgi_server"),
    ("file_wrapper_class", "wsgi", "wsgi_server"),
    ("adapter_class", "wsgi", "wsgi_adapter"),
    ("http_cycle_class", "asgi", "asgi_server"),
    ("websocket_class", "asgi", "websocket_server"),
    ("lifespan_class", "asgi", "lifecycle"),
    ("connection_class", "", "http_server"),
    ("response_class", "", "http_server"),
)


@dataclass(frozen=True)
class Liar:
    """One lie: `catches` names the checks that must fail because of it, `area` the folder they are in."""

    name: str
    interface: str
    server_class: type[Server]
    catches: tuple[str, ...]
    area: str
    doc: str


LIARS: dict[str, Liar] = {}


def liar(*, catches: Sequence[str], area: str = "", interface: str = "") -> Callable[[Class], Class]:
    """Register the decorated class as a liar.

    `catches` are names of check functions. `area` and `interface` follow from what the class is a subclass
    of, but for `Connection`, `Response` and `Server` the interface must be given. Raises TypeError.
    """

    def register(cls: Class) -> Class:
        server_class, known_interface, known_area = _place(cls)
        enter(cls, server_class, interface or known_interface, area or known_area, catches)
        return cls

    return register


def enter(cls: type, server_class: type[Server], interface: str, area: str, catches: Sequence[str]) -> None:
    """Register a class whose lie this server tells; raises TypeError."""
    name = f"{cls.__module__.rpartition('.')[2]}.{cls.__name__}"
    if not interface or not cls.__doc__ or name in LIARS:
        raise TypeError(f"the liar {name} lacks an interface or a docstring, or has a namesake")
    LIARS[name] = Liar(name, interface, server_class, tuple(catches), area, cls.__doc__)


def _place(cls: type) -> tuple[type[Server], str, str]:
    """The server that uses `cls`, the interface it shows in and the area of its checks."""
    if issubclass(cls, Server):
        return cls, "", "lifecycle"
    for attribute, interface, area in _SLOTS:
        if issubclass(cls, getattr(Server, attribute)):
            return type(f"{cls.__name__}Server", (Server,), {attribute: cls}), interface, area
    raise TypeError(f"{cls.__name__} is a subclass of nothing that a server uses")


def load(name: str) -> Liar:
    """The liar of this dotted name; raises LookupError, which names those there are."""
    module, _, _ = name.partition(".")
    if module not in modules():
        raise LookupError(f"no liars' module {module!r}; there are {', '.join(modules())}")
    importlib.import_module(f"{liars.__name__}.{module}")
    if name not in LIARS:
        raise LookupError(f"no liar {name!r}; there are {', '.join(sorted(LIARS))}")
    return LIARS[name]


def load_all() -> dict[str, Liar]:
    """Every liar by its name."""
    for module in modules():
        importlib.import_module(f"{liars.__name__}.{module}")
    return LIARS


def modules() -> list[str]:
    """The names of the modules with liars."""
    return sorted(module.name for module in pkgutil.iter_modules(liars.__path__))
