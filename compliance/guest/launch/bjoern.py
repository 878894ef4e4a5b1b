"""Serve a WSGI application with bjoern."""

import bjoern  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    host, port, app = arguments()
    bjoern.run(app, host, port)


if __name__ == "__main__":
    main()
