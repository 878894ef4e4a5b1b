"""ASGI over HTTP/2: requests of one connection, each on a stream, that do not get into each other's way."""

from typing import Any

import pytest

from compliance.expect import saw
from compliance.guest.apps import (
    asgi_application_errors,
    asgi_http_disconnect,
    asgi_http_request,
    asgi_http_response,
    asgi_scope_isolation,
)
from compliance.guest.apps.asgi_http_response import body, start
from compliance.http2 import Client, StreamExchange
from compliance.modes import mode
from compliance.requirements import requirement
from compliance.server import Server

SPLITS = {
    "one": [b"content"],
    "two": [b"con", b"tent"],
    "an empty one first": [b"", b"content"],
    "octets": [b"c", b"o", b"n", b"t", b"e", b"n", b"t"],
    "an empty one last": [b"content", b""],
}
splits = pytest.mark.parametrize("parts", SPLITS.values(), ids=SPLITS.keys())
LARGE = bytes(range(256)) * 4096


def upload(client: Client, parts: list[bytes], **options: Any) -> StreamExchange:
    """A request whose body comes in these DATA frames, the last of which ends it."""
    exchange = client.open("POST", end=False, **options)
    for part in parts[:-1]:
        exchange.send_data(part)
    exchange.send_data(parts[-1], end=True)
    return exchange


def waiting(client: Client, before: Any = ()) -> StreamExchange:
    """A request whose application has sent these messages and is about to wait in receive."""
    exchange = client.open("POST", app=asgi_http_disconnect.waits, with_={"before": before}, body=b"x")
    exchange.wait("waiting")
    return exchange


@requirement("asgi.http.connection.h2_multiplex")
@mode("http2")
def test_a_later_request_is_answered_before_an_earlier_one(server: Server) -> None:
    """A request that waits holds up no other of its connection, and each response comes on its own stream."""
    with Client(server) as client:
        app = asgi_scope_isolation.gated
        first, second = (client.open("POST", path, app=app, body=b"x") for path in ("/a", "/b"))
        first.wait_gate("go on")
        second.open_gate("go on")
        assert second.body == b"/b", second.seen("b'/b' on the second stream, before the first")
        first.open_gate("go on")
        assert first.body == b"/a", first.seen("b'/a' on the first stream")


@requirement("asgi.http.connection.h2_multiplex")
@mode("http2")
def test_many_requests_of_a_connection_are_answered_each_on_its_stream(server: Server) -> None:
    """Of twenty bodies that are sent before anything is read, each comes back on its own stream."""
    sent = [b"body %d " % number * 50 for number in range(20)]
    with Client(server) as client:
        exchanges = [client.open("POST", body=data) for data in sent]
        found = [exchange.body for exchange in exchanges]
    assert found == sent, saw(found, "each body on its own stream")


@requirement("asgi.http.connection.h2_multiplex")
@mode("http2")
def test_parts_of_two_responses_alternate(server: Server) -> None:
    """Two responses on one connection are streamed at the same time, each part on its own stream."""
    with Client(server) as client:
        app = asgi_http_response.two_parts_with_a_gate
        exchanges = [client.open(app=app) for _ in range(2)]
        firsts = [exchange.read_body(3) for exchange in exchanges]
        for exchange in exchanges[::-1]:
            exchange.open_gate("first part read")
        rests = [exchange.read_body() for exchange in exchanges]
    assert (firsts, rests) == ([b"one"] * 2, [b"two"] * 2), saw((firsts, rests), "'one' and 'two' on both")


@requirement("asgi.http.connection.h2_multiplex")
@mode("http2")
def test_a_response_that_the_client_does_not_read_holds_up_no_other(server: Server) -> None:
    """A stream whose window is used up waits alone; when it is opened, the rest of it comes."""
    with Client(server, window=10) as client:
        stuck = client.open("POST", body=b"0123456789 and more")
        assert stuck.read_body(10) == b"0123456789", stuck.seen("what the window allows")
        other = client.open(app=asgi_http_response.fine)
        assert other.body == b"fine", other.seen("b'fine' while the other stream waits")
        stuck.allow(100)
        assert stuck.read_body() == b" and more", stuck.seen("the rest")


