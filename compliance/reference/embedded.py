"""The reference server in a thread of this process, for tests that need no process of its own."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from compliance.reference.server import Server


class Embedded:
    """A running server: its port, and once it has stopped its exit status."""

    def __init__(self, application: Any, interface: str, server_class: type[Server]) -> None:
        """A server on a free port of 127.0.0.1, not started yet."""
        embedded = self

        class Here(server_class):  # type: ignore[valid-type, misc]
            """Without signals, which belong to the main thread."""

            def install_signal_handlers(self) -> None:
                """None."""

            def on_listening(self, host: str, port: int) -> None:
                """Remember the address."""
                super().on_listening(host, port)
                embedded.address = (host, port)
                embedded.ready.set()

        self.server: Server = Here(application, interface, "127.0.0.1", 0)
        self.address = ("", 0)
        self.status: int | None = None
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self._run, name="reference server")

    def _run(self) -> None:
        try:
            self.status = self.server.run()
        finally:
            self.ready.set()

    def start(self) -> None:
        """Return once the server listens, or has ended without."""
        self.thread.start()
        self.ready.wait()

    def request_stop(self) -> None:
        """Do what SIGTERM does."""
        with contextlib.suppress(RuntimeError):  # it has just ended by itself
            self.server.loop.call_soon_threadsafe(self.server.request_stop)

    def stop(self) -> None:
        """Stop as at SIGTERM, and wait for the end."""
        self.request_stop()
        self.thread.join()


@contextmanager
def serving(application: Any, interface: str, server_class: type[Server] = Server) -> Iterator[Embedded]:
    """Serve while the block runs."""
    embedded = Embedded(application, interface, server_class)
    embedded.start()
    try:
        yield embedded
    finally:
        embedded.stop()
