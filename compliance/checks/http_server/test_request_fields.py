"""RFC 9112 sections 2.2 and 5, RFC 9110 section 5: the fields of a request."""

import pytest

from compliance.attempt import Attempt, attempt, both, seen
from compliance.expect import Observe
from compliance.guest.apps import default
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.pace import wait_read
from compliance.wire.spelled import HOST, PLACE, get, lines, post

NO_NAMES = {
    "no colon": b"nocolon",
    "empty": b": b",
    "space": b"X A: b",
    "parenthesis": b"X(A): b",
    "brackets": b"[X-A]: b",
    "slash": b"X/A: b",
    "quote": b'"X-A": b',
    "at sign": b"X@A: b",
    "NUL": b"X\0A: b",
    "control character": b"X\x01A: b",
    "DEL": b"X\x7fA: b",
    "tab": b"X\tA: b",
    "octet above 7F": b"X\xe9A: b",
}
BARE_CR = {
    "in a value": get(b"X-A: a\rb"),
    "before a field": get(b"X-A: a\rX-B: c"),
    "in a name": get(b"X\rA: b"),
    "before a colon": get(b"X-A\r: b"),
    "in the target": get(target=b"/a\rb"),
    "behind the version": b"GET / HTTP/1.1\r\r\nHost: testserver\r\n" + PLACE + b"\r\n",
    "behind a value": get(b"X-A: a\r"),
}
BARE_LF = {
    "before a field": b"X-A: a\nX-B: c",
    "before what is no field": b"X-A: a\nb",
}
TRIMMED = {
    "none": b"X-A:b c",
    "space": b"X-A: b c",
    "tab": b"X-A:\tb c\t",
    "many": b"X-A: \t  b c \t ",
}
LARGE = {
    "a value of 20000": [b"X-A: " + b"a" * 20_000],
    "a value of 300000": [b"X-A: " + b"a" * 300_000],
    "a name of 20000": [b"X" * 20_000 + b": a"],
    "200 fields": [b"X-%d: a" % number for number in range(200)],
    "5000 fields": [b"X-%d: a" % number for number in range(5000)],
    "a cookie of 70000": [b"Cookie: a=" + b"a" * 70_000],
}


def is_unfolded(values: list[bytes]) -> bool:
    """Whether a folded `a b` became one value with nothing but whitespace in place of the fold."""
    return len(values) == 1 and values[0].split() == [b"a", b"b"] and not {13, 10} & set(values[0])


def has_no_lf(one: Attempt) -> bool:
    """Whether no value that the application got has a LF in it."""
    return not any(b"\n" in value for call in one.own for _, value in call.fields)


def has_a_name_with(name: bytes, one: Attempt) -> bool:
    """Whether a field came whose name is this one, or has it in it: " X-A" is a field, too."""
    return any(name in key for call in one.own for key, _ in call.fields)


def has_no_line_end(one: Attempt) -> bool:
    """Whether the application saw no CR or LF, and no field X-B, which stands behind what is no line end."""
    seen = [item for call in one.own for pair in call.fields for item in pair] + [
        call.path for call in one.own
    ]
    return not any(item == b"x-b" or {13, 10} & set(item) for item in seen)


@requirement("rfc9112.field.space_before_colon")
@pytest.mark.parametrize(
    "line", [b"X-A : a", b"X-A\t: a", b"Content-Length : 3", b"Transfer-Encoding : chunked"]
)
def test_whitespace_before_a_colon_is_refused(server: Server, line: bytes) -> None:
    """A request with whitespace between a field name and its colon gets 400."""
    got = both(server, post(line, body=b"0\r\n\r\n"), in_turn=True)
    assert all(one.refused_with(400) for one in got), seen(got, "400, and no call")


@requirement("rfc9112.parse.space_before_first_field")
@pytest.mark.parametrize("line", [b" X-A: b", b"\tX-A: b"], ids=["space", "tab"])
def test_no_field_begins_with_whitespace(server: Server, line: bytes) -> None:
    """A line behind the request line that begins with whitespace is dropped, or the request is refused."""
    got = both(server, lines(b"GET / HTTP/1.1", line, HOST), in_turn=True)
    right = [one.turned_away or (one.in_step and not has_a_name_with(b"x-a", one)) for one in got]
    assert all(right), seen(got, "a refusal, or a request without this line")


