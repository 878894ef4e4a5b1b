"""Lies about an application that fails, or lets the server's own error pass."""

from __future__ import annotations

from typing import ClassVar

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


@liar(catches=["test_an_answer_to_an_error_is_a_whole_response"])
class ErrorWithATail(HTTPCycle):
    """Something follows the answer to an error."""

    async def on_error(self) -> None:
        """A few bytes."""
        await super().on_error()
        if self.start is None:
            await self.stream.write(b"oops")


@liar(catches=["test_what_becomes_of_the_connection_after_an_error"])
class ErrorEndsTheConnection(HTTPCycle):
    """After the answer to an error the connection is closed."""

    async def on_error(self) -> None:
        """No more."""
        self.connection.closing = True
        await super().on_error()


@liar(catches=["test_where_an_error_shows"])
class TellsTheClient(HTTPCycle):
    """The answer to an error tells the client what it was."""

    error: BaseException | None = None

    async def settle(self, error: BaseException | None) -> None:
        """Remember."""
        self.error = error
        await super().settle(error)

    async def on_error(self) -> None:
        """Tell."""
        if not self.response.started and not self.gone:
            await self.connection.answer(500, repr(self.error))
        await super().on_error()


@liar(
    catches=[
        "test_an_error_in_the_body_never_looks_like_its_end",
        "test_an_error_of_any_kind_in_the_body_cuts_the_message",
        "test_a_body_without_its_end_never_looks_complete",
    ]
)
class EndsWell(HTTPCycle):
    """A body of unknown length gets a proper end even if the application fails or forgets it."""

    async def give_up(self) -> None:
        """As if that were all."""
        if self.response.chunked and not self.gone:
            self.response.put_end()
            await self.flush()
        await super().give_up()


@liar(catches=["test_an_error_leaves_other_requests_alone"])
class ErrorEndsAll(HTTPCycle):
    """An error in the middle of a response ends all connections."""

    async def on_error(self) -> None:
        """Everybody out."""
        if self.response.started:
            for connection in self.server.connections:
                connection.stream.abort()
        await super().on_error()


@liar(catches=["test_the_server_goes_on_after_errors"])
class TenErrorsAreEnough(HTTPCycle):
    """After ten errors before the response the server shouts at the next client."""

    errors: ClassVar[list[int]] = []

    async def on_error(self) -> None:
        """Count."""
        self.errors.append(1)
        await super().on_error()

    async def send_body(self, message: Message) -> None:
        """Shout once."""
        body = message.get("body", b"")
        if len(self.errors) >= 10:
            self.errors.clear()
            body = body.upper()
        await super().send_body({**message, "body": body})
