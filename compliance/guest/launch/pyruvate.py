"""Serve a WSGI application with pyruvate."""

import pyruvate  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    options = arguments()
    pyruvate.serve(options.app, "{}:{}".format(options.host, options.port), 4)


if __name__ == "__main__":
    main()
