"""Lies about the status and the headers that start_response is given."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterable
from typing import Any

from compliance.reference.errors import ApplicationError, ClientDisconnected
from compliance.reference.liar import liar
from compliance.reference.request import Headers
from compliance.reference.response import Response
from compliance.reference.wsgi import WSGICycle


@liar(catches=["test_a_line_break_never_reaches_the_wire", "test_start_response_refuses_a_control_character"])
class AcceptsControlCharacters(WSGICycle):
    """start_response takes control characters in status and header values."""

    tolerated = ("wsgi.sr.status_no_control", "wsgi.sr.header_value_no_control")


@liar(catches=["test_a_line_break_never_reaches_the_wire"])
class SplitsResponses(WSGICycle):
    """Line breaks in a header value reach the wire, before start_response raises."""

    def start_response(self, *args: Any, **kwargs: Any) -> Callable[[bytes], None]:
        """Raw, if it is refused for them."""
        try:
            return super().start_response(*args, **kwargs)
        except ApplicationError:
            raw = "HTTP/1.1 200 OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in args[1])
            if "X-Injected" in raw:
                self.wait(self.connection.stream.write(raw.encode("latin-1") + b"Content-Length: 0\r\n\r\n"))
                self.response.started = True
            raise


@liar(catches=["test_start_response_refuses_a_malformed_status"])
class AcceptsAnyStatus(WSGICycle):
    """start_response takes whatever it gets for a status."""

    tolerated = ("wsgi.sr.status_form", "wsgi.strings.native_type", "rfc9110.status.range_invalid")

    def store(self, status: str, headers: list[tuple[str, str]]) -> None:
        """What is no status becomes 200."""
        good = isinstance(status, str) and re.fullmatch(r"[0-9]{3} [^ ].*", status)
        super().store(status if good else "200 OK", headers)


@liar(catches=["test_a_malformed_status_corrupts_no_status_line"])
class PrintsStatus(WSGICycle):
    """A status that is refused is on the wire before start_response raises."""

    def start_response(self, *args: Any, **kwargs: Any) -> Callable[[bytes], None]:
        """Print it first."""
        try:
            return super().start_response(*args, **kwargs)
        except ApplicationError as error:
            if error.requirement == "wsgi.sr.status_form" or isinstance(args[0], bytes):
                self.wait(self.connection.stream.write(f"HTTP/1.1 {args[0]}\r\n".encode()))
                self.response.started = True
            raise


@liar(
    catches=[
        "test_a_status_out_of_range_does_not_end_the_server",
        "test_start_response_refuses_a_malformed_status",
    ]
)
class DiesOfAStatus(WSGICycle):
    """A status of less than three digits ends the server."""

    tolerated = ("wsgi.sr.status_form",)

    def emit_head(self) -> None:
        """End it."""
        if self.status == "20 OK":
            os._exit(1)
        super().emit_head()


@liar(
    catches=[
        "test_exc_info_answers_an_error_of_start_response",
        "test_start_response_refuses_malformed_headers",
    ]
)
class AcceptsAnyHeaders(WSGICycle):
    """start_response takes whatever it gets for headers, and sends none of them if it cannot."""

    tolerated = ("wsgi.sr.headers_list", "wsgi.strings.native_type", "wsgi.sr.header_name_valid")

    def store(self, status: str, headers: list[tuple[str, str]]) -> None:
        """All of them, or none."""
        if type(status) is not str:
            raise ApplicationError("wsgi.strings.native_type", f"the status {status!r}")
        self.status, self.headers = status, []
        with contextlib.suppress(Exception):
            super().store(status, headers)


@liar(
    catches=[
        "test_a_character_beyond_latin1_is_an_error",
    ]
)
class EncodesBeyondLatin1(WSGICycle):
    """Characters beyond U+00FF are sent in UTF-8."""

    tolerated = ("wsgi.strings.latin1_app",)

    def store(self, status: str, headers: list[tuple[str, str]]) -> None:
        """Another encoding, where one is needed."""
        fitting = [
            (name, value if fits(value) else value.encode().decode("latin-1")) for name, value in headers
        ]
        super().store(status if fits(status) else "200 OK", fitting)


def fits(text: str) -> bool:
    """Whether Latin-1 has all characters."""
    return all(character <= "\xff" for character in text)


@liar(
    catches=[
        "test_a_character_beyond_latin1_is_an_error",
        "test_a_character_beyond_latin1_leaves_nobody_waiting",
    ]
)
class SilentBeyondLatin1(WSGICycle):
    """A client whose response cannot be encoded is left waiting."""

    def on_error(self, error: BaseException) -> None:
        """Wait for the client to go."""
        if isinstance(error, ApplicationError) and error.requirement == "wsgi.strings.latin1_app":
            self.wait(self.client_gone())
        super().on_error(error)

    async def client_gone(self) -> None:
        """Return once it has."""
        while not self.connection.stream.eof:
            await self.connection.stream.changed()


@liar(catches=["test_what_becomes_of_a_hop_by_hop_header"])
class SendsHopByHopHeaders(WSGICycle):
    """start_response takes hop-by-hop headers, and they are sent."""

    tolerated = ("wsgi.sr.hop_by_hop_app",)


@liar(
    catches=[
        "test_a_transfer_encoding_of_the_application_breaks_no_framing",
    ]
)
class SaysChunkedOnly(WSGICycle):
    """A Transfer-Encoding of the application is sent, and the body as it is."""

    tolerated = ("wsgi.sr.hop_by_hop_app",)

    def iterate(self, result: Iterable[bytes]) -> None:
        """Raw, if there is one."""
        if self.status and any(name.lower() == b"transfer-encoding" for name, _ in self.headers):
            head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            self.wait(self.connection.stream.write(head + b"".join(result)))
            self.response.started = True
            raise ClientDisconnected("this one shall go")
        super().iterate(result)


@liar(
    catches=[
        "test_a_transfer_encoding_of_the_application_is_not_sent_beside_that_of_the_server",
    ]
)
class SaysChunkedTwice(WSGICycle):
    """A Transfer-Encoding of the application is sent beside the server's own."""

    tolerated = ("wsgi.sr.hop_by_hop_app",)

    def iterate(self, result: Iterable[bytes]) -> None:
        """In chunks, which is said twice."""
        if self.status and any(name.lower() == b"transfer-encoding" for name, _ in self.headers):
            head = b"HTTP/1.1 200 OK\r\n" + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n"
            chunks = b"".join(b"%x\r\n%b\r\n" % (len(block), block) for block in result)
            self.wait(self.connection.stream.write(head + chunks + b"0\r\n\r\n"))
            self.response.started = True
            raise ClientDisconnected("this one shall go")
        super().iterate(result)


