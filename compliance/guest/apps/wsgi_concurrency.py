"""WSGI apps that are inside together: at a gate, asleep, or busy with what is their own."""

import hashlib
import json
import time
from typing import Any, Callable, Dict, List

Environ = Dict[str, Any]
Start = Callable[..., Any]


def _answer(start_response: Start, body: bytes) -> List[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def holds(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Block this thread at the gate "hold"; answer 200."""
    channel.gate("hold")
    return _answer(start_response, b"held")


def blocks(environ: Environ, start_response: Start, channel: Any, seconds: float = 0.0) -> List[bytes]:
    """Block this thread for a while, between two notes; answer 200."""
    channel.note("enter")
    time.sleep(seconds)
    channel.note("leave")
    return _answer(start_response, b"slept")


def own(environ: Environ, start_response: Start, channel: Any, gate: str = "") -> List[bytes]:
    """Read the body, let others come, and answer with what belongs to this request."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if gate:
        channel.gate(gate)
    else:
        time.sleep(0.01)
    mine = {
        "path": environ["PATH_INFO"],
        "query": environ["QUERY_STRING"],
        "header": environ.get("HTTP_X_OWN"),
        "body": hashlib.sha256(body).hexdigest(),
    }
    channel.note("mine", mine)
    return _answer(start_response, json.dumps(mine).encode())
