"""Lies about environ: the CGI variables beside the request line."""

from __future__ import annotations

import os
from typing import Any

from compliance.reference.liar import liar
from compliance.reference.wsgi import WSGICycle


@liar(
    catches=[
        "test_a_name_with_an_underscore_does_not_set_content_length",
        "test_content_length_is_that_of_the_request",
        "test_the_variables_of_cgi_are_str",
    ]
)
class LengthIsAnInt(WSGICycle):
    """CONTENT_LENGTH is an int."""

    def content(self) -> dict[str, Any]:
        """With a number for a length."""
        return {
            key: int(value) if key == "CONTENT_LENGTH" else value for key, value in super().content().items()
        }


@liar(catches=["test_other_variables_are_str"])
class RemotePortIsAnInt(WSGICycle):
    """REMOTE_PORT is an int."""

    def client_variables(self) -> dict[str, Any]:
        """With a number for a port."""
        return {
            key: int(value) if key == "REMOTE_PORT" else value
            for key, value in super().client_variables().items()
        }


@liar(catches=["test_remote_addr_is_the_peer"])
class RemoteAddressIsTheServers(WSGICycle):
    """REMOTE_ADDR is the address of the server."""

    def client_variables(self) -> dict[str, Any]:
        """With the wrong end of the connection."""
        return {**super().client_variables(), "REMOTE_ADDR": self.server_variables()["SERVER_NAME"]}


@liar(
    catches=[
        "test_the_variables_of_cgi_are_str",
        "test_variables_without_a_value_are_left_out",
        "test_which_other_variables_there_are",
    ]
)
class NobodyIsNone(WSGICycle):
    """REMOTE_IDENT is there and None."""

    def client_variables(self) -> dict[str, Any]:
        """With a variable that has no value."""
        return {**super().client_variables(), "REMOTE_IDENT": None}


@liar(
    catches=[
        "test_a_field_with_the_name_of_a_variable_does_not_set_it",
        "test_there_is_no_user_without_authentication",
        "test_which_other_variables_there_are",
    ]
)
class NobodyIsAnonymous(WSGICycle):
    """REMOTE_USER is "anonymous" while nobody was authenticated."""

    def client_variables(self) -> dict[str, Any]:
        """With a user."""
        return {**super().client_variables(), "REMOTE_USER": "anonymous"}


@liar(catches=["test_content_type_is_that_of_the_request"])
class TypeWithoutParameters(WSGICycle):
    """CONTENT_TYPE ends at the first semicolon."""

    def content(self) -> dict[str, Any]:
        """With a part of the type."""
        return {key: value.partition(";")[0] for key, value in super().content().items()}


@liar(
    catches=["test_content_type_without_the_field_is_empty_or_absent", "test_which_other_variables_there_are"]
)
class NoTypeIsText(WSGICycle):
    """CONTENT_TYPE of a request without one is text/plain."""

    def content(self) -> dict[str, Any]:
        """With a type."""
        return {"CONTENT_TYPE": "text/plain", **super().content()}


@liar(
    catches=[
        "test_content_length_without_the_field_is_empty_or_absent",
        "test_the_length_of_a_chunked_body_is_not_wrong",
        "test_which_other_variables_there_are",
    ]
)
class NoLengthIsZero(WSGICycle):
    """CONTENT_LENGTH of a request without one is "0"."""

    def content(self) -> dict[str, Any]:
        """With a length."""
        return {"CONTENT_LENGTH": "0", **super().content()}


@liar(catches=["test_a_name_with_an_underscore_does_not_set_content_length"])
class UnderscoreIsAHyphen(WSGICycle):
    """A field Content_Length is as good as Content-Length."""

    def content(self) -> dict[str, Any]:
        """With the length of the wrong field."""
        spoofed = self.request.values(b"content_length")
        return super().content() | ({"CONTENT_LENGTH": spoofed[0].decode()} if spoofed else {})


@liar(catches=["test_the_content_fields_appear_once"])
class ContentTwice(WSGICycle):
    """CONTENT_TYPE and CONTENT_LENGTH have copies that begin with HTTP_."""

    def content(self) -> dict[str, Any]:
        """With the copies."""
        content = super().content()
        return {**content, **{"HTTP_" + key: value for key, value in content.items()}}


@liar(
    catches=[
        "test_server_name_is_not_empty",
        "test_which_other_variables_there_are",
        "test_without_a_host_the_url_has_the_servers_name_and_port",
    ]
)
class NoServerName(WSGICycle):
    """SERVER_NAME is empty."""

    def server_variables(self) -> dict[str, Any]:
        """Without a name."""
        return {**super().server_variables(), "SERVER_NAME": ""}


@liar(catches=["test_server_port_is_the_port_that_was_connected_to"])
class PortOfTheHostField(WSGICycle):
    """SERVER_PORT is the port in the Host field."""

    def server_variables(self) -> dict[str, Any]:
        """With what the client says."""
        port = b"".join(self.request.values(b"host")).rpartition(b":")[2].decode()
        return {**super().server_variables(), **({"SERVER_PORT": port} if port.isdigit() else {})}


@liar(
    catches=[
        "test_server_port_is_the_port_that_was_connected_to",
        "test_without_a_host_the_url_has_the_servers_name_and_port",
    ]
)
class PortIsAlways80(WSGICycle):
    """SERVER_PORT is "80"."""

    def server_variables(self) -> dict[str, Any]:
        """With the wrong port."""
        return {**super().server_variables(), "SERVER_PORT": "80"}


@liar(catches=["test_server_protocol_is_that_of_the_request"])
class ProtocolOfTheServer(WSGICycle):
    """SERVER_PROTOCOL is the version that the server likes best."""

    def request_line(self) -> dict[str, Any]:
        """With another version."""
        return {**super().request_line(), "SERVER_PROTOCOL": "HTTP/1.1"}


@liar(catches=["test_the_servers_own_keys_are_lower_case_with_a_prefix"])
class OwnKeysLookLikeCgi(WSGICycle):
    """The server has a variable of its own in upper case."""

    def server_variables(self) -> dict[str, Any]:
        """With one more."""
        return {**super().server_variables(), "RAW_URI": self.request.raw_path.decode("latin-1")}


@liar(catches=["test_whether_the_environment_of_the_system_shows"])
class ShowsTheSystem(WSGICycle):
    """The operating system's environment is in environ."""

    def environ(self) -> dict[str, Any]:
        """With everything."""
        return {**os.environ, **super().environ()}
