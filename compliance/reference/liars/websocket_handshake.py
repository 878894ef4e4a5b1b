"""Lies about the opening handshake: what the 101 says, and what is accepted as one."""

from __future__ import annotations

import base64
import hashlib

from compliance.reference import websocket_handshake as handshake
from compliance.reference.asgi_websocket import WebSocketCycle
from compliance.reference.errors import RequestError
from compliance.reference.liar import liar
from compliance.reference.request import Headers


class Lax(WebSocketCycle):
    """A WebSocket that overlooks one fault of a handshake: the base of liars."""

    overlooked = ""

    def check_handshake(self) -> None:
        """As the base, but for the fault whose description has these words."""
        try:
            super().check_handshake()
        except RequestError as error:
            if self.overlooked not in str(error):
                raise


@liar(catches=["test_a_handshake_as_browsers_send_it_gets_101", "test_a_well_known_header_arrives_as_sent"])
class NoBrowsers(WebSocketCycle):
    """A handshake with Origin is refused."""

    def check_handshake(self) -> None:
        """Refuse browsers."""
        super().check_handshake()
        if self.request.values(b"origin"):
            raise RequestError(403, "no browsers here")


class OtherAnswer(WebSocketCycle):
    """A WebSocket with other headers in its 101: the base of liars."""

    def accept_headers(self, subprotocol: str | None, headers: Headers) -> Headers:
        """The changed headers."""
        return self.change(super().accept_headers(subprotocol, headers))

    def change(self, headers: Headers) -> Headers:
        """The headers that the client gets."""
        raise NotImplementedError


def without(headers: Headers, name: bytes) -> Headers:
    """All headers but those of this name, which is in lower case."""
    return [item for item in headers if item[0].lower() != name]


@liar(catches=["test_the_101_has_upgrade_websocket"])
class NoUpgrade(OtherAnswer):
    """The 101 has no Upgrade."""

    def change(self, headers: Headers) -> Headers:
        """All others."""
        return without(headers, b"upgrade")


@liar(catches=["test_the_101_has_connection_upgrade"])
class NoConnection(OtherAnswer):
    """The 101 has no Connection."""

    def change(self, headers: Headers) -> Headers:
        """All others."""
        return without(headers, b"connection")


@liar(catches=["test_the_accept_value_answers_the_key", "test_the_accept_value_of_the_sample_key"])
class PlainHash(OtherAnswer):
    """Sec-WebSocket-Accept is the hash of the key alone."""

    def change(self, headers: Headers) -> Headers:
        """Without the GUID."""
        key = self.request.values(b"sec-websocket-key")[0]
        value = base64.b64encode(hashlib.sha1(key, usedforsecurity=False).digest())
        return [*without(headers, b"sec-websocket-accept"), (b"Sec-WebSocket-Accept", value)]


@liar(catches=["test_the_101_has_one_accept_value"])
class TwoAcceptValues(OtherAnswer):
    """Sec-WebSocket-Accept stands in the 101 twice."""

    def change(self, headers: Headers) -> Headers:
        """Once more."""
        return [*headers, (b"Sec-WebSocket-Accept", handshake.accept_key(self.request))]


@liar(catches=["test_no_extension_is_used_without_an_offer", "test_an_unknown_extension_is_passed_over"])
class AlwaysCompresses(OtherAnswer):
    """The 101 always announces compression."""

    def change(self, headers: Headers) -> Headers:
        """Without having been asked."""
        return [*headers, (b"Sec-WebSocket-Extensions", b"permessage-deflate")]


@liar(catches=["test_an_unknown_extension_is_passed_over"])
class EchoesTheOffer(OtherAnswer):
    """The 101 announces whatever extensions are offered."""

    def change(self, headers: Headers) -> Headers:
        """The client's words."""
        offers = self.request.values(b"sec-websocket-extensions")
        return [*headers, *((b"Sec-WebSocket-Extensions", offer) for offer in offers)]


