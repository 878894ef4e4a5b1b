"""Serve a WSGI application with rocket3."""

import logging

from rocket3 import Rocket3  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    options = arguments("cert", "key")
    logging.basicConfig(level=logging.ERROR)  # it logs errors, and leaves it to its user where they go
    secure = (options.key, options.cert) if options.cert else ()
    Rocket3((options.host, options.port, *secure), "wsgi", {"wsgi_app": options.app}).start()


if __name__ == "__main__":
    main()
