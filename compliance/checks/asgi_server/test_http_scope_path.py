"""ASGI HTTP, Connection Scope: path, raw_path and query_string."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.exchange import Exchange
from compliance.expect import Observe, saw
from compliance.guest.apps import default
from compliance.requirements import requirement
from compliance.server import Server

# What RFC 3986 lets stand in a path as it is, apart from the slash.
UNESCAPED = "!$&'()*+,;=:@-._~"
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]))
BEYOND_ASCII = st.characters(min_codepoint=0x80, exclude_categories=["Cs", "Cc"])
TEXTS = st.tuples(TEXT, BEYOND_ASCII, TEXT).map("".join)
SPECIAL = st.sampled_from(["%20", "%C3%A9", "%c3%a9", "%2B", "%", "+", "&", "=", ";", "?", "/"])
PLAIN = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='#"<>`\\^{|}'))
QUERIES = st.lists(SPECIAL | PLAIN).map("".join)


def escaped(text: str) -> str:
    """A path of one segment that stands for the text, percent-encoded where it has to be."""
    return "/p" + quote(text, safe=UNESCAPED)


def scope_if_accepted(exchange: Exchange) -> dict[str, Any]:
    """The scope that the application got, or {} if the server refused the request with an error."""
    status = exchange.status
    assert status == 200 or 400 <= status < 500, saw(status, "200 from the application, or a client error")
    return exchange.value("scope") if status == 200 else {}


@requirement("asgi.http.scope.path_type")
def test_the_path_is_a_str(server: Server) -> None:
    """The scope has a path, which is a str."""
    scope = server.call("GET", "/a/path").value("scope")
    assert scope.get("path") == "/a/path", saw(scope.get("path"), "the str '/a/path'")


@requirement("asgi.http.scope.path_no_query")
@pytest.mark.parametrize(
    ("target", "path"), [("/a?b=c", "/a"), ("/?", "/"), ("/?/x?y", "/"), ("/b/?c", "/b/")]
)
def test_the_path_ends_at_the_first_question_mark(server: Server, target: str, path: str) -> None:
    """Neither the query nor its question mark is part of the path."""
    found = server.call("GET", target).value("scope").get("path")
    assert found == path, saw(found, repr(path))


@requirement("asgi.http.scope.path_percent_decoded")
@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/a%20b%2Fc", "/a b/c"),
        ("/%2f%7e%7E", "//~~"),
        ("/%2541", "/%41"),
        ("/%3Fq", "/?q"),
        ("/%23f", "/#f"),
        ("/%61%25", "/a%"),
        ("/%09", "/\t"),
    ],
)
def test_percent_encoding_in_the_path_is_decoded_once(server: Server, target: str, path: str) -> None:
    """Each percent-encoded sequence stands for one byte, and is decoded once only."""
    found = server.call("GET", target).value("scope").get("path")
    assert found == path, saw(found, repr(path))


@requirement("asgi.http.scope.path_percent_decoded")
@pytest.mark.parametrize(
    ("target", "path"), [("/a%00b", "/a\0b"), ("/a%0D%0Ab", "/a\r\nb"), ("/%7F", "/\x7f")]
)
def test_an_escaped_control_character_is_decoded_or_refused(server: Server, target: str, path: str) -> None:
    """A server decodes percent-encoded control characters as any other, or refuses the request."""
    with server.open("GET", target) as exchange:
        found = scope_if_accepted(exchange).get("path", path)
    assert found == path, saw(found, f"{path!r}, or a client error")


@requirement("asgi.http.scope.path_utf8_decoded")
@pytest.mark.parametrize(
    ("target", "path"),
    [("/caf%C3%A9", "/café"), ("/caf%c3%a9", "/café"), ("/%E2%82%AC", "/€"), ("/%F0%9F%90%8D", "/🐍")],
)
def test_escaped_utf_8_in_the_path_becomes_characters(server: Server, target: str, path: str) -> None:
    """The bytes of percent-encoded UTF-8 are decoded together, whatever the case of their digits."""
    found = server.call("GET", target).value("scope").get("path")
    assert found == path, saw(found, repr(path))


@requirement("asgi.http.scope.path_utf8_decoded")
def test_raw_utf_8_in_the_path_becomes_characters_or_is_refused(server: Server, observe: Observe) -> None:
    """Bytes above 0x7F, which no URI may hold, are decoded as UTF-8 where a server accepts them."""
    with server.open("GET", "/café".encode()) as exchange:
        answer = exchange.outcome()
        observe(f"status {answer.status}" if answer else "ends the connection without an answer")
        found = scope_if_accepted(exchange).get("path") if answer and answer.status == 200 else "/café"
    assert found == "/café", saw(found, "'/café' where the application is called")
    assert not answer or answer.status < 500, saw(answer, "200 from the application, or a client error")


@requirement("asgi.http.scope.path_utf8_decoded")
@given(text=TEXTS)
def test_any_text_in_the_path_arrives(server: Server, text: str) -> None:
    """Whatever text a path stands for, its percent-encoded UTF-8 is given back as that text."""
    found = server.call("GET", escaped(text)).value("scope").get("path")
    assert found == "/p" + text, saw(found, f"{'/p' + text!r} for {escaped(text)!r}")


@requirement("asgi.http.scope.path_plus_literal")
def test_a_plus_in_the_path_stays_a_plus(server: Server) -> None:
    """Only percent-encoded sequences are decoded, so a plus is no space."""
    found = server.call("GET", "/a+b%2Bc").value("scope").get("path")
    assert found == "/a+b+c", saw(found, "'/a+b+c'")


@requirement("asgi.http.scope.path_invalid_utf8", definite=True)
@pytest.mark.parametrize("target", ["/%FF", "/%C3", "/%", "/%4", "/%zz", "/%C3%", b"/\xff\xfe"])
def test_a_malformed_path_does_no_harm(server: Server, target: str | bytes) -> None:
    """A path that no rule covers is answered somehow or hung up on, and the server goes on serving."""
    with server.open("GET", target):
        fence = server.fence(default.http)
    assert fence.status == 200, fence.seen("200, after a malformed path")


@requirement("asgi.http.scope.path_invalid_utf8")
@pytest.mark.parametrize("target", ["/%FF", "/%C3%28", "/%ED%A0%80", "/%C3"])
def test_a_path_that_is_no_utf_8_is_answered(server: Server, observe: Observe, target: str) -> None:
    """Percent-encoded bytes that are no UTF-8 are refused, or reach the application as some text."""
    with server.open("GET", target) as exchange:
        scope = scope_if_accepted(exchange)
        observe(scope.get("path", exchange.status))
    assert isinstance(scope.get("path", ""), str), saw(scope.get("path"), "a str, or a client error")


@requirement("asgi.http.scope.path_no_normalise")
@pytest.mark.parametrize("path", ["//a//b/", "/a/./b", "/a/../b", "/../a"])
def test_dots_and_doubled_slashes_stay_in_the_path(server: Server, observe: Observe, path: str) -> None:
    """Dot segments and empty segments reach the application, which may know what they mean."""
    with server.open("GET", path) as exchange:
        found = scope_if_accepted(exchange).get("path", exchange.status)
    observe(found)
    assert found == path, saw(found, repr(path))


@requirement("asgi.http.scope.path_asterisk")
def test_the_path_of_an_asterisk_form_target(server: Server, observe: Observe) -> None:
    """OPTIONS * reaches the application with the path "*", or the server answers for itself."""
    with server.open("OPTIONS", "*", app=default.http) as exchange:
        status = exchange.status
        path = exchange.value("scope").get("path") if server.calls(exchange) else "*"
    observe([status, path])
    assert path == "*", saw(path, "'*'")


@requirement("asgi.http.scope.path_absolute_form")
def test_the_path_of_an_absolute_form_target(server: Server, observe: Observe) -> None:
    """The path of an absolute URI as the target is its path component."""
    scope = server.call("GET", "http://testserver/x%20y?z").value("scope")
    found = [scope.get("path"), scope.get("raw_path"), scope.get("query_string")]
    observe(found)
    assert found[0] == "/x y", saw(found, "'/x y' as path")


@requirement("asgi.http.scope.raw_path_type")
def test_the_raw_path_is_bytes(server: Server) -> None:
    """raw_path is bytes, or None, or absent."""
    raw = server.call("GET", "/a%20b").value("scope").get("raw_path", b"")
    assert raw is None or isinstance(raw, bytes), saw(raw, "bytes or None")


@requirement("asgi.http.scope.raw_path_no_query")
@pytest.mark.parametrize(("target", "path"), [("/p?q=1", b"/p"), ("/?", b"/"), ("/%3F?q", b"/%3F")])
def test_the_raw_path_ends_at_the_first_question_mark(server: Server, target: str, path: bytes) -> None:
    """raw_path, where a server gives one, leaves out the query."""
    raw = server.call("GET", target).value("scope").get("raw_path")
    assert raw in (None, path), saw(raw, f"{path!r}, or none")


@requirement("asgi.http.scope.raw_path")
@given(text=TEXTS)
def test_the_raw_path_of_any_path_is_what_was_sent(server: Server, text: str) -> None:
    """raw_path, where a server gives one, holds the bytes of the path as they came."""
    sent = escaped(text)
    raw = server.call("GET", sent).value("scope").get("raw_path")
    assert raw in (None, sent.encode()), saw(raw, f"{sent.encode()!r}, or none")


@requirement("asgi.http.scope.raw_path")
@pytest.mark.parametrize("sent", ["/a%2Fb", "/%7euser", "/%7Euser", "/a+b", "/x;y=z", "/'(!)*"])
def test_the_raw_path_is_not_re_encoded(server: Server, sent: str) -> None:
    """raw_path, where a server gives one, keeps the client's choice of what to escape and how."""
    raw = server.call("GET", sent).value("scope").get("raw_path")
    assert raw in (None, sent.encode()), saw(raw, f"{sent.encode()!r}, or none")


