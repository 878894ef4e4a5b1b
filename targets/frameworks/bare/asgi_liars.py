"""ASGI applications with one lie each about what they send, and when."""

import time

from asgi_contract import AsgiContract
from lies import liar

from compliance.guest.channel import asleep, note


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


@liar("asgi.core.event.is_dict")
class MessageOfPairs(_Send):
    """The last message is a list of pairs."""

    def body(self, message):
        return list(message.items())


@liar("asgi.core.event.type_present")
class NoType(_Send):
    """The last message has no type."""

    def body(self, message):
        return {key: value for key, value in message.items() if key != "type"}


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


@liar("asgi.http.request.app_waits_more_body", ["test_a_body_in_any_chunks_comes_back_from_an_echo"])
class FirstPartOnly(AsgiContract):
    """Takes the first part of a request for the whole."""

    async def echo(self, exchange):
        body = (await exchange.receive()).get("body", b"")
        await exchange.respond(body, [("content-type", "text/plain")])


@liar("asgi.http.request.app_processes_when_final")
class WaitsForMore(AsgiContract):
    """Wants another message after the last of the request."""

    async def echo(self, exchange):
        body = await exchange.body()
        await exchange.receive()
        await exchange.respond(body, [("content-type", "text/plain")])


@liar("asgi.http.request.app_default_body", ["test_a_body_in_any_chunks_comes_back_from_an_echo"])
class NeedsBody(AsgiContract):
    """Fails on a request without the key `body`."""

    async def echo(self, exchange):
        body = (await exchange.receive())["body"]
        await exchange.respond(body, [("content-type", "text/plain")])


@liar("asgi.core.error.app_invalid_event", ["test_a_body_in_any_chunks_comes_back_from_an_echo"])
class TakesAnything(AsgiContract):
    """Does not mind an invalid event."""

    async def echo(self, exchange):
        message = await exchange.receive()
        await exchange.respond(message.get("body") or b"", [("content-type", "text/plain")])


@liar("asgi.core.app.async_callable")
class BlocksTheLoop(AsgiContract):
    """An asynchronous handler sleeps without letting anybody else run."""

    async def sleep(self, exchange):
        note("enter")
        time.sleep(int(exchange.rest) / 1000)  # noqa: ASYNC251 - that is the lie
        note("leave")
        await exchange.text("slept")


# WebSocket


@liar(
    "asgi.ws.connect.app_replies",
    [
        "test_any_text_comes_back_from_an_echo",
        "test_any_bytes_come_back_from_an_echo",
        "test_messages_come_back_in_their_order",
        "test_a_large_message_comes_back",
    ],
)
class SendsBeforeAccept(AsgiContract):
    """Sends a message in place of an answer to the handshake."""

    async def ws_echo(self, exchange):
        await exchange.send({"type": "websocket.send", "text": "too early"})
        await super().ws_echo(exchange)


@liar(
    "asgi.ws.send.exactly_one_app",
    [
        "test_any_text_comes_back_from_an_echo",
        "test_any_bytes_come_back_from_an_echo",
        "test_messages_come_back_in_their_order",
        "test_a_large_message_comes_back",
    ],
)
class SendsBothKinds(AsgiContract):
    """A message has text and bytes."""

    async def ws_echo(self, exchange):
        await self.accept(exchange)
        await exchange.receive()
        await exchange.send({"type": "websocket.send", "text": "a", "bytes": b"a"})


@liar("asgi.ws.accept.subprotocol_app_offered", ["test_the_subprotocol_is_the_one_that_the_handler_chose"])
class OwnSubprotocol(AsgiContract):
    """Chooses a subprotocol that was not offered."""

    async def ws_subprotocol(self, exchange):
        await self.accept(exchange, "not-offered")


@liar("asgi.ws.accept.headers_no_protocol_app", ["test_the_subprotocol_is_the_one_that_the_handler_chose"])
class SubprotocolHeader(AsgiContract):
    """Names the subprotocol in a header."""

    async def accept(self, exchange, subprotocol=None):
        headers = [(b"sec-websocket-protocol", subprotocol.encode())] if subprotocol else []
        await exchange.send({"type": "websocket.accept", "headers": headers})


@liar("asgi.ws.accept.headers_lowercase_app")
class UpperCaseAccept(AsgiContract):
    """A header of the handshake's answer is not lower case."""

    async def accept(self, exchange, subprotocol=None):
        headers = [(b"X-Upper", b"case")]
        await exchange.send({"type": "websocket.accept", "subprotocol": subprotocol, "headers": headers})


@liar(
    "asgi.ws.receive.app_either_key",
    [
        "test_any_text_comes_back_from_an_echo",
        "test_any_bytes_come_back_from_an_echo",
        "test_messages_come_back_in_their_order",
        "test_a_large_message_comes_back",
    ],
)
class NeedsBothKeys(AsgiContract):
    """Fails if a received message lacks the unused key."""

    async def ws_echo(self, exchange):
        await self.accept(exchange)
        message = await exchange.receive()
        while message["type"] == "websocket.receive":
            text, data = message["text"], message["bytes"]
            await exchange.send({"type": "websocket.send", "text": text, "bytes": data})
            message = await exchange.receive()


@liar("asgi.ws.app.close_code_valid", ["test_a_handshake_that_the_handler_refuses_is_answered_with_403"])
class ReservedCloseCode(AsgiContract):
    """Closes with a code that must not be sent."""

    async def ws_reject(self, exchange):
        await exchange.send({"type": "websocket.close", "code": 1006})


@liar("asgi.ws.disconnect.app_ends")
class StaysAfterDisconnect(AsgiContract):
    """Goes on receiving after the disconnect."""

    async def ws_echo(self, exchange):
        await super().ws_echo(exchange)
        while True:
            await exchange.receive()
            await asleep(0.05)


# Lifespan


@liar("asgi.lifespan.startup.app_completes", ["test_what_the_startup_hook_stored_is_there_for_handlers"])
class NeverStarts(AsgiContract):
    """Returns from the lifespan without an answer to the startup."""

    async def lifespan(self, scope, receive, send):
        await receive()


@liar("asgi.lifespan.shutdown.app_completes")
class NeverStops(AsgiContract):
    """Does not answer the shutdown."""

    async def shutdown(self, receive, send):
        await receive()


@liar("asgi.lifespan.startup.app_failed_message", ["test_what_the_startup_hook_stored_is_there_for_handlers"])
class FailsInBytes(AsgiContract):
    """Reports a failed startup in bytes."""

    async def startup(self, receive, send):
        await receive()
        await send({"type": "lifespan.startup.failed", "message": b"no text"})