@requirement("asgi.http.connection.h2_multiplex")
@mode("http2")
def test_an_application_that_fails_harms_no_other_stream(server: Server) -> None:
    """When the application of one stream raises, another one of the connection goes on to its end."""
    with Client(server) as client:
        other = client.open(app=asgi_http_response.two_parts_with_a_gate)
        assert other.read_body(3) == b"one", other.seen("the first part")
        client.open(app=asgi_application_errors.raises).outcome()
        other.open_gate("first part read")
        assert other.read_body() == b"two", other.seen("the second part, after another stream failed")


@requirement("asgi.http.body.error_before_start", definite=True)
@mode("http2")
def test_an_error_before_the_response_ends_the_stream(server: Server) -> None:
    """The client gets a server error, or the end of the stream, and does not wait."""
    with Client(server) as client:
        response = client.open(app=asgi_application_errors.raises).outcome()
    status = response.status if response else 500
    assert status >= 500, saw(status, "500, or the end of the stream")


@requirement("asgi.http.body.error_after_partial")
@mode("http2")
def test_an_error_in_the_middle_of_a_response_resets_the_stream(server: Server) -> None:
    """A response that breaks off does not end as a whole one does."""
    with Client(server) as client:
        app, before = asgi_application_errors.raises_at_a_gate, [start(), body(b"part", True)]
        exchange = client.open(app=app, with_={"before": before})
        assert exchange.read_body(4) == b"part", exchange.seen("b'part'")
        exchange.open_gate("fail")
        response = exchange.outcome()
        complete = response is not None and response.complete and response.status < 500
    assert not complete, saw(response, "a stream that is reset, or a server error")


@requirement("asgi.http.request.body_concat")
@mode("http2")
@splits
def test_the_parts_of_a_body_are_joined_however_data_is_split(server: Server, parts: list[bytes]) -> None:
    """The application gets the whole body, in whatever frames it came."""
    with Client(server) as client:
        found = upload(client, parts).value("body")
    assert found == b"content", saw(found, "b'content'")


@requirement("asgi.http.request.more_body_final")
@mode("http2")
@splits
def test_only_the_last_event_of_a_body_over_http2_ends_it(server: Server, parts: list[bytes]) -> None:
    """more_body is true for all events of a body but the last one."""
    with Client(server) as client:
        events = upload(client, parts, app=asgi_http_request.events).values("event")
    found = [event.get("more_body", False) for event in events]
    assert found == [True] * (len(found) - 1) + [False], saw(found, "False at the end only")


@requirement("asgi.http.request.sent_without_body")
@mode("http2")
def test_a_request_over_http2_without_a_body_is_one_empty_event(server: Server) -> None:
    """A request that ends with its head is an event with nothing to follow."""
    with Client(server) as client:
        events = client.open(app=asgi_http_request.events).values("event")
    found = [(event.get("body", b""), event.get("more_body", False)) for event in events]
    assert found == [(b"", False)], saw(events, "one http.request without a body")


@requirement("asgi.http.request.started_before_body_complete")
@mode("http2")
def test_the_application_is_called_before_the_body_over_http2_is_complete(server: Server) -> None:
    """While the client still sends, the application runs and has the first part."""
    with Client(server) as client:
        exchange = client.open("POST", app=asgi_http_request.events, end=False)
        exchange.send_data(b"first")
        event = exchange.value("event")
        exchange.send_data(b"", end=True)
    assert event.get("body") == b"first", saw(event, "b'first' while the rest is still to come")


