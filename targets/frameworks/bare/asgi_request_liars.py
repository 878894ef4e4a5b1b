"""ASGI applications with one lie each about what they do with the messages of a request."""

from asgi_contract import AsgiContract
from lies import liar


class _Echo(AsgiContract):
    """Answers /echo with what `read` makes of the messages."""

    async def echo(self, exchange):
        kind = exchange.header("content-type") or "application/octet-stream"
        await exchange.respond(await self.read(exchange), [("content-type", kind)])


@liar(
    "asgi.http.request.app_waits_more_body",
    [
        "test_a_body_in_any_chunks_comes_back_from_an_echo",
        "test_a_body_may_come_in_any_parts",
        "test_a_body_that_breaks_off_is_not_taken_for_the_whole",
        "test_an_invalid_message_is_an_error",
        "test_body_and_more_body_may_be_missing",
        "test_the_next_part_is_waited_for",
    ],
)
class FirstPartOnly(_Echo):
    """Takes the first part of a request for the whole."""

    async def read(self, exchange):
        return (await exchange.receive()).get("body", b"")


@liar("asgi.http.request.app_waits_more_body", ["test_a_body_that_breaks_off_is_not_taken_for_the_whole"])
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


@liar("asgi.http.request.app_processes_when_final", ["test_nothing_more_is_waited_for_after_the_last_part"])
class WaitsForMore(AsgiContract):
    """Wants another message after the last of a request to /query."""

    async def query(self, exchange):
        await exchange.body()
        await exchange.receive()
        await super().query(exchange)


@liar("asgi.http.request.app_default_body", ["test_body_and_more_body_may_be_missing"])
class NeedsBody(_Echo):
    """Fails on a request message without the key `body`."""

    async def read(self, exchange):
        return b"".join([message["body"] async for message in _messages(exchange)])


@liar("asgi.core.error.app_invalid_event", ["test_an_invalid_message_is_an_error"])
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


@liar("asgi.core.error.extra_keys_app", ["test_unknown_keys_of_a_request_message_do_no_harm"])
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


@liar("asgi.core.app.async_callable", ["test_a_plain_handler_answers"])
class AwaitsPlainHandlers(AsgiContract):
    """Awaits what a plain handler returns."""

    async def block(self, exchange):
        await None
