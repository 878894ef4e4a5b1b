"""Serve a WSGI application with gevent's pywsgi, in a process that gevent has patched."""

from gevent import monkey  # type: ignore[import-not-found, import-untyped, unused-ignore]

monkey.patch_all()

import socket  # noqa: E402

from gevent.pywsgi import WSGIServer  # type: ignore[import-not-found, import-untyped, unused-ignore]  # noqa: E402

from compliance.guest.launch import arguments, pairs  # noqa: E402


def main() -> None:
    """Serve until a signal ends the process."""
    options = arguments("cert", "key", "unix", "environ")
    tls = {"certfile": options.cert, "keyfile": options.key} if options.cert else {}
    listener = _unix(options.unix) if options.unix else (options.host, options.port)
    WSGIServer(listener, options.app, log=None, environ=pairs(options.environ), **tls).serve_forever()


def _unix(path: str) -> socket.socket:
    """A socket that listens on this path."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(100)
    return listener


if __name__ == "__main__":
    main()
