"""Lies about handshakes that are denied, or left without an answer."""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import Any

from compliance.reference import websocket_handshake as handshake
from compliance.reference.asgi import Message, pairs
from compliance.reference.asgi_websocket import WebSocketCycle
from compliance.reference.errors import ApplicationError, ClientDisconnected
from compliance.reference.liar import liar


@liar(
    catches=[
        "test_a_client_is_denied_by_an_application_that_listens_on",
        "test_a_denied_client_gets_403",
        "test_an_origin_that_the_application_refuses_gets_an_error",
        "test_code_and_reason_do_not_matter_before_accept",
        "test_the_403_does_not_wait_for_the_application_to_return",
    ]
)
class Unauthorized(WebSocketCycle):
    """A denied client gets 401."""

    async def deny(self) -> None:
        """Another status."""
        self.closed = (1006, "")
        self.connection.closing = True
        await self.connection.answer(401, "Unauthorized")
        self.finish()


@liar(catches=["test_the_403_does_not_wait_for_the_application_to_return"])
class LateDenial(WebSocketCycle):
    """A denied client gets its 403 when the application returns."""

    async def deny(self) -> None:
        """Only a resolution."""
        self.closed = (1006, "")

    async def on_return(self) -> None:
        """Carry it out."""
        if self.closed and self.frames is None and not self.response.started:
            await super().deny()
        await super().on_return()


@liar(catches=["test_a_denied_client_is_disconnected"])
class BrokenDenial(WebSocketCycle):
    """The 403 promises more content than comes."""

    async def deny(self) -> None:
        """A head and its end."""
        self.closed = (1006, "")
        self.connection.closing = True
        self.connection.start(403, [(b"Content-Length", b"10")])
        await self.connection.flush()
        self.stream.close()


class DeniesWithMore(WebSocketCycle):
    """A WebSocket whose 403 has something more: the base of liars."""

    headers_too: tuple[tuple[bytes, bytes], ...] = ()
    after = b""

    async def deny(self) -> None:
        """As the base, with what is added."""
        self.closed = (1006, "")
        self.connection.closing = True
        await self.connection.answer(403, "Forbidden", self.headers_too)
        await self.stream.write(self.after)
        self.finish()


@liar(catches=["test_a_denied_handshake_is_not_completed"])
class AcceptsAndDenies(DeniesWithMore):
    """The 403 has a Sec-WebSocket-Accept."""

    headers_too = ((b"Sec-WebSocket-Accept", b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),)


@liar(catches=["test_a_denied_client_gets_no_frames"])
class ClosesAfterDenial(DeniesWithMore):
    """A Close frame follows the 403."""

    after = b"\x88\x02\x03\xe8"


@liar(catches=["test_code_and_reason_do_not_matter_before_accept"])
class CodeAsStatus(WebSocketCycle):
    """A close code other than 1000 makes the 403 a 400."""

    async def send_close(self, message: Message) -> None:
        """Look at the code."""
        if self.frames is None and message.get("code", 1000) != 1000:
            self.closed = (1006, "")
            self.connection.closing = True
            await self.connection.answer(400, "Bad Request")
            self.finish()
        else:
            await super().send_close(message)


@liar(catches=["test_accept_after_a_denial_changes_nothing"])
class StrictAfterDenial(WebSocketCycle):
    """After a denial send raises a RuntimeError."""

    def raise_if_gone(self) -> None:
        """Another class."""
        if self.closed is not None and self.frames is None:
            raise RuntimeError("the handshake is over")
        super().raise_if_gone()


@liar(
    catches=[
        "test_a_message_after_a_denial_is_not_sent",
        "test_a_message_after_a_denial_has_no_effect",
    ]
)
class SpeaksAfterDenial(WebSocketCycle):
    """A message after a denial is sent."""

    def finish(self) -> None:
        """Keep the connection for what may follow a denial, until the application returns."""
        if self.denial_is_over or self.frames is not None:
            super().finish()

    denial_is_over = False

    async def settle(self, error: BaseException | None) -> None:
        """Let go."""
        self.denial_is_over = True
        await super().settle(error)

    async def send(self, message: Message) -> None:
        """Write the frame."""
        if self.closed is None or self.frames is not None or message.get("type") != "websocket.send":
            await super().send(message)
        else:
            await self.stream.write(b"\x81\x04" + message["text"].encode())


