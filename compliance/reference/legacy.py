"""Applications of ASGI 2, which are called twice: with the scope, then with receive and send."""

from __future__ import annotations

import inspect
from typing import Any


def is_legacy(application: Any) -> bool:
    """Whether the application takes the scope alone; how it is written does not matter."""
    try:
        signature = inspect.signature(application)
    except (TypeError, ValueError):
        return False
    return not _accepts(signature, 3) and _accepts(signature, 1)


def _accepts(signature: inspect.Signature, count: int) -> bool:
    try:
        signature.bind(*range(count))
    except TypeError:
        return False
    return True


def adapt(application: Any) -> Any:
    """A single callable around a legacy application."""

    async def single(scope: Any, receive: Any, send: Any) -> None:
        instance = application(scope)
        await instance(receive, send)

    return single
