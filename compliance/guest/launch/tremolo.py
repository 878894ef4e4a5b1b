"""Serve an ASGI application with tremolo."""

import tremolo  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    host, port, app = arguments()
    tremolo.run(app=app, host=host, port=port, log_level="ERROR")


if __name__ == "__main__":
    main()
