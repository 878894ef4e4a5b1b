"""Middleware that judges both sides of a WSGI application's calls, and changes nothing.

    app = Lint(app)
    ...
    app.check()

Neither side can tell the middleware from the other side by anything that PEP 3333 lets it use: objects and
exceptions pass as they are, each block is handed on before the next is asked for, and the returned iterable
has a `close()` and a `len()` exactly if the application's has. A file wrapper of the server is returned as it
is, so that the server knows it; what becomes of it is not judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from compliance.lint.collecting import Collector
from compliance.lint.violation import Violation
from compliance.lint.wsgi_blocks import watched
from compliance.lint.wsgi_streams import ErrorStream, InputStream, Stream
from compliance.lint.wsgi_trace import WsgiJudge

__all__ = ["Lint"]


class Lint(Collector):
    """A WSGI application around another one, which collects the violations of server and application.

    Options as in `Collector`. Any number of threads may call it.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the application with what the server gives."""
        request = Request(self, _name(args))
        if kwargs or len(args) != 2:
            text = f"called with {len(args)} positional arguments and the keywords {sorted(kwargs)!r}"
            request.tell("call", [Violation("wsgi.callable.positional_app", "server", text)])
            return self.application(*args, **kwargs)
        environ, start_response = args
        return request.call(environ, start_response)


def _name(args: Any) -> str:
    """The request in words."""
    environ = args[0] if args and isinstance(args[0], dict) else {}
    words = [environ.get(name, "") for name in ("REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO")]
    method, script, path = (word if isinstance(word, str) else "?" for word in words)
    return f"{method} {script}{path}".strip() or "a request"


class Request:
    """One call of the application, judged step by step."""

    def __init__(self, lint: Lint, name: str) -> None:
        """`name` says which."""
        self.lint = lint
        self._name = name
        self._judge = WsgiJudge()
        self._told: set[tuple[str, str, str]] = set()

    def note(self, name: str, value: Any = None) -> None:
        """Judge a step."""
        with self.lint.lock:  # an application may read its input in another thread
            found = self._judge.step(name, value)
        self.tell(name, found)

    def tell(self, step: str, found: Iterable[Violation]) -> None:
        """Keep violations."""
        self.lint.keep(found, f"{self._name}, {step}", self._told)

    def call(self, environ: Any, start_response: Any) -> Any:
        """Call the application with what it shall use, and return what the server shall use."""
        self.note("environ", environ)
        if isinstance(environ, dict):
            self._watch_streams(environ)
        try:
            result = self.lint.application(environ, self._watched_start(start_response))
        except BaseException:
            self.note("raised", {"by": "application"})
            raise
        self.note("return", result)
        if _is_file_wrapper(result, environ):
            return result
        return watched(result, self)

    def _watch_streams(self, environ: dict[str, Any]) -> None:
        kinds: dict[str, type[Stream]] = {"wsgi.input": InputStream, "wsgi.errors": ErrorStream}
        for name, kind in kinds.items():
            if name in environ:
                environ[name] = kind(kind.unwatched(environ[name], self.lint), self, self.lint)

    def _watched_start(self, inner: Any) -> Any:
        def start_response(*args: Any, **kwargs: Any) -> Any:
            try:
                self.note("start_response", _start(args, kwargs))
                try:
                    write = inner(*args, **kwargs)
                except BaseException:
                    self.note("raised", {"by": "start_response"})
                    raise
            finally:
                del args, kwargs  # no reference to exc_info may stay
            self.note("taken")
            if callable(write):
                return self._watched_write(write)
            found = Violation(
                "wsgi.sr.returns_write", "server", f"start_response returned {type(write).__name__}"
            )
            self.tell("start_response", [found])
            return write

        return start_response

    def _watched_write(self, inner: Any) -> Any:
        def write(*args: Any, **kwargs: Any) -> Any:
            if kwargs or len(args) != 1:
                text = f"write called with {len(args)} arguments and the keywords {sorted(kwargs)!r}"
                self.tell("write", [Violation("wsgi.iter.write_data_type", "application", text)])
            else:
                self.note("write", args[0])
            try:
                result = inner(*args, **kwargs)
            except BaseException:
                self.note("raised", {"by": "write"})
                raise
            self.note("taken")
            return result

        return write


def _start(args: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Describe a call of start_response, without holding on to its exc_info."""
    if kwargs or not 2 <= len(args) <= 3:
        return {"positional": [type(arg).__name__ for arg in args], "keywords": sorted(kwargs)}
    return {"status": args[0], "headers": args[1], "exc_info": _exc_info(args[2:])}


def _exc_info(args: Any) -> str | None:
    """The name of the exception of a `sys.exc_info()` tuple, None for none, else what it is."""
    if not args or args[0] is None:
        return None
    value = args[0]
    if isinstance(value, tuple) and len(value) == 3 and isinstance(value[1], BaseException):
        return type(value[1]).__name__
    return f"<{type(value).__name__}>"


def _is_file_wrapper(result: Any, environ: Any) -> bool:
    kind = environ.get("wsgi.file_wrapper") if isinstance(environ, dict) else None
    return isinstance(kind, type) and isinstance(result, kind)
