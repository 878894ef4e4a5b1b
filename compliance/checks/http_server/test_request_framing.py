"""RFC 9112 section 6: where the body of a request ends."""

import pytest

from compliance.attempt import attempt, both, seen
from compliance.expect import Observe
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.spelled import HOST, coded, lines, post

HELLO = b"5\r\nhello\r\n0\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked"
# Each body has five octets, so that the length is complete for whoever takes its value for 5, or for less.
INVALID = {
    "letters": b"five",
    "negative": b"-5",
    "minus zero": b"-0",
    "plus": b"+5",
    "hexadecimal": b"0x5",
    "octal": b"0o5",
    "underscore": b"0_5",
    "two words": b"0 5",
    "decimal point": b"5.0",
    "exponent": b"5e0",
    "empty": b"",
    "parameter": b"5;a",
    "trailing letter": b"5a",
    "quotes": b'"5"',
    "Arabic digit": b"\xd9\xa5",
    "superscript": b"\xb2",
    "no-break space": b"5\xa0",
    "vertical tab": b"\x0b5",
    "NUL": b"5\0",
    "comma alone": b",",
}
DIFFERENT = {
    "two fields": (b"Content-Length: 5", b"Content-Length: 3"),
    "two fields, the larger last": (b"Content-Length: 3", b"Content-Length: 5"),
    "a list": (b"Content-Length: 5, 3",),
    "a list, the larger last": (b"Content-Length: 3,5",),
    "zero and five": (b"Content-Length: 0", b"Content-Length: 5"),
    "five and zero": (b"Content-Length: 5", b"content-length: 0"),
    "five and letters": (b"Content-Length: 5", b"Content-Length: x"),
}
SAME = {
    "two fields": (b"Content-Length: 5", b"Content-Length: 5"),
    "a list": (b"Content-Length: 5, 5",),
    "leading zeros": (b"Content-Length: 005",),
    "an empty element": (b"Content-Length: 5,",),
}
LARGE = [
    b"2147483653",
    b"4294967301",
    b"9223372036854775813",
    b"18446744073709551621",
    b"9" * 400,
]  # 5 beyond powers of 2
NOT_FINAL = {
    "chunked, gzip": (b"Transfer-Encoding: chunked, gzip",),
    "two fields": (CHUNKED, b"Transfer-Encoding: gzip"),
    "chunked, identity": (b"Transfer-Encoding: chunked, identity",),
    "identity": (b"Transfer-Encoding: identity",),
    "gzip": (b"Transfer-Encoding: gzip",),
    "with a length": (b"Transfer-Encoding: gzip", b"Content-Length: 5"),
    "xchunked": (b"Transfer-Encoding: xchunked",),
    "chunkedx": (b"Transfer-Encoding: chunkedx",),
    "two words": (b"Transfer-Encoding: chunked chunked",),
    "quotes": (b'Transfer-Encoding: "chunked"',),
    "vertical tab": (b"Transfer-Encoding: \x0bchunked",),
    "form feed": (b"Transfer-Encoding: chunked\x0c",),
    "no-break space": (b"Transfer-Encoding: chunked\xa0",),
}
REPEATED = {"a list": (b"Transfer-Encoding: chunked, chunked",), "two fields": (CHUNKED, CHUNKED)}
BOTH = {
    "length first": (b"Content-Length: 5", CHUNKED),
    "length last": (CHUNKED, b"Content-Length: 5"),
    "length of all": (CHUNKED, b"Content-Length: %d" % len(HELLO)),
    "length zero": (CHUNKED, b"Content-Length: 0"),
    "invalid length": (CHUNKED, b"Content-Length: x"),
}


@requirement("rfc9112.cl.invalid_400")
@pytest.mark.parametrize("length", INVALID.values(), ids=INVALID.keys())
def test_an_invalid_length_gets_400_and_a_close(server: Server, length: bytes) -> None:
    """A request whose Content-Length is no number gets 400, and nothing behind it is served."""
    got = both(server, post(b"Content-Length: " + length, body=b"hello"))
    assert all(one.rejected(400) for one in got), seen(got, "400, a close, and no whole body")


