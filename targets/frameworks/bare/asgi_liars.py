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


@liar("asgi.http.start.status_int")
class StatusOfText(_Send):
    """The status is text."""

    def start(self, message):
        return dict(message, status=str(message["status"]))


@liar("asgi.http.start.headers_type_app")
class HeadersOfText(_Send):
    """Header names and values are text."""

    def start(self, message):
        return dict(
            message, headers=[(name.decode(), value.decode("latin-1")) for name, value in message["headers"]]
        )


@liar("asgi.http.start.headers_lowercase_app")
class UpperCaseNames(_Send):
    """Header names are upper case."""

    def start(self, message):
        return dict(message, headers=[(name.upper(), value) for name, value in message["headers"]])


@liar("asgi.http.start.no_pseudo_app")
class PseudoHeader(_Send):
    """Sends a pseudo-header."""

    def start(self, message):
        return dict(message, headers=[(b":status", b"200"), *message["headers"]])


@liar("asgi.http.body.body_type_app")
class BodyOfBytearray(_Send):
    """The body is a bytearray."""

    def body(self, message):
        return dict(message, body=bytearray(message["body"]))


@liar("asgi.http.body.more_body_type_app")
class MoreBodyOfInt(_Send):
    """more_body is 0 or 1."""

    def body(self, message):
        return dict(message, more_body=int(message["more_body"]))


@liar("asgi.core.event.value_types")
class SetInMessage(_Send):
    """A message holds a value that is not serialisable."""

    def start(self, message):
        return dict(message, note={"a", "set"})


@liar("asgi.core.event.int_range")
class HugeInteger(_Send):
    """A message holds an integer beyond 64 bits."""

    def start(self, message):
        return dict(message, note=2**64)


@liar("asgi.core.event.dict_keys_str")
class KeyOfBytes(_Send):
    """A message has a key of bytes."""

    def start(self, message):
        return {**message, b"note": True}


@liar("asgi.core.event.float_finite")
class NotANumber(_Send):
    """A message holds a float that is not a number."""

    def start(self, message):
        return dict(message, note=float("nan"))


@liar("asgi.core.event.tuples_as_lists")
class ListsOfLists(_Send):
    """Each header is a list of name and value."""

    def start(self, message):
        return dict(message, headers=[list(pair) for pair in message["headers"]])


class _Bytes(bytes):
    pass


@liar("asgi.core.types.bytes_exact")
class BytesOfASubclass(_Send):
    """The body is of a subclass of bytes."""

    def body(self, message):
        return dict(message, body=_Bytes(message["body"]))


class _Str(str):
    __slots__ = ()


@liar("asgi.core.types.str_exact")
class TextOfASubclass(_Send):
    """The type of a message is of a subclass of str."""

    def body(self, message):
        return dict(message, type=_Str(message["type"]))


@liar("asgi.http.start.trailers_flag_type")
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


@liar("asgi.core.event.is_dict")
class MessageOfPairs(_OneMore):
    """A message is a list of pairs."""

    one_more = [("type", "http.response.body"), ("body", b"")]  # noqa: RUF012 - never changed


@liar("asgi.core.event.type_present")
class NoType(_OneMore):
    """A message has no type."""

    one_more = {"body": b""}  # noqa: RUF012 - never changed


@liar("asgi.core.event.type_namespaced")
class TypeOfItsOwn(_OneMore):
    """A message's type is of no protocol."""

    one_more = {"type": "compliance.note"}  # noqa: RUF012 - never changed


@liar("asgi.http.body.app_final", ["test_a_connection_serves_several_requests"])
class NoFinalBody(AsgiContract):
    """The response to / is never completed."""

    async def hello(self, exchange):
        await exchange.start(200, [("content-type", "text/plain")])
        await exchange.part(b"hello", True)


