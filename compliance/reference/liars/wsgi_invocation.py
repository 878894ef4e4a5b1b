"""Lies about the call of the application, and about HTTP that is not its business."""

from __future__ import annotations

import inspect
from typing import Any

from compliance.reference.errors import ApplicationError
from compliance.reference.liar import liar
from compliance.reference.request import Request
from compliance.reference.wsgi import WSGICycle


@liar(
    catches=[
        "test_a_bound_method_is_an_application",
        "test_a_class_is_an_application",
        "test_a_generator_function_is_an_application",
        "test_a_partial_is_an_application",
        "test_an_instance_with_call_is_an_application",
    ]
)
class PlainFunctionsOnly(WSGICycle):
    """An application is a function that returns an iterable."""

    def call(self, environ: dict[str, Any]) -> Any:
        """Nothing else is called."""
        application = self.server.application
        if not inspect.isfunction(application) or inspect.isgeneratorfunction(application):
            raise ApplicationError("wsgi.callable.no_introspection", f"{application!r} is no function")
        return super().call(environ)


@liar(catches=["test_the_application_is_called_with_two_positional_arguments"])
class CallsByKeyword(WSGICycle):
    """The application is called with keywords."""

    def call(self, environ: dict[str, Any]) -> Any:
        """By the names of the specification."""
        return self.server.application(environ=environ, start_response=self.start_response)


@liar(
    catches=[
        "test_the_application_is_called_once",
        "test_the_application_is_called_once_for_each_request_of_a_connection",
    ]
)
class CallsTwice(WSGICycle):
    """An application that returns a list is called twice."""

    def call(self, environ: dict[str, Any]) -> Any:
        """And again."""
        again = dict(environ)
        result = super().call(environ)
        if isinstance(result, list):
            self.server.application(again, lambda *_: lambda _: None)
        return result


@liar(catches=["test_an_application_that_fails_is_not_called_again"])
class TriesAgain(WSGICycle):
    """An application that raised is called a second time."""

    def call(self, environ: dict[str, Any]) -> Any:
        """It may have been bad luck."""
        copy = dict(environ)
        try:
            return super().call(environ)
        except LookupError:
            return super().call(copy)


@liar(
    catches=[
        "test_a_read_waits_for_the_expected_body",
        "test_an_expectation_does_not_concern_the_application",
        "test_no_100_is_sent_to_a_client_of_http_1_0",
    ]
)
class ExpectsNothing(WSGICycle):
    """The body of a request with Expect is not read."""

    def pull(self) -> bytes:
        """Nothing, then."""
        return b"" if self.request.values(b"expect") else super().pull()


@liar(catches=["test_no_100_is_sent_to_a_client_of_http_1_0"])
class ContinuesForEverybody(WSGICycle):
    """100 Continue is sent to clients of HTTP/1.0 as well."""

    async def run(self) -> None:
        """If they expect it."""
        if self.request.version == "1.0" and self.request.values(b"expect"):
            await self.connection.stream.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await super().run()


def wanted(request: Request, name: bytes) -> bool:
    """Whether the request has such a header."""
    return bool(request.values(name))


@liar(
    catches=[
        "test_whether_the_server_encodes_the_body",
        "test_whether_the_server_sends_ranges",
        "test_whether_the_server_validates_caches",
    ]
)
class ActsOnRequests(WSGICycle):
    """The server validates caches, sends ranges and encodes the body as requests ask for."""

    def emit_head(self) -> None:
        """With another status, or a coding."""
        if wanted(self.request, b"if-none-match"):
            self.status = "304 Not Modified"
        if wanted(self.request, b"range"):
            self.status = "206 Partial Content"
        if wanted(self.request, b"accept-encoding") and not self.response.started:
            self.headers = [*self.headers, (b"Content-Encoding", b"identity")]
        super().emit_head()
