"""The application behind every middleware: the contract, and endpoints for what has to be passed on."""

import gc
import sys
import weakref

from wsgi_contract import READ, WsgiContract

from compliance.guest.channel import gate
from compliance.guest.inside import tapped

TEXT = [("Content-Type", "text/plain")]
HELD = []


class Held:
    """Something in a frame of a traceback."""


class MiddlewareContract(WsgiContract):
    """The contract; /middleware/<name> is the method inner_<name>."""

    def dispatch(self, environ, start_response):
        _, first, rest = (environ.get("PATH_INFO", "") + "//").split("/", 2)
        if first != "middleware" or environ["REQUEST_METHOD"] not in READ:
            return super().dispatch(environ, start_response)
        return getattr(self, "inner_" + rest.strip("/").replace("-", "_"))(environ, start_response)

    def inner_written(self, environ, start_response):
        """Write two blocks and return a third."""
        write = start_response("200 OK", TEXT[:])
        write(b"one ")
        write(b"two ")
        return [b"three"]

    def inner_late(self, environ, start_response):
        """Return an iterable whose first block waits at the gate "first"."""
        start_response("200 OK", TEXT[:])
        return self.late()

    def late(self):
        gate("first")
        yield b"late"

    def inner_empty(self, environ, start_response):
        """Yield empty blocks between others."""
        start_response("200 OK", TEXT[:])
        return iter([b"", b"one", b"", b"two"])

    def inner_replaced(self, environ, start_response):
        """Begin a response, fail before any of it is sent, and begin another one with exc_info."""
        start_response("200 OK", [("X-First", "1"), *TEXT])
        try:
            self.fail()
        except RuntimeError:
            start_response("503 Service Unavailable", TEXT[:], sys.exc_info())
        return [b"replaced"]

    def inner_too_late(self, environ, start_response):
        """Fail after a block, and call start_response with exc_info, which then has to raise."""
        start_response("200 OK", TEXT[:])
        return self.too_late(start_response)

    def too_late(self, start_response):
        yield b"part"
        try:
            self.fail()
        except RuntimeError:
            start_response("500 Internal Server Error", TEXT[:], sys.exc_info())
        yield b"more"

    def inner_fails(self, environ, start_response):
        """Answer an error with exc_info; a frame of the traceback holds an object that `HELD` refers to."""
        try:
            self.fail()
        except RuntimeError:
            start_response("500 Internal Server Error", TEXT[:], sys.exc_info())
        return [b"failed"]

    def fail(self):
        held = Held()
        HELD[:] = [weakref.ref(held)]
        raise RuntimeError("the application failed")

    def inner_held(self, environ, start_response):
        """Say whether that object is still there."""
        gc.collect()
        return self.text(start_response, "gone" if HELD[0]() is None else "held")


application = tapped(MiddlewareContract())
