"""Lies about requests of ASGI that came through TLS, a Unix socket or IPv6, or below a mount."""

from __future__ import annotations

from typing import Any

import h11

from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.asgi_websocket import WebSocketCycle
from compliance.reference.connection import Connection
from compliance.reference.liar import liar
from compliance.reference.request import Request
from compliance.reference.websocket_frames import Frames

Scope = dict[str, Any]


@liar(catches=["test_the_scheme_of_https_is_https"])
class SchemeIsHttp(HTTPCycle):
    """scheme is "http" whatever the client speaks."""

    def scheme(self) -> str:
        """That of the socket below TLS."""
        return "http"


@liar(catches=["test_the_scheme_of_a_websocket_over_tls_is_wss"])
class SchemeIsWs(WebSocketCycle):
    """scheme is left out, as if there was no TLS."""

    def request_line(self) -> Scope:
        """Without it."""
        return {key: value for key, value in super().request_line().items() if key != "scheme"}


@liar(catches=["test_a_large_body_passes_through_tls"])
class LosesRecords(HTTPCycle):
    """A record of TLS that is longer than 8 KiB loses its end."""

    def body(self, data: bytes, more_body: bool) -> Scope:
        """What fits."""
        return super().body(data[:8192] if self.stream.encrypted else data, more_body)


@liar(catches=["test_a_part_is_sent_through_tls_before_send_returns"])
class GathersForTls(HTTPCycle):
    """What makes no whole record of TLS waits for more."""

    async def flush(self) -> None:
        """Only at the end."""
        if self.response.complete or not self.stream.encrypted:
            await super().flush()


@liar(catches=["test_the_disconnect_of_a_tls_connection_is_told"])
class KeepsDisconnectOfTls(HTTPCycle):
    """A client that leaves without a farewell of TLS is not missed."""

    def is_disconnected(self) -> bool:
        """Never."""
        return super().is_disconnected() and not self.stream.encrypted


@liar(catches=["test_messages_pass_through_tls"])
class ShortensMessages(WebSocketCycle):
    """A message through TLS loses what does not fit into one record."""

    def receive_event(self, data: str | bytes) -> Scope:
        """What fits."""
        return super().receive_event(data[:16384] if self.stream.encrypted else data)


@liar(catches=["test_the_client_of_a_unix_socket_is_none"])
class UnixClient(HTTPCycle):
    """The client of a Unix socket is an empty address."""

    def addresses(self) -> Scope:
        """What the socket says."""
        return {**super().addresses(), **({"client": ["", 0]} if self.server.unix_path else {})}


@liar(catches=["test_the_server_of_a_unix_socket_is_its_path"])
class UnixPort(HTTPCycle):
    """The port of a Unix socket is 0."""

    def addresses(self) -> Scope:
        """A number in any case."""
        found = super().addresses()
        return {**found, "server": [found["server"][0], found["server"][1] or 0]}


@liar(catches=["test_the_server_of_a_websocket_on_a_unix_socket_is_its_path"])
class UnixLetters(WebSocketCycle):
    """A WebSocket's server is the first two letters of the path."""

    def addresses(self) -> Scope:
        """As of an address of IP."""
        path = self.server.unix_path
        return {**super().addresses(), **({"server": [path[0], path[1]]} if path else {})}


@liar(catches=["test_a_large_body_passes_through_a_unix_socket"])
class ShortensUnix(HTTPCycle):
    """Of what a Unix socket brings at once, only the first KiB is read."""

    def body(self, data: bytes, more_body: bool) -> Scope:
        """What fits."""
        return super().body(data[:1024] if self.server.unix_path else data, more_body)


@liar(
    catches=[
        "test_the_client_of_ipv6_is_the_address_of_the_connection",
        "test_the_server_of_ipv6_is_the_address_that_it_listens_on",
    ]
)
class FourParts(HTTPCycle):
    """Addresses of IPv6 are as Python's sockets give them."""

    def addresses(self) -> Scope:
        """Four items."""
        info = self.stream.transport.get_extra_info
        return {"client": info("peername"), "server": info("sockname")} if self.v6 else super().addresses()

    @property
    def v6(self) -> bool:
        """Whether the client has an address of IPv6."""
        return ":" in (self.request.client or ("",))[0]


