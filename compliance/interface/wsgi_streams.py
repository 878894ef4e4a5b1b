"""The two streams of WSGI as data: the methods that PEP 3333 lists, their arguments and results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compliance.interface.model import Kind, Problem


def _is_size(value: Any) -> bool:
    return value is None or hasattr(type(value), "__index__")


def _is_lines(value: Any) -> bool:
    return type(value) is list and all(type(line) is bytes for line in value)


def _is_texts(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(type(item) is str for item in value)
    return isinstance(value, Iterable)  # and perhaps an iterator, which is not ours to consume


NOTHING = Kind("no argument", lambda args: not args)
SIZE = Kind("one size at most", lambda args: len(args) < 2 and all(map(_is_size, args)))
TEXT = Kind("exactly one str", lambda args: len(args) == 1 and type(args[0]) is str)
TEXTS = Kind("one iterable of str", lambda args: len(args) == 1 and _is_texts(args[0]))
BYTES = Kind("exactly bytes", lambda value: type(value) is bytes)
LINES = Kind("a list of bytes", _is_lines)
ANYTHING = Kind("an object", lambda _: True)


@dataclass(frozen=True)
class Method:
    """One method of a stream: `requirement` is broken by a server without it, `use` by a call with others."""

    name: str
    arguments: Kind
    gives: Kind
    requirement: str
    use: str


_USE = "wsgi.input.app_only_listed"

INPUT = (
    Method("read", SIZE, BYTES, "wsgi.input.read_size", _USE),
    Method("readline", SIZE, BYTES, "wsgi.input.readline", _USE),
    Method("readlines", SIZE, LINES, "wsgi.input.readlines", _USE),
    Method("__iter__", NOTHING, ANYTHING, "wsgi.input.iter", _USE),
)
"""Whether `read` has a size, and `readline` none, is left to the application: servers should take both."""

ERRORS = (
    Method("flush", NOTHING, ANYTHING, "wsgi.errors.flush", "wsgi.errors.app_only_listed"),
    Method("write", TEXT, ANYTHING, "wsgi.errors.write", "wsgi.strings.native_type"),
    Method("writelines", TEXTS, ANYTHING, "wsgi.errors.writelines", "wsgi.strings.native_type"),
)

STREAMS = {"wsgi.input": INPUT, "wsgi.errors": ERRORS}


def stream_problems(environ: Mapping[str, Any]) -> list[Problem]:
    """The methods that the streams of an environ lack."""
    return [
        Problem(method.requirement, f"{name} has no method {method.name}")
        for name, methods in STREAMS.items()
        for method in methods
        if name in environ and not callable(getattr(environ[name], method.name, None))
    ]


def use_problems(methods: Iterable[Method], call: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with how the application calls a method: {"method", "args", "keywords"}."""
    known = {method.name: method for method in methods}.get(str(call.get("method")))
    args: Sequence[Any] | None = call.get("args")
    if known is None or args is None:
        return []
    if call.get("keywords"):
        return [Problem(known.use, f"{known.name} with the arguments {list(call['keywords'])!r} by keyword")]
    if known.arguments.accepts(args):
        return []
    kinds = ", ".join(type(argument).__name__ for argument in args)
    return [Problem(known.use, f"{known.name}({kinds}), not {known.arguments.name}")]
