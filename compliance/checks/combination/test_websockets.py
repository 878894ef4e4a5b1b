"""The contract through a real server: WebSocket handlers and real clients."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.clients import websocket_client
from compliance.expect import saw
from compliance.requirements import requirement
from compliance.server import Server

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@requirement("asgi.ws.receive.text")
@given(text=TEXT)
def test_any_text_comes_back_from_an_echo(combination: Server, text: str) -> None:
    """A text message comes back as a text message."""
    with websocket_client(combination, "/ws/echo") as client:
        client.send(text)
        answer = client.recv()
    assert answer == text, saw(answer, repr(text))


@requirement("asgi.ws.receive.bytes")
@given(data=st.binary(max_size=400))
def test_any_bytes_come_back_from_an_echo(combination: Server, data: bytes) -> None:
    """A binary message comes back as a binary message."""
    with websocket_client(combination, "/ws/echo") as client:
        client.send(data)
        answer = client.recv()
    assert answer == data, saw(answer, repr(data))


@requirement("asgi.ws.receive.order")
def test_messages_come_back_in_their_order(combination: Server) -> None:
    """Twenty messages sent at once come back one by one."""
    sent = [f"message {number}" for number in range(20)]
    with websocket_client(combination, "/ws/echo") as client:
        for text in sent:
            client.send(text)
        answers = [client.recv() for _ in sent]
    assert answers == sent, saw(answers, "the messages in their order")


@requirement("asgi.ws.send.large")
def test_a_large_message_comes_back(combination: Server) -> None:
    """A message of half a megabyte makes the way there and back."""
    data = bytes(range(256)) * 2048
    with websocket_client(combination, "/ws/echo") as client:
        client.send(data)
        answer = client.recv()
    assert answer == data, saw(answer[:40], "the message")


@requirement("asgi.ws.accept.subprotocol")
def test_the_subprotocol_is_the_one_that_the_handler_chose(combination: Server) -> None:
    """The client learns which of its subprotocols was accepted."""
    with websocket_client(combination, "/ws/subprotocol", ["chat.v2", "chat.v1"]) as client:
        chosen = client.subprotocol
    assert chosen == "chat.v2", saw(chosen, "'chat.v2', the first that was offered")


@requirement("asgi.ws.close.after_accept_code")
@pytest.mark.parametrize("code", [1000, 3001, 4321])
def test_the_close_code_is_the_handlers(combination: Server, code: int) -> None:
    """The Close frame has the code with which the handler closed."""
    with combination.websocket(f"/ws/close/{code}", named=True) as exchange:
        frame = exchange.accepted().receive_close()
    assert frame.code == code, saw(frame.code, str(code))


@requirement("asgi.ws.connect.denied_403")
def test_a_handshake_that_the_handler_refuses_is_answered_with_403(combination: Server) -> None:
    """A refused handshake gets an HTTP 403."""
    with combination.websocket("/ws/reject", named=True) as exchange:
        assert exchange.status == 403, exchange.seen("403")


@requirement("asgi.ws.app.raise_after_accept", definite=True)
def test_the_socket_of_a_handler_that_raises_is_closed(combination: Server) -> None:
    """If the handler raises after accept, the client's connection ends, with a Close or without."""
    with combination.websocket("/ws/raise", named=True) as exchange:
        exchange.accepted().ending()
        extra = exchange.connection.read_to_end()
    assert extra == b"", saw(extra, "the end of the connection")


@requirement("asgi.ws.disconnect.code_from_client", needs=("close-code",))
def test_the_handler_learns_the_clients_close_code(combination: Server) -> None:
    """The code of the client's Close frame is the one that the handler sees."""
    with combination.websocket("/ws/receive-close", named=True) as exchange:
        exchange.accepted().send_close(4001)
        assert exchange.value("disconnect") == 4001, exchange.seen("the code 4001")
