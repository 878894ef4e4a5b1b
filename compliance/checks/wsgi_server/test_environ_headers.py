"""WSGI, "environ Variables": the HTTP_ variables, which stand for the header fields of the request."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.exchange import Exchange
from compliance.expect import Observe, saw
from compliance.requirements import requirement
from compliance.server import Server

# One HTTP_ variable whose field was repeated: values in order, with the comma of HTTP between them.
BOTH = re.compile(r"1\s*,\s*2")


def refused(exchange: Exchange) -> bool:
    """Whether the server answered with an error of its own: the default recorder never does."""
    return exchange.status >= 400


def variable(server: Server, name: str, value: bytes | str) -> str | None:
    """The HTTP_ variable of one field, in a request that must be served."""
    with server.open("GET", "/", headers=[(name, value)]) as exchange:
        assert not refused(exchange), exchange.seen(f"a request with {name}: {value!r} to be served")
        found: str | None = exchange.value("environ").get("HTTP_" + name.upper().replace("-", "_"))
    return found


@requirement("wsgi.environ.http_vars")
def test_a_field_is_a_variable(server: Server) -> None:
    """The variable of a field has its name in upper case, with underscores for hyphens, after HTTP_."""
    found = variable(server, "X-Foo-Bar", "some value")
    assert found == "some value", saw(found, "'some value'")


@requirement("wsgi.environ.http_vars")
@pytest.mark.parametrize("name", ["x-foo-bar", "X-FOO-BAR", "x-fOO-bAr"])
def test_the_case_of_a_name_does_not_matter(server: Server, name: str) -> None:
    """A field has the same variable in whatever case its name is sent."""
    found = variable(server, name, "v")
    assert found == "v", saw(found, "'v'")


@requirement("wsgi.environ.http_vars")
def test_no_variable_is_without_a_field(server: Server) -> None:
    """There are HTTP_ variables for the fields that were sent, and no others."""
    environ = server.call("GET", "/", headers=[("Accept", "*/*")]).value("environ")
    found = sorted(key for key in environ if key.startswith("HTTP_"))
    assert found == ["HTTP_ACCEPT", "HTTP_HOST"], saw(found, "HTTP_ACCEPT and HTTP_HOST")


@requirement("wsgi.environ.http_vars")
def test_an_empty_field_is_an_empty_variable(server: Server) -> None:
    """A field without a value is present, as an empty str."""
    found = variable(server, "X-Empty", "")
    assert found == "", saw(found, "'' (the field was sent)")


@requirement("wsgi.environ.http_vars")
def test_without_a_host_field_there_is_no_http_host(server: Server) -> None:
    """A request of HTTP/1.0 that names no host has no HTTP_HOST."""
    environ = server.call("GET", "/", host=None, version="1.0").value("environ")
    assert "HTTP_HOST" not in environ, saw(environ.get("HTTP_HOST"), "no HTTP_HOST")


@requirement("rfc9112.field.ows_trimmed")
def test_whitespace_around_a_value_is_no_part_of_it(server: Server) -> None:
    """Spaces and tabs before and after the value of a field are left out, those within it are kept."""
    found = variable(server, "X-Padded", "\t  v \t w \t ")
    assert found == "v \t w", saw(found, repr("v \t w"))


@requirement("wsgi.environ.http_vars")
@pytest.mark.parametrize("name", ["X.Dotted", "X!#$%&'*+^`|~9"])
def test_a_name_of_any_token_is_a_variable(server: Server, name: str) -> None:
    """Characters that HTTP allows in a name stay in the variable's, unless the server refuses the field."""
    exchange = server.open("GET", "/", headers=[(name, "v")])
    found = refused(exchange) or exchange.value("environ").get("HTTP_" + name.upper())
    assert found in (True, "v"), saw(found, "'v', or a refusal")


@requirement("wsgi.environ.http_vars")
def test_a_field_with_the_name_of_a_variable_does_not_set_it(server: Server) -> None:
    """Fields appear behind HTTP_ only: they set neither variables of CGI nor keys of WSGI."""
    fields = [
        ("Remote-User", "root"),
        ("REMOTE_USER", "root"),
        ("Script-Name", "/x"),
        ("wsgi.url_scheme", "spoof"),
    ]
    exchange = server.open("GET", "/", headers=fields)
    names = ("REMOTE_USER", "SCRIPT_NAME", "wsgi.url_scheme")
    found = refused(exchange) or tuple(map(exchange.value("environ").get, names))
    assert found in (True, (None, "", "http"), (None, None, "http")), saw(
        found, "none of the values of the fields"
    )


@requirement("wsgi.environ.http_host")
@pytest.mark.parametrize("host", ["example.test", "Example.Test:81", "[::1]:8080"])
def test_http_host_is_the_host_field(server: Server, host: str) -> None:
    """HTTP_HOST is the value of the Host field as it was sent, with its port."""
    found = server.call("GET", "/", host=host).value("environ").get("HTTP_HOST")
    assert found == host, saw(found, repr(host))


