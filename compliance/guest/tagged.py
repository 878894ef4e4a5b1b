"""Python values as JSON that keeps their exact types apart.

`None`, `bool`, `int`, finite `float`, `str` and `list` of exactly those types stand for themselves.
Everything else is an object with the key `$`:

    {"$": "bytes", "v": "latin-1 text"}         {"$": "bytearray", "v": "latin-1 text"}
    {"$": "tuple", "v": [...]}                  {"$": "dict", "v": [[key, value], ...]}
    {"$": "float", "v": "nan"}
    {"$": "subclass", "type": "module.Name", "base": "dict", "v": <encoded as its base>}
    {"$": "sequence", "type": "module.Name", "v": [...]}     an instance of another class of sequences
    {"$": "object", "type": "module.Name", "repr": "..."}
"""

import json
import math
from collections.abc import Sequence
from typing import Any, Callable, Dict, Tuple

_DEPTH = 40


def _items(value: Any, depth: int) -> Any:
    return [_tag(item, depth) for item in value]


def _pairs(value: Any, depth: int) -> Any:
    return [[_tag(key, depth), _tag(item, depth)] for key, item in dict.items(value)]


def _text(value: Any, _depth: int) -> str:
    return bytes(value).decode("latin-1")


def _float(value: Any, _depth: int) -> str:
    return float.__repr__(value)


_TAGGED: Dict[type, Tuple[str, Callable[[Any, int], Any]]] = {
    bytes: ("bytes", _text),
    bytearray: ("bytearray", _text),
    tuple: ("tuple", _items),
    dict: ("dict", _pairs),
}


def _type_name(value: Any) -> str:
    return "{}.{}".format(type(value).__module__, type(value).__qualname__)


def _safe_repr(value: Any) -> str:
    try:
        return repr(value)[:500]
    except Exception as error:  # noqa: BLE001 - a repr may do anything
        return "<repr raised {}>".format(type(error).__name__)


def _opaque(value: Any) -> Any:
    return {"$": "object", "type": _type_name(value), "repr": _safe_repr(value)}


def _tag(value: Any, depth: int = 0) -> Any:
    kind = type(value)
    if value is None or kind is bool or kind is int or kind is str:
        return value
    if depth > _DEPTH:
        return _opaque(value)
    if kind is list:
        return _items(value, depth + 1)
    if kind is float:
        return value if math.isfinite(value) else {"$": "float", "v": _float(value, depth)}
    if kind in _TAGGED:
        name, inner = _TAGGED[kind]
        return {"$": name, "v": inner(value, depth + 1)}
    return _subclass(value, depth)


def _subclass(value: Any, depth: int) -> Any:
    """Encode an instance of a subclass of a builtin type as its base, and say so."""
    for base in (int, float, str, bytes, bytearray, list, tuple, dict):
        if isinstance(value, base):
            plain: Any = dict(dict.items(value)) if base is dict else base(value)  # type: ignore[arg-type]
            if type(plain) is not base:
                break
            return {
                "$": "subclass",
                "type": _type_name(value),
                "base": base.__name__,
                "v": _tag(plain, depth + 1),
            }
    return _sequence(value, depth) if isinstance(value, Sequence) else _opaque(value)


def _sequence(value: Any, depth: int) -> Any:
    """Encode an instance of a class that only behaves as a sequence: the headers of h11, for one."""
    try:
        return {"$": "sequence", "type": _type_name(value), "v": _items(list(value), depth + 1)}
    except Exception:  # noqa: BLE001 - a class of others may do anything
        return _opaque(value)


def encode(value: Any) -> bytes:
    """Encode `value` as one line of ASCII JSON without its line end; never raises."""
    return json.dumps(_tag(value), separators=(",", ":")).encode("ascii")


_UNTAGGED: Dict[str, Callable[[Any], Any]] = {
    "bytes": lambda item: item["v"].encode("latin-1"),
    "bytearray": lambda item: bytearray(item["v"].encode("latin-1")),
    "tuple": lambda item: tuple(untag(part) for part in item["v"]),
    "dict": lambda item: {_hashable(untag(key)): untag(part) for key, part in item["v"]},
    "float": lambda item: float(item["v"]),
}


def _hashable(key: Any) -> Any:
    try:
        hash(key)
    except TypeError:
        return repr(key)
    return key


def untag(value: Any) -> Any:
    """Undo the tags of one decoded JSON value; raises KeyError on a tag that has no plain value."""
    if isinstance(value, list):
        return [untag(item) for item in value]
    if isinstance(value, dict):
        return _UNTAGGED[value["$"]](value)
    return value


def decode(line: bytes) -> Any:
    """Decode a line of `encode`, for plain values only (what the host sends to a guest)."""
    return untag(json.loads(line))
