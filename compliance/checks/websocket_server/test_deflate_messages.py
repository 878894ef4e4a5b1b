"""RFC 7692, Receiving: the compressed messages of a client, once permessage-deflate is agreed."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.claims import compresses, reserves
from compliance.expect import saw
from compliance.guest.apps import asgi_websocket
from compliance.listener import compressing, contents
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.deflate import RSV1, Blocks, Deflater, fragments, noise
from compliance.wire.websocket import BINARY, PING, TEXT, Frame, encode

HINT = "client_no_context_takeover"
HELLO = Blocks().fixed(b"Hello").payload()
LONG = "To be, or not to be, that is the question: whether 'tis nobler in the mind to suffer. " * 9
KINDS = {
    "stored": Blocks().stored(b"Hello"),
    "fixed codes": Blocks().fixed(b"Hello"),
    "two blocks": Blocks().fixed(b"He").fixed(b"llo"),
    "stored among others": Blocks().fixed(b"He").stored(b"l").fixed(b"lo"),
    "flushed inside": Blocks().fixed(b"He").stored(b"").fixed(b"llo"),
    "empty blocks": Blocks().fixed().stored(b"").fixed(b"Hello").fixed(),
    "marked as last": Blocks().fixed(b"Hello", final=True),
    "stored and marked as last": Blocks().stored(b"Hello", final=True),
    "more behind the last": Blocks().fixed(b"Hel", final=True).fixed(b"lo"),
}


def compressed(payload: bytes, opcode: int = TEXT) -> Frame:
    """A compressed message in one frame."""
    return Frame(opcode, payload, reserved=RSV1)


@requirement("rfc7692.msg.decompress")
@pytest.mark.parametrize("text", ["Hello", "h\u00e9llo \U0001f600", LONG], ids=["short", "not ascii", "long"])
def test_a_compressed_message_arrives(server: Server, text: str) -> None:
    """The application gets what a compressed text message holds."""
    with compressing(server) as exchange:
        exchange.send_frame(compressed(compresses(exchange.response).deflater().message(text.encode())))
        found = contents(exchange)
    assert found == [text], saw(found, repr([text]))


@requirement("rfc7692.msg.decompress")
def test_a_compressed_binary_message_arrives(server: Server) -> None:
    """The application gets what a compressed binary message holds, as bytes."""
    content = noise(1000) + bytes(1000)
    with compressing(server) as exchange:
        exchange.send_frame(compressed(compresses(exchange.response).deflater().message(content), BINARY))
        found = contents(exchange)
    assert found == [content], saw(found, repr([content]))


@requirement("rfc7692.msg.decompress")
@pytest.mark.parametrize("cut", range(len(HELLO) + 1))
def test_a_compressed_message_in_two_frames_arrives(server: Server, cut: int) -> None:
    """Wherever the data of a compressed message are cut into two frames, it is one event."""
    with compressing(server) as exchange:
        exchange.send_frame(*fragments(TEXT, HELLO, [cut]))
        found = contents(exchange)
    assert found == ["Hello"], saw(found, "['Hello']")


@requirement("rfc7692.msg.decompress", definite=True)
def test_a_ping_between_the_frames_of_a_compressed_message_does_not_hurt(server: Server) -> None:
    """A control frame inside a compressed message does not end its compression."""
    with compressing(server) as exchange:
        first, second = fragments(TEXT, HELLO, [3])
        exchange.send_frame(first, Frame(PING), second)
        found = contents(exchange)
    assert found == ["Hello"], saw(found, "['Hello']")


@requirement("rfc7692.msg.decompress")
@given(
    messages=st.lists(
        st.tuples(
            st.one_of(st.text(min_size=1, max_size=40), st.binary(min_size=1, max_size=40)),
            st.booleans(),
            st.lists(st.integers(0, 1000), max_size=4),
        ),
        max_size=6,
    )
)
def test_any_sequence_of_compressed_and_other_messages_arrives(
    server: Server, messages: list[tuple[str | bytes, bool, list[int]]]
) -> None:
    """Whatever messages a client sends, compressed or not, in whatever frames, each is one event."""
    with compressing(server) as exchange:
        deflater = compresses(exchange.response).deflater()
        for content, squeezed, cuts in messages:
            exchange.send_frame(*message(content, cuts, deflater if squeezed else None))
        found = contents(exchange)
    expected = [content for content, _, _ in messages]
    assert found == expected, saw(found, repr(expected))


def message(content: str | bytes, cuts: list[int], deflater: Deflater | None) -> list[Frame]:
    """The frames of a message, compressed if there is something to do it."""
    opcode = TEXT if isinstance(content, str) else BINARY
    data = content.encode() if isinstance(content, str) else content
    if deflater is not None:
        return fragments(opcode, deflater.message(data), cuts)
    first, *rest = fragments(opcode, data, cuts)
    return [Frame(opcode, first.payload, final=first.final), *rest]


@requirement("rfc7692.msg.decompress")
def test_a_compressed_message_may_come_byte_by_byte(server: Server) -> None:
    """Compressed data in segments of one byte are one event."""
    data = encode(compressed(HELLO))
    with compressing(server) as exchange:
        exchange.send(data[:7])  # the head of the frame and an octet of the data
        server.fence(asgi_websocket.answers_http)
        exchange.send_slowly(data[7:])
        found = contents(exchange)
    assert found == ["Hello"], saw(found, "['Hello']")


@requirement("rfc7692.msg.block_types")
@pytest.mark.parametrize("kind", KINDS)
def test_blocks_of_any_kind_are_understood(server: Server, kind: str) -> None:
    """However the blocks of a message are made, it arrives."""
    with compressing(server) as exchange:
        exchange.send_frame(compressed(KINDS[kind].payload()))
        found = contents(exchange)
    assert found == ["Hello"], saw(found, "['Hello']")


@requirement("rfc7692.msg.block_types")
@pytest.mark.parametrize("strategy", [zlib.Z_DEFAULT_STRATEGY, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE, zlib.Z_FIXED])
def test_what_any_strategy_of_zlib_makes_is_understood(server: Server, strategy: int) -> None:
    """With blocks of dynamic or of fixed codes, a long message arrives."""
    compressor = zlib.compressobj(wbits=-15, strategy=strategy)
    payload = compressor.compress(LONG.encode()) + compressor.flush(zlib.Z_SYNC_FLUSH)
    with compressing(server) as exchange:
        exchange.send_frame(compressed(payload[:-4]))
        found = contents(exchange)
    assert found == [LONG], saw(found, repr([LONG]))


@requirement("rfc7692.msg.block_types", definite=True)
def test_a_message_behind_a_block_that_is_marked_as_last_arrives(server: Server) -> None:
    """BFINAL in one message does not end the compression of those after it."""
    with compressing(server) as exchange:
        exchange.send_frame(compressed(KINDS["marked as last"].payload()), compressed(HELLO))
        found = contents(exchange)
    assert found == ["Hello", "Hello"], saw(found, "['Hello', 'Hello']")


@requirement("rfc7692.msg.empty_compressed")
@pytest.mark.parametrize("payload", [b"\x00", b"\x02\x00"], ids=["no block", "block without content"])
@pytest.mark.parametrize(("opcode", "content"), [(TEXT, ""), (BINARY, b"")], ids=["text", "binary"])
def test_an_empty_compressed_message_arrives(
    server: Server, opcode: int, content: str | bytes, payload: bytes
) -> None:
    """A compressed message without content is an event with the empty text, or no bytes."""
    with compressing(server) as exchange:
        exchange.send_frame(compressed(payload, opcode))
        found = contents(exchange)
    assert found == [content], saw(found, repr([content]))


@requirement("rfc7692.msg.uncompressed_allowed")
def test_a_message_without_compression_arrives(server: Server) -> None:
    """Although compression is agreed, a message may come without."""
    with compressing(server) as exchange:
        exchange.send_text("Hello")
        found = contents(exchange)
    assert found == ["Hello"], saw(found, "['Hello']")


@requirement("rfc7692.msg.uncompressed_allowed")
def test_a_message_without_compression_does_not_touch_the_context(server: Server) -> None:
    """A compressed message may refer to the one before a message that came without compression."""
    with compressing(server) as exchange:
        deflater = compresses(exchange.response).deflater()
        first, second = deflater.message(LONG.encode()), deflater.message(LONG.encode())
        exchange.send_frame(compressed(first), Frame(TEXT, b"between"), compressed(second))
        found = contents(exchange)
    assert found == [LONG, "between", LONG], saw(found, "three messages")


@requirement("rfc7692.msg.context_kept")
def test_a_message_may_refer_to_those_before_it(server: Server) -> None:
    """Unless client_no_context_takeover is agreed, the server keeps what the client has sent."""
    with compressing(server) as exchange:
        deflater = compresses(exchange.response).deflater()
        exchange.send_frame(*[compressed(deflater.message(LONG.encode())) for _ in range(5)])
        found = contents(exchange)
    assert found == [LONG] * 5, saw(found, "five times the same message")


@requirement("rfc7692.msg.context_kept_despite_hint")
def test_a_hint_of_the_client_does_not_end_the_context(server: Server) -> None:
    """If the client offers to give up its context and the answer does not, messages may refer to others."""
    with compressing(server, HINT) as exchange:
        reserves(compresses(exchange.response), HINT)
        deflater = compresses(exchange.response).deflater()
        exchange.send_frame(*[compressed(deflater.message(LONG.encode())) for _ in range(2)])
        found = contents(exchange)
    assert found == [LONG] * 2, saw(found, "twice the same message")


@requirement("rfc7692.msg.full_window")
def test_a_message_may_refer_to_what_is_far_back(server: Server) -> None:
    """Unless client_max_window_bits is agreed, a distance of 32768 octets is understood."""
    first = noise(1 << 15)
    with compressing(server) as exchange:
        far = Blocks().fixed((10, 1 << 15)).payload()
        exchange.send_frame(compressed(Blocks().stored(first).payload(), BINARY), compressed(far, BINARY))
        found = contents(exchange)
    assert found == [first, first[:10]], saw(found, "32768 octets, and the first ten of them")
