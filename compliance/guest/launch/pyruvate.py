"""Serve a WSGI application with pyruvate."""

import pyruvate  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    options = arguments("idle")
    patience = {"keepalive_timeout": int(options.idle), "max_reuse_count": 100} if options.idle else {}
    pyruvate.serve(options.app, "{}:{}".format(options.host, options.port), 4, **patience)


if __name__ == "__main__":
    main()
