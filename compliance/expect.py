"""The vocabulary of judgements: exceptions that are the target's fault, and messages *seen, expected*."""

from collections.abc import Callable
from typing import Any

Observe = Callable[[Any], None]
"""The type of the fixture `observe`, which records a measured value."""


class Silence(AssertionError):
    """The target said nothing where an answer, an event or an end was due."""


class Closed(AssertionError):
    """The target closed or reset the connection where bytes were due."""


class TargetDied(AssertionError):
    """The target's process ended while a check used it."""


class NotHttp(AssertionError):
    """The target sent bytes that are no HTTP message, or no WebSocket frame."""


def shorten(value: Any, limit: int = 600) -> str:
    """The repr of a value, cut in the middle beyond `limit` characters."""
    text = repr(value)
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]} … {len(text) - limit} characters … {text[-half:]}"


def saw(value: Any, expected: str) -> str:
    """The message of an assertion: what was seen, then what was expected."""
    return f"saw {shorten(value)}; expected {expected}"


def built_in(value: Any) -> str:
    """The name of the built-in type that a guest's value has or inherits from; "object" for all others."""
    return str(getattr(value, "base", type(value).__name__))


def in_sync(rest: bytes) -> bool:
    """Whether a connection held after a response its end, or just the one response that was asked for."""
    return not rest or (rest.startswith(b"HTTP/1.1 200") and rest.count(b"HTTP/1.") == 1)
