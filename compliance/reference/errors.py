"""Whose fault it is: one exception type for each party."""

from __future__ import annotations

import sys
import traceback


class ApplicationError(Exception):
    """The application broke a rule of the interface; raised out of send(), start_response() and write()."""

    def __init__(self, requirement: str, text: str) -> None:
        """`requirement` is an id of the inventory; `text` says what was seen."""
        super().__init__(f"{text} [{requirement}]")
        self.requirement = requirement


class ClientDisconnected(ConnectionError):
    """The client is gone: the server's own subclass of OSError, never logged as an error."""


class RequestError(Exception):
    """The client broke a rule of HTTP; answered with `status`, after which the connection is closed."""

    def __init__(self, status: int, text: str, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
        """`text` is shown to the client; `headers` are added to the answer."""
        super().__init__(text)
        self.status = status
        self.headers = headers


def log(text: str) -> None:
    """Write one line to the server's log, which is stderr."""
    sys.stderr.write(f"reference: {text}\n")
    sys.stderr.flush()


def log_exception(text: str, error: BaseException) -> None:
    """Write a line and the traceback of `error` to the server's log."""
    log(text + "\n" + "".join(traceback.format_exception(error)).rstrip())