@requirement("rfc9112.cl.list_different_400")
@pytest.mark.parametrize("fields", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_different_lengths_get_400_and_a_close(server: Server, fields: tuple[bytes, ...]) -> None:
    """A request with two lengths gets 400, and nothing behind it is served."""
    got = both(server, post(*fields, body=b"hello"))
    assert all(one.rejected(400) for one in got), seen(got, "400, a close, and no whole body")


@requirement("rfc9112.cl.list_same_ok")
@pytest.mark.parametrize("fields", SAME.values(), ids=SAME.keys())
def test_a_length_that_is_said_twice(server: Server, observe: Observe, fields: tuple[bytes, ...]) -> None:
    """What a server does with a length that is repeated, or padded."""
    observe(attempt(server, post(*fields, body=b"hello"), app="reads", in_turn=True).outcome())


@requirement("rfc9112.cl.large_values")
@pytest.mark.parametrize(
    "length", LARGE, ids=["32 bits signed", "32 bits", "64 bits signed", "64 bits", "400 digits"]
)
def test_no_large_length_wraps_around(server: Server, length: bytes) -> None:
    """A length beyond what fits an integer is no small one: nothing is served of what follows."""
    got = both(server, post(b"Content-Length: " + length, body=b"hello"), half_close=True)
    assert all(one.ended_after_first and b"hello" not in one.bodies for one in got), seen(
        got, "nothing taken for the next request"
    )


@requirement("rfc9110.cl.large")
@pytest.mark.parametrize("length", LARGE[2:], ids=["64 bits signed", "64 bits", "400 digits"])
def test_the_server_survives_a_large_length(server: Server, length: bytes) -> None:
    """A length beyond what fits an integer ends neither the server nor its answers to others."""
    got = attempt(server, post(b"Content-Length: " + length, body=b"hello"), app="reads", half_close=True)
    assert attempt(server, post(), app="reads", in_turn=True).served, got.seen("an end, and a later call")


@requirement("rfc9112.cl.incomplete")
def test_a_body_that_breaks_off_ends_the_connection(server: Server) -> None:
    """If the client stops short of the length, nothing is a whole body, and the connection is closed."""
    got = both(server, post(b"Content-Length: 50", body=b"hello"), following=b"", half_close=True)
    assert all(one.over for one in got), seen(got, "at most one call, and a close")


@requirement("rfc9112.incomplete.error")
@pytest.mark.parametrize(
    "data",
    [b"POST / HTTP/1.1\r\nHost: test", post(b"Content-Length: 50", body=b"hello"), coded(b"5\r\nhel")],
    ids=["in the head", "in the body", "in a chunk"],
)
def test_what_an_incomplete_request_gets(server: Server, observe: Observe, data: bytes) -> None:
    """What a server does with a request that the client has broken off."""
    observe(attempt(server, data, app="reads", following=b"", half_close=True).outcome())


@requirement("rfc9112.cl.zero_body_default")
@pytest.mark.parametrize("method", [b"POST", b"PUT", b"GET", b"DELETE", b"OPTIONS"])
def test_a_request_without_framing_has_no_body(server: Server, method: bytes) -> None:
    """Without Content-Length and Transfer-Encoding the body is empty, and what follows is a request."""
    got = attempt(server, lines(method + b" / HTTP/1.1", HOST), app="reads", in_turn=True)
    empty = [call.body or b"" for call in got.own] == [b""]
    assert (empty and got.in_step) or got.refused_with(411), got.seen("an empty body, or 411")


@requirement("rfc9110.get.body_framing")
@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "FROB"])
def test_the_body_of_any_method_is_framed(server: Server, method: str) -> None:
    """A body is no request, whatever the method is that it comes with."""
    hidden = b"GET /hidden HTTP/1.1\r\nHost: testserver\r\n\r\n"
    data = lines(method.encode() + b" / HTTP/1.1", HOST, b"Content-Length: %d" % len(hidden), body=hidden)
    got = [one.answered() for one in both(server, data, method=method, in_turn=True)]
    assert all(one.in_step and all(call.path != b"/hidden" for call in one.own) for one in got), seen(
        got, "no call for the body"
    )


@requirement("rfc9112.te.chunked_supported")
@pytest.mark.parametrize("method", [b"POST", b"PUT", b"GET"])
def test_a_chunked_body_is_decoded(server: Server, method: bytes) -> None:
    """The application reads the content of the chunks; a server that wants a length says 411."""
    got = attempt(
        server, lines(method + b" / HTTP/1.1", HOST, CHUNKED, body=HELLO), app="reads", in_turn=True
    )
    assert got.bodies == [b"hello"] or got.refused_with(411), got.seen("the body b'hello', or 411")


