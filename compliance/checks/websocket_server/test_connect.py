"""ASGI WebSocket, Connect and Accept: the application is asked, and its answer completes the handshake."""

import contextlib
from typing import Any

import pytest

from compliance.claims import since
from compliance.expect import Closed, Observe, saw
from compliance.guest.apps import asgi_websocket
from compliance.guest.apps.asgi_websocket import accept
from compliance.guest.apps.asgi_websocket_asking import asks_before_accept
from compliance.guest.apps.asgi_websocket_sending import says, stays, tries, tries_late
from compliance.requirements import requirement
from compliance.server import Server
from compliance.websocket_exchange import WebSocketExchange
from compliance.wire.websocket import TEXT, Frame, encode

BLANKS = ["x-a", "x-b", "x-a", "set-cookie", "x-c", "set-cookie"]
HEADERS = [[name.encode(), b"value %d" % number] for number, name in enumerate(BLANKS)]


def accepting(server: Server, *, subprotocols: tuple[str, ...] = (), **accepts: Any) -> WebSocketExchange:
    """A handshake that the application accepts with these keys in its message."""
    options: dict[str, Any] = {"app": asgi_websocket.listens, "with_": {"accept": accepts}}
    return server.websocket("/", subprotocols=subprotocols, **options)


def next_frame(exchange: WebSocketExchange) -> Frame | None:
    """The next message or Close frame; None if the connection ended instead."""
    with contextlib.suppress(Closed):
        return exchange.receive()
    return None


@requirement("asgi.ws.connect.first_event")
def test_the_first_event_is_connect(server: Server) -> None:
    """The first thing that receive gives is websocket.connect."""
    with server.websocket("/", app=asgi_websocket.listens) as exchange:
        first = exchange.value("received")
    assert first.get("type") == "websocket.connect", saw(first, "websocket.connect")


@requirement("asgi.ws.connect.first_event")
def test_connect_comes_once(server: Server) -> None:
    """No second websocket.connect follows, also when messages and a disconnect do."""
    with server.websocket("/", app=asgi_websocket.listens) as exchange:
        exchange.accepted().send_text("a")
        exchange.send_close()
        kinds = [event.get("type") for event in exchange.values("received")]
    assert kinds.count("websocket.connect") == 1, saw(kinds, "one websocket.connect")


@requirement("asgi.ws.connect.during_handshake")
def test_connect_is_given_before_any_response(server: Server) -> None:
    """While the application looks at websocket.connect, the client has not been answered."""
    with server.websocket("/", app=asgi_websocket.answers_late) as exchange:
        exchange.open_gate("receive")
        exchange.wait_gate("accept")
        server.fence(asgi_websocket.answers_http)
        answered = exchange.connection.arrived()
        assert answered == b"", saw(answered, "no bytes before the application answers")


@requirement("asgi.ws.connect.during_handshake")
def test_no_response_comes_before_the_application_receives(server: Server) -> None:
    """An application that has not called receive yet has not been spoken for."""
    with server.websocket("/", app=asgi_websocket.answers_late) as exchange:
        exchange.wait_gate("receive")
        server.fence(asgi_websocket.answers_http)
        answered = exchange.connection.arrived()
        assert answered == b"", saw(answered, "no bytes before the application receives")


@requirement("asgi.ws.connect.wait_for_reply")
def test_the_101_comes_after_accept(server: Server) -> None:
    """The first byte of the 101 is later than the moment at which the application accepts."""
    with server.websocket("/", app=asgi_websocket.answers_late) as exchange:
        exchange.open_gate("receive")
        exchange.wait_gate("accept")
        exchange.connection.arrived()
        exchange.open_gate("accept")
        exchange.accepted()
        accepting_at, answered_at = exchange.wait("accepting").at, exchange.connection.received[0][0]
    assert accepting_at < answered_at, saw(answered_at - accepting_at, "a 101 after accept (seconds)")


@requirement("asgi.ws.connect.no_receive_before_reply")
def test_a_message_waits_until_the_application_has_accepted(server: Server) -> None:
    """What a hasty client sends during the handshake is not given to an application that has not accepted."""
    with server.websocket("/", app=asks_before_accept) as exchange:
        exchange.wait_gate("asked")
        exchange.send(encode(Frame(TEXT, b"hasty")))
        server.fence(asgi_websocket.answers_http)
        exchange.open_gate("asked")
        event = exchange.value("meanwhile")
    assert not isinstance(event, dict) or event.get("type") != "websocket.receive", saw(
        event, "no websocket.receive before accept"
    )


