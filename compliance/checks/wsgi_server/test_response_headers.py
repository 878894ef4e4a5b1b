"""WSGI, the status and headers given to start_response: what is refused, what reaches the wire."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.expect import Observe, saw
from compliance.guest.apps import wsgi_start_response as apps
from compliance.requirements import requirement
from compliance.server import Server

CLOSE = [("Connection", "close")]
LINE_BREAKS = {
    "CRLF in a value": {"headers": [("X-A", "a\r\nX-Injected: 1")]},
    "LF in a value": {"headers": [("X-A", "a\nX-Injected: 1")]},
    "CR in a value": {"headers": [("X-A", "a\rX-Injected: 1")]},
    "CRLF in a name": {"headers": [("X-A: a\r\nX-Injected", "1")]},
    "CRLF in the status": {"status": "200 OK\r\nX-Injected: 1"},
    "LF in the status": {"status": "200 OK\nX-Injected: 1"},
}
BAD_STATUSES = ["", "abc", "20 OK", " 200 OK", "200", 200, b"200 OK", None]
BAD_HEADERS = {
    "a tuple of headers": (("X-A", "a"),),
    "a dict of headers": {"X-A": "a"},
    "a name of bytes": [(b"X-A", "a")],
    "a value of bytes": [("X-A", b"a")],
    "a value of int": [("X-A", 1)],
    "a header as list": [["X-A", "a"]],
    "a header of three": [("X-A", "a", "b")],
    "an empty name": [("", "a")],
    "a colon in a name": [("X-A:", "a")],
    "a space in a name": [("X A", "a")],
}
HOP_BY_HOP = [
    ("Connection", "close"),
    ("Keep-Alive", "timeout=5"),
    ("Proxy-Authenticate", "Basic"),
    ("TE", "trailers"),
    ("Trailer", "X-T"),
    ("Transfer-Encoding", "chunked"),
    ("Upgrade", "other/1"),
]
DEFAULTS = [("Date", "Sat, 01 Jan 2000 00:00:00 GMT"), ("Server", "the-application")]
DATE_AND_SERVER = [name for name, _ in DEFAULTS]
Header = tuple[str, str]
LATIN_1 = st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_categories=["Cc"])


def wire(server: Server, **with_: Any) -> bytes:
    """Everything that the server sends when start_response is given these arguments.

    Fails unless the application is called.
    """
    exchange = server.open(app=apps.answers, with_=with_, headers=CLOSE)
    exchange.wait_called()
    return exchange.connection.read_to_end()


def lines(raw: bytes) -> list[bytes]:
    """The lines of the head, whatever breaks them."""
    return re.split(rb"\r\n|\r|\n", raw.partition(b"\r\n\r\n")[0])


@requirement("wsgi.sr.header_value_injection", definite=True)
@pytest.mark.parametrize("with_", LINE_BREAKS.values(), ids=LINE_BREAKS.keys())
def test_a_line_break_never_reaches_the_wire(server: Server, with_: dict[str, Any]) -> None:
    """No CR or LF in a status, a name or a value begins a line of the response."""
    found = lines(wire(server, **with_))
    injected = [line for line in found if line.lower().startswith(b"x-injected")]
    assert not injected, saw(found, "no field that the application has smuggled in")


@requirement("wsgi.sr.header_value_injection")
@pytest.mark.parametrize("character", ["\r\n", "\r", "\n", "\0", "\x1b", "\x7f"])
def test_start_response_refuses_a_control_character(server: Server, character: str) -> None:
    """start_response raises for a header value that holds a control character."""
    raised = server.open(app=apps.tries, with_={"headers": [("X-A", f"a{character}b")]}).value("raised")
    assert raised, saw(raised, "an exception out of start_response")


@requirement("wsgi.sr.status_invalid")
@pytest.mark.parametrize("status", BAD_STATUSES, ids=repr)
def test_start_response_refuses_a_malformed_status(server: Server, status: Any) -> None:
    """start_response raises unless the status is a str of three digits, a space and a phrase."""
    raised = server.open(app=apps.tries, with_={"status": status}).value("raised")
    assert raised, saw(raised, "an exception out of start_response")


@requirement("wsgi.sr.status_invalid", definite=True)
@pytest.mark.parametrize("status", BAD_STATUSES, ids=repr)
def test_a_malformed_status_corrupts_no_status_line(server: Server, status: Any) -> None:
    """Whatever the status, what the client gets begins with a status line of HTTP, or is nothing."""
    raw = wire(server, status=status)
    assert re.match(rb"HTTP/1\.[01] [1-9][0-9]{2}[ \r]|$", raw), saw(raw, "a status line of HTTP, or nothing")


@requirement("wsgi.err.isolated", definite=True)
def test_a_status_out_of_range_does_not_end_the_server(server: Server) -> None:
    """After a response with a status that is no number of three digits, other requests are served."""
    wire(server, status="20 OK")
    later = server.fence(apps.answers)
    assert later.body == b"hello", later.seen("a later request served")


@requirement("wsgi.sr.early_check")
@pytest.mark.parametrize("headers", BAD_HEADERS.values(), ids=BAD_HEADERS.keys())
def test_start_response_refuses_malformed_headers(server: Server, headers: Any) -> None:
    """start_response raises unless the headers are a list of tuples of a field name and a str."""
    raised = server.open(app=apps.tries, with_={"headers": headers}).value("raised")
    assert raised, saw(raised, "an exception out of start_response")


@requirement("wsgi.strings.latin1_app_rejected")
@pytest.mark.parametrize(
    "with_", [{"status": "200 \u20ac"}, {"headers": [("X-A", "\u20ac")]}], ids=["status", "value"]
)
def test_a_character_beyond_latin1_is_an_error(server: Server, with_: dict[str, Any]) -> None:
    """A status or a header with a character above U+00FF is answered with 500, or not at all."""
    exchange = server.open(app=apps.answers, with_=with_, headers=CLOSE)
    found = exchange.outcome()
    exchange.wait_called()
    assert found is None or found.status == 500, saw(found, "500, or no response")


@requirement("wsgi.strings.latin1_app_rejected", definite=True)
def test_a_character_beyond_latin1_leaves_nobody_waiting(server: Server) -> None:
    """A client whose response cannot be encoded gets another one, or the end of its connection."""
    exchange = server.open(app=apps.answers, with_={"headers": [("X-A", "\u20ac")]})
    found = exchange.outcome()
    exchange.wait_called()
    assert found is None or found.complete or exchange.connection.ended, saw(found, "an end")


@requirement("wsgi.sr.hop_by_hop_error")
@pytest.mark.parametrize("header", HOP_BY_HOP, ids=[name for name, _ in HOP_BY_HOP])
def test_what_becomes_of_a_hop_by_hop_header(
    server: Server, observe: Observe, header: tuple[str, str]
) -> None:
    """Whether start_response raises for a hop-by-hop header, or the server drops it, or sends it on."""
    exchange = server.open(app=apps.answers, with_={"headers": [header]}, headers=CLOSE)
    raised = exchange.value("raised")
    head = lines(exchange.connection.read_to_end().lower())
    sent = f"{header[0]}: {header[1]}".lower().encode() in head
    observe(f"raises {raised}" if raised else "sends it" if sent else "drops it")


@requirement("wsgi.sr.hop_by_hop_error", definite=True)
def test_a_transfer_encoding_of_the_application_breaks_no_framing(server: Server) -> None:
    """If an application sets Transfer-Encoding, its response is still framed once, or refused."""
    with_ = {"headers": [("Transfer-Encoding", "chunked")], "blocks": [b"he", b"llo"]}
    exchange = server.open(app=apps.answers, with_=with_)
    found = exchange.outcome()
    exchange.wait_called()
    assert found is None or found.status == 500 or (found.complete and found.body == b"hello"), saw(
        found, "the body 'hello' in one framing, or an error"
    )


@requirement("rfc9112.te.chunked_once")
def test_a_transfer_encoding_of_the_application_is_not_repeated(server: Server) -> None:
    """If an application sets Transfer-Encoding, its response says chunked once at most."""
    with_ = {"headers": [("Transfer-Encoding", "chunked")], "blocks": [b"he", b"llo"]}
    head = lines(wire(server, **with_).lower())
    codings = [line for line in head if line.startswith(b"transfer-encoding:")]
    assert b" ".join(codings).count(b"chunked") <= 1, saw(codings, "chunked at most once")


@requirement("wsgi.sr.headers_server_may_change")
def test_whether_the_list_of_headers_is_changed(server: Server, observe: Observe) -> None:
    """Whether start_response changes the list that it is given, which it may."""
    observe(server.call(app=apps.keeps_headers).value("headers"))


@requirement("wsgi.sr.headers_sent")
def test_headers_reach_the_client(server: Server) -> None:
    """Every header of the application is on the wire, with its value."""
    headers = [(f"X-Header-{number}", f"value {number}") for number in range(10)]
    exchange = server.call(app=apps.answers, with_={"headers": headers})
    found = [(name, (exchange.header(name) or b"").decode("latin-1")) for name, _ in headers]
    assert found == headers, saw(found, f"{headers}")


@requirement("wsgi.sr.headers_sent")
def test_headers_of_one_name_stay_apart_and_in_order(server: Server) -> None:
    """Two Set-Cookie headers are two fields, in the order of the list."""
    headers = [("Set-Cookie", "a=1"), ("X-Other", "x"), ("Set-Cookie", "b=2, c=3")]
    exchange = server.call(app=apps.answers, with_={"headers": headers})
    found = exchange.response.all("set-cookie")
    assert found == [b"a=1", b"b=2, c=3"], saw(found, "two fields in order")


@requirement("wsgi.sr.header_latin1_bytes")
def test_latin1_characters_are_sent_as_single_octets(server: Server) -> None:
    """U+00E9 in a header value is the octet 0xE9 on the wire."""
    exchange = server.call(app=apps.answers, with_={"headers": [("X-A", "caf\u00e9")]})
    assert exchange.header("x-a") == b"caf\xe9", saw(exchange.header("x-a"), r"b'caf\xe9'")


@requirement("wsgi.sr.header_latin1_bytes")
@given(value=st.text(LATIN_1, max_size=100).map(lambda text: text.strip(" ")))
def test_any_header_value_reaches_the_wire_untouched(server: Server, value: str) -> None:
    """Any value of printable Latin-1 characters arrives as these octets."""
    exchange = server.call(app=apps.answers, with_={"headers": [("X-A", value)]})
    assert exchange.header("x-a") == value.encode("latin-1"), saw(
        exchange.header("x-a"), repr(value.encode("latin-1"))
    )


@requirement("wsgi.sr.required_headers_added")
def test_a_date_is_added(server: Server) -> None:
    """A response without a Date gets one from the server."""
    exchange = server.call(app=apps.answers)
    found = exchange.response.all("date")
    assert len(found) == 1, saw(found, "one Date field")


@requirement("wsgi.sr.no_duplicate_defaults")
@pytest.mark.parametrize("header", DEFAULTS, ids=DATE_AND_SERVER)
def test_a_default_header_is_not_added_to_that_of_the_application(server: Server, header: Header) -> None:
    """If the application gives a Date or a Server header, there is one of it on the wire."""
    exchange = server.call(app=apps.answers, with_={"headers": [header]})
    found = exchange.response.all(header[0])
    assert len(found) == 1, saw(found, f"one {header[0]} field")


@requirement("wsgi.http.play_dumb")
@pytest.mark.parametrize("header", DEFAULTS, ids=DATE_AND_SERVER)
def test_a_default_header_does_not_replace_that_of_the_application(server: Server, header: Header) -> None:
    """A Date or Server header that the application gives is not omitted, so the server has none to add."""
    exchange = server.call(app=apps.answers, with_={"headers": [header]})
    found = exchange.response.all(header[0])
    assert header[1].encode() in found, saw(found, f"the application's {header[1]!r}")


@requirement("wsgi.sr.case_insensitive")
def test_a_content_length_in_any_case_is_the_content_length(server: Server) -> None:
    """The application's content-LENGTH frames the body, and no other framing is added."""
    with_ = {"headers": [("content-LENGTH", "5")], "blocks": [b"he", b"llo"]}
    exchange = server.call(app=apps.answers, with_=with_)
    framing = (exchange.response.all("content-length"), exchange.response.all("transfer-encoding"))
    assert framing == ([b"5"], []), saw(framing, "one Content-Length and no Transfer-Encoding")


@requirement("wsgi.http.play_dumb")
def test_headers_about_the_content_pass_unchanged(server: Server) -> None:
    """What the application says about its content reaches the client as it is."""
    headers = [
        ("Content-Type", "x/y; a=b"),
        ("ETag", 'W/"1"'),
        ("Cache-Control", "no-store"),
        ("Vary", "A, B"),
    ]
    exchange = server.call(app=apps.answers, with_={"headers": headers})
    found = [(name, *exchange.response.all(name)) for name, _ in headers]
    assert found == [(name, value.encode()) for name, value in headers], saw(found, f"{headers}")


@requirement("wsgi.http.no_content_type_added")
def test_no_content_type_is_added(server: Server) -> None:
    """A response without a Content-Type goes out without one."""
    exchange = server.call(app=apps.answers, with_={"headers": []})
    found = exchange.response.all("content-type")
    assert found == [], saw(found, "no Content-Type field")
