"""Lies about the scope of a WebSocket."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from compliance.reference.asgi_websocket import WebSocketCycle
from compliance.reference.connection import Connection
from compliance.reference.errors import RequestError
from compliance.reference.liar import liar


@liar(catches=["test_the_type_is_websocket"])
class AnotherType(WebSocketCycle):
    """type is "ws" for applications that the client names."""

    async def call_application(self, scope: dict[str, Any]) -> None:
        """Another protocol's name."""
        kind = "ws" if self.request.values(b"compliance") else "websocket"
        await super().call_application({**scope, "type": kind})


@liar(catches=["test_a_websocket_has_a_version_of_asgi"])
class NumericVersion(WebSocketCycle):
    """asgi's version is a number."""

    def versions(self) -> dict[str, Any]:
        """A float."""
        return {"asgi": {"version": 3.0, "spec_version": "2.5"}}


@liar(catches=["test_the_spec_version_of_a_websocket_was_published"])
class FutureSpecVersion(WebSocketCycle):
    """spec_version is one that nobody has published."""

    def versions(self) -> dict[str, Any]:
        """A version of the future."""
        return {"asgi": {"version": "3.0", "spec_version": "3.7"}}


@liar(catches=["test_the_http_version_is_that_of_the_handshake"])
class ShortVersion(WebSocketCycle):
    """http_version is "1"."""

    def http_version(self) -> str:
        """One digit."""
        return "1"


@liar(catches=["test_the_scheme_is_ws"])
class HttpScheme(WebSocketCycle):
    """scheme is "http"."""

    def scheme(self) -> str:
        """As for HTTP."""
        return "http"


@liar(catches=["test_the_path_is_decoded_once_and_without_query", "test_any_path_is_decoded"])
class EncodedPath(WebSocketCycle):
    """path is still percent-encoded."""

    def target(self) -> dict[str, Any]:
        """raw_path as path."""
        return {**super().target(), "path": self.request.raw_path.decode()}


@liar(catches=["test_the_raw_path_is_as_sent_and_without_query"])
class DecodedRawPath(WebSocketCycle):
    """raw_path is percent-decoded."""

    def target(self) -> dict[str, Any]:
        """path as raw_path."""
        return {**super().target(), "raw_path": self.request.path}


@liar(catches=["test_any_query_arrives_as_sent", "test_no_query_is_an_empty_query_string"])
class QueryWithMark(WebSocketCycle):
    """query_string begins with the question mark, also where there is none."""

    def target(self) -> dict[str, Any]:
        """One octet more."""
        return {**super().target(), "query_string": b"?" + self.request.query}


@liar(catches=["test_the_root_path_is_empty_unless_mounted"])
class SlashAsRoot(WebSocketCycle):
    """root_path is "/"."""

    def target(self) -> dict[str, Any]:
        """The root, mounted at the root."""
        return {**super().target(), "root_path": "/"}


class OtherHeaders(WebSocketCycle):
    """A WebSocket with other headers in its scope: the base of liars."""

    def headers(self) -> dict[str, Any]:
        """The changed headers."""
        return {"headers": self.change([[name, value] for name, value in self.request.headers])}

    def change(self, headers: list[list[Any]]) -> list[list[Any]]:
        """The headers that the application gets."""
        raise NotImplementedError


@liar(catches=["test_headers_of_a_handshake_are_pairs_of_bytes"])
class NoneForEmpty(OtherHeaders):
    """The value of an empty header is None."""

    def change(self, headers: list[list[Any]]) -> list[list[Any]]:
        """None for b""."""
        return [[name, value or None] for name, value in headers]


@liar(catches=["test_the_order_of_headers_is_kept"])
class SortedHeaders(OtherHeaders):
    """Headers are sorted by name."""

    def change(self, headers: list[list[Any]]) -> list[list[Any]]:
        """Sorted; equal names keep their order."""
        return sorted(headers, key=lambda item: item[0])


@liar(catches=["test_repeated_headers_are_not_joined", "test_the_order_of_headers_is_kept"])
class JoinedHeaders(OtherHeaders):
    """Repeated headers are joined with commas."""

    def change(self, headers: list[list[Any]]) -> list[list[Any]]:
        """Each name once."""
        names = dict.fromkeys(name for name, _ in headers)
        return [[name, b",".join(self.request.values(name))] for name in names]


@liar(
    catches=[
        "test_header_names_of_a_handshake_are_lower_case",
        "test_the_case_of_header_names_of_a_handshake",
    ]
)
class TitleCase(OtherHeaders):
    """Header names are given in title case."""

    def change(self, headers: list[list[Any]]) -> list[list[Any]]:
        """As many clients send them."""
        return [[name.title(), value] for name, value in headers]


