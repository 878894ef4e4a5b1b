"""Lies about trailers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compliance.reference.asgi import Message, pairs
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.errors import ApplicationError
from compliance.reference.liar import liar


def raw(fields: list[tuple[bytes, bytes]]) -> bytes:
    """Trailer fields as they stand on the wire, whatever is in them."""
    return b"".join(b"%s: %s\r\n" % pair for pair in fields) + b"\r\n"


@liar(
    catches=[
        "test_trailers_reach_a_client_that_asks_for_them",
        "test_trailers_may_come_from_an_iterator",
        "test_trailers_may_come_in_several_messages",
        "test_what_becomes_of_a_trailer_that_was_not_declared",
    ]
)
class DropsTrailers(HTTPCycle):
    """Trailers are taken and never sent."""

    def wants_trailers(self) -> bool:
        """Never."""
        return False


@liar(catches=["test_trailers_may_come_from_an_iterator"])
class OnlyListsOfTrailers(HTTPCycle):
    """Trailers that come from an iterator are dropped."""

    async def send(self, message: Message) -> None:
        """Lists and tuples."""
        if isinstance(message, dict) and message.get("type") == "http.response.trailers":
            message = {
                **message,
                "headers": [] if isinstance(message["headers"], Iterator) else message["headers"],
            }
        await super().send(message)


@liar(
    catches=[
        "test_trailers_cannot_split_a_response",
        "test_no_field_comes_as_a_trailer_that_may_not",
    ]
)
class SplitTrailers(HTTPCycle):
    """Trailers that are refused are written to the client before send raises."""

    async def send(self, message: Message) -> None:
        """Both."""
        try:
            await super().send(message)
        except ApplicationError:
            if isinstance(message, dict) and message.get("type") == "http.response.trailers":
                await self.stream.write(b"0\r\n" + raw(pairs(message)))
            raise


class _Ends(HTTPCycle):
    """Does not always wait for trailers."""

    def waits(self) -> bool:
        """Whether it does for this client."""
        raise NotImplementedError

    def expects_trailers(self) -> bool:
        """For some clients."""
        return super().expects_trailers() and self.waits()


@liar(
    catches=[
        "test_the_response_does_not_end_before_its_trailers",
        "test_a_response_does_not_end_while_more_trailers_are_to_come",
        "test_trailers_reach_a_client_that_asks_for_them",
        "test_trailers_may_come_from_an_iterator",
        "test_trailers_may_come_in_several_messages",
        "test_what_becomes_of_a_trailer_that_was_not_declared",
    ]
)
class EndsWithTheBody(_Ends):
    """A response ends with its body where the client has asked for trailers."""

    def waits(self) -> bool:
        """For those who do not care."""
        return not self.request.tokens(b"te")


@liar(catches=["test_the_response_does_not_end_before_trailers_that_nobody_wants"])
class EndsForOthers(_Ends):
    """A response ends with its body where the client has not asked for trailers."""

    def waits(self) -> bool:
        """For those who asked."""
        return bool(self.request.tokens(b"te"))


@liar(
    catches=[
        "test_trailers_may_come_in_several_messages",
        "test_a_response_does_not_end_while_more_trailers_are_to_come",
    ]
)
class OneMessageOfTrailers(HTTPCycle):
    """The first message of trailers ends the response."""

    async def send_trailers(self, message: Message) -> None:
        """As if it were the last."""
        await super().send_trailers({**message, "more_trailers": False})


@liar(catches=["test_nothing_is_sent_after_the_trailers"])
class SendsAfterTrailers(HTTPCycle):
    """What the application sends after its trailers is written to the client."""

    async def send(self, message: Message) -> None:
        """All of it."""
        if self.response.complete and self.expects_trailers() and isinstance(message, dict):
            await self.stream.write(message.get("body", b"late"))
        await super().send(message)


@liar(catches=["test_a_client_that_does_not_ask_gets_no_trailers"])
class UnaskedTrailers(HTTPCycle):
    """Trailers go to everybody."""

    def wants_trailers(self) -> bool:
        """Wherever there is room."""
        return self.response.chunked


@liar(catches=["test_trailers_that_were_not_promised_are_not_sent"])
class UnpromisedTrailers(HTTPCycle):
    """Trailers are sent although the start message did not promise them."""

    async def send(self, message: Message) -> None:
        """After the end of the response."""
        trailers = isinstance(message, dict) and message.get("type") == "http.response.trailers"
        if trailers and self.response.complete and not self.expects_trailers():
            await self.stream.write(raw(pairs(message)))
        await super().send(message)


@liar(
    catches=[
        "test_what_becomes_of_a_trailer_that_was_not_declared",
        "test_trailers_may_come_in_several_messages",
    ]
)
class DeclaredTrailersOnly(HTTPCycle):
    """Of the trailers only those are sent that Trailer has named."""

    def wants_trailers(self) -> bool:
        """Where it does."""
        declared: Any = [value for name, value in pairs(self.start or {}) if name == b"trailer"]
        self.trailers = [pair for pair in self.trailers if pair[0] in declared]
        return super().wants_trailers()


@liar(catches=["test_http10_gets_no_trailers"])
class TrailersForOldClients(HTTPCycle):
    """Trailers are written behind the content of a response to HTTP/1.0."""

    async def flush(self) -> None:
        """With trailers."""
        if not self.request.modern and self.response.complete and self.trailers:
            self.response.pending += raw(self.trailers)
        await super().flush()


@liar(catches=["test_no_field_comes_as_a_trailer_that_may_not"])
class AnyTrailers(HTTPCycle):
    """Whatever an application gives as a trailer is one."""

    def allowed(self, fields: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """All of them."""
        return fields


@liar(catches=["test_no_trailers_follow_where_there_is_no_content"])
class TrailersWithoutContent(HTTPCycle):
    """Trailers follow a 204, too."""

    async def flush(self) -> None:
        """In front of whatever comes next."""
        if self.response.pending.startswith(b"HTTP/1.1 204"):
            self.response.pending += raw([(b"x-checksum", b"1a2b")])
        await super().flush()
