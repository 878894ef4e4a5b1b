"""Serve an ASGI application with tremolo."""

import tremolo  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    options = arguments()
    tremolo.run(app=options.app, host=options.host, port=options.port, log_level="ERROR")


if __name__ == "__main__":
    main()
