"""WSGI, "environ Variables": what comes of the request line, that is the method, the path and the query."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.attempt import attempt
from compliance.exchange import Exchange
from compliance.expect import Observe, saw
from compliance.requirements import requirement
from compliance.server import Server


def refused(exchange: Exchange) -> bool:
    """Whether the server answered with an error of its own: the applications used here never do."""
    return exchange.status >= 400


@requirement("wsgi.environ.request_method")
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_request_method_is_the_method(server: Server, method: str) -> None:
    """REQUEST_METHOD is the method of the request line."""
    found = server.open(method, "/").value("environ").get("REQUEST_METHOD")  # whatever the answer is
    assert found == method, saw(found, repr(method))


@requirement("wsgi.environ.request_method")
@pytest.mark.parametrize("method", ["PURGE", "M-SEARCH", "get", "Get", "FOO!#$%&'*+.^_`|~1"])
def test_an_unusual_method_arrives_as_it_was_sent(server: Server, method: str) -> None:
    """A method that is any token keeps its letters and their case, if it is not refused."""
    exchange = server.open(method, "/")
    assert refused(exchange) or exchange.value("environ").get("REQUEST_METHOD") == method, exchange.seen(
        repr(method)
    )


@requirement("wsgi.environ.script_name")
def test_script_name_and_path_info_make_the_path(server: Server) -> None:
    """SCRIPT_NAME is the part of the path that leads to the application: with PATH_INFO it is the whole."""
    environ = server.call("GET", "/a/b").value("environ")
    found = environ.get("SCRIPT_NAME", ""), environ.get("PATH_INFO", "")
    assert "".join(found) == "/a/b", saw(found, "two parts of '/a/b'")


@requirement("wsgi.environ.script_name_no_trailing_slash")
def test_the_script_name_of_the_root_is_empty(server: Server) -> None:
    """An application at the root has an empty SCRIPT_NAME, or none, and "/" is in PATH_INFO."""
    environ = server.call("GET", "/").value("environ")
    found = environ.get("SCRIPT_NAME", ""), environ.get("PATH_INFO")
    assert found == ("", "/"), saw(found, "('', '/')")


def path_of(server: Server, target: bytes | str) -> str | None:
    """The PATH_INFO of a request for `target`, which must be served."""
    with server.open("GET", target) as exchange:
        assert not refused(exchange), exchange.seen(f"{target!r} to be served")
        found: str | None = exchange.value("environ").get("PATH_INFO")
    return found


@requirement("wsgi.environ.path_info")
def test_path_info_is_the_path(server: Server) -> None:
    """PATH_INFO is the path of an application at the root."""
    found = path_of(server, "/a/b;c=d/e.f~g")
    assert found == "/a/b;c=d/e.f~g", saw(found, "'/a/b;c=d/e.f~g'")


@requirement("wsgi.environ.path_info_decoded")
def test_path_info_is_percent_decoded(server: Server) -> None:
    """PATH_INFO holds the characters that the percent-encodings stand for."""
    found = path_of(server, "/a%20b%3Bc%7e")
    assert found == "/a b;c~", saw(found, "'/a b;c~'")


@requirement("wsgi.environ.path_info_decoded")
def test_path_info_is_decoded_once(server: Server) -> None:
    """An encoded percent sign is a percent sign, whatever follows it."""
    found = path_of(server, "/%2541%25")
    assert found == "/%41%", saw(found, "'/%41%'")


@requirement("wsgi.environ.path_info_decoded")
@pytest.mark.parametrize("octet", [0x00, 0x0A, 0x0D, 0x1F, 0x2F, 0x5C, 0x7F])
def test_an_encoded_delicate_octet_is_decoded_or_refused(server: Server, octet: int) -> None:
    """Encoded slashes and control characters are decoded like others, unless the server refuses them."""
    exchange = server.open("GET", f"/a%{octet:02X}b")
    expected = f"/a{chr(octet)}b"
    assert refused(exchange) or exchange.value("environ").get("PATH_INFO") == expected, exchange.seen(
        repr(expected)
    )


@requirement("wsgi.environ.path_info_bytes_as_latin1")
def test_utf8_octets_of_a_path_are_latin1_characters(server: Server) -> None:
    """Each octet above 0x7F is one character of PATH_INFO."""
    found = path_of(server, "/caf%C3%A9")
    assert found == "/caf\u00c3\u00a9", saw(found, repr("/caf\u00c3\u00a9"))


@requirement("wsgi.environ.path_info_bytes_as_latin1")
def test_raw_octets_of_a_path_are_latin1_characters_or_refused(server: Server) -> None:
    """Octets above 0x7F that HTTP does not allow unencoded are one character each, if they are served."""
    got = attempt(server, b"GET /caf\xc3\xa9 HTTP/1.1\r\nHost: testserver\r\n\r\n", app="ignores")
    paths = [call.path for call in got.own]
    assert got.turned_away or paths == [b"/caf\xc3\xa9"], got.seen("the two octets, or a refusal")


@requirement("wsgi.environ.path_info_invalid_utf8")
@pytest.mark.parametrize("octets", [b"\xff", b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80"])
def test_octets_that_are_not_utf8_are_latin1_characters(server: Server, octets: bytes) -> None:
    """Path octets that are no UTF-8 arrive unchanged."""
    found = path_of(server, "/" + "".join(f"%{octet:02X}" for octet in octets))
    assert found == "/" + octets.decode("latin-1"), saw(found, repr("/" + octets.decode("latin-1")))


SEGMENTS = st.lists(
    st.binary(min_size=1, max_size=6)
    .map(lambda octets: bytes(octet for octet in octets if octet > 0x1F and octet not in b"/\x7f"))
    .filter(lambda octets: octets not in (b"", b".", b"..")),
    min_size=1,
    max_size=4,
)


@requirement("wsgi.environ.path_info_bytes_as_latin1")
@given(segments=SEGMENTS, safe=st.sampled_from(["", ";:@&=+$,!*'()"]))
def test_any_path_arrives_as_its_octets(server: Server, segments: list[bytes], safe: str) -> None:
    """PATH_INFO is the Latin-1 view of the octets that a path encodes, whatever they are."""
    found = path_of(server, "/" + "/".join(quote(segment, safe=safe) for segment in segments))
    expected = "/" + b"/".join(segments).decode("latin-1")
    assert found == expected, saw(found, repr(expected))


@requirement("wsgi.environ.path_info_no_query")
def test_path_info_ends_at_the_first_question_mark(server: Server) -> None:
    """PATH_INFO holds no query, but an encoded question mark belongs to the path."""
    found = path_of(server, "/a%3Fb?c?d")
    assert found == "/a?b", saw(found, "'/a?b'")


@requirement("wsgi.environ.path_info")
@pytest.mark.parametrize("target", ["//a", "/a//b", "/a/../b", "/a/./b", "/a/%2E%2E/b", "/a/"])
def test_how_a_path_is_normalised(server: Server, observe: Observe, target: str) -> None:
    """Whether a server brings a path into a canonical form is left to it."""
    exchange = server.open("GET", target)
    observe(exchange.status if refused(exchange) else exchange.value("environ").get("PATH_INFO"))


@requirement("wsgi.environ.path_absolute_form")
def test_an_absolute_target_gives_its_path(server: Server) -> None:
    """PATH_INFO is the path of a target in absolute form."""
    found = path_of(server, "http://testserver/x?y")
    assert found == "/x", saw(found, "'/x'")


@requirement("wsgi.environ.path_asterisk", definite=True)
def test_options_for_the_whole_server_is_answered(server: Server, observe: Observe) -> None:
    """OPTIONS * is answered, by the application or by the server itself."""
    exchange = server.open("OPTIONS", "*")
    assert exchange.status != 500, exchange.seen("any answer but 500")
    observe(exchange.value("environ").get("PATH_INFO") if server.has_called(exchange) else exchange.status)


@requirement("wsgi.environ.query_string")
def test_query_string_is_what_follows_the_question_mark(server: Server) -> None:
    """QUERY_STRING is the query as it was sent, with its encodings and further question marks."""
    found = server.call("GET", "/p?a=%20b+c&d=%C3%A9?/e").value("environ").get("QUERY_STRING")
    assert found == "a=%20b+c&d=%C3%A9?/e", saw(found, "'a=%20b+c&d=%C3%A9?/e'")


@requirement("wsgi.environ.query_string")
@pytest.mark.parametrize("target", ["/", "/?"])
def test_query_string_of_no_query_is_empty_or_absent(server: Server, target: str) -> None:
    """Without a query, or with an empty one, there is nothing in QUERY_STRING."""
    found = server.call("GET", target).value("environ").get("QUERY_STRING", "")
    assert found == "", saw(found, "'' or no key")


QUERIES = st.lists(
    st.sampled_from([*"abcXYZ019-._~!$&'()*+,;=:@/?"])
    | st.binary(min_size=1, max_size=1).map(lambda b: f"%{b[0]:02x}"),
    max_size=20,
).map("".join)


@requirement("wsgi.environ.query_string")
@given(query=QUERIES)
def test_any_query_arrives_untouched(server: Server, query: str) -> None:
    """QUERY_STRING is the query, still percent-encoded, whatever it is."""
    with server.call("GET", "/?" + query) as exchange:
        found = exchange.value("environ").get("QUERY_STRING", "")
    assert found == query, saw(found, repr(query))
