"""Lies about which extensions a server has."""

from __future__ import annotations

from typing import Any, ClassVar

from compliance.reference.asgi import Message, pairs
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.errors import ApplicationError
from compliance.reference.liar import liar


class Hides(HTTPCycle):
    """Honours an extension that it does not announce."""

    hidden = ""

    def extensions(self) -> dict[str, Any]:
        """All others."""
        return {"extensions": {name: {} for name in self.offered if name != self.hidden}}

    def validate(self, message: Any) -> Message:
        """As if it were announced."""
        self.conversation.extensions |= {self.hidden}
        return super().validate(message)


@liar(catches=["test_a_server_that_sends_trailers_announces_them"])
class HidesTrailers(Hides):
    """Trailers are sent, and not announced."""

    hidden = "http.response.trailers"


@liar(
    catches=[
        "test_a_server_that_sends_early_hints_announces_them",
        "test_a_message_of_an_unannounced_extension_raises",
        "test_a_message_of_an_unannounced_extension_leaves_the_wire_sound",
    ]
)
class HidesEarlyHints(Hides):
    """Early hints are sent, and not announced."""

    hidden = "http.response.early_hint"


@liar(
    catches=[
        "test_a_server_that_sends_paths_announces_it",
        "test_a_message_of_an_unannounced_extension_raises",
    ]
)
class HidesPaths(Hides):
    """Files are sent by their paths, and this is not announced."""

    hidden = "http.response.pathsend"


@liar(
    catches=[
        "test_a_server_that_sends_files_announces_it",
        "test_a_message_of_an_unannounced_extension_raises",
    ]
)
class HidesFiles(Hides):
    """Open files are sent, and this is not announced."""

    hidden = "http.response.zerocopysend"


@liar(catches=["test_a_server_that_pushes_announces_it", "test_a_message_of_an_unannounced_extension_raises"])
class HidesPush(Hides):
    """A push has the application called once more, and is not announced."""

    hidden = "http.response.push"
    senders: ClassVar = {**HTTPCycle.senders, hidden: "send_push"}

    async def send_push(self, message: Message) -> None:
        """Call the application, and drop what it answers."""

        async def receive() -> Message:
            return {"type": "http.request"}

        async def send(_: Message) -> None:
            pass

        await self.server.application({**self.scope(), "path": message["path"], "headers": []}, receive, send)


@liar(catches=["test_what_a_server_adds_to_the_specification_is_announced"])
class Informs(HTTPCycle):
    """A message of the server's own sends an informational response, and no extension says so."""

    async def send(self, message: Message) -> None:
        """One more kind of message."""
        if isinstance(message, dict) and message.get("type") == "http.response.informational":
            self.response.put_hint(value for _, value in pairs(message))
            await self.flush()
        else:
            await super().send(message)


@liar(catches=["test_an_announced_extension_works"])
class NeedsTrailer(HTTPCycle):
    """Trailers are refused where the application has not declared them with a Trailer field."""

    async def send_trailers(self, message: Message) -> None:
        """With a declaration."""
        if b"trailer" not in dict(pairs(self.start or {})):
            raise ApplicationError("asgi.ext.trailers.app_trailer_header", "no Trailer field")
        await super().send_trailers(message)


@liar(catches=["test_server_push_is_not_announced_over_http11"])
class AnnouncesPush(HTTPCycle):
    """Server push is announced for HTTP/1.1."""

    offered = (*HTTPCycle.offered, "http.response.push")


@liar(catches=["test_debug_messages_are_not_offered"])
class OffersDebug(HTTPCycle):
    """Debug messages are announced."""

    offered = (*HTTPCycle.offered, "http.response.debug")
