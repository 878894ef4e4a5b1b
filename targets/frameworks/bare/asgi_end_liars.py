"""ASGI applications with one lie each about the end: clients that leave, closing, startup and shutdown."""

from asgi_contract import AsgiContract
from lies import liar

from compliance.guest.channel import asleep, note

FOREVER = 3600


# HTTP


@liar(
    "asgi.http.disconnect.app_ends",
    [
        "test_a_body_that_breaks_off_is_not_taken_for_the_whole",
        "test_the_call_ends_if_the_client_leaves_within_its_request",
    ],
)
class WaitsForTheRest(AsgiContract):
    """Waits on if the client leaves within a request to /digest."""

    async def digest(self, exchange):
        try:
            await super().digest(exchange)
        except OSError:
            await asleep(FOREVER)


class _Streams(AsgiContract):
    """Does something else if `send` raises within /stream."""

    async def stream(self, exchange):
        try:
            await super().stream(exchange)
        except OSError:
            await self.gone()


@liar(
    "asgi.http.disconnect.app_ends",
    [
        "test_the_call_ends_if_send_raises",
        "test_the_call_ends_whenever_the_client_leaves",
        "test_what_an_application_does_when_send_raises",
    ],
)
class WaitsForTheClient(_Streams):
    """Waits on if `send` raises."""

    async def gone(self):
        await asleep(FOREVER)


@liar("asgi.http.send.app_may_catch", ["test_what_an_application_does_when_send_raises"])
class SwallowsSendErrors(_Streams):
    """Returns if `send` raises."""

    async def gone(self):
        pass


@liar("asgi.http.disconnect.app_ends", ["test_a_handler_that_waits_for_the_disconnect_gets_it"])
class KeepsTheDisconnect(AsgiContract):
    """Does not tell the handler that the client is gone."""

    async def disconnected(self, exchange):
        note("waiting for the disconnect")
        while (await exchange.receive())["type"] != "http.disconnect":
            pass


@liar("asgi.http.disconnect.app_expects_send_error", ["test_an_answer_after_the_disconnect_ends_the_call"])
class AnswersInVain(AsgiContract):
    """Waits on if an answer after the disconnect makes `send` raise."""

    async def disconnected(self, exchange):
        await super().disconnected(exchange)
        try:
            await exchange.text("nobody reads this")
        except OSError:
            await asleep(FOREVER)


# WebSocket


@liar(
    "asgi.ws.disconnect.app_ends",
    ["test_the_call_ends_with_the_disconnect", "test_the_reason_of_a_disconnect_may_be_missing"],
)
class StaysAfterDisconnect(AsgiContract):
    """Waits on after a disconnect with the code 1001."""

    async def ws_echo(self, exchange):
        message = {}

        async def receive():
            message.update(await honest())
            return dict(message)

        honest, exchange.receive = exchange.receive, receive
        await super().ws_echo(exchange)
        if message.get("code") == 1001:
            await asleep(FOREVER)


@liar("asgi.ws.disconnect.app_ends", ["test_the_call_ends_if_the_client_leaves_within_the_handshake"])
class StaysWithoutHandshake(AsgiContract):
    """Waits on if the handshake cannot be refused."""

    async def ws_reject(self, exchange):
        try:
            await super().ws_reject(exchange)
        except OSError:
            await asleep(FOREVER)


@liar("asgi.ws.disconnect.app_default_reason", ["test_the_reason_of_a_disconnect_may_be_missing"])
class NeedsReason(AsgiContract):
    """Fails on a disconnect without a reason."""

    async def ws_echo(self, exchange):
        async def receive():
            message = await honest()
            if message["type"] == "websocket.disconnect":
                message["reason"].encode()
            return message

        honest, exchange.receive = exchange.receive, receive
        await super().ws_echo(exchange)


@liar(
    "asgi.ws.disconnect.app_default_reason",
    [
        "test_the_handler_learns_the_clients_close_code",
        "test_a_handler_learns_the_code_of_a_disconnect_without_reason",
    ],
)
class HidesTheCode(AsgiContract):
    """Tells the handler that every client closes with 1000."""

    async def ws_receive_close(self, exchange):
        await self.accept(exchange)
        while (await exchange.receive())["type"] != "websocket.disconnect":
            pass
        note("disconnect", 1000)


class _Echoing(AsgiContract):
    """Does something else if `send` raises on /ws/echo."""

    async def ws_echo(self, exchange):
        try:
            await super().ws_echo(exchange)
        except OSError:
            await self.gone()


