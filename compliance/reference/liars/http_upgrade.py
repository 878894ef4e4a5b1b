"""Lies about clients that offer another protocol."""

from __future__ import annotations

from compliance.reference.asgi import Message
from compliance.reference.asgi_websocket import WebSocketCycle
from compliance.reference.connection import Connection
from compliance.reference.liar import liar
from compliance.reference.request import Headers
from compliance.reference.rewriting import Translating

_LENGTH = b"Content-Length: 0\r\n"
_OFFER = b"Connection: Upgrade\r\nUpgrade: websocket\r\n"


@liar(
    interface="wsgi",
    area="http_server",
    catches=[
        "test_what_comes_of_an_unknown_protocol",
        "test_an_unknown_protocol_does_not_harm_the_request",
        "test_a_get_that_offers_an_unknown_protocol_is_answered",
    ],
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


@liar(interface="asgi", area="http_server", catches=["test_no_post_becomes_a_websocket"])
class SwitchesForPost(Translating):
    """An offer with POST is one."""

    def take(self) -> bytes:
        """As if it were a GET."""
        data = super().take()
        return data.replace(b"POST / ", b"GET / ").replace(_LENGTH, b"") if _OFFER in data else data


@liar(
    area="http_server",
    catches=["test_a_101_names_the_protocol", "test_a_101_has_the_connection_option_upgrade"],
)
class SwitchesWithoutAWord(WebSocketCycle):
    """A 101 does not say to what."""

    def accept_headers(self, subprotocol: str | None, headers: Headers) -> Headers:
        """Without the two fields."""
        given = super().accept_headers(subprotocol, headers)
        return [item for item in given if item[0].lower() not in {b"upgrade", b"connection"}]


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


@liar(area="http_server", catches=["test_no_100_follows_a_101"])
class ContinuesAfterSwitching(WebSocketCycle):
    """A 100 (Continue) follows a 101, if one is expected."""

    async def send_accept(self, message: Message) -> None:
        """With that behind it."""
        await super().send_accept(message)
        if self.request.values(b"expect"):
            await self.stream.write(b"HTTP/1.1 100 Continue\r\n\r\n")


@liar(area="http_server", catches=["test_no_request_is_served_after_a_101"])
class ServesAfterSwitching(WebSocketCycle):
    """A request after a 101 is answered, even before it comes."""

    async def send_accept(self, message: Message) -> None:
        """With an answer behind it."""
        await super().send_accept(message)
        if not self.request.values(b"expect"):
            await self.stream.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
