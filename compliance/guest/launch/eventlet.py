"""Serve a WSGI application with eventlet, in a process that eventlet has patched."""

import eventlet  # type: ignore[import-not-found, import-untyped, unused-ignore]

eventlet.monkey_patch()

from eventlet import wsgi  # type: ignore[import-not-found, import-untyped, unused-ignore]  # noqa: E402

from compliance.guest.launch import arguments  # noqa: E402


def main() -> None:
    """Serve until a signal ends the process."""
    host, port, app = arguments()
    wsgi.server(eventlet.listen((host, port)), app)


if __name__ == "__main__":
    main()