@requirement("rfc9112.field.name_token")
@pytest.mark.parametrize("line", NO_NAMES.values(), ids=NO_NAMES.keys())
def test_a_field_without_a_name_that_is_a_token_is_refused(server: Server, line: bytes) -> None:
    """A request with a field line that has no colon, or no token before it, reaches no application."""
    got = both(server, get(line), in_turn=True)
    assert all(one.turned_away for one in got), seen(got, "a refusal, and no call")


@requirement("rfc9112.field.obs_fold")
@pytest.mark.parametrize("fold", [b"\r\n ", b"\r\n\t", b" \r\n  "], ids=["space", "tab", "many"])
def test_a_folded_value_is_refused_or_unfolded(server: Server, fold: bytes) -> None:
    """A request with a folded value gets 400, or the application sees spaces in place of the fold."""
    got = both(server, get(b"X-A: a" + fold + b"b"), in_turn=True)
    right = [one.refused_with(400) or is_unfolded(one.values(b"x-a")) for one in got]
    assert all(right), seen(got, f"400, or the value b'a b', not {got[0].values(b'x-a')}")


@requirement("rfc9112.field.ows_trimmed")
@pytest.mark.parametrize("line", TRIMMED.values(), ids=TRIMMED.keys())
def test_whitespace_around_a_value_is_no_part_of_it(server: Server, line: bytes) -> None:
    """The application sees a value without the whitespace around it, and with that inside."""
    got = attempt(server, get(line), app="reads", in_turn=True)
    assert [call.all(b"x-a") for call in got.own] == [[b"b c"]], got.seen("one call, with the value b'b c'")


@requirement("rfc9110.field.invalid_chars")
@pytest.mark.parametrize("value", [b"a\0b", b"\0", b"a\0"], ids=["between", "alone", "last"])
def test_nul_in_a_value_is_refused_or_a_space(server: Server, value: bytes) -> None:
    """A request with NUL in a value is refused, or the application sees a space in its place."""
    got = both(server, get(b"X-A: " + value), in_turn=True)
    replaced = [[value.replace(b"\0", b" ").strip()]]
    right = [one.turned_away or one.values(b"x-a") in replaced for one in got]
    assert all(right), seen(got, f"a refusal, or a space for NUL, not {got[0].values(b'x-a')}")


@requirement("rfc9110.field.other_ctl")
@pytest.mark.parametrize(
    "octet", [b"\x01", b"\x0b", b"\x0c", b"\x1f", b"\x7f"], ids=["01", "0B", "0C", "1F", "7F"]
)
def test_other_control_characters_in_a_value(server: Server, observe: Observe, octet: bytes) -> None:
    """What a server does with a control character in a value that is none of CR, LF and NUL."""
    observe(attempt(server, get(b"X-A: a" + octet + b"b"), app="reads", in_turn=True).outcome())


@requirement("rfc9112.parse.bare_cr_request")
@pytest.mark.parametrize("data", BARE_CR.values(), ids=BARE_CR.keys())
def test_a_bare_cr_reaches_no_application_and_ends_no_line(server: Server, data: bytes) -> None:
    """A CR that no LF follows makes its element invalid, or is a space."""
    got = both(server, data, in_turn=True)
    right = [one.turned_away or (one.in_step and has_no_line_end(one)) for one in got]
    assert all(right), seen(got, "a refusal, or no CR at the application")


@requirement("rfc9110.field.invalid_chars")
@pytest.mark.parametrize("line", BARE_LF.values(), ids=BARE_LF.keys())
def test_a_bare_lf_is_no_part_of_a_value(server: Server, line: bytes) -> None:
    """A LF that follows no CR ends its line, or is a space, or makes the request invalid."""
    got = both(server, get(line), in_turn=True)
    right = [one.turned_away or (one.in_step and has_no_lf(one)) for one in got]
    assert all(right), seen(got, f"a refusal, or no LF at the application, not {got[0].values(b'x-a')}")


