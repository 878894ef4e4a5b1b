"""Several processes that serve one listening socket, and the parent that ends them all."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance.reference.server import Server


def serve(server: Server) -> int:
    """Serve in `server.workers` processes until told to stop; returns the first exit status that is not 0."""
    server.listener = server.bind()
    server.listener.listen(100)
    pids = [_fork(server, number) for number in range(server.workers)]

    def stop(*_: object) -> None:
        for pid in pids:
            os.kill(pid, signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    ends = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
    return next((status for status in ends if status), 0)


def _fork(server: Server, number: int) -> int:
    pid = os.fork()
    if pid == 0:
        server.number = number
        os._exit(server.run())
    return pid
