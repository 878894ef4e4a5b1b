"""RFC 7692, Sending: the messages of a server that has agreed to permessage-deflate, each bit of them."""

import pytest

from compliance.claims import compresses
from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_websocket
from compliance.requirements import requirement
from compliance.server import Server
from compliance.websocket_exchange import WebSocketExchange
from compliance.wire.deflate import NAME, RSV1, TAIL, Inflater, noise
from compliance.wire.websocket import BINARY, CLOSE, CONTINUATION, PING, TEXT, Frame

SNCT, CNCT = "server_no_context_takeover", "client_no_context_takeover"
SMWB, CMWB = "server_max_window_bits", "client_max_window_bits"
SETS = [
    (),
    (SNCT,),
    (CNCT,),
    (f"{SMWB}=9",),
    (CMWB,),
    (f"{CMWB}=9",),
    (f"{CMWB}=8",),
    (SNCT, CNCT, f"{SMWB}=12", f"{CMWB}=12"),
]
CONTENTS = [b"", b"a", b"Hello", b"Hello" * 100, bytes(range(256)), bytes(100_000)]
SIZES = [0, 1, 10, 100, 1000, 10_000, 100_000]


def echoing(server: Server, *parameters: str) -> WebSocketExchange:
    """An accepted connection that compresses, to an application that echoes; or not applicable."""
    headers = [("Sec-WebSocket-Extensions", "; ".join([NAME, *parameters]))]
    exchange = server.websocket("/", app=asgi_websocket.echoes, headers=headers)
    compresses(exchange.response)
    return exchange


def echoed(exchange: WebSocketExchange, *contents: bytes) -> list[Frame]:
    """The messages that come back for these, which are sent without compression."""
    return [echo(exchange, Frame(BINARY, content)) for content in contents]


def echo(exchange: WebSocketExchange, frame: Frame) -> Frame:
    """The message that comes back for this one."""
    exchange.send_frame(frame)
    return exchange.receive()


def frames_up_to(exchange: WebSocketExchange, *opcodes: int) -> list[Frame]:
    """All frames that come, up to a last one of a message, or of another kind, with one of these opcodes."""
    frames = [exchange.receive_frame()]
    while not frames[-1].final or frames[-1].opcode not in opcodes:
        frames.append(exchange.receive_frame())
    return frames


@requirement("rfc7692.msg.compress_algorithm")
@pytest.mark.parametrize("content", CONTENTS, ids=lambda content: f"{len(content)}")
def test_a_message_of_the_server_inflates(server: Server, content: bytes) -> None:
    """The payload of a compressed message is DEFLATE data that end where the tail belongs."""
    with echoing(server) as exchange:
        (frame,) = echoed(exchange, content)
        found = compresses(exchange.response).inflater().content(frame)
    assert found == content, saw(found, repr(content))


@requirement("rfc7692.msg.compress_algorithm")
def test_the_tail_of_a_message_is_not_sent(server: Server) -> None:
    """No compressed message ends with 00 00 FF FF."""
    with echoing(server) as exchange:
        payloads = [frame.payload for frame in echoed(exchange, *CONTENTS) if frame.reserved & RSV1]
    found = [payload for payload in payloads if payload.endswith(TAIL)]
    assert found == [], saw(found, "no payload with this end")


@requirement("rfc7692.msg.no_tail_strip_midway")
def test_a_long_message_of_the_server_inflates(server: Server) -> None:
    """A message that a server may well fragment is, all fragments joined, one piece of DEFLATE data."""
    content = noise(300_000) + bytes(300_000)
    with echoing(server) as exchange:
        (frame,) = echoed(exchange, content)
        found = compresses(exchange.response).inflater().content(frame)
    assert found == content, saw(found, "what was sent")


@requirement("rfc7692.msg.rsv1_first_only")
def test_rsv1_stands_on_the_first_frame_of_a_message_only(server: Server) -> None:
    """No control frame and no continuation of the server has RSV1."""
    with echoing(server) as exchange:
        exchange.send_frame(Frame(PING, b"a"), Frame(BINARY, noise(300_000)), Frame(PING))
        frames = frames_up_to(exchange, BINARY, CONTINUATION)
        exchange.send_close()
        frames += frames_up_to(exchange, CLOSE)
    wrong = [frame for frame in frames if frame.reserved and frame.opcode not in {TEXT, BINARY}]
    assert wrong == [], saw(wrong, f"RSV1 on none of {len(frames)} frames but those that begin a message")


