"""ASGI extension http.response.trailers: fields after the content, for a client that asks for them."""

from typing import Any

import pytest

from compliance.claims import offers
from compliance.exchange import Exchange
from compliance.expect import in_sync, saw
from compliance.guest.apps import asgi_extensions
from compliance.guest.apps.asgi_extensions import trailers
from compliance.guest.apps.asgi_http_response import body, fine, start
from compliance.requirements import requirement
from compliance.server import Server

EXTENSION = "http.response.trailers"
WANTED = [("TE", "trailers"), ("Connection", "TE")]
CHECKSUM = (b"x-checksum", b"1a2b")
START = start(200, [(b"trailer", b"x-checksum")], trailers=True)
CONTENT = [body(b"con", True), body(b"tent")]
EVENTS: dict[str, dict[str, Any]] = {
    "lists": {"headers": [[b"x-checksum", b"1a2b"]]},
    "tuples": {"headers": ((b"x-checksum", b"1a2b"),)},
    "a last one": {"headers": [[b"x-checksum", b"1a2b"]], "more_trailers": False},
}


def tried(server: Server, *messages: Any, wanted: bool = True, **options: Any) -> Exchange:
    """A response that the application tries to make of these messages, whatever the server announces."""
    lazy = options.pop("lazy", ())
    return server.open(
        app=asgi_extensions.tries,
        with_={"messages": messages, "lazy": lazy},
        headers=WANTED if wanted else (),
        **options,
    )


def sent(server: Server, *messages: Any, **options: Any) -> Exchange:
    """The same for a server that announces trailers; NotApplicable for any other."""
    exchange = tried(server, *messages, **options)
    offers(exchange.value("scope"), EXTENSION)
    return exchange


def received(exchange: Exchange) -> tuple[bytes, list[tuple[bytes, bytes]], bool]:
    """The content, the trailers with names in lower case, and whether the message came to its end."""
    response = exchange.outcome()
    if response is None:
        return b"", [], False
    return response.body, [(name.lower(), value) for name, value in response.trailers], response.complete


def early_end(server: Server, *, wanted: bool) -> bytes:
    """What follows the content while the application has not sent its trailers yet."""
    messages = (START, *CONTENT, "trailers", trailers(CHECKSUM))
    with sent(server, *messages, wanted=wanted) as exchange:
        exchange.read_body(7)
        exchange.wait_gate("trailers")
        server.fence(fine)
        return exchange.connection.arrived().removeprefix(b"\r\n")  # of the last chunk


@requirement("asgi.ext.trailers.advertised")
def test_a_server_that_sends_trailers_announces_them(server: Server) -> None:
    """Where the trailers of the application reach the client, the scope lists the extension."""
    with tried(server, START, *CONTENT, trailers(CHECKSUM)) as exchange:
        announced = EXTENSION in (exchange.value("scope").get("extensions") or {})
        found = received(exchange)
    assert announced or not found[1], saw(found, "no trailers from a server that does not announce them")


@requirement("asgi.ext.trailers.event")
@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())
def test_trailers_reach_a_client_that_asks_for_them(server: Server, event: dict[str, Any]) -> None:
    """The fields of http.response.trailers, in any iterable, follow the content."""
    with sent(server, START, *CONTENT, {"type": EXTENSION, **event}) as exchange:
        found = received(exchange)
    assert found == (b"content", [CHECKSUM], True), saw(found, "b'content', then the trailer, then the end")


@requirement("asgi.ext.trailers.event")
def test_trailers_may_come_from_an_iterator(server: Server) -> None:
    """headers may be an iterator, which can be looked at once."""
    with sent(server, START, *CONTENT, trailers(CHECKSUM), lazy=["headers"]) as exchange:
        found = received(exchange)
    assert found[1] == [CHECKSUM], saw(found, "the trailer")


@requirement("asgi.ext.trailers.event", definite=True)
def test_trailers_cannot_split_a_response(server: Server) -> None:
    """Line ends in the value of a trailer, and a pseudo-header, add no line of their own."""
    bad = [trailers((b"x-a", b"1\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")), trailers((b":status", b"500"))]
    with sent(server, START, *CONTENT, *bad, trailers(CHECKSUM)) as exchange:
        exchange.outcome()
        rest = exchange.afterwards()
        wire = exchange.connection.everything()
    assert in_sync(rest) and b"\r\n:status" not in wire, saw(wire, "one response")  # noqa: PT018


@requirement("asgi.ext.trailers.wait", definite=True)
def test_the_response_does_not_end_before_its_trailers(server: Server) -> None:
    """After the last body message of a response with trailers, the server waits for them."""
    early = early_end(server, wanted=True)
    assert early == b"", saw(early, "nothing before the trailers")


@requirement("asgi.http.start.trailers_wait")
def test_the_response_does_not_end_before_trailers_that_nobody_wants(server: Server) -> None:
    """The server waits for the trailers also where they will not be sent."""
    early = early_end(server, wanted=False)
    assert early == b"", saw(early, "nothing before the application's trailers")


