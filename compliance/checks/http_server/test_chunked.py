"""RFC 9112 sections 7 and 8: chunked bodies, well-formed and not."""

import pytest

from compliance.attempt import attempt, both, seen
from compliance.expect import Observe
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.pace import bytewise
from compliance.wire.spelled import coded, post

END = b"0\r\n\r\n"
TRIES = 20  # a server may find the fault while the application answers, and then end, or not, by chance
AMID = 48  # where every fourth ends the server, one of a million runs does not show it
SIZES = {
    "small letter": b"a\r\n0123456789\r\n",
    "capital": b"A\r\n0123456789\r\n",
    "zeros": b"00a\r\n0123456789\r\n",
    "fifteen zeros": b"000000000000000a\r\n0123456789\r\n",
    "three chunks": b"1\r\n0\r\n3\r\n123\r\n6\r\n456789\r\n",
}
EXTENSIONS = {
    "a name": b"5;a\r\nhello\r\n",
    "a value": b"5;a=b\r\nhello\r\n",
    "two": b"5;a=b;c\r\nhello\r\n",
    "quoted": b'5;a="b c;d"\r\nhello\r\n',
    "an escape": b'5;a="b\\"c"\r\nhello\r\n',
    "like a size": b"5;ffff=5\r\nhello\r\n",
}
SPACED = {
    "before": b"5 ;a=b\r\nhello\r\n",
    "behind": b"5; a=b\r\nhello\r\n",
    "around the sign": b"5;a = b\r\nhello\r\n",
    "tabs": b"5\t;\ta=b\r\nhello\r\n",
}
# Each is followed by a last chunk, so that the body is complete for whoever takes the size for 5, or for 0.
NO_SIZES = {
    "prefix": b"0x5",
    "minus": b"-5",
    "plus": b"+5",
    "letter": b"5g",
    "no digit": b"x",
    "empty": b"",
    "two words": b"0 5",
    "underscore": b"0_5",
    "space before": b" 5",
    "decimal point": b"5.0",
    "NUL": b"5\0",
    "comma": b"5,a",
    "superscript": b"\xb2",
    "extension without size": b";a=b",
}
OVERFLOWS = [b"100000005", b"10000000000000005", b"8000000000000005", b"1" + b"0" * 63 + b"5"]
NO_CRLF = {
    "too long": b"3\r\nhello\r\n",
    "too short": b"7\r\nhello\r\n",
    "no line end": b"5\r\nhello",
    "other octets": b"5\r\nhelloXX",
    "CR alone": b"5\r\nhello\rX",
}
BARE_LF = {
    "behind the size": b"5\nhello\r\n0\r\n\r\n",
    "behind the data": b"5\r\nhello\n0\r\n\r\n",
    "behind the last size": b"5\r\nhello\r\n0\n\r\n",
    "at the end": b"5\r\nhello\r\n0\r\n\n",
    "behind an extension": b"5;a=b\nhello\r\n0\r\n\r\n",
    "everywhere": b"5\nhello\n0\n\n",
}
TRAILERS = {
    "one": b"X-T: b\r\n",
    "three": b"X-T: b\r\nX-U: c\r\nX-T: d\r\n",
    "a request": b"X-T: GET /hidden HTTP/1.1\r\n",
}
FORBIDDEN = {
    "an unknown field": b"X-Trailer: b",
    "Host": b"Host: other.example",
    "Content-Length": b"Content-Length: 90",
    "Transfer-Encoding": b"Transfer-Encoding: gzip",
    "Authorization": b"Authorization: Basic eA==",
    "Content-Type": b"Content-Type: other/type",
    "Cookie": b"Cookie: trailer=1",
}
NO_TRAILERS = {
    "space before colon": b"X-T : b",
    "no colon": b"GET /hidden HTTP/1.1",
    "no name": b": b",
    "NUL": b"X-T: a\0b",
    "folded first": b" X-T: b",
}


@requirement("rfc9112.chunk.hex_case", needs=("chunked",))
@pytest.mark.parametrize("chunks", SIZES.values(), ids=SIZES.keys())
def test_sizes_are_hexadecimal_in_either_case(server: Server, chunks: bytes) -> None:
    """The application gets the data of chunks, however their sizes are spelled."""
    got = attempt(server, coded(chunks + END), app="reads", in_turn=True)
    assert got.took(b"0123456789"), got.seen("the body b'0123456789'")


