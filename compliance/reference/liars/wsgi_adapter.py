"""Lies about WSGI applications on ASGI servers, for the checks of `wsgi_adapter`."""

import io
from collections.abc import Iterator
from typing import Any

from compliance.reference.adapter import Adapter, Message, Scope
from compliance.reference.liar import liar


@liar(catches=["test_the_application_does_not_run_on_the_event_loop"])
class OnTheLoop(Adapter):
    """The application runs on the event loop."""

    async def next(self, messages: Iterator[Message]) -> Message | None:
        """Call it here."""
        return next(messages, None)


@liar(catches=["test_request_method_is_the_method"])
class AlwaysGet(Adapter):
    """REQUEST_METHOD is always GET."""

    def environ(self, scope: Scope, body: bytes) -> dict[str, Any]:
        """With another method."""
        return {**super().environ(scope, body), "REQUEST_METHOD": "GET"}


@liar(catches=["test_script_name_is_the_root_path"])
class NoScriptName(Adapter):
    """SCRIPT_NAME is always empty."""

    def target(self, scope: Scope) -> dict[str, str]:
        """Without the root."""
        return {**super().target(scope), "SCRIPT_NAME": ""}


@liar(catches=["test_path_info_is_the_path_without_the_root_path"])
class WholePath(Adapter):
    """PATH_INFO is the whole path."""

    def target(self, scope: Scope) -> dict[str, str]:
        """With the root in it."""
        return {**super().target(scope), "PATH_INFO": scope["path"].encode().decode("latin-1")}


@liar(catches=["test_query_string_is_the_query_string"])
class NoQuery(Adapter):
    """QUERY_STRING is always empty."""

    def target(self, scope: Scope) -> dict[str, str]:
        """Without the query."""
        return {**super().target(scope), "QUERY_STRING": ""}


@liar(catches=["test_content_type_and_content_length_are_those_of_the_headers"])
class ContentAsAnyField(Adapter):
    """The content's fields are HTTP_ variables."""

    def fields(self, scope: Scope) -> dict[str, str]:
        """Under other names."""
        fields = super().fields(scope).items()
        return {key if key.startswith("HTTP_") else f"HTTP_{key}": value for key, value in fields}


@liar(catches=["test_server_name_and_server_port_are_the_server"])
class NumericPort(Adapter):
    """SERVER_PORT is an int."""

    def addresses(self, scope: Scope) -> dict[str, Any]:
        """With the port as it stands in the scope."""
        return {**super().addresses(scope), "SERVER_PORT": scope["server"][1]}


@liar(catches=["test_remote_addr_is_the_client"])
class NoClient(Adapter):
    """REMOTE_ADDR is absent."""

    def addresses(self, scope: Scope) -> dict[str, Any]:
        """Without the client's address."""
        return {key: value for key, value in super().addresses(scope).items() if key != "REMOTE_ADDR"}


@liar(catches=["test_remote_port_is_that_of_the_client"])
class NumericRemotePort(Adapter):
    """REMOTE_PORT is an int."""

    def addresses(self, scope: Scope) -> dict[str, Any]:
        """With the port as it stands in the scope."""
        return {**super().addresses(scope), "REMOTE_PORT": (scope["client"] or (None, None))[1]}


@liar(catches=["test_no_client_is_no_remote_addr"])
class NoneForNoClient(Adapter):
    """REMOTE_ADDR is None where there is no client."""

    def addresses(self, scope: Scope) -> dict[str, Any]:
        """With the key in any case."""
        return {"REMOTE_ADDR": None, **super().addresses(scope)}


@liar(catches=["test_server_protocol_is_the_version"])
class AlwaysOneOne(Adapter):
    """SERVER_PROTOCOL is always HTTP/1.1."""

    def environ(self, scope: Scope, body: bytes) -> dict[str, Any]:
        """With another version."""
        return {**super().environ(scope, body), "SERVER_PROTOCOL": "HTTP/1.1"}


@liar(catches=["test_url_scheme_is_the_scheme"])
class AlwaysPlain(Adapter):
    """wsgi.url_scheme is always http."""

    def environ(self, scope: Scope, body: bytes) -> dict[str, Any]:
        """With another scheme."""
        return {**super().environ(scope, body), "wsgi.url_scheme": "http"}


@liar(catches=["test_the_input_is_the_body_of_all_messages"])
class OnePart(Adapter):
    """The body ends with its first message."""

    async def body(self, receive: Any) -> bytes:
        """One part."""
        part: bytes = (await receive()).get("body", b"")
        return part


@liar(catches=["test_the_errors_can_be_written_to"])
class ReadOnlyErrors(Adapter):
    """wsgi.errors cannot be written to."""

    def environ(self, scope: Scope, body: bytes) -> dict[str, Any]:
        """With a stream of bytes."""
        return {**super().environ(scope, body), "wsgi.errors": io.BytesIO()}


@liar(catches=["test_the_status_is_the_number"])
class WholeStatus(Adapter):
    """The status keeps its reason, where it is not OK."""

    def status(self, status: str) -> Any:
        """As the application gives it."""
        return int(status[:3]) if status == "200 OK" else status


@liar(catches=["test_the_headers_are_those_of_the_application"])
class OneOfEach(Adapter):
    """A repeated header field is sent once."""

    def headers(self, headers: list[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
        """The last of each name."""
        return list(dict(super().headers(headers)).items())


@liar(catches=["test_a_value_of_latin1_is_its_octets"])
class AsUtf8(Adapter):
    """Values are encoded as UTF-8."""

    def headers(self, headers: list[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
        """In another encoding."""
        return [(name.lower().encode(), value.encode()) for name, value in headers]


@liar(catches=["test_the_names_of_headers_are_in_lower_case"])
class CasePreserved(Adapter):
    """The names of header fields keep their case."""

    def headers(self, headers: list[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
        """As the application gives them."""
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]


@liar(catches=["test_each_block_is_a_message"])
class AllAtOnce(Adapter):
    """The body is sent in one message."""

    def messages(self, environ: dict[str, Any]) -> Iterator[Message]:
        """The head, and one part."""
        start, *parts = super().messages(environ)
        yield start
        yield {**parts[-1], "body": b"".join(part["body"] for part in parts)}
