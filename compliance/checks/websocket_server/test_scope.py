"""ASGI WebSocket: the connection scope that a server gives to the application."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.expect import Observe, built_in, saw
from compliance.guest.apps import asgi_websocket
from compliance.requirements import requirement
from compliance.server import Server

SPEC_VERSIONS = ("2.0", "2.1", "2.2", "2.3", "2.4", "2.5")
PRINTABLE = st.characters(codec="utf-8", exclude_categories=["C", "Z"])
QUERY = st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='#"<>`\\^{|}')
LINE_BREAKS = [b"\x0b", b"\x0c", b"\x1c", b"\x1d", b"\x1e", b"\x85", b"\xe2\x80\xa8"]


def scope_of(server: Server, target: str = "/", **options: Any) -> dict[str, Any]:
    """The scope that the application gets for a handshake."""
    with server.websocket(target, app=asgi_websocket.listens, **options) as exchange:
        scope: dict[str, Any] = exchange.value("scope")
    return scope


def values_of(scope: dict[str, Any], name: bytes) -> list[bytes]:
    """The values of one header, in order."""
    return [value for key, value in scope["headers"] if key.lower() == name]


def asgi_of(scope: dict[str, Any]) -> dict[str, Any]:
    """The scope's asgi dict; {} if it has none."""
    found = scope.get("asgi")
    return found if isinstance(found, dict) else {}


@requirement("asgi.ws.scope.type")
def test_the_type_is_websocket(server: Server) -> None:
    """The scope's type is the str "websocket"."""
    scope = scope_of(server)
    assert scope.get("type") == "websocket", saw(scope.get("type"), "'websocket'")


@requirement("asgi.ws.scope.asgi_version")
def test_a_websocket_has_a_version_of_asgi(server: Server) -> None:
    """The scope's asgi dict has a version, which is a str."""
    version = asgi_of(scope_of(server)).get("version")
    assert isinstance(version, str), saw(version, "a str as scope['asgi']['version']")


@requirement("asgi.ws.scope.spec_version")
def test_the_spec_version_of_a_websocket_was_published(server: Server, observe: Observe) -> None:
    """The scope's asgi dict may name the version of the specification that the server understands."""
    version = asgi_of(scope_of(server)).get("spec_version", "2.0")
    observe(version)
    assert version in SPEC_VERSIONS, saw(version, f"one of {SPEC_VERSIONS}")


@requirement("asgi.ws.scope.http_version", definite=True)
def test_the_http_version_is_that_of_the_handshake(server: Server) -> None:
    """For a handshake of HTTP/1.1 http_version is "1.1", which is what its absence means too."""
    version = scope_of(server).get("http_version", "1.1")
    assert version == "1.1", saw(version, "'1.1', or no http_version")


@requirement("asgi.ws.scope.scheme")
def test_the_scheme_is_ws(server: Server) -> None:
    """On a socket without TLS the scheme is "ws", which is what its absence means too."""
    scheme = scope_of(server).get("scheme", "ws")
    assert scheme == "ws", saw(scheme, "'ws', or no scheme")


@requirement("asgi.ws.scope.path")
@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/", "/"),
        ("/caf%C3%A9/a%20b?x=1", "/café/a b"),
        ("/100%25", "/100%"),
        ("/a%252Fb", "/a%2Fb"),
        ("/a%3Fb", "/a?b"),
        ("/a+b", "/a+b"),
    ],
)
def test_the_path_is_decoded_once_and_without_query(server: Server, target: str, path: str) -> None:
    """path is a str: the part of the target before the query, percent-decoded once, then UTF-8-decoded."""
    found = scope_of(server, target).get("path")
    assert found == path, saw(found, repr(path))


@requirement("asgi.ws.scope.path")
@given(text=st.text(PRINTABLE))
def test_any_path_is_decoded(server: Server, text: str) -> None:
    """Whatever characters a path consists of, the application gets them decoded."""
    found = scope_of(server, "/x" + quote(text, safe="")).get("path")
    assert found == "/x" + text, saw(found, repr("/x" + text))


@requirement("asgi.ws.scope.raw_path")
@pytest.mark.parametrize(
    ("target", "raw_path"), [("/a%2Fb", b"/a%2Fb"), ("/caf%C3%A9?x=%20", b"/caf%C3%A9"), ("/a?b?c", b"/a")]
)
def test_the_raw_path_is_as_sent_and_without_query(server: Server, target: str, raw_path: bytes) -> None:
    """raw_path, where a server gives it, is the bytes of the target before the query, still encoded."""
    found = scope_of(server, target).get("raw_path")
    assert found in (None, raw_path), saw(found, f"{raw_path!r}, or none")


