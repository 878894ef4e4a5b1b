"""Lies about connect and accept."""

from __future__ import annotations

from typing import Any, ClassVar

import h11

from compliance.reference.asgi import Message
from compliance.reference.asgi_websocket import WebSocketCycle
from compliance.reference.errors import ApplicationError, ClientDisconnected
from compliance.reference.liar import liar
from compliance.reference.liars.websocket_handshake import OtherAnswer, without
from compliance.reference.request import Headers


@liar(catches=["test_the_first_event_is_connect", "test_connect_comes_once"])
class MisspeltConnect(WebSocketCycle):
    """The first event is websocket.connected."""

    def connect_event(self) -> Message:
        """In the past tense."""
        return {"type": "websocket.connected"}


@liar(catches=["test_connect_comes_once"])
class ConnectsTwice(WebSocketCycle):
    """When the application has accepted, it gets another websocket.connect."""

    async def send_accept(self, message: Message) -> None:
        """Queue one more."""
        await super().send_accept(message)
        self.events.append(self.connect_event())


@liar(
    catches=[
        "test_connect_is_given_before_any_response",
        "test_no_response_comes_before_the_application_receives",
        "test_the_101_comes_after_accept",
    ]
)
class Hurries(WebSocketCycle):
    """The client is told to be patient before the application is called."""

    async def call_application(self, scope: dict[str, Any]) -> None:
        """Send an interim response first."""
        event = h11.InformationalResponse(status_code=102, headers=[], reason=b"Processing")
        await self.stream.write(self.connection.protocol.send(event) or b"")
        await super().call_application(scope)


@liar(
    catches=[
        "test_a_message_waits_until_the_application_has_accepted",
        "test_a_client_that_leaves_during_the_handshake_is_reported",
    ]
)
class DoesNotWait(WebSocketCycle):
    """What comes before accept is given to the application at once, the end of the connection too."""

    def next_event(self) -> Message | None:
        """A message, if anything has come."""
        if not self.events and self.frames is None and not self.stream.empty:
            return self.receive_event(self.stream.take())
        return super().next_event() if self.events or self.frames or self.closed else None


@liar(catches=["test_what_becomes_of_a_message_that_came_during_the_handshake"])
class DropsHaste(WebSocketCycle):
    """What came before accept is dropped."""

    async def send_accept(self, message: Message) -> None:
        """Accept with a clean slate."""
        self.stream.take()
        await super().send_accept(message)


@liar(catches=["test_accepting_a_client_that_has_left_raises_nothing_unrelated"])
class AcceptFails(WebSocketCycle):
    """accept raises a RuntimeError when the client has left."""

    def raise_if_gone(self) -> None:
        """Another class during the handshake."""
        try:
            super().raise_if_gone()
        except ClientDisconnected as error:
            if self.frames is None and self.closed is None:
                raise RuntimeError(str(error)) from None
            raise


@liar(
    catches=[
        "test_accept_completes_the_handshake",
        "test_an_end_within_a_message_of_the_client_ends_the_connection",
        "test_the_clients_close_is_answered_at_once",
        "test_a_ping_is_answered_at_once",
        "test_messages_before_the_clients_close_are_delivered",
        "test_messages_before_a_lost_connection_are_delivered",
    ]
)
class LazyAccept(WebSocketCycle):
    """The 101 is held back until the application does something else."""

    held: Message | None = None

    async def send_accept(self, message: Message) -> None:
        """Later."""
        self.held = message

    async def release(self) -> None:
        """Now."""
        held, self.held = self.held, None
        if held is not None:
            await super().send_accept(held)

    async def receive(self) -> Message:
        """Accept first."""
        await self.release()
        return await super().receive()

    async def send(self, message: Message) -> None:
        """Accept first."""
        await self.release()
        await super().send(message)


@liar(catches=["test_the_accepted_subprotocol_is_announced"])
class AnnouncesTheFirst(OtherAnswer):
    """Of the offered subprotocols the first is announced, whichever is accepted."""

    def change(self, headers: Headers) -> Headers:
        """The client's first choice, if any was made."""
        first = self.subprotocols()["subprotocols"][:1]
        chosen = len(without(headers, b"sec-websocket-protocol")) < len(headers)
        ours = [(b"Sec-WebSocket-Protocol", name.encode()) for name in first if chosen]
        return [*without(headers, b"sec-websocket-protocol"), *ours]


@liar(catches=["test_no_subprotocol_is_announced_unless_one_is_accepted"])
class ChoosesItself(WebSocketCycle):
    """Where the application accepts no subprotocol, the first one offered is announced."""

    def accept_headers(self, subprotocol: str | None, headers: Headers) -> Headers:
        """With a choice of the server's."""
        offered = self.subprotocols()["subprotocols"]
        return super().accept_headers(subprotocol or next(iter(offered), None), headers)


