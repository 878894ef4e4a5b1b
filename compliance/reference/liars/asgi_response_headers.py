"""Lies about the headers of a response."""

from __future__ import annotations

from typing import Any

from compliance.reference.asgi import Message
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.liar import liar

_CONTROLS = bytes.maketrans(b"\r\n\0", b"\xfd\xfe\xfc")
_BACK = bytes.maketrans(b"\xfd\xfe\xfc", b"\r\n\0")
_TOKENS = bytes.maketrans(b"\r\n\0: ()\xe9", b"^`~|'*!#")
_NO_TOKENS = bytes.maketrans(b"^`~|'*!#", b"\r\n\0: ()\xe9")


def is_start(message: Any) -> bool:
    """Whether this is an http.response.start message."""
    return isinstance(message, dict) and message.get("type") == "http.response.start"


class _Fields(HTTPCycle):
    """Changes the headers that the application gives."""

    async def send(self, message: Message) -> None:
        """With other headers."""
        if is_start(message) and "headers" in message:
            message = {**message, "headers": self.fields(message["headers"])}
        await super().send(message)

    def fields(self, headers: Any) -> Any:
        """The headers that are sent."""
        raise NotImplementedError


@liar(catches=["test_a_missing_headers_key_means_no_headers"])
class NeedsHeaders(HTTPCycle):
    """A start message must have the key headers."""

    async def send_start(self, message: Message) -> None:
        """Without a default."""
        await super().send_start({**message, "headers": message["headers"]})


@liar(catches=["test_headers_may_be_any_iterable_of_pairs"])
class OnlyLists(_Fields):
    """Headers that come from a generator, or from another iterator, are dropped."""

    def fields(self, headers: Any) -> Any:
        """Lists and tuples."""
        return [] if hasattr(headers, "__next__") else headers


@liar(catches=["test_headers_keep_their_order"])
class SortedHeaders(_Fields):
    """The fields are sorted by their names."""

    def fields(self, headers: Any) -> Any:
        """Sorted, where there is something to sort."""
        pairs = isinstance(headers, list) and all(
            isinstance(pair, list) and len(pair) == 2 for pair in headers
        )
        return sorted(headers, key=lambda pair: str(pair[0])) if pairs else headers


@liar(catches=["test_repeated_headers_stay_apart"])
class JoinsSetCookie(_Fields):
    """Set-Cookie fields are joined with commas."""

    def fields(self, headers: Any) -> Any:
        """One for all."""
        if not isinstance(headers, list) or [b"set-cookie", b"a=1"] not in headers:
            return headers
        values = [value for name, value in headers if name == b"set-cookie"]
        return [pair for pair in headers if pair[0] != b"set-cookie"] + [[b"set-cookie", b", ".join(values)]]


@liar(catches=["test_any_header_arrives_as_it_was_given", "test_a_header_value_is_sent_byte_for_byte"])
class OnlyAscii(HTTPCycle):
    """Bytes above 0x7F in the values of headers reach the client as question marks."""

    async def flush(self) -> None:
        """In the head."""
        head, end, rest = self.response.pending.partition(b"\r\n\r\n")
        if head.startswith(b"HTTP/"):
            self.response.pending = bytes(byte if byte < 0x80 else 0x3F for byte in head) + end + rest
        await super().flush()


@liar(catches=["test_large_heads_arrive_whole"])
class CutsLongValues(_Fields):
    """Values of headers are cut after a thousand bytes."""

    def fields(self, headers: Any) -> Any:
        """The first thousand bytes."""
        large = isinstance(headers, list) and any(
            len(pair[1:]) == 1 and len(str(pair[1])) > 1000 for pair in headers
        )
        return [(name, value[:1000]) for name, value in headers] if large else headers


@liar(catches=["test_what_becomes_of_names_in_upper_case"])
class LowerCaseNames(_Fields):
    """X-Upper-Case reaches the client in lower case."""

    def fields(self, headers: Any) -> Any:
        """In lower case."""
        return [(b"x-upper-case", b"1")] if headers == [[b"X-Upper-Case", b"1"]] else headers


class _Smuggles(_Fields):
    """Hides from the rules what must not be sent, and shows it to the client."""

    hidden = False

    def hide(self, pair: Any) -> Any:
        """The pair in disguise."""
        raise NotImplementedError

    def fields(self, headers: Any) -> Any:
        """In disguise, if there is something to hide."""
        if not isinstance(headers, list) or not all(isinstance(pair, list) for pair in headers):
            return headers
        disguised = [self.hide(pair) for pair in headers]
        self.hidden = disguised != headers
        return disguised

    def show(self, head: bytes) -> bytes:
        """The head without the disguise."""
        raise NotImplementedError

    async def flush(self) -> None:
        """Show it."""
        head, end, rest = self.response.pending.partition(b"\r\n\r\n")
        if self.hidden and head.startswith(b"HTTP/"):
            self.response.pending = self.show(head) + end + rest
        await super().flush()


@liar(catches=["test_a_header_value_cannot_split_the_response"])
class ControlsInValues(_Smuggles):
    """CR, LF and NUL in the value of a header reach the wire."""

    def hide(self, pair: Any) -> Any:
        """In the value."""
        evil = len(pair) == 2 and isinstance(pair[1], bytes) and set(b"\r\n\0") & set(pair[1])
        return [pair[0], pair[1].translate(_CONTROLS)] if evil else pair

    def show(self, head: bytes) -> bytes:
        """As it was."""
        return head.translate(_BACK)


@liar(
    catches=[
        "test_a_header_name_cannot_split_the_response",
        "test_a_header_name_that_is_no_token_stays_off_the_wire",
    ]
)
class AnythingInNames(_Smuggles):
    """Whatever the application calls a header reaches the wire."""

    def hide(self, pair: Any) -> Any:
        """In the name."""
        evil = len(pair) == 2 and isinstance(pair[0], bytes) and set(b"\r\n\0: ()\xe9") & set(pair[0])
        return [pair[0].translate(_TOKENS), pair[1]] if evil else pair

    def show(self, head: bytes) -> bytes:
        """As it was."""
        return head.translate(_NO_TOKENS)
