"""ASGI HTTP, Connection Scope: versions, method, scheme, root path, the two ends of the connection, state."""

import ipaddress
from typing import Any

import pytest

from compliance.exchange import Exchange
from compliance.expect import Observe, built_in, saw
from compliance.guest.apps import asgi_http_scope
from compliance.requirements import requirement
from compliance.server import Server

HTTP_VERSIONS = ("1.0", "1.1", "2", "3")
KEYS = {
    "type",
    "asgi",
    "http_version",
    "method",
    "scheme",
    "path",
    "raw_path",
    "query_string",
    "root_path",
    "headers",
    "client",
    "server",
    "state",
    "extensions",
}
SPEC_VERSIONS = ("2.0", "2.1", "2.2", "2.3", "2.4", "2.5")


def scope_if_accepted(exchange: Exchange) -> dict[str, Any]:
    """The scope that the application got, or {} if the server refused the request with an error."""
    status = exchange.status
    assert status == 200 or 400 <= status < 600, saw(status, "200 from the application, or an error status")
    return exchange.value("scope") if status == 200 else {}


def pair(value: Any) -> Any:
    """A two-item iterable as a list, and anything else as it is."""
    return list(value) if isinstance(value, list | tuple) else value


@requirement("asgi.http.scope.type")
def test_the_type_is_http(server: Server) -> None:
    """The scope's type is the str "http"."""
    scope = server.call("GET", "/").value("scope")
    assert scope.get("type") == "http", saw(scope.get("type"), "'http'")


@requirement("asgi.http.scope.asgi_version")
def test_the_version_of_asgi_is_a_str(server: Server) -> None:
    """The scope's asgi dict has a version, which is a str."""
    asgi = server.call("GET", "/").value("scope").get("asgi")
    assert isinstance(asgi, dict), saw(asgi, "a dict")
    assert isinstance(asgi.get("version"), str), saw(asgi, "a str as version")


@requirement("asgi.http.scope.spec_version")
def test_the_spec_version_is_one_that_was_published(server: Server, observe: Observe) -> None:
    """The scope's asgi dict may name the version of the HTTP specification that the server understands."""
    asgi = server.call("GET", "/").value("scope").get("asgi")
    spec_version = asgi.get("spec_version", "2.0") if isinstance(asgi, dict) else None
    observe(spec_version)
    assert spec_version in SPEC_VERSIONS, saw(spec_version, f"one of {SPEC_VERSIONS}")


@requirement("asgi.http.scope.spec_version_truthful")
def test_spec_version_2_4_means_that_send_raises_once_the_client_is_gone(
    server: Server, observe: Observe
) -> None:
    """A server that says 2.4 or later raises an OSError out of send() after the disconnect."""
    with server.open("GET", "/", app=asgi_http_scope.sends_to_nobody) as exchange:
        spec_version = exchange.value("spec_version")
        exchange.connection.close()
        sent = [exchange.value("start"), exchange.value("body")]

    observe({"spec_version": spec_version, "send": sent})
    assert spec_version < "2.4" or "OSError" in sent, saw((spec_version, sent), "an OSError from 2.4 on")


@requirement("asgi.http.scope.http_version")
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_the_http_version_is_that_of_the_request(server: Server, version: str) -> None:
    """http_version is "1.0" for a request of HTTP/1.0 and "1.1" for one of HTTP/1.1."""
    found = server.call("GET", "/", version=version).value("scope").get("http_version")
    assert found == version, saw(found, repr(version))


@requirement("asgi.http.scope.http_version")
def test_the_http_version_has_one_of_the_known_spellings(server: Server) -> None:
    """A request of HTTP/1.2 is refused, or gets one of the versions that the specification lists."""
    with server.open("GET", "/", version="1.2") as exchange:
        found = scope_if_accepted(exchange).get("http_version", "1.1")
    assert found in HTTP_VERSIONS, saw(found, f"one of {HTTP_VERSIONS}")


@requirement("asgi.http.scope.method")
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
def test_the_method_is_that_of_the_request(server: Server, method: str) -> None:
    """The common methods reach the application as a str in upper case."""
    found = server.call(method, "/").value("scope").get("method")
    assert found == method, saw(found, repr(method))


