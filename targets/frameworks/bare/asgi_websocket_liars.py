"""ASGI applications with one lie each about WebSockets: the handshake and the messages."""

from asgi_contract import AsgiContract
from lies import liar

# The handshake


@liar("asgi.ws.connect.app_replies", ["test_the_handshake_is_answered_first"])
class SendsBeforeAccept(AsgiContract):
    """Sends a message in place of an answer to the handshake."""

    async def ws_raise(self, exchange):
        await exchange.send({"type": "websocket.send", "text": "too early"})
        await super().ws_raise(exchange)


@liar("asgi.ws.connect.app_replies", ["test_what_an_unknown_path_gets"])
class RaisesForUnknownPaths(AsgiContract):
    """Answers the handshake of an unknown path with an exception."""

    async def websocket(self, scope, receive, send):
        if scope["path"] == "/ws/nowhere":
            raise LookupError(scope["path"])
        await super().websocket(scope, receive, send)


@liar(
    "asgi.ws.accept.subprotocol_app_offered",
    [
        "test_the_subprotocol_is_the_one_that_the_handler_chose",
        "test_no_subprotocols_are_none_offered",
        "test_the_subprotocol_is_one_of_those_offered",
    ],
)
class OwnSubprotocol(AsgiContract):
    """Chooses a subprotocol that was not offered."""

    async def ws_subprotocol(self, exchange):
        await self.accept(exchange, "not-offered")


class _Accepts(AsgiContract):
    """Accepts /ws/close with a header."""

    async def ws_close(self, exchange):
        self.field = self.header(exchange)
        await super().ws_close(exchange)

    async def accept(self, exchange, subprotocol=None):
        message = {"type": "websocket.accept", "subprotocol": subprotocol}
        if exchange.rest:
            message["headers"] = [self.field]
        await exchange.send(message)


@liar("asgi.ws.accept.headers_no_protocol_app", ["test_no_header_of_the_handshake_names_the_subprotocol"])
class SubprotocolHeader(_Accepts):
    """Names a subprotocol in a header."""

    def header(self, exchange):
        return (b"sec-websocket-protocol", b"one")


@liar("asgi.ws.accept.headers_lowercase_app", ["test_header_names_of_the_handshake_are_lower_case"])
class UpperCaseAccept(_Accepts):
    """A header of the handshake's answer is not lower case."""

    def header(self, exchange):
        return (b"X-Upper", b"case")


@liar("asgi.ws.accept.headers_no_pseudo_app", ["test_there_are_no_pseudo_headers_in_the_handshake"])
class PseudoHeaderOfAccept(_Accepts):
    """Sends a pseudo-header with the handshake's answer."""

    def header(self, exchange):
        return (b":status", b"101")


@liar("asgi.ws.accept.headers_version_gate", ["test_a_server_of_version_2_0_gets_no_headers"])
class HeadersForEverybody(_Accepts):
    """Sends a header with the handshake's answer, whichever version the server has."""

    def header(self, exchange):
        return (b"x-lower", b"case")


@liar(
    "asgi.ext.denial.app_gate",
    [
        "test_a_handshake_is_refused_with_close_where_denials_are_not_offered",
        "test_what_an_unknown_path_gets",
    ],
)
class DeniesByHttp(AsgiContract):
    """Refuses the handshake with a response of HTTP, also where the server does not offer that."""

    async def ws_reject(self, exchange):
        await exchange.send({"type": "websocket.http.response.start", "status": 403, "headers": []})
        await exchange.send({"type": "websocket.http.response.body", "body": b"no"})


# Messages


class _Echoes(AsgiContract):
    """Sends back on /ws/echo what `answer` makes of each message."""

    async def ws_echo(self, exchange):
        await self.accept(exchange)
        message = await exchange.receive()
        while message["type"] == "websocket.receive":
            for key, value in self.answer(message).items():
                await exchange.send({"type": "websocket.send", key: value})
            message = await exchange.receive()

    def answer(self, message):
        return {key: message[key] for key in ("text", "bytes") if message.get(key) is not None}


@liar(
    "asgi.ws.receive.app_either_key",
    ["test_a_message_is_read_from_the_key_that_holds_it", "test_an_empty_message_is_a_message"],
)
class TrustsTheKeys(_Echoes):
    """Takes a message for text if it has the key `text`."""

    def answer(self, message):
        return {"text": message["text"]} if "text" in message else {"bytes": message["bytes"]}


@liar("asgi.ws.receive.app_either_key", ["test_an_empty_message_is_a_message"])
class DropsEmptyMessages(_Echoes):
    """Takes an empty message for none."""

    def answer(self, message):
        return {key: value for key, value in super().answer(message).items() if value}


@liar("asgi.ws.receive.app_either_key", ["test_any_messages_come_in_their_order"])
class MixesMessages(_Echoes):
    """Sends each message together with those of its kind that came before."""

    async def ws_echo(self, exchange):
        self.before = {}
        await super().ws_echo(exchange)

    def answer(self, message):
        for key, value in super().answer(message).items():
            self.before[key] = self.before.get(key, type(value)()) + value
        return {key: self.before[key] for key in super().answer(message)}


@liar("asgi.core.error.extra_keys_app", ["test_unknown_keys_of_a_websocket_message_do_no_harm"])
class KnowsAllMessageKeys(_Echoes):
    """Fails on a key of a message that it does not know."""

    def answer(self, message):
        if set(message) - {"type", "text", "bytes"}:
            raise ValueError("an unknown key")
        return super().answer(message)


@liar("asgi.ws.send.exactly_one_app", ["test_each_message_has_either_text_or_bytes"])
class SendsBothKinds(AsgiContract):
    """A message on /ws/subprotocol has text and bytes."""

    async def ws_subprotocol(self, exchange):
        await self.accept(exchange, next(iter(exchange.scope.get("subprotocols", ())), None))
        await exchange.send({"type": "websocket.send", "text": "a", "bytes": b"a"})
        await exchange.receive()
