"""Lies about receive and send of a request."""

from __future__ import annotations

from compliance.reference.asgi import Message
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.errors import ClientDisconnected
from compliance.reference.liar import liar


@liar(
    catches=[
        "test_an_error_after_a_disconnect_is_of_the_server_s_own_class",
        "test_the_server_does_not_log_its_own_error",
    ]
)
class PlainOSError(HTTPCycle):
    """send raises a plain OSError after a disconnect."""

    async def send(self, message: Message) -> None:
        """The error without a class of its own."""
        try:
            await super().send(message)
        except ClientDisconnected as error:
            raise OSError("disconnected") from error


@liar(
    catches=[
        "test_a_start_without_a_body_is_no_success",
        "test_an_application_that_returns_at_once_is_answered_for",
        "test_an_error_after_the_body_has_come_is_answered",
        "test_an_error_after_the_start_is_no_empty_success",
        "test_an_error_before_the_body_has_come_is_answered",
        "test_an_error_before_the_response_is_answered",
        "test_a_body_shorter_than_declared_ends_the_connection",
        "test_an_error_is_answered_after_other_errors",
    ]
)
class ErrorsAreSuccess(HTTPCycle):
    """An application that fails before its response is answered for with 200."""

    async def give_up(self) -> None:
        """Answer as if all were well."""
        if not self.response.started:
            await self.connection.answer(200, "all is well")
        await super().give_up()
