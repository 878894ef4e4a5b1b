"""Serve a WSGI application with fastpysgi."""

import fastpysgi  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    host, port, app = arguments()
    fastpysgi.run(app, host=host, port=port)


if __name__ == "__main__":
    main()