@liar(
    "asgi.ws.sendexc.app_may_catch",
    [
        "test_the_call_ends_if_send_raises_on_a_websocket",
        "test_the_call_ends_if_the_client_leaves_within_the_handshake",
        "test_what_leaves_the_call_when_send_raises_on_a_websocket",
    ],
)
class EchoesInVain(_Echoing):
    """Waits on if an echo makes `send` raise."""

    async def gone(self):
        await asleep(FOREVER)


@liar("asgi.ws.sendexc.app_may_catch", ["test_what_leaves_the_call_when_send_raises_on_a_websocket"])
class SwallowsEchoErrors(_Echoing):
    """Returns if an echo makes `send` raise."""

    async def gone(self):
        pass


@liar("asgi.ws.disconnect.app_expects_send_error", ["test_a_close_that_comes_too_late_ends_the_call"])
class ClosesInVain(AsgiContract):
    """Waits on if the client is gone when it closes."""

    async def ws_close(self, exchange):
        try:
            await super().ws_close(exchange)
        except OSError:
            await asleep(FOREVER)


@liar("asgi.ws.app.close_code_valid", ["test_close_codes_are_those_that_may_be_sent"])
class ReservedCloseCode(AsgiContract):
    """Closes with a code that must not be sent."""

    async def ws_reject(self, exchange):
        await exchange.send({"type": "websocket.close", "code": 1006})


@liar(
    "asgi.ws.app.close_code_valid",
    ["test_the_handler_s_code_and_reason_are_sent", "test_whether_an_older_server_gets_a_reason"],
)
class ClosesWithoutReason(AsgiContract):
    """Closes with the handler's code but not with its reason."""

    async def ws_close(self, exchange):
        await self.accept(exchange)
        await exchange.send({"type": "websocket.close", "code": int(exchange.rest)})


@liar("asgi.ws.close.reason_version_gate", ["test_whether_an_older_server_gets_a_reason"])
class ReasonForNewServers(AsgiContract):
    """Leaves the reason out if the server does not know of it."""

    async def ws_close(self, exchange):
        await self.accept(exchange)
        message = {"type": "websocket.close", "code": int(exchange.rest)}
        if exchange.scope["asgi"].get("spec_version", "2.0") >= "2.3":
            message["reason"] = "bye"
        await exchange.send(message)


# Lifespan


@liar(
    "asgi.lifespan.startup.app_completes",
    [
        "test_what_the_startup_hook_stored_is_there_for_handlers",
        "test_a_lifespan_is_held_or_refused",
        "test_the_lifespan_needs_no_namespace",
        "test_the_shutdown_is_answered",
        "test_the_startup_is_answered",
        "test_unknown_keys_of_a_lifespan_message_do_no_harm",
    ],
)
class NeverStarts(AsgiContract):
    """Returns from the lifespan without an answer to the startup."""

    async def lifespan(self, scope, receive, send):
        await receive()


@liar(
    "asgi.lifespan.shutdown.app_completes",
    ["test_the_lifespan_needs_no_namespace", "test_the_shutdown_is_answered"],
)
class NeverStops(AsgiContract):
    """Does not answer the shutdown."""

    async def shutdown(self, receive, send):
        await receive()


@liar(
    "asgi.lifespan.startup.app_failed_message",
    [
        "test_what_the_startup_hook_stored_is_there_for_handlers",
        "test_the_lifespan_needs_no_namespace",
        "test_the_message_of_a_failed_startup_is_text",
        "test_the_startup_is_answered",
        "test_unknown_keys_of_a_lifespan_message_do_no_harm",
    ],
)
class FailsInBytes(AsgiContract):
    """Reports a failed startup in bytes."""

    async def startup(self, receive, send):
        await receive()
        await send({"type": "lifespan.startup.failed", "message": b"no text"})


@liar("asgi.lifespan.state.framework_use", ["test_the_lifespan_needs_no_namespace"])
class NeedsNamespace(AsgiContract):
    """Fails on a lifespan without a namespace."""

    async def lifespan(self, scope, receive, send):
        scope["state"]["compliance.stored"] = "started"
        await super().lifespan(scope, receive, send)


@liar("asgi.core.error.extra_keys_app", ["test_unknown_keys_of_a_lifespan_message_do_no_harm"])
class KnowsAllLifespanKeys(AsgiContract):
    """Fails on a key of a lifespan message that it does not know."""

    async def startup(self, receive, send):
        async def checked():
            message = await receive()
            if set(message) != {"type"}:
                raise ValueError("an unknown key")
            return message

        await super().startup(checked, send)
