"""ASGI over HTTP/2: the scope of a request, which comes in pseudo-headers and fields."""

from typing import Any

import pytest

from compliance.expect import saw
from compliance.guest.apps import asgi_scope_isolation
from compliance.guest.apps.asgi_http_scope import tells
from compliance.http2 import Client
from compliance.modes import mode
from compliance.requirements import requirement
from compliance.server import Server

Fields = list[tuple[bytes, bytes]]
PATHS = [
    ("/", "/", b"/"),
    ("/a/b?c=d", "/a/b", b"/a/b"),
    ("/caf%C3%A9%20/a%2Fb?x", "/café /a/b", b"/caf%C3%A9%20/a%2Fb"),
    ("/a?b?c", "/a", b"/a"),
    ("/a+b", "/a+b", b"/a+b"),
]
QUERIES = [("/", b""), ("/a?b=c", b"b=c"), ("/a?b?c", b"b?c"), ("/a?x=%20&y+z", b"x=%20&y+z")]


def scope_of(server: Server, *request: str, **options: Any) -> dict[str, Any]:
    """The scope of one request on a connection of its own."""
    with Client(server) as client:
        scope: dict[str, Any] = client.open(*request, app=tells, **options).value("scope")
    return scope


def values(scope: dict[str, Any], name: bytes) -> list[bytes]:
    """The values of one header, in order."""
    return [value for key, value in scope["headers"] if key.lower() == name]


@requirement("asgi.http.scope.http_version")
@mode("http2")
def test_the_http_version_is_2(server: Server) -> None:
    """http_version is the str "2", without a minor version, which HTTP/2 does not have."""
    found = scope_of(server).get("http_version")
    assert found == "2", saw(found, "'2'")


@requirement("asgi.http.scope.type")
@mode("http2")
def test_the_type_of_a_request_over_http2_is_http(server: Server) -> None:
    """The scope of a request over HTTP/2 has the type of any other request."""
    found = scope_of(server).get("type")
    assert found == "http", saw(found, "'http'")


@requirement("asgi.http.scope.method")
@mode("http2")
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PROPFIND"])
def test_the_method_is_that_of_the_pseudo_header(server: Server, method: str) -> None:
    """method is the value of :method."""
    found = scope_of(server, method).get("method")
    assert found == method, saw(found, repr(method))


@requirement("asgi.http.scope.scheme_https")
@mode("http2")
def test_the_scheme_of_http2_over_tls_is_https(server: Server) -> None:
    """scheme is "https", as the client says and the connection is."""
    found = scope_of(server).get("scheme", "http")
    assert found == "https", saw(found, "'https'")


@requirement("asgi.http.scope.path_percent_decoded")
@mode("http2")
@pytest.mark.parametrize(("target", "path"), [(target, path) for target, path, _ in PATHS])
def test_the_path_is_that_of_the_pseudo_header(server: Server, target: str, path: str) -> None:
    """path is :path up to the query, decoded once."""
    found = scope_of(server, "GET", target).get("path")
    assert found == path, saw(found, repr(path))


@requirement("asgi.http.scope.raw_path")
@mode("http2")
@pytest.mark.parametrize(("target", "raw_path"), [(target, raw) for target, _, raw in PATHS])
def test_the_raw_path_is_that_of_the_pseudo_header(server: Server, target: str, raw_path: bytes) -> None:
    """raw_path, where a server gives it, is :path up to the query, as it came."""
    found = scope_of(server, "GET", target).get("raw_path")
    assert found in (None, raw_path), saw(found, f"{raw_path!r}, or none")


@requirement("asgi.http.scope.query_string_raw")
@mode("http2")
@pytest.mark.parametrize(("target", "query"), QUERIES)
def test_the_query_string_is_that_of_the_pseudo_header(server: Server, target: str, query: bytes) -> None:
    """query_string is what follows the first question mark of :path, as it came."""
    found = scope_of(server, "GET", target).get("query_string")
    assert found == query, saw(found, repr(query))


@requirement("asgi.http.scope.headers_no_pseudo")
@mode("http2")
def test_headers_hold_no_pseudo_headers(server: Server) -> None:
    """Nothing whose name begins with a colon is among the headers."""
    found = [name for name, _ in scope_of(server)["headers"] if name.startswith(b":")]
    assert not found, saw(found, "no names that begin with a colon")


@requirement("asgi.http.scope.headers_authority_to_host")
@mode("http2")
def test_the_authority_is_the_first_header(server: Server) -> None:
    """Without a host field :authority becomes one, in front of all others."""
    found = scope_of(server, authority="example.com:81", headers=[(b"x-a", b"1")])["headers"]
    assert [*found[0]] == [b"host", b"example.com:81"], saw(found, "host: example.com:81 first")


@requirement("asgi.http.scope.headers_authority_to_host")
@mode("http2")
def test_the_authority_is_in_headers_once(server: Server) -> None:
    """There is one host header, with the value of :authority."""
    found = values(scope_of(server, authority="example.com:81"), b"host")
    assert found == [b"example.com:81"], saw(found, "[b'example.com:81']")


