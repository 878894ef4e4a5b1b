"""Lies about clients that offer another protocol."""

from __future__ import annotations

from compliance.reference.connection import Connection
from compliance.reference.liar import liar
from compliance.reference.rewriting import Translating

_LENGTH = b"Content-Length: 5\r\n"
_OFFER = b"Connection: Upgrade\r\nUpgrade: websocket\r\n"


@liar(
    interface="wsgi",
    area="http_server",
    catches=["test_what_comes_of_an_unknown_protocol", "test_an_unknown_protocol_does_not_harm_the_request"],
)
class RefusesUnknownProtocols(Translating):
    """An offer of an unknown protocol is no field."""

    received = ((b"Upgrade: foo/2", b"Upgrade foo/2"),)


@liar(interface="asgi", area="http_server", catches=["test_content_behind_an_offer_is_no_request"])
class ForgetsContentOfOffers(Translating):
    """A request that offers to switch has no content."""

    def take(self) -> bytes:
        """Without its length."""
        data = super().take()
        return data.replace(b"Content-Length", b"X-Length") if b"HTTP2-Settings: " in data else data


@liar(interface="asgi", area="http_server", catches=["test_no_protocol_is_switched_to_that_was_not_offered"])
class SwitchesUnasked(Translating):
    """Half of an offer is one."""

    received = ((b"Connection: Upgrade\r\nSec-WebSocket", _OFFER + b"Sec-WebSocket"),)


@liar(interface="asgi", area="http_server", catches=["test_an_offer_of_http10_is_ignored"])
class SwitchesForOldClients(Translating):
    """An offer of HTTP/1.0 is one."""

    received = ((b"GET / HTTP/1.0\r\n", b"GET / HTTP/1.1\r\n"),)


@liar(interface="asgi", area="http_server", catches=["test_no_request_with_content_becomes_a_websocket"])
class SwitchesForPost(Translating):
    """An offer with POST is one."""

    def take(self) -> bytes:
        """As if it were a GET."""
        data = super().take()
        return data.replace(b"POST / ", b"GET / ").replace(_LENGTH, b"") if _OFFER in data else data


@liar(
    interface="asgi",
    area="http_server",
    catches=["test_a_101_names_the_protocol", "test_a_101_has_the_connection_option_upgrade"],
)
class SwitchesWithoutAWord(Translating):
    """A 101 does not say to what."""

    sent = ((b"Upgrade: websocket\r\n", b""), (b"Connection: Upgrade\r\n", b""))


@liar(interface="asgi", area="http_server", catches=["test_a_426_says_what_is_required"])
class RequiresSomething(Translating):
    """A 426 does not say what is required."""

    sent = ((b"Upgrade: websocket\r\n", b"X-Upgrade: websocket\r\n"),)

    async def flush(self) -> None:
        """Only there."""
        if b" 101 " not in self.response.pending:
            await super().flush()
        else:
            await Connection.flush(self)


@liar(interface="asgi", area="http_server", catches=["test_the_name_of_a_protocol_has_no_case"])
class MindsTheCaseOfProtocols(Translating):
    """Only websocket in small letters is known."""

    received = ((b"Upgrade: WebSocket", b"Upgrade: other"), (b"Upgrade: WEBSOCKET", b"Upgrade: other"))


@liar(interface="asgi", area="http_server", catches=["test_no_100_follows_a_101"])
class ContinuesAfterSwitching(Translating):
    """A 100 (Continue) follows a 101."""

    async def flush(self) -> None:
        """If one is expected."""
        if b" 101 " in self.response.pending and b"Expect" in self._head:
            self.response.pending += b"HTTP/1.1 100 Continue\r\n\r\n"
        await super().flush()


@liar(interface="asgi", area="http_server", catches=["test_no_request_is_served_after_a_101"])
class ServesAfterSwitching(Translating):
    """A request after a 101 is answered."""

    def take(self) -> bytes:
        """With a refusal."""
        data = super().take()
        if data.startswith(b"GET /following") and self.response.started:
            self.stream.transport.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        return data
