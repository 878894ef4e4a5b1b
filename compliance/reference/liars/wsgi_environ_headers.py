"""Lies about environ: the HTTP_ variables."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import h11

from compliance.reference.connection import Connection
from compliance.reference.liar import liar
from compliance.reference.request import Request
from compliance.reference.wsgi import WSGICycle


@liar(
    catches=[
        "test_a_field_is_a_variable",
        "test_a_long_value_arrives",
        "test_an_empty_field_is_an_empty_variable",
        "test_any_octets_of_a_value_arrive",
        "test_any_value_of_visible_characters_arrives",
        "test_no_value_of_a_repeated_field_is_lost",
        "test_octets_of_a_value_are_latin1_characters",
        "test_octets_that_unicode_calls_spaces_are_no_whitespace",
        "test_the_case_of_a_name_does_not_matter",
        "test_the_length_of_a_chunked_body_is_not_wrong",
        "test_what_becomes_of_a_name_with_an_underscore",
        "test_whitespace_around_a_value_is_no_part_of_it",
    ]
)
class KeepsHyphens(WSGICycle):
    """Hyphens of a name stay in its variable's."""

    def variable(self, name: bytes) -> str:
        """With hyphens."""
        return super().variable(name) if name == b"compliance" else "HTTP_" + name.decode("ascii").upper()


@liar(
    catches=["test_no_value_of_a_repeated_field_is_lost", "test_the_case_of_a_name_does_not_matter"],
    area="wsgi_server",
    interface="wsgi",
)
class CapitalisedFieldsOnly(Connection):
    """Fields are left out whose names are not written Like-This."""

    def parse(self, event: h11.Request) -> Request:
        """With some fields only."""
        raw = [(bytes(name), bytes(value)) for name, value in event.headers.raw_items()]
        return replace(super().parse(event), headers=[(n.lower(), v) for n, v in raw if n == n.title()])


@liar(catches=["test_no_variable_is_without_a_field", "test_which_other_variables_there_are"])
class InventsAField(WSGICycle):
    """There is a variable for a field that was not sent."""

    def header_variables(self) -> dict[str, Any]:
        """One more."""
        return {**super().header_variables(), "HTTP_X_REQUEST_ID": "1"}


@liar(catches=["test_an_empty_field_is_an_empty_variable"])
class LeavesOutEmptyFields(WSGICycle):
    """Fields without a value are left out."""

    def header_variables(self) -> dict[str, Any]:
        """Without empty ones."""
        return {key: value for key, value in super().header_variables().items() if value}


@liar(catches=["test_without_a_host_field_there_is_no_http_host"])
class HostIsTheAddress(WSGICycle):
    """HTTP_HOST of a request without a host is the server's address."""

    def header_variables(self) -> dict[str, Any]:
        """Always with a host."""
        server = self.server_variables()
        return {
            "HTTP_HOST": server["SERVER_NAME"] + ":" + server["SERVER_PORT"],
            **super().header_variables(),
        }


@liar(catches=["test_any_octets_of_a_value_arrive", "test_whitespace_around_a_value_is_no_part_of_it"])
class FoldsWhitespace(WSGICycle):
    """Spaces and tabs within a value are one space."""

    def header_variables(self) -> dict[str, Any]:
        """With fewer spaces."""
        return {key: re.sub(r"[ \t]+", " ", value) for key, value in super().header_variables().items()}


@liar(catches=["test_a_name_of_any_token_is_a_variable"])
class OddNamesHaveUnderscores(WSGICycle):
    """Every character of a name that is no letter or digit is an underscore in its variable's."""

    def variable(self, name: bytes) -> str:
        """With underscores."""
        return "HTTP_" + re.sub("[^A-Z0-9]", "_", name.decode("ascii").upper())


@liar(catches=["test_a_field_with_the_name_of_a_variable_does_not_set_it"])
class FieldsSetVariables(WSGICycle):
    """A field Remote-User sets REMOTE_USER."""

    def header_variables(self) -> dict[str, Any]:
        """With a variable that only the server may set."""
        variables = super().header_variables()
        return {**variables, **({"REMOTE_USER": "root"} if "HTTP_REMOTE_USER" in variables else {})}