@requirement("rfc7692.msg.server_may_skip")
def test_which_messages_the_server_compresses(server: Server, observe: Observe) -> None:
    """Which of the sizes of messages from 0 to 100000 octets are sent compressed is recorded."""
    with echoing(server) as exchange:
        frames = echoed(exchange, *[b"a" * size for size in SIZES])
        observe([size for size, frame in zip(SIZES, frames, strict=True) if frame.reserved & RSV1])


@requirement("rfc7692.msg.window_limit")
def test_no_distance_is_longer_than_32768(server: Server) -> None:
    """A message that repeats itself after more than 32768 octets inflates within that window."""
    with echoing(server) as exchange:
        frames = echoed(exchange, noise(33_000) * 2, noise(33_000))
        inflater = Inflater()
        found = [inflater.content(frame) for frame in frames]
    assert found == [noise(33_000) * 2, noise(33_000)], saw(found, "what was sent")


@requirement("rfc7692.msg.bfinal_padding")
def test_blocks_behind_a_last_one_begin_with_an_octet(server: Server) -> None:
    """Where a block of the server's is marked as the last one, the next one begins with the next octet."""
    with echoing(server) as exchange:
        inflater = compresses(exchange.response).inflater()
        found = [inflater.content(frame) for frame in echoed(exchange, b"Hello", b"a", b"Hello, hello")]
    assert found == [b"Hello", b"a", b"Hello, hello"], saw(found, "what was sent")


@requirement("rfc7692.snct.fresh_window")
def test_without_takeover_each_message_stands_for_itself(server: Server) -> None:
    """With server_no_context_takeover agreed, no message refers to the one before."""
    with echoing(server, SNCT) as exchange:
        frames = echoed(exchange, noise(1000), noise(1000), noise(1000))
        found = [compresses(exchange.response).inflater().content(frame) for frame in frames]
    assert found == [noise(1000)] * 3, saw(found, "what was sent")


@requirement("rfc7692.smwb.honoured")
@pytest.mark.parametrize("bits", range(8, 15))
def test_no_distance_is_longer_than_the_window_that_is_agreed(server: Server, bits: int) -> None:
    """Messages that repeat themselves just beyond the agreed window inflate within it."""
    content = noise((1 << bits) + 20)
    with echoing(server, f"{SMWB}={bits}") as exchange:
        inflater = compresses(exchange.response).inflater()
        found = [inflater.content(frame) for frame in echoed(exchange, content * 2, content)]
    assert found == [content * 2, content], saw(found, "what was sent")


@requirement("rfc7692.neg.fully_supported")
def test_all_parameters_at_once_are_followed(server: Server) -> None:
    """A server that accepts an offer with all parameters sends what inflates under each of them."""
    contents = [noise(5000) * 3, noise(5000)[-2000:]]
    with echoing(server, *SETS[-1]) as exchange:
        frames = echoed(exchange, *contents)
        found = [compresses(exchange.response).inflater().content(frame) for frame in frames]
    assert found == contents, saw(found, "what was sent")


@requirement("rfc7692.msg.use_agreed")
@pytest.mark.parametrize("parameters", SETS, ids="; ".join)
def test_compressed_messages_come_back_under_any_parameters(
    server: Server, parameters: tuple[str, ...]
) -> None:
    """Under each set of parameters that is agreed, messages come back from an echo as they were."""
    contents = [b"Hello", noise(600) * 3, b"", noise(600), b"Hello" * 100]
    with echoing(server, *parameters) as exchange:
        deflater, inflater = (
            compresses(exchange.response).deflater(),
            compresses(exchange.response).inflater(),
        )
        sent = [Frame(BINARY, deflater.message(content), reserved=RSV1) for content in contents]
        found = [inflater.content(echo(exchange, frame)) for frame in sent]
    assert found == contents, saw(found, repr(contents))