@requirement("asgi.http.request.body_concat")
@mode("http2")
def test_a_large_body_passes_through_http2(server: Server) -> None:
    """A body that is larger than the windows of flow control arrives, and leaves again."""
    with Client(server) as client:
        found = client.call("POST", body=LARGE).body
    assert found == LARGE, saw(len(found), f"the {len(LARGE)} bytes of the request")


@requirement("asgi.http.connection.h2_multiplex")
@mode("http2")
def test_a_body_that_the_application_does_not_read_holds_up_no_other(server: Server) -> None:
    """A stream whose body is not read takes no room from those that are."""
    with Client(server) as client:
        unread = client.open("POST", app=asgi_http_request.late_digest, body=b"x" * 60000)
        unread.wait_gate("read")
        found = client.call("POST", body=LARGE[:100000]).body
        unread.open_gate("read")
        length = unread.value("body")[0]
    assert (len(found), length) == (100000, 60000), saw((len(found), length), "100000 and 60000 bytes")


@requirement("asgi.http.disconnect.after_client_close")
@mode("http2")
def test_a_stream_that_is_reset_is_a_disconnect(server: Server) -> None:
    """An application that waits in receive learns that its client wants nothing more of the request."""
    with Client(server) as client:
        exchange = waiting(client)
        exchange.reset()
        message = exchange.value("received")
    assert message.get("type") == "http.disconnect", saw(message, "http.disconnect")


@requirement("asgi.http.disconnect.during_long_poll")
@mode("http2")
def test_a_stream_that_is_reset_while_streaming_is_a_disconnect(server: Server) -> None:
    """An application in the middle of its response learns it, too."""
    with Client(server) as client:
        exchange = waiting(client, [start(), body(b"part", True)])
        exchange.reset()
        message = exchange.value("received")
    assert message.get("type") == "http.disconnect", saw(message, "http.disconnect")


@requirement("asgi.http.disconnect.after_client_close")
@mode("http2")
def test_the_end_of_the_connection_is_a_disconnect_for_every_stream(server: Server) -> None:
    """When the client leaves, the applications of all its requests learn it."""
    with Client(server) as client:
        exchanges = [waiting(client) for _ in range(3)]
        client.connection.close()
        found = [exchange.value("received").get("type") for exchange in exchanges]
    assert found == ["http.disconnect"] * 3, saw(found, "http.disconnect for each of them")


@requirement("asgi.http.disconnect.not_early")
@mode("http2")
def test_a_stream_that_is_reset_disconnects_no_other(server: Server) -> None:
    """While another request is reset, a request goes on and is answered."""
    with Client(server) as client:
        other = client.open(app=asgi_http_response.two_parts_with_a_gate)
        assert other.read_body(3) == b"one", other.seen("the first part")
        gone = waiting(client)
        gone.reset()
        gone.wait_end()
        other.open_gate("first part read")
        assert other.read_body() == b"two", other.seen("the second part, after another stream was reset")


@requirement("asgi.http.request.truncated_body")
@mode("http2")
def test_a_body_that_is_reset_is_not_complete(server: Server) -> None:
    """An application whose client resets the stream in the middle of its body gets no last part."""
    with Client(server) as client:
        exchange = client.open("POST", app=asgi_http_request.events, end=False)
        exchange.send_data(b"part")
        server.fence(asgi_http_response.fine)
        exchange.reset()
        server.fence(asgi_http_response.fine)
        events = exchange.values("event") if server.has_called(exchange) else []
    last = [event.get("type") for event in events[-1:]]
    assert last in ([], ["http.disconnect"]), saw(events, "http.disconnect at last, if it was called")


@requirement("asgi.http.connection.h2_multiplex")
@mode("http2")
def test_a_connection_outlives_a_stream_that_was_reset(server: Server) -> None:
    """After a request that was reset the connection takes others."""
    with Client(server) as client:
        exchange = waiting(client)
        exchange.reset()
        exchange.wait_end()
        found = client.call(app=asgi_http_response.fine).body
    assert found == b"fine", saw(found, "b'fine' on the same connection")
