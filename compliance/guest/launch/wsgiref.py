"""Serve a WSGI application with wsgiref."""

from typing import Any
from wsgiref.handlers import BaseHandler
from wsgiref.simple_server import WSGIRequestHandler, make_server

from compliance.guest.launch import arguments, pairs


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: Any) -> None:
        """Keep no access log."""


def main() -> None:
    """Serve until a signal ends the process."""
    options = arguments("environ")
    BaseHandler.os_environ = {**BaseHandler.os_environ, **pairs(options.environ)}
    make_server(options.host, options.port, options.app, handler_class=_Quiet).serve_forever()


if __name__ == "__main__":
    main()