@liar("asgi.http.start.body_must_follow")
class StartOnly(AsgiContract):
    """The response to / has no body message."""

    async def hello(self, exchange):
        await exchange.start(200, [("content-type", "text/plain")])


@liar("asgi.http.start.before_body")
class BodyFirst(AsgiContract):
    """The body comes before the start."""

    async def hello(self, exchange):
        await exchange.part(b"hello", True)
        await exchange.start(200, [("content-type", "text/plain")])
        await exchange.part(b"", False)


@liar("asgi.http.start.once")
class SecondStart(AsgiContract):
    """The response starts twice."""

    async def hello(self, exchange):
        await exchange.start(200, [("content-type", "text/plain")])
        await exchange.text("hello")


@liar("asgi.core.ext.only_when_advertised")
class Pushes(AsgiContract):
    """Uses an extension that was not offered."""

    async def hello(self, exchange):
        await exchange.send({"type": "http.response.push", "path": "/style.css", "headers": []})
        await exchange.text("hello")


@liar("asgi.http.start.set_cookie_app", ["test_each_cookie_is_a_field_of_its_own"])
class JoinedCookies(AsgiContract):
    """Two cookies are in one field."""

    async def cookies(self, exchange):
        if exchange.rest == "read":
            await super().cookies(exchange)
        else:
            await exchange.text("cookies", headers=[("set-cookie", "a=1, b=2")])


# Requests


class _Echo(AsgiContract):
    """Answers /echo with what `read` makes of the messages."""

    async def echo(self, exchange):
        kind = exchange.header("content-type") or "application/octet-stream"
        await exchange.respond(await self.read(exchange), [("content-type", kind)])


@liar("asgi.http.request.app_waits_more_body", ["test_a_body_in_any_chunks_comes_back_from_an_echo"])
class FirstPartOnly(_Echo):
    """Takes the first part of a request for the whole."""

    async def read(self, exchange):
        return (await exchange.receive()).get("body", b"")


@liar("asgi.http.request.app_waits_more_body")
class TakesWhatThereIs(_Echo):
    """Takes what has come for the whole when the client leaves."""

    async def read(self, exchange):
        found = b""
        try:
            async for block in exchange.blocks():
                found += block
        except OSError:
            pass
        return found


@liar("asgi.http.request.app_processes_when_final")
class WaitsForMore(AsgiContract):
    """Wants another message after the last of a request to /query."""

    async def query(self, exchange):
        await exchange.body()
        await exchange.receive()
        await super().query(exchange)


@liar("asgi.http.request.app_default_body")
class NeedsBody(_Echo):
    """Fails on a request message without the key `body`."""

    async def read(self, exchange):
        return b"".join([message["body"] async for message in _messages(exchange)])


@liar("asgi.core.error.app_invalid_event")
class TakesAnything(_Echo):
    """Does not mind an invalid message."""

    async def read(self, exchange):
        message = await exchange.receive()
        body = message.get("body") or b""
        while message.get("more_body"):
            message = await exchange.receive()
            if message.get("type") == "http.disconnect":
                raise OSError("the client is gone")
            body += message.get("body", b"")
        return body if isinstance(body, bytes) else b""


@liar("asgi.core.error.extra_keys_app")
class KnowsAllEventKeys(_Echo):
    """Fails on a key of a request message that it does not know."""

    async def read(self, exchange):
        body = b""
        async for message in _messages(exchange):
            if set(message) - {"type", "body", "more_body"}:
                raise ValueError("an unknown key")
            body += message.get("body", b"")
        return body


async def _messages(exchange):
    """Yield the messages of a request's body."""
    more = True
    while more:
        message = await exchange.receive()
        if message.get("type") != "http.request":
            raise OSError("the client is gone, or the message is invalid")
        yield message
        more = message.get("more_body", False)


@liar("asgi.core.app.async_callable")
class AwaitsPlainHandlers(AsgiContract):
    """Awaits what a plain handler returns."""

    async def block(self, exchange):
        await None
