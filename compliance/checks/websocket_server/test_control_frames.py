"""RFC 6455 section 5.5, Control Frames: pings, pongs, and what control frames may hold."""

import pytest

from compliance.expect import Observe, saw
from compliance.listener import aftermath, connected
from compliance.requirements import requirement
from compliance.server import Server
from compliance.websocket_exchange import WebSocketExchange
from compliance.wire import violations
from compliance.wire.pace import bytewise, send_pieces
from compliance.wire.violations import Violation
from compliance.wire.websocket import CLOSE, PING, PONG, TEXT, Frame, close_payload, encode

OCTETS = bytes(range(256))
PAYLOADS = {
    "empty": b"",
    "one octet": b"\0",
    "no UTF-8": b"\xff\xfe\x80",
    "124 octets": OCTETS[:124],
    "125 octets": OCTETS[131:],
}
BURST = [b"%d" % number for number in range(10)]


def pongs(exchange: WebSocketExchange, last: bytes) -> list[bytes]:
    """The payloads of the pongs up to the one with the payload `last`."""
    found = [exchange.receive_frame()]
    while found[-1].payload != last:
        found.append(exchange.receive_frame())
    return [frame.payload for frame in found if frame.opcode == PONG]


@requirement("rfc6455.ping.same_data")
@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_a_pong_has_the_data_of_its_ping(server: Server, payload: bytes) -> None:
    """What a ping holds comes back, octet by octet, in one pong."""
    with connected(server) as exchange:
        exchange.send_frame(Frame(PING, payload))
        frame = exchange.receive_frame()
    assert (frame.opcode, frame.payload) == (PONG, payload), saw(frame, f"a pong with {payload!r}")


@requirement("rfc6455.ping.pong_reply")
def test_a_ping_in_segments_of_one_octet_is_answered(server: Server) -> None:
    """A ping is answered, however slowly it comes."""
    with connected(server) as exchange:
        send_pieces(exchange.connection, bytewise(encode(Frame(PING, b"slow"))))
        frame = exchange.receive_frame()
    assert (frame.opcode, frame.payload) == (PONG, b"slow"), saw(frame, "a pong with b'slow'")


@requirement("rfc6455.ping.pong_reply")
def test_the_last_of_many_pings_is_answered(server: Server) -> None:
    """Of ten pings that come at once, the last one has a pong, and it comes last."""
    with connected(server) as exchange:
        exchange.send_frame(*[Frame(PING, payload) for payload in BURST])
        found = pongs(exchange, BURST[-1])
        exchange.send_frame(Frame(PING, b"end"))
        late = pongs(exchange, b"end")[:-1]
    assert found + late == sorted(found), saw(found + late, "pongs in the order of the pings")


@requirement("rfc6455.ping.latest_only")
def test_how_many_of_ten_pings_are_answered(server: Server, observe: Observe) -> None:
    """How many pongs ten pings get that come at once is recorded: one for each, or only for the latest."""
    with connected(server) as exchange:
        exchange.send_frame(*[Frame(PING, payload) for payload in BURST])
        observe(len(pongs(exchange, BURST[-1])))


@requirement("rfc6455.ping.pong_reply")
def test_a_flood_of_pings_does_no_harm(server: Server) -> None:
    """After a thousand pings whose pongs nobody has read, a message arrives, and the pongs are there."""
    with connected(server) as exchange:
        exchange.send_frame(*[Frame(PING, b"p" * 100) for _ in range(1000)], Frame(TEXT, b"text"))
        exchange.send_frame(Frame(PING, b"last"))
        pongs(exchange, b"last")
        exchange.send_close()
        texts = [event.get("text") for event in exchange.values("received")]
    assert "text" in texts, saw(texts, "the message behind the pings")


@requirement("rfc6455.ping.after_close")
def test_no_pong_follows_the_close_frame(server: Server) -> None:
    """A ping that comes right behind a Close frame has no pong behind the server's own Close frame."""
    with connected(server) as exchange:
        exchange.send_frame(Frame(CLOSE, close_payload(1000)), Frame(PING, b"late"))
        exchange.ending()
        extra = exchange.connection.read_to_end()
    assert extra == b"", saw(extra, "nothing behind the Close frame")


@requirement("rfc6455.ping.unsolicited_pong")
@pytest.mark.parametrize("payload", [b"", b"\0" * 125], ids=["empty", "longest"])
def test_a_pong_is_not_answered(server: Server, payload: bytes) -> None:
    """A pong that answers nothing is answered by nothing: what comes next is the pong to a later ping."""
    with connected(server) as exchange:
        exchange.send_frame(Frame(PONG, payload), Frame(PING, b"ping"))
        frame = exchange.receive_frame()
    assert (frame.opcode, frame.payload) == (PONG, b"ping"), saw(frame, "the pong to b'ping'")


@requirement("rfc6455.ctrl.max_125")
@pytest.mark.parametrize("violation", violations.LONG_CONTROL, ids=str)
def test_a_control_frame_of_over_125_octets_fails_the_connection(
    server: Server, violation: Violation
) -> None:
    """A ping or pong that is longer than a control frame may be ends the connection."""
    frames = aftermath(server, violation.data)
    assert not violations.goes_on(frames), saw(frames, "a Close frame, or the end of the connection")
