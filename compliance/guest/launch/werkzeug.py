"""Serve a WSGI application with the server of werkzeug, a thread for each request."""

import logging

from werkzeug.serving import run_simple  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    host, port, app = arguments()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # no access log
    run_simple(host, port, app, threaded=True)


if __name__ == "__main__":
    main()