VISIBLE = "".join(map(chr, range(0x21, 0x7F)))
OBS_TEXT = bytes(range(0x80, 0x100)).decode("latin-1")


def values(alphabet: str) -> st.SearchStrategy[str]:
    """Values of fields: of these characters, with spaces and tabs between them."""
    inner = st.text(alphabet + " \t,;", max_size=40).map(lambda text: text.strip(" \t"))
    return inner.filter(bool)


@requirement("wsgi.environ.http_vars")
@given(value=values(VISIBLE))
def test_any_value_of_visible_characters_arrives(server: Server, value: str) -> None:
    """The value of a field arrives as it was sent, whatever visible characters, spaces and tabs are in it."""
    found = variable(server, "X-Value", value)
    assert found == value, saw(found, repr(value))


@requirement("wsgi.environ.http_vars")
def test_a_long_value_arrives(server: Server) -> None:
    """A value of 2000 characters arrives whole."""
    found = variable(server, "X-Long", "abcdefghij" * 200)
    assert found == "abcdefghij" * 200, saw(found, "the 2000 characters")


@requirement("wsgi.environ.http_value_bytes")
@pytest.mark.parametrize("value", [b"\xe9", b"caf\xc3\xa9 \xff", b"\x80\x9f"])
def test_octets_of_a_value_are_latin1_characters(server: Server, value: bytes) -> None:
    """Each octet above 0x7F in the value of a field is one character."""
    found = variable(server, "X-Octets", value)
    assert found == value.decode("latin-1"), saw(found, repr(value.decode("latin-1")))


@requirement("wsgi.environ.http_value_bytes")
@pytest.mark.parametrize("octet", [b"\xa0", b"\x85"])
def test_octets_that_unicode_calls_spaces_are_no_whitespace(server: Server, octet: bytes) -> None:
    """Only spaces and tabs are stripped from a value, not octets that are spaces in Latin-1."""
    found = variable(server, "X-Octets", octet + b"v" + octet)
    expected = (octet + b"v" + octet).decode("latin-1")
    assert found == expected, saw(found, repr(expected))


@requirement("wsgi.environ.http_value_bytes")
@given(value=values(VISIBLE + OBS_TEXT))
def test_any_octets_of_a_value_arrive(server: Server, value: str) -> None:
    """The value of a field arrives octet for octet."""
    found = variable(server, "X-Value", value)
    assert found == value, saw(found, repr(value))


@requirement("wsgi.strings.latin1_server")
def test_no_string_has_characters_beyond_latin1(server: Server) -> None:
    """With UTF-8 in path, query and fields, no str in environ has a character above U+00FF."""
    sent = "€\U0001f600".encode()
    fields = [("X-Utf8", sent), ("Cookie", b"a=" + sent), ("Content-Type", b"text/plain; a=" + sent)]
    environ = server.call("POST", "/%E2%82%AC?%E2%82%AC", headers=fields, body=b"").value("environ")
    found = {
        key: value
        for key, value in environ.items()
        if isinstance(value, str) and max(value, default="") > "\xff"
    }
    assert found == {}, saw(found, "characters up to U+00FF only")


@requirement("wsgi.environ.http_duplicates", definite=True)
@pytest.mark.parametrize("names", [("X-A", "X-A"), ("X-A", "x-a")])
def test_no_value_of_a_repeated_field_is_lost(server: Server, names: tuple[str, str]) -> None:
    """Fields of the same name make one variable with all their values, in their order."""
    environ = server.call("GET", "/", headers=list(zip(names, "12", strict=True))).value("environ")
    found = environ.get("HTTP_X_A", "")
    assert BOTH.fullmatch(found), saw(found, "'1,2' or '1, 2'")


@requirement("wsgi.environ.http_duplicates")
def test_how_repeated_cookies_are_joined(server: Server, observe: Observe) -> None:
    """Cookies of several fields make one list with semicolons; with commas they would be one cookie."""
    observe(
        server.call("GET", "/", headers=[("Cookie", "a=1"), ("Cookie", "b=2")])
        .value("environ")
        .get("HTTP_COOKIE")
    )


@requirement("wsgi.environ.http_underscore")
@pytest.mark.parametrize("names", [("X_Foo",), ("X_Foo", "X-Foo"), ("X-Foo", "X_Foo")])
def test_what_becomes_of_a_name_with_an_underscore(
    server: Server, observe: Observe, names: tuple[str, ...]
) -> None:
    """A field with an underscore, whose variable another may have, is dropped, merged or refused."""
    exchange = server.open("GET", "/", headers=[(name, name) for name in names])
    observe(exchange.status if refused(exchange) else exchange.value("environ").get("HTTP_X_FOO"))


@requirement("wsgi.environ.http_no_proxy_clash")
def test_what_becomes_of_a_proxy_field(server: Server, observe: Observe) -> None:
    """A field Proxy would be HTTP_PROXY, which programs take for their own setting."""
    exchange = server.open("GET", "/", headers=[("Proxy", "evil.test")])
    observe(exchange.status if refused(exchange) else exchange.value("environ").get("HTTP_PROXY"))
