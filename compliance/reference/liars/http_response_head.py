"""Lies about the head of a response."""

from __future__ import annotations

from typing import Any, ClassVar

from compliance.reference.asgi import Message
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.liar import liar
from compliance.reference.request import Headers
from compliance.reference.response import Response
from compliance.reference.rewriting import Translating


@liar(interface="wsgi", area="http_server", catches=["test_a_status_line_keeps_to_the_grammar"])
class ControlInReason(Translating):
    """The reason phrase of 599 has a BEL in it."""

    sent = ((b"HTTP/1.1 599 ", b"HTTP/1.1 599 \a"),)


@liar(
    interface="asgi",
    area="http_server",
    catches=[
        "test_a_status_line_keeps_to_the_grammar",
        "test_the_space_behind_a_status_code_is_always_sent",
    ],
)
class NoSpaceBehindStatus(Translating):
    """Without a reason phrase there is no space before it."""

    sent = ((b"HTTP/1.1 299 \r\n", b"HTTP/1.1 299\r\n"),)


@liar(
    interface="wsgi",
    area="http_server",
    catches=[
        "test_http11_is_answered_with_http11",
        "test_with_which_version_http10_is_answered",
        "test_the_version_of_a_refusal_is_that_of_other_responses",
    ],
)
class AnswersAsOfOld(Translating):
    """Every response is of HTTP/1.0."""

    sent = ((b"HTTP/1.1 ", b"HTTP/1.0 "),)


@liar(interface="asgi", area="http_server", catches=["test_no_version_is_claimed_that_does_not_exist"])
class ClaimsAnyVersion(Translating):
    """A client of HTTP/1.9 gets a response of HTTP/1.9."""

    def take(self) -> bytes:
        """Remember the version."""
        data = super().take()
        if b" HTTP/1.9\r\n" in data:
            self.sent = ((b"HTTP/1.1 ", b"HTTP/1.9 "),)
        return data


@liar(
    interface="wsgi", area="http_server", catches=["test_no_refusal_is_in_the_protocol_of_an_earlier_request"]
)
class RemembersProtocol(Translating):
    """What is no request is answered in the protocol that another connection has named."""

    named = False

    def take(self) -> bytes:
        """Remember HTTPS/1.1."""
        data = super().take()
        if b" HTTPS/1.1\r\n" in data:
            RemembersProtocol.named = True
        if self.named and b"NO REQUEST\r\n" in data:
            self.sent = ((b"HTTP/1.1 ", b"HTTPS/1.1 "),)
        return data


@liar(
    interface="wsgi",
    area="http_server",
    catches=[
        "test_no_line_of_a_head_begins_with_whitespace",
        "test_a_field_line_keeps_to_the_grammar",
        "test_one_space_is_between_colon_and_value",
    ],
)
class IndentsFields(Translating):
    """The line of a field begins with a space."""

    sent = ((b"\r\nx-own: a", b"\r\n x-own: a"),)


@liar(
    interface="asgi",
    area="http_server",
    catches=["test_a_field_line_keeps_to_the_grammar", "test_one_space_is_between_colon_and_value"],
)
class SpaceBeforeColon(Translating):
    """There is a space before the colon of a field."""

    sent = ((b"\r\nx-own: a", b"\r\nx-own : a"),)


@liar(interface="wsgi", area="http_server", catches=["test_one_space_is_between_colon_and_value"])
class NoSpaceBehindColon(Translating):
    """There is no space behind the colon of a field."""

    sent = ((b"\r\nx-own: a", b"\r\nx-own:a"),)


@liar(
    catches=[
        "test_no_field_is_folded",
        "test_no_bare_cr_is_sent",
        "test_no_value_with_a_line_end_or_nul_is_sent",
        "test_a_value_does_not_become_another_field",
        "test_a_name_does_not_become_another_field",
    ],
    area="http_server",
)
class SendsAnything(HTTPCycle):
    """Whatever an application gives as a header reaches the wire."""

    hidden: list[tuple[bytes, bytes]]

    async def send(self, message: Message) -> None:
        """With other headers in the place of those that HTTP has not."""
        self.hidden = getattr(self, "hidden", [])
        if message.get("type") == "http.response.start":
            message = {**message, "headers": [self.hide(*pair) for pair in message["headers"]]}
        await super().send(message)

    def hide(self, name: Any, value: Any) -> tuple[bytes, bytes]:
        """A header as it is, or one that stands for it."""
        if not set(b"\r\n\0") & set(name + value):
            return name, value
        self.hidden.append((name, value))
        return b"x-hidden", b"1"

    async def flush(self) -> None:
        """With what was hidden."""
        for name, value in self.hidden:
            real = name + b": " + value
            self.response.pending = self.response.pending.replace(b"x-hidden: 1", real)
        await super().flush()


@liar(interface="asgi", area="http_server", catches=["test_no_field_of_the_application_is_given_twice"])
class AddsItsOwnLocation(Response):
    """A Location of the application gets company."""

    def complete_headers(self, status: int, headers: Headers) -> Headers:
        """Two of them."""
        extra = [(b"location", b"/") for name, _ in headers if name == b"location"]
        return super().complete_headers(status, headers + extra)


@liar(
    interface="wsgi",
    area="http_server",
    catches=[
        "test_a_response_has_a_date",
        "test_a_refusal_has_a_date",
        "test_a_304_has_a_date",
        "test_whether_a_5xx_has_a_date",
    ],
)
class NoDate(Translating):
    """There is no Date."""

    sent = ((b"\r\nDate: ", b"\r\nX-Date: "),)


@liar(interface="wsgi", area="http_server", catches=["test_a_date_is_in_the_one_format"])
class OtherDates(Response):
    """A Date names its time zone in another way."""

    def date(self) -> bytes:
        """As in mail."""
        return super().date().replace(b"GMT", b"+0000")


@liar(interface="asgi", area="http_server", catches=["test_a_date_is_that_of_the_response"])
class OldDates(Response):
    """A Date is made once and kept for ever."""

    def date(self) -> bytes:
        """The first one."""
        return b"Sun, 06 Nov 1994 08:49:37 GMT"


@liar(interface="asgi", area="lifecycle", catches=["test_a_date_does_not_last_as_long_as_a_connection"])
class KeepsDate(Response):
    """A Date is made for the first response, and kept."""

    kept: ClassVar[bytes] = b""

    def date(self) -> bytes:
        """The first one."""
        KeepsDate.kept = self.kept or super().date()
        return self.kept


@liar(interface="wsgi", area="http_server", catches=["test_fields_about_the_connection_are_listed"])
class KeepAliveUnlisted(Translating):
    """Keep-Alive is sent without a connection option."""

    sent = ((b"\r\nDate: ", b"\r\nKeep-Alive: timeout=5\r\nDate: "),)


@liar(
    interface="asgi", area="http_server", catches=["test_no_connection_option_names_a_field_for_the_client"]
)
class ListsTheDate(Translating):
    """Date is a connection option."""

    sent = ((b"\r\nDate: ", b"\r\nConnection: Date\r\nDate: "),)


@liar(
    interface="asgi",
    area="http_server",
    catches=["test_what_a_server_calls_itself", "test_no_field_of_the_application_is_given_twice"],
)
class NamesItself(Translating):
    """There is a Server field."""

    sent = ((b"\r\nDate: ", b"\r\nServer: liar/1\r\nDate: "),)
