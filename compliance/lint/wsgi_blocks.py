"""The application's iterable, watched while the server uses it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from compliance.lint.violation import Violation

if TYPE_CHECKING:
    from compliance.lint.wsgi import Request


def watched(result: Any, request: Request) -> Any:
    """An iterable to use in place of `result`, with a `close()` and a `len()` if that has them."""
    if not hasattr(type(result), "__len__"):
        return Blocks(result, request)
    try:
        request.note("len", len(result))
    except Exception:  # noqa: BLE001 - a server may ask for it too, and is not to rely on it then
        return SizedBlocks(result, request)
    return SizedBlocks(result, request)


class Blocks:
    """What the application returned."""

    def __init__(self, result: Any, request: Request) -> None:
        """Nothing was asked of it."""
        self._result = result
        self._request = request
        self._iterated = False
        self._raised = False
        self._closed = False
        if hasattr(result, "close"):
            request.lint.open.add(self)

    def __iter__(self) -> Iterator[Any]:
        if self._iterated:
            self._blame("wsgi.iter.iter_called_once", "iter", "the iterable was iterated again")
        self._iterated = True
        try:
            inner = iter(self._result)
        except BaseException:
            self._note_raised("iter")
            raise
        return _Iterator(self, inner, self._request)

    def __getattr__(self, name: str) -> Any:
        if name == "_result":
            raise AttributeError(name)  # a copy that is being made
        found = getattr(self._result, name)  # an AttributeError is the answer
        if name == "close":
            return lambda: self._close(found)
        if not name.startswith("__"):
            text = f"the server used the attribute {name!r} of a {type(self._result).__name__}"
            self._blame("wsgi.iter.no_other_attributes", "attribute", text)
        return found

    def _close(self, inner: Any) -> Any:
        self._closed = True
        self._request.lint.open.discard(self)
        self._request.note("close")
        try:
            return inner()
        except BaseException:
            self._note_raised("close")
            raise

    def _note_raised(self, by: str) -> None:
        self._raised = True
        self._request.note("raised", {"by": by})

    def _blame(self, requirement: str, step: str, text: str) -> None:
        self._request.tell(step, [Violation(requirement, "server", text)])

    def __del__(self) -> None:
        if not self._closed and hasattr(self._result, "close"):
            requirement = "wsgi.iter.close_on_error" if self._raised else "wsgi.iter.close_called"
            self._blame(requirement, "end", f"close() of a {type(self._result).__name__} was never called")


class SizedBlocks(Blocks):
    """What the application returned, with a length."""

    def __len__(self) -> int:
        return len(self._result)


class _Iterator:
    """One iteration; keeps the iterable alive, as the iterator of a list does."""

    def __init__(self, blocks: Blocks, inner: Iterator[Any], request: Request) -> None:
        self._blocks = blocks
        self._inner = inner
        self._request = request

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        self._request.note("next")
        try:
            block = next(self._inner)
        except StopIteration:
            self._request.note("exhausted")
            raise
        except BaseException:
            self._blocks._note_raised("next")  # noqa: SLF001 - the other half
            raise
        self._request.note("block", block)
        return block
