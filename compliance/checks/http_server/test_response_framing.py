"""RFC 9112 sections 6 and 7, RFC 9110 sections 8 and 15: where a response ends."""

import re

import pytest

from compliance.attempt import Attempt, attempt
from compliance.claims import present
from compliance.expect import Observe, saw
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.http import Response

GET = b"GET / HTTP/1.1\r\nHost: testserver\r\n\r\n"
LAST = b"GET / HTTP/1.1\r\nHost: testserver\r\nConnection: close\r\n\r\n"
GET_10 = b"GET / HTTP/1.0\r\nHost: testserver\r\n\r\n"
HEAD = b"HEAD / HTTP/1.1\r\nHost: testserver\r\n\r\n"
CONNECT = b"CONNECT testserver:80 HTTP/1.1\r\nHost: testserver:80\r\n\r\n"
TYPE = (b"content-type", b"text/plain")
LENGTH = (b"content-length", b"7")
CHUNKS = re.compile(rb"(?:0*[1-9a-fA-F][0-9a-fA-F]*\r\n.+?\r\n)*0+\r\n\r\n", re.DOTALL)
WRONG_LENGTHS = [b"seven", b"-7", b"+7", b"7, 7", b"7, 8", b"0x7", b"7.0", b"", b"7 7", b"\xb2"]


def responds(
    server: Server,
    *fields: tuple[bytes, bytes],
    status: int = 200,
    parts: tuple[bytes, ...] = (b"content",),
    data: bytes = GET,
    in_turn: bool = True,
) -> Attempt:
    """A response of the application with these fields and parts, and the response to another request.

    That is sent when the first response has come, if `in_turn`.
    """
    with_ = {"status": status, "headers": list(fields), "parts": parts}
    method = data.partition(b" ")[0].decode()
    return attempt(server, data, app="responds", with_=with_, method=method, in_turn=in_turn)


