"""ASGI over HTTP/2 without TLS: what of the scope may be told otherwise than over TLS."""

from typing import Any

from compliance.expect import saw
from compliance.guest.apps.asgi_http_scope import tells
from compliance.http2 import Client
from compliance.modes import mode
from compliance.requirements import requirement
from compliance.server import Server


def scope_of(server: Server) -> dict[str, Any]:
    """The scope of one request on a connection of its own."""
    with Client(server) as client:
        exchange = client.open("GET", "/caf%C3%A9?a=%20", app=tells, authority="example.com:81")
        scope: dict[str, Any] = exchange.value("scope")
    return scope


@requirement("asgi.http.scope.http_version")
@mode("h2c")
def test_the_http_version_is_2_in_clear_text(server: Server) -> None:
    """http_version is "2" for a client that has begun with HTTP/2."""
    found = scope_of(server).get("http_version")
    assert found == "2", saw(found, "'2'")


@requirement("asgi.http.scope.scheme")
@mode("h2c")
def test_the_scheme_of_http2_in_clear_text_is_http(server: Server) -> None:
    """scheme is "http", or left out, where HTTP/2 is spoken without TLS."""
    found = scope_of(server).get("scheme", "http")
    assert found == "http", saw(found, "'http', or none")


@requirement("asgi.http.scope.path_percent_decoded")
@mode("h2c")
def test_the_target_of_http2_in_clear_text_is_told(server: Server) -> None:
    """path and query_string are those of :path."""
    scope = scope_of(server)
    found = (scope.get("path"), scope.get("query_string"))
    assert found == ("/café", b"a=%20"), saw(found, "('/café', b'a=%20')")


@requirement("asgi.http.scope.headers_authority_to_host")
@mode("h2c")
def test_the_authority_of_http2_in_clear_text_is_the_host(server: Server) -> None:
    """:authority becomes host, the first of the headers."""
    found = scope_of(server)["headers"]
    assert [*found[0]] == [b"host", b"example.com:81"], saw(found, "host: example.com:81 first")


@requirement("asgi.http.scope.headers_no_pseudo")
@mode("h2c")
def test_headers_of_http2_in_clear_text_hold_no_pseudo_headers(server: Server) -> None:
    """Nothing whose name begins with a colon is among the headers."""
    found = [name for name, _ in scope_of(server)["headers"] if name.startswith(b":")]
    assert not found, saw(found, "no names that begin with a colon")
