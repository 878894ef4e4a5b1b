"""Serve a WSGI application with the server of werkzeug, a thread for each request."""

import logging

from werkzeug.serving import run_simple  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    options = arguments("cert", "key")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # no access log
    tls = (options.cert, options.key) if options.cert else None
    run_simple(options.host, options.port, options.app, threaded=True, ssl_context=tls)


if __name__ == "__main__":
    main()
