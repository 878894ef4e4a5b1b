"""RFC 9112 section 11.2: no request hides in another one.

Each request holds another one, `GET /hidden`, that comes to light for a server that frames the first one in
another way than the text does, or that goes on where it must close.
"""

import pytest

from compliance.attempt import FOLLOWING, Attempt, both, seen
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.http import chunked
from compliance.wire.spelled import HOST, lines, post

TWICE = FOLLOWING * 2  # the first may be taken for the end of a body
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: testserver\r\n\r\n"
BEHIND = (
    b"0\r\n\r\n" + HIDDEN
)  # hidden from a server that goes by the length, seen by one that goes by chunks
WITHIN = chunked([HIDDEN])  # hidden from a server that goes by the chunks, seen by one that does not
ALL = b"Content-Length: %d" % len(BEHIND)
START = b"Content-Length: %d" % (WITHIN.index(b"\r\n") + 2)  # to the end of the first chunk's size
CHUNKED = b"Transfer-Encoding: chunked"
CODINGS = {
    "plain": CHUNKED,
    "xchunked": b"Transfer-Encoding: xchunked",
    "space before colon": b"Transfer-Encoding : chunked",
    "tab before colon": b"Transfer-Encoding\t: chunked",
    "vertical tab": b"Transfer-Encoding:\x0bchunked",
    "form feed": b"Transfer-Encoding: chunked\x0c",
    "NUL": b"Transfer-Encoding: chunked\0",
    "control character": b"Transfer-Encoding: \x01chunked",
    "no-break space": b"Transfer-Encoding:\xa0chunked",
    "next line": b"Transfer-Encoding: chunked\x85",
    "folded": b"Transfer-Encoding:\r\n chunked",
    "leading space": b" Transfer-Encoding: chunked",
    "bare CR behind": b"Transfer-Encoding: chunked\r",
    "quotes": b'Transfer-Encoding: "chunked"',
    "chunked, identity": b"Transfer-Encoding: chunked, identity",
    "identity, chunked": b"Transfer-Encoding: identity, chunked",
    "trailing comma": b"Transfer-Encoding: chunked,",
    "leading comma": b"Transfer-Encoding: ,chunked",
    "two fields, identity last": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    "two fields, identity first": b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
    "empty and chunked": b"Transfer-Encoding:\r\nTransfer-Encoding: chunked",
    "capitals": b"TRANSFER-ENCODING: CHUNKED",
    "a kelvin sign for k": b"Transfer-Encoding: chun\xe2\x84\xaaed",
}
ELSEWHERE = {
    "behind a fold": b"X-A: b\r\n Transfer-Encoding: chunked",
    "bare CR before": b"X-A: b\rTransfer-Encoding: chunked",
    "no value": b"Transfer-Encoding:",
    "another field": b"X-Transfer-Encoding: chunked",
}
UNDERSCORES = {
    "coding": (b"Transfer_Encoding: chunked", ALL),
    "coding first": (ALL, b"transfer_encoding: chunked"),
    "length": (b"Content_Length: 0", ALL),
    "length last": (ALL, b"Content_Length: 0"),
    "coding with dots": (b"Transfer.Encoding: chunked", ALL),
    "coding named in Connection": (ALL, b"Connection: Content-Length"),
}
LENGTHS = {
    "zero last": (ALL, b"Content-Length: 0"),
    "zero first": (b"Content-Length: 0", ALL),
    "a list": (b"Content-Length: %d, 0" % len(BEHIND),),
    "a list, zero first": (b"Content-Length: 0, %d" % len(BEHIND),),
    "plus": (b"Content-Length: +%d" % len(BEHIND),),
    "space": (b"Content-Length: 0 %d" % len(BEHIND),),
    "minus zero": (b"Content-Length: -0",),
    "underscore": (b"Content-Length: 0_0",),
    "space before colon": (b"Content-Length : %d" % len(BEHIND),),
    "folded": (b"Content-Length: 0\r\n %d" % len(BEHIND),),
    "hexadecimal": (b"Content-Length: 0x0",),
    "vertical tab": (b"Content-Length:\x0b%d" % len(BEHIND),),
    "behind a bare CR": (b"X-A: b\rContent-Length: %d" % len(BEHIND),),
}
CHUNKS = {
    "in an extension": b"5;\nGET /hidden HTTP/1.1\r\nhello\r\n0\r\n\r\n",
    "in a quoted extension": b'5;a="\nGET /hidden HTTP/1.1\n"\r\nhello\r\n0\r\n\r\n',
    "in data": b"%x\r\n%s\r\n0\r\n\r\n" % (len(HIDDEN), HIDDEN),
    "in trailers": b"0\r\nX-T: b\r\nX-U: " + HIDDEN,
    "behind a size with a sign": b"-0\r\n\r\n" + HIDDEN,
    "behind a size with a prefix": b"0x0\r\n\r\n" + HIDDEN,
    "behind a size without digits": b"\r\n\r\n" + HIDDEN,
    "behind a size of whitespace": b" \r\n\r\n" + HIDDEN,
    "behind two line feeds": b"0\n\n" + HIDDEN,
    "behind a CR": b"0\r\r\n" + HIDDEN,
    "behind data that is too long": b"5\r\nhelloXX0\r\n\r\n" + HIDDEN,
}


