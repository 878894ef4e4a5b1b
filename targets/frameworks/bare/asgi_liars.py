"""ASGI applications with one lie each about what they send, and when."""

from asgi_contract import AsgiContract
from lies import liar


class _Send(AsgiContract):
    """Changes the messages of every HTTP response."""

    async def http(self, scope, receive, send):
        async def changed(message):
            kind = message["type"].rpartition(".")[2]
            await send(getattr(self, kind)(dict(message)))

        await super().http(scope, receive, changed)

    def start(self, message):
        return message

    def body(self, message):
        return message


@liar("asgi.http.start.status_int", ["test_the_status_is_an_int"])
class StatusOfText(_Send):
    """The status is text."""

    def start(self, message):
        return dict(message, status=str(message["status"]))


@liar("asgi.http.start.headers_type_app", ["test_header_names_and_values_are_bytes"])
class HeadersOfText(_Send):
    """Header names and values are text."""

    def start(self, message):
        return dict(
            message, headers=[(name.decode(), value.decode("latin-1")) for name, value in message["headers"]]
        )


@liar("asgi.http.start.headers_lowercase_app", ["test_header_names_of_a_response_are_lower_case"])
class UpperCaseNames(_Send):
    """Header names are upper case."""

    def start(self, message):
        return dict(message, headers=[(name.upper(), value) for name, value in message["headers"]])


@liar("asgi.http.start.no_pseudo_app", ["test_there_are_no_pseudo_headers"])
class PseudoHeader(_Send):
    """Sends a pseudo-header."""

    def start(self, message):
        return dict(message, headers=[(b":status", b"200"), *message["headers"]])


@liar("asgi.http.body.body_type_app", ["test_the_body_is_bytes"])
class BodyOfBytearray(_Send):
    """The body is a bytearray."""

    def body(self, message):
        return dict(message, body=bytearray(message["body"]))


@liar("asgi.http.body.more_body_type_app", ["test_more_body_of_a_response_is_a_bool"])
class MoreBodyOfInt(_Send):
    """more_body is 0 or 1."""

    def body(self, message):
        return dict(message, more_body=int(message["more_body"]))


@liar("asgi.core.event.value_types", ["test_every_value_could_be_sent_over_a_network"])
class SetInMessage(_Send):
    """A message holds a value that is not serialisable."""

    def start(self, message):
        return dict(message, note={"a", "set"})


@liar("asgi.core.event.int_range", ["test_integers_fit_into_64_bits"])
class HugeInteger(_Send):
    """A message holds an integer beyond 64 bits."""

    def start(self, message):
        return dict(message, note=2**64)


@liar("asgi.core.event.dict_keys_str", ["test_keys_are_text"])
class KeyOfBytes(_Send):
    """A message has a key of bytes."""

    def start(self, message):
        return {**message, b"note": True}


@liar("asgi.core.event.float_finite", ["test_floats_are_finite"])
class NotANumber(_Send):
    """A message holds a float that is not a number."""

    def start(self, message):
        return dict(message, note=float("nan"))


@liar("asgi.core.event.tuples_as_lists", ["test_what_sequences_are_encoded_as"])
class ListsOfLists(_Send):
    """Each header is a list of name and value."""

    def start(self, message):
        return dict(message, headers=[list(pair) for pair in message["headers"]])


class _Bytes(bytes):
    pass


@liar("asgi.core.types.bytes_exact", ["test_byte_strings_are_of_no_subclass"])
class BytesOfASubclass(_Send):
    """The body is of a subclass of bytes."""

    def body(self, message):
        return dict(message, body=_Bytes(message["body"]))


@liar("asgi.http.start.trailers_flag_type", ["test_the_trailers_flag_is_a_bool"])
class TrailersOfInt(_Send):
    """Whether trailers come is said by the number 0."""

    def start(self, message):
        return dict(message, trailers=0)


class _OneMore(AsgiContract):
    """Sends one more message after the response to /."""

    async def http(self, scope, receive, send):
        await super().http(scope, receive, send)
        if scope["path"] == "/":
            await send(self.one_more)


@liar("asgi.core.event.is_dict", ["test_every_message_is_a_dict"])
class MessageOfPairs(_OneMore):
    """A message is a list of pairs."""

    one_more = [("type", "http.response.body"), ("body", b"")]  # noqa: RUF012 - never changed


@liar("asgi.core.event.type_present", ["test_every_message_has_a_type"])
class NoType(_OneMore):
    """A message has no type."""

    one_more = {"body": b""}  # noqa: RUF012 - never changed


class _Str(str):
    __slots__ = ()


@liar("asgi.core.types.str_exact", ["test_text_is_of_no_subclass"])
class TextOfASubclass(_OneMore):
    """The type of a message is of a subclass of str."""

    one_more = {"type": _Str("http.response.body")}  # noqa: RUF012 - never changed


@liar("asgi.core.event.type_namespaced", ["test_every_type_begins_with_the_scope_s_type"])
class TypeOfItsOwn(_OneMore):
    """A message's type is of no protocol."""

    one_more = {"type": "compliance.note"}  # noqa: RUF012 - never changed


@liar(
    "asgi.http.body.app_final",
    ["test_a_connection_serves_several_requests", "test_every_response_is_completed"],
)
class NoFinalBody(AsgiContract):
    """The response to / is never completed."""

    async def hello(self, exchange):
        await exchange.start(200, [("content-type", "text/plain")])
        await exchange.part(b"hello", True)


@liar("asgi.http.start.body_must_follow", ["test_a_body_message_follows_each_start"])
class StartOnly(AsgiContract):
    """The response to / has no body message."""

    async def hello(self, exchange):
        await exchange.start(200, [("content-type", "text/plain")])


@liar("asgi.http.start.before_body", ["test_each_response_starts_before_its_body"])
class BodyFirst(AsgiContract):
    """The body comes before the start."""

    async def hello(self, exchange):
        await exchange.part(b"hello", True)
        await exchange.start(200, [("content-type", "text/plain")])
        await exchange.part(b"", False)


@liar("asgi.http.start.once", ["test_each_response_starts_once"])
class SecondStart(AsgiContract):
    """The response starts twice."""

    async def hello(self, exchange):
        await exchange.start(200, [("content-type", "text/plain")])
        await exchange.text("hello")


@liar("asgi.core.ext.only_when_advertised", ["test_no_extension_is_used_that_was_not_offered"])
class Pushes(AsgiContract):
    """Uses an extension that was not offered."""

    async def hello(self, exchange):
        await exchange.start(200, [("content-type", "text/plain"), ("content-length", "5")])
        await exchange.send({"type": "http.response.push", "path": "/style.css", "headers": []})
        await exchange.part(b"hello", False)


@liar(
    "asgi.http.start.set_cookie_app",
    ["test_each_cookie_is_a_field_of_its_own", "test_each_cookie_has_a_header_of_its_own"],
)
class JoinedCookies(AsgiContract):
    """Two cookies are in one field."""

    async def cookies(self, exchange):
        if exchange.rest == "read":
            await super().cookies(exchange)
        else:
            await exchange.text("cookies", headers=[("set-cookie", "a=1, b=2")])
