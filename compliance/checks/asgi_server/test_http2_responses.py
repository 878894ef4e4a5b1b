"""ASGI over HTTP/2: what becomes of the messages of a response."""

from typing import Any

import pytest

from compliance.claims import offers
from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_extensions, asgi_http_response
from compliance.guest.apps.asgi_extensions import hint, trailers
from compliance.guest.apps.asgi_http_response import body, start
from compliance.http2 import Client, StreamExchange
from compliance.modes import mode
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.http import Response

EMPTY_BODIES = {"HEAD": ("HEAD", 200), "204": ("GET", 204), "304": ("GET", 304)}
OF_CONNECTIONS = {b"connection", b"proxy-connection", b"keep-alive", b"transfer-encoding", b"upgrade"}
LINK = b"</a.css>; rel=preload; as=style"
CHECKSUM = (b"x-checksum", b"1a2b")
WANTED = [(b"te", b"trailers")]


def said(server: Server, *messages: Any, method: str = "GET") -> Response:
    """The response that the application makes of these messages."""
    with Client(server) as client:
        exchange = client.open(method, app=asgi_http_response.says, with_={"messages": messages})
        exchange.outcome()
        return exchange.response


def tried(client: Client, extension: str, *messages: Any, **options: Any) -> StreamExchange:
    """A response of these messages; NotApplicable for a server that does not announce the extension."""
    exchange = client.open(app=asgi_extensions.tries, with_={"messages": messages}, **options)
    offers(exchange.value("scope"), extension)
    return exchange


@requirement("asgi.http.start.event_accepted")
@mode("http2")
@pytest.mark.parametrize("status", [200, 201, 404, 500, 599])
def test_the_status_of_a_response_over_http2_is_that_of_the_application(server: Server, status: int) -> None:
    """The status arrives as the application has given it."""
    found = said(server, start(status, [(b"content-length", b"1")]), body(b"x")).status
    assert found == status, saw(found, str(status))


@requirement("asgi.http.start.headers_order")
@mode("http2")
def test_the_headers_of_a_response_over_http2_keep_their_order(server: Server) -> None:
    """The headers of the application arrive in their order, repeated ones apart."""
    sent = [(b"x-b", b"1"), (b"set-cookie", b"a=1"), (b"x-a", b"2"), (b"set-cookie", b"b=2"), (b"x-b", b"3")]
    response = said(server, start(200, sent), body(b"x"))
    found = [item for item in response.headers if item[0] in {b"x-a", b"x-b", b"set-cookie"}]
    assert found == sent, saw(found, repr(sent))


@requirement("asgi.http.start.headers_exact_bytes")
@mode("http2")
def test_the_octets_of_a_header_arrive_through_http2(server: Server) -> None:
    """A value is the octets that the application has sent."""
    found = said(server, start(200, [(b"x-a", b"caf\xc3\xa9 \xe9")]), body(b"x")).all("x-a")
    assert found == [b"caf\xc3\xa9 \xe9"], saw(found, "[b'caf\\xc3\\xa9 \\xe9']")


@requirement("asgi.http.start.event_accepted", definite=True)
@mode("http2")
def test_header_names_over_http2_are_in_lower_case(server: Server) -> None:
    """HTTP/2 has no capital letters in names: a response with one is malformed (RFC 9113 section 8.2)."""
    response = said(server, start(200, [(b"x-a", b"1"), (b"content-type", b"text/plain")]), body(b"x"))
    found = [name for name, _ in response.headers if name != name.lower()]
    assert not found, saw(found, "names in lower case")


@requirement("asgi.http.start.event_accepted", definite=True)
@mode("http2")
def test_a_response_over_http2_says_nothing_of_connections(server: Server) -> None:
    """A response with a field about its connection is malformed in HTTP/2 (RFC 9113 section 8.2.2)."""
    found = {name.lower() for name, _ in said(server, start(), body(b"x")).headers} & OF_CONNECTIONS
    assert not found, saw(found, "none of the fields of HTTP/1.1 about connections")


@requirement("asgi.http.start.headers_uppercase_tolerated")
@mode("http2")
def test_what_becomes_of_capital_letters_in_names_over_http2(server: Server, observe: Observe) -> None:
    """How a name with capital letters arrives is recorded: in lower case, or in no response."""
    with Client(server) as client:
        messages = [start(200, [(b"X-Mixed", b"1")]), body(b"x")]
        exchange = client.open(app=asgi_http_response.says_all, with_={"messages": messages})
        response = exchange.outcome()
    names = [name for name, _ in response.headers if name.lower() == b"x-mixed"] if response else []
    observe((response and response.status, names))
    assert names in ([], [b"x-mixed"]), saw(names, "b'x-mixed', or nothing")


