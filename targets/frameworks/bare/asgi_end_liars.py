"""ASGI applications with one lie each about the end: clients that leave, closing, startup and shutdown."""

from asgi_contract import AsgiContract
from lies import liar

from compliance.guest.channel import asleep, note

FOREVER = 3600


# HTTP


@liar("asgi.http.disconnect.app_ends")
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


@liar("asgi.http.disconnect.app_ends")
class WaitsForTheClient(_Streams):
    """Waits on if `send` raises."""

    async def gone(self):
        await asleep(FOREVER)


@liar("asgi.http.send.app_may_catch")
class SwallowsSendErrors(_Streams):
    """Returns if `send` raises."""

    async def gone(self):
        pass


@liar("asgi.http.disconnect.app_ends")
class KeepsTheDisconnect(AsgiContract):
    """Does not tell the handler that the client is gone."""

    async def disconnected(self, exchange):
        note("waiting for the disconnect")
        while (await exchange.receive())["type"] != "http.disconnect":
            pass


@liar("asgi.http.disconnect.app_expects_send_error")
class AnswersInVain(AsgiContract):
    """Waits on if an answer after the disconnect makes `send` raise."""

    async def disconnected(self, exchange):
        await super().disconnected(exchange)
        try:
            await exchange.text("nobody reads this")
        except OSError:
            await asleep(FOREVER)


# WebSocket


@liar("asgi.ws.disconnect.app_ends")
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


@liar("asgi.ws.disconnect.app_ends")
class StaysWithoutHandshake(AsgiContract):
    """Waits on if the handshake cannot be refused."""

    async def ws_reject(self, exchange):
        try:
            await super().ws_reject(exchange)
        except OSError:
            await asleep(FOREVER)


@liar("asgi.ws.disconnect.app_default_reason")
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


@liar("asgi.ws.disconnect.app_default_reason", ["test_the_handler_learns_the_clients_close_code"])
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


@liar("asgi.ws.sendexc.app_may_catch")
class EchoesInVain(_Echoing):
    """Waits on if an echo makes `send` raise."""

    async def gone(self):
        await asleep(FOREVER)


@liar("asgi.ws.sendexc.app_may_catch")
class SwallowsEchoErrors(_Echoing):
    """Returns if an echo makes `send` raise."""

    async def gone(self):
        pass


@liar("asgi.ws.disconnect.app_expects_send_error")
class ClosesInVain(AsgiContract):
    """Waits on if the client is gone when it closes."""

    async def ws_close(self, exchange):
        try:
            await super().ws_close(exchange)
        except OSError:
            await asleep(FOREVER)


@liar("asgi.ws.app.close_code_valid")
class ReservedCloseCode(AsgiContract):
    """Closes with a code that must not be sent."""

    async def ws_reject(self, exchange):
        await exchange.send({"type": "websocket.close", "code": 1006})


@liar("asgi.ws.app.close_code_valid")
class ClosesWithoutReason(AsgiContract):
    """Closes with the handler's code but not with its reason."""

    async def ws_close(self, exchange):
        await self.accept(exchange)
        await exchange.send({"type": "websocket.close", "code": int(exchange.rest)})


@liar("asgi.ws.close.reason_version_gate")
class ReasonForNewServers(AsgiContract):
    """Leaves the reason out if the server does not know of it."""

    async def ws_close(self, exchange):
        await self.accept(exchange)
        message = {"type": "websocket.close", "code": int(exchange.rest)}
        if exchange.scope["asgi"].get("spec_version", "2.0") >= "2.3":
            message["reason"] = "bye"
        await exchange.send(message)


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


@liar("asgi.lifespan.state.framework_use")
class NeedsNamespace(AsgiContract):
    """Fails on a lifespan without a namespace."""

    async def lifespan(self, scope, receive, send):
        scope["state"]["compliance.stored"] = "started"
        await super().lifespan(scope, receive, send)


@liar("asgi.core.error.extra_keys_app")
class KnowsAllLifespanKeys(AsgiContract):
    """Fails on a key of a lifespan message that it does not know."""

    async def startup(self, receive, send):
        async def checked():
            message = await receive()
            if set(message) != {"type"}:
                raise ValueError("an unknown key")
            return message

        await super().startup(checked, send)