@liar(
    catches=[
        "test_what_receive_gives_after_a_denial",
        "test_what_receive_gives_after_a_denial_response",
    ]
)
class NoDisconnectAfterDenial(WebSocketCycle):
    """After a denial receive waits for ever."""

    def next_event(self) -> Message | None:
        """Nothing more."""
        denied = self.closed is not None and self.frames is None and self.response.started
        return None if denied else super().next_event()


@liar(
    catches=[
        "test_a_handshake_without_an_answer_does_not_hang",
        "test_a_handshake_without_an_answer_gets_an_error_response",
        "test_a_denial_without_an_end_does_not_hang",
        "test_a_subprotocol_that_was_not_offered_is_not_announced",
    ]
)
class WaitsForTheClient(WebSocketCycle):
    """A handshake that the application leaves without an answer is left open until the client goes."""

    async def end(self, code: int) -> None:
        """Wait."""
        while self.frames is None and self.closed is None and not self.stream.eof:
            await self.stream.changed()
        await super().end(code)


@liar(catches=["test_a_handshake_without_an_answer_gets_an_error_response"])
class HangsUp(WebSocketCycle):
    """A handshake that the application leaves without an answer is hung up on."""

    async def end(self, code: int) -> None:
        """Close without a word."""
        if self.frames is None and self.closed is None:
            self.stream.close()
        else:
            await super().end(code)


@liar(catches=["test_the_extension_is_announced_with_a_dict"])
class TrueExtension(WebSocketCycle):
    """The extension is announced with True."""

    def extensions(self) -> dict[str, Any]:
        """A truth value."""
        return {**super().extensions(), "extensions": {"websocket.http.response": True}}


class OtherStart(WebSocketCycle):
    """A WebSocket that changes the start of a denial response: the base of liars."""

    async def send_denial_start(self, message: Message) -> None:
        """The changed start."""
        await super().send_denial_start(self.change(message))

    def change(self, message: Message) -> Message:
        """The message that is carried out."""
        raise NotImplementedError


@liar(
    catches=[
        "test_the_denial_has_the_applications_status_and_headers",
        "test_a_resource_that_the_application_does_not_have_gets_its_error",
        "test_the_application_may_redirect_or_ask_for_authentication",
        "test_the_keys_of_a_denial_have_defaults",
        "test_a_denial_does_not_complete_the_handshake",
    ]
)
class AlwaysForbidden(OtherStart):
    """A denial response has status 403, whatever the application says."""

    def change(self, message: Message) -> Message:
        """Another status."""
        return {**message, "status": 403}


@liar(
    catches=[
        "test_the_denial_has_the_applications_status_and_headers",
        "test_the_application_may_redirect_or_ask_for_authentication",
        "test_the_denial_may_repeat_a_header",
        "test_a_denial_may_declare_its_length",
    ]
)
class NoDenialHeaders(OtherStart):
    """A denial response has none of the application's headers."""

    def change(self, message: Message) -> Message:
        """Without them."""
        return {**message, "headers": []}


@liar(catches=["test_the_denial_may_repeat_a_header"])
class HeadersOnce(OtherStart):
    """Of the headers of one name a denial response has the last."""

    def change(self, message: Message) -> Message:
        """As a dict."""
        return {**message, "headers": list(dict(pairs(message)).items())}


@liar(catches=["test_a_denial_may_declare_its_length"])
class AlwaysChunked(OtherStart):
    """A denial response is always chunked."""

    def change(self, message: Message) -> Message:
        """Without the length."""
        return {**message, "headers": [item for item in pairs(message) if item[0] != b"content-length"]}


@liar(catches=["test_a_denial_does_not_complete_the_handshake"])
class AcceptInDenial(OtherStart):
    """A denial response has a Sec-WebSocket-Accept."""

    def change(self, message: Message) -> Message:
        """With it."""
        ours = (b"Sec-WebSocket-Accept", handshake.accept_key(self.request))
        return {**message, "headers": [*pairs(message), ours]}


@liar(catches=["test_the_denial_has_the_applications_body"])
class LastPart(WebSocketCycle):
    """Of the parts of a denial only the last one is sent."""

    async def send_denial_body(self, message: Message) -> None:
        """Nothing but the last part."""
        if not message.get("more_body", False):
            await super().send_denial_body(message)


@liar(catches=["test_the_keys_of_a_denial_have_defaults"])
class NoDefaults(WebSocketCycle):
    """The messages of a denial must have all keys."""

    def validate(self, message: Any) -> Message:
        """Refuse a start without headers."""
        if message.get("type") == "websocket.http.response.start" and "headers" not in message:
            raise ApplicationError("asgi.ext.denial.event_structure", "headers, please")
        return super().validate(message)


