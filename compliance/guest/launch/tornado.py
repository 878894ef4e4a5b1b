"""Serve a WSGI application with tornado's WSGIContainer."""

import argparse
import asyncio
import logging

from tornado.httpserver import HTTPServer  # type: ignore[import-not-found, import-untyped, unused-ignore]
from tornado.wsgi import WSGIContainer  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    options = arguments("cert", "key")
    logging.getLogger("tornado.access").setLevel(logging.ERROR)
    asyncio.run(_serve(options))


async def _serve(options: argparse.Namespace) -> None:
    tls = {"certfile": options.cert, "keyfile": options.key} if options.cert else None
    HTTPServer(WSGIContainer(options.app), ssl_options=tls).listen(options.port, options.host)
    await asyncio.Event().wait()


if __name__ == "__main__":
    main()