@requirement("rfc9112.te.case_insensitive", needs=("chunked",))
@pytest.mark.parametrize(
    "coding", [b"Chunked", b"CHUNKED", b" \tchunked\t"], ids=["Chunked", "CHUNKED", "whitespace"]
)
def test_codings_have_no_case(server: Server, coding: bytes) -> None:
    """`Chunked` in other letters is decoded, or refused, and never taken for no body."""
    got = attempt(server, post(b"Transfer-Encoding:" + coding, body=HELLO), app="reads", in_turn=True)
    assert got.rejected(400, 501) or got.took(b"hello"), got.seen("the body b'hello', or a refusal")


@requirement("rfc9112.te.unknown_501")
def test_an_unknown_coding_gets_501(server: Server) -> None:
    """A transfer coding that the server does not know gets 501."""
    got = both(server, post(b"Transfer-Encoding: frob, chunked", body=HELLO))
    assert all(one.rejected(501, 400) for one in got), seen(got, "501 or 400, and a close")


@requirement("rfc9112.te.not_final_400")
@pytest.mark.parametrize("fields", NOT_FINAL.values(), ids=NOT_FINAL.keys())
def test_a_body_without_a_known_end_is_refused(server: Server, fields: tuple[bytes, ...]) -> None:
    """A request whose last transfer coding is not chunked gets 400, and nothing behind it is served."""
    got = both(server, post(*fields, body=HELLO))
    assert all(one.rejected(400, 501) for one in got), seen(got, "400 or 501, a close, and no whole body")


@requirement("rfc9112.te.repeated_chunked")
@pytest.mark.parametrize("fields", REPEATED.values(), ids=REPEATED.keys())
def test_chunked_twice_is_refused(server: Server, fields: tuple[bytes, ...]) -> None:
    """A body that is said to be chunked twice is refused."""
    got = both(server, post(*fields, body=HELLO))
    assert all(one.rejected(400, 501) for one in got), seen(got, "400 or 501, and a close")


@requirement("rfc9112.te.with_cl_close")
@pytest.mark.parametrize("fields", BOTH.values(), ids=BOTH.keys())
def test_the_connection_ends_with_a_request_framed_twice(server: Server, fields: tuple[bytes, ...]) -> None:
    """Behind a request with both Transfer-Encoding and Content-Length nothing is served."""
    got = both(server, post(*fields, body=HELLO))
    assert all(one.ended_after_first for one in got), seen(got, "one answer, and a close")


@requirement("rfc9112.te.with_cl_handling")
@pytest.mark.parametrize("fields", BOTH.values(), ids=BOTH.keys())
def test_a_request_framed_twice(server: Server, observe: Observe, fields: tuple[bytes, ...]) -> None:
    """What a server does with a request that has both Transfer-Encoding and Content-Length."""
    observe(attempt(server, post(*fields, body=HELLO), app="reads").outcome())


@requirement("rfc9112.te.overrides_cl", needs=("chunked",))
@pytest.mark.parametrize("fields", BOTH.values(), ids=BOTH.keys())
def test_the_coding_decides_over_the_length(server: Server, fields: tuple[bytes, ...]) -> None:
    """With both, the body is what the chunks hold, or the request is refused."""
    got = attempt(server, post(*fields, body=HELLO), app="reads")
    assert got.turned_away or got.bodies == [b"hello"], got.seen("the body b'hello', or a refusal")


@requirement("rfc9112.te.overrides_cl", needs=("chunked",))
@pytest.mark.parametrize("coding", [b"xchunked", b"gzip"])
def test_the_length_beside_an_unknown_coding_does_not_count(server: Server, coding: bytes) -> None:
    """With a coding that nobody knows, the body is not what the length says."""
    got = attempt(
        server, post(b"Transfer-Encoding: " + coding, b"Content-Length: 5", body=b"hello"), app="reads"
    )
    right = got.turned_away or (got.noticed and b"hello" not in got.bodies)
    assert right, got.seen("a refusal, or no body b'hello'")


@requirement("rfc9112.te.http10_request", needs=("chunked",))
@pytest.mark.parametrize(
    "more", [[], [b"Connection: keep-alive"], [b"Content-Length: 15", b"Connection: keep-alive"]]
)
def test_the_connection_ends_with_a_coded_request_of_http_1_0(server: Server, more: list[bytes]) -> None:
    """Behind a request of HTTP/1.0 with a Transfer-Encoding nothing is served."""
    got = both(server, lines(b"POST / HTTP/1.0", HOST, CHUNKED, *more, body=HELLO))
    assert all(one.ended_after_first for one in got), seen(got, "at most one answer, and a close")
