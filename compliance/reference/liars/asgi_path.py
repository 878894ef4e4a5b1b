"""Lies about path, raw_path and query_string."""

from __future__ import annotations

import posixpath
import re
from typing import Any, ClassVar
from urllib.parse import quote, unquote, unquote_plus

from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.connection import Connection
from compliance.reference.liar import liar

_MALFORMED = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class _Target(HTTPCycle):
    """What the lies about the target have in common: one key of it is replaced."""

    key = "path"

    def value(self) -> Any:
        """The lie."""
        raise NotImplementedError

    def target(self) -> dict[str, Any]:
        """One key with the lie."""
        return {**super().target(), self.key: self.value()}

    @property
    def text(self) -> str:
        """The path as it came."""
        return self.request.raw_path.decode("latin-1")


@liar(catches=["test_the_path_is_a_str"])
class PathInBytes(_Target):
    """path is bytes where it has two segments and nothing to decode."""

    def value(self) -> Any:
        """Bytes, for such paths."""
        path = unquote(self.text)
        return path.encode() if re.fullmatch(r"/[a-z]+/[a-z]+", self.text) else path


@liar(
    catches=[
        "test_the_path_ends_at_the_first_question_mark",
        "test_each_request_of_a_connection_has_a_scope_of_its_own",
        "test_the_scope_of_asgi_2_means_the_same",
        "test_the_path_is_that_of_the_pseudo_header",
    ]
)
class QueryInPath(_Target):
    """path goes on to the end of the query."""

    def value(self) -> Any:
        """With the query."""
        return unquote(self.text) + ("?" + self.request.query.decode() if self.request.query else "")


@liar(
    catches=[
        "test_percent_encoding_in_the_path_is_decoded_once",
        "test_a_plus_in_the_path_stays_a_plus",
        "test_an_escaped_control_character_is_decoded_or_refused",
        "test_any_text_in_the_path_arrives",
        "test_escaped_utf_8_in_the_path_becomes_characters",
        "test_the_scope_of_asgi_2_means_the_same",
    ]
)
class EncodedPath(_Target):
    """path is not percent-decoded."""

    def value(self) -> Any:
        """As it came."""
        return self.text


@liar(catches=["test_percent_encoding_in_the_path_is_decoded_once"])
class PathDecodedTwice(_Target):
    """path is percent-decoded twice."""

    def value(self) -> Any:
        """Decoded once too often."""
        return unquote(unquote(self.text))


@liar(catches=["test_an_escaped_control_character_is_decoded_or_refused"])
class NoControlsInPath(_Target):
    """Control characters but the tab are dropped from path."""

    def value(self) -> Any:
        """Without them."""
        return re.sub("[\0-\x08\n-\x1f\x7f]", "", unquote(self.text))


@liar(catches=["test_escaped_utf_8_in_the_path_becomes_characters", "test_any_text_in_the_path_arrives"])
class Latin1Path(_Target):
    """path is decoded as Latin-1."""

    def value(self) -> Any:
        """Each byte a character."""
        return unquote(self.text, "latin-1")


@liar(
    catches=["test_raw_utf_8_in_the_path_becomes_characters_or_is_refused"],
    area="asgi_server",
    interface="asgi",
)
class RawLatin1(Connection):
    """The raw bytes of an é in a request line are taken for two characters."""

    def skip_empty_lines(self, data: bytes) -> bytes:
        """Escaped as two characters before the parser sees them."""
        return super().skip_empty_lines(data.replace("/café ".encode(), b"/caf%C3%83%C2%A9 "))


@liar(catches=["test_a_plus_in_the_path_stays_a_plus"])
class PlusIsSpace(_Target):
    """A plus in path is a space."""

    def value(self) -> Any:
        """Decoded like a form."""
        return unquote_plus(self.text)


@liar(catches=["test_a_path_that_is_no_utf_8_is_answered"])
class BadPathFails(HTTPCycle):
    """A path that is no UTF-8 is an error in the server."""

    async def run(self) -> None:
        """An answer for want of a path."""
        if b"\xef\xbf\xbd" in self.target()["path"].encode() and b"%" in self.request.raw_path:
            await self.connection.answer(500, "no path")
        else:
            await super().run()


