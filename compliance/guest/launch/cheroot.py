"""Serve a WSGI application with cheroot."""

import signal

from cheroot.wsgi import Server  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    host, port, app = arguments()
    server = Server((host, port), app)
    signal.signal(signal.SIGTERM, lambda *_: server.stop())
    server.safe_start()


if __name__ == "__main__":
    main()
