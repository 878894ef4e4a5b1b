"""Lies about environ: what comes of the method, the path and the query."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

import h11

from compliance.reference.connection import Connection
from compliance.reference.liar import liar
from compliance.reference.request import Request
from compliance.reference.wsgi import WSGICycle


@liar(catches=["test_an_unusual_method_arrives_as_it_was_sent", "test_request_method_is_the_method"])
class EveryMethodIsGet(WSGICycle):
    """REQUEST_METHOD is always GET."""

    def request_line(self) -> dict[str, Any]:
        """Another method."""
        return {**super().request_line(), "REQUEST_METHOD": "GET"}


@liar(catches=["test_an_unusual_method_arrives_as_it_was_sent"])
class KnownMethodsOnly(WSGICycle):
    """REQUEST_METHOD of a method with a hyphen or of one that is not registered is POST."""

    def request_line(self) -> dict[str, Any]:
        """Another method, now and then."""
        line = super().request_line()
        known = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH")
        return line if line["REQUEST_METHOD"] in known else {**line, "REQUEST_METHOD": "POST"}


@liar(
    catches=[
        "test_a_field_with_the_name_of_a_variable_does_not_set_it",
        "test_environ_makes_the_url_of_the_request",
        "test_script_name_and_path_info_make_the_path",
        "test_the_script_name_of_the_root_is_empty",
        "test_which_other_variables_there_are",
    ]
)
class SlashIsScriptName(WSGICycle):
    """SCRIPT_NAME of an application at the root is "/"."""

    def target(self) -> dict[str, Any]:
        """With a slash."""
        return {**super().target(), "SCRIPT_NAME": "/"}


@liar(
    catches=[
        "test_an_encoded_delicate_octet_is_decoded_or_refused",
        "test_any_path_arrives_as_its_octets",
        "test_environ_makes_the_url_of_the_request",
        "test_how_a_path_is_normalised",
        "test_octets_that_are_not_utf8_are_latin1_characters",
        "test_path_info_ends_at_the_first_question_mark",
        "test_path_info_is_decoded_once",
        "test_path_info_is_percent_decoded",
        "test_utf8_octets_of_a_path_are_latin1_characters",
    ]
)
class PathIsEncoded(WSGICycle):
    """PATH_INFO is still percent-encoded."""

    def path_info(self) -> str:
        """As it came."""
        return self.request.raw_path.decode("latin-1")


@liar(catches=["test_path_info_is_decoded_once"])
class PathIsDecodedTwice(WSGICycle):
    """PATH_INFO is percent-decoded twice."""

    def path_info(self) -> str:
        """Once more."""
        return unquote(super().path_info(), encoding="latin-1")


@liar(
    catches=[
        "test_any_path_arrives_as_its_octets",
        "test_no_string_has_characters_beyond_latin1",
        "test_octets_that_are_not_utf8_are_latin1_characters",
        "test_utf8_octets_of_a_path_are_latin1_characters",
    ]
)
class PathIsUnicode(WSGICycle):
    """PATH_INFO is decoded from UTF-8 and not from Latin-1."""

    def path_info(self) -> str:
        """Text as people read it."""
        return unquote_to_bytes(self.request.raw_path).decode("utf-8", "replace")


@liar(catches=["test_any_path_arrives_as_its_octets", "test_octets_that_are_not_utf8_are_latin1_characters"])
class PathIsMadeUtf8(WSGICycle):
    """Octets of the path that are no UTF-8 are replaced."""

    def path_info(self) -> str:
        """The octets of a text."""
        return unquote(self.request.raw_path.decode("latin-1")).encode().decode("latin-1")


@liar(catches=["test_an_encoded_delicate_octet_is_decoded_or_refused"])
class PathEndsAtControls(WSGICycle):
    """PATH_INFO ends before the first control character."""

    def path_info(self) -> str:
        """A part of it."""
        path = super().path_info()
        return next((path[:place] for place, character in enumerate(path) if character < " "), path)


@liar(catches=["test_any_path_arrives_as_its_octets", "test_path_info_is_the_path"])
class PathEndsAtSemicolon(WSGICycle):
    """PATH_INFO ends before the first semicolon, as if parameters were no part of a path."""

    def path_info(self) -> str:
        """A part of it."""
        return unquote_to_bytes(self.request.raw_path.partition(b";")[0]).decode("latin-1")


@liar(catches=["test_how_a_path_is_normalised"])
class PathIsCanonical(WSGICycle):
    """PATH_INFO is brought into a canonical form."""

    def path_info(self) -> str:
        """Without double slashes and dots."""
        path = super().path_info()
        return posixpath.normpath(path) if "." in path or "//" in path else path


@liar(
    catches=[
        "test_an_absolute_target_gives_its_path",
        "test_environ_makes_the_url_of_the_request",
        "test_path_info_ends_at_the_first_question_mark",
    ]
)
class PathHoldsQuery(WSGICycle):
    """PATH_INFO goes on to the end of the target."""

    def path_info(self) -> str:
        """With the query."""
        query = self.request.query.decode("latin-1")
        return super().path_info() + ("?" + query if query else "")


@liar(catches=["test_an_absolute_target_gives_its_path"], area="wsgi_server", interface="wsgi")
class PathIsAbsolute(Connection):
    """PATH_INFO of a target in absolute form is the whole target."""

    def parse(self, event: h11.Request) -> Request:
        """With the whole target for a path."""
        request, target = super().parse(event), bytes(event.target)
        return request if target.startswith((b"/", b"*")) else replace(request, raw_path=target)


@liar(
    catches=["test_raw_octets_of_a_path_are_latin1_characters_or_refused"],
    area="wsgi_server",
    interface="wsgi",
)
class RawOctetsAreQuestionMarks(Connection):
    """Octets of the request line above 0x7F are taken for encoded question marks."""

    def feed(self) -> bool:
        """Change the request line before it is parsed."""
        line, end, rest = self.stream.take().partition(b"\r\n")
        if line.startswith(b"GET /"):
            line = b"".join(bytes([octet]) if octet < 0x80 else b"%3F" for octet in line)
        self.stream.put_back(line + end + rest)
        return super().feed()


@liar(catches=["test_options_for_the_whole_server_is_answered"])
class FailsForTheWholeServer(WSGICycle):
    """OPTIONS * ends in an error."""

    def path_info(self) -> str:
        """No path, no service."""
        if self.request.raw_path == b"*":
            raise ValueError("this is no path")
        return super().path_info()


@liar(
    catches=[
        "test_any_query_arrives_untouched",
        "test_environ_makes_the_url_of_the_request",
        "test_query_string_is_what_follows_the_question_mark",
        "test_which_other_variables_there_are",
    ]
)
class NoQueryString(WSGICycle):
    """QUERY_STRING is always empty."""

    def query_string(self) -> str:
        """Empty."""
        return ""


@liar(
    catches=[
        "test_any_query_arrives_untouched",
        "test_environ_makes_the_url_of_the_request",
        "test_query_string_is_what_follows_the_question_mark",
    ]
)
class QueryIsDecoded(WSGICycle):
    """QUERY_STRING is percent-decoded."""

    def query_string(self) -> str:
        """Its octets."""
        return unquote_to_bytes(self.request.query).decode("latin-1")


@liar(
    catches=[
        "test_any_query_arrives_untouched",
        "test_environ_makes_the_url_of_the_request",
        "test_query_string_of_no_query_is_empty_or_absent",
    ]
)
class NoQueryIsADash(WSGICycle):
    """QUERY_STRING of no query is "-"."""

    def query_string(self) -> str:
        """Something for nothing."""
        return super().query_string() or "-"