@requirement("rfc9110.field.obs_text_opaque")
@pytest.mark.parametrize("value", [b"caf\xc3\xa9", b"\xff\xfe", b"a\x80b"], ids=["UTF-8", "no UTF-8", "80"])
def test_octets_above_7f_arrive_as_they_were_sent(server: Server, value: bytes) -> None:
    """The application sees the octets of a value that are no ASCII as they were sent."""
    got = attempt(server, get(b"X-A: " + value), app="reads", in_turn=True)
    assert [call.all(b"x-a") for call in got.own] == [[value]], got.seen(
        f"one call, with the value {value!r}"
    )


@requirement("rfc9112.parse.octets")
@pytest.mark.parametrize(
    "value",
    [
        b"a\xe5\x98\x8d\xe5\x98\x8aX-B: c",
        b"a\xc0\x8dX-B: c",
        b"a\xe2\x80\xa8X-B: c",
        b"a\xc2\x85X-B: c",
        b"\xff",
    ],
    ids=["U+560D U+560A", "overlong CR", "U+2028", "U+0085", "no UTF-8"],
)
def test_no_octets_above_7f_end_a_line(server: Server, value: bytes) -> None:
    """A value whose characters become line ends when they are decoded stays one value."""
    got = both(server, get(b"X-A: " + value), in_turn=True)
    right = [one.turned_away or (one.in_step and has_no_line_end(one)) for one in got]
    assert all(right), seen(got, "one field at the application, or a refusal")


@requirement("rfc9110.field.case_insensitive")
@pytest.mark.parametrize("name", [b"content-length", b"CONTENT-LENGTH", b"cONTENT-lENGTH"])
def test_the_names_of_fields_have_no_case(server: Server, name: bytes) -> None:
    """A body is framed by its length, in whatever letters the field is named."""
    got = attempt(server, post(name + b": 5", body=b"hello"), app="reads", in_turn=True)
    assert got.bodies == [b"hello"], got.seen("one call, with the body b'hello'")


@requirement("rfc9110.field.no_apply_before_headers")
def test_no_application_is_called_before_the_last_field(server: Server) -> None:
    """A request whose header section has not ended is not served yet."""
    app = default.wsgi if server.interface == "wsgi" else default.http
    with server.prepare(app) as exchange:
        exchange.send(b"GET / HTTP/1.1\r\nHost: testserver\r\n" + exchange.field + b"X-A: b\r\n")
        wait_read(exchange.connection.socket)
        exchange.connection.abort()
        server.fence(app)
        assert not server.has_called(exchange), exchange.seen("no call")


@requirement("rfc9110.field.too_large_4xx")
@pytest.mark.parametrize("fields", LARGE.values(), ids=LARGE.keys())
def test_fields_that_are_too_large_get_an_error(server: Server, fields: list[bytes]) -> None:
    """Large fields, and many, reach the application whole, or are refused with a status of 4xx."""
    got = attempt(server, get(*fields), app="reads", in_turn=True)
    name = fields[-1].partition(b":")[0].lower()
    whole = [call.all(name) for call in got.own] == [[fields[-1].partition(b": ")[2]]]
    refused = got.refused and got.statuses[0] < 500
    assert whole or refused, got.seen("all fields at the application, or 4xx")


@requirement("rfc9110.field.empty_list_elements")
@pytest.mark.parametrize("value", [b", close", b"close,,", b",,\t, close ,"])
def test_empty_elements_of_a_list_are_ignored(server: Server, value: bytes) -> None:
    """`close` counts among empty elements of Connection: what follows is not served."""
    got = attempt(server, get(b"Connection: " + value), app="reads", in_turn=True)
    assert [call.path for call in got.calls] == [b"/"], got.seen("one request served, and a close")


@requirement("rfc9110.field.combine")
def test_fields_of_one_name(server: Server, observe: Observe) -> None:
    """What the application sees of two fields of one name."""
    observe(attempt(server, get(b"X-A: one", b"X-A: two"), app="reads", in_turn=True).values(b"x-a"))
