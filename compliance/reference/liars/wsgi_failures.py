"""Lies about applications that fail: what the client, the log and other requests get."""

from __future__ import annotations

import contextlib
from typing import Any

from compliance.reference.errors import ClientDisconnected, RequestError
from compliance.reference.liar import liar
from compliance.reference.wsgi import WSGICycle


@liar(
    catches=[
        "test_a_character_beyond_latin1_is_an_error",
        "test_a_response_that_never_starts_is_an_error",
        "test_a_str_is_no_body",
        "test_a_transfer_encoding_of_the_application_breaks_no_framing",
        "test_an_error_after_an_empty_block_is_answered_with_500",
        "test_an_error_before_any_data_is_answered_with_500",
    ]
)
class ErrorsAreFine(WSGICycle):
    """An error is answered with 200."""

    async def answer_error(self) -> None:
        """All is well."""
        with contextlib.suppress(ClientDisconnected):
            await self.connection.answer(200, "OK")


@liar(
    catches=[
        "test_a_content_length_of_the_application_does_not_frame_the_error",
        "test_the_answer_to_an_error_is_a_complete_message",
    ]
)
class LongErrors(WSGICycle):
    """The answer to an error announces more than it has."""

    async def answer_error(self) -> None:
        """A thousand bytes, perhaps."""
        raw = b"HTTP/1.1 500 Error\r\nContent-Length: 1000\r\n\r\nerror"
        with contextlib.suppress(ClientDisconnected):
            await self.connection.stream.write(raw)


@liar(catches=["test_a_content_length_of_the_application_does_not_frame_the_error"])
class ErrorsOfTheSameLength(WSGICycle):
    """The answer to an error has the Content-Length of the response that failed."""

    async def answer_error(self) -> None:
        """If there was one."""
        length = self.response.content_length(self.headers) if self.status else None
        if length is None:
            await super().answer_error()
        else:
            raw = b"HTTP/1.1 500 Error\r\nContent-Length: %d\r\n\r\nerror" % length
            await self.connection.stream.write(raw)


@liar(
    catches=[
        "test_a_failure_after_write_looks_like_one",
        "test_an_error_in_the_body_breaks_the_response_off",
        "test_the_connection_is_closed_if_the_body_is_too_short",
        "test_the_connection_is_closed_if_the_file_is_too_short",
    ]
)
class CompletesBrokenBodies(WSGICycle):
    """A body that broke off is completed."""

    def give_up(self) -> None:
        """With blanks, if it has a length."""
        if not self.response.started or self.response.complete:
            super().give_up()
            return
        with contextlib.suppress(ClientDisconnected):
            self.response.put_data(b" " * (self.response.remaining or 0))
            self.response.put_end()
            self.flush()


@liar(
    catches=[
        "test_a_block_of_none_is_no_body",
        "test_a_failure_after_write_looks_like_one",
        "test_an_error_in_the_body_breaks_the_response_off",
        "test_an_error_in_the_body_is_logged",
        "test_no_second_response_follows_an_error_in_the_body",
        "test_the_connection_is_closed_if_the_body_is_too_short",
        "test_the_connection_is_closed_if_the_file_is_too_short",
    ]
)
class AnswersIntoTheBody(WSGICycle):
    """An error in the body is answered with 500, behind what was sent."""

    def give_up(self) -> None:
        """And broken off."""
        if self.response.started and not self.response.complete:
            raw = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
            with contextlib.suppress(ClientDisconnected):
                self.wait(self.connection.stream.write(raw))
        super().give_up()


@liar(catches=["test_what_is_added_to_a_response_that_was_broken_off"])
class SaysSorry(WSGICycle):
    """A body that breaks off ends with an apology."""

    def give_up(self) -> None:
        """If it has no length."""
        if self.response.started and not self.response.complete and self.response.remaining is None:
            with contextlib.suppress(ClientDisconnected):
                self.response.put_data(b"sorry")
                self.flush()
        super().give_up()


@liar(
    catches=[
        "test_nothing_is_sent_after_the_whole_body_for_a_late_error",
        "test_the_iteration_stops_at_the_content_length",
    ]
)
class LateErrorsCount(WSGICycle):
    """An error after the whole body is answered behind it."""

    def has_enough(self) -> bool:
        """See what comes."""
        return not self.response.has_body

    def give_up(self) -> None:
        """A second answer."""
        if self.response.remaining == 0 and not self.response.complete:
            with contextlib.suppress(ClientDisconnected):
                self.wait(self.connection.stream.write(b"HTTP/1.1 500 Error\r\n\r\n"))
        super().give_up()


@liar(
    catches=[
        "test_a_system_exit_leaves_nobody_waiting",
        "test_an_error_that_is_no_exception_ends_the_request",
        "test_a_status_out_of_range_does_not_end_the_server",
        "test_an_application_that_fails_is_not_called_again",
        "test_close_is_called_once",
        "test_requests_are_served_after_an_error",
        "test_requests_are_served_after_an_error_in_the_body",
    ]
)
class ErrorsAreFatal(WSGICycle):
    """After an error of the application the next request is answered with 500."""

    fatal = False

    def on_error(self, error: BaseException) -> None:
        """Remember it, before the client can know."""
        type(self).fatal = True
        super().on_error(error)

    def call(self, environ: dict[str, Any]) -> Any:
        """Fail, if this is the fence."""
        fatal, type(self).fatal = type(self).fatal, False
        if fatal and environ["PATH_INFO"] == "/fence":
            raise RuntimeError("an earlier request has failed")
        return super().call(environ)


@liar(catches=["test_the_connection_is_usable_or_closed_after_an_error"])
class TalksOnAfterErrors(WSGICycle):
    """Behind the answer to an error there is more."""

    async def answer_error(self) -> None:
        """And another thing."""
        await super().answer_error()
        with contextlib.suppress(ClientDisconnected):
            await self.connection.stream.write(b"And another thing\r\n")


@liar(catches=["test_an_error_in_the_body_is_logged", "test_an_error_is_logged"])
class LogsNoErrors(WSGICycle):
    """Errors of the application are not logged."""

    def on_error(self, _: BaseException) -> None:
        """Give up in silence."""
        self.give_up()


@liar(catches=["test_the_answer_to_an_error_tells_nothing_of_the_application"])
class ShowsErrors(WSGICycle):
    """The client is told what the application raised."""

    def on_error(self, error: BaseException) -> None:
        """In the answer."""
        self.broken = RequestError(500, repr(error))
        super().on_error(error)


@liar(
    catches=[
        "test_a_system_exit_leaves_nobody_waiting",
        "test_an_error_that_is_no_exception_ends_the_request",
    ]
)
class WaitsForExceptions(WSGICycle):
    """If the application raises what is no Exception the client is left waiting."""

    def on_error(self, error: BaseException) -> None:
        """Until it goes."""
        if not isinstance(error, Exception):
            self.wait(self.client_gone())
        super().on_error(error)

    async def client_gone(self) -> None:
        """Return once it has."""
        while not self.connection.stream.eof:
            await self.connection.stream.changed()
