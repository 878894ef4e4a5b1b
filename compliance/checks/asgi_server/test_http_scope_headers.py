"""ASGI HTTP, Connection Scope: headers."""

import string
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.exchange import Exchange
from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_http_scope_headers as guest
from compliance.requirements import requirement
from compliance.server import Server

LETTERS = st.text(string.ascii_letters + string.digits + "-")
TOKENS = st.tuples(LETTERS, st.sampled_from("!#$%&'*+.^`|~"), LETTERS).map("".join)
VISIBLE = "".join(chr(code) for code in range(0x21, 0x7F))
WORD = st.text(VISIBLE, min_size=1) | st.sampled_from(['"', "\\", ",", ";"])
WORDS = st.lists(st.tuples(WORD, st.sampled_from([" ", "  ", "\t", " \t", ""])).map("".join))
VALUES = WORDS.map(lambda words: "".join(words).strip(" \t").encode())
HIGH = "".join(chr(code) for code in range(0x80, 0x100))
ANY = st.text(VISIBLE + HIGH)
OBS_TEXT = st.tuples(ANY, st.sampled_from(HIGH), ANY).map(lambda parts: "".join(parts).encode("latin-1"))
# Names that are registered, or in wide use.
WELL_KNOWN = """
    Accept Accept-Charset Accept-Datetime Accept-Encoding Accept-Language
    Access-Control-Request-Headers Access-Control-Request-Method Authorization Cache-Control
    Content-Disposition Content-Encoding Content-Language Content-Location Content-MD5 Content-Range
    Content-Type Cookie Date Depth Destination DNT Early-Data Forwarded From Front-End-Https If
    If-Match If-Modified-Since If-None-Match If-Range If-Unmodified-Since Last-Event-ID Link
    Lock-Token Max-Forwards Message-ID Origin Overwrite Pragma Prefer Priority Proxy-Authorization
    Range Referer Save-Data Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site Sec-Fetch-User Sec-GPC
    Server Signature Signature-Input Timeout Traceparent Tracestate Upgrade-Insecure-Requests
    User-Agent Via Viewport-Width Want-Digest Warning Width X-ATT-DeviceId X-Correlation-ID
    X-Csrf-Token X-Forwarded-For X-Forwarded-Host X-Forwarded-Proto X-Http-Method-Override X-Real-IP
    X-Request-ID X-Requested-With X-UIDH X-Wap-Profile
""".split()  # noqa: SIM905 - a list of strings would fill a page


def headers_of(server: Server, fields: Sequence[tuple[str, str | bytes]]) -> list[list[bytes]]:
    """What the application finds under `headers` when a request with these fields is made."""
    found: list[list[bytes]] = server.call("GET", "/", headers=fields, app=guest.lists).value("headers")
    return found


def values_of(server: Server, name: bytes, fields: Sequence[tuple[str, str | bytes]]) -> list[bytes]:
    """The values, in order, that the application finds for one header name."""
    return [value for key, value in headers_of(server, fields) if key.lower() == name]


def values_if_accepted(exchange: Exchange, name: bytes) -> list[bytes] | None:
    """The values for one header name, or None if the server refused the request with an error."""
    status = exchange.status
    assert status == 200 or 400 <= status < 500, saw(status, "200 from the application, or a client error")
    if status != 200:
        return None
    return [value for key, value in exchange.value("headers") if key.lower() == name]


@requirement("asgi.http.scope.headers_type")
def test_headers_are_pairs_of_bytes(server: Server) -> None:
    """headers is an iterable of two-item iterables of bytes."""
    found = headers_of(server, [("X-A", "1"), ("X-Empty", "")])
    odd = [item for item in found if [type(part) for part in item] != [bytes, bytes]]
    assert not odd, saw(odd, "two items of bytes in each")


@requirement("asgi.http.scope.headers_complete")
def test_headers_are_empty_for_a_request_without_fields(server: Server) -> None:
    """A request of HTTP/1.0 that has no field at all gives headers without items."""
    scope = server.call("GET", "/", host=None, version="1.0").value("scope")
    assert not scope.get("headers", [None]), saw(scope.get("headers"), "no items in headers")


