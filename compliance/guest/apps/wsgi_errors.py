"""WSGI apps that write to wsgi.errors."""

import sys
from typing import Any, Callable, Dict, List

from compliance.guest.apps.wsgi_environ import answer

Environ = Dict[str, Any]
Start = Callable[..., Any]


def calls(environ: Environ, start_response: Start, channel: Any, calls: Any) -> List[bytes]:
    """Make these calls, each a name and its arguments; note what each raised, "" for nothing."""
    for name, *arguments in calls:
        channel.note("raised", _error(environ["wsgi.errors"], name, arguments))
    return answer(start_response)


def _error(stream: Any, name: str, arguments: Any) -> str:
    try:
        getattr(stream, name)(*arguments)
    except Exception as error:  # noqa: BLE001 - the host judges what was raised
        return "{}: {}".format(type(error).__name__, error)
    return ""


def writes_lines(environ: Environ, start_response: Start, channel: Any, count: int) -> List[bytes]:
    """Give a generator of lines to writelines, then flush."""
    environ["wsgi.errors"].writelines("line {}\n".format(number) for number in range(count))
    environ["wsgi.errors"].flush()
    return answer(start_response)


def writes_long(environ: Environ, start_response: Start, channel: Any, length: int) -> List[bytes]:
    """Write one line of so many characters, then flush."""
    environ["wsgi.errors"].write("compliance".ljust(length - 1, ".") + "\n")
    environ["wsgi.errors"].flush()
    return answer(start_response)


TEXTS = {
    "long": "compliance: ".ljust(9000, "x"),
    "lines": "compliance: one\n\ttwo\n\nfour",
    "not ASCII": "compliance: caf\u00e9 \u65e5",
}


def writes_texts(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Write texts that are long, of several lines, and not of ASCII; then flush."""
    for text in TEXTS.values():
        environ["wsgi.errors"].write(text + "\n")
    environ["wsgi.errors"].flush()
    return answer(start_response)


def prints(environ: Environ, start_response: Start, channel: Any, out: str, err: str) -> List[bytes]:
    """Print to the standard output and the standard error."""
    print(out, flush=True)  # noqa: T201 - that is the point
    print(err, file=sys.stderr, flush=True)  # noqa: T201
    return answer(start_response)


def closes(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Close the stream, which no application may do, if it has a close method."""
    close = getattr(environ["wsgi.errors"], "close", None)
    if close is not None:
        close()
    return answer(start_response)
