"""Serve an application with fastpysgi."""

import asyncio
from typing import Any, Callable, Dict, List

import fastpysgi  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments

_KEPT: List[Any] = []


def keeping(app: Callable[..., Any]) -> Callable[..., Any]:
    """The ASGI application, which keeps each `send`, but those of requests for /let-go.

    Where it closes a connection, the server gives up one reference too many to what is behind `send`, and
    uses it afterwards: as long as the application keeps it, the process does not end at random.
    """

    async def kept(scope: Dict[str, Any], receive: Any, send: Any) -> None:
        if scope.get("path") != "/let-go":
            _KEPT.append(send)
        await app(scope, receive, send)

    return kept


def main() -> None:
    """Serve until a signal ends the process."""
    options = arguments("idle")
    if options.idle:
        milliseconds = int(options.idle) * 1000
        fastpysgi.server.svc_timer_interval = milliseconds
        fastpysgi.server.read_req_timeout = milliseconds
        fastpysgi.server.curr_req_timeout = milliseconds
        fastpysgi.server.next_req_timeout = milliseconds
    app = keeping(options.app) if asyncio.iscoroutinefunction(options.app) else options.app
    fastpysgi.run(app, host=options.host, port=options.port)


if __name__ == "__main__":
    main()