@requirement("asgi.http.scope.headers_reiterable")
def test_headers_can_be_gone_through_twice(server: Server, observe: Observe) -> None:
    """A second iteration over headers gives the same fields."""
    exchange = server.call("GET", "/", headers=[("X-A", "1")], app=guest.lists)
    first, second = exchange.value("headers"), exchange.value("again")
    observe(first == second)
    assert [value for name, value in second if name.lower() == b"x-a"] == [b"1"], saw(second, "x-a again")


@requirement("asgi.http.scope.headers_value_order")
def test_the_values_of_a_repeated_field_keep_their_order(server: Server) -> None:
    """Fields of one name come in the order of the request, whatever stands between them."""
    values = values_of(server, b"x-a", [("X-A", "1"), ("X-B", "9"), ("x-a", "3"), ("X-C", "0"), ("X-a", "2")])
    assert values == [b"1", b"3", b"2"], saw(values, "[b'1', b'3', b'2']")


@requirement("asgi.http.scope.headers_duplicates")
def test_repeated_fields_are_not_joined(server: Server) -> None:
    """Each of several fields with one name is an item of its own, also where they are equal."""
    values = values_of(server, b"x-a", [("X-A", "1"), ("X-A", "1"), ("X-A", "")])
    assert values == [b"1", b"1", b""], saw(values, "[b'1', b'1', b'']")


@requirement("asgi.http.scope.headers_duplicates")
def test_a_list_in_one_field_is_not_split(server: Server) -> None:
    """A field whose value holds commas stays one item."""
    values = values_of(server, b"x-a", [("X-A", "1, 2,3"), ("X-A", "4")])
    assert values == [b"1, 2,3", b"4"], saw(values, "[b'1, 2,3', b'4']")


@requirement("asgi.http.scope.headers_name_order_free")
def test_the_order_of_different_names(server: Server, observe: Observe) -> None:
    """Whether fields of different names keep their order is recorded."""
    names = [name.lower() for name, _ in headers_of(server, [("X-B", "1"), ("X-A", "2"), ("X-C", "3")])]
    sent = [name for name in names if name.startswith(b"x-")]
    observe(sent)
    assert sent == [b"x-b", b"x-a", b"x-c"], saw(sent, "x-b, x-a, x-c, as they were sent")


@requirement("asgi.http.scope.headers_lowercase")
def test_header_names_are_lower_case(server: Server, observe: Observe) -> None:
    """Header names are given in lower case."""
    names = [name for name, _ in headers_of(server, [("X-MiXed", "1"), ("USER-AGENT", "2")])]
    observe([name for name in names if name != name.lower()])
    assert b"x-mixed" in names and b"user-agent" in names, saw(names, "x-mixed and user-agent in lower case")  # noqa: PT018


@requirement("asgi.http.scope.headers_case_preserved")
def test_the_case_of_header_names(server: Server, observe: Observe) -> None:
    """Whether header names keep the client's case, or are lower-cased, is recorded."""
    names = [name for name, _ in headers_of(server, [("X-MiXed", "1")]) if name.lower() == b"x-mixed"]
    observe(names)
    assert names in ([b"X-MiXed"], [b"x-mixed"]), saw(names, "the name as it was sent, or in lower case")


@requirement("asgi.http.scope.headers_inner_whitespace")
@given(value=VALUES)
def test_any_visible_value_arrives_as_it_is(server: Server, value: bytes) -> None:
    """Visible characters, spaces and tabs inside a value are the application's to interpret."""
    values = values_of(server, b"x-a", [("X-A", value)])
    assert values == [value], saw(values, repr([value]))


@requirement("asgi.http.scope.headers_inner_whitespace")
@pytest.mark.parametrize("value", ['a ,  b\t"c  d"', "a\tb", "a;  b = c", "(com  ment)"])
def test_whitespace_inside_a_value_is_kept(server: Server, value: str) -> None:
    """Runs of spaces and tabs inside a value are not folded."""
    values = values_of(server, b"x-a", [("X-A", value)])
    assert values == [value.encode()], saw(values, repr([value.encode()]))