@liar(catches=["test_a_malformed_path_does_no_harm"])
class MalformedPathDoesHarm(HTTPCycle):
    """After a malformed path the next request gets no answer."""

    harmed: ClassVar[bool] = False

    async def run(self) -> None:
        """Hang up once."""
        kind = type(self)
        if kind.harmed:
            self.stream.abort()
        kind.harmed = bool(_MALFORMED.search(self.request.raw_path))
        await super().run()


@liar(catches=["test_dots_and_doubled_slashes_stay_in_the_path"])
class NormalPath(_Target):
    """Dot segments and empty segments are removed from path."""

    def value(self) -> Any:
        """Normalised, but as it was where that changes nothing."""
        path = unquote(self.text)
        return posixpath.normpath(path) if re.search(r"/(/|\.\.?/)", self.text) else path


@liar(catches=["test_the_path_of_an_asterisk_form_target"])
class AsteriskIsSlash(_Target):
    """The path of OPTIONS * is a slash."""

    def value(self) -> Any:
        """The slash."""
        return "/" if self.text == "*" else unquote(self.text)


@liar(catches=["test_the_path_of_an_absolute_form_target"])
class WholeUri(_Target):
    """path begins with scheme and host if the target is in absolute form."""

    def value(self) -> Any:
        """The whole URI, for the one path that checks ask for so."""
        path = unquote(self.text)
        return "http://testserver" + path if path == "/x y" else path


@liar(
    catches=[
        "test_the_raw_path_is_bytes",
        "test_byte_strings_are_bytes",
        "test_the_raw_path_ends_at_the_first_question_mark",
        "test_the_raw_path_is_not_re_encoded",
        "test_the_raw_path_of_any_path_is_what_was_sent",
    ]
)
class TextualRawPath(_Target):
    """raw_path is a str."""

    key = "raw_path"

    def value(self) -> Any:
        """Text."""
        return self.text


@liar(catches=["test_the_raw_path_ends_at_the_first_question_mark"])
class QueryInRawPath(_Target):
    """raw_path goes on to the end of the query."""

    key = "raw_path"

    def value(self) -> Any:
        """With the query."""
        query = self.request.query
        return self.request.raw_path + (b"?" + query if query else b"")


@liar(
    catches=[
        "test_the_raw_path_of_any_path_is_what_was_sent",
        "test_the_raw_path_ends_at_the_first_question_mark",
        "test_the_raw_path_is_not_re_encoded",
    ]
)
class DecodedRawPath(_Target):
    """raw_path is percent-decoded."""

    key = "raw_path"

    def value(self) -> Any:
        """Decoded."""
        return self.request.path


@liar(catches=["test_the_raw_path_is_not_re_encoded", "test_the_raw_path_of_any_path_is_what_was_sent"])
class RequotedRawPath(_Target):
    """raw_path is encoded anew from path."""

    key = "raw_path"

    def value(self) -> Any:
        """In the server's own spelling."""
        return quote(self.request.path).encode()


@liar(
    catches=[
        "test_the_query_string_is_bytes",
        "test_a_query_string_is_neither_decoded_nor_re_encoded",
        "test_any_query_arrives_untouched",
        "test_byte_strings_are_bytes",
        "test_the_query_string_is_empty_without_a_query",
        "test_each_request_of_a_connection_has_a_scope_of_its_own",
        "test_the_query_string_is_that_of_the_pseudo_header",
    ]
)
class TextualQuery(_Target):
    """query_string is a str."""

    key = "query_string"

    def value(self) -> Any:
        """Text."""
        return self.request.query.decode("latin-1")


@liar(
    catches=[
        "test_the_query_string_is_empty_without_a_query",
        "test_the_query_string_is_bytes",
        "test_any_query_arrives_untouched",
    ]
)
class NoQuery(_Target):
    """query_string is None where there is no query."""

    key = "query_string"

    def value(self) -> Any:
        """None for nothing."""
        return self.request.query or None


@liar(catches=["test_any_query_arrives_untouched", "test_a_query_string_is_neither_decoded_nor_re_encoded"])
class DecodedQuery(_Target):
    """query_string is percent-decoded."""

    key = "query_string"

    def value(self) -> Any:
        """Decoded."""
        return unquote_plus(self.request.query.decode()).encode()
