"""Lies about the end of a connection: the disconnect, and what send and receive do after it."""

from __future__ import annotations

from typing import Any

from compliance.reference.asgi import Message, is_disconnect
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.asgi_websocket import WebSocketCycle
from compliance.reference.errors import ClientDisconnected, log_exception
from compliance.reference.liar import liar
from compliance.reference.liars.websocket_raw import WithFrames
from compliance.reference.server import Server
from compliance.reference.websocket_frames import Frames


@liar(
    catches=[
        "test_the_end_of_a_connection_is_an_event",
        "test_a_disconnect_always_has_a_code",
        "test_the_code_of_a_lost_connection",
        "test_a_connection_lost_inside_a_message_is_reported",
        "test_messages_before_a_lost_connection_are_delivered",
        "test_what_send_raises_after_a_disconnect",
        "test_send_after_a_disconnect_raises_nothing_unrelated",
        "test_the_server_survives_its_own_exception",
    ]
)
class NoticesNothing(WithFrames):
    """The application is not told of a connection that is lost without a Close frame."""

    class Frames(Frames):
        """That keep it to themselves."""

        def on_lost(self) -> None:
            """Give up silently."""
            self.stream.abort()


@liar(
    catches=[
        "test_a_disconnect_always_has_a_code",
        "test_the_code_is_the_clients",
        "test_the_code_of_a_close_without_code_is_1005",
        "test_the_code_of_a_lost_connection",
        "test_the_code_after_the_applications_own_close",
        "test_what_receive_gives_after_a_denial",
        "test_what_receive_gives_after_a_denial_response",
        "test_what_receive_gives_after_a_disconnect",
    ]
)
class NoCode(WebSocketCycle):
    """websocket.disconnect has no code."""

    def disconnect_event(self, _code: int, reason: str) -> Message:
        """The reason alone."""
        return {"type": "websocket.disconnect", "reason": reason}


class OtherCode(WithFrames):
    """A WebSocket that changes the code of websocket.disconnect: the base of liars."""

    codes: dict[int, int] = {}  # noqa: RUF012 - replaced, never changed

    class Frames(Frames):
        """That put another code in the place of some."""

        def set_closed(self, code: int, reason: str) -> None:
            """The changed code, unless it is the application's."""
            codes: dict[int, int] = getattr(self.cycle, "codes", {})
            super().set_closed(codes.get(code, code), reason)


@liar(catches=["test_the_code_is_the_clients"])
class AlwaysNormal(OtherCode):
    """Codes of the client above 1000 are given as 1000."""

    codes = dict.fromkeys((1001, 1003, 1008, 1011, 3000, 4999), 1000)


@liar(
    catches=[
        "test_the_code_of_a_close_without_code_is_1005",
        "test_an_empty_close_is_1005_for_the_application",
    ]
)
class NoStatusIsNormal(OtherCode):
    """A Close frame without a code is given as 1000."""

    codes = {1005: 1000}  # noqa: RUF012


@liar(
    catches=[
        "test_the_code_of_a_lost_connection",
        "test_the_code_of_a_connection_lost_within_something",
    ]
)
class LossIsNoStatus(OtherCode):
    """A lost connection is given as 1005."""

    codes = {1006: 1005}  # noqa: RUF012


@liar(catches=["test_the_code_after_the_applications_own_close"])
class OwnCloseIsNormal(OtherCode):
    """The application's own close is given as 1000."""

    codes = {4000: 1000}  # noqa: RUF012


@liar(catches=["test_the_reason_is_the_clients"])
class NoReason(WebSocketCycle):
    """The client's reason is not given."""

    def disconnect_event(self, code: int, _reason: str) -> Message:
        """The code alone."""
        return {"type": "websocket.disconnect", "code": code, "reason": ""}


@liar(catches=["test_a_disconnect_without_reason_has_none"])
class DefaultReason(WebSocketCycle):
    """Where there is no reason, "unknown" is given."""

    def disconnect_event(self, code: int, reason: str) -> Message:
        """Always with a reason."""
        return super().disconnect_event(code, reason or "unknown")


@liar(catches=["test_a_connection_lost_inside_a_message_is_reported"])
class DeliversUnfinished(WithFrames):
    """What has come of a message when the connection is lost is given as the message."""

    class Frames(Frames):
        """That make the best of it."""

        def on_lost(self) -> None:
            """A message without its end."""
            if self.parts:
                self.on_message(type(self.parts[0])().join(self.parts))
            super().on_lost()


