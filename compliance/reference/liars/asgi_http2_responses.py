"""Lies about responses over HTTP/2; over HTTP/1.1 these servers are honest."""

from __future__ import annotations

from typing import Any

from compliance.reference.asgi import Message
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.http2 import Http2Connection
from compliance.reference.http2_stream import Http2Response, Http2Stream
from compliance.reference.liar import liar
from compliance.reference.request import Headers
from compliance.reference.server import Server


def answering(response: type[Http2Response]) -> type[Http2Connection]:
    """A connection whose responses are of this class."""
    stream = type("LyingStream", (Http2Stream,), {"response_class": response})
    return type("LyingConnection", (Http2Connection,), {"stream_class": stream})


class Created(Http2Response):
    """Has only statuses of three classes."""

    def put_head(self, status: int, *args: Any, **kwargs: Any) -> None:
        """The first of its class."""
        super().put_head(status // 100 * 100 if status != 304 else status, *args, **kwargs)


@liar(
    catches=[
        "test_the_status_of_a_response_over_http2_is_that_of_the_application",
        "test_a_response_over_http2_without_content_ends",
    ],
    area="asgi_server",
    interface="asgi",
)
class RoundStatus(Server):
    """The status is rounded to hundreds."""

    http2_class = answering(Created)


class Sorted(Http2Response):
    """Has its headers in the order of the alphabet."""

    def fields(self, headers: Headers) -> Headers:
        """Another order."""
        return sorted(super().fields(headers))


@liar(
    catches=["test_the_headers_of_a_response_over_http2_keep_their_order"],
    area="asgi_server",
    interface="asgi",
)
class SortsHeaders(Server):
    """The headers of a response are sorted."""

    http2_class = answering(Sorted)


class Utf8(Http2Response):
    """Takes values for Latin-1."""

    def fields(self, headers: Headers) -> Headers:
        """As UTF-8."""
        return [(name, value.decode("latin-1").encode()) for name, value in super().fields(headers)]


@liar(catches=["test_the_octets_of_a_header_arrive_through_http2"], area="asgi_server", interface="asgi")
class EncodesHeaders(Server):
    """The values of headers are encoded anew."""

    http2_class = answering(Utf8)


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

    stream_class = RawStream

    def __init__(self, *args: Any) -> None:
        """Without the help of h2."""
        super().__init__(*args)
        self.protocol.config.normalize_outbound_headers = False
        self.protocol.config.validate_outbound_headers = False


@liar(
    catches=[
        "test_header_names_over_http2_are_in_lower_case",
        "test_what_becomes_of_capital_letters_in_names_over_http2",
    ],
    area="asgi_server",
    interface="asgi",
)
class CapitalLetters(Server):
    """Names have the letters that HTTP/1.1 gives them."""

    http2_class = RawConnection


class Chunked(Raw):
    """Says that it is chunked."""

    def fields(self, headers: Headers) -> Headers:
        """A field of HTTP/1.1."""
        lower = Http2Response.fields(self, headers)
        return [*lower, (b"transfer-encoding", b"chunked")]


class ChunkedStream(RawStream):
    """Says so in every response."""

    response_class = Chunked


class ChunkedConnection(RawConnection):
    """Has the fields of HTTP/1.1 in its responses."""

    stream_class = ChunkedStream


@liar(
    catches=["test_a_response_over_http2_says_nothing_of_connections", "test_trailers_end_a_stream"],
    area="asgi_server",
    interface="asgi",
)
class SaysChunked(Server):
    """Responses have Transfer-Encoding: chunked."""

    http2_class = ChunkedConnection


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


class Authority(Http2Stream):
    """Promises in the name of the server."""

    def promise(self, path: str, headers: Headers) -> Headers:
        """As the server calls itself."""
        found = super().promise(path, headers)
        return [(name, b"localhost" if name == b":authority" else value) for name, value in found]


class AuthorityConnection(Http2Connection):
    """Has an authority of its own."""

    stream_class = Authority


@liar(catches=["test_a_promise_has_the_authority_of_the_request"], area="asgi_server", interface="asgi")
class OwnAuthority(Server):
    """A promise has the server's own name."""

    http2_class = AuthorityConnection


class Unserved(Http2Connection):
    """Promises what nobody makes."""

    async def push(self, number: int, headers: Headers) -> None:
        """Promise, and reset the promised stream."""
        if not self.protocol.remote_settings.enable_push:
            return
        promised = self.protocol.get_next_available_stream_id()
        self.protocol.push_stream(number, promised, headers)
        self.protocol.reset_stream(promised)
        await self.flush()


@liar(
    catches=[
        "test_a_push_calls_the_application_for_its_path",
        "test_what_is_pushed_is_the_response_of_the_application",
        "test_the_path_of_a_push_is_text",
    ],
    area="asgi_server",
    interface="asgi",
)
class EmptyPromise(Server):
    """What is promised is not asked of the application."""

    http2_class = Unserved


class Insistent(Http2Connection):
    """Takes no notice of what the client wants."""

    async def push(self, number: int, headers: Headers) -> None:
        """Fail where it may not."""
        if not self.protocol.remote_settings.enable_push:
            self.reset(number, 2)  # type: ignore[arg-type]
        await super().push(number, headers)


@liar(catches=["test_a_push_does_no_harm_to_a_client_that_wants_none"], area="asgi_server", interface="asgi")
class PushesAnyway(Server):
    """A push to a client that wants none ends the response."""

    http2_class = Insistent


@liar(catches=["test_what_a_push_before_the_start_meets"])
class EarlyPush(HTTPCycle):
    """A push may come before the start of the response."""

    tolerated = (*HTTPCycle.tolerated, "asgi.ext.push.timing")


class Spent(Http2Connection):
    """Serves no request after a push."""

    async def push(self, number: int, headers: Headers) -> None:
        """The last one."""
        await super().push(number, headers)
        self.spent = True

    def begin(self, number: int, headers: Headers) -> Http2Stream:
        """None of those that the client makes afterwards."""
        self.closing = self.closing or (number % 2 == 1 and getattr(self, "spent", False))
        return super().begin(number, headers)


@liar(catches=["test_a_connection_outlives_a_push"], area="asgi_server", interface="asgi")
class LastIsPush(Server):
    """After a push the connection takes no requests."""

    http2_class = Spent
