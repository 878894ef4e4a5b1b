"""Serve a WSGI application with fastpysgi."""

import fastpysgi  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    options = arguments()
    fastpysgi.run(options.app, host=options.host, port=options.port)


if __name__ == "__main__":
    main()
