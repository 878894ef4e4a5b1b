"""Lies about 100 (Continue)."""

from __future__ import annotations

import h11

from compliance.reference.liar import liar
from compliance.reference.request import Headers
from compliance.reference.rewriting import Translating


@liar(
    interface="asgi",
    area="http_server",
    catches=[
        "test_a_client_that_waits_is_answered",
        "test_an_application_that_reads_gets_the_content",
        "test_a_final_status_follows_the_100",
        "test_an_expectation_is_known_in_any_case",
    ],
)
class NeverAsks(Translating):
    """A client that waits waits for ever."""

    async def ask_for_body(self) -> None:
        """Not."""


@liar(interface="wsgi", area="http_server", catches=["test_an_expectation_is_known_in_any_case"])
class KnowsOneCase(Translating):
    """Only 100-continue in small letters is an expectation."""

    received = ((b"100-Continue", b"magic"), (b"100-CONTINUE", b"magic"))


@liar(
    interface="wsgi",
    area="http_server",
    catches=["test_an_expectation_of_http10_is_ignored", "test_no_interim_response_goes_to_http10"],
)
class AsksOldClients(Translating):
    """A client of HTTP/1.0 gets 100 (Continue)."""

    def start(
        self, status: int, headers: Headers, reason: bytes | None = None, length: int | None = None
    ) -> None:
        """With that before it."""
        if self.protocol.their_http_version == b"1.0":
            self.response.pending = b"HTTP/1.1 100 Continue\r\n\r\n"
        super().start(status, headers, reason, length)


@liar(
    interface="asgi",
    area="http_server",
    catches=[
        "test_no_more_than_one_100_is_sent",
        "test_whether_100_is_sent_for_content_that_has_come",
    ],
)
class AsksTwice(Translating):
    """100 (Continue) is sent twice before each response to HTTP/1.1 that expects it."""

    def start(
        self, status: int, headers: Headers, reason: bytes | None = None, length: int | None = None
    ) -> None:
        """With that before it."""
        if b"Expect" in self._head and self.protocol.their_http_version == b"1.1":
            self.response.pending = b"HTTP/1.1 100 Continue\r\n\r\n" * 2
        super().start(status, headers, reason, length)


@liar(interface="wsgi", area="http_server", catches=["test_a_100_ends_with_its_head"])
class FramesInterim(Translating):
    """100 (Continue) has a Content-Length."""

    async def ask_for_body(self) -> None:
        """With that."""
        if self.protocol.they_are_waiting_for_100_continue:
            self.protocol.send(h11.InformationalResponse(status_code=100, headers=[]))
            await self.stream.write(b"HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n")


@liar(
    interface="asgi",
    area="http_server",
    catches=[
        "test_content_that_did_not_wait_is_no_request",
        "test_an_application_that_reads_gets_the_content",
    ],
)
class ForgetsExpectedContent(Translating):
    """A request with an expectation has no content."""

    def take(self) -> bytes:
        """Without its length."""
        data = super().take()
        return data.replace(b"Content-Length", b"X-Length") if b"Expect: 100-continue" in data else data


@liar(interface="asgi", area="http_server", catches=["test_a_final_status_without_100_leaves_no_doubt"])
class ClosesWithoutAWord(Translating):
    """A response that ends the connection does not say so."""

    sent = ((b"Connection: close\r\n", b""),)


@liar(interface="wsgi", area="http_server", catches=["test_what_comes_of_an_unknown_expectation"])
class RefusesMagic(Translating):
    """An unknown expectation is no field."""

    received = ((b"Expect: magic", b"Expect magic"),)
