"""ASGI applications with one lie each about requests and responses of the contract.

Their messages are right, but they are not what the contract wants.
"""

import hashlib
import json
from urllib.parse import parse_qsl, quote

from asgi_contract import AsgiContract
from lies import liar

from compliance.guest.channel import note

# Requests


class _Inspects(AsgiContract):
    """Changes what /inspect tells."""

    async def inspect(self, exchange):
        honest = exchange.as_json

        async def changed(values):
            await honest(self.changed(values))

        exchange.as_json = changed
        await super().inspect(exchange)


@liar("asgi.http.scope.method", ["test_the_method_reaches_the_handler"])
class AlwaysGet(_Inspects):
    """Takes every request for a GET."""

    def changed(self, values):
        return dict(values, method="GET")


@liar("asgi.http.scope.headers_complete", ["test_the_header_fields_reach_the_handler"])
class KnownFieldsOnly(_Inspects):
    """Does not report fields that it does not know."""

    def changed(self, values):
        return dict(values, headers=[pair for pair in values["headers"] if not pair[0].startswith("x-")])


@liar("asgi.http.scope.path_percent_decoded", ["test_the_url_of_a_request_is_that_of_the_client"])
class UrlWithoutPort(_Inspects):
    """Leaves the port out of the URL."""

    def changed(self, values):
        return dict(values, url="http://testserver" + values["path"])


@liar(
    "asgi.http.scope.path_utf8_decoded",
    ["test_any_path_reaches_the_handler_decoded", "test_raw_path_may_be_missing"],
)
class EncodedPath(AsgiContract):
    """Gives a handler the path percent-encoded."""

    async def path(self, exchange):
        await exchange.text(quote(exchange.rest))


@liar("asgi.http.scope.query_string_raw", ["test_any_query_reaches_the_handler"])
class Latin1Query(AsgiContract):
    """Takes the query for latin-1."""

    async def query(self, exchange):
        query = exchange.scope["query_string"].decode("latin-1")
        await exchange.as_json(parse_qsl(query, keep_blank_values=True, encoding="latin-1"))


@liar("asgi.http.scope.headers_exact_bytes", ["test_the_cookies_of_a_request_reach_the_handler"])
class FirstCookieOnly(AsgiContract):
    """Sees only the first cookie of a field."""

    async def cookies(self, exchange):
        cut = [(name, value.partition(b";")[0]) for name, value in exchange.scope["headers"]]
        exchange.scope = dict(exchange.scope, headers=cut)
        await super().cookies(exchange)


@liar(
    "asgi.http.request.body_concat",
    [
        "test_any_body_comes_back_from_an_echo",
        "test_a_body_in_any_chunks_comes_back_from_an_echo",
        "test_a_body_may_come_in_any_parts",
    ],
)
class SevenBitBodies(AsgiContract):
    """Drops the highest bit of each byte of a body."""

    async def echo(self, exchange):
        kind = exchange.header("content-type") or "application/octet-stream"
        body = bytes(byte & 0x7F for byte in await exchange.body())
        await exchange.respond(body, [("content-type", kind)])


@liar("asgi.http.scope.headers_inner_whitespace", ["test_any_json_is_parsed_by_the_handler"])
class NumbersAsText(AsgiContract):
    """Takes the numbers of a JSON document for text."""

    async def json(self, exchange):
        await exchange.as_json(json.loads(await exchange.body(), parse_int=str))


@liar("asgi.http.request.single_completion", ["test_any_form_is_parsed_by_the_handler"])
class Latin1Form(AsgiContract):
    """Takes a form for latin-1."""

    async def form(self, exchange):
        body = (await exchange.body()).decode()
        await exchange.as_json(parse_qsl(body, keep_blank_values=True, encoding="latin-1"))


@liar("asgi.http.request.more_body_final", ["test_a_large_body_is_read_as_a_stream"])
class HashesTheFirstBlock(AsgiContract):
    """Reads a body block by block, but hashes only the first one."""

    async def digest(self, exchange):
        blocks = []
        async for block in exchange.blocks():
            note("read", len(block))
            blocks.append(block)
        await exchange.text(hashlib.sha256(blocks[0]).hexdigest())


