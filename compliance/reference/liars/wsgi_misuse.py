"""Lies about bodies that are broken, streams that are closed, and what is left behind after a request."""

from __future__ import annotations

import contextvars
import os
import sys
from typing import Any, ClassVar

import h11

from compliance.reference.connection import Connection
from compliance.reference.errors import ApplicationError, ClientDisconnected
from compliance.reference.liar import liar
from compliance.reference.request import Request
from compliance.reference.wsgi import WSGICycle
from compliance.reference.wsgi_streams import ErrorStream


@liar(catches=["test_a_reset_in_a_body_is_no_reason_to_hang"])
class DiesOfReset(WSGICycle):
    """A reset in the middle of a body ends the server."""

    def pull(self) -> bytes:
        """With the process."""
        try:
            return super().pull()
        finally:
            if self.connection.stream.lost:
                os._exit(1)


@liar(
    catches=[
        "test_what_is_read_of_a_body_that_was_cut_short",
        "test_what_is_read_of_chunks_that_were_cut_short",
    ]
)
class FillsUp(WSGICycle):
    """What is missing of a body is filled up with zeros."""

    def pull(self) -> bytes:
        """As many as there should be."""
        try:
            return super().pull()
        except ClientDisconnected:
            if self.broken is not None:
                raise
            return bytes(50)


@liar(catches=["test_an_application_is_not_fed_what_is_no_chunk"])
class FeedsGarbage(WSGICycle):
    """What is no chunk is given to the application as it came."""

    fed = False

    def pull(self) -> bytes:
        """What the parser would not have, once."""
        try:
            return super().pull()
        except ClientDisconnected:
            if self.broken is None or self.fed:
                raise
            self.fed = True
            return b"GARBAGE" * 3


@liar(catches=["test_nobody_waits_after_what_is_no_chunk"])
class WaitsAfterGarbage(WSGICycle):
    """After what is no chunk the connection stays open, and nothing happens on it."""

    async def run(self) -> None:
        """Wait for the client to go away, which it does not."""
        await super().run()
        while self.broken is not None and not self.connection.stream.lost:
            await self.connection.stream.changed()


@liar(catches=["test_a_closed_error_stream_does_no_harm"])
class ErrorsAreNeeded(ErrorStream):
    """Without a log no request is served, and whoever closes wsgi.errors closes the log."""

    def __init__(self) -> None:
        """Look whether it is there."""
        sys.stderr.flush()

    def close(self) -> None:
        """For good."""
        sys.stderr.close()


@liar(
    catches=[
        "test_what_is_left_of_long_and_foreign_text_in_the_log",
        "test_the_error_stream_takes_a_long_text",
    ]
)
class LongLinesFail(ErrorStream):
    """A line of more than 8,999 characters is an error."""

    def write(self, text: str, /) -> int:
        """If it is not too long."""
        if len(text) > 8999:
            raise ValueError("too long")
        return super().write(text)


@liar(catches=["test_how_far_a_context_variable_reaches"])
class OwnsTheContext(WSGICycle):
    """An application that sets a context variable is stopped."""

    def call(self, environ: dict[str, Any]) -> Any:
        """Compare before and after."""
        before = dict(contextvars.copy_context())
        result = super().call(environ)
        if dict(contextvars.copy_context()) != before:
            raise RuntimeError("the context is not the application's")
        return result


@liar(catches=["test_environ_is_let_go_after_the_response"])
class KeepsEnvirons(WSGICycle):
    """Every environ is kept."""

    kept: ClassVar[list[Any]] = []

    def call(self, environ: dict[str, Any]) -> Any:
        """Keep it."""
        self.kept.append(environ)
        return super().call(environ)


@liar(catches=["test_a_raw_target_is_as_it_was_sent"])
class RawTargetIsDecoded(WSGICycle):
    """REQUEST_URI is decoded."""

    def target(self) -> dict[str, Any]:
        """One variable more."""
        return {**super().target(), "REQUEST_URI": self.path_info()}


@liar(catches=["test_what_becomes_of_a_fragment"], area="wsgi_server", interface="wsgi")
class QueryWithFragmentIsDropped(Connection):
    """A target with a fragment loses its query, too."""

    def parse(self, event: h11.Request) -> Request:
        """What is before the question mark."""
        if b"#" in event.target:
            event = h11.Request(
                method=event.method, target=event.target.partition(b"?")[0], headers=list(event.headers)
            )
        return super().parse(event)


@liar(catches=["test_server_name_has_no_port"])
class NameWithPort(WSGICycle):
    """SERVER_NAME is the whole Host field."""

    def server_variables(self) -> dict[str, Any]:
        """If there is one."""
        host = b"".join(self.request.values(b"host")).decode("latin-1")
        return {**super().server_variables(), **({"SERVER_NAME": host} if host else {})}


@liar(catches=["test_the_variables_of_cgi_are_str", "test_what_a_server_calls_itself"])
class SoftwareIsTuple(WSGICycle):
    """SERVER_SOFTWARE is a name and a version."""

    def server_variables(self) -> dict[str, Any]:
        """In a tuple."""
        return {**super().server_variables(), "SERVER_SOFTWARE": ("reference", 1)}


@liar(catches=["test_a_header_status_is_not_the_status"])
class StatusHeaderCounts(WSGICycle):
    """A header Status replaces the status, as in CGI."""

    def start_response(self, status: str, headers: Any, exc_info: Any = None, /) -> Any:
        """With that of the header."""
        status = dict(headers).get("Status", status) if isinstance(headers, list) else status
        return super().start_response(status, headers, exc_info)


@liar(catches=["test_a_response_is_broken_off_where_exc_info_is_too_late"])
class EndsWellAfterExcInfo(WSGICycle):
    """After a start_response that was too late the body is ended as if it were whole."""

    late = False

    def start_response(self, status: str, headers: Any, exc_info: Any = None, /) -> Any:
        """Remember that it was too late."""
        self.late = exc_info is not None and self.response.started
        return super().start_response(status, headers, exc_info)

    def give_up(self) -> None:
        """With a last chunk."""
        if self.late:
            self.end()
        else:
            super().give_up()


@liar(catches=["test_a_response_without_headers_is_sent"])
class NeedsHeaders(WSGICycle):
    """An empty list of headers is taken for none: there is no response."""

    def emit_head(self) -> None:
        """Only if there are any."""
        if not self.headers and not self.response.started:
            raise ApplicationError("wsgi.sr.never_called", "no headers")
        super().emit_head()
