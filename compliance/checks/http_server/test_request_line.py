"""RFC 9112 sections 2 and 3: the request line, and what comes in place of one."""

import pytest

from compliance.attempt import FOLLOWING, attempt, both, seen
from compliance.expect import Observe
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.pace import cut_at
from compliance.wire.spelled import HOST, get, lines

VERSIONS = {
    "lower case": b"http/1.1",
    "no minor": b"HTTP/1",
    "two digits": b"HTTP/1.10",
    "two major digits": b"HTTP/11.1",
    "leading zero": b"HTTP/01.1",
    "space": b"HTTP/ 1.1",
    "no slash": b"HTTP1.1",
    "comma": b"HTTP/1,1",
    "sign": b"HTTP/+1.1",
    "letter behind": b"HTTP/1.1x",
    "superscript": b"HTTP/\xb9.1",
    "other protocol": b"FTP/1.1",
    "HTTPS": b"HTTPS/1.1",
}
NO_TOKENS = {
    "parenthesis": b"G(T",
    "at sign": b"G@T",
    "comma": b"G,T",
    "colon": b"GET:",
    "quotes": b'"GET"',
    "control character": b"G\x01T",
    "NUL": b"G\0T",
    "octet above 7F": b"G\xc3\xa9T",
}
CONTROLS = {
    "01": b"/a\x01b",
    "NUL": b"/a\0b",
    "tab": b"/a\tb",
    "form feed": b"/a\x0cb",
    "DEL": b"/a\x7fb",
}
GARBAGE = {
    "a word": b"HELLO\r\n\r\n",
    "a method alone": b"GET\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "a fourth word": b"GET / HTTP/1.1 HTTP/1.1\r\nHost: testserver\r\n\r\n",
    "a field": b"Host: testserver\r\n\r\n",
    "a TLS hello": b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + bytes(range(128, 160)) + b"\r\n\r\n",
    "octets": bytes(range(1, 9)) + b"\xff\xfe\xfd %s%n {} \r\n\r\n",
}
SIZES = [20_000, 100_000, 300_000]


@requirement("rfc9112.version.grammar")
@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS.keys())
def test_a_version_that_is_none_reaches_no_application(server: Server, version: bytes) -> None:
    """A request whose version is spelled in another way than HTTP/digit.digit is refused."""
    got = both(server, lines(b"GET / " + version, HOST), in_turn=True)
    assert all(one.turned_away for one in got), seen(got, "a refusal, and no call")


@requirement("rfc9112.reqline.invalid_400")
@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS.keys())
def test_the_refusal_of_a_version_blames_the_client(server: Server, version: bytes) -> None:
    """If a request whose version is spelled in another way is refused, it gets 400, 501 or 505, not 500."""
    got = attempt(server, lines(b"GET / " + version, HOST), app="reads", in_turn=True)
    assert got.served or got.refused_with(400, 501, 505), got.seen("400, 501 or 505")


@requirement("rfc9110.version.higher_minor")
@pytest.mark.parametrize("version", [b"HTTP/1.2", b"HTTP/1.9"], ids=["1.2", "1.9"])
def test_a_higher_minor_version_is_served(server: Server, version: bytes) -> None:
    """A request of HTTP/1.2 is served as one of HTTP/1.1."""
    got = attempt(server, lines(b"GET / " + version, HOST), app="reads", in_turn=True)
    assert got.served, got.seen("one call, and its answer")


@requirement("rfc9110.version.unknown_major")
@pytest.mark.parametrize("version", [b"HTTP/2.0", b"HTTP/3.0", b"HTTP/0.9"], ids=["2.0", "3.0", "0.9"])
def test_an_unknown_major_version_is_refused(server: Server, observe: Observe, version: bytes) -> None:
    """What a server does with a request of another major version in HTTP/1.1's clothes."""
    observe(attempt(server, lines(b"GET / " + version, HOST), app="reads", in_turn=True).outcome())


@requirement("rfc9112.parse.leading_empty_line")
def test_an_empty_line_before_the_request_line_is_ignored(server: Server) -> None:
    """An empty line in front of the first request of a connection does no harm."""
    got = attempt(server, b"\r\n" + get(), app="reads", in_turn=True)
    assert got.served, got.seen("one call, and its answer")


@requirement("rfc9112.parse.leading_empty_line")
def test_an_empty_line_between_requests_is_ignored(server: Server) -> None:
    """An empty line behind a request, which old clients send, is not part of the next one."""
    got = attempt(server, get(), app="reads", following=b"\r\n" + FOLLOWING, in_turn=True)
    right = got.served and got.in_step
    assert right, got.seen("an answer, and no error for the second request")


