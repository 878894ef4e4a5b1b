"""RFC 9112 sections 2 to 5, RFC 9110 sections 5 to 7: the head of a response."""

import re
import time
from email.utils import parsedate_to_datetime

import pytest

from compliance import claims
from compliance.attempt import Attempt, attempt
from compliance.claims import present
from compliance.expect import Observe, saw
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.http import Response
from compliance.wire.spelled import HOST, lines

TRIES = 20  # for a server with as many threads
GET = b"GET / HTTP/1.1\r\nHost: testserver\r\n\r\n"
GET_10 = b"GET / HTTP/1.0\r\nHost: testserver\r\n\r\n"
PLAIN = [(b"content-type", b"text/plain"), (b"content-length", b"7")]
NO_OPTION = {b"cache-control", b"content-length", b"content-type", b"date", b"transfer-encoding", b"host"}
TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
STATUS_LINE = re.compile(rb"HTTP/[0-9]\.[0-9] [1-9][0-9]{2} [\t \x21-\x7e\x80-\xff]*")
FIELD_LINE = re.compile(TOKEN + rb":[\t \x21-\x7e\x80-\xff]*")
IMF_FIXDATE = re.compile(
    rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-3][0-9] (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) "
    rb"[0-9]{4} [0-2][0-9]:[0-5][0-9]:[0-6][0-9] GMT"
)

split_bytes = pytest.mark.parametrize(
    "between",
    [b"\r\nInjected: ", b"\nInjected: ", b"\rInjected: ", b"\r\n\r\nHTTP/1.1 200 OK\r\nInjected: "],
)


def heads(got: Attempt) -> list[bytes]:
    """The lines of the first response's head, as they came; fails if there was none."""
    return got.answered().exchange.connection.everything().partition(b"\r\n\r\n")[0].split(b"\r\n")


def responds(server: Server, *fields: tuple[bytes, bytes], status: int = 200, data: bytes = GET) -> Attempt:
    """A response of the application with these fields, and the response to another request behind it.

    Fails unless the application is called.
    """
    with_ = {"status": status, "headers": [*PLAIN, *fields]}
    return attempt(server, data, app="responds", with_=with_, in_turn=True).called()


def everything(server: Server) -> Attempt:
    """A response in which all goes well."""
    return responds(server, (b"x-own", b"a"))


def refusal(server: Server) -> Response:
    """What a server answers by itself to a request that is none; NotApplicable if it does not."""
    return claims.refusal(attempt(server, b"GET / HTTP/1.1\r\nHost: testserver\r\nno field\r\n\r\n"))


def date(server: Server) -> bytes:
    """The Date that a server puts into a response in which all goes well; NotApplicable if it does not."""
    return present(everything(server).answer.all("date"), "responses have no Date")[0]


def seconds(date: str) -> float:
    """The POSIX time of a Date."""
    return parsedate_to_datetime(date).timestamp()


def is_sent(got: Attempt, data: bytes) -> bool:
    """Whether these bytes came anywhere."""
    return data in got.exchange.connection.everything()


@requirement("rfc9112.status.grammar")
@pytest.mark.parametrize("status", [200, 299, 404, 418, 451, 511, 599])
def test_a_status_line_keeps_to_the_grammar(server: Server, status: int) -> None:
    """A status line is version, space, three digits, space and a reason that may be empty."""
    line = heads(responds(server, status=status))[0]
    assert STATUS_LINE.fullmatch(line), saw(line, "HTTP/1.1 SP 3DIGIT SP [ reason-phrase ]")


@requirement(asgi="rfc9112.status.trailing_space")
def test_the_space_behind_a_status_code_is_always_sent(server: Server) -> None:
    """A status code for which there is no reason phrase is followed by a space."""
    line = heads(responds(server, status=299))[0]
    assert line.startswith(b"HTTP/1.1 299 "), saw(line, "a space behind 299")


@requirement("rfc9112.version.no_downgrade")
def test_http11_is_answered_with_http11(server: Server) -> None:
    """A request of HTTP/1.1 gets a response of HTTP/1.1."""
    line = heads(everything(server))[0]
    assert line.startswith(b"HTTP/1.1 "), saw(line, "HTTP/1.1")


@requirement("rfc9112.version.response_11")
def test_with_which_version_http10_is_answered(server: Server, observe: Observe) -> None:
    """The version of the response to a request of HTTP/1.0."""
    observe(heads(responds(server, data=GET_10))[0].partition(b" ")[0])


