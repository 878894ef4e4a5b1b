"""ASGI applications with one lie each about streams, errors and WebSockets of the contract.

Their messages are right, but they are not what the contract wants.
"""

import traceback

from asgi_contract import AsgiContract
from lies import liar

from compliance.guest.channel import agate, note

# Streams and errors


@liar(
    "asgi.http.disconnect.app_ends",
    ["test_a_stream_ends_when_the_client_leaves", "test_what_an_application_does_when_send_raises"],
)
class StaysWithoutClient(AsgiContract):
    """A stream whose client has left never ends."""

    async def stream(self, exchange):
        try:
            await super().stream(exchange)
        except OSError:
            await agate("never")


@liar(
    "asgi.core.error.app_exception_isolated",
    [
        "test_a_handler_that_raises_is_answered_with_500",
        "test_a_body_that_breaks_off_is_not_taken_for_the_whole",
        "test_an_invalid_message_is_an_error",
    ],
)
class ErrorsAreFine(AsgiContract):
    """The answer to an error is a 200."""

    async def failure(self, exchange):
        await exchange.text("internal server error", 200)


@liar("rfc9110.server.no_app_leak", ["test_the_answer_to_an_error_does_not_show_the_code"])
class ShowsTheCode(AsgiContract):
    """The answer to an error is its traceback."""

    async def failure(self, exchange):
        await exchange.text(traceback.format_exc(), 500)


@liar(
    "asgi.http.disconnect.after_client_close",
    [
        "test_a_handler_learns_that_the_client_has_left",
        "test_a_handler_that_waits_for_the_disconnect_gets_it",
    ],
)
class WaitsForever(AsgiContract):
    """A handler is not told that the client is gone."""

    async def disconnected(self, exchange):
        note("waiting for the disconnect")
        await agate("never")


@liar("asgi.core.app.lifetime_cleanup", ["test_a_background_task_runs_after_the_response"])
class ForgetsTheTask(AsgiContract):
    """A background task does not run."""

    async def background(self, exchange):
        await exchange.text("answered")


# WebSocket


class _Echoes(AsgiContract):
    """Changes what /ws/echo sends back for a message."""

    async def ws_echo(self, exchange):
        honest = exchange.send

        async def changed(message):
            if message["type"] == "websocket.send":
                message = self.changed(message)
            await honest(message)

        exchange.send = changed
        await super().ws_echo(exchange)


@liar(
    "asgi.ws.receive.text", ["test_any_text_comes_back_from_an_echo", "test_any_messages_come_in_their_order"]
)
class Latin1Text(_Echoes):
    """Knows only the characters of latin-1."""

    def changed(self, message):
        text = message.get("text")
        return (
            message
            if text is None
            else dict(message, text=text.encode("latin-1", "replace").decode("latin-1"))
        )


@liar(
    "asgi.ws.receive.bytes",
    [
        "test_any_bytes_come_back_from_an_echo",
        "test_a_large_message_comes_back",
        "test_any_messages_come_in_their_order",
    ],
)
class SevenBits(_Echoes):
    """Drops the highest bit of each byte."""

    def changed(self, message):
        data = message.get("bytes")
        return message if data is None else dict(message, bytes=bytes(byte & 0x7F for byte in data))


@liar("asgi.ws.send.large", ["test_a_large_message_comes_back"])
class CutsLargeMessages(_Echoes):
    """Sends only the first hundred thousand bytes of a message."""

    def changed(self, message):
        data = message.get("bytes")
        return message if data is None else dict(message, bytes=data[:100000])


@liar("asgi.ws.receive.order", ["test_messages_come_back_in_their_order"])
class SwapsMessages(AsgiContract):
    """Answers the twelfth message before the eleventh."""

    async def ws_echo(self, exchange):
        honest, sent = exchange.send, []  # the first one is the answer to the handshake

        async def swapped(message):
            sent.append(message)
            if len(sent) == 13:
                await honest(message)
            if len(sent) != 12:
                await honest(sent[11] if len(sent) == 13 else message)

        exchange.send = swapped
        await super().ws_echo(exchange)


@liar(
    "asgi.ws.connect.denied_403",
    [
        "test_a_handshake_that_the_handler_refuses_is_answered_with_403",
        "test_a_handshake_is_refused_with_close_where_denials_are_not_offered",
    ],
)
class AcceptsEverybody(AsgiContract):
    """Accepts the handshake that it should refuse."""

    async def ws_reject(self, exchange):
        await self.accept(exchange)
        await exchange.receive()


@liar(
    "asgi.ws.close.after_accept_code",
    ["test_the_close_code_is_the_handlers", "test_the_handler_s_code_and_reason_are_sent"],
)
class ClosesNormally(AsgiContract):
    """Every close is a normal one."""

    async def ws_close(self, exchange):
        exchange.rest = "1000"
        await super().ws_close(exchange)


@liar("asgi.ws.app.raise_after_accept", ["test_the_socket_of_a_handler_that_raises_is_closed"])
class StaysOpen(AsgiContract):
    """The socket of a handler that raises stays open."""

    async def ws_raise(self, exchange):
        await self.accept(exchange)
        await agate("never")


@liar(
    "asgi.ws.disconnect.code_from_client",
    [
        "test_the_handler_learns_the_clients_close_code",
        "test_a_handler_learns_the_code_of_a_disconnect_without_reason",
    ],
)
class MistakesTheCode(AsgiContract):
    """A handler takes each close code for 1000."""

    async def ws_receive_close(self, exchange):
        await self.accept(exchange)
        while (await exchange.receive())["type"] != "websocket.disconnect":
            pass
        note("disconnect", 1000)
