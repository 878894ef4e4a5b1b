"""WSGI, "environ Variables": the CGI variables beside the request line, and the URL that they make."""

import re
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from compliance.expect import Observe, saw
from compliance.guest.apps import wsgi_environ as apps
from compliance.requirements import requirement
from compliance.server import Server

# RFC 3875 section 4.1: the variables that CGI defines, beside those that begin with HTTP_.
CGI = re.compile(
    r"HTTP_.*|AUTH_TYPE|CONTENT_(LENGTH|TYPE)|GATEWAY_INTERFACE|PATH_(INFO|TRANSLATED)|QUERY_STRING"
    r"|REMOTE_(ADDR|HOST|IDENT|USER)|REQUEST_METHOD|SCRIPT_NAME|SERVER_(NAME|PORT|PROTOCOL|SOFTWARE)"
)
# Variables of Apache, which PEP 3333 wants too as far as they apply.
APACHE = re.compile(
    r"DOCUMENT_(ROOT|URI)|HTTPS|SSL_.*|REMOTE_PORT|REQUEST_(SCHEME|URI)|SCRIPT_FILENAME|SERVER_(ADDR|ADMIN|SIGNATURE)"
)
SERVER_DEFINED = re.compile(r"[a-z0-9_]+\.[a-z0-9_.]+")


def known(key: str) -> bool:
    """Whether CGI or Apache has a variable of this name."""
    return bool(CGI.fullmatch(key) or APACHE.fullmatch(key))


def not_str(environ: dict[str, Any], *, cgi: bool) -> dict[str, Any]:
    """The keys without a dot whose values are no str, among those that CGI defines or among the others."""
    plain = {
        key: value for key, value in environ.items() if "." not in key and bool(CGI.fullmatch(key)) is cgi
    }
    return {key: value for key, value in plain.items() if type(value) is not str}


def url(environ: dict[str, str]) -> str:
    """The URL that PEP 3333's algorithm makes of environ."""
    scheme, port = environ.get("wsgi.url_scheme", ""), environ.get("SERVER_PORT", "")
    assert isinstance(port, str), saw(port, "a str as SERVER_PORT")
    default = {"https": "443"}.get(scheme, "80")
    host = environ.get("SERVER_NAME", "") + ("" if port == default else ":" + port)
    query = "?" + environ["QUERY_STRING"] if environ.get("QUERY_STRING") else ""
    path = quote(environ.get("SCRIPT_NAME", "")) + quote(environ.get("PATH_INFO", ""))
    return f"{scheme}://{environ.get('HTTP_HOST') or host}{path}{query}"


@requirement("wsgi.environ.cgi_values_str")
def test_the_variables_of_cgi_are_str(server: Server) -> None:
    """No variable that CGI defines has a value of another type than str."""
    environ = server.call("POST", "/p?q", headers=[("Content-Type", "a/b"), ("X-A", "b")], body=b"abc").value(
        "environ"
    )
    assert not not_str(environ, cgi=True), saw(not_str(environ, cgi=True), "values of type str only")


@requirement("wsgi.environ.other_cgi")
def test_other_variables_are_str(server: Server) -> None:
    """The variables that servers add in the manner of CGI, such as REMOTE_PORT, are of type str."""
    environ = server.call("GET", "/").value("environ")
    assert not not_str(environ, cgi=False), saw(not_str(environ, cgi=False), "values of type str only")


@requirement("wsgi.environ.missing_left_out")
def test_variables_without_a_value_are_left_out(server: Server) -> None:
    """No variable is None: what has no value is not in environ."""
    environ = server.call("GET", "/").value("environ")
    found = sorted(key for key, value in environ.items() if value is None)
    assert found == [], saw(found, "no key whose value is None")


@requirement("wsgi.environ.missing_left_out")
def test_there_is_no_user_without_authentication(server: Server) -> None:
    """REMOTE_USER and AUTH_TYPE are absent while nobody was authenticated."""
    environ = server.call("GET", "/").value("environ")
    found = {key: environ[key] for key in ("REMOTE_USER", "AUTH_TYPE") if key in environ}
    assert found == {}, saw(found, "neither REMOTE_USER nor AUTH_TYPE")


@requirement("wsgi.environ.content_type")
def test_content_type_is_that_of_the_request(server: Server) -> None:
    """CONTENT_TYPE is the value of the Content-Type field, parameters included."""
    sent = 'application/x-compliance; p="a b"'
    found = (
        server.call("POST", "/", headers=[("Content-Type", sent)], body=b"")
        .value("environ")
        .get("CONTENT_TYPE")
    )
    assert found == sent, saw(found, repr(sent))


@requirement("wsgi.environ.content_type")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_content_type_without_the_field_is_empty_or_absent(server: Server, method: str) -> None:
    """A request without a Content-Type field has none in environ either."""
    found = server.call(method, "/", body=b"").value("environ").get("CONTENT_TYPE", "")
    assert found == "", saw(found, "'' or no key")


@requirement("wsgi.environ.content_length")
@pytest.mark.parametrize("length", [0, 5, 1000])
def test_content_length_is_that_of_the_request(server: Server, length: int) -> None:
    """CONTENT_LENGTH is the value of the Content-Length field, as a str."""
    found = server.call("POST", "/", body=b"a" * length).value("environ").get("CONTENT_LENGTH")
    assert found == str(length), saw(found, repr(str(length)))


