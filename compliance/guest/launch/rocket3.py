"""Serve a WSGI application with rocket3."""

from rocket3 import Rocket3  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    host, port, app = arguments()
    Rocket3((host, port), "wsgi", {"wsgi_app": app}).start()


if __name__ == "__main__":
    main()
