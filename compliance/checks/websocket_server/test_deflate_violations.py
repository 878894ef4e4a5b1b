"""RFC 7692, Receiving: what no client may send where permessage-deflate is agreed, and a bomb."""

from functools import cache

import pytest

from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_websocket
from compliance.listener import compressing, heard
from compliance.requirements import requirement
from compliance.server import Server
from compliance.websocket_exchange import WebSocketExchange
from compliance.wire.deflate import RSV1, Blocks, Deflater, noise
from compliance.wire.websocket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Frame, close_payload

FAILURES = {None, 1002, 1003, 1007, 1008, 1009, 1011}  # None: the connection ended without a Close frame
HELLO = Blocks().fixed(b"Hello").payload()
BROKEN = {
    "reserved kind of block": b"\x06",
    "lengths that disagree": b"\x00\x05\x00\x00\x00Hello",
    "distance beyond the beginning": Blocks().fixed(b"ab", (3, 3)).payload(),
    "too many codes": b"\xfc\xff\xff",
    "symbol that does not exist": b"\x1a\x03",
    "broken behind content": Blocks().fixed(b"Hello").payload()[:-1] + b"\xff\xff",
}
WRONG = {
    "ping": [Frame(PING, b"a", reserved=RSV1)],
    "pong": [Frame(PONG, b"a", reserved=RSV1)],
    "close": [Frame(CLOSE, close_payload(1000), reserved=RSV1)],
    "continuation of a compressed message": [
        Frame(TEXT, HELLO[:3], final=False, reserved=RSV1),
        Frame(CONTINUATION, HELLO[3:], reserved=RSV1),
    ],
    "continuation of another message": [
        Frame(TEXT, b"He", final=False),
        Frame(CONTINUATION, HELLO, reserved=RSV1),
    ],
}
BOMB = 20 << 20


@cache
def bomb() -> bytes:
    """The payload of a message of 20 MiB of nothing."""
    return Deflater().message(bytes(BOMB))


def compressed(payload: bytes, opcode: int = TEXT) -> Frame:
    """A compressed message in one frame."""
    return Frame(opcode, payload, reserved=RSV1)


def code_after(exchange: WebSocketExchange, *frames: Frame) -> int | None:
    """The code with which the server ends the connection after these frames, and a Close frame with 1000."""
    exchange.send_frame(*frames, Frame(CLOSE, close_payload(1000)))
    frame = exchange.ending()
    return frame.code if frame is not None else None


@requirement("rfc7692.msg.utf8_after")
def test_what_is_no_utf8_fails_the_connection(server: Server) -> None:
    """A compressed text message whose content is no UTF-8 is no event, and the connection fails."""
    with compressing(server) as exchange:
        code = code_after(exchange, compressed(Blocks().fixed(b"H\xffllo").payload()))
        found = heard(exchange)
    assert (found, code in FAILURES) == ([], True), saw((found, code), "no event, and 1007")


@requirement("rfc7692.msg.rsv1_received_wrong")
@pytest.mark.parametrize("kind", WRONG)
def test_rsv1_on_another_frame_fails_the_connection(server: Server, kind: str) -> None:
    """RSV1 on a control frame or a continuation ends the connection as a failure, and makes no event."""
    with compressing(server) as exchange:
        code = code_after(exchange, *WRONG[kind])
        found = heard(exchange)
    assert (found, code in FAILURES) == ([], True), saw((found, code), "no event, and 1002")


@requirement("rfc7692.msg.invalid_deflate")
@pytest.mark.parametrize("kind", BROKEN)
def test_data_that_do_not_inflate_fail_the_connection(server: Server, kind: str) -> None:
    """A message that is no DEFLATE data is no event, and ends the connection as a failure."""
    with compressing(server) as exchange:
        code = code_after(exchange, compressed(BROKEN[kind], BINARY))
        found = heard(exchange)
    assert (found, code in FAILURES) == ([], True), saw((found, code), "no event, and 1007 or the like")


@requirement("rfc7692.msg.invalid_deflate")
def test_what_becomes_of_data_that_break_off(server: Server, observe: Observe) -> None:
    """What becomes of a message whose last block is not complete is recorded: zlib does not tell."""
    with compressing(server) as exchange:
        code = code_after(exchange, compressed(Blocks().fixed(noise(40)).payload()[:20], BINARY))
        observe((heard(exchange), code))


@requirement("rfc7692.msg.bomb")
def test_what_becomes_of_a_message_that_inflates_to_20_mebibytes(server: Server, observe: Observe) -> None:
    """What answers a message of 20 KiB that holds 20 MiB is recorded, and what the application gets."""
    with compressing(server, app=asgi_websocket.weighs) as exchange:
        code = code_after(exchange, compressed(bomb(), BINARY))
        observe((code, [weight for weight, _ in exchange.values("weight")]))