@liar(catches=["test_the_101_has_no_content_length", "test_the_101_has_no_transfer_encoding"])
class Framed101(OtherAnswer):
    """The 101 says how long its content is, in both ways."""

    def change(self, headers: Headers) -> Headers:
        """With framing."""
        return [*headers, (b"Content-Length", b"0"), (b"Transfer-Encoding", b"chunked")]


@liar(catches=["test_the_101_has_no_field_twice"])
class TwoDates(OtherAnswer):
    """The 101 has two Date fields."""

    def change(self, headers: Headers) -> Headers:
        """Two dates."""
        return [*headers, *([(b"Date", b"Sun, 06 Nov 1994 08:49:37 GMT")] * 2)]


@liar(catches=["test_the_upgrade_token_has_no_case"])
class CaseOfUpgrade(WebSocketCycle):
    """Upgrade is compared with its case."""

    def check_handshake(self) -> None:
        """Refuse another spelling."""
        super().check_handshake()
        if self.request.values(b"upgrade") != [b"websocket"]:
            raise RequestError(400, "Upgrade: websocket, please")


@liar(catches=["test_the_connection_token_may_be_one_of_several"])
class UpgradeAlone(WebSocketCycle):
    """Connection must hold Upgrade and nothing else."""

    def check_handshake(self) -> None:
        """Refuse another list."""
        super().check_handshake()
        if self.request.tokens(b"connection") != [b"upgrade"]:
            raise RequestError(400, "Connection: Upgrade, please")


@liar(catches=["test_unknown_headers_do_not_matter"])
class KnownHeadersOnly(WebSocketCycle):
    """A handshake with an unknown field of the family Sec-WebSocket is refused."""

    known = tuple(b"sec-websocket-" + name for name in (b"key", b"version", b"protocol", b"extensions"))

    def check_handshake(self) -> None:
        """Refuse strangers."""
        super().check_handshake()
        family = [name for name, _ in self.request.headers if name.startswith(b"sec-websocket-")]
        if not set(family) <= set(self.known):
            raise RequestError(400, "an unknown field")


@liar(
    catches=[
        "test_other_upgrades_are_no_handshake",
        "test_without_the_connection_token_nothing_is_switched",
    ]
)
class AnyUpgrade(Lax):
    """A key makes a request a handshake, whatever Upgrade and Connection say."""

    overlooked = "has Upgrade"


@liar(catches=["test_only_get_opens_a_websocket"])
class AnyMethod(Lax):
    """A handshake may have any method."""

    overlooked = "GET"


@liar(
    catches=[
        "test_a_handshake_without_a_key_of_16_bytes_is_refused",
        "test_a_handshake_with_two_keys_is_refused",
    ]
)
class AnyKey(Lax):
    """A handshake may have any keys, if it has one."""

    def check_handshake(self) -> None:
        """As the base, but for what is wrong with the keys."""
        self.overlooked = "Key" if self.request.values(b"sec-websocket-key") else "everything"
        super().check_handshake()


@liar(
    catches=[
        "test_a_handshake_without_a_key_of_16_bytes_is_refused",
        "test_the_application_does_not_see_a_refused_handshake",
    ]
)
class AsksFirst(WebSocketCycle):
    """The application is called before the key is looked for."""

    def check_handshake(self) -> None:
        """All is well, if there is no key."""
        if self.request.values(b"sec-websocket-key"):
            super().check_handshake()


@liar(
    catches=[
        "test_a_handshake_of_another_version_is_refused",
        "test_the_refusal_of_a_version_names_those_spoken",
        "test_a_handshake_with_two_versions_is_refused",
    ]
)
class AnyVersion(Lax):
    """A handshake may have any version."""

    overlooked = "version 13"


@liar(catches=["test_the_refusal_of_a_version_names_those_spoken"])
class UnnamedVersions(WebSocketCycle):
    """The refusal of a version does not name the known ones."""

    def check_handshake(self) -> None:
        """Refuse without an explanation."""
        try:
            super().check_handshake()
        except RequestError as error:
            raise RequestError(error.status, str(error)) from None