def serves_hidden(one: Attempt) -> bool:
    """Whether the hidden request is among those that the application got."""
    return any(b"/hidden" in call.path for call in one.own)


@requirement("rfc9112.sec.smuggling")
@pytest.mark.parametrize("line", [*CODINGS.values(), *ELSEWHERE.values()], ids=[*CODINGS, *ELSEWHERE])
def test_no_request_hides_behind_chunks(server: Server, line: bytes) -> None:
    """With a length and a coding, nothing behind the last chunk is served although the length holds it."""
    got = both(server, post(ALL, line, body=BEHIND), following=TWICE)
    assert not any(serves_hidden(one) for one in got), seen(got, "no call for the hidden request")


@requirement("rfc9112.sec.smuggling")
@pytest.mark.parametrize("line", CODINGS.values(), ids=CODINGS.keys())
def test_no_request_hides_in_a_chunk(server: Server, line: bytes) -> None:
    """With a length and a coding, nothing in a chunk is served although it is behind the length."""
    got = both(server, post(START, line, body=WITHIN), following=TWICE)
    assert not any(serves_hidden(one) for one in got), seen(got, "no call for the hidden request")


@requirement("rfc9112.sec.smuggling")
@pytest.mark.parametrize("fields", UNDERSCORES.values(), ids=UNDERSCORES.keys())
def test_no_field_of_a_similar_name_frames_a_body(server: Server, fields: tuple[bytes, ...]) -> None:
    """An underscore is no hyphen: a body is framed by Content-Length, not by fields that look like one."""
    got = both(server, post(*fields, body=BEHIND))
    right = [one.noticed and one.in_step and (one.refused or one.bodies in ([], [BEHIND])) for one in got]
    assert all(right), seen(got, "the body by its length, or a refusal")


@requirement("rfc9112.sec.smuggling")
@pytest.mark.parametrize("fields", LENGTHS.values(), ids=LENGTHS.keys())
def test_no_request_hides_behind_a_doubtful_length(server: Server, fields: tuple[bytes, ...]) -> None:
    """With a length that is doubtful, what may be the body is not served."""
    got = both(server, post(*fields, body=BEHIND), following=TWICE)
    assert not any(serves_hidden(one) for one in got), seen(got, "no call for the hidden request")


@requirement("rfc9112.sec.smuggling", needs=("chunked",))
@pytest.mark.parametrize("body", CHUNKS.values(), ids=CHUNKS.keys())
def test_no_request_hides_in_doubtful_chunks(server: Server, body: bytes) -> None:
    """With chunks that are doubtful, what may be the body is not served."""
    got = both(server, post(CHUNKED, body=body), following=TWICE)
    assert not any(serves_hidden(one) for one in got), seen(got, "no call for the hidden request")


@requirement("rfc9112.sec.smuggling")
@pytest.mark.parametrize("field", [b"Expect: 100-continue", b"Connection: keep-alive"])
@pytest.mark.parametrize("version", [b"1.1", b"1.0"])
def test_no_request_hides_in_a_body(server: Server, field: bytes, version: bytes) -> None:
    """Whatever else a request asks for, its body is not served."""
    data = lines(b"POST / HTTP/" + version, HOST, ALL, field, body=BEHIND)
    got = both(server, data, following=TWICE)
    assert all(one.noticed and not serves_hidden(one) for one in got), seen(
        got, "a call or an answer, and no call for the hidden request"
    )
