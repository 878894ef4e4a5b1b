"""ASGI HTTP: what a server does with the headers of a response."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.exchange import Exchange
from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_http_response, asgi_http_response_headers
from compliance.guest.apps.asgi_http_response import body, start
from compliance.requirements import requirement
from compliance.server import Server

Headers = list[tuple[bytes, bytes]]
PAIRS = asgi_http_response_headers.PAIRS
SHAPES = list(asgi_http_response_headers.SHAPES)
# What RFC 9110 section 5.5 lets a value hold: visible characters, bytes above 0x7F, inner spaces and tabs.
VISIBLE = [bytes([byte]) for byte in range(0x21, 0x100) if byte != 0x7F]
VALUES = st.lists(st.sampled_from([*VISIBLE, b" ", b"\t"]), max_size=40).map(
    lambda parts: b"".join(parts).strip()
)
NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~", min_size=1, max_size=20)
EVIL = [b"\r\n", b"\n", b"\r", b"\r\n ", b"\0"]
EVIL_IDS = ["CR LF", "LF", "CR", "CR LF SP", "NUL"]


def answer(server: Server, headers: Sequence[tuple[bytes, bytes]]) -> Exchange:
    """The exchange with an application that answers with these headers."""
    messages = [start(200, headers), body(b"content")]
    return server.call(app=asgi_http_response.says, with_={"messages": messages})


def named(exchange: Exchange, prefix: bytes) -> Headers:
    """The fields of the response whose names begin with `prefix`, in order, names in lower case."""
    fields = [(name.lower(), value) for name, value in exchange.response.headers]
    return [field for field in fields if field[0].startswith(prefix)]


def by_name(fields: Headers) -> Headers:
    """The fields sorted by name; those of one name keep their order."""
    return sorted(fields, key=lambda field: field[0])


@requirement("asgi.http.start.headers_optional")
def test_a_missing_headers_key_means_no_headers(server: Server) -> None:
    """A start message without the key headers starts a valid response."""
    messages = [{"type": "http.response.start", "status": 200}, body(b"content")]
    exchange = server.call(app=asgi_http_response.says, with_={"messages": messages})
    assert (exchange.status, exchange.body) == (200, b"content"), exchange.seen("200 with content")


@requirement("asgi.http.start.headers_iterable")
@pytest.mark.parametrize("shape", SHAPES)
def test_headers_may_be_any_iterable_of_pairs(server: Server, shape: str) -> None:
    """Lists, tuples, generators and iterators of pairs give the same fields."""
    exchange = server.call(app=asgi_http_response_headers.in_shape, with_={"shape": shape})
    assert by_name(named(exchange, b"x-")) == by_name(PAIRS), saw(exchange.response.headers, repr(PAIRS))


@requirement("asgi.http.start.headers_order")
def test_headers_keep_their_order(server: Server) -> None:
    """The application's fields come in the order in which it gave them."""
    names = [b"x-e", b"x-a", b"x-d", b"x-a", b"x-c", b"x-f", b"x-b", b"x-d", b"x-g", b"x-a"]
    headers = [(name, b"%d" % place) for place, name in enumerate(names)]
    exchange = answer(server, headers)
    assert named(exchange, b"x-") == headers, saw(exchange.response.headers, repr(headers))


@requirement("asgi.http.start.headers_duplicates")
@pytest.mark.parametrize("name", [b"set-cookie", b"x-a", b"link"], ids=["set-cookie", "x-a", "link"])
def test_repeated_headers_stay_apart(server: Server, name: bytes) -> None:
    """Two fields of one name are sent as two fields."""
    headers = [(name, b"a=1"), (b"x-between", b"0"), (name, b"b=2")]
    exchange = answer(server, headers)
    assert exchange.response.all(name.decode()) == [b"a=1", b"b=2"], saw(
        exchange.response.headers, "two fields"
    )


@requirement("asgi.http.start.headers_exact_bytes")
@given(headers=st.lists(st.tuples(NAMES.map(lambda name: b"x-" + name.encode()), VALUES), max_size=5))
def test_any_header_arrives_as_it_was_given(server: Server, headers: Headers) -> None:
    """Names of any token and values of any bytes that HTTP allows come out as they went in."""
    exchange = answer(server, headers)
    assert by_name(named(exchange, b"x-")) == by_name(headers), saw(exchange.response.headers, repr(headers))


