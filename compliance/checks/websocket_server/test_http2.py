"""ASGI WebSocket over HTTP/2 (RFC 8441), for servers that announce in their settings that they have it."""

from typing import Any

from compliance.expect import saw
from compliance.guest.apps import asgi_websocket
from compliance.http2 import Client, StreamExchange
from compliance.modes import mode
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire import websocket

AUTHORITY = "example.com:81"


def handshake(client: Client, **options: Any) -> StreamExchange:
    """An opening handshake; NotApplicable for a server that has no WebSockets over HTTP/2."""
    client.demand_websockets()
    fields = [(b"sec-websocket-version", b"13"), (b"x-a", b"1"), *options.pop("headers", ())]
    protocol = [(b":protocol", b"websocket")]
    return client.open(
        "CONNECT", app=asgi_websocket.echoes, pseudo=protocol, headers=fields, end=False, **options
    )


def scope_of(server: Server, **options: Any) -> dict[str, Any]:
    """The scope that the application gets for a handshake."""
    with Client(server) as client:
        scope: dict[str, Any] = handshake(client, **options).value("scope")
    return scope


@requirement("asgi.ws.scope.type")
@mode("http2")
def test_the_type_of_a_websocket_over_http2_is_websocket(server: Server) -> None:
    """The scope's type is the str "websocket"."""
    found = scope_of(server).get("type")
    assert found == "websocket", saw(found, "'websocket'")


@requirement("asgi.ws.scope.http_version")
@mode("http2")
def test_the_http_version_of_a_websocket_over_http2_is_2(server: Server) -> None:
    """http_version is "2", as its absence would mean "1.1"."""
    found = scope_of(server).get("http_version", "1.1")
    assert found == "2", saw(found, "'2'")


@requirement("asgi.ws.scope.scheme_wss")
@mode("http2")
def test_the_scheme_of_a_websocket_over_http2_is_wss(server: Server) -> None:
    """HTTP/2 over TLS makes it "wss", whatever scheme the handshake has."""
    found = scope_of(server).get("scheme", "ws")
    assert found == "wss", saw(found, "'wss'")


@requirement("asgi.ws.scope.headers_no_pseudo")
@mode("http2")
def test_headers_of_a_websocket_hold_no_pseudo_headers(server: Server) -> None:
    """Nothing whose name begins with a colon is among the headers."""
    found = [name for name, _ in scope_of(server)["headers"] if name.startswith(b":")]
    assert not found, saw(found, "no names that begin with a colon")


@requirement("asgi.ws.scope.headers_authority_to_host")
@mode("http2")
def test_the_authority_of_a_websocket_is_the_first_header(server: Server) -> None:
    """:authority becomes the host header, in front of all others."""
    found = scope_of(server, authority=AUTHORITY)["headers"]
    assert [*found[0]] == [b"host", AUTHORITY.encode()], saw(found, f"host: {AUTHORITY} first")


@requirement("asgi.ws.scope.headers_authority_to_host")
@mode("http2")
def test_the_authority_of_a_websocket_is_in_headers_once(server: Server) -> None:
    """There is one host header, with the value of :authority."""
    headers = scope_of(server, authority=AUTHORITY)["headers"]
    found = [value for name, value in headers if name.lower() == b"host"]
    assert found == [AUTHORITY.encode()], saw(found, f"[{AUTHORITY.encode()!r}]")


@requirement("asgi.ws.scope.path")
@mode("http2")
def test_the_path_of_a_websocket_over_http2_is_decoded(server: Server) -> None:
    """path is :path up to the query, decoded once."""
    found = scope_of(server, path="/caf%C3%A9?x=1").get("path")
    assert found == "/caf\xe9", saw(found, "'/caf\xe9'")


@requirement("asgi.ws.scope.subprotocols")
@mode("http2")
def test_the_subprotocols_of_a_websocket_over_http2_are_listed(server: Server) -> None:
    """subprotocols holds what the client offers, in order."""
    found = scope_of(server, headers=[(b"sec-websocket-protocol", b"b, a")]).get("subprotocols")
    assert found == ["b", "a"], saw(found, "['b', 'a']")


@requirement("asgi.ws.send.text")
@mode("http2")
def test_messages_pass_through_http2(server: Server) -> None:
    """A message in the DATA of the stream comes back."""
    with Client(server) as client:
        exchange = handshake(client)
        assert exchange.status == 200, exchange.seen("200, which accepts the WebSocket")
        frame = websocket.encode(websocket.Frame(websocket.TEXT, b"hello"))
        exchange.send_data(frame)
        found = exchange.read_body(7)
    expected = websocket.encode(websocket.Frame(websocket.TEXT, b"hello"), None)
    assert found == expected, saw(found, repr(expected))