@liar(catches=["test_a_well_known_header_arrives_as_sent"])
class NoCookies(OtherHeaders):
    """Cookie is left out."""

    def change(self, headers: list[list[Any]]) -> list[list[Any]]:
        """All others."""
        return [item for item in headers if item[0] != b"cookie"]


@liar(catches=["test_the_host_arrives"])
class NoHost(OtherHeaders):
    """Host is left out."""

    def change(self, headers: list[list[Any]]) -> list[list[Any]]:
        """All others."""
        return [item for item in headers if item[0] != b"host"]


@liar(catches=["test_a_header_value_never_becomes_two_headers"])
class SplitsAtNextLine(OtherHeaders):
    """The control character NEL ends a header."""

    def change(self, headers: list[list[Any]]) -> list[list[Any]]:
        """What follows it is another header."""
        lines = [line for name, value in headers for line in (name + b": " + value).split(b"\x85")]
        return [list(line.split(b": ", 1)) for line in lines]


@liar(catches=["test_the_client_is_the_address_of_the_connection"])
class PortsAsText(WebSocketCycle):
    """The client's port is a str."""

    def addresses(self) -> dict[str, Any]:
        """Host and port as str."""
        client = self.request.client or ("", 0)
        return {**super().addresses(), "client": [client[0], str(client[1])]}


@liar(catches=["test_the_server_of_a_websocket_is_the_address_that_it_listens_on"])
class NamedServer(WebSocketCycle):
    """server has a name instead of the listening address."""

    def addresses(self) -> dict[str, Any]:
        """localhost."""
        return {**super().addresses(), "server": ["localhost", 80]}


@liar(
    catches=[
        "test_the_offered_subprotocols_are_listed_in_order",
        "test_subprotocols_of_several_headers_are_all_listed",
    ]
)
class ReversedOffer(WebSocketCycle):
    """subprotocols are listed in reverse."""

    def subprotocols(self) -> dict[str, Any]:
        """The last one first."""
        return {"subprotocols": super().subprotocols()["subprotocols"][::-1]}


@liar(catches=["test_no_offer_is_an_empty_list_of_subprotocols"])
class EmptyOffer(WebSocketCycle):
    """Where nothing is offered, subprotocols holds the empty str."""

    def subprotocols(self) -> dict[str, Any]:
        """One item at least."""
        return {"subprotocols": super().subprotocols()["subprotocols"] or [""]}


@liar(catches=["test_subprotocols_of_several_headers_are_all_listed"])
class LastOffer(WebSocketCycle):
    """Only the last Sec-WebSocket-Protocol counts."""

    def subprotocols(self) -> dict[str, Any]:
        """The items of the last header."""
        values = self.request.values(b"sec-websocket-protocol")
        return {"subprotocols": [item.strip().decode() for item in values[-1].split(b",")] if values else []}


@liar(catches=["test_extensions_is_a_dict_of_names"])
class BytesAsExtension(WebSocketCycle):
    """The name of an extension is bytes."""

    def extensions(self) -> dict[str, Any]:
        """One more, with a name that is no str."""
        scope = super().extensions()
        return {**scope, "extensions": {**scope["extensions"], b"x": {}}}


@liar(catches=["test_the_state_is_a_dict"])
class ListAsState(WebSocketCycle):
    """state is a list."""

    def state(self) -> dict[str, Any]:
        """Empty."""
        return {"state": []}


@liar(catches=["test_the_state_of_one_connection_is_no_other_connections"])
class SharedState(WebSocketCycle):
    """All connections have one state."""

    def state(self) -> dict[str, Any]:
        """The server's own."""
        return {"state": self.server.state}


@liar(catches=["test_one_call_serves_the_whole_connection"])
class CallsTwice(WebSocketCycle):
    """The application is called again when it has returned after a disconnect."""

    async def call_application(self, scope: dict[str, Any]) -> None:
        """Twice."""
        await super().call_application(scope)
        if self.frames is not None and self.closed is not None:
            await super().call_application(scope)


@liar(catches=["test_the_target_may_be_an_absolute_uri"], area="websocket_server", interface="asgi")
class PathsOnly(Connection):
    """A request whose target is an absolute URI is refused."""

    def parse(self, event: Any) -> Any:
        """Refuse what does not begin with a slash."""
        if not event.target.startswith(b"/"):
            raise RequestError(400, "a path, please")
        return super().parse(event)


@liar(catches=["test_no_websocket_is_opened_over_http_1_0"], area="websocket_server", interface="asgi")
class OldClients(Connection):
    """A handshake of HTTP/1.0 is taken for one of HTTP/1.1."""

    def parse(self, event: Any) -> Any:
        """The same request with the newer version, if it asks for a WebSocket."""
        request = super().parse(event)
        return replace(request, version="1.1") if request.tokens(b"upgrade") else request