@requirement("rfc6455.hs.early_frames")
def test_what_becomes_of_a_message_that_came_during_the_handshake(server: Server, observe: Observe) -> None:
    """Whether a frame that a client sends before the 101, as none may, is delivered is recorded."""
    with server.websocket("/", app=asgi_websocket.answers_late) as exchange:
        exchange.wait_gate("receive")
        exchange.send(encode(Frame(TEXT, b"hasty")))
        exchange.open_gate("receive")
        exchange.wait_gate("accept")
        server.fence(asgi_websocket.answers_http)
        exchange.open_gate("accept")
        if (status := exchange.status) == 101:
            exchange.send_close()
            observe([status, *(event.get("text") for event in exchange.values("received")[1:-1])])
        else:
            observe([status])


@requirement("asgi.ws.connect.client_gone_before_accept")
def test_a_client_that_leaves_during_the_handshake_is_reported(server: Server) -> None:
    """If the client goes away before the application has accepted, receive gives websocket.disconnect."""
    with server.websocket("/", app=says, with_={"messages": []}) as exchange:
        exchange.wait("received")
        exchange.connection.close()
        event = exchange.value("disconnected")
    assert event.get("type") == "websocket.disconnect", saw(event, "websocket.disconnect")


@requirement("asgi.ws.connect.client_gone_before_accept")
def test_accepting_a_client_that_has_left_raises_nothing_unrelated(server: Server) -> None:
    """accept after the client went away does nothing, or raises an OSError."""
    with server.websocket("/", app=tries_late, with_={"messages": [accept()]}) as exchange:
        exchange.wait_gate("try")
        exchange.connection.close()
        server.fence(asgi_websocket.answers_http)
        exchange.open_gate("try")
        raised = exchange.value("tried")
    assert raised[0] is None or "OSError" in raised[0], saw(raised, "an OSError, or nothing")


@requirement("asgi.ws.accept.completes_handshake")
def test_accept_completes_the_handshake(server: Server) -> None:
    """After accept the client has its 101, though the application neither sends nor returns."""
    with server.websocket("/", app=stays, with_={"messages": [accept()]}) as exchange:
        assert exchange.status == 101, exchange.seen("101 Switching Protocols")


@requirement("asgi.ws.accept.subprotocol")
@pytest.mark.parametrize("chosen", ["first", "second"])
def test_the_accepted_subprotocol_is_announced(server: Server, chosen: str) -> None:
    """The subprotocol of accept is the one Sec-WebSocket-Protocol of the 101."""
    with accepting(server, subprotocols=("first", "second"), subprotocol=chosen) as exchange:
        values = exchange.accepted().response.all("Sec-WebSocket-Protocol")
    assert values == [chosen.encode()], saw(values, repr([chosen.encode()]))


@requirement("asgi.ws.accept.subprotocol_default")
@pytest.mark.parametrize("accepts", [{}, {"subprotocol": None}], ids=["missing", "None"])
def test_no_subprotocol_is_announced_unless_one_is_accepted(server: Server, accepts: dict[str, None]) -> None:
    """Where accept has no subprotocol, or None, the 101 has no Sec-WebSocket-Protocol."""
    with accepting(server, subprotocols=("first", "second"), **accepts) as exchange:
        values = exchange.accepted().response.all("Sec-WebSocket-Protocol")
    assert values == [], saw(values, "no Sec-WebSocket-Protocol")


@requirement("rfc6455.hs.protocol_absent")
def test_nothing_is_announced_where_nothing_is_offered(server: Server) -> None:
    """A client that offers no subprotocol gets no Sec-WebSocket-Protocol."""
    with accepting(server, subprotocol=None) as exchange:
        values = exchange.accepted().response.all("Sec-WebSocket-Protocol")
    assert values == [], saw(values, "no Sec-WebSocket-Protocol")


@requirement("rfc6455.hs.protocol_from_offer")
def test_a_subprotocol_that_was_not_offered_is_not_announced(server: Server, observe: Observe) -> None:
    """Where the application accepts what the client did not offer, the 101 does not say so."""
    with accepting(server, subprotocols=("first",), subprotocol="other") as exchange:
        response = exchange.outcome()
    values = response.all("Sec-WebSocket-Protocol") if response else []
    assert b"other" not in values, saw(values, "no subprotocol that was not offered")
    observe(response.status if response else "closed")


@requirement("asgi.ws.accept.headers")
def test_the_headers_of_accept_are_in_the_101(server: Server) -> None:
    """Each header of accept is a header of the 101."""
    with accepting(server, headers=[[b"x-a", b"1"], [b"set-cookie", b"a=b; Path=/"]]) as exchange:
        since(exchange.value("scope"), "2.1")
        response = exchange.accepted().response
    found = [response.all("x-a"), response.all("set-cookie")]
    assert found == [[b"1"], [b"a=b; Path=/"]], saw(response.headers, "x-a: 1 and set-cookie: a=b; Path=/")