@requirement("rfc9112.parse.garbage_400")
@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
def test_what_is_no_request_is_answered_with_400_and_a_close(server: Server, garbage: bytes) -> None:
    """Octets that are no HTTP get an error, and the connection ends."""
    got = attempt(server, garbage, in_turn=True)
    assert got.rejected(400, 501, 505), got.seen("400, a close, and no call")


@requirement("rfc9112.reqline.no_autocorrect")
@pytest.mark.parametrize("target", [b"/a b", b"/a HTTP/1.0 b", b"/ /b"])
def test_a_target_with_a_space_is_not_corrected(server: Server, target: bytes) -> None:
    """A request line with a space in its target reaches no application."""
    got = both(server, get(target=target), in_turn=True)
    assert all(one.turned_away for one in got), seen(got, "a refusal, and no call")


@requirement("rfc9112.reqline.invalid_400")
@pytest.mark.parametrize("target", CONTROLS.values(), ids=CONTROLS.keys())
def test_a_target_with_a_control_character_is_refused(server: Server, target: bytes) -> None:
    """A request line with a control character in its target gets 400."""
    got = both(server, get(target=target), in_turn=True)
    assert all(one.refused_with(400) for one in got), seen(got, "400, and no call")


@requirement("rfc9112.reqline.min_8000")
def test_a_request_line_of_8000_octets_is_served(server: Server) -> None:
    """A request line of 8000 octets, the query among them, reaches the application whole."""
    query = b"q" * (8000 - len(b"GET /? HTTP/1.1"))
    got = attempt(server, get(target=b"/?" + query), app="reads", in_turn=True)
    assert [call.query for call in got.own] == [query], got.seen("the query of the request")


@requirement("rfc9110.req.uri_8000")
def test_a_path_of_8000_octets_is_served(server: Server) -> None:
    """A path of 8000 octets reaches the application whole."""
    path = b"/" + b"p" * 7999
    got = attempt(server, get(target=path), app="reads", in_turn=True)
    assert [call.path for call in got.own] == [path], got.seen("the path of the request")


@requirement("rfc9112.reqline.uri_too_long")
@pytest.mark.parametrize("size", SIZES)
def test_a_target_that_is_too_long_gets_414(server: Server, size: int) -> None:
    """A long target reaches the application whole, or is refused with 414; it comes in two pieces."""
    path = b"/" + b"p" * size
    got = attempt(server, get(target=path), app="reads", rhythm=cut_at(1000), in_turn=True)
    served = [call.path for call in got.own] == [path]
    assert served or got.refused_with(414, 431), got.seen("the whole target served, or 414")


@requirement("rfc9112.reqline.long_method")
def test_a_method_of_a_thousand_letters_gets_501(server: Server) -> None:
    """A method that is longer than any known one gets 501, if it does not reach the application."""
    got = attempt(server, lines(b"M" * 1000 + b" / HTTP/1.1", HOST), app="reads", in_turn=True)
    assert got.own or got.refused_with(501), got.seen("501, or a call")


@requirement("rfc9110.method.unknown_501")
@pytest.mark.parametrize("method", [b"FROBNICATE", b"M-SEARCH", b"X!#$%&'*+.^_`|~9"])
def test_an_unknown_method_reaches_the_application_or_gets_501(server: Server, method: bytes) -> None:
    """Any token is a method: the application gets it, or the server says that it knows none such."""
    got = attempt(server, lines(method + b" / HTTP/1.1", HOST), app="reads", in_turn=True)
    passed = [call.method.encode() for call in got.own] == [method]
    assert passed or got.refused_with(501, 405), got.seen("the method at the application, or 501")


@requirement("rfc9110.method.token")
@pytest.mark.parametrize("method", NO_TOKENS.values(), ids=NO_TOKENS.keys())
def test_a_method_that_is_no_token_reaches_no_application(server: Server, method: bytes) -> None:
    """A request whose method holds a character that no token has is refused."""
    got = both(server, lines(method + b" / HTTP/1.1", HOST), in_turn=True)
    assert all(one.turned_away for one in got), seen(got, "a refusal, and no call")


@requirement("rfc9110.method.case_sensitive")
@pytest.mark.parametrize("method", [b"get", b"Post"])
def test_methods_in_other_letters(server: Server, observe: Observe, method: bytes) -> None:
    """What a server does with a method in small letters, which is another method."""
    observe(attempt(server, lines(method + b" / HTTP/1.1", HOST), app="reads", in_turn=True).outcome())


@requirement("rfc9110.method.get_head")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_get_and_head_are_served(server: Server, method: str) -> None:
    """GET and HEAD reach the application, and are answered."""
    got = attempt(
        server, lines(method.encode() + b" / HTTP/1.1", HOST), app="reads", method=method, in_turn=True
    )
    assert got.served, got.seen("one call, and its answer")
