"""Serve a WSGI application with gevent's pywsgi, in a process that gevent has patched."""

from gevent import monkey  # type: ignore[import-not-found, import-untyped, unused-ignore]

monkey.patch_all()

from gevent.pywsgi import WSGIServer  # type: ignore[import-not-found, import-untyped, unused-ignore]  # noqa: E402

from compliance.guest.launch import arguments  # noqa: E402


def main() -> None:
    """Serve until a signal ends the process."""
    options = arguments("cert", "key")
    tls = {"certfile": options.cert, "keyfile": options.key} if options.cert else {}
    WSGIServer((options.host, options.port), options.app, log=None, **tls).serve_forever()


if __name__ == "__main__":
    main()