@requirement("rfc9112.te.chunked_supported", needs=("chunked",))
def test_chunks_that_come_octet_by_octet_are_decoded(server: Server) -> None:
    """The application gets the data of chunks, although each octet comes alone."""
    body = b"2\r\nhe\r\n3\r\nllo\r\n" + END
    got = attempt(server, coded(body), app="reads", rhythm=bytewise, in_turn=True)
    assert got.took(b"hello"), got.seen("the body b'hello'")


@requirement("rfc9112.chunk.ext_ignored", needs=("chunked",))
@pytest.mark.parametrize("chunk", EXTENSIONS.values(), ids=EXTENSIONS.keys())
def test_extensions_of_chunks_are_ignored(server: Server, chunk: bytes) -> None:
    """The application gets the data of a chunk with extensions that nobody knows."""
    got = attempt(server, coded(chunk + END), app="reads", in_turn=True)
    assert got.took(b"hello"), got.seen("the body b'hello'")


@requirement("rfc9112.chunk.ext_bws", needs=("chunked",))
@pytest.mark.parametrize("chunk", SPACED.values(), ids=SPACED.keys())
def test_whitespace_in_extensions_is_ignored(server: Server, chunk: bytes) -> None:
    """The application gets the data of a chunk with whitespace around the signs of its extensions."""
    got = attempt(server, coded(chunk + END), app="reads", in_turn=True)
    assert got.took(b"hello"), got.seen("the body b'hello'")


@requirement("rfc9112.chunk.ext_limit", needs=("chunked",))
def test_extensions_have_a_limit(server: Server) -> None:
    """A chunk with 256 KiB of extensions is refused."""
    got = attempt(
        server, coded(b"5;" + b"a" * (256 << 10) + b"\r\nhello\r\n" + END), app="reads", in_turn=True
    )
    right = got.ended_after_first and not any(got.bodies)
    assert right, got.seen("no whole body, and an end")


@requirement("rfc9112.chunk.size_invalid", needs=("chunked",))
@pytest.mark.parametrize("size", NO_SIZES.values(), ids=NO_SIZES.keys())
def test_what_is_no_size_is_not_guessed(server: Server, size: bytes) -> None:
    """Behind a chunk size that is none, the application gets no data, and nothing is taken for a request."""
    got = both(server, coded(size + b"\r\nhello\r\n" + END), half_close=True)
    assert all(one.ended_after_first and not any(one.bodies) for one in got), seen(
        got, "no body, and a close"
    )


@requirement("rfc9112.chunk.size_invalid", needs=("chunked",))
def test_a_chunk_without_size_amid_an_answer_ends_no_server(server: Server) -> None:
    """The server goes on when what is no size comes while the application answers.

    Whether the two meet is a matter of chance, so it comes often.
    """
    for _ in range(AMID):
        attempt(server, coded(b"1\r\na\r\namid\r\n"), app="ignores", following=b"", half_close=True)
    exchange = server.call()
    assert exchange.status == 200, exchange.seen("200")


@requirement("rfc9112.chunk.size_overflow", needs=("chunked",))
@pytest.mark.parametrize("size", OVERFLOWS, ids=["32 bits", "64 bits", "64 bits signed", "256 bits"])
def test_no_large_size_wraps_around(server: Server, size: bytes) -> None:
    """A chunk size beyond what fits an integer is no small one: nothing is served of what follows."""
    got = both(server, coded(size + b"\r\nhello\r\n" + END), half_close=True)
    assert all(one.ended_after_first and b"hello" not in one.bodies for one in got), seen(
        got, "no body b'hello', and a close"
    )


@requirement("rfc9112.chunk.data_crlf", needs=("chunked",))
@pytest.mark.parametrize("chunk", NO_CRLF.values(), ids=NO_CRLF.keys())
def test_data_without_its_line_end_is_an_error(server: Server, chunk: bytes) -> None:
    """If CRLF does not follow the data of a chunk, the body is not whole, and nothing behind it is served."""
    got = both(server, coded(chunk + END), half_close=True)
    assert all(one.ended_after_first and b"hello" not in one.bodies for one in got), seen(
        got, "no whole body, and a close"
    )