@requirement("asgi.http.scope.headers_exact_bytes")
@given(value=OBS_TEXT)
def test_bytes_above_0x7f_arrive_as_they_are_or_are_refused(server: Server, value: bytes) -> None:
    """A value with octets outside ASCII is given byte for byte, unless the server refuses the request."""
    with server.open("GET", "/", headers=[("X-A", value)], app=guest.lists) as exchange:
        values = values_if_accepted(exchange, b"x-a")
    assert values in (None, [value]), saw(values, f"{[value]!r}, or a client error")


@requirement("asgi.http.scope.headers_exact_bytes", definite=True)
@pytest.mark.parametrize("char", [b"\x0b", b"\x0c", b"\x1c", b"\x1d", b"\x1e", b"\x85", b"\xe2\x80\xa8"])
def test_no_other_character_ends_a_field(server: Server, char: bytes) -> None:
    """What some call a line break, but HTTP does not, never splits a value into two fields."""
    fields = [("X-A", b"a" + char + b"x-injected: 1")]
    with server.open("GET", "/", headers=fields, app=guest.lists) as exchange:
        injected = values_if_accepted(exchange, b"x-injected")
    assert not injected, saw(injected, "no field x-injected, as none was sent")


@requirement("asgi.http.scope.headers_exact_bytes")
def test_an_empty_value_stays_empty(server: Server) -> None:
    """A field without a value is an item whose value is b""."""
    values = values_of(server, b"x-a", [("X-A", "")])
    assert values == [b""], saw(values, "[b'']")


@requirement("asgi.http.scope.headers_complete")
def test_all_well_known_headers_arrive(server: Server) -> None:
    """A request's fields all reach the application, those that frameworks know included."""
    fields = [(name, f"value of {name}") for name in WELL_KNOWN]
    found = {name.lower(): value for name, value in headers_of(server, fields)}
    missing = [name for name, value in fields if found.get(name.lower().encode()) != value.encode()]
    assert not missing, saw(missing, "no field missing or changed")


@requirement("asgi.http.scope.headers_complete")
def test_the_fields_that_frame_a_request_arrive(server: Server) -> None:
    """Host, Content-Type and Content-Length reach the application too."""
    sent = [("Content-Type", "text/x"), ("Host", "example.com:81")]
    found = server.call("POST", "/", headers=sent, body=b"12345", app=guest.lists).value("headers")
    fields = [(name.lower(), value) for name, value in found]
    expected = [(b"host", b"example.com:81"), (b"content-type", b"text/x"), (b"content-length", b"5")]
    missing = [field for field in expected if field not in fields]
    assert not missing, saw(missing, "no field missing")


@requirement("asgi.http.scope.headers_complete")
@given(name=TOKENS)
def test_a_field_of_any_name_arrives(server: Server, name: str) -> None:
    """A field reaches the application if its name is a token, with signs of any kind."""
    sent = f"X{name}"
    values = values_of(server, sent.lower().encode(), [(sent, "1")])
    assert values == [b"1"], saw(values, f"[b'1'] for {sent}")


@requirement("asgi.http.scope.headers_complete")
def test_a_field_with_an_underscore_arrives(server: Server) -> None:
    """An underscore is a character like others in ASGI, where X_A cannot be taken for X-A."""
    values = values_of(server, b"x_a", [("X_A", "1"), ("X-A", "2")])
    assert values == [b"1"], saw(values, "[b'1'] for X_A")


@requirement("asgi.http.scope.headers_cookie_separate")
def test_cookies_are_never_joined_with_a_comma(server: Server) -> None:
    """Two Cookie fields stay two, or are joined with a semicolon and a space."""
    values = values_of(server, b"cookie", [("Cookie", "a=1"), ("Cookie", "b=2")])
    assert values in ([b"a=1", b"b=2"], [b"a=1; b=2"]), saw(values, "[b'a=1', b'b=2'], or [b'a=1; b=2']")
