"""Lies about the scope of requests over HTTP/2; over HTTP/1.1 these servers are honest."""

from __future__ import annotations

from typing import Any

from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.liar import liar

Scope = dict[str, Any]


class OverHttp2(HTTPCycle):
    """A lie about some keys of the scope."""

    def scope(self) -> Scope:
        """With the lie in it."""
        scope = super().scope()
        return {**scope, **self.lie(scope)} if self.http2 else scope

    def lie(self, scope: Scope) -> Scope:
        """The keys that are wrong."""
        raise NotImplementedError


class Headers(OverHttp2):
    """A lie about the headers."""

    def lie(self, scope: Scope) -> Scope:
        """The headers only."""
        return {"headers": self.changed([(name, value) for name, value in scope["headers"]])}

    def changed(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """Other headers in place of these."""
        raise NotImplementedError


@liar(
    catches=[
        "test_the_http_version_is_2",
        "test_the_http_version_is_2_in_clear_text",
        "test_a_push_calls_the_application_for_its_path",
    ]
)
class TwoPointNought(OverHttp2):
    """http_version is "2.0"."""

    def lie(self, scope: Scope) -> Scope:
        """With a minor version."""
        return {**scope, "http_version": "2.0"}


@liar(catches=["test_the_type_of_a_request_over_http2_is_http"])
class TypeOfHttp2(OverHttp2):
    """type is "http2"."""

    async def call_application(self, scope: Scope) -> None:
        """Another protocol's name."""
        await super().call_application({**scope, "type": "http2"} if self.http2 else scope)

    def lie(self, scope: Scope) -> Scope:
        """Nothing yet."""
        return scope


@liar(catches=["test_the_method_is_that_of_the_pseudo_header"])
class KnownMethods(OverHttp2):
    """A method that not everybody knows is GET."""

    def lie(self, scope: Scope) -> Scope:
        """One of three."""
        return {"method": scope["method"] if scope["method"] in {"GET", "POST", "DELETE"} else "GET"}


@liar(catches=["test_the_scheme_of_http2_over_tls_is_https"])
class PlainScheme(OverHttp2):
    """scheme is "http"."""

    def lie(self, scope: Scope) -> Scope:
        """As without TLS."""
        return {**scope, "scheme": "http"}


@liar(catches=["test_the_scheme_of_http2_in_clear_text_is_http"])
class HttpsOnly(OverHttp2):
    """scheme is "https", as if there was no HTTP/2 without TLS."""

    def lie(self, scope: Scope) -> Scope:
        """Also in clear text."""
        return {**scope, "scheme": "https"}


@liar(
    catches=[
        "test_the_path_is_that_of_the_pseudo_header",
        "test_the_target_of_http2_in_clear_text_is_told",
        "test_the_path_of_a_push_is_text",
    ]
)
class EncodedPath(OverHttp2):
    """path is left encoded."""

    def lie(self, scope: Scope) -> Scope:
        """As it came."""
        return {"path": scope["raw_path"].decode()}


@liar(catches=["test_the_raw_path_is_that_of_the_pseudo_header"])
class RawTarget(OverHttp2):
    """raw_path is all of :path."""

    def lie(self, scope: Scope) -> Scope:
        """With the query."""
        query = scope["query_string"]
        return {"raw_path": scope["raw_path"] + (b"?" + query if query else b"")}


@liar(catches=["test_the_query_string_is_that_of_the_pseudo_header"])
class LastQuery(OverHttp2):
    """query_string is what follows the last question mark."""

    def lie(self, scope: Scope) -> Scope:
        """Less than there is."""
        return {"query_string": scope["query_string"].rpartition(b"?")[2]}


@liar(
    catches=[
        "test_headers_hold_no_pseudo_headers",
        "test_headers_of_http2_in_clear_text_hold_no_pseudo_headers",
    ]
)
class KeepsScheme(Headers):
    """:scheme stays among the headers."""

    def changed(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """One more."""
        return [*headers, (b":scheme", b"https")]


@liar(
    catches=[
        "test_the_authority_is_the_first_header",
        "test_the_authority_of_http2_in_clear_text_is_the_host",
    ]
)
class HostLast(Headers):
    """The host comes behind all other headers."""

    def changed(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """In another order."""
        return headers[1:] + headers[:1]


@liar(
    catches=["test_the_authority_is_in_headers_once", "test_the_authority_replaces_a_host_header"],
)
class HostTwice(Headers):
    """The authority is in the headers twice."""

    def changed(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """Also as the last one, if a client has it."""
        return [*headers, *headers[:1]] if headers[0][1] == b"example.com" or len(headers) < 3 else headers


@liar(catches=["test_a_host_header_without_an_authority_is_kept"])
class NoHost(Headers):
    """Only an authority makes a host header."""

    def changed(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """Drop one that is no authority: it does not come first."""
        return [item for number, item in enumerate(headers) if number == 0 or item[0] != b"host"]


@liar(catches=["test_repeated_fields_of_http2_stay_apart"])
class JoinsFields(Headers):
    """Repeated fields are one, joined with commas; cookies are left alone."""

    def changed(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """Each name once."""
        names = dict.fromkeys(name for name, _ in headers if name != b"cookie")
        cookies = [item for item in headers if item[0] == b"cookie"]
        return [(name, b", ".join(v for key, v in headers if key == name)) for name in names] + cookies


@liar(catches=["test_cookies_of_several_fields_are_not_joined_with_commas"])
class JoinsCookies(Headers):
    """Cookies are joined with commas, like other fields."""

    def changed(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """With commas."""
        return [
            (name, value.replace(b"; ", b", ") if name == b"cookie" else value) for name, value in headers
        ]


@liar(catches=["test_the_octets_of_a_field_of_http2_arrive"])
class DecodesOctets(Headers):
    """Values are decoded as UTF-8, and encoded as Latin-1."""

    def changed(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """Other octets."""
        return [(name, self.decoded(value).encode("latin-1", "replace")) for name, value in headers]

    def decoded(self, value: bytes) -> str:
        """A value taken for UTF-8."""
        return value.decode("utf-8", "replace")


@liar(catches=["test_the_client_of_http2_is_the_address_of_the_connection"])
class NoPort(OverHttp2):
    """The client has no port, as streams have none."""

    def lie(self, scope: Scope) -> Scope:
        """None in its place."""
        return {"client": [scope["client"][0], 0]}


@liar(catches=["test_the_server_of_http2_is_the_address_that_it_listens_on"])
class DefaultPort(OverHttp2):
    """The server's port is that of HTTPS."""

    def lie(self, scope: Scope) -> Scope:
        """443."""
        return {"server": [scope["server"][0], 443]}


class Shared(HTTPCycle):
    """Keeps scopes with their connection."""

    def shared(self) -> Scope:
        """What was kept of the first request."""
        connection: Any = self.connection.connection  # type: ignore[attr-defined]
        kept: Scope = connection.__dict__.setdefault("kept", {})
        return kept


@liar(
    catches=[
        "test_each_request_of_a_connection_has_a_scope_of_its_own",
        "test_requests_that_overlap_keep_their_scopes",
        "test_a_later_request_is_answered_before_an_earlier_one",
    ]
)
class OneScope(Shared):
    """All requests of a connection share one dict, which each fills anew."""

    def scope(self) -> Scope:
        """The same object."""
        scope = super().scope()
        if not self.http2:
            return scope
        self.shared().update(scope)
        return self.shared()