@requirement("asgi.ext.trailers.more_trailers")
def test_trailers_may_come_in_several_messages(server: Server) -> None:
    """The fields of a message with more_trailers are followed by those of the next."""
    parts = [trailers((b"x-a", b"1"), more_trailers=True), trailers((b"x-b", b"2"))]
    with sent(server, START, *CONTENT, *parts) as exchange:
        found = received(exchange)
    assert found == (b"content", [(b"x-a", b"1"), (b"x-b", b"2")], True), saw(found, "both fields")


@requirement("asgi.ext.trailers.more_trailers", definite=True)
def test_a_response_does_not_end_while_more_trailers_are_to_come(server: Server) -> None:
    """After a message with more_trailers the server waits for the next."""
    parts = [trailers((b"x-a", b"1"), more_trailers=True), "last", trailers((b"x-b", b"2"))]
    with sent(server, START, *CONTENT, *parts) as exchange:
        exchange.read_body(7)
        exchange.wait_gate("last")
        server.fence(fine)
        early = exchange.connection.arrived()
    assert b"\r\n\r\n" not in early, saw(early, "no end of the trailers")


@requirement("asgi.ext.trailers.after_end_ignored", definite=True)
@pytest.mark.parametrize("late", [body(b"late"), trailers((b"x-late", b"late"))], ids=["body", "trailers"])
def test_nothing_is_sent_after_the_trailers(server: Server, late: dict[str, Any]) -> None:
    """A message after the last trailers leaves no trace on the wire."""
    with sent(server, START, *CONTENT, trailers(CHECKSUM), late) as exchange:
        exchange.outcome()
        exchange.wait_end()
        rest = exchange.afterwards()
        wire = exchange.connection.everything()
    assert in_sync(rest) and b"late" not in wire, saw(wire, "one response")  # noqa: PT018


@requirement("asgi.ext.trailers.te_required")
def test_a_client_that_does_not_ask_gets_no_trailers(server: Server) -> None:
    """Without TE: trailers in the request the content ends without them."""
    with sent(server, START, *CONTENT, trailers(CHECKSUM), wanted=False) as exchange:
        found = received(exchange)
    assert found == (b"content", [], True), saw(found, "b'content', and its end without trailers")


@requirement("asgi.ext.trailers.flag_not_true")
def test_trailers_that_were_not_promised_are_not_sent(server: Server) -> None:
    """Without trailers in http.response.start, the last body message is the end of the response."""
    with sent(server, start(), *CONTENT, trailers(CHECKSUM)) as exchange:
        found = received(exchange)
        rest = exchange.afterwards()
    assert found[1:] == ([], True) and in_sync(rest), saw((found, rest), "no trailers")  # noqa: PT018


@requirement("asgi.ext.trailers.not_validated")
def test_what_becomes_of_a_trailer_that_was_not_declared(server: Server, observe: Any) -> None:
    """Whether a field that Trailer did not name is sent is recorded; the content is whole in any case."""
    with sent(server, START, *CONTENT, trailers((b"x-other", b"1"))) as exchange:
        content, fields, complete = received(exchange)
    observe(fields)
    assert (content, complete) == (b"content", True), saw((content, complete), "the content, complete")


@requirement("asgi.ext.trailers.http10", definite=True)
def test_http10_gets_no_trailers(server: Server) -> None:
    """After the content of a response to HTTP/1.0 there is nothing."""
    with sent(server, START, *CONTENT, trailers(CHECKSUM), version="1.0") as exchange:
        content = exchange.outcome()
        wire = exchange.connection.everything()
    assert content is not None and wire.endswith(b"\r\n\r\ncontent"), saw(wire, "the content")  # noqa: PT018


@requirement("rfc9110.trailer.sent_allowed")
@pytest.mark.parametrize("name", [b"content-length", b"transfer-encoding", b"host", b"authorization"])
def test_no_field_comes_as_a_trailer_that_may_not(server: Server, name: bytes) -> None:
    """A trailer about framing, routing or credentials does not reach the client."""
    with sent(server, START, *CONTENT, trailers((name, b"7"))) as exchange:
        found = received(exchange)
    assert name not in dict(found[1]), saw(found, "an error in the application, or no such trailer")


@requirement("rfc9110.trailer.bodyless")
@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_no_trailers_follow_where_there_is_no_content(server: Server, method: str, status: int) -> None:
    """The trailers of a response without content do not get the connection out of step."""
    first = start(status, [(b"trailer", b"x-checksum")], trailers=True)
    with sent(server, first, body(b""), trailers(CHECKSUM), method=method) as exchange:
        exchange.outcome()
        rest = exchange.afterwards()
    assert b"x-checksum: 1a2b" not in rest.lower(), saw(rest, "no trailers")