@requirement("asgi.http.scope.method")
@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "PURGE", "M-SEARCH", "X!#$%&'*+.^_`|~1"])
def test_an_uncommon_method_arrives_upper_case_or_is_refused(server: Server, method: str) -> None:
    """A method that a server need not know is refused, or reaches the application by its own name."""
    with server.open(method, "/") as exchange:
        found = scope_if_accepted(exchange).get("method", method)
    assert found == method.upper(), saw(found, f"{method.upper()!r}, or an error status")


@requirement("asgi.http.scope.method_lowercase_wire")
def test_a_lower_case_method_never_reaches_the_application(server: Server, observe: Observe) -> None:
    """A request with the method "get" is refused, or reaches the application as "GET"."""
    with server.open("get", "/") as exchange:
        found = scope_if_accepted(exchange).get("method")
    observe(found or exchange.status)
    assert found in (None, "GET"), saw(found, "an error status, or 'GET'")


@requirement("asgi.http.scope.scheme")
def test_the_scheme_of_a_plain_connection_is_http(server: Server) -> None:
    """Without TLS the scheme is "http", or absent, which means the same."""
    scope = server.call("GET", "/").value("scope")
    assert scope.get("scheme", "http") == "http", saw(scope.get("scheme"), "'http', or no scheme")


@requirement("asgi.http.scope.root_path")
def test_the_root_path_is_empty_unless_one_is_set(server: Server) -> None:
    """A server that was told of no mount point gives an empty root_path, or none."""
    scope = server.call("GET", "/some/where").value("scope")
    assert scope.get("root_path", "") == "", saw(scope.get("root_path"), "'', or no root_path")


@requirement("asgi.http.scope.client")
def test_the_client_is_the_other_end_of_the_connection(server: Server) -> None:
    """client holds the address of the client's socket: a str and an int."""
    connection = server.connect()
    host, port = connection.socket.getsockname()
    client = pair(server.call("GET", "/", connection=connection).value("scope").get("client"))
    assert client in (None, [host, port]), saw(client, f"{[host, port]}, or none")


@requirement("asgi.http.scope.client_ip_literal")
def test_the_clients_host_is_an_address(server: Server) -> None:
    """The client's host is an IP address and no resolved name."""
    client = pair(server.call("GET", "/").value("scope").get("client"))
    host = client[0] if client is not None else "127.0.0.1"
    assert is_address(host), saw(client, "an IPv4 or IPv6 address as host")


def is_address(host: Any) -> bool:
    """Whether this is the text of an IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return isinstance(host, str)


@requirement("asgi.http.scope.server")
def test_the_server_is_the_address_that_it_listens_on(server: Server) -> None:
    """server holds the address that the server was told to listen on: a str and an int."""
    found = pair(server.call("GET", "/").value("scope").get("server"))
    assert found in (None, [server.host, server.port]), saw(found, f"{[server.host, server.port]}, or none")


def lifespan_offers_state(server: Server) -> bool:
    """Whether the lifespan scope of the running server has a state."""
    lines = [line for line in server.switchboard.poll() if line.kind == "lifespan"]
    return any("state" in line.wait("scope").value for line in lines)


@requirement("asgi.http.scope.state")
def test_a_server_with_lifespan_state_gives_it_to_requests(server: Server) -> None:
    """Where the lifespan scope has a state, a request's scope has one too, and it is a dict."""
    scope = server.call("GET", "/").value("scope")
    state = scope.get("state", {} if not lifespan_offers_state(server) else None)
    assert built_in(state) == "dict", saw(state, "a dict")


@requirement("asgi.http.scope.state_absent_without_support")
def test_state_is_absent_where_lifespan_has_none(server: Server) -> None:
    """A server whose lifespan scope has no state, or that has no lifespan, leaves state out."""
    scope = server.call("GET", "/").value("scope")
    offered = lifespan_offers_state(server)
    assert offered or "state" not in scope, saw(scope.get("state"), "no state, as lifespan has none")


@requirement("asgi.core.ext.extra_info")
def test_a_scope_holds_nothing_beyond_the_specification(server: Server, observe: Observe) -> None:
    """The keys that the specification does not know, and the extensions offered, are recorded."""
    scope = server.call("GET", "/").value("scope")
    unknown = sorted(set(scope) - KEYS, key=str)
    observe({"keys": unknown, "extensions": scope.get("extensions")})
    assert not unknown, saw(unknown, "keys of the specification only")