def tunnel(server: Server) -> Response:
    """The response of the application to CONNECT; NotApplicable where that is not a 2xx."""
    with_ = {"status": 200, "headers": [TYPE]}
    got = attempt(server, CONNECT, app="responds", with_=with_, method="CONNECT", in_turn=True)
    return present(got.first if got.first and got.first.status // 100 == 2 else None, got.outcome())


@requirement("rfc9112.te.no_te_http10")
def test_a_response_to_http10_has_no_transfer_encoding(server: Server) -> None:
    """A body of unknown length is not chunked for a client of HTTP/1.0: it ends with the connection."""
    got = responds(server, TYPE, parts=(b"one", b"two"), data=GET_10)
    assert not got.answer.all("transfer-encoding"), saw(got.answer.headers, "no such field")


@requirement("rfc9112.body.self_delimiting")
def test_a_body_of_unknown_length_does_not_end_with_the_connection(server: Server) -> None:
    """A client of HTTP/1.1 can tell where a body of unknown length ends, and the connection goes on."""
    got = responds(server, TYPE, parts=(b"one", b"two"))
    assert got.answer.framing in {"chunked", "length"}, saw(got.answer.headers, "a framing")


@requirement("rfc9112.chunk.sent_wellformed")
@pytest.mark.parametrize("parts", [(b"one", b"two"), (b"", b"one", b"", b"two", b""), (b"a" * 1025,), ()])
def test_chunks_are_well_formed(server: Server, parts: tuple[bytes, ...]) -> None:
    """A chunked body has sizes in hexadecimal, CRLFs, and no empty chunk but the last."""
    got = responds(server, TYPE, parts=parts)
    present(got.answer.framing == "chunked", "no chunks are sent")
    body = got.exchange.connection.everything().partition(b"\r\n\r\n")[2].partition(b"HTTP/1.")[0]
    assert CHUNKS.fullmatch(body), saw(body, "well-formed chunks")


@requirement("rfc9112.chunk.sent_wellformed")
@pytest.mark.parametrize("parts", [(b"one", b"two"), (b"", b"one", b"", b"two", b""), (b"a" * 1025,), ()])
def test_the_content_is_what_the_application_gave(server: Server, parts: tuple[bytes, ...]) -> None:
    """However a body is framed, its content is the application's, and the connection is in step behind it."""
    got = responds(server, TYPE, parts=parts)
    assert (got.answer.body, got.rest) == (b"".join(parts), b""), got.seen("the content, and no rest")


@requirement(asgi="rfc9112.cl.not_with_te_sent")
def test_no_response_has_both_framings(server: Server) -> None:
    """If the application gives both, Content-Length and Transfer-Encoding do not both reach the wire."""
    got = responds(server, TYPE, LENGTH, (b"transfer-encoding", b"chunked")).called()
    found = present(got.first, "such a response is not sent")
    both = found.all("transfer-encoding") and found.all("content-length")
    assert not both, saw(found.headers, "one framing")


@requirement(asgi="rfc9112.te.chunked_once")
def test_chunked_is_not_applied_twice(server: Server) -> None:
    """A body for which the application says chunked is chunked once."""
    got = responds(server, TYPE, (b"transfer-encoding", b"chunked")).called()
    found = present(got.first, "such a response is not sent").all("transfer-encoding")
    assert b",".join(found).lower().count(b"chunked") <= 1, saw(found, "chunked at most once")


@requirement("rfc9112.body.no_body_responses")
@pytest.mark.parametrize(("data", "status"), [(HEAD, 200), (GET, 204), (GET, 304)])
def test_a_response_without_content_ends_with_its_head(server: Server, data: bytes, status: int) -> None:
    """What an application gives as content where there is none does not get the connection out of step."""
    got = responds(server, TYPE, status=status, data=data).answered()
    assert not got.rest, got.seen("nothing between the responses")


@requirement("rfc9110.status.205_no_content")
def test_a_205_has_no_content(server: Server) -> None:
    """A 205 response has no content, and its head says so."""
    got = responds(server, (b"content-length", b"0"), status=205, parts=())
    assert (got.answer.status, got.answer.body) == (205, b""), got.seen("205, empty")


@requirement("rfc9112.te.head_304_allowed")
@pytest.mark.parametrize(("data", "status"), [(HEAD, 200), (GET, 304)])
def test_which_framing_fields_a_response_without_content_has(
    server: Server, observe: Observe, data: bytes, status: int
) -> None:
    """Which framing fields come with HEAD and 304 if the application gives none."""
    found = responds(server, TYPE, status=status, parts=(), data=data).responses
    names = {name.lower() for response in found[:1] for name, _ in response.headers}
    observe(sorted(names & {b"content-length", b"transfer-encoding"}))


@requirement("rfc9112.te.no_te_connect_2xx")
def test_a_2xx_to_connect_has_no_transfer_encoding(server: Server) -> None:
    """If CONNECT reaches the application and gets 200, the response has no Transfer-Encoding."""
    found = tunnel(server)
    assert not found.all("transfer-encoding"), saw(found.headers, "no Transfer-Encoding")


@requirement("rfc9110.cl.no_connect_2xx")
def test_a_2xx_to_connect_has_no_content_length(server: Server) -> None:
    """If CONNECT reaches the application and gets 200, the server adds no Content-Length."""
    found = tunnel(server)
    assert not found.all("content-length"), saw(found.headers, "no Content-Length")


@requirement("rfc9110.cl.invalid_not_forwarded")
@pytest.mark.parametrize("value", WRONG_LENGTHS)
def test_a_length_that_is_none_is_not_sent(server: Server, value: bytes) -> None:
    """A Content-Length of the application that is no number does not reach the wire."""
    with_ = {"headers": [TYPE, (b"content-length", value)], "parts": (b"content",)}
    got = attempt(server, LAST, app="responds", with_=with_, following=b"").called()
    found = re.findall(rb"(?i)content-length: *([^\r\n]*)\r\n", got.exchange.connection.everything())
    assert all(length.isdigit() for length in found), saw(found, "numbers")


@requirement("rfc9110.cl.incorrect_not_forwarded")
def test_whether_a_short_response_looks_complete(server: Server, observe: Observe) -> None:
    """Whether the next response fills up one that is shorter than its Content-Length."""
    with_ = {"headers": [TYPE, (b"content-length", b"70")], "parts": (b"short",)}
    got = attempt(server, GET, app="responds", with_=with_)
    observe([b"HTTP/1." in response.body for response in got.responses[:1]])


@requirement("rfc9110.status.1xx_no_content")
@pytest.mark.parametrize("status", [100, 102, 103])
def test_no_content_follows_an_interim_status(server: Server, status: int) -> None:
    """The content of an application that gives a 1xx status is not sent where the next response is due."""
    got = responds(server, TYPE, LENGTH, status=status, parts=(b"payload",), in_turn=False).called()
    sent = got.exchange.connection.everything()
    interim = sent.startswith(b"HTTP/1.1 %d " % status)
    assert not interim or b"payload" not in sent, saw(sent, "an error of the application, or no content")


@requirement("rfc9110.status.app_1xx_as_final")
@pytest.mark.parametrize("status", [100, 102, 103, 199])
def test_what_an_interim_status_of_an_application_becomes(
    server: Server, observe: Observe, status: int
) -> None:
    """What the client gets if the application's response has a 1xx status."""
    got = responds(server, TYPE, status=status, parts=(), in_turn=False)
    observe(got.exchange.connection.everything().partition(b"\r\n")[0])


@requirement("rfc9110.head.same_fields")
def test_head_gets_the_fields_of_get(server: Server) -> None:
    """A response to HEAD has the fields that GET would get, but for those about the content's framing."""
    found = [responds(server, TYPE, LENGTH, (b"x-own", b"a"), data=data).answer for data in (GET, HEAD)]
    get, head = ({name.lower() for name, _ in response.headers} for response in found)
    assert get - head <= {b"transfer-encoding", b"trailer"}, saw(head, f"{sorted(get)}")


@requirement("rfc9110.range.app")
def test_a_range_is_left_to_the_application(server: Server, observe: Observe) -> None:
    """What a server makes of a Range field that the application does not look at."""
    got = responds(server, TYPE, LENGTH, data=GET[:-2] + b"Range: bytes=0-1\r\n\r\n")
    observe([(response.status, response.body) for response in got.responses[:1]])