@requirement("asgi.ws.accept.headers")
@pytest.mark.parametrize("headers", [[(b"x-a", b"1")], ((b"x-a", b"1"),), ([b"x-a", b"1"],)], ids=str)
def test_the_headers_of_accept_may_be_any_iterables(server: Server, headers: Any) -> None:
    """Lists and tuples serve for headers and for their pairs."""
    with accepting(server, headers=headers) as exchange:
        since(exchange.value("scope"), "2.1")
        values = exchange.accepted().response.all("x-a")
    assert values == [b"1"], saw(values, "[b'1']")


@requirement("asgi.ws.accept.headers_default")
def test_accept_without_headers_adds_none(server: Server) -> None:
    """accept without headers is accept with none, also after a connection that was accepted with some."""
    with accepting(server, headers=[[b"x-a", b"1"]]) as exchange:
        exchange.read_head()
    with accepting(server) as exchange:
        values = exchange.accepted().response.all("x-a")
    assert values == [], saw(values, "no x-a")


@requirement("asgi.ws.accept.headers_order")
def test_the_order_of_the_headers_of_accept_is_kept(server: Server) -> None:
    """The headers of accept, repeated ones among them, come in the application's order."""
    with accepting(server, headers=HEADERS) as exchange:
        since(exchange.value("scope"), "2.1")
        headers = [(name.lower(), value) for name, value in exchange.accepted().response.headers]
    found = [list(item) for item in headers if item[1].startswith(b"value ")]
    assert found == HEADERS, saw(found, repr(HEADERS))


@requirement("rfc6455.hs.protocol_once")
def test_a_subprotocol_is_announced_once(server: Server) -> None:
    """The accepted subprotocol stands in one header."""
    with accepting(server, subprotocols=("first", "second"), subprotocol="first") as exchange:
        values = exchange.accepted().response.all("Sec-WebSocket-Protocol")
    assert values == [b"first"], saw(values, "[b'first']")


@requirement("asgi.ws.accept.headers_no_protocol_server")
def test_what_becomes_of_a_subprotocol_among_the_headers(server: Server, observe: Observe) -> None:
    """Whether a server refuses sec-websocket-protocol among the headers of accept is recorded."""
    headers = [[b"sec-websocket-protocol", b"first"]]
    with accepting(server, subprotocols=("first",), subprotocol="first", headers=headers) as exchange:
        response = exchange.outcome()
    observe(response.all("Sec-WebSocket-Protocol") if response and response.status == 101 else "refused")


@requirement("asgi.ws.accept.twice")
def test_a_second_accept_raises(server: Server) -> None:
    """accept after accept is refused by send."""
    with server.websocket("/", app=tries, with_={"messages": [accept(), accept()]}) as exchange:
        raised = exchange.value("tried")
    assert raised[0] is None and raised[1], saw(raised, "an exception for the second accept only")  # noqa: PT018


@requirement("asgi.ws.accept.twice", definite=True)
def test_a_second_accept_leaves_no_trace_on_the_wire(server: Server) -> None:
    """What follows a second accept is a well-formed message or Close frame, or the end of the connection."""
    messages = [accept(), accept(), asgi_websocket.text("after")]
    with server.websocket("/", app=tries, with_={"messages": messages}) as exchange:
        frame = next_frame(exchange.accepted())
    assert frame is None or (frame.final and not frame.reserved), saw(frame, "a frame, or an end")


@requirement("asgi.ws.accept.send_before_accept")
def test_a_message_before_accept_raises(server: Server) -> None:
    """websocket.send before accept is refused by send."""
    messages = [asgi_websocket.text("early"), accept()]
    with server.websocket("/", app=tries, with_={"messages": messages}) as exchange:
        raised = exchange.value("tried")
    assert raised[0], saw(raised, "an exception out of send")


@requirement("rfc6455.hs.no_data_before_response")
def test_no_frame_precedes_the_101(server: Server) -> None:
    """Where the application sends before it accepts, the first bytes are still an HTTP response, or none."""
    messages = [asgi_websocket.text("early"), accept()]
    with server.websocket("/", app=tries, with_={"messages": messages}) as exchange:
        exchange.outcome()
        arrived = exchange.connection.everything()
    assert arrived[:5] in (b"", b"HTTP/"), saw(arrived, "an HTTP response first")
