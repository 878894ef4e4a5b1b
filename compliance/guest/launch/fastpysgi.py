"""Serve an application with fastpysgi."""

import fastpysgi  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    options = arguments("idle")
    if options.idle:
        milliseconds = int(options.idle) * 1000
        fastpysgi.server.svc_timer_interval = milliseconds
        fastpysgi.server.read_req_timeout = milliseconds
        fastpysgi.server.curr_req_timeout = milliseconds
        fastpysgi.server.next_req_timeout = milliseconds
    fastpysgi.run(options.app, host=options.host, port=options.port)


if __name__ == "__main__":
    main()
