"""Serve a WSGI application with cheroot."""

import signal
import sys

from cheroot.ssl.builtin import (  # type: ignore[import-not-found, import-untyped, unused-ignore]
    BuiltinSSLAdapter,
)
from cheroot.wsgi import (  # type: ignore[import-not-found, import-untyped, unused-ignore]
    PathInfoDispatcher,
    Server,
)

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    options = arguments("cert", "key", "unix", "mount", "threads", "idle")
    app = PathInfoDispatcher({options.mount: options.app}) if options.mount else options.app
    threads = {"numthreads": int(options.threads), "max": int(options.threads)} if options.threads else {}
    patience = {"timeout": int(options.idle)} if options.idle else {}
    server = Server(options.unix or (options.host, options.port), app, **threads, **patience)
    if options.cert:
        server.ssl_adapter = BuiltinSSLAdapter(options.cert, options.key)
    # `stop` waits for the loop that `safe_start` runs in this thread, so it cannot be called from here;
    # `safe_start` calls it when it sees this exception.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.safe_start()


if __name__ == "__main__":
    main()