@requirement("asgi.http.scope.headers_authority_to_host")
@mode("http2")
@pytest.mark.parametrize("host", [b"example.com", b"another.example"], ids=["the same", "another"])
def test_the_authority_replaces_a_host_header(server: Server, host: bytes) -> None:
    """Where the client sends a host field as well, the application sees the authority, unless refused."""
    with Client(server) as client:
        exchange = client.open(app=tells, authority="example.com", headers=[(b"host", host)])
        refused = exchange.outcome() is None or 400 <= exchange.status < 500
        found = [b"example.com"] if refused else values(exchange.value("scope"), b"host")
    assert found == [b"example.com"], saw(found, "[b'example.com']")


@requirement("asgi.http.scope.headers_complete")
@mode("http2")
def test_a_host_header_without_an_authority_is_kept(server: Server) -> None:
    """A client may send host in place of :authority, and then the application gets that, unless refused."""
    with Client(server) as client:
        exchange = client.open(app=tells, authority=None, headers=[(b"host", b"example.com")])
        refused = exchange.outcome() is None or 400 <= exchange.status < 500
        found = [b"example.com"] if refused else values(exchange.value("scope"), b"host")
    assert found == [b"example.com"], saw(found, "[b'example.com']")


@requirement("asgi.http.scope.headers_duplicates")
@mode("http2")
def test_repeated_fields_of_http2_stay_apart(server: Server) -> None:
    """Fields of one name are headers of their own, in their order, also where they are equal."""
    sent: Fields = [(b"x-a", b"1"), (b"x-b", b"2"), (b"x-a", b"1"), (b"x-a", b"3, 4")]
    found = values(scope_of(server, headers=sent), b"x-a")
    assert found == [b"1", b"1", b"3, 4"], saw(found, "[b'1', b'1', b'3, 4']")


@requirement("asgi.http.scope.headers_cookie_separate")
@mode("http2")
def test_cookies_of_several_fields_are_not_joined_with_commas(server: Server) -> None:
    """What a client splits into several cookie fields comes as it was, or joined with a semicolon."""
    found = values(scope_of(server, headers=[(b"cookie", b"a=1"), (b"cookie", b"b=2")]), b"cookie")
    assert found in ([b"a=1", b"b=2"], [b"a=1; b=2"]), saw(found, "two values, or b'a=1; b=2'")


@requirement("asgi.http.scope.headers_exact_bytes")
@mode("http2")
@pytest.mark.parametrize("value", [b"caf\xc3\xa9", b"\xe9", b"a, b;  c"], ids=repr)
def test_the_octets_of_a_field_of_http2_arrive(server: Server, value: bytes) -> None:
    """A value is the octets that the client has sent, unless it is refused."""
    with Client(server) as client:
        exchange = client.open(app=tells, headers=[(b"x-a", value)])
        refused = exchange.outcome() is None or 400 <= exchange.status < 500
        found = [value] if refused else values(exchange.value("scope"), b"x-a")
    assert found == [value], saw(found, repr([value]))


@requirement("asgi.http.scope.client")
@mode("http2")
def test_the_client_of_http2_is_the_address_of_the_connection(server: Server) -> None:
    """client, where a server gives it, is the host and port of the client's end of the connection."""
    with Client(server) as client:
        found = client.open(app=tells).value("scope").get("client")
        name = list(client.connection.socket.getsockname()[:2])
    assert found is None or list(found) == name, saw(found, f"{name}, or none")


@requirement("asgi.http.scope.server")
@mode("http2")
def test_the_server_of_http2_is_the_address_that_it_listens_on(server: Server) -> None:
    """server, where a server gives it, is its listening host and port."""
    found, expected = scope_of(server).get("server"), [server.host, server.port]
    assert found is None or list(found) == expected, saw(found, f"{expected}, or none")


@requirement("asgi.http.connection.h2_distinct_scopes")
@mode("http2")
def test_each_request_of_a_connection_has_a_scope_of_its_own(server: Server) -> None:
    """What one request leaves in its scope, no other on the connection finds."""
    with Client(server) as client:
        found = [
            client.call("POST", app=asgi_scope_isolation.marks, body=b"x").value("marked") for _ in range(2)
        ]
    assert found == [False, False], saw(found, "no mark of another request")


@requirement("asgi.http.connection.h2_distinct_scopes")
@mode("http2")
def test_requests_that_overlap_keep_their_scopes(server: Server) -> None:
    """Each of two requests that run at the same time has its own path in its scope all along."""
    with Client(server) as client:
        both = [client.open("POST", path, app=asgi_scope_isolation.gated, body=b"x") for path in ("/a", "/b")]
        for exchange in both:
            exchange.wait_gate("go on")
        found = [_path(exchange) for exchange in both]
    assert found == ["/a", "/b"], saw(found, "['/a', '/b']")


def _path(exchange: Any) -> Any:
    exchange.open_gate("go on")
    return exchange.value("scope").get("path")
