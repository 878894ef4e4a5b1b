"""Serve a WSGI application with tornado's WSGIContainer."""

import asyncio
import logging
from typing import Any

from tornado.httpserver import HTTPServer  # type: ignore[import-not-found, import-untyped, unused-ignore]
from tornado.wsgi import WSGIContainer  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    host, port, app = arguments()
    logging.getLogger("tornado.access").setLevel(logging.ERROR)
    asyncio.run(_serve(host, port, app))


async def _serve(host: str, port: int, app: Any) -> None:
    HTTPServer(WSGIContainer(app)).listen(port, host)
    await asyncio.Event().wait()


if __name__ == "__main__":
    main()