@liar(catches=["test_http_host_is_the_host_field"])
class HostInLowerCase(WSGICycle):
    """HTTP_HOST is in lower case."""

    def header_variables(self) -> dict[str, Any]:
        """With the host changed."""
        return {
            key: value.lower() if key == "HTTP_HOST" else value
            for key, value in super().header_variables().items()
        }


@liar(catches=["test_any_octets_of_a_value_arrive", "test_any_value_of_visible_characters_arrives"])
class ValuesEndAtCommas(WSGICycle):
    """Only the first item of a list is kept of the X- fields that were sent once."""

    def header_variables(self) -> dict[str, Any]:
        """With less."""
        variables = super().header_variables()
        return {k: v.partition(",")[0] if k == "HTTP_X_VALUE" else v for k, v in variables.items()}


@liar(catches=["test_a_long_value_arrives"])
class ValuesAreShort(WSGICycle):
    """Values are cut at 1000 characters."""

    def header_variables(self) -> dict[str, Any]:
        """With less."""
        variables = super().header_variables()
        return {key: value if key == "HTTP_COMPLIANCE" else value[:1000] for key, value in variables.items()}


@liar(
    catches=[
        "test_any_octets_of_a_value_arrive",
        "test_octets_of_a_value_are_latin1_characters",
        "test_octets_that_unicode_calls_spaces_are_no_whitespace",
    ]
)
class ValuesAreAscii(WSGICycle):
    """Octets of values above 0x7F are dropped."""

    def header_variables(self) -> dict[str, Any]:
        """Without them."""
        return {k: v.encode("ascii", "ignore").decode() for k, v in super().header_variables().items()}


@liar(
    catches=[
        "test_any_octets_of_a_value_arrive",
        "test_no_string_has_characters_beyond_latin1",
        "test_octets_of_a_value_are_latin1_characters",
        "test_octets_that_unicode_calls_spaces_are_no_whitespace",
    ]
)
class ValuesAreUnicode(WSGICycle):
    """Values are decoded from UTF-8 and not from Latin-1."""

    def header_variables(self) -> dict[str, Any]:
        """Text as people read it."""
        variables = super().header_variables()
        return {key: value.encode("latin-1").decode("utf-8", "replace") for key, value in variables.items()}


@liar(catches=["test_octets_that_unicode_calls_spaces_are_no_whitespace"])
class StripsWhatUnicodeCallsSpace(WSGICycle):
    """Octets that are spaces in Latin-1 are stripped from values."""

    def header_variables(self) -> dict[str, Any]:
        """With str.strip."""
        return {key: value.strip() for key, value in super().header_variables().items()}


@liar(catches=["test_how_repeated_cookies_are_joined", "test_no_value_of_a_repeated_field_is_lost"])
class LastFieldWins(WSGICycle):
    """Of repeated fields the last one counts."""

    def join(self, _variable: str, _first: str, second: str) -> str:
        """Only the second."""
        return second


@liar(catches=["test_how_repeated_cookies_are_joined"])
class CookiesHaveCommas(WSGICycle):
    """Repeated cookies are joined with commas."""

    def join(self, _variable: str, first: str, second: str) -> str:
        """As other fields are."""
        return super().join("", first, second)


@liar(catches=["test_what_becomes_of_a_name_with_an_underscore"])
class MergesUnderscores(WSGICycle):
    """A field with an underscore is as good as one with a hyphen."""

    def header_variables(self) -> dict[str, Any]:
        """With all fields."""
        fields = [(name, value) for name, value in self.request.headers if b"_" in name]
        return {
            **super().header_variables(),
            **{self.variable(name): value.decode("latin-1") for name, value in fields},
        }


@liar(catches=["test_what_becomes_of_a_proxy_field"])
class NoProxyField(WSGICycle):
    """A field Proxy is left out."""

    def header_variables(self) -> dict[str, Any]:
        """Without it."""
        return {key: value for key, value in super().header_variables().items() if key != "HTTP_PROXY"}
