"""Serve a WSGI application with bjoern."""

import bjoern  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    options = arguments("unix")
    if options.unix:
        bjoern.run(options.app, "unix:" + options.unix)
    else:
        bjoern.run(options.app, options.host, options.port)


if __name__ == "__main__":
    main()
