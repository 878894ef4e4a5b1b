"""Serve a WSGI application with eventlet, in a process that eventlet has patched."""

import eventlet  # type: ignore[import-not-found, import-untyped, unused-ignore]

eventlet.monkey_patch()

import socket  # noqa: E402

from eventlet import wsgi  # type: ignore[import-not-found, import-untyped, unused-ignore]  # noqa: E402

from compliance.guest.launch import arguments, pairs  # noqa: E402


def main() -> None:
    """Serve until a signal ends the process."""
    options = arguments("cert", "key", "unix", "environ", "idle")
    if options.unix:
        listener = eventlet.listen(options.unix, family=socket.AF_UNIX)
    else:
        listener = eventlet.listen((options.host, options.port))
    if options.cert:
        listener = eventlet.wrap_ssl(listener, certfile=options.cert, keyfile=options.key, server_side=True)
    patience = {"keepalive": int(options.idle), "socket_timeout": int(options.idle)} if options.idle else {}
    wsgi.server(listener, options.app, environ=pairs(options.environ), **patience)


if __name__ == "__main__":
    main()
