"""Lies about the events of a request."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

from compliance.reference.asgi import Message
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.errors import ClientDisconnected
from compliance.reference.liar import liar


@liar(catches=["test_the_first_event_is_http_request", "test_a_body_arrives_whatever_the_method"])
class PatchEvent(HTTPCycle):
    """The first event of PATCH is http.patch."""

    def body(self, data: bytes, more_body: bool) -> Message:
        """Another type."""
        message = super().body(data, more_body)
        return {**message, "type": "http.patch"} if self.request.method == "PATCH" else message


@liar(catches=["test_a_request_without_a_body_gives_one_empty_event"])
class EmptyChunkedBodyGoesOn(HTTPCycle):
    """An empty chunked body is said to go on, and what comes next is the disconnect."""

    length = 0
    told = False

    def body(self, data: bytes, more_body: bool) -> Message:
        """The truth, unless a chunked body ends without content."""
        self.length += len(data)
        chunked = b"chunked" in self.request.tokens(b"transfer-encoding")
        self.told = chunked and not self.length and not more_body
        return super().body(data, more_body or self.told)

    def next_body(self) -> Message | None:
        """The disconnect, once an empty body has been told."""
        return {"type": "http.disconnect"} if self.told else super().next_body()


@liar(
    catches=[
        "test_the_body_of_an_event_is_bytes",
        "test_byte_strings_are_bytes",
        "test_events_hold_plain_values",
        "test_an_echo_comes_while_the_request_is_still_sent",
    ]
)
class BytearrayBody(HTTPCycle):
    """body is a bytearray."""

    def body(self, data: bytes, more_body: bool) -> Message:
        """Another type."""
        return {**super().body(data, more_body), "body": bytearray(data)}


@liar(catches=["test_more_body_is_a_bool", "test_an_echo_comes_while_the_request_is_still_sent"])
class NumericMoreBody(HTTPCycle):
    """more_body is 0 or 1."""

    def body(self, data: bytes, more_body: bool) -> Message:
        """A number."""
        return {**super().body(data, more_body), "more_body": int(more_body)}


@liar(
    catches=[
        "test_a_body_of_any_size_arrives_whole",
        "test_a_body_that_waits_for_the_application_arrives_whole",
    ]
)
class LosesBytes(HTTPCycle):
    """The last byte of a body of more than a megabyte is lost."""

    length = 0

    def body(self, data: bytes, more_body: bool) -> Message:
        """Without the last byte."""
        self.length += len(data)
        return super().body(data[:-1] if not more_body and self.length > 1 << 20 else data, more_body)


@liar(
    catches=[
        "test_a_body_in_any_split_arrives_whole",
        "test_a_body_that_comes_byte_by_byte_arrives_whole",
        "test_a_chunked_body_in_any_split_arrives_whole",
        "test_chunk_extensions_are_no_part_of_the_body",
        "test_trailers_are_no_part_of_the_body",
        "test_what_looks_like_chunks_inside_a_chunk_is_content",
        "test_an_echo_comes_while_the_request_is_still_sent",
        "test_an_early_part_arrives_while_the_request_is_still_sent",
    ]
)
class DropsLaterParts(HTTPCycle):
    """The first byte of a part is lost if it is not the first part and there are no more than 200 of them."""

    parts = 0

    def body(self, data: bytes, more_body: bool) -> Message:
        """Without its first byte, unless it is the first part."""
        self.parts += 1
        return super().body(data[1:] if self.parts > 1 and len(data) <= 200 else data, more_body)


@liar(catches=["test_a_body_arrives_whatever_the_method"])
class OptionsHasNoBody(HTTPCycle):
    """The body of OPTIONS is kept from the application."""

    def body(self, data: bytes, more_body: bool) -> Message:
        """Nothing for OPTIONS."""
        return super().body(b"" if self.request.method == "OPTIONS" else data, more_body)


@liar(catches=["test_a_body_arrives_in_spite_of_an_upgrade_that_is_not_taken"])
class UpgradeHasNoBody(HTTPCycle):
    """The body of a request that offers an upgrade is kept from the application."""

    def body(self, data: bytes, more_body: bool) -> Message:
        """Nothing where another protocol was offered."""
        return super().body(b"" if self.request.values(b"upgrade") else data, more_body)


@liar(catches=["test_a_body_ends_where_the_next_request_begins"])
class TakesTheNextRequest(HTTPCycle):
    """A body goes on with the request that follows it."""

    def body(self, data: bytes, more_body: bool) -> Message:
        """All that has come, if there is a body at all."""
        rest = self.connection.protocol.trailing_data[0] if data and not more_body else b""
        return super().body(data + rest, more_body)


@liar(catches=["test_only_the_last_event_of_a_large_body_says_that_it_is_the_last"])
class EarlyEnd(HTTPCycle):
    """An event that fills half a megabyte of zeros says that it is the last."""

    length = 0

    def body(self, data: bytes, more_body: bool) -> Message:
        """The end, too early."""
        self.length += len(data)
        ends = self.length >= 1 << 19 and not data.strip(b"\0")
        return {**super().body(data, more_body), "more_body": more_body and not ends}


@liar(
    catches=[
        "test_no_http_request_follows_the_last_one",
        "test_receive_waits_while_nothing_happens",
        "test_a_pending_receive_gives_the_disconnect",
        "test_no_disconnect_while_the_client_stays",
        "test_the_disconnect_message_is_a_dict_of_its_type",
    ]
)
class RepeatsTheEnd(HTTPCycle):
    """receive() gives the end of the body again instead of waiting."""

    def next_message(self) -> Message | None:
        """The end again, until the client is gone."""
        message = super().next_message()
        waiting = message is None and self.body_complete and not self.response.started
        return {"type": "http.request", "body": b"", "more_body": False} if waiting else message


@liar(
    catches=[
        "test_receive_waits_while_nothing_happens",
        "test_a_scope_lasts_while_the_response_is_held_open",
        "test_no_disconnect_while_the_client_stays",
    ]
)
class EarlyDisconnect(HTTPCycle):
    """receive() gives a disconnect instead of waiting."""

    def is_disconnected(self) -> bool:
        """As soon as somebody asks."""
        return True


@liar(catches=["test_receive_gives_an_awaitable"])
class PlainReceive(HTTPCycle):
    """For the path /await, receive() gives the event itself and nothing to await."""

    async def call_application(self, scope: dict[str, Any]) -> None:
        """With another receive."""
        if self.request.raw_path == b"/await":
            self.receive = dict  # type: ignore[assignment,method-assign]
        await super().call_application(scope)


@liar(
    catches=[
        "test_the_application_is_called_before_the_body_is_complete",
        "test_a_part_of_the_body_arrives_before_the_rest_is_sent",
    ]
)
class WholeBodyFirst(HTTPCycle):
    """The application is called when the whole body is there."""

    async def call(self) -> None:
        """After reading the body."""
        events = []
        while not self.body_complete and not self.gone:
            events.append(await super().receive())
        self.events = events[::-1]
        if not self.gone:
            await super().call()
        self.finish()

    async def receive(self) -> Message:
        """What has been read, then as always."""
        return self.events.pop() if self.events else await super().receive()


@liar(
    catches=[
        "test_a_chunked_body_in_any_split_arrives_whole",
        "test_a_chunk_size_in_any_spelling_is_understood",
        "test_chunk_extensions_are_no_part_of_the_body",
        "test_trailers_are_no_part_of_the_body",
        "test_what_looks_like_chunks_inside_a_chunk_is_content",
        "test_an_echo_comes_while_the_request_is_still_sent",
    ]
)
class LineEndsOfChunks(HTTPCycle):
    """The line end after a chunk is given as a part of it."""

    def body(self, data: bytes, more_body: bool) -> Message:
        """With its line end, if it is chunked and has content of ours."""
        chunked = data.strip(b"\0") and b"chunked" in self.request.tokens(b"transfer-encoding")
        return super().body(data + b"\r\n" if chunked else data, more_body)


@liar(
    catches=[
        "test_a_body_that_breaks_off_never_ends",
        "test_a_body_that_breaks_off_ends_in_a_disconnect",
        "test_a_request_that_breaks_off_is_never_whole",
    ]
)
class CutIsComplete(HTTPCycle):
    """A body that breaks off is said to be complete."""

    def disconnect(self) -> Message:
        """The end of the body, where it is due."""
        return super().disconnect() if self.body_complete else self.body(b"", False)


@liar(
    catches=[
        "test_a_body_that_breaks_off_ends_in_a_disconnect",
        "test_a_request_that_breaks_off_is_never_whole",
    ]
)
class CutRaises(HTTPCycle):
    """receive() raises where a body breaks off."""

    def disconnect(self) -> Message:
        """An error in place of the event."""
        message = super().disconnect()
        if not self.body_complete:
            raise ClientDisconnected("the body broke off")
        return message


@liar(catches=["test_a_cancelled_receive_loses_nothing"])
class CancellingLoses(HTTPCycle):
    """After a call of receive() that was cancelled, the next event is lost."""

    lost = False

    async def receive(self) -> Message:
        """The event, or the one after it."""
        try:
            message = await super().receive()
        except asyncio.CancelledError:
            self.lost = True
            raise
        lost, self.lost = self.lost, False
        return {**message, "body": b""} if lost else message


@liar(catches=["test_whether_a_body_waits_for_an_application_that_does_not_read"])
class ReadsAhead(HTTPCycle):
    """What the client sends is read and kept, however much it is."""

    async def run(self) -> None:
        """As if reading were paused already."""
        vars(self.connection.stream)["_paused"] = True
        await super().run()


@liar(catches=["test_a_call_that_waits_is_no_garbage"])
class WaitsAreGarbage(HTTPCycle):
    """A call that waits in receive while all garbage is collected is gone with it."""

    async def receive(self) -> Message:
        """The next event, or none ever."""
        before = gc.get_stats()[-1]["collections"]
        message = await super().receive()
        if gc.get_stats()[-1]["collections"] > before:
            await asyncio.Event().wait()
        return message