@liar(catches=["test_nothing_is_announced_where_nothing_is_offered"])
class EmptyProtocol(WebSocketCycle):
    """Where no subprotocol is offered, an empty one is announced."""

    def accept_headers(self, subprotocol: str | None, headers: Headers) -> Headers:
        """The empty str."""
        offered = self.subprotocols()["subprotocols"]
        return super().accept_headers(subprotocol if offered else "", headers)


@liar(catches=["test_a_subprotocol_that_was_not_offered_is_not_announced"])
class AnySubprotocol(WebSocketCycle):
    """A subprotocol that was not offered is announced."""

    def check_subprotocol(self, subprotocol: str | None) -> None:
        """Everything goes."""


@liar(catches=["test_the_accepted_subprotocol_is_announced", "test_a_subprotocol_is_announced_once"])
class AnnouncesTwice(OtherAnswer):
    """The accepted subprotocol is announced twice."""

    def change(self, headers: Headers) -> Headers:
        """Once more."""
        return headers + [item for item in headers if item[0] == b"Sec-WebSocket-Protocol"]


@liar(
    catches=[
        "test_the_headers_of_accept_are_in_the_101",
        "test_the_headers_of_accept_may_be_any_iterables",
        "test_the_order_of_the_headers_of_accept_is_kept",
    ]
)
class NoHeaders(WebSocketCycle):
    """The headers of accept are dropped."""

    def accept_headers(self, subprotocol: str | None, _headers: Headers) -> Headers:
        """Without them."""
        return super().accept_headers(subprotocol, [])


@liar(catches=["test_the_headers_of_accept_may_be_any_iterables"])
class ListsOnly(WebSocketCycle):
    """The headers of accept must be lists."""

    def validate(self, message: Any) -> Message:
        """Refuse tuples."""
        headers = message.get("headers", []) if isinstance(message, dict) else []
        if any(isinstance(item, tuple) for item in (headers, *headers)):
            raise ApplicationError("asgi.ws.accept.headers", "lists, please")
        return super().validate(message)


@liar(catches=["test_accept_without_headers_adds_none"])
class RemembersHeaders(WebSocketCycle):
    """The headers of one accept are the default of the next."""

    default: ClassVar[Headers] = []

    def accept_headers(self, subprotocol: str | None, headers: Headers) -> Headers:
        """With the former ones, unless there are new ones."""
        type(self).default = headers = headers or self.default
        return super().accept_headers(subprotocol, headers)


@liar(catches=["test_the_order_of_the_headers_of_accept_is_kept"])
class SortsHeaders(WebSocketCycle):
    """The headers of accept are sorted."""

    def accept_headers(self, subprotocol: str | None, headers: Headers) -> Headers:
        """Sorted."""
        return super().accept_headers(subprotocol, sorted(headers))


@liar(catches=["test_what_becomes_of_a_subprotocol_among_the_headers"])
class ProtocolAmongHeaders(WebSocketCycle):
    """sec-websocket-protocol among the headers of accept is sent."""

    tolerated = (*WebSocketCycle.tolerated, "asgi.ws.accept.headers_no_protocol_app")


@liar(catches=["test_a_second_accept_raises"])
class QuietSecondAccept(WebSocketCycle):
    """A second accept is passed over."""

    async def send(self, message: Message) -> None:
        """Nothing, for a second accept."""
        if self.frames is None or message != {"type": "websocket.accept"}:
            await super().send(message)


@liar(catches=["test_a_second_accept_raises", "test_a_second_accept_leaves_no_trace_on_the_wire"])
class Second101(WebSocketCycle):
    """A second accept sends a second 101."""

    async def send(self, message: Message) -> None:
        """Another response, for a second accept."""
        if self.frames is None or message != {"type": "websocket.accept"}:
            await super().send(message)
        else:
            await self.stream.write(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")


@liar(catches=["test_a_message_before_accept_raises"])
class DropsEarlyMessages(WebSocketCycle):
    """A message before accept is dropped."""

    async def send(self, message: Message) -> None:
        """Nothing, for a message before accept."""
        if self.frames is not None or self.closed is not None or message.get("type") != "websocket.send":
            await super().send(message)


@liar(catches=["test_a_message_before_accept_raises", "test_no_frame_precedes_the_101"])
class SendsEarlyMessages(WebSocketCycle):
    """A message before accept is sent at once."""

    async def send(self, message: Message) -> None:
        """A frame where there is no WebSocket yet."""
        if self.frames is not None or self.closed is not None or message.get("type") != "websocket.send":
            await super().send(message)
        else:
            await self.stream.write(b"\x81\x05" + message["text"].encode())