@requirement("asgi.http.body.event_accepted")
@mode("http2")
@pytest.mark.parametrize("length", [(), ((b"content-length", b"7"),)], ids=["no length", "a length"])
def test_the_parts_of_a_response_over_http2_are_joined(server: Server, length: Any) -> None:
    """The content is that of all body messages, and the stream ends behind it."""
    response = said(server, start(200, length), body(b"con", True), body(b"", True), body(b"tent"))
    found = response.body, response.complete
    assert found == (b"content", True), saw(found, "b'content', and the end of the stream")


@requirement("asgi.http.body.completes")
@mode("http2")
@pytest.mark.parametrize(("method", "status"), EMPTY_BODIES.values(), ids=EMPTY_BODIES.keys())
def test_a_response_over_http2_without_content_ends(server: Server, method: str, status: int) -> None:
    """A response that has no content ends with its head, or an empty frame."""
    response = said(server, start(status), body(), method=method)
    found = response.status, response.body, response.complete
    assert found == (status, b"", True), saw(found, f"{status} without content, and the end of the stream")


@requirement("asgi.http.body.flush")
@mode("http2")
def test_a_part_reaches_the_client_of_http2_before_send_returns(server: Server) -> None:
    """Each part is on the wire before the application continues."""
    with Client(server) as client:
        exchange = client.open(app=asgi_http_response.two_parts_with_a_gate)
        assert exchange.read_body(3) == b"one", exchange.seen("the first part before the gate opens")
        exchange.open_gate("first part read")
        assert exchange.read_body() == b"two", exchange.seen("the second part after the gate")


@requirement("asgi.http.body.missing_end", definite=True)
@mode("http2")
def test_a_response_over_http2_that_is_left_open_does_not_look_complete(server: Server) -> None:
    """An application that returns before its last part leaves no stream that ends well."""
    with Client(server) as client:
        messages = [start(), body(b"part", True)]
        response = client.open(app=asgi_http_response.says, with_={"messages": messages}).outcome()
    complete = response is not None and response.complete and response.status < 500
    assert not complete, saw(response, "a stream that is reset, or a server error")


@requirement("asgi.ext.trailers.event")
@mode("http2")
def test_trailers_end_a_stream(server: Server) -> None:
    """Trailers come behind the content, in a head of their own that ends the stream."""
    messages = [start(trailers=True), body(b"content"), trailers(CHECKSUM)]
    with Client(server) as client:
        exchange = tried(client, "http.response.trailers", *messages, headers=WANTED)
        response = exchange.finish().response
    found = response.body, response.trailers, response.complete
    assert found == (b"content", [CHECKSUM], True), saw(found, f"b'content', then {CHECKSUM}")


@requirement("asgi.ext.trailers.wait")
@mode("http2")
def test_a_stream_stays_open_for_its_trailers(server: Server) -> None:
    """Behind the content nothing ends until the application has sent its trailers."""
    messages = [start(trailers=True), body(b"content"), "trailers", trailers(CHECKSUM)]
    with Client(server) as client:
        exchange = tried(client, "http.response.trailers", *messages, headers=WANTED)
        assert exchange.read_body(7) == b"content", exchange.seen("the content")
        exchange.wait_gate("trailers")
        client.call(app=asgi_http_response.fine)
        early = exchange.stream.over
        exchange.open_gate("trailers")
        assert not early, exchange.seen("an open stream while the application waits")


@requirement("asgi.ext.earlyhint.response")
@mode("http2")
def test_early_hints_come_before_the_head_of_a_stream(server: Server) -> None:
    """A 103 with the links comes first, and the response is whole."""
    messages = [hint(LINK), start(200, [(b"content-length", b"7")]), hint(LINK), body(b"content")]
    with Client(server) as client:
        response = tried(client, "http.response.early_hint", *messages).finish().response
    hints = [found.all("link") for found in response.interim if found.status == 103]
    found = [LINK] in hints, response.body, response.complete
    assert found == (True, b"content", True), saw((hints, response.body), f"{[LINK]} and b'content'")
