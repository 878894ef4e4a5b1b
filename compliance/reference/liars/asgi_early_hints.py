"""Lies about early hints."""

from __future__ import annotations

from compliance.reference.asgi import Message
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.errors import ApplicationError
from compliance.reference.liar import liar


def raw(message: Message) -> bytes:
    """A 103 response as it stands on the wire, whatever is in its links."""
    fields = b"".join(b"Link: %s\r\n" % link for link in message["links"])
    return b"HTTP/1.1 103 Early Hints\r\n" + fields + b"\r\n"


def is_hint(message: object) -> bool:
    """Whether this is an http.response.early_hint message."""
    return isinstance(message, dict) and message.get("type") == "http.response.early_hint"


@liar(catches=["test_links_may_be_any_iterable"])
class OnlyListsOfLinks(HTTPCycle):
    """Links must be a list."""

    async def send(self, message: Message) -> None:
        """Strictly."""
        if is_hint(message) and not isinstance(message["links"], list):
            raise ApplicationError("asgi.ext.earlyhint.event", "the links are no list")
        await super().send(message)


@liar(catches=["test_no_early_hint_comes_after_the_final_head"])
class HintsInTheBody(HTTPCycle):
    """An early hint is sent whenever it comes, also within the body."""

    async def send_early_hint(self, message: Message) -> None:
        """At any time."""
        if self.response.started and self.request.modern:
            await self.stream.write(raw(message))
        await super().send_early_hint(message)


@liar(catches=["test_the_links_are_those_of_the_application"])
class FirstLinkOnly(HTTPCycle):
    """Of several links the first is sent."""

    async def send_early_hint(self, message: Message) -> None:
        """With one link."""
        await super().send_early_hint({**message, "links": list(message["links"])[:1]})


@liar(catches=["test_how_many_early_hints_are_sent"])
class OneHint(HTTPCycle):
    """Early hints after the start message are not sent."""

    async def send_early_hint(self, message: Message) -> None:
        """Before it."""
        if self.start is None:
            await super().send_early_hint(message)


@liar(catches=["test_early_hints_cannot_split_a_response"])
class SplitHints(HTTPCycle):
    """A hint that is refused is written to the client before send raises."""

    async def send(self, message: Message) -> None:
        """Both."""
        try:
            await super().send(message)
        except ApplicationError:
            if is_hint(message):
                await self.stream.write(raw(message))
            raise


@liar(catches=["test_http10_gets_no_early_hints"])
class HintsForOldClients(HTTPCycle):
    """A client of HTTP/1.0 gets early hints, too."""

    async def send_early_hint(self, message: Message) -> None:
        """As everybody."""
        if not self.request.modern:
            await self.stream.write(raw(message))
        await super().send_early_hint(message)
