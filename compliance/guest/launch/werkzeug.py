"""Serve a WSGI application with the server of werkzeug, a thread for each request."""

import logging

from werkzeug.serving import run_simple  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    options = arguments("cert", "key", "unix", "single", "processes")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # no access log
    tls = (options.cert, options.key) if options.cert else None
    host = "unix://" + options.unix if options.unix else options.host
    processes = int(options.processes or 1)
    threaded = processes == 1 and not options.single
    run_simple(host, options.port, options.app, threaded=threaded, processes=processes, ssl_context=tls)


if __name__ == "__main__":
    main()
