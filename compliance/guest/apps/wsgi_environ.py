"""WSGI apps that look at environ more closely than recording it, or do to it what an application may do."""

import gc
import os
import threading
import weakref
from typing import Any, Callable, Dict, List, Optional

Environ = Dict[str, Any]
Start = Callable[..., Any]

INPUT_METHODS = ("read", "readline", "readlines", "__iter__")
ERRORS_METHODS = ("flush", "write", "writelines")


def answer(start_response: Start, body: bytes = b"hello") -> List[bytes]:
    """Answer 200 with this body."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def records(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Note environ (what is under keys of type str, as a plain dict), and answer without reading the body."""
    channel.note("environ", {key: environ[key] for key in environ if isinstance(key, str)})
    return answer(start_response)


def kinds(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Note the types of environ and of its keys."""
    channel.note("type", type_name(environ))
    channel.note("key types", sorted({type_name(key) for key in environ}))
    return answer(start_response)


def type_name(value: Any) -> str:
    """The name of a value's own type, with its module."""
    return "{}.{}".format(type(value).__module__, type(value).__qualname__)


def changes(
    environ: Environ,
    start_response: Start,
    channel: Any,
    clear: bool = False,
    changed: Optional[Environ] = None,
) -> List[bytes]:
    """Empty environ if asked to, put these keys into it, and answer."""
    if clear:
        environ.clear()
    environ.update(changed or {})
    return answer(start_response)


def streams(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Note the methods that the two streams lack."""
    for key, names in (("wsgi.input", INPUT_METHODS), ("wsgi.errors", ERRORS_METHODS)):
        stream = environ.get(key)
        channel.note(key, [name for name in names if not callable(getattr(stream, name, None))])
    return answer(start_response)


def server_keys(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Note the keys that are no variables of the operating system's environment."""
    channel.note("keys", sorted(str(key) for key in environ if key not in os.environ))
    return answer(start_response)


def waits(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Note where it runs and what environ says about that; stand at the gate "inside"; answer."""
    channel.note("pid", os.getpid())
    channel.note("thread", threading.get_ident())
    channel.note("multithread", environ.get("wsgi.multithread"))
    channel.note("multiprocess", environ.get("wsgi.multiprocess"))
    channel.gate("inside")
    return answer(start_response)


class Something:
    """What an application leaves in environ."""


_LEFT: List[Any] = []


def leaves_something(
    environ: Environ, start_response: Start, channel: Any, collect: bool = False
) -> List[bytes]:
    """Leave an object in environ, and note how many of those that were left until now are kept.

    `collect`: what is only kept by itself goes first.
    """
    environ["compliance.something"] = Something()
    _LEFT.append(weakref.ref(environ["compliance.something"]))
    if collect:
        gc.collect()
    channel.note("alive", sum(reference() is not None for reference in _LEFT))
    return answer(start_response)