@requirement("wsgi.environ.content_length")
def test_content_length_without_the_field_is_empty_or_absent(server: Server) -> None:
    """A request without a Content-Length field has none in environ either."""
    found = server.call("GET", "/").value("environ").get("CONTENT_LENGTH", "")
    assert found == "", saw(found, "'' or no key")


@requirement("wsgi.environ.content_length")
def test_a_name_with_an_underscore_does_not_set_content_length(server: Server) -> None:
    """A field Content_Length does not stand in for Content-Length."""
    lengths = [("Content_Length", "2"), ("Content-Length", "5")]
    exchange = server.open("POST", "/", app=apps.records, headers=lengths, body=b"abcde")
    found = exchange.status >= 400 or exchange.value("environ").get("CONTENT_LENGTH")
    assert found in (True, "5"), saw(found, "'5', or a refusal")


@requirement("wsgi.environ.no_http_content_vars")
def test_the_content_fields_appear_once(server: Server) -> None:
    """Content-Type and Content-Length have no HTTP_ variables beside those of CGI."""
    environ = server.call("POST", "/", headers=[("Content-Type", "a/b")], body=b"abc").value("environ")
    found = sorted({"HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"} & set(environ))
    assert found == [], saw(found, "neither HTTP_CONTENT_TYPE nor HTTP_CONTENT_LENGTH")


@requirement("wsgi.environ.server_name")
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_server_name_is_not_empty(server: Server, version: str) -> None:
    """SERVER_NAME is a str with something in it, also for a request that names no host."""
    host = {"1.0": None, "1.1": "testserver"}[version]
    found = server.call("GET", "/", host=host, version=version).value("environ").get("SERVER_NAME")
    assert found, saw(found, "a str that is not empty")


@requirement("wsgi.environ.server_port")
@pytest.mark.parametrize("host", ["testserver", "testserver:8"])
def test_server_port_is_the_port_that_was_connected_to(server: Server, host: str) -> None:
    """SERVER_PORT is the port of the connection as a str, whatever the Host field says."""
    found = server.call("GET", "/", host=host).value("environ").get("SERVER_PORT")
    assert found == str(server.port), saw(found, repr(str(server.port)))


@requirement("wsgi.environ.server_protocol")
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_server_protocol_is_that_of_the_request(server: Server, version: str) -> None:
    """SERVER_PROTOCOL is the version in the request line."""
    found = server.call("GET", "/", version=version).value("environ").get("SERVER_PROTOCOL")
    assert found == f"HTTP/{version}", saw(found, repr(f"HTTP/{version}"))


@requirement("wsgi.environ.other_cgi")
def test_remote_addr_is_the_peer(server: Server) -> None:
    """REMOTE_ADDR is the address that the connection comes from."""
    exchange = server.call("GET", "/")
    found, peer = exchange.value("environ").get("REMOTE_ADDR"), exchange.connection.socket.getsockname()[0]
    assert found == peer, saw(found, repr(peer))


@requirement("wsgi.environ.other_cgi")
def test_which_other_variables_there_are(server: Server, observe: Observe) -> None:
    """Servers give as many other variables of CGI and Apache as apply."""
    environ = server.call("GET", "/a%20b?c").value("environ")
    software = environ.get("SERVER_SOFTWARE"), environ.get("GATEWAY_INTERFACE")
    names = sorted(key for key, value in environ.items() if known(key) and value != "" and key != "HTTP_HOST")
    observe({"software and gateway": software, "variables": names})


@requirement("wsgi.environ.server_defined_naming")
def test_the_servers_own_keys_are_lower_case_with_a_prefix(server: Server) -> None:
    """A server's own keys are of lower-case letters, digits, dots and underscores, with a prefix."""
    keys = server.call("GET", "/", app=apps.server_keys).value("keys")
    found = [key for key in keys if not known(key) and not SERVER_DEFINED.fullmatch(key)]
    assert found == [], saw(found, "names such as 'server.some_variable' only")


@requirement("wsgi.environ.os_env")
def test_whether_the_environment_of_the_system_shows(server: Server, observe: Observe) -> None:
    """Environ may hold the variables of the operating system's environment."""
    observe("COMPLIANCE_CHANNEL" in server.call("GET", "/").value("environ"))


@requirement("wsgi.url.reconstruct")
@pytest.mark.parametrize("target", ["/", "/a/b", "/a%20b/%25", "/a?b=%20c&d", "/?a"])
@pytest.mark.parametrize("host", ["testserver", "testserver:8081"])
def test_environ_makes_the_url_of_the_request(server: Server, host: str, target: str) -> None:
    """The algorithm of PEP 3333 makes of environ the URL that was asked for."""
    found = url(server.call("GET", target, host=host).value("environ"))
    assert found == f"http://{host}{target}", saw(found, repr(f"http://{host}{target}"))


@requirement("wsgi.url.server_name_port_fallback")
def test_without_a_host_the_url_has_the_servers_name_and_port(server: Server, observe: Observe) -> None:
    """A request without Host gives a URL of SERVER_NAME and the port that was connected to."""
    environ = server.call("GET", "/a", host=None, version="1.0").value("environ")
    parts = urlsplit(url(environ))
    assert parts.hostname, saw(url(environ), "the name of a host")
    assert parts.port == server.port, saw(url(environ), f"port {server.port}")
    observe("the address" if parts.hostname == server.host else "a name")