@requirement("rfc9110.version.response")
def test_the_version_of_a_refusal_is_that_of_other_responses(server: Server, observe: Observe) -> None:
    """The version of a response that the server makes by itself."""
    observe(refusal(server).version)


@requirement("rfc9110.version.no_nonconformant")
@pytest.mark.parametrize("version", [b"1.1", b"1.2", b"1.9"])
def test_no_version_is_claimed_that_does_not_exist(server: Server, version: bytes) -> None:
    """Whatever minor version is asked for, the response is of HTTP/1.0 or HTTP/1.1."""
    got = attempt(server, b"GET / HTTP/%b\r\nHost: testserver\r\nConnection: close\r\n\r\n" % version)
    found = {response.version for response in got.answered().responses}
    assert found <= {b"HTTP/1.0", b"HTTP/1.1"}, saw(found, "HTTP/1.1")


@requirement("rfc9110.version.no_nonconformant")
def test_no_refusal_is_in_the_protocol_of_an_earlier_request(server: Server) -> None:
    """What is no request is not answered in HTTPS/1.1, which requests of other connections have named."""
    for _ in range(TRIES):
        attempt(server, lines(b"GET / HTTPS/1.1", HOST), in_turn=True)
    for _ in range(TRIES):
        got = attempt(server, lines(b"NO REQUEST", HOST), in_turn=True)
        assert not got.rest.startswith(b"HTTPS/"), saw(got.rest, "an answer of HTTP, or none")


@requirement("rfc9112.parse.no_space_sent")
def test_no_line_of_a_head_begins_with_whitespace(server: Server) -> None:
    """There is no whitespace before the first field, nor before another."""
    lines = [line for line in heads(everything(server)) if line[:1] in {b" ", b"\t"}]
    assert not lines, saw(lines, "no whitespace at the beginning of a line")


@requirement("rfc9110.field.no_bws_sent")
def test_a_field_line_keeps_to_the_grammar(server: Server) -> None:
    """Each line of a head is a token, a colon right behind it, and a value of visible octets."""
    lines = [line for line in heads(everything(server))[1:] if not FIELD_LINE.fullmatch(line)]
    assert not lines, saw(lines, 'field-name ":" OWS field-value OWS')


@requirement("rfc9110.field.single_sp_ows")
def test_one_space_is_between_colon_and_value(server: Server) -> None:
    """The optional whitespace before a value is one space."""
    lines = heads(everything(server))[1:]
    odd = [line for line in lines if not re.match(TOKEN + rb": [^ \t]|" + TOKEN + rb": ?$", line)]
    assert not odd, saw(odd, "one space behind each colon")


@requirement("rfc9112.field.no_fold_sent")
@pytest.mark.parametrize("fold", [b"\r\n ", b"\r\n\t", b"\n "])
def test_no_field_is_folded(server: Server, fold: bytes) -> None:
    """A value of the application with line folding does not reach the wire as such."""
    got = responds(server, (b"x-own", b"one" + fold + b"two"))
    assert not is_sent(got, fold + b"two"), got.seen("an error of the application, or no fold")


@requirement("rfc9112.parse.bare_cr_sent")
@pytest.mark.parametrize("value", [b"one\rtwo", b"one\r", b"\rone"])
def test_no_bare_cr_is_sent(server: Server, value: bytes) -> None:
    """A CR in a value of the application does not reach the wire."""
    got = responds(server, (b"x-own", value))
    bare = re.findall(rb"\r(?!\n)", got.exchange.connection.everything())
    assert not bare, got.seen("an error of the application, or no CR")


@requirement("rfc9110.field.sent_no_ctl")
@pytest.mark.parametrize("control", [b"\r", b"\n", b"\0"])
def test_no_value_with_a_line_end_or_nul_is_sent(server: Server, control: bytes) -> None:
    """CR, LF or NUL inside a value of the application does not reach the wire."""
    got = responds(server, (b"x-own", b"one" + control + b"two"))
    assert not is_sent(got, b"one" + control + b"two"), got.seen("an error, or another octet in its place")


@requirement("rfc9112.sec.response_splitting")
@split_bytes
def test_a_value_does_not_become_another_field(server: Server, between: bytes) -> None:
    """Line ends in a value of the application make no field and no response out of the rest."""
    got = responds(server, (b"x-own", b"one" + between + b"two"))
    assert not is_sent(got, between), got.seen("an error of the application, or one field")