@liar(
    "asgi.http.request.started_before_body_complete", ["test_a_handler_reads_a_part_before_the_rest_is_sent"]
)
class ReadsAllAtOnce(AsgiContract):
    """A handler that reads a body as a stream gets all of it at once."""

    async def digest(self, exchange):
        body = await exchange.body()
        note("read", len(body))
        await exchange.text(hashlib.sha256(body).hexdigest())


# Responses


@liar("asgi.http.start.event_accepted", ["test_the_status_reaches_the_client"])
class AlwaysOk(AsgiContract):
    """Every status with content is 200."""

    async def status(self, exchange):
        if exchange.rest in ("204", "304"):
            await super().status(exchange)
        else:
            await exchange.text("status " + exchange.rest)


@liar("rfc9110.status.204_no_content", ["test_a_response_without_content_has_none"])
class SaysNothing(AsgiContract):
    """Answers with the word nothing where there is to be nothing."""

    async def nothing(self, exchange):
        await exchange.text("nothing")


@liar("rfc9110.status.304_no_content", ["test_a_not_modified_has_no_content"])
class NeverTheSame(AsgiContract):
    """Sends in full what has not been modified."""

    async def status(self, exchange):
        if exchange.rest == "304":
            await exchange.text("status 304")
        else:
            await super().status(exchange)


@liar("rfc9110.head.no_content", ["test_the_answer_to_head_has_no_content"])
class NoHead(AsgiContract):
    """Does not know the method HEAD."""

    async def dispatch(self, exchange, first):
        if exchange.scope["method"] == "HEAD":
            await exchange.text("not implemented", 501)
        else:
            await super().dispatch(exchange, first)


@liar("asgi.http.start.headers_duplicates", ["test_every_value_of_a_repeated_field_is_sent"])
class LastFields(AsgiContract):
    """Of two fields of a name only the last is sent."""

    async def headers(self, exchange):
        await exchange.text("headers", headers=[("x-repeated", "two"), ("x-latin", "\xe9")])


@liar("asgi.http.start.headers_exact_bytes", ["test_a_latin_1_character_is_one_byte"])
class Utf8Fields(AsgiContract):
    """A character of a field value is encoded as UTF-8."""

    async def headers(self, exchange):
        utf8 = "\xe9".encode().decode("latin-1")
        fields = [("x-repeated", "one"), ("x-repeated", "two"), ("x-latin", utf8)]
        await exchange.text("headers", headers=fields)


@liar("asgi.http.start.headers_exact_bytes", ["test_a_redirect_leads_to_its_target"])
class Astray(AsgiContract):
    """A redirect leads elsewhere."""

    async def redirect(self, exchange):
        await exchange.text("see elsewhere", 302, [("location", "/elsewhere")])


@liar("asgi.http.body.event_accepted", ["test_a_large_stream_arrives_whole"])
class LosesTheEnd(AsgiContract):
    """A large stream lacks its last byte."""

    async def large(self, exchange):
        exchange.rest = str(int(exchange.rest) - 1)
        await super().large(exchange)


@liar("rfc9112.conn.persistent_default", ["test_a_connection_serves_several_requests"])
class ClosesConnections(AsgiContract):
    """Has the connection closed after each answer to /."""

    async def hello(self, exchange):
        await exchange.text("hello", headers=[("connection", "close")])


@liar("rfc9110.server.allow_405", ["test_a_wrong_method_is_answered_with_those_allowed"])
class NoAllow(AsgiContract):
    """Does not say which methods are allowed."""

    async def dispatch(self, exchange, first):
        if first == "echo" and exchange.scope["method"] == "GET":
            await exchange.text("method not allowed", 405)
        else:
            await super().dispatch(exchange, first)


@liar("asgi.http.start.event_accepted", ["test_an_unknown_path_is_not_found"])
class FindsEverything(AsgiContract):
    """Knows every path."""

    async def missing(self, exchange):
        await exchange.text("found")
