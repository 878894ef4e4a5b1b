"""WSGI applications with one lie each about files, content codings, ranges and validation."""

import gzip
import os

from lies import liar
from wsgi_contract import WsgiContract

from compliance.guest.channel import FILE


class _File:
    """A file in the application's own clothes."""

    def __init__(self, file):
        self.file = file
        self.close = file.close


class _SizelessFile(_File):
    def read(self):
        return self.file.read()


class _SizedFile(_File):
    def read(self, size):
        return self.file.read(size)


class _DeafFile(_File):
    def read(self, size=-1):
        return self.file.read()


class _Files(WsgiContract):
    """Gives the wrapper, where there is one, a file of a kind of its own."""

    def wrapped(self, environ, file):
        return super().wrapped(environ, self.kind(file) if "wsgi.file_wrapper" in environ else file)


@liar(
    "wsgi.fw.read_optional_size",
    ["test_a_file_for_the_wrapper_is_read_with_a_size_and_without", "test_a_file_reaches_the_client_whole"],
)
class ReadsWithoutSize(_Files):
    """The file's read() takes no size."""

    kind = _SizelessFile


@liar("wsgi.fw.read_optional_size", ["test_a_file_for_the_wrapper_is_read_with_a_size_and_without"])
class ReadNeedsSize(_Files):
    """The file's read() needs a size."""

    kind = _SizedFile


@liar("wsgi.fw.read_optional_size", ["test_a_file_for_the_wrapper_is_read_with_a_size_and_without"])
class ReadIgnoresSize(_Files):
    """The file's read() returns all that there is, whatever size it is given."""

    kind = _DeafFile


@liar(
    "wsgi.fw.app_fallback",
    [
        "test_a_content_coding_is_said",
        "test_a_file_is_served_without_a_file_wrapper",
        "test_an_application_s_ranges_are_right",
        "test_an_application_validates_what_it_has_validators_for",
    ],
)
class NeedsFileWrapper(WsgiContract):
    """Has no other way to serve a file than the server's wrapper."""

    def file(self, environ, start_response, rest):
        environ["wsgi.file_wrapper"]
        return super().file(environ, start_response, rest)


@liar(
    "wsgi.fw.app_fallback",
    [
        "test_a_file_for_the_wrapper_is_read_with_a_size_and_without",
        "test_a_file_is_served_through_a_file_wrapper",
        "test_a_file_reaches_the_client_whole",
    ],
)
class NamesTheFile(WsgiContract):
    """Gives the wrapper the file by keyword."""

    def wrapped(self, environ, file):
        if "wsgi.file_wrapper" in environ:
            return environ["wsgi.file_wrapper"](filelike=file)
        return super().wrapped(environ, file)


@liar("wsgi.http.content_coding_app", ["test_no_wish_of_a_client_brings_a_transfer_coding"])
class ChunksOnDemand(WsgiContract):
    """Sends chunks to a client that has TE: chunked."""

    def hello(self, environ, start_response, rest):
        if "chunked" not in environ.get("HTTP_TE", ""):
            return super().hello(environ, start_response, rest)
        start_response("200 OK", [("Content-Type", "text/plain"), ("Transfer-Encoding", "chunked")])
        return [b"5\r\nhello\r\n0\r\n\r\n"]


@liar(
    "wsgi.http.content_coding_app", ["test_a_content_coding_is_said", "test_a_file_reaches_the_client_whole"]
)
class GzipUnsaid(WsgiContract):
    """Compresses for a client that takes gzip, and does not say so."""

    def file(self, environ, start_response, rest):
        if "gzip" not in environ.get("HTTP_ACCEPT_ENCODING", ""):
            return super().file(environ, start_response, rest)
        return self.respond(start_response, gzip.compress(_content()), [("Content-Type", "text/plain")])


@liar("wsgi.http.app_own_features", ["test_an_application_s_ranges_are_right"])
class RangeOffByOne(WsgiContract):
    """Takes the last position of a range for the first one after it."""

    def file(self, environ, start_response, rest):
        if "HTTP_RANGE" not in environ:
            return super().file(environ, start_response, rest)
        first, last = map(int, environ["HTTP_RANGE"].partition("=")[2].split("-"))
        place = "bytes {}-{}/{}".format(first, last, os.path.getsize(FILE))
        return self.respond(
            start_response, _content()[first:last], [("Content-Range", place)], "206 Partial Content"
        )


@liar("wsgi.http.app_own_features", ["test_an_application_validates_what_it_has_validators_for"])
class ForgetsTheContent(WsgiContract):
    """Has an entity tag, and answers the client that has it with 200 and no content."""

    def file(self, environ, start_response, rest):
        if environ.get("HTTP_IF_NONE_MATCH") == '"tag"':
            return self.respond(start_response, b"", [("ETag", '"tag"')])
        return self.respond(start_response, _content(), [("Content-Type", "text/plain"), ("ETag", '"tag"')])


@liar(
    "wsgi.iter.binary_safe",
    [
        "test_a_content_coding_is_said",
        "test_a_file_for_the_wrapper_is_read_with_a_size_and_without",
        "test_a_file_is_served_without_a_file_wrapper",
        "test_a_file_reaches_the_client_whole",
        "test_an_application_s_ranges_are_right",
        "test_an_application_validates_what_it_has_validators_for",
    ],
)
class LosesTheLastLine(WsgiContract):
    """Serves a file without its last line."""

    def file(self, environ, start_response, rest):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return self.wrapped(environ, _Short())


class _Short:
    """The contract's file without its last line."""

    def __init__(self):
        self.left = _content()[:-20]

    def read(self, size=-1):
        data, self.left = (self.left, b"") if size < 0 else (self.left[:size], self.left[size:])
        return data


def _content():
    with open(FILE, "rb") as file:
        return file.read()
