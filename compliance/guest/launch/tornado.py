"""Serve a WSGI application with tornado's WSGIContainer."""

import argparse
import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from tornado import version_info  # type: ignore[import-not-found, import-untyped, unused-ignore]
from tornado.httpserver import HTTPServer  # type: ignore[import-not-found, import-untyped, unused-ignore]
from tornado.netutil import bind_unix_socket  # type: ignore[import-not-found, import-untyped, unused-ignore]
from tornado.platform.asyncio import (  # type: ignore[import-not-found, import-untyped, unused-ignore]
    AsyncIOMainLoop,
)
from tornado.wsgi import WSGIContainer  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    options = arguments("cert", "key", "unix", "threads", "idle")
    logging.getLogger("tornado.access").setLevel(logging.ERROR)
    asyncio.run(_serve(options))


async def _serve(options: argparse.Namespace) -> None:
    if version_info < (5,):
        AsyncIOMainLoop().install()
    tls = {"certfile": options.cert, "keyfile": options.key} if options.cert else None
    executor = [ThreadPoolExecutor(int(options.threads))] if options.threads else []  # since 6.3
    seconds = int(options.idle) if options.idle else None
    patience = {"idle_connection_timeout": seconds, "body_timeout": seconds}
    server = HTTPServer(WSGIContainer(options.app, *executor), ssl_options=tls, **patience)
    if options.unix:
        server.add_socket(bind_unix_socket(options.unix))
    else:
        server.listen(options.port, options.host)
    await asyncio.Event().wait()


if __name__ == "__main__":
    main()
