"""Lies about responses over HTTP/2; over HTTP/1.1 these servers are honest."""

from __future__ import annotations

from typing import Any

from compliance.reference.asgi import Message
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.http2 import Http2Connection
from compliance.reference.http2_stream import Http2Response, Http2Stream
from compliance.reference.liar import liar
from compliance.reference.liar_http2 import http2_liar
from compliance.reference.request import Headers


@http2_liar(
    catches=[
        "test_the_status_of_a_response_over_http2_is_that_of_the_application",
        "test_a_response_over_http2_without_content_ends",
    ]
)
class RoundStatus(Http2Response):
    """The status is rounded to hundreds."""

    def put_head(self, status: int, *args: Any, **kwargs: Any) -> None:
        """The first of its class."""
        super().put_head(status // 100 * 100 if status != 304 else status, *args, **kwargs)


@http2_liar(catches=["test_the_headers_of_a_response_over_http2_keep_their_order"])
class SortsHeaders(Http2Response):
    """The headers of a response are sorted."""

    def fields(self, headers: Headers) -> Headers:
        """Another order."""
        return sorted(super().fields(headers))


@http2_liar(catches=["test_the_octets_of_a_header_arrive_through_http2"])
class EncodesHeaders(Http2Response):
    """The values of headers are encoded anew."""

    def fields(self, headers: Headers) -> Headers:
        """As UTF-8."""
        return [(name, value.decode("latin-1").encode()) for name, value in super().fields(headers)]


class Raw(Http2Response):
    """Has fields as HTTP/1.1 writes them."""

    def fields(self, headers: Headers) -> Headers:
        """Without a change."""
        return headers


class RawStream(Http2Stream):
    """Writes names as they are."""

    response_class = Raw


class RawConnection(Http2Connection):
    """Checks and normalises nothing that goes out."""

    def __init__(self, *args: Any) -> None:
        """Without the help of h2."""
        super().__init__(*args)
        self.protocol.config.normalize_outbound_headers = False
        self.protocol.config.validate_outbound_headers = False


@http2_liar(
    catches=[
        "test_header_names_over_http2_are_in_lower_case",
        "test_what_becomes_of_capital_letters_in_names_over_http2",
    ]
)
class CapitalLetters(RawConnection):
    """Names have the letters that HTTP/1.1 gives them."""

    stream_class = RawStream


class Chunked(Http2Response):
    """Says that it is chunked."""

    def fields(self, headers: Headers) -> Headers:
        """A field of HTTP/1.1."""
        return [*super().fields(headers), (b"transfer-encoding", b"chunked")]


class ChunkedStream(Http2Stream):
    """Says so in every response."""

    response_class = Chunked


@http2_liar(catches=["test_a_response_over_http2_says_nothing_of_connections", "test_trailers_end_a_stream"])
class SaysChunked(RawConnection):
    """Responses have Transfer-Encoding: chunked."""

    stream_class = ChunkedStream


@liar(catches=["test_the_parts_of_a_response_over_http2_are_joined"])
class FirstPart(HTTPCycle):
    """An empty part of a body over HTTP/2 ends it."""

    async def send_body(self, message: Message) -> None:
        """Earlier than the application wants."""
        ends = self.http2 and not message.get("body") and self.response.started
        self.response.remaining = None if ends else self.response.remaining
        await super().send_body({**message, "more_body": False} if ends else message)


@liar(catches=["test_a_response_over_http2_without_content_ends"])
class EmptyIsOpen(HTTPCycle):
    """A response without content does not end its stream."""

    async def flush(self) -> None:
        """Keep the end back."""
        parts: list[Any] = getattr(self.response, "parts", [])
        if (self.response.complete and not self.response.has_body) or self.response.remaining is None:
            parts[:] = [part for part in parts if part != (b"", True) or not self.empty()]
        await super().flush()

    def empty(self) -> bool:
        """Whether no content was to be sent."""
        return self.request.method == "HEAD" or not self.response.has_body


@liar(
    catches=[
        "test_a_part_reaches_the_client_of_http2_before_send_returns",
        "test_parts_of_two_responses_alternate",
        "test_an_application_that_fails_harms_no_other_stream",
        "test_a_stream_that_is_reset_disconnects_no_other",
        "test_a_stream_stays_open_for_its_trailers",
        "test_an_error_in_the_middle_of_a_response_resets_the_stream",
    ]
)
class Gathers(HTTPCycle):
    """What goes out over HTTP/2 waits for the end of the response."""

    async def flush(self) -> None:
        """Only then."""
        if self.response.complete or not self.http2:
            await super().flush()


@liar(catches=["test_trailers_end_a_stream"])
class DropsTrailers(HTTPCycle):
    """Trailers are not sent over HTTP/2, where nothing is chunked."""

    def wants_trailers(self) -> bool:
        """As if there were no room."""
        return super().wants_trailers() and not self.http2


@liar(catches=["test_a_stream_stays_open_for_its_trailers", "test_trailers_end_a_stream"])
class EndsBeforeTrailers(HTTPCycle):
    """The stream ends with the content, although trailers were announced."""

    def expects_trailers(self) -> bool:
        """Never."""
        return super().expects_trailers() and not self.http2

    async def send_trailers(self, message: Message) -> None:
        """Too late."""
        if not self.http2:
            await super().send_trailers(message)


@liar(catches=["test_early_hints_come_before_the_head_of_a_stream"])
class NoHints(HTTPCycle):
    """Hints are announced over HTTP/2, and ignored."""

    async def send_early_hint(self, message: Message) -> None:
        """Nothing."""
        if not self.http2:
            await super().send_early_hint(message)


# Server push


@liar(catches=["test_a_server_that_pushes_over_http2_announces_it"])
class SecretPush(HTTPCycle):
    """Server push is not announced."""

    tolerated = (*HTTPCycle.tolerated, "asgi.core.ext.only_when_advertised")

    def extensions(self) -> dict[str, Any]:
        """Without it."""
        found = super().extensions()["extensions"]
        return {"extensions": {name: entry for name, entry in found.items() if name != "http.response.push"}}


@liar(
    catches=[
        "test_a_push_is_promised_to_the_client",
        "test_a_promise_has_the_authority_of_the_request",
        "test_a_push_calls_the_application_for_its_path",
        "test_what_is_pushed_is_the_response_of_the_application",
        "test_the_path_of_a_push_is_text",
    ]
)
class NeverPushes(HTTPCycle):
    """Server push is announced, and ignored."""

    async def send_push(self, message: Message) -> None:
        """Nothing."""


@http2_liar(catches=["test_a_promise_has_the_authority_of_the_request"])
class OwnAuthority(Http2Stream):
    """A promise has the server's own name."""

    def promise(self, path: str, headers: Headers) -> Headers:
        """As the server calls itself."""
        found = super().promise(path, headers)
        return [(name, b"localhost" if name == b":authority" else value) for name, value in found]


@http2_liar(
    catches=[
        "test_a_push_calls_the_application_for_its_path",
        "test_what_is_pushed_is_the_response_of_the_application",
        "test_the_path_of_a_push_is_text",
    ]
)
class EmptyPromise(Http2Connection):
    """What is promised is not asked of the application."""

    async def push(self, number: int, headers: Headers) -> None:
        """Promise, and reset the promised stream."""
        if not self.protocol.remote_settings.enable_push:
            return
        promised = self.protocol.get_next_available_stream_id()
        self.protocol.push_stream(number, promised, headers)
        self.protocol.reset_stream(promised)
        await self.flush()


@http2_liar(catches=["test_a_push_does_no_harm_to_a_client_that_wants_none"])
class PushesAnyway(Http2Connection):
    """A push to a client that wants none ends the response."""

    async def push(self, number: int, headers: Headers) -> None:
        """Fail where it may not."""
        if not self.protocol.remote_settings.enable_push:
            self.reset(number, 2)  # type: ignore[arg-type]
        await super().push(number, headers)


@liar(catches=["test_what_a_push_before_the_start_meets"])
class EarlyPush(HTTPCycle):
    """A push may come before the start of the response."""

    tolerated = (*HTTPCycle.tolerated, "asgi.ext.push.timing")


@http2_liar(catches=["test_a_connection_outlives_a_push"])
class LastIsPush(Http2Connection):
    """After a push the connection takes no requests."""

    async def push(self, number: int, headers: Headers) -> None:
        """The last one."""
        await super().push(number, headers)
        self.spent = True

    def begin(self, number: int, headers: Headers) -> Http2Stream:
        """None of those that the client makes afterwards."""
        self.closing = self.closing or (number % 2 == 1 and getattr(self, "spent", False))
        return super().begin(number, headers)