@liar(catches=["test_the_connection_ends_after_a_denial"])
class StaysAfterDenial(WebSocketCycle):
    """After a denial response the next request on the connection is answered."""

    def finish(self) -> None:
        """Not before the application returns."""
        if self.start is None:
            super().finish()

    async def settle(self, error: BaseException | None) -> None:
        """Wait for a request, if there was a denial."""
        if self.start is not None and self.response.complete:
            await self.stream.changed()
            with contextlib.suppress(ClientDisconnected):
                await self.stream.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        self.start = None
        await super().settle(error)


@liar(catches=["test_accept_after_the_start_of_a_denial_has_no_effect"])
class ChangesItsMind(WebSocketCycle):
    """accept after the start of a denial completes the handshake."""

    async def send(self, message: Message) -> None:
        """Forget the start."""
        if message.get("type") == "websocket.accept" and self.start and not self.response.started:
            self.start = None
            self.conversation.state["send"] = "connecting"
        await super().send(message)


class DenialAfterAccept(WebSocketCycle):
    """A WebSocket that does something of its own for a denial after accept: the base of liars."""

    written = b""

    async def send(self, message: Message) -> None:
        """Not what the base does."""
        denial = str(message.get("type")).startswith("websocket.http") if isinstance(message, dict) else False
        if denial and self.frames is not None:
            await self.stream.write(self.written)
        else:
            await super().send(message)


@liar(catches=["test_a_denial_after_accept_raises"])
class QuietLateDenial(DenialAfterAccept):
    """A denial after accept is passed over."""


@liar(catches=["test_a_denial_after_accept_raises", "test_a_denial_after_accept_leaves_no_trace_on_the_wire"])
class WrittenLateDenial(DenialAfterAccept):
    """A denial after accept is written to the WebSocket."""

    written = b"HTTP/1.1 401 Unauthorized\r\n\r\n"


@liar(catches=["test_a_denial_without_the_extension_raises"])
class SecretExtension(WebSocketCycle):
    """The extension works without being announced."""

    async def call_application(self, scope: dict[str, Any]) -> None:
        """Without a word of it."""
        await super().call_application({**scope, "extensions": {}})


@liar(
    catches=[
        "test_what_receive_gives_after_a_denial_response",
        "test_what_receive_gives_after_a_denial",
        "test_accept_after_a_denial_changes_nothing",
    ]
)
class DisconnectsWithAnError(WebSocketCycle):
    """After a denial receive raises, and send as well."""

    def next_event(self) -> Message | None:
        """Raise instead of a disconnect."""
        if not self.events and self.closed is not None and self.frames is None and self.response.started:
            raise RuntimeError("there is nothing to receive")
        return super().next_event()

    def raise_if_gone(self) -> None:
        """Another class."""
        try:
            super().raise_if_gone()
        except ClientDisconnected as error:
            if self.closed is not None and self.frames is None:
                raise RuntimeError(str(error)) from None
            raise


class DropsDenials(WebSocketCycle):
    """Messages of a denial that are not legal are dropped, if their fault is of one kind."""

    out_of_order: bool

    async def send(self, message: Message) -> None:
        """Without an exception."""
        try:
            await super().send(message)
        except ApplicationError as error:
            early = self.frames is None and self.closed is None and "http.response" in str(message)
            order = error.requirement == "asgi.ext.denial.event_structure"
            if not early or order is not self.out_of_order:
                raise


@liar(catches=["test_a_denial_out_of_order_raises"])
class DropsDisorder(DropsDenials):
    """Messages of a denial that come out of order are dropped."""

    out_of_order = True


@liar(catches=["test_a_denial_with_a_wrong_type_raises"])
class DropsWrongTypes(DropsDenials):
    """Messages of a denial that have values of wrong types are dropped."""

    out_of_order = False


@liar(catches=["test_a_request_behind_a_denial_ends_no_server"])
class EndsBehindDenials(WebSocketCycle):
    """Whatever comes behind a part of a denial is too much."""

    async def send_denial_body(self, message: Message) -> None:
        """Watch for what comes behind it."""
        await super().send_denial_body(message)
        if message.get("body") == b"behind":
            self.watch = asyncio.ensure_future(self.break_down())

    async def break_down(self) -> None:
        """End the server when the client says something."""
        await self.stream.changed()
        os._exit(0)
