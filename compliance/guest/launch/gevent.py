"""Serve a WSGI application with gevent's pywsgi, in a process that gevent has patched."""

from gevent import monkey  # type: ignore[import-not-found, import-untyped, unused-ignore]

monkey.patch_all()

from gevent.pywsgi import WSGIServer  # type: ignore[import-not-found, import-untyped, unused-ignore]  # noqa: E402

from compliance.guest.launch import arguments  # noqa: E402


def main() -> None:
    """Serve until a signal ends the process."""
    host, port, app = arguments()
    WSGIServer((host, port), app, log=None).serve_forever()


if __name__ == "__main__":
    main()