@liar(catches=["test_headers_reach_the_client"])
class EightHeaders(WSGICycle):
    """Of more than eight headers the others are not sent."""

    def store(self, status: str, headers: list[tuple[str, str]]) -> None:
        """Eight of them."""
        super().store(status, headers[:8])


@liar(catches=["test_headers_of_one_name_stay_apart_and_in_order"])
class JoinsHeaders(WSGICycle):
    """Headers of one name are joined into one."""

    def store(self, status: str, headers: list[tuple[str, str]]) -> None:
        """One for each name."""
        joined: dict[str, str] = {}
        for name, value in headers:
            joined[name] = f"{joined[name]}, {value}" if name in joined else value
        super().store(status, list(joined.items()))


@liar(
    catches=[
        "test_any_header_value_reaches_the_wire_untouched",
        "test_latin1_characters_are_sent_as_single_octets",
    ]
)
class HeadersInUtf8(WSGICycle):
    """Header values are sent in UTF-8."""

    def store(self, status: str, headers: list[tuple[str, str]]) -> None:
        """Two octets for what is not ASCII."""
        super().store(status, headers)
        self.headers = [(name, value.decode("latin-1").encode()) for name, value in self.headers]


@liar(catches=["test_any_header_value_reaches_the_wire_untouched"])
class StripsValues(WSGICycle):
    """What Unicode takes for white space is stripped from header values."""

    def store(self, status: str, headers: list[tuple[str, str]]) -> None:
        """Also U+00A0."""
        super().store(status, [(name, value.strip()) for name, value in headers])


@liar(catches=["test_a_date_is_added"], interface="wsgi", area="wsgi_server")
class NoDate(Response):
    """No Date is added."""

    def complete_headers(self, status: int, headers: Headers) -> Headers:
        """What the application gives."""
        complete = super().complete_headers(status, headers)
        return [item for item in complete if item in headers or item[0] != b"Date"]


@liar(
    catches=["test_a_default_header_is_not_added_to_that_of_the_application"],
    interface="wsgi",
    area="wsgi_server",
)
class AlwaysADate(Response):
    """A Date is added to that of the application."""

    def complete_headers(self, status: int, headers: Headers) -> Headers:
        """One more."""
        dates = [(b"Date", self.date())] if b"Date" in dict(headers) else []
        return super().complete_headers(status, headers) + dates


@liar(
    catches=["test_a_default_header_does_not_replace_that_of_the_application"],
    interface="wsgi",
    area="wsgi_server",
)
class OwnDate(Response):
    """A Date of the application is replaced."""

    def complete_headers(self, status: int, headers: Headers) -> Headers:
        """The server knows better."""
        return super().complete_headers(status, [item for item in headers if item[0] != b"Date"])


@liar(catches=["test_a_content_length_in_any_case_is_the_content_length"])
class CaseSensitive(WSGICycle):
    """A Content-Length is one only if it is written like this."""

    def store(self, status: str, headers: list[tuple[str, str]]) -> None:
        """Others are strange."""
        exact = [
            item for item in headers if item[0] == "Content-Length" or item[0].lower() != "content-length"
        ]
        super().store(status, exact)


@liar(catches=["test_headers_about_the_content_pass_unchanged"])
class TidiesValues(WSGICycle):
    """White space after semicolons is removed from header values."""

    def store(self, status: str, headers: list[tuple[str, str]]) -> None:
        """A tidy one."""
        super().store(status, [(name, value.replace("; ", ";")) for name, value in headers])


@liar(catches=["test_no_content_type_is_added"])
class AddsContentType(WSGICycle):
    """A response without a Content-Type gets one."""

    def store(self, status: str, headers: list[tuple[str, str]]) -> None:
        """Text, presumably."""
        names = {name.lower() for name, _ in headers}
        added = [] if "content-type" in names else [("Content-Type", "text/plain")]
        super().store(status, [*headers, *added])


@liar(catches=["test_whether_the_list_of_headers_is_changed"])
class ChangesTheList(WSGICycle):
    """The list of headers that start_response is given is emptied."""

    def store(self, status: str, headers: list[tuple[str, str]]) -> None:
        """It is not needed any more."""
        super().store(status, headers)
        headers.clear()
