"""Lies about close(): when it is called, how often, and on what."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

from compliance.reference.errors import ApplicationError, ClientDisconnected
from compliance.reference.liar import liar
from compliance.reference.wsgi import WSGICycle


@liar(
    catches=[
        "test_a_generator_is_closed_after_a_client_disconnect",
        "test_a_wrapper_that_is_not_returned_sends_nothing",
        "test_close_is_called_after_a_client_disconnect",
        "test_close_is_called_after_a_disconnect_from_a_body_of_known_length",
        "test_close_is_called_after_the_last_block",
        "test_close_is_called_after_write",
        "test_close_is_called_at_the_end",
        "test_close_is_called_for_http_1_0",
        "test_close_is_called_if_a_block_is_no_bytes",
        "test_close_is_called_if_the_client_left_before_the_response",
        "test_close_is_called_if_the_iteration_cannot_begin",
        "test_close_is_called_if_the_iteration_fails",
        "test_close_is_called_if_the_length_is_one",
        "test_close_is_called_if_the_response_never_started",
        "test_close_is_called_if_there_is_no_body",
        "test_close_is_called_once",
        "test_close_is_called_when_the_length_is_reached",
        "test_close_is_called_where_no_body_is_sent",
        "test_close_may_be_any_callable",
        "test_how_far_a_context_variable_reaches",
        "test_how_much_is_iterated_where_no_body_is_sent",
        "test_middleware_can_change_what_a_wrapper_yields",
        "test_no_other_attributes_of_the_iterable_are_used",
        "test_requests_are_served_after_a_client_disconnect",
        "test_the_file_is_closed_after_a_client_disconnect",
        "test_the_file_is_closed_after_the_response",
        "test_the_iterable_is_iterated_once",
        "test_the_iteration_stops_at_the_content_length",
    ]
)
class NeverCloses(WSGICycle):
    """close() is not called."""

    def close_iterable(self, result: Any) -> None:
        """Do not."""


@liar(catches=["test_close_is_called_after_the_last_block"])
class ClosesFirst(WSGICycle):
    """close() is called before the last step of the iteration."""

    def admit(self, step: dict[str, Any]) -> None:
        """With the first data."""
        super().admit(step)
        if step["type"] == "return":
            self.result = step["iterable"]
        if step["type"] == "block" and type(self.result).__name__ == "Blocks" and step["data"] == b"two":
            self.result.close()


@liar(catches=["test_close_is_called_if_the_length_is_one"])
class ClosesNoSingles(WSGICycle):
    """An iterable of one block is not closed."""

    def close_iterable(self, result: Any) -> None:
        """Others are."""
        if not self.single:
            super().close_iterable(result)

    single = False


@liar(catches=["test_close_is_called_if_there_is_no_body"])
class ClosesNoEmpties(WSGICycle):
    """An iterable without data is not closed."""

    def close_iterable(self, result: Any) -> None:
        """Others are."""
        if self.sent_data or not self.response.complete:
            super().close_iterable(result)

    sent_data = False

    def emit_body(self, data: bytes) -> None:
        """There was some."""
        self.sent_data = True
        super().emit_body(data)


@liar(catches=["test_close_is_called_after_write"])
class ClosesNothingAfterWrite(WSGICycle):
    """After write() the iterable is not closed."""

    written = False

    def write(self, data: bytes, /) -> None:
        """Remember it."""
        self.written = True
        super().write(data)

    def close_iterable(self, result: Any) -> None:
        """Others are."""
        if not self.written:
            super().close_iterable(result)


@liar(catches=["test_close_is_called_for_http_1_0"])
class ClosesNothingForHttp10(WSGICycle):
    """The iterable of a response to HTTP/1.0 is not closed."""

    def close_iterable(self, result: Any) -> None:
        """Others are."""
        if self.request.version != "1.0":
            super().close_iterable(result)


@liar(catches=["test_close_may_be_any_callable"])
class ClosesByMethodOnly(WSGICycle):
    """close() is called if it is a method."""

    def close_iterable(self, result: Any) -> None:
        """Of some kind."""
        close = getattr(result, "close", None)
        if inspect.ismethod(close) or inspect.isbuiltin(close):
            super().close_iterable(result)


@liar(catches=["test_close_is_called_once"])
class ClosesTwice(WSGICycle):
    """close() is called twice."""

    def close_iterable(self, result: Any) -> None:
        """To be sure."""
        super().close_iterable(result)
        super().close_iterable(result)


@liar(
    catches=[
        "test_a_generator_is_closed_after_a_client_disconnect",
        "test_close_is_called_after_a_client_disconnect",
        "test_close_is_called_after_a_disconnect_from_a_body_of_known_length",
        "test_close_is_called_if_a_block_is_no_bytes",
        "test_close_is_called_if_the_client_left_before_the_response",
        "test_close_is_called_if_the_iteration_cannot_begin",
        "test_close_is_called_if_the_iteration_fails",
        "test_close_is_called_if_the_response_never_started",
        "test_close_is_called_once",
        "test_requests_are_served_after_a_client_disconnect",
        "test_the_file_is_closed_after_a_client_disconnect",
    ]
)
class ClosesAtAGoodEndOnly(WSGICycle):
    """close() is not called if the iteration raised."""

    failed = False

    def iterate(self, result: Iterable[bytes]) -> None:
        """Note how it ends."""
        self.failed = True
        super().iterate(result)
        self.failed = False

    def close_iterable(self, result: Any) -> None:
        """Only then."""
        if not self.failed:
            super().close_iterable(result)


@liar(catches=["test_close_is_called_if_the_iteration_cannot_begin", "test_the_iterable_is_iterated_once"])
class ClosesNothingUnready(WSGICycle):
    """An iterable whose __iter__ raises is not closed."""

    def close_iterable(self, result: Any) -> None:
        """Others are."""
        if hasattr(result, "close"):
            iter(result)
        super().close_iterable(result)


@liar(catches=["test_close_is_called_if_the_response_never_started"])
class ClosesNothingUnstarted(WSGICycle):
    """The iterable of a response that never started is not closed."""

    def close_iterable(self, result: Any) -> None:
        """Others are."""
        if self.status:
            super().close_iterable(result)


@liar(catches=["test_close_is_called_if_a_block_is_no_bytes", "test_close_is_called_once"])
class ClosesNothingBad(WSGICycle):
    """An iterable with a block that is no bytes is not closed."""

    bad = False

    def admit(self, step: dict[str, Any]) -> None:
        """Remember it."""
        try:
            super().admit(step)
        except ApplicationError:
            self.bad = step["type"] == "block" and not isinstance(step["data"], bytes)
            raise

    def close_iterable(self, result: Any) -> None:
        """Others are."""
        if not self.bad:
            super().close_iterable(result)


@liar(
    catches=[
        "test_a_generator_is_closed_after_a_client_disconnect",
        "test_close_is_called_after_a_client_disconnect",
        "test_close_is_called_after_a_disconnect_from_a_body_of_known_length",
        "test_close_is_called_if_the_client_left_before_the_response",
        "test_requests_are_served_after_a_client_disconnect",
        "test_the_file_is_closed_after_a_client_disconnect",
    ]
)
class ClosesNothingForTheGone(WSGICycle):
    """If the client has gone the iterable is not closed."""

    gone = False

    def flush(self) -> None:
        """Note that it has."""
        try:
            super().flush()
        except ClientDisconnected:
            self.gone = True
            raise

    def close_iterable(self, result: Any) -> None:
        """Others are."""
        if not self.gone:
            super().close_iterable(result)


@liar(
    catches=["test_close_is_called_where_no_body_is_sent", "test_how_much_is_iterated_where_no_body_is_sent"]
)
class ClosesNothingWithoutContent(WSGICycle):
    """The iterable of a response that has no content is not closed."""

    def close_iterable(self, result: Any) -> None:
        """Others are."""
        if self.response.has_body:
            super().close_iterable(result)


@liar(
    catches=[
        "test_close_is_called_if_the_length_is_one",
        "test_close_is_called_when_the_length_is_reached",
        "test_the_iteration_stops_at_the_content_length",
    ]
)
class ClosesNothingThatIsEnough(WSGICycle):
    """An iterable that has more than the Content-Length is not closed."""

    exhausted = False

    def admit(self, step: dict[str, Any]) -> None:
        """Note that it has not."""
        super().admit(step)
        self.exhausted = step["type"] == "end"

    def close_iterable(self, result: Any) -> None:
        """Others are."""
        if self.exhausted or not self.response.complete or not self.response.has_body:
            super().close_iterable(result)


@liar(catches=["test_an_error_of_close_leaves_the_response_intact"])
class ErrorOfCloseIsFatal(WSGICycle):
    """After an error of close() the next request is answered with 500."""

    fatal = False

    def close_iterable(self, result: Any) -> None:
        """Look whether it raises."""
        try:
            getattr(result, "close", lambda: None)()
        except LookupError:
            type(self).fatal = True

    def call(self, environ: dict[str, Any]) -> Any:
        """Fail, once."""
        if type(self).fatal:
            type(self).fatal = False
            raise RuntimeError("an earlier request has failed")
        return super().call(environ)
