"""Lies about the headers of the HTTP scope."""

from __future__ import annotations

from typing import Any

from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.liar import liar
from compliance.reference.request import Headers


class _Fields(HTTPCycle):
    """What the lies about headers have in common: the fields of the request are replaced."""

    def fields(self) -> Headers:
        """The lie."""
        raise NotImplementedError

    def headers(self) -> dict[str, Any]:
        """The fields of the lie."""
        return {"headers": [[name, value] for name, value in self.fields()]}

    def without(self, *names: bytes) -> Headers:
        """The fields, but for those with these names."""
        return [(name, value) for name, value in self.request.headers if name not in names]


@liar(catches=["test_headers_are_pairs_of_bytes", "test_byte_strings_are_bytes"])
class Bytearrays(HTTPCycle):
    """Header values are bytearrays."""

    def headers(self) -> dict[str, Any]:
        """Another type."""
        return {"headers": [[name, bytearray(value)] for name, value in self.request.headers]}


@liar(catches=["test_headers_are_empty_for_a_request_without_fields"])
class HostForAll(_Fields):
    """A request without Host gets an empty one."""

    def fields(self) -> Headers:
        """With a Host."""
        fields = self.request.headers
        return fields if self.request.values(b"host") else [(b"host", b""), *fields]


@liar(catches=["test_headers_can_be_gone_through_twice"])
class OneShotHeaders(HTTPCycle):
    """headers can be gone through once only."""

    def headers(self) -> dict[str, Any]:
        """An iterator, where our apps go through the headers themselves."""
        fields = [[name, value] for name, value in self.request.headers]
        named = b"asgi_http_scope_headers" in b"".join(self.request.values(b"compliance"))
        return {"headers": iter(fields) if named else fields}


@liar(
    catches=[
        "test_the_values_of_a_repeated_field_keep_their_order",
        "test_a_list_in_one_field_is_not_split",
        "test_cookies_are_never_joined_with_a_comma",
        "test_repeated_fields_are_not_joined",
    ]
)
class Reversed(_Fields):
    """The fields come in reverse order."""

    def fields(self) -> Headers:
        """From the last to the first."""
        return self.request.headers[::-1]


@liar(
    catches=[
        "test_repeated_fields_are_not_joined",
        "test_a_list_in_one_field_is_not_split",
        "test_the_values_of_a_repeated_field_keep_their_order",
    ]
)
class JoinsHeaders(_Fields):
    """Fields of one name are joined with a comma."""

    def fields(self) -> Headers:
        """Each name once, but for cookies."""
        names = dict.fromkeys(name for name, _ in self.without(b"cookie"))
        joined = [(name, b", ".join(self.request.values(name))) for name in names]
        return joined + [(b"cookie", value) for value in self.request.values(b"cookie")]


@liar(catches=["test_repeated_fields_are_not_joined"])
class DropsRepetitions(_Fields):
    """A field that says the same as another is left out."""

    def fields(self) -> Headers:
        """Each field once."""
        return list(dict.fromkeys(self.request.headers))


@liar(
    catches=[
        "test_a_list_in_one_field_is_not_split",
        "test_whitespace_inside_a_value_is_kept",
        "test_any_visible_value_arrives_as_it_is",
    ]
)
class SplitsLists(_Fields):
    """A list in one field is split at its commas."""

    def fields(self) -> Headers:
        """Several fields for one, if its name is x-a and there is no quote in it."""
        return [
            (name, item.strip())
            for name, value in self.request.headers
            for item in (value.split(b", ") if name == b"x-a" else [value])
        ]


@liar(catches=["test_the_order_of_different_names"])
class SortedNames(_Fields):
    """Header names come in alphabetical order."""

    def fields(self) -> Headers:
        """Sorted, with repeated fields in their order."""
        return sorted(self.request.headers, key=lambda field: field[0])


@liar(catches=["test_header_names_are_lower_case", "test_the_case_of_header_names"])
class TitleCase(_Fields):
    """Header names begin with a capital."""

    def fields(self) -> Headers:
        """In title case."""
        return [(name.title(), value) for name, value in self.request.headers]


@liar(catches=["test_whitespace_inside_a_value_is_kept", "test_any_visible_value_arrives_as_it_is"])
class FoldsWhitespace(_Fields):
    """Whitespace inside a value is folded to one space."""

    def fields(self) -> Headers:
        """With single spaces, where our apps can do without the others."""
        return [
            (name, b" ".join(value.split()) if name == b"x-a" else value)
            for name, value in self.request.headers
        ]


@liar(catches=["test_any_visible_value_arrives_as_it_is", "test_whitespace_inside_a_value_is_kept"])
class UnquotesValues(_Fields):
    """Quotation marks and backslashes are removed from values."""

    def fields(self) -> Headers:
        """Without them, where our apps can do without."""
        return [
            (name, value.replace(b'"', b"").replace(b"\\", b"") if name == b"x-a" else value)
            for name, value in self.request.headers
        ]


@liar(catches=["test_bytes_above_0x7f_arrive_as_they_are_or_are_refused"])
class Reencoded(_Fields):
    """Values are decoded as Latin-1 and encoded as UTF-8."""

    def fields(self) -> Headers:
        """In another encoding."""
        return [(name, value.decode("latin-1").encode()) for name, value in self.request.headers]


@liar(catches=["test_no_other_character_ends_a_field"])
class SplitsLines(_Fields):
    """What Python calls a line break splits a value into two fields."""

    def fields(self) -> Headers:
        """A field for each line."""
        found: Headers = []
        for name, value in self.request.headers:
            first, *more = value.decode("latin-1").splitlines() or [""]
            lines = [line.encode("latin-1").partition(b": ") for line in more]
            found += [(name, first.encode("latin-1")), *((key, rest) for key, _, rest in lines)]
        return found


@liar(
    catches=[
        "test_an_empty_value_stays_empty",
        "test_any_visible_value_arrives_as_it_is",
        "test_repeated_fields_are_not_joined",
    ]
)
class DropsEmptyFields(_Fields):
    """Fields without a value are left out."""

    def fields(self) -> Headers:
        """Those with a value."""
        return [field for field in self.request.headers if field[1]]


@liar(catches=["test_all_well_known_headers_arrive"])
class KeepsCredentials(_Fields):
    """Proxy-Authorization is kept from the application."""

    def fields(self) -> Headers:
        """Without it."""
        return self.without(b"proxy-authorization")


@liar(catches=["test_the_fields_that_frame_a_request_arrive"])
class KeepsLength(_Fields):
    """Content-Length is kept from the application."""

    def fields(self) -> Headers:
        """Without it."""
        return self.without(b"content-length")


@liar(catches=["test_a_field_of_any_name_arrives"])
class PlainNamesOnly(_Fields):
    """Fields are left out whose names hold anything but letters, digits, hyphens and underscores."""

    def fields(self) -> Headers:
        """Those with plain names."""
        return [field for field in self.request.headers if field[0].translate(None, b"-_").isalnum()]


@liar(catches=["test_a_field_with_an_underscore_arrives"])
class NoUnderscores(_Fields):
    """Fields are left out whose names hold an underscore."""

    def fields(self) -> Headers:
        """Those without."""
        return [field for field in self.request.headers if b"_" not in field[0]]


@liar(catches=["test_cookies_are_never_joined_with_a_comma"])
class JoinsCookies(_Fields):
    """Several Cookie fields are joined with a comma."""

    def fields(self) -> Headers:
        """One cookie field."""
        cookies = self.request.values(b"cookie")
        return self.without(b"cookie") + ([(b"cookie", b", ".join(cookies))] if cookies else [])
