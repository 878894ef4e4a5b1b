"""WSGI applications with one lie each."""

import sys

from lies import liar
from wsgi_contract import WsgiContract

from compliance.guest.channel import note

# What is given to start_response


class _Start(WsgiContract):
    """Changes the arguments of every call of start_response."""

    def __call__(self, environ, start_response):
        def changed(status, headers, exc_info=None):
            return self.start(start_response, status, headers, exc_info)

        return super().__call__(environ, changed)

    def start(self, start_response, status, headers, exc_info):
        status, headers = self.changed(status, headers)
        return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)


@liar("wsgi.callable.start_response_positional", ["test_start_response_is_called_with_positional_arguments"])
class KeywordStart(WsgiContract):
    """Calls start_response with keyword arguments for /nothing."""

    def nothing(self, environ, start_response, rest):
        start_response(status="204 No Content", headers=[])
        return []


@liar("wsgi.sr.status_form", ["test_the_status_is_a_code_and_a_reason"])
class StatusWithoutReason(_Start):
    """The status is a code alone."""

    def changed(self, status, headers):
        return status[:3], headers


@liar(
    "wsgi.sr.status_no_control",
    ["test_the_status_has_no_control_characters", "test_the_status_is_a_code_and_a_reason"],
)
class StatusWithLineEnd(_Start):
    """The status ends with a line feed."""

    def changed(self, status, headers):
        return status + "\n", headers


@liar("wsgi.sr.headers_list", ["test_the_headers_are_a_list_of_tuples"])
class HeadersTuple(_Start):
    """The headers are a tuple."""

    def changed(self, status, headers):
        return status, tuple(headers)


@liar("wsgi.strings.native_type", ["test_status_and_headers_are_native_strings"])
class HeadersOfBytes(_Start):
    """Header values are bytes."""

    def changed(self, status, headers):
        return status, [(name, value.encode("latin-1")) for name, value in headers]


@liar("wsgi.sr.header_name_valid", ["test_header_names_are_tokens"])
class NameWithColon(_Start):
    """A header's name has its colon."""

    def changed(self, status, headers):
        return status, [*headers, ("X-Colon:", "here")]


@liar("wsgi.sr.header_value_no_control", ["test_header_values_have_no_control_characters"])
class ValueWithLineEnd(_Start):
    """A header's value is folded."""

    def changed(self, status, headers):
        return status, [*headers, ("X-Folded", "one\r\n two")]


@liar("wsgi.strings.latin1_app", ["test_strings_hold_characters_of_latin_1_only"])
class ValueBeyondLatin1(_Start):
    """A header's value holds a character beyond latin-1."""

    def changed(self, status, headers):
        return status, [*headers, ("X-Euro", "\u20ac")]


@liar("wsgi.sr.hop_by_hop_app", ["test_there_are_no_hop_by_hop_headers"])
class HopByHop(_Start):
    """Sends a hop-by-hop header."""

    def changed(self, status, headers):
        return status, [*headers, ("Connection", "close")]


@liar(
    "wsgi.cl.app_no_transfer_encoding",
    ["test_there_are_no_hop_by_hop_headers", "test_there_is_no_transfer_coding"],
)
class TransferEncoding(_Start):
    """Says that it has chunked the body itself."""

    def changed(self, status, headers):
        return status, [*headers, ("Transfer-Encoding", "chunked")]


@liar("wsgi.sr.exc_info_only_error", ["test_exc_info_is_given_for_errors_only"])
class ExcInfoAlways(_Start):
    """Gives exc_info where there was no error."""

    def start(self, start_response, status, headers, exc_info):
        error = RuntimeError("no error at all")
        return start_response(status, headers, (RuntimeError, error, None))


@liar("wsgi.sr.exc_info_tuple", ["test_exc_info_is_a_tuple_of_sys_exc_info"])
class ExcInfoOfAList(WsgiContract):
    """What is given as exc_info is a list."""

    def failure(self, environ, start_response):
        start_response("500 Internal Server Error", [], list(sys.exc_info()))
        return [b"internal server error"]


@liar("wsgi.strings.http_encoding_app", ["test_a_latin_1_header_value_stays_as_it_is"])
class Utf8Values(_Start):
    """Header values are the bytes of UTF-8."""

    def changed(self, status, headers):
        return status, [(name, value.encode().decode("latin-1")) for name, value in headers]


@liar(
    "wsgi.sr.app_single_call",
    [
        "test_an_error_response_after_start_response_has_exc_info",
        "test_exc_info_is_given_for_errors_only",
        "test_start_response_is_called_once_unless_there_is_an_error",
    ],
)
class StartsTwice(_Start):
    """Calls start_response twice, and pays no heed to the server's refusal."""

    def start(self, start_response, status, headers, exc_info):
        write = start_response(status, headers)
        try:
            start_response(status, headers)
        except Exception:  # noqa: BLE001 - that is the lie
            note("refused")
        return write
