"""wsgi.input and wsgi.errors, watched while the application uses them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from compliance.interface.wsgi_streams import ERRORS, INPUT, Method
from compliance.lint.violation import Violation

if TYPE_CHECKING:
    from compliance.lint.wsgi import Request


class Stream:
    """A stream of the server, whose every use is noted and passed on; it has what the server's has."""

    name = ""
    methods: tuple[Method, ...] = ()

    def __init__(self, stream: Any, request: Request, lint: object) -> None:
        """Watch `stream` for this request."""
        self._stream = stream
        self._request = request
        self.lint = lint

    @classmethod
    def unwatched(cls, stream: Any, lint: object) -> Any:
        """The server's stream, if the same middleware has put itself around it for an earlier request."""
        return stream._stream if isinstance(stream, cls) and stream.lint is lint else stream  # noqa: SLF001 - its own

    def __getattr__(self, name: str) -> Any:
        if name == "_stream":
            raise AttributeError(name)  # a copy that is being made
        found = getattr(self._stream, name)  # an AttributeError is the answer
        if any(name == method.name for method in self.methods):
            return self._watched(name, found)
        if name == "close":
            return self._closer(found)
        if not name.startswith("__"):
            self._note_attribute(name)
        return found

    def _note_attribute(self, name: str) -> None:
        self._request.note(f"{self.name} attribute", name)

    def _closer(self, inner: Any) -> Callable[..., Any]:
        def close(*args: Any, **keywords: Any) -> Any:
            self._note_attribute("close")
            return inner(*args, **keywords)

        return close

    def _watched(self, name: str, inner: Any) -> Callable[..., Any]:
        def method(*args: Any, **keywords: Any) -> Any:
            call = {"method": name, "args": args, "keywords": sorted(keywords)}
            try:
                gave = inner(*args, **keywords)
            except Exception as error:
                self._request.note(self.name, call)
                self.on_error(call, error)
                raise
            self._request.note(self.name, {**call, "gave": gave})
            return gave

        return method

    def on_error(self, call: dict[str, Any], error: Exception) -> None:
        """Judge an exception of the server's method."""

    # The special methods that a file may have besides: an AttributeError where the server's has none.

    def __next__(self) -> Any:
        self._note_attribute("__next__")
        return self._stream.__next__()

    def __enter__(self) -> Any:
        self._note_attribute("__enter__")
        self._stream.__enter__()
        return self

    def __exit__(self, *args: object) -> Any:
        self._note_attribute("close")
        return self._stream.__exit__(*args)


class InputStream(Stream):
    """wsgi.input."""

    name = "input"
    methods = INPUT

    def __iter__(self) -> Iterator[Any]:
        """Line by line."""
        return self._lines(iter(self._stream))

    def _lines(self, lines: Iterator[Any]) -> Iterator[Any]:
        for line in lines:
            self._request.note("input", {"method": "__next__", "args": (), "gave": line})
            yield line


class ErrorStream(Stream):
    """wsgi.errors."""

    name = "errors"
    methods = ERRORS

    def on_error(self, call: dict[str, Any], error: Exception) -> None:
        """Text that cannot be encoded is the server's to replace."""
        if isinstance(error, UnicodeError):
            text = f"{call['method']} raised {type(error).__name__}"
            self._request.tell("errors", [Violation("wsgi.errors.unicode", "server", text)])