@requirement("rfc9112.chunk.bare_lf", needs=("chunked",))
@pytest.mark.parametrize("body", BARE_LF.values(), ids=BARE_LF.keys())
def test_a_bare_lf_in_chunks(server: Server, observe: Observe, body: bytes) -> None:
    """What a server does with a chunked body whose lines end with LF alone."""
    observe(attempt(server, coded(body), app="reads", half_close=True).outcome())


@requirement("rfc9112.chunk.last_chunk", needs=("chunked",))
@pytest.mark.parametrize("end", [b"", b"0\r\n", b"0"], ids=["no last chunk", "no empty line", "no line end"])
def test_a_body_without_its_end_takes_no_request_for_it(server: Server, end: bytes) -> None:
    """If the end of a chunked body is missing, the next request is not served as if it had been there."""
    got = both(server, coded(b"5\r\nhello\r\n" + end), half_close=True)
    assert all(one.ended_after_first for one in got), seen(got, "nothing served behind it")


@requirement("rfc9112.chunk.truncated", needs=("chunked",))
@pytest.mark.parametrize("body", [b"5\r\nhel", b"5\r\nhello\r\n", b"5", b"5\r\nhello\r\n0\r\n"])
def test_chunks_that_break_off_end_the_connection(server: Server, body: bytes) -> None:
    """If the client stops before the last chunk has ended, the connection is closed."""
    got = both(server, coded(body), following=b"", half_close=True)
    assert all(one.over for one in got), seen(got, "at most one call, and a close")


@requirement("rfc9112.chunk.params_error")
@pytest.mark.parametrize("coding", [b"chunked;a=b", b"chunked ; q=1"])
def test_chunked_has_no_parameters(server: Server, coding: bytes) -> None:
    """A request whose chunked coding has a parameter is refused."""
    got = both(server, post(b"Transfer-Encoding: " + coding, body=b"5\r\nhello\r\n" + END))
    assert all(one.rejected(400, 501) for one in got), seen(got, "400 or 501, and a close")


@requirement("rfc9112.chunk.trailers_consumed", needs=("chunked",))
@pytest.mark.parametrize("trailers", TRAILERS.values(), ids=TRAILERS.keys())
def test_trailers_are_part_of_the_body(server: Server, trailers: bytes) -> None:
    """Trailer fields are neither content nor the next request."""
    got = attempt(server, coded(b"5\r\nhello\r\n0\r\n" + trailers + b"\r\n"), app="reads", in_turn=True)
    assert got.took(b"hello"), got.seen("one call, with the body b'hello'")


@requirement("rfc9112.chunk.trailers_not_merged", needs=("chunked",))
@pytest.mark.parametrize("line", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_trailers_are_not_among_the_fields(server: Server, line: bytes) -> None:
    """The application sees no trailer field among those of the header section."""
    got = attempt(server, coded(b"5\r\nhello\r\n0\r\n" + line + b"\r\n\r\n"), app="reads", in_turn=True)
    name, _, value = line.partition(b": ")
    right = got.turned_away or [value in call.all(name.lower()) for call in got.own] == [False]
    assert right, got.seen(f"a call without a field {name!r} of the value {value!r}, or a refusal")


@requirement("rfc9110.trailer.no_merge", needs=("chunked",))
@pytest.mark.parametrize("announced", [[], [b"Trailer: X-T"]], ids=["by surprise", "announced"])
def test_a_trailer_does_not_replace_a_field(server: Server, announced: list[bytes]) -> None:
    """A field of the header section keeps its value when a trailer has its name."""
    got = attempt(
        server, coded(b"5\r\nhello\r\n0\r\nX-T: b\r\n\r\n", b"X-T: a", *announced), app="reads", in_turn=True
    )
    assert got.refused or [call.all(b"x-t") for call in got.own] == [[b"a"]], got.seen("the value b'a'")


@requirement("rfc9112.chunk.trailers_invalid", needs=("chunked",))
@pytest.mark.parametrize("line", NO_TRAILERS.values(), ids=NO_TRAILERS.keys())
def test_a_trailer_that_is_no_field_ends_the_connection(server: Server, line: bytes) -> None:
    """Behind a trailer section with a line that is no field nothing is served, however often one tries."""
    for _ in range(TRIES):
        got = both(server, coded(b"5\r\nhello\r\n0\r\n" + line + b"\r\n\r\n"), half_close=True)
        assert all(one.ended_after_first for one in got), seen(got, "one answer, and a close")