@requirement("asgi.ws.scope.query_string")
@given(query=st.text(QUERY))
def test_any_query_arrives_as_sent(server: Server, query: str) -> None:
    """query_string is the bytes after the first question mark, still percent-encoded."""
    found = scope_of(server, f"/?{query}").get("query_string") or b""
    assert found == query.encode(), saw(found, repr(query.encode()))


@requirement("asgi.ws.scope.query_string")
def test_no_query_is_an_empty_query_string(server: Server) -> None:
    """Without a query query_string is empty, None or absent."""
    found = scope_of(server, "/x").get("query_string")
    assert found in (None, b""), saw(found, "b'', None or no query_string")


@requirement("asgi.ws.scope.root_path")
def test_the_root_path_is_empty_unless_mounted(server: Server) -> None:
    """An application that is mounted nowhere gets an empty str as root_path, or none."""
    found = scope_of(server, "/a/b").get("root_path", "")
    assert found == "", saw(found, "'', or no root_path")


@requirement("asgi.ws.scope.headers_type")
def test_headers_of_a_handshake_are_pairs_of_bytes(server: Server) -> None:
    """headers is an iterable of two-item iterables of bytes."""
    headers = scope_of(server, headers=[("X-A", "1"), ("X-Empty", "")])["headers"]
    odd = [item for item in headers if [type(part) for part in item] != [bytes, bytes]]
    assert not odd, saw(odd, "two items of bytes in each header")


@requirement("asgi.ws.scope.headers_order")
def test_the_order_of_headers_is_kept(server: Server) -> None:
    """Headers come in the order of the handshake."""
    scope = scope_of(server, headers=[("X-B", "1"), ("X-A", "2"), ("X-C", "3"), ("X-A", "4")])
    found = [(name.lower(), value) for name, value in scope["headers"] if name.lower().startswith(b"x-")]
    expected = [(b"x-b", b"1"), (b"x-a", b"2"), (b"x-c", b"3"), (b"x-a", b"4")]
    assert found == expected, saw(found, repr(expected))


@requirement("asgi.ws.scope.headers_duplicates")
def test_repeated_headers_are_not_joined(server: Server) -> None:
    """Each of several headers with one name is an item of its own, also where they are equal."""
    values = values_of(scope_of(server, headers=[("X-A", "1"), ("X-A", "1"), ("x-a", "2")]), b"x-a")
    assert values == [b"1", b"1", b"2"], saw(values, "[b'1', b'1', b'2']")


@requirement("asgi.ws.scope.headers_lowercase")
def test_header_names_of_a_handshake_are_lower_case(server: Server, observe: Observe) -> None:
    """Which header names are not given in lower case is recorded."""
    names = [name for name, _ in scope_of(server, headers=[("X-MiXed", "1")])["headers"]]
    observe([name for name in names if name != name.lower()])


@requirement("asgi.ws.scope.headers_case_preserved")
def test_the_case_of_header_names_of_a_handshake(server: Server, observe: Observe) -> None:
    """How a header name of mixed case is given is recorded."""
    headers = scope_of(server, headers=[("X-MiXed", "1")])["headers"]
    observe([name for name, _ in headers if name.lower() == b"x-mixed"])


@requirement("asgi.ws.scope.headers_complete")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Origin", "https://example.org:8443"),
        ("Cookie", "a=1; b=2"),
        ("Authorization", "Basic dTpw"),
        ("User-Agent", "check/1.0 (x; y)"),
        ("X-Forwarded-For", "192.0.2.1, 192.0.2.2"),
    ],
)
def test_a_well_known_header_arrives_as_sent(server: Server, name: str, value: str) -> None:
    """What a browser sends with its handshake reaches the application unchanged."""
    values = values_of(scope_of(server, headers=[(name, value)]), name.lower().encode())
    assert values == [value.encode()], saw(values, repr([value.encode()]))


@requirement("asgi.ws.scope.headers_complete")
def test_the_host_arrives(server: Server) -> None:
    """The Host header of the handshake is among the headers."""
    values = values_of(scope_of(server, headers=[("Host", "example.com:81")]), b"host")
    assert values == [b"example.com:81"], saw(values, "[b'example.com:81']")


