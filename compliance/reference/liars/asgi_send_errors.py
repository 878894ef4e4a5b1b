"""Lies about messages that an application must not send."""

from __future__ import annotations

from typing import Any

from compliance.reference.asgi import Message
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.errors import ApplicationError
from compliance.reference.liar import liar

# What a message breaks that has no type, a wrong one, lacks a key, or holds a value of a wrong type.
_INVALID = (
    "asgi.core.",
    "asgi.http.start.status_int",
    "asgi.http.start.headers_type_app",
    "asgi.http.body.body_type_app",
    "asgi.http.body.more_body_type_app",
)
_KEYS = {"type", "status", "headers", "trailers", "body", "more_body", "more_trailers"}


class _Ignores(HTTPCycle):
    """Does nothing about some messages."""

    def ignores(self, message: Any) -> bool:
        """Whether nothing is done about this one."""
        raise NotImplementedError

    async def send(self, message: Message) -> None:
        """All others."""
        if not self.ignores(message):
            await super().send(message)


@liar(catches=["test_a_message_of_unknown_type_raises", "test_a_message_of_an_unannounced_extension_raises"])
class IgnoresUnknownTypes(_Ignores):
    """A message of unknown type is ignored."""

    def ignores(self, message: Any) -> bool:
        """A type that is no type."""
        return isinstance(message, dict) and "type" in message and message["type"] not in self.senders


@liar(catches=["test_a_message_without_a_type_raises"])
class IgnoresUntyped(_Ignores):
    """A message without a type is ignored."""

    def ignores(self, message: Any) -> bool:
        """No type."""
        return isinstance(message, dict) and "type" not in message


@liar(catches=["test_a_message_that_is_no_dict_raises"])
class IgnoresOthers(_Ignores):
    """What is no dict is ignored."""

    def ignores(self, message: Any) -> bool:
        """No dict."""
        return not isinstance(message, dict)


@liar(catches=["test_a_message_out_of_order_raises"])
class IgnoresDisorder(_Ignores):
    """A message that comes too early or twice is ignored."""

    def ignores(self, message: Any) -> bool:
        """A start after the start, or a body before it."""
        kind = message.get("type") if isinstance(message, dict) else ""
        early = kind == "http.response.body" and self.start is None
        return early or (kind == "http.response.start" and self.start is not None)


@liar(catches=["test_a_start_without_a_status_raises"])
class DefaultStatus(HTTPCycle):
    """A start message without a status means 200."""

    async def send(self, message: Message) -> None:
        """With a status."""
        started = isinstance(message, dict) and message.get("type") == "http.response.start"
        await super().send({"status": 200, **message} if started else message)


@liar(catches=["test_a_start_with_a_wrong_type_raises"])
class NumericText(HTTPCycle):
    """A status may be a str."""

    async def send(self, message: Message) -> None:
        """As an int."""
        status = message.get("status") if isinstance(message, dict) else None
        await super().send({**message, "status": int(status)} if isinstance(status, str) else message)


@liar(catches=["test_a_body_with_a_wrong_type_raises"])
class TextBody(HTTPCycle):
    """A body may be a str."""

    async def send(self, message: Message) -> None:
        """In UTF-8."""
        body = message.get("body") if isinstance(message, dict) else None
        await super().send({**message, "body": body.encode()} if isinstance(body, str) else message)


@liar(
    catches=[
        "test_a_message_of_unknown_type_does_not_corrupt_the_wire",
        "test_a_message_of_an_unannounced_extension_leaves_the_wire_sound",
        "test_what_a_server_adds_to_the_specification_is_announced",
        "test_a_message_without_a_type_does_not_corrupt_the_wire",
        "test_a_message_that_is_no_dict_does_not_corrupt_the_wire",
        "test_a_start_without_a_status_does_not_corrupt_the_wire",
        "test_a_start_with_a_wrong_type_does_not_corrupt_the_wire",
        "test_a_body_with_a_wrong_type_does_not_corrupt_the_wire",
    ]
)
class ShowsInvalidMessages(HTTPCycle):
    """An invalid message is written to the client before send raises."""

    async def send(self, message: Message) -> None:
        """Both."""
        try:
            await super().send(message)
        except ApplicationError as error:
            if error.requirement.startswith(_INVALID):
                await self.stream.write(repr(message).encode())
            raise


@liar(catches=["test_a_second_start_never_gives_a_second_head"])
class SecondHead(HTTPCycle):
    """A second start message gives a second head before send raises."""

    async def send(self, message: Message) -> None:
        """Both."""
        try:
            await super().send(message)
        except ApplicationError:
            if self.start is not None and isinstance(message, dict) and message.get("status") == 404:
                await self.stream.write(b"HTTP/1.1 404 Not Found\r\n\r\n")
            raise


@liar(catches=["test_a_body_before_the_start_stays_off_the_wire"])
class BodyWithoutHead(HTTPCycle):
    """A body before the start is written before send raises."""

    async def send(self, message: Message) -> None:
        """Both."""
        try:
            await super().send(message)
        except ApplicationError:
            if isinstance(message, dict) and self.start is None and message.get("body") == b"early":
                await self.stream.write(message["body"])
            raise


@liar(
    catches=[
        "test_a_status_that_http_does_not_have_stays_off_the_wire",
        "test_a_status_of_more_than_64_bits_stays_off_the_wire",
    ]
)
class AnyStatus(HTTPCycle):
    """Whatever int the application gives stands in the status line."""

    status = 0

    async def send(self, message: Message) -> None:
        """In disguise."""
        status = message.get("status") if isinstance(message, dict) else None
        if isinstance(status, int) and not 100 <= status <= 999:
            self.status, message = status, {**message, "status": 599}
        await super().send(message)

    async def flush(self) -> None:
        """Without the disguise."""
        line = b"HTTP/1.1 %d " % (self.status or 599)
        self.response.pending = self.response.pending.replace(b"HTTP/1.1 599 ", line)
        await super().flush()


@liar(catches=["test_unknown_keys_are_no_error"])
class NoUnknownKeys(HTTPCycle):
    """A message with a key that nobody has heard of is refused."""

    async def send(self, message: Message) -> None:
        """Strictly."""
        if isinstance(message, dict) and message.get("type") in self.senders and set(message) - _KEYS:
            raise ApplicationError("asgi.core.error.extra_keys_server", f"keys {sorted(message)}")
        await super().send(message)
