"""Lies about which opening handshakes are accepted, and what becomes of those that are not."""

from __future__ import annotations

import base64
import binascii

from compliance.reference.asgi_websocket import WebSocketCycle
from compliance.reference.connection import Connection
from compliance.reference.errors import ApplicationError, RequestError
from compliance.reference.liar import liar
from compliance.reference.liars.websocket_handshake import Lax, OtherAnswer
from compliance.reference.request import Headers
from compliance.reference.rewriting import Translating

EXTENSIONS = b"sec-websocket-extensions"


@liar(
    catches=[
        "test_a_handshake_without_host_is_refused",
        "test_the_application_sees_no_handshake_with_a_fault",
    ],
    area="websocket_server",
    interface="asgi",
)
class NeedsNoHost(Connection):
    """A request without Host is taken for one with it."""

    def skip_empty_lines(self, data: bytes) -> bytes:
        """Add it."""
        head = super().skip_empty_lines(data)
        hosted = b"\r\nhost:" in head.lower() or b"\r\n\r\n" not in head
        return head if hosted else head.replace(b"\r\n\r\n", b"\r\nHost: none\r\n\r\n")


@liar(
    catches=["test_a_handshake_may_come_in_segments"],
    area="websocket_server",
    interface="asgi",
)
class OneSegment(Connection):
    """A request whose head is not whole in the first segment is refused."""

    def skip_empty_lines(self, data: bytes) -> bytes:
        """Refuse half a head."""
        if b"\r\n\r\n" not in data:
            raise RequestError(400, "all at once, please")
        return super().skip_empty_lines(data)


@liar(
    catches=[
        "test_a_handshake_without_origin_is_accepted",
        "test_the_connection_token_may_stand_in_a_second_field",
        "test_a_handshake_may_come_in_segments",
        "test_what_becomes_of_an_extension_in_a_second_field",
        "test_what_becomes_of_an_upgrade_to_one_of_several_protocols",
    ]
)
class BrowsersOnly(WebSocketCycle):
    """A handshake of a client that names no application needs an Origin."""

    def check_handshake(self) -> None:
        """Refuse those without."""
        super().check_handshake()
        if not self.request.values(b"origin") and not self.request.values(b"compliance"):
            raise RequestError(403, "only browsers here")


@liar(catches=["test_a_subprotocol_of_the_second_field_may_be_chosen"])
class FirstFieldOnly(WebSocketCycle):
    """The application may choose from the first Sec-WebSocket-Protocol field only."""

    def check_subprotocol(self, subprotocol: str | None) -> None:
        """Refuse what others offer."""
        super().check_subprotocol(subprotocol)
        if subprotocol and subprotocol.encode() not in self.request.values(b"sec-websocket-protocol")[0]:
            raise ApplicationError("asgi.ws.accept.subprotocol_app_offered", "not in the first field")


@liar(catches=["test_malformed_extensions_are_refused"])
class AnyExtensions(Lax):
    """Sec-WebSocket-Extensions may be anything."""

    overlooked = "Extensions"


@liar(
    catches=[
        "test_extensions_are_agreed_on_in_one_field",
        "test_what_becomes_of_an_extension_in_a_second_field",
    ]
)
class TwoExtensionFields(OtherAnswer):
    """Extensions are agreed on in a field for each field of the client."""

    def change(self, headers: Headers) -> Headers:
        """With one extension each."""
        offers = self.request.values(EXTENSIONS)
        return [*headers, *((b"Sec-WebSocket-Extensions", b"permessage-deflate") for _ in offers)]


@liar(catches=["test_what_becomes_of_the_connection_of_a_refused_handshake"])
class ServesOn(WebSocketCycle):
    """After a handshake that is refused the connection goes on."""

    async def run(self) -> None:
        """Answer, and let the next request come."""
        try:
            await super().run()
        except RequestError as error:
            await self.connection.answer(error.status, str(error), error.headers)


@liar(catches=["test_only_13_is_version_13"])
class NumericVersion(Lax):
    """Any spelling of 13 is version 13."""

    def check_handshake(self) -> None:
        """As the base, but for the spelling."""
        digits = b"".join(self.request.values(b"sec-websocket-version")).strip(b"+0")
        self.overlooked = "version 13" if digits == b"13" else "everything"
        super().check_handshake()


@liar(catches=["test_a_key_that_is_no_base64_is_refused"])
class LooseKeys(Lax):
    """A key may be whatever a tolerant decoder makes 16 bytes of."""

    def check_handshake(self) -> None:
        """As the base, but for such keys."""
        self.overlooked = "Key" if self.is_loose_key() else "everything"
        super().check_handshake()

    def is_loose_key(self) -> bool:
        """Whether a tolerant decoder finds 16 bytes."""
        keys = self.request.values(b"sec-websocket-key")
        try:
            return len(keys) == 1 and len(base64.b64decode(keys[0] + b"==", b"-_")) == 16
        except binascii.Error:
            return False


@liar(catches=["test_the_connection_token_may_stand_in_a_second_field"])
class FirstConnectionField(WebSocketCycle):
    """Only the first Connection field is read."""

    def check_handshake(self) -> None:
        """Refuse what stands in others."""
        super().check_handshake()
        if b"upgrade" not in self.request.values(b"connection")[0].lower():
            raise RequestError(400, "Connection: Upgrade, please")


@liar(catches=["test_what_becomes_of_an_upgrade_to_one_of_several_protocols"])
class FirstProtocol(WebSocketCycle):
    """Only the first protocol in Upgrade is chosen."""

    def check_handshake(self) -> None:
        """Refuse others."""
        super().check_handshake()
        if self.request.tokens(b"upgrade")[0] != b"websocket":
            raise RequestError(400, "Upgrade: websocket, please")


@liar(catches=["test_what_is_almost_get_opens_no_websocket"])
class AlmostGet(Lax):
    """A handshake may have a method that begins with GET, in any case."""

    def check_handshake(self) -> None:
        """As the base, but for such methods."""
        self.overlooked = "GET" if self.request.method.upper().startswith("GET") else "everything"
        super().check_handshake()


@liar(catches=["test_a_handshake_with_content_is_answered"], area="websocket_server", interface="asgi")
class WaitsAtContent(Translating):
    """A handshake with content is not answered: its head is taken to go on there."""

    received = ((b"\r\n\r\nhello", b"\r\nhello"),)