@requirement("asgi.ws.scope.headers_duplicates", definite=True)
@pytest.mark.parametrize("char", LINE_BREAKS)
def test_a_header_value_never_becomes_two_headers(server: Server, char: bytes) -> None:
    """What is a line break elsewhere, but not in HTTP, splits no value: it is kept, or refused."""
    fields = [("X-A", b"a" + char + b"x-injected: 1")]
    with server.websocket("/", app=asgi_websocket.listens, headers=fields) as exchange:
        status = exchange.status
        scope = exchange.value("scope") if status == 101 else {"headers": []}
    assert status == 101 or 400 <= status < 500, saw(status, "101, or a client error")
    injected = values_of(scope, b"x-injected")
    assert not injected, saw(injected, "no header x-injected, as none was sent")


@requirement("asgi.ws.scope.client")
def test_the_client_is_the_address_of_the_connection(server: Server) -> None:
    """client, where a server gives it, is the host and port of the client's end of the connection."""
    with server.websocket("/", app=asgi_websocket.listens) as exchange:
        found = exchange.value("scope").get("client")
        name = list(exchange.connection.socket.getsockname()[:2])
    assert found in (None, name), saw(found, f"{name}, or none")


@requirement("asgi.ws.scope.server")
def test_the_server_of_a_websocket_is_the_address_that_it_listens_on(server: Server) -> None:
    """server, where a server gives it, is its listening host and port."""
    found = scope_of(server).get("server")
    assert found in (None, [server.host, server.port]), saw(found, f"{[server.host, server.port]}, or none")


@requirement("asgi.ws.scope.subprotocols")
@pytest.mark.parametrize("offer", [["chat"], ["b", "a", "c"], ["v1.chat+json", "graphql-ws"]])
def test_the_offered_subprotocols_are_listed_in_order(server: Server, offer: list[str]) -> None:
    """subprotocols holds, as str and in order, what the client offers in one header."""
    found = scope_of(server, subprotocols=offer).get("subprotocols")
    assert found == offer, saw(found, repr(offer))


@requirement("asgi.ws.scope.subprotocols_empty")
def test_no_offer_is_an_empty_list_of_subprotocols(server: Server) -> None:
    """Where the client offers none, subprotocols is empty or absent."""
    found = scope_of(server).get("subprotocols", [])
    assert found == [], saw(found, "no items in subprotocols")


@requirement("asgi.ws.scope.subprotocols_multi_header")
def test_subprotocols_of_several_headers_are_all_listed(server: Server) -> None:
    """An offer that is spread over several headers is one list."""
    offer = [("Sec-WebSocket-Protocol", "a, b"), ("Sec-WebSocket-Protocol", "c")]
    found = scope_of(server, headers=offer).get("subprotocols")
    assert found == ["a", "b", "c"], saw(found, "['a', 'b', 'c']")


@requirement("asgi.core.ext.extensions_is_dict")
def test_extensions_is_a_dict_of_names(server: Server) -> None:
    """extensions, where a server gives it, is a dict whose keys are str."""
    found = scope_of(server).get("extensions", {})
    assert built_in(found) == "dict", saw(found, "a dict, or no extensions")
    assert all(isinstance(name, str) for name in found), saw(list(found), "names that are str")


@requirement("asgi.ws.scope.state")
def test_the_state_is_a_dict(server: Server) -> None:
    """The state that a server with lifespan state gives to a connection is a dict."""
    with server.websocket("/", app=asgi_websocket.leaves_a_mark, with_={"mark": "a"}) as exchange:
        assert exchange.value("is dict"), exchange.seen("a dict as state")


@requirement("asgi.ws.scope.state")
def test_the_state_of_one_connection_is_no_other_connections(server: Server) -> None:
    """What the application adds to its state is not in the state of the next connection."""
    with server.websocket("/", app=asgi_websocket.leaves_a_mark, with_={"mark": "of the first"}) as exchange:
        exchange.accepted()
    with server.websocket("/", app=asgi_websocket.leaves_a_mark, with_={"mark": "of the second"}) as exchange:
        keys = exchange.value("keys")
    assert "of the first" not in keys, saw(keys, "no key that another connection added")


@requirement("asgi.ws.protocol.scope_lifetime")
def test_one_call_serves_the_whole_connection(server: Server) -> None:
    """The application is called once, however many messages follow."""
    with server.websocket("/", app=asgi_websocket.listens) as exchange:
        exchange.accepted()
        for number in range(10):
            exchange.send_text(str(number))
        exchange.send_close()
        exchange.values("received")
        server.fence(asgi_websocket.answers_http)
        assert not server.has_called(exchange), saw(
            "a second call of the application", "one for the connection"
        )
