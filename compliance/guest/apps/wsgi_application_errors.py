"""WSGI apps that fail, each at another moment."""

from typing import Any, Callable, Dict, Iterable, Iterator, List

from compliance.guest.apps.wsgi_blocks import TEXT, Blocks

Environ = Dict[str, Any]
Start = Callable[..., Any]


class Failure(Exception):
    """The application's own error."""


class Severe(BaseException):
    """An error that is no Exception."""


ERRORS = {"Failure": Failure, "Severe": Severe, "SystemExit": SystemExit}


def raises_at_once(
    environ: Environ, start_response: Start, channel: Any, text: str = "", kind: str = "Failure"
) -> Any:
    """Raise before anything else."""
    raise ERRORS[kind](text)


def raises_after_start(
    environ: Environ, start_response: Start, channel: Any, headers: Any = TEXT, text: str = ""
) -> Any:
    """Raise between start_response and the return."""
    start_response("200 OK", list(headers))
    raise Failure(text)


def raises_in_iteration(
    environ: Environ,
    start_response: Start,
    channel: Any,
    before: Iterable[bytes] = (),
    headers: Any = TEXT,
    text: str = "",
) -> Blocks:
    """Yield these blocks and raise in the iteration after the last of them, behind the gate "fail"."""
    start_response("200 OK", list(headers))
    return Blocks(channel, _failing(channel, before, text))


def _failing(channel: Any, before: Iterable[bytes], text: str) -> Iterator[bytes]:
    yield from before
    channel.gate("fail")
    raise Failure(text)


def returns_none(environ: Environ, start_response: Start, channel: Any) -> None:
    """Return what is no iterable."""
    start_response("200 OK", list(TEXT))


def good(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Answer."""
    start_response("200 OK", [*TEXT, ("Content-Length", "4")])
    return [b"good"]