@requirement("rfc9112.sec.response_splitting")
@split_bytes
def test_a_name_does_not_become_another_field(server: Server, between: bytes) -> None:
    """Line ends in a field name of the application make no field and no response out of the rest."""
    got = responds(server, (b"x-own: one" + between.rstrip(b": "), b"two"))
    assert not is_sent(got, between.rstrip(b": ")), got.seen("an error of the application, or one field")


@requirement("rfc9110.field.no_dup_singletons")
@pytest.mark.parametrize("name", [b"content-type", b"content-length", b"date", b"server", b"location"])
def test_no_field_of_the_application_is_given_twice(server: Server, name: bytes) -> None:
    """A server adds no second line to a field that the application has set, and that is no list."""
    values = {b"content-length": b"7", b"date": b"Sun, 06 Nov 1994 08:49:37 GMT"}
    others = [item for item in PLAIN if item[0] != name]
    headers = [*others, (name, values.get(name, b"text/plain"))]
    got = attempt(server, GET, app="responds", with_={"headers": headers}, in_turn=True)
    assert len(got.answer.all(name.decode())) == 1, saw(got.answer.headers, "one of them")


@requirement("rfc9110.date.generated")
@pytest.mark.parametrize("status", [200, 301, 404])
def test_a_response_has_a_date(server: Server, status: int) -> None:
    """A response without a Date of the application's gets one."""
    found = responds(server, status=status).answer
    assert found.all("date"), saw(found.headers, "Date")


@requirement("rfc9110.date.generated")
def test_a_refusal_has_a_date(server: Server) -> None:
    """A 4xx response that the server makes by itself has a Date."""
    found = refusal(server)
    assert found.all("date"), saw(found.headers, "Date")


@requirement("rfc9110.status.304_date")
def test_a_304_has_a_date(server: Server) -> None:
    """A 304 response has a Date, and keeps the fields that the application has set."""
    headers = [(b"etag", b'"a"'), (b"vary", b"accept")]
    with_ = {"status": 304, "headers": headers, "parts": ()}
    got = attempt(server, GET, app="responds", with_=with_, in_turn=True)
    names = {name.lower() for response in got.responses[:1] for name, _ in response.headers}
    assert {b"date", b"etag", b"vary"} <= names, saw(names, "Date, ETag and Vary")


@requirement("rfc9110.date.5xx")
def test_whether_a_5xx_has_a_date(server: Server, observe: Observe) -> None:
    """Whether a 5xx response has a Date."""
    observe(bool(responds(server, status=503).answer.all("date")))


@requirement("rfc9110.date.imf_fixdate")
def test_a_date_is_in_the_one_format(server: Server) -> None:
    """A Date that the server generates is an IMF-fixdate."""
    found = date(server)
    assert IMF_FIXDATE.fullmatch(found), saw(found, "Sun, 06 Nov 1994 08:49:37 GMT or the like")


@requirement("rfc9110.date.accuracy")
def test_a_date_is_that_of_the_response(server: Server) -> None:
    """A Date lies between the request and the response, give or take the seconds that a clock is cut to."""
    began = time.time()
    found = date(server)
    present(IMF_FIXDATE.fullmatch(found), "a Date is no IMF-fixdate")
    assert began - 2 <= seconds(found.decode()) <= time.time() + 1, saw(found, "the time of the response")


@requirement("rfc9110.conn.listed_fields")
@pytest.mark.parametrize("name", ["keep-alive", "upgrade"])
def test_fields_about_the_connection_are_listed(server: Server, name: str) -> None:
    """If a server sends Keep-Alive or Upgrade, Connection lists it."""
    kept = GET[:-2] + b"Connection: keep-alive\r\n\r\n"
    found = attempt(server, kept, app="reads", in_turn=True).answer
    present(found.all(name), f"no {name} is sent")
    options = b",".join(found.all("connection")).lower()
    assert name.encode() in options, saw(found.headers, f"Connection: {name}")


@requirement("rfc9110.conn.no_e2e_option")
def test_no_connection_option_names_a_field_for_the_client(server: Server) -> None:
    """No connection option of a server names a field that is meant for all on the way."""
    options = b",".join(everything(server).answer.all("connection")).lower().split(b",")
    found = {option.strip() for option in options} & NO_OPTION
    assert not found, saw(found, "close, keep-alive, upgrade")


@requirement("rfc9110.server.optional")
def test_what_a_server_calls_itself(server: Server, observe: Observe) -> None:
    """The Server field that a server adds."""
    observe(everything(server).answer.all("server"))