@liar(
    catches=[
        "test_the_applications_own_close_is_followed_by_a_disconnect",
        "test_the_code_after_the_applications_own_close",
    ]
)
class NothingAfterClose(WebSocketCycle):
    """After the application has closed, receive raises."""

    closes = False

    async def send_close(self, message: Message) -> None:
        """Remember it."""
        self.closes = self.frames is not None
        await super().send_close(message)

    async def receive(self) -> Message:
        """Raise, if so."""
        if self.closes:
            raise RuntimeError("the WebSocket is closed")
        return await super().receive()


class Impatient(WithFrames):
    """A WebSocket that may drop what waits for the application: the base of liars."""

    asking = False

    async def receive(self) -> Message:
        """Take down that the application is asking."""
        self.asking = True
        event = await super().receive()
        self.asking = False
        return event

    def drop(self) -> None:
        """Drop the messages that wait, if the application does not ask for one."""
        if not self.asking:
            self.events.clear()


@liar(catches=["test_messages_before_the_clients_close_are_delivered"])
class CloseOvertakes(Impatient):
    """The client's Close frame overtakes the messages before it."""

    class Frames(Frames):
        """That look at the end first."""

        async def on_close(self, event: Any) -> None:
            """Drop what waits."""
            if isinstance(self.cycle, Impatient):
                self.cycle.drop()
            await super().on_close(event)


@liar(catches=["test_messages_before_a_lost_connection_are_delivered"])
class LossOvertakes(Impatient):
    """The loss of the connection overtakes the messages before it."""

    class Frames(Frames):
        """That look at the end first."""

        def on_lost(self) -> None:
            """Drop what waits."""
            if isinstance(self.cycle, Impatient):
                self.cycle.drop()
            super().on_lost()


@liar(catches=["test_what_follows_the_clients_close_is_no_message"])
class ReadsOn(WithFrames):
    """What follows the client's Close frame is given to the application."""

    class Frames(Frames):
        """That do not know when to stop."""

        async def handle(self, data: bytes) -> None:
            """Look for one more message behind the Close frame."""
            await super().handle(data)
            _, close, rest = data.partition(b"\x88\x82")
            if self.ended.is_set() and close and len(rest) > 12:
                mask, payload = rest[8:12], rest[12:]
                text = bytes(octet ^ mask[place % 4] for place, octet in enumerate(payload))
                self.cycle.events.append(self.cycle.receive_event(text.decode(errors="replace")))


@liar(catches=["test_what_receive_gives_after_a_disconnect"])
class OneDisconnect(WebSocketCycle):
    """receive raises after websocket.disconnect."""

    told = False

    def disconnect_event(self, code: int, reason: str) -> Message:
        """Once."""
        if self.told:
            raise RuntimeError("this has been said")
        self.told = True
        return super().disconnect_event(code, reason)


@liar(
    catches=[
        "test_what_send_raises_after_a_disconnect",
        "test_send_after_a_disconnect_raises_nothing_unrelated",
        "test_close_after_a_disconnect_raises_nothing_unrelated",
        "test_what_send_raises_before_the_disconnect_is_received",
        "test_a_message_after_close_raises_nothing_unrelated",
        "test_the_servers_own_exception_is_not_logged",
    ]
)
class RuntimeErrors(WebSocketCycle):
    """send raises a RuntimeError when an accepted WebSocket is closed."""

    def raise_if_gone(self) -> None:
        """Another class."""
        try:
            super().raise_if_gone()
        except ClientDisconnected as error:
            if self.frames is not None:
                raise RuntimeError(str(error)) from None
            raise


@liar(catches=["test_the_servers_own_exception_is_not_logged"])
class LogsDisconnects(WebSocketCycle):
    """The server's own exception is logged with its traceback."""

    async def settle(self, error: BaseException | None) -> None:
        """Log it."""
        if error is not None and is_disconnect(error):
            log_exception("the client has gone", error)
        await super().settle(error)


@liar(catches=["test_the_server_survives_its_own_exception"], area="websocket_server", interface="asgi")
class Shaken(Server):
    """When an application has let the server's own exception pass, the next HTTP response has status 500."""

    shaken = False

    class websocket_class(WebSocketCycle):  # noqa: N801 - the name of the attribute
        """That shakes the server."""

        async def on_disconnect(self) -> None:
            """Take it down."""
            Shaken.shaken = True
            await super().on_disconnect()

    class http_cycle_class(HTTPCycle):  # noqa: N801 - the name of the attribute
        """That shows it."""

        async def send_start(self, message: Message) -> None:
            """Another status, once."""
            status = 500 if Shaken.shaken else message["status"]
            Shaken.shaken = False
            await super().send_start({**message, "status": status})
