"""Serve a WSGI application with fastwsgi."""

import fastwsgi  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    options = arguments()
    fastwsgi.run(wsgi_app=options.app, host=options.host, port=options.port)


if __name__ == "__main__":
    main()