@liar(
    catches=[
        "test_the_client_of_ipv6_is_an_address",
        "test_the_client_of_ipv6_is_the_address_of_the_connection",
    ]
)
class NamedClient(FourParts):
    """A client of IPv6 is told by its name."""

    def addresses(self) -> Scope:
        """That of the machine."""
        found = HTTPCycle.addresses(self)
        return {**found, "client": ["::ffff:localhost", found["client"][1]]} if self.v6 else found


@liar(
    catches=[
        "test_the_client_of_a_websocket_over_ipv6_is_the_address_of_the_connection",
        "test_the_server_of_a_websocket_over_ipv6_is_the_address_that_it_listens_on",
    ]
)
class Bracketed(WebSocketCycle):
    """Addresses of IPv6 are in brackets, as in a URL."""

    def addresses(self) -> Scope:
        """For both ends."""
        return {key: self.bracketed(found) for key, found in super().addresses().items()}

    def bracketed(self, address: list[Any]) -> list[Any]:
        """An address with brackets around that of IPv6."""
        return [f"[{address[0]}]", *address[1:]] if address and ":" in address[0] else address


@liar(catches=["test_root_path_is_where_the_application_is_mounted"])
class NoRootPath(HTTPCycle):
    """root_path is empty wherever the application is mounted."""

    def target(self) -> Scope:
        """As at the root."""
        return {**super().target(), "root_path": ""}


@liar(catches=["test_path_begins_with_root_path"])
class StripsRootPath(HTTPCycle):
    """path begins behind root_path, as PATH_INFO does."""

    def target(self) -> Scope:
        """As in WSGI."""
        found = super().target()
        return {**found, "path": found["path"].removeprefix(found["root_path"])}


@liar(catches=["test_raw_path_of_a_mounted_application_is_as_sent"])
class DoublesRootPath(HTTPCycle):
    """raw_path has the mount twice."""

    def target(self) -> Scope:
        """As if a proxy had stripped it."""
        found = super().target()
        return {**found, "raw_path": found["root_path"].encode() + found["raw_path"]}


@liar(catches=["test_root_path_of_a_websocket_is_where_the_application_is_mounted"])
class SlashedRootPath(WebSocketCycle):
    """root_path of a mounted WebSocket ends with a slash."""

    def target(self) -> Scope:
        """One too many."""
        found = super().target()
        return {**found, "root_path": found["root_path"] and found["root_path"] + "/"}


@liar(catches=["test_raw_path_of_a_mounted_websocket_is_as_sent"])
class StripsRawPath(WebSocketCycle):
    """raw_path of a WebSocket begins behind the mount."""

    def target(self) -> Scope:
        """Without it."""
        found = super().target()
        return {**found, "raw_path": found["raw_path"].removeprefix(found["root_path"].encode())}


@liar(catches=["test_what_becomes_of_a_path_beside_the_mount"], area="asgi_server", interface="asgi")
class ServesBeside(Connection):
    """A path that is not below the mount is served all the same."""

    def parse(self, event: h11.Request) -> Request:
        """Without a look at it."""
        mount, self.server.mount = self.server.mount, ""
        request = super().parse(event)
        self.server.mount = mount
        return request


@liar(
    catches=["test_what_becomes_of_a_websocket_beside_the_mount"], area="websocket_server", interface="asgi"
)
class OpensBeside(ServesBeside):
    """So is the handshake of a WebSocket."""


class Silent(Frames):
    """A silent client is left alone."""

    async def wait(self) -> None:
        """For ever."""
        await self.stream.changed()


@liar(catches=["test_a_silent_client_gets_a_ping", "test_a_client_that_answers_pings_stays_connected"])
class NeverPings(WebSocketCycle):
    """No PING is ever sent."""

    def make_frames(self) -> Frames:
        """Those that wait."""
        return Silent(self)


class Deaf(Frames):
    """Takes a PONG for nothing, and gives the client up."""

    async def on_pong(self, event: Any) -> None:
        """As if none had come."""
        await super().on_pong(event)
        self.stream.abort()


@liar(catches=["test_a_client_that_answers_pings_stays_connected"])
class DropsWhoAnswers(WebSocketCycle):
    """A client that answers a PING is dropped all the same."""

    def make_frames(self) -> Frames:
        """Those that are deaf."""
        return Deaf(self)
