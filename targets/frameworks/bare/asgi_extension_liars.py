"""ASGI applications with one lie each about the extensions that a server offers."""

import io
import os

from asgi_contract import AsgiContract
from lies import liar

from compliance.guest.channel import FILE


def _relative(path):
    return os.path.relpath(path)


# Files by their paths


@liar("asgi.ext.pathsend.app_headers", ["test_the_headers_of_a_path_are_the_application_s"])
class PathWithoutHeaders(AsgiContract):
    """Leaves the headers of a file to the server where that sends it."""

    async def file(self, exchange):
        if exchange.offers("http.response.pathsend"):
            self.file_headers = list
        await super().file(exchange)


class _Paths(AsgiContract):
    """Sends something else than one absolute path after the start."""

    def path_message(self):
        return {"type": "http.response.pathsend", "path": FILE}


@liar("asgi.ext.pathsend.absolute", ["test_a_path_is_absolute"])
class RelativePath(_Paths):
    """Names a file from where the process is."""

    async def send_path(self, exchange):
        await exchange.send({"type": "http.response.pathsend", "path": _relative(FILE)})


@liar("asgi.http.body.event_accepted", ["test_a_path_is_absolute", "test_a_file_reaches_the_client_whole"])
class WrongPath(_Paths):
    """Names another file than that which is asked for."""

    async def send_path(self, exchange):
        await exchange.send({"type": "http.response.pathsend", "path": os.devnull})


@liar("asgi.ext.pathsend.after_start", ["test_a_path_comes_after_the_start"])
class PathFirst(_Paths):
    """Sends a path before the response has started."""

    async def file(self, exchange):
        if exchange.offers("http.response.pathsend"):
            await exchange.send(self.path_message())
        await super().file(exchange)


@liar("asgi.ext.pathsend.not_mixed", ["test_nothing_is_mixed_with_a_path"])
class BodyAfterPath(_Paths):
    """Ends a response that it has sent by its path."""

    async def send_path(self, exchange):
        await super().send_path(exchange)
        await exchange.part(b"", False)


@liar("asgi.ext.pathsend.once", ["test_a_path_is_sent_once"])
class TwoPaths(_Paths):
    """Sends a path twice."""

    async def send_path(self, exchange):
        await super().send_path(exchange)
        await super().send_path(exchange)


# Open files


@liar("asgi.ext.zerocopy.real_fd", ["test_an_open_file_has_a_descriptor"])
class FileInMemory(AsgiContract):
    """Sends a file that is none of the operating system's."""

    async def send_file(self, exchange):
        if exchange.offers("http.response.zerocopysend"):
            with io.BytesIO(b"file") as file:
                await exchange.send({"type": "http.response.zerocopysend", "file": file})
        else:
            await super().send_file(exchange)


def _left_open():
    return open(FILE, "rb")


@liar("asgi.ext.zerocopy.app_closes", ["test_the_application_closes_its_file"])
class LeavesFilesOpen(AsgiContract):
    """Leaves it to the server to close a file."""

    async def send_file(self, exchange):
        if exchange.offers("http.response.zerocopysend"):
            await exchange.send({"type": "http.response.zerocopysend", "file": _left_open()})
        else:
            await super().send_file(exchange)


@liar("asgi.ext.zerocopy.timing", ["test_an_open_file_comes_after_the_start"])
class FileFirst(AsgiContract):
    """Sends an open file before the response has started."""

    async def file(self, exchange):
        if exchange.offers("http.response.zerocopysend"):
            with _left_open() as file:
                await exchange.send({"type": "http.response.zerocopysend", "file": file})
        await super().file(exchange)


# Trailers


class _Trailers(AsgiContract):
    """Sends a trailer after the content of /push, where the server offers that."""

    promised = True
    declared = "x-checksum"
    name = b"x-checksum"

    async def push(self, exchange):
        if not exchange.offers("http.response.trailers"):
            await super().push(exchange)
            return
        head = {"type": "http.response.start", "status": 200, "trailers": self.promised}
        fields = {"content-type": "text/plain", "trailer": self.declared}
        pairs = [(name.encode(), value.encode()) for name, value in fields.items() if value]
        await exchange.send(dict(head, headers=pairs))
        await exchange.part(b"pushed", False)
        await exchange.send({"type": "http.response.trailers", "headers": [(self.name, b"1a2b")]})


@liar("asgi.ext.trailers.start_flag", ["test_trailers_are_promised_at_the_start"])
class UnpromisedTrailers(_Trailers):
    """Does not say at the start that trailers come."""

    promised = False


@liar("asgi.ext.trailers.names_app", ["test_the_names_of_trailers_are_lower_case"])
class UpperCaseTrailers(_Trailers):
    """Spells the name of a trailer as people do."""

    name = b"X-Checksum"


@liar("asgi.ext.trailers.app_trailer_header", ["test_trailers_are_declared"])
class UndeclaredTrailers(_Trailers):
    """Does not name its trailers among the headers."""

    declared = ""


# Server push


@liar("asgi.ext.push.event", ["test_a_push_has_a_path_and_headers"])
class PushWithoutHeaders(AsgiContract):
    """Leaves the headers of a push out."""

    async def send_push(self, exchange):
        await exchange.send({"type": "http.response.push", "path": "/style.css"})


@liar("asgi.ext.push.timing", ["test_a_push_comes_after_the_start"])
class PushFirst(AsgiContract):
    """Pushes before the response has started."""

    async def push(self, exchange):
        if exchange.offers("http.response.push"):
            await self.send_push(exchange)
        await exchange.text("pushed")


# Debugging


class _Debugs(AsgiContract):
    """Sends debug information."""

    async def debug(self, exchange):
        await exchange.send({"type": "http.response.debug", "info": {"endpoint": "push"}})


@liar("asgi.ext.debug.event", ["test_a_debug_message_comes_once_and_first"])
class DebugsTwice(_Debugs):
    """Sends debug information twice, where it is offered."""

    async def push(self, exchange):
        if exchange.offers("http.response.debug"):
            await self.debug(exchange)
            await self.debug(exchange)
        await super().push(exchange)


@liar(
    "asgi.ext.debug.app_gate",
    [
        "test_no_debug_message_is_sent_unless_offered",
        "test_no_extension_is_used_that_was_not_offered",
    ],
)
class DebugsAlways(_Debugs):
    """Sends debug information to every server."""

    async def push(self, exchange):
        await self.debug(exchange)
        await super().push(exchange)