@requirement("asgi.http.start.headers_exact_bytes")
@pytest.mark.parametrize(
    "value", [b"\xe9\xff\x80", "é€".encode(), b"", b"a\tb  c", b'a,b;c="d:e"'],
    ids=["Latin-1", "UTF-8", "empty", "inner whitespace", "punctuation"],
)  # fmt: skip
def test_a_header_value_is_sent_byte_for_byte(server: Server, value: bytes) -> None:
    """The bytes of a value, above 0x7F too, are those that the application supplied."""
    exchange = answer(server, [(b"x-value", value)])
    assert exchange.header("x-value") == value, saw(exchange.response.headers, repr(value))


@requirement("asgi.http.start.headers_exact_bytes")
@pytest.mark.parametrize(
    ("count", "size"), [(200, 10), (1, 32_000)], ids=["200 fields", "32 kB in one field"]
)
def test_large_heads_arrive_whole(server: Server, count: int, size: int) -> None:
    """Many fields, and long ones, arrive without loss."""
    exchange = server.call(app=asgi_http_response_headers.many, with_={"count": count, "size": size})
    expected = [(b"x-%d" % number, b"v" * size) for number in range(count)]
    fields = named(exchange, b"x-")
    assert by_name(fields) == by_name(expected), saw(fields, f"{count} fields of {size} bytes")


@requirement("asgi.http.start.headers_uppercase_tolerated")
def test_what_becomes_of_names_in_upper_case(server: Server, observe: Observe) -> None:
    """A name that is not in lower case is kept, changed or refused: which is recorded."""
    messages = [start(200, [(b"X-Upper-Case", b"1")]), body(b"content")]
    with server.open(app=asgi_http_response.says_all, with_={"messages": messages}) as exchange:
        response = exchange.outcome()
        names = (
            [name.decode() for name, _ in response.headers if name.lower() == b"x-upper-case"]
            if response
            else []
        )
        observe({"status": response and response.status, "names": names})


def assert_not_split(server: Server, header: tuple[bytes, bytes]) -> None:
    """The head of the response holds no field x-injected, and none of the characters that make one."""
    messages = [start(200, [header, (b"x-last", b"1")]), body(b"content")]
    with server.open(app=asgi_http_response.says_all, with_={"messages": messages}) as exchange:
        response = exchange.outcome()
        exchange.wait_called()
        fields = response.headers if response else []
        assert b"x-injected" not in [name.strip().lower() for name, _ in fields], saw(
            fields, "no field x-injected"
        )
        lines = exchange.connection.everything().partition(b"\r\n\r\n")[0].split(b"\r\n")
        assert not set(b"\r\n\0") & set(b"".join(lines)), saw(lines, "no CR, LF or NUL inside a field")
        assert not [line for line in lines if line[:1].isspace()], saw(lines, "no folded line")


@requirement("asgi.http.start.header_injection", definite=True)
@pytest.mark.parametrize("evil", EVIL, ids=EVIL_IDS)
def test_a_header_value_cannot_split_the_response(server: Server, evil: bytes) -> None:
    """CR, LF and NUL in a value never reach the wire as such."""
    assert_not_split(server, (b"x-value", b"a" + evil + b"x-injected: 1"))


@requirement("asgi.http.start.header_injection", definite=True)
@pytest.mark.parametrize("evil", EVIL, ids=EVIL_IDS)
def test_a_header_name_cannot_split_the_response(server: Server, evil: bytes) -> None:
    """CR, LF and NUL in a name never reach the wire as such."""
    assert_not_split(server, (b"x-name: a" + evil + b"x-injected", b"1"))


@requirement("rfc9110.req.sender_grammar")
@pytest.mark.parametrize(
    "name",
    [b"x name", b"x:name", b"", b"x-n\xe9", b"x(name)"],
    ids=["space", "colon", "empty", "Latin-1", "parentheses"],
)
def test_a_header_name_that_is_no_token_stays_off_the_wire(server: Server, name: bytes) -> None:
    """A name with a space, a colon or other delimiters, or an empty one, is refused or left out."""
    messages = [start(200, [(name, b"value-of-it")]), body(b"content")]
    with server.open(app=asgi_http_response.says_all, with_={"messages": messages}) as exchange:
        response = exchange.outcome()
        exchange.wait_called()
        fields = response.headers if response else []
        assert b"value-of-it" not in [value[-11:] for _, value in fields], saw(fields, "no such field")