@requirement("asgi.http.scope.query_string_type")
@pytest.mark.parametrize("target", ["/", "/?a=b"])
def test_the_query_string_is_bytes(server: Server, target: str) -> None:
    """The scope has a query_string, which is bytes."""
    found = server.call("GET", target).value("scope").get("query_string")
    assert isinstance(found, bytes), saw(found, "bytes")


@requirement("asgi.http.scope.query_string_empty")
@pytest.mark.parametrize("target", ["/", "/?", "/a%3Fb"])
def test_the_query_string_is_empty_without_a_query(server: Server, target: str) -> None:
    """Without a query, or with an empty one, query_string is b""."""
    found = server.call("GET", target).value("scope").get("query_string")
    assert found == b"", saw(found, "b''")


@requirement("asgi.http.scope.query_string_raw")
@given(query=QUERIES)
def test_any_query_arrives_untouched(server: Server, query: str) -> None:
    """Whatever follows the first question mark is given as bytes, still percent-encoded."""
    found = server.call("GET", f"/?{query}").value("scope").get("query_string")
    assert found == query.encode(), saw(found, repr(query.encode()))


@requirement("asgi.http.scope.query_string_raw")
@pytest.mark.parametrize("query", ["a=%20+b&c=%C3%A9", "a=1&a=2&a", "x?y?", "/../%2e", "%zz&%", "&&=;"])
def test_a_query_string_is_neither_decoded_nor_re_encoded(server: Server, query: str) -> None:
    """Percent-encoding, plus signs, repeated keys and further question marks are left alone."""
    found = server.call("GET", f"/?{query}").value("scope").get("query_string")
    assert found == query.encode(), saw(found, repr(query.encode()))
