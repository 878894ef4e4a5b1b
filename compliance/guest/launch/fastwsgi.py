"""Serve a WSGI application with fastwsgi."""

import fastwsgi  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    host, port, app = arguments()
    fastwsgi.run(wsgi_app=app, host=host, port=port)


if __name__ == "__main__":
    main()
