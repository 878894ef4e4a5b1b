"""Lies about start_response: when it sends, what it remembers, what it refuses."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from compliance.interface import wsgi
from compliance.reference.errors import ApplicationError
from compliance.reference.liar import liar
from compliance.reference.request import Headers
from compliance.reference.wsgi import WSGICycle


@liar(
    catches=[
        "test_exc_info_raises_after_write",
        "test_exc_info_raises_once_headers_are_sent",
        "test_the_error_in_exc_info_is_raised_again",
    ]
)
class SwallowsExcInfo(WSGICycle):
    """start_response with exc_info returns although the headers have been sent."""

    def raise_exc_info(self, exc_info: Any) -> None:
        """Do not."""


@liar(catches=["test_the_error_in_exc_info_is_raised_again"])
class RaisesAnotherError(WSGICycle):
    """start_response with exc_info raises an error of the server, not that of the application."""

    def raise_exc_info(self, exc_info: Any) -> None:
        """It is too late."""
        if exc_info and self.response.started:
            raise ApplicationError("wsgi.sr.exc_info_raises", "the headers have been sent")


@liar(catches=["test_no_reference_to_exc_info_is_kept"])
class KeepsExcInfo(WSGICycle):
    """The server remembers what the last call of start_response was given."""

    def start_response(self, *args: Any, **kwargs: Any) -> Callable[[bytes], None]:
        """Remember it."""
        self.last_call = args
        return super().start_response(*args, **kwargs)


@liar(
    catches=[
        "test_a_block_is_sent_after_written_data_before_the_next_is_asked_for",
        "test_any_mix_of_writing_and_yielding_arrives_whole",
        "test_close_is_called_after_write",
        "test_data_is_sent_before_write_returns",
        "test_data_is_sent_before_write_returns_over_http_1_0",
        "test_nothing_written_is_sent_in_answer_to_head",
        "test_start_response_returns_a_callable",
        "test_the_length_of_a_single_block_is_not_that_of_the_body",
        "test_what_is_written_counts_for_a_content_length",
        "test_what_is_written_is_the_body",
        "test_when_writing_nothing_sends_the_headers",
        "test_writing_nothing_ends_nothing",
        "test_written_data_precedes_yielded_data",
    ]
)
class NoWrite(WSGICycle):
    """start_response returns nothing."""

    def start_response(self, *args: Any, **kwargs: Any) -> Any:
        """Nothing."""
        super().start_response(*args, **kwargs)


@liar(catches=["test_the_third_argument_may_be_none"])
class NoneIsNoExcInfo(WSGICycle):
    """start_response refuses None as its third argument."""

    def start_response(self, *args: Any, **kwargs: Any) -> Any:
        """Two arguments, or an error."""
        if len(args) == 3 and not args[2]:
            raise TypeError("exc_info has to be a tuple")
        return super().start_response(*args, **kwargs)


@liar(catches=["test_the_status_code_reaches_the_client"])
class RegisteredCodesOnly(WSGICycle):
    """A status code that is not registered becomes the first of its class."""

    def store(self, status: str, headers: list[tuple[str, str]]) -> None:
        """A code that everybody knows."""
        known = {str(code.value) for code in HTTPStatus}
        super().store(status if status[:3] in known else f"{status[0]}00{status[3:]}", headers)


@liar(catches=["test_the_reason_phrase_reaches_the_client"])
class OwnReasons(WSGICycle):
    """The reason phrase is the registered one, whatever the application says."""

    def store(self, status: str, headers: list[tuple[str, str]]) -> None:
        """The code, and what it stands for."""
        super().store(f"{status[:3]} {self.response.reason(int(status[:3])).decode()}", headers)


@liar(
    catches=[
        "test_an_empty_block_does_not_fix_the_response",
        "test_an_empty_block_sends_no_headers",
        "test_an_error_after_an_empty_block_is_answered_with_500",
        "test_an_error_before_any_data_is_answered_with_500",
        "test_close_is_called_if_the_client_left_before_the_response",
        "test_exc_info_replaces_a_content_length",
        "test_exc_info_replaces_the_headers",
        "test_exc_info_replaces_the_status",
        "test_start_response_sends_nothing",
    ]
)
class SendsAtOnce(WSGICycle):
    """start_response sends the headers."""

    def store(self, status: str, headers: list[tuple[str, str]]) -> None:
        """And send them."""
        super().store(status, headers)
        self.emit_head()
        self.flush()


@liar(
    catches=[
        "test_an_empty_block_does_not_fix_the_response",
        "test_an_empty_block_sends_no_headers",
        "test_an_error_after_an_empty_block_is_answered_with_500",
    ]
)
class SendsForEmptyBlocks(WSGICycle):
    """The first block sends the headers, even if it is empty."""

    def admit(self, step: dict[str, Any]) -> None:
        """Send them for any block."""
        super().admit(step)
        if step["type"] == "block" and not step["data"] and self.status:
            self.emit_head()
            self.flush()


@liar(catches=["test_when_headers_with_a_length_of_zero_are_sent"])
class SendsEmptyResponsesAtOnce(WSGICycle):
    """start_response sends headers that announce no body."""

    def store(self, status: str, headers: list[tuple[str, str]]) -> None:
        """And send them, if nothing follows."""
        super().store(status, headers)
        if self.response.content_length(self.headers) == 0:
            self.emit_head()
            self.flush()


@liar(
    catches=[
        "test_a_204_without_content_is_sent",
        "test_a_304_gets_no_content_length",
        "test_a_304_without_content_is_sent",
        "test_a_response_without_a_body_is_sent_at_the_end",
    ]
)
class EmptyBodyIsNoResponse(WSGICycle):
    """Without data the headers are not sent."""

    def end(self) -> None:
        """Nothing came, so nothing goes, unless that was announced."""
        if not self.response.started and self.owed() is None and self.request.method != "HEAD":
            self.response.complete = True
            self.tell(self.connection.break_off)
        else:
            super().end()


@liar(
    catches=[
        "test_a_generator_function_is_an_application",
        "test_a_response_that_starts_in_its_first_iteration_is_streamed",
        "test_start_response_may_be_called_by_the_first_iteration",
    ]
)
class StartsBeforeIterating(WSGICycle):
    """A response that has not started when the application returns is an error."""

    def iterate(self, result: Iterable[bytes]) -> None:
        """Only what has started."""
        if not self.status:
            raise ApplicationError("wsgi.sr.late_call", "start_response was not called")
        super().iterate(result)


@liar(catches=["test_start_response_after_an_empty_block"])
class StartsBeforeEmptyBlocks(WSGICycle):
    """A response that has not started when a block comes is an error, also if the block is empty."""

    def admit(self, step: dict[str, Any]) -> None:
        """Only what has started."""
        super().admit(step)
        if step["type"] == "block" and not self.status:
            raise ApplicationError("wsgi.sr.late_call_after_empty", "start_response was not called")


@liar(catches=["test_a_response_that_never_starts_is_an_error"])
class InventsStatus(WSGICycle):
    """A response that never starts is sent as 200."""

    tolerated = ("wsgi.sr.before_first_block_app",)
    status = "200 OK"
    headers: Headers = []  # noqa: RUF012 - replaced, never changed


@liar(catches=["test_a_response_that_never_starts_corrupts_no_status_line"])
class HeadlessData(WSGICycle):
    """The data of a response that never starts is sent without a head."""

    tolerated = ("wsgi.sr.before_first_block_app",)

    def emit_block(self, block: bytes) -> None:
        """Straight to the wire."""
        if self.status:
            super().emit_block(block)
        else:
            self.wait(self.connection.stream.write(block))


@liar(
    catches=[
        "test_an_empty_block_does_not_fix_the_response",
        "test_exc_info_replaces_a_content_length",
        "test_exc_info_replaces_the_status",
    ]
)
class KeepsFirstStatus(WSGICycle):
    """A call with exc_info does not replace the status."""

    def store(self, status: str, headers: list[tuple[str, str]]) -> None:
        """The first one counts."""
        super().store(self.status or status, headers)


@liar(catches=["test_exc_info_replaces_the_headers"])
class KeepsFirstHeaders(WSGICycle):
    """A call with exc_info adds to the headers of the first call."""

    def store(self, status: str, headers: list[tuple[str, str]]) -> None:
        """The new ones and the old ones."""
        first = self.headers if self.status else []
        super().store(status, headers)
        self.headers = [*(item for item in first if item[0] != b"Content-Length"), *self.headers]


@liar(catches=["test_exc_info_replaces_a_content_length"])
class KeepsFirstLength(WSGICycle):
    """A Content-Length stays in force when a call with exc_info replaces the headers."""

    def store(self, status: str, headers: list[tuple[str, str]]) -> None:
        """The new ones and the old length."""
        first = self.headers if self.status else []
        super().store(status, headers)
        self.headers = [*(item for item in first if item[0] == b"Content-Length"), *self.headers]


@liar(
    catches=["test_a_second_call_raises_also_if_the_first_did", "test_a_second_call_without_exc_info_raises"]
)
class CallsAgain(WSGICycle):
    """start_response can be called again without exc_info."""

    tolerated = ("wsgi.sr.app_single_call",)


@liar(catches=["test_a_second_call_raises_also_if_the_first_did"])
class ForgetsFailedCalls(WSGICycle):
    """A call of start_response that raised does not count."""

    def start_response(self, *args: Any, **kwargs: Any) -> Callable[[bytes], None]:
        """Forget it."""
        try:
            return super().start_response(*args, **kwargs)
        except ApplicationError:
            if not self.status:
                self.conversation = wsgi.conversation()
                self.advance_server("call")
            raise


@liar(catches=["test_exc_info_answers_an_error_of_start_response"])
class OneFailureIsEnough(WSGICycle):
    """Once start_response has raised it raises always, also with exc_info."""

    failed = False

    def start_response(self, *args: Any, **kwargs: Any) -> Callable[[bytes], None]:
        """No second chance."""
        if self.failed:
            raise ApplicationError("wsgi.sr.second_call_after_error", "start_response has raised already")
        with contextlib.ExitStack() as stack:
            stack.callback(setattr, self, "failed", True)
            write = super().start_response(*args, **kwargs)
            stack.pop_all()
        return write
