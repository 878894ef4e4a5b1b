"""The kinds of values that ASGI's scopes and messages hold, and the rules about headers."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from compliance.interface.model import Kind, Rule

_TOKEN = re.compile(rb"[-!#$%&'*+.^_`|~0-9a-zA-Z]+")


def _of(*types: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, types)


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_iterable(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str | bytes | bytearray | memoryview | dict)


def _pair(value: Any) -> list[Any] | None:
    """The two items of a two-item iterable, None for anything else."""
    if not _is_iterable(value) or isinstance(value, Iterator):
        return None
    items = list(value)
    return items if len(items) == 2 else None


def _is_headers(value: Any) -> bool:
    if not _is_iterable(value):
        return False
    if isinstance(value, Iterator):
        return True  # not ours to consume
    return all(_is_header(item) for item in value)


def _is_header(item: Any) -> bool:
    pair = _pair(item)
    return pair is not None and all(isinstance(part, bytes) for part in pair)


def _is_address(value: Any) -> bool:
    pair = _pair(value)
    return pair is not None and isinstance(pair[0], str) and _is_int(pair[1])


def _is_listener(value: Any) -> bool:
    pair = _pair(value)
    return pair is not None and isinstance(pair[0], str) and (pair[1] is None or _is_int(pair[1]))


def _or_none(kind: Kind) -> Kind:
    return Kind(kind.name + " or None", lambda value: value is None or kind.accepts(value))


def _each(kind: Kind) -> Callable[[Any], bool]:
    def accepts(value: Any) -> bool:
        return _is_iterable(value) and (isinstance(value, Iterator) or all(map(kind.accepts, value)))

    return accepts


def _has_descriptor(value: Any) -> bool:
    try:
        return _is_int(value.fileno())
    except Exception:  # noqa: BLE001 - it may be no file at all, or a closed one
        return False


def one_of(*values: str) -> Kind:
    """Exactly one of these strings."""
    return Kind(
        "one of " + ", ".join(map(repr, values)), lambda value: type(value) is str and value in values
    )


STR = Kind("a str", _of(str))
NON_EMPTY_STR = Kind("a non-empty str", lambda value: isinstance(value, str) and value != "")
OPTIONAL_STR = _or_none(STR)
BYTES = Kind("bytes", _of(bytes))
OPTIONAL_BYTES = _or_none(BYTES)
INT = Kind("an int", _is_int)
BOOL = Kind("a bool", _of(bool))
DICT = Kind("a dict", _of(dict))
OPTIONAL_DICT = _or_none(DICT)
HEADERS = Kind("an iterable of two-item iterables of bytes", _is_headers)
STRINGS = Kind("an iterable of str", _each(STR))
BYTESTRINGS = Kind("an iterable of bytes", _each(BYTES))
ADDRESS = _or_none(Kind("an iterable of a str and an int", _is_address))
LISTENER = _or_none(Kind("an iterable of a str and an int or None", _is_listener))
METHOD = Kind(
    "a non-empty upper-case str", lambda value: NON_EMPTY_STR.accepts(value) and value == value.upper()
)
ABSOLUTE_PATH = Kind("an absolute path", lambda value: isinstance(value, str) and os.path.isabs(value))  # noqa: PTH117
FILE = Kind("an open file with a descriptor", _has_descriptor)


def headers_of(message: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    """The headers of a message as pairs; [] for none and for an iterator, which is not ours to consume."""
    headers = message.get("headers", ())
    return [] if isinstance(headers, Iterator) else [tuple(item) for item in headers]


def _header_rule(requirement: str, text: str, bad: Callable[[bytes, bytes], Any]) -> Rule:
    def broken(message: Mapping[str, Any]) -> str | None:
        found = [(name, value) for name, value in headers_of(message) if bad(name, value)]
        return f"{text} {found[0]!r}" if found else None

    return Rule(requirement, broken)


def header_rules(pseudo: str, case: str) -> tuple[Rule, ...]:
    """The rules about headers of an application; `pseudo` and `case` are the ids that differ by message."""
    injection = "asgi.http.start.header_injection"
    return (
        _header_rule(pseudo, "a pseudo-header", lambda name, _: name.startswith(b":")),
        _header_rule(
            injection, "CR, LF or NUL in", lambda name, value: re.search(rb"[\r\n\0]", name + value)
        ),
        _header_rule(
            "rfc9110.req.sender_grammar", "no header name in", lambda name, _: not _TOKEN.fullmatch(name)
        ),
        _header_rule(case, "upper case in the name of", lambda name, _: name != name.lower()),
    )


def _injecting_link(message: Mapping[str, Any]) -> str | None:
    links = message["links"]
    found = [] if isinstance(links, Iterator) else [link for link in links if re.search(rb"[\r\n\0]", link)]
    return f"CR, LF or NUL in {found[0]!r}" if found else None


LINK_RULE = Rule("asgi.http.start.header_injection", _injecting_link)


def reusable(message: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the message in which iterators have become lists, so that it can be looked at twice.

    A file is an iterator too, but is not there to be iterated.
    """
    return {name: list(value) if _is_one_shot(value) else value for name, value in message.items()}


def _is_one_shot(value: Any) -> bool:
    return isinstance(value, Iterator) and not hasattr(value, "fileno")
