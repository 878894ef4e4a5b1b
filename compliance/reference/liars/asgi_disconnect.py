"""Lies about what an application is told of its client, and about what becomes of its `send` then."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from compliance.reference.asgi import Message
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.errors import ClientDisconnected
from compliance.reference.liar import liar


@liar(
    catches=[
        "test_the_disconnect_message_is_a_dict_of_its_type",
        "test_a_pending_receive_gives_the_disconnect",
        "test_a_later_receive_gives_the_disconnect",
        "test_the_disconnect_is_given_in_the_middle_of_a_response",
        "test_no_disconnect_while_the_client_stays",
        "test_whether_a_half_close_is_reported_as_disconnect",
        # of other topics, whose applications wait for the disconnect
        "test_byte_strings_are_bytes",
        "test_events_are_dicts",
        "test_events_have_a_type",
        "test_floats_in_events_are_finite",
        "test_integers_in_events_have_64_bits",
        "test_the_keys_of_events_are_str",
        "test_the_types_of_events_begin_with_that_of_the_scope",
        "test_the_application_may_clean_up_after_a_disconnect",
        "test_a_scope_lasts_while_the_response_is_held_open",
        "test_no_http_request_follows_the_last_one",
        "test_receive_waits_while_nothing_happens",
    ]
)
class WaitsForTheReset(HTTPCycle):
    """Only a connection that is lost is a disconnect, not one that the client has closed."""

    def is_disconnected(self) -> bool:
        """Lost."""
        return self.stream.lost


@liar(
    catches=[
        "test_a_request_that_breaks_off_is_never_whole",
        "test_a_body_that_breaks_off_ends_in_a_disconnect",
        "test_a_body_that_breaks_off_never_ends",
    ]
)
class CutIsWhole(HTTPCycle):
    """A request body that was cut short looks complete."""

    def next_body(self) -> Message | None:
        """As if that were all."""
        message = super().next_body()
        return self.body(b"", False) if message == {"type": "http.disconnect"} else message


@liar(catches=["test_many_clients_that_leave_at_once_are_all_reported"])
class ReportsTwenty(HTTPCycle):
    """As long as more than twenty applications wait in receive, none is told of a disconnect."""

    waiting: ClassVar[list[int]] = [0]

    async def receive(self) -> Message:
        """Count."""
        self.waiting[0] += 1
        try:
            return await super().receive()
        finally:
            self.waiting[0] -= 1

    def is_disconnected(self) -> bool:
        """Unless there are too many."""
        return self.waiting[0] <= 20 and super().is_disconnected()


@liar(
    catches=[
        "test_no_disconnect_while_the_client_stays",
        "test_receive_waits_while_nothing_happens",
        "test_a_scope_lasts_while_the_response_is_held_open",
    ]
)
class EarlyDisconnect(HTTPCycle):
    """The disconnect is given as soon as the request has been read."""

    def is_disconnected(self) -> bool:
        """At once."""
        return True


@liar(catches=["test_after_the_response_receive_gives_only_the_disconnect"])
class RequestAfterResponse(HTTPCycle):
    """After the response receive gives another http.request."""

    def next_message(self) -> Message | None:
        """An empty one."""
        return self.body(b"", False) if self.response.complete else super().next_message()


@liar(catches=["test_how_often_receive_gives_the_disconnect"])
class OnlyOnce(HTTPCycle):
    """After http.disconnect receive waits for ever."""

    async def receive(self) -> Message:
        """Nothing more."""
        if self.gone:
            await asyncio.Event().wait()
        return await super().receive()


@liar(catches=["test_a_client_that_only_stops_sending_is_not_left_waiting"])
class HalfClosedIsGone(HTTPCycle):
    """A client that only stops sending gets no response."""

    def raise_if_gone(self) -> None:
        """Half is enough."""
        if self.stream.eof:
            self.gone = True
        super().raise_if_gone()


@liar(
    catches=[
        "test_whether_send_raises_after_a_disconnect",
        "test_whether_send_does_nothing_after_a_disconnect",
        "test_whether_send_fails_before_receive_tells",
    ]
)
class SilentAfterDisconnect(HTTPCycle):
    """send does nothing after a disconnect."""

    async def send(self, message: Message) -> None:
        """No error."""
        try:
            await super().send(message)
        except ClientDisconnected:
            return


@liar(
    catches=[
        "test_send_raises_nothing_but_an_oserror_after_a_disconnect",
        "test_the_server_does_not_log_its_own_error",
    ]
)
class RuntimeErrorAfterDisconnect(HTTPCycle):
    """send raises a RuntimeError after a disconnect."""

    async def send(self, message: Message) -> None:
        """The error of another kind."""
        try:
            await super().send(message)
        except ClientDisconnected as error:
            raise RuntimeError("disconnected") from error


@liar(
    catches=[
        "test_send_returns_after_a_disconnect",
        "test_send_raises_nothing_but_an_oserror_after_a_disconnect",
        "test_an_error_after_a_disconnect_is_of_the_server_s_own_class",
    ]
)
class WaitsAfterDisconnect(HTTPCycle):
    """The third send after a disconnect waits for ever."""

    late = 0

    async def send(self, message: Message) -> None:
        """Wait for a client that is gone."""
        self.late += self.gone
        if self.late == 3:
            await asyncio.Event().wait()
        await super().send(message)


@liar(
    catches=[
        "test_the_server_goes_on_when_its_error_leaves_the_application",
        "test_many_errors_of_send_leave_the_server_unharmed",
    ]
)
class UpsetByItsOwnError(HTTPCycle):
    """After its own error has left an application, the server spoils the next response."""

    upset: ClassVar[list[str]] = []

    async def on_disconnect(self) -> None:
        """Be upset."""
        self.upset.append("disconnected")
        await super().on_disconnect()

    async def send_body(self, message: Message) -> None:
        """Shout."""
        body = message.get("body", b"")
        if self.upset and message.get("more_body", False) is False:
            self.upset.clear()
            body = body.upper()
        await super().send_body({**message, "body": body})


@liar(area="lifecycle", catches=["test_whether_a_running_request_is_told_that_the_server_stops"])
class DisconnectsAtShutdown(HTTPCycle):
    """When the server is told to stop, running requests are told that their clients have gone."""

    stopping = False

    def shutdown(self) -> None:
        """Tell it."""
        self.stopping = True
        self.stream.wake()

    def is_disconnected(self) -> bool:
        """Or if it is true."""
        return self.stopping or super().is_disconnected()


@liar(area="lifecycle", catches=["test_whether_a_running_request_is_still_answered"])
class CutsAtShutdown(HTTPCycle):
    """When the server is told to stop, the connections of running requests are closed."""

    def shutdown(self) -> None:
        """Close it."""
        self.stream.close()
