"""WSGI applications with one lie each."""

import sys

from lies import liar
from wsgi_contract import WsgiContract

from compliance.guest.channel import gate, note

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


@liar("wsgi.callable.start_response_positional")
class KeywordStart(WsgiContract):
    """Calls start_response with keyword arguments for /nothing."""

    def nothing(self, environ, start_response, rest):
        start_response(status="204 No Content", headers=[])
        return []


@liar("wsgi.sr.status_form")
class StatusWithoutReason(_Start):
    """The status is a code alone."""

    def changed(self, status, headers):
        return status[:3], headers


@liar("wsgi.sr.status_no_control")
class StatusWithLineEnd(_Start):
    """The status ends with a line feed."""

    def changed(self, status, headers):
        return status + "\n", headers


@liar("wsgi.sr.headers_list")
class HeadersTuple(_Start):
    """The headers are a tuple."""

    def changed(self, status, headers):
        return status, tuple(headers)


@liar("wsgi.strings.native_type")
class HeadersOfBytes(_Start):
    """Header values are bytes."""

    def changed(self, status, headers):
        return status, [(name, value.encode("latin-1")) for name, value in headers]


@liar("wsgi.sr.header_name_valid")
class NameWithColon(_Start):
    """A header's name has its colon."""

    def changed(self, status, headers):
        return status, [*headers, ("X-Colon:", "here")]


@liar("wsgi.sr.header_value_no_control")
class ValueWithLineEnd(_Start):
    """A header's value is folded."""

    def changed(self, status, headers):
        return status, [*headers, ("X-Folded", "one\r\n two")]


@liar("wsgi.strings.latin1_app")
class ValueBeyondLatin1(_Start):
    """A header's value holds a character beyond latin-1."""

    def changed(self, status, headers):
        return status, [*headers, ("X-Euro", "\u20ac")]


@liar("wsgi.sr.hop_by_hop_app")
class HopByHop(_Start):
    """Sends a hop-by-hop header."""

    def changed(self, status, headers):
        return status, [*headers, ("Connection", "close")]


@liar("wsgi.cl.app_no_transfer_encoding")
class TransferEncoding(_Start):
    """Says that it has chunked the body itself."""

    def changed(self, status, headers):
        return status, [*headers, ("Transfer-Encoding", "chunked")]


@liar("wsgi.sr.exc_info_only_error")
class ExcInfoAlways(_Start):
    """Gives exc_info where there was no error."""

    def start(self, start_response, status, headers, exc_info):
        error = RuntimeError("no error at all")
        return start_response(status, headers, (RuntimeError, error, None))


@liar("wsgi.sr.exc_info_tuple")
class ExcInfoOfAList(WsgiContract):
    """What is given as exc_info is a list."""

    def failure(self, environ, start_response):
        start_response("500 Internal Server Error", [], list(sys.exc_info()))
        return [b"internal server error"]


@liar("wsgi.strings.http_encoding_app")
class Utf8Values(_Start):
    """Header values are the bytes of UTF-8."""

    def changed(self, status, headers):
        return status, [(name, value.encode().decode("latin-1")) for name, value in headers]


@liar("wsgi.sr.app_single_call")
class StartsTwice(_Start):
    """Calls start_response twice, and pays no heed to the server's refusal."""

    def start(self, start_response, status, headers, exc_info):
        write = start_response(status, headers)
        try:
            start_response(status, headers)
        except Exception:  # noqa: BLE001 - that is the lie
            note("refused")
        return write


# The iterable


@liar("wsgi.iter.iterable")
class ReturnsNone(WsgiContract):
    """The answer to /nothing is no iterable."""

    def nothing(self, environ, start_response, rest):
        super().nothing(environ, start_response, rest)


@liar("wsgi.strings.bytes_type")
class TextBlocks(WsgiContract):
    """The blocks are text."""

    def hello(self, environ, start_response, rest):
        return [block.decode() for block in super().hello(environ, start_response, rest)]


@liar("wsgi.cl.app_len_accurate")
class WrongLength(WsgiContract):
    """The iterable's len() is one too many."""

    class Blocks(list):
        def __len__(self):
            return super().__len__() + 1

    def hello(self, environ, start_response, rest):
        return self.Blocks(super().hello(environ, start_response, rest))


@liar("wsgi.sr.before_first_block_app")
class BlockBeforeStart(WsgiContract):
    """Yields a block of /large before it calls start_response."""

    def large(self, environ, start_response, rest):
        yield b"\0"
        yield from super().large(environ, start_response, rest)


@liar("wsgi.iter.app_no_write_in_iter", ["test_each_part_of_a_stream_arrives_before_the_next_is_made"])
class WritesWhileIterating(WsgiContract):
    """Calls write() from within its iterable."""

    def stream(self, environ, start_response, rest):
        write = start_response("200 OK", [("Content-Type", "text/plain")])
        for part in self.parts(int(rest)):
            write(part)
            yield b""


@liar("wsgi.iter.app_avoid_write")
class UsesWrite(WsgiContract):
    """Gives its body to write()."""

    def hello(self, environ, start_response, rest):
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])(b"hello")
        return []


@liar("wsgi.iter.early_close_app")
class NoCleanUp(WsgiContract):
    """The stream has no close(), and is kept."""

    def stream(self, environ, start_response, rest):
        self.kept = super().stream(environ, start_response, rest)
        return map(bytes, self.kept)


@liar("wsgi.iter.early_close_app")
class RaisesOnClose(WsgiContract):
    """close() of a stream raises if there were more parts."""

    def parts(self, count):
        try:
            yield from super().parts(count)
        except GeneratorExit:
            raise OSError("not at the end") from None


@liar("wsgi.iter.app_buffers")
class CharacterByCharacter(WsgiContract):
    """A short body comes byte by byte."""

    def hello(self, environ, start_response, rest):
        (body,) = super().hello(environ, start_response, rest)
        return [body[place : place + 1] for place in range(len(body))]


@liar(
    "wsgi.iter.close_on_disconnect",
    ["test_a_stream_is_closed_when_the_client_leaves", "test_a_stream_that_is_not_consumed_is_cleaned_up"],
)
class CleansUpAtTheEnd(WsgiContract):
    """The stream cleans up only when it has been read to its end."""

    def parts(self, count):
        yield b"part-0\n"
        for number in range(1, count):
            gate("part-%d" % number)
            yield b"part-%d\n" % number
        note("stream closed")


# Errors


@liar("wsgi.err.app_traps")
class LetsErrorsOut(WsgiContract):
    """An exception of a handler leaves the application."""

    def failure(self, environ, start_response):
        raise sys.exc_info()[1]


@liar("wsgi.err.app_exc_info_always")
class NoExcInfo(WsgiContract):
    """Begins an error response without exc_info."""

    def raise_(self, environ, start_response, rest):
        start_response("200 OK", [])
        raise RuntimeError("the handler raised")

    def failure(self, environ, start_response):
        start_response("500 Internal Server Error", [])
        return [b"internal server error"]


@liar("wsgi.sr.exc_info_app_not_trap", ["test_a_stream_that_fails_does_not_look_complete"])
class TrapsExcInfo(WsgiContract):
    """Traps what start_response raises when it was called with exc_info."""

    def broken(self):
        yield b"part-0\n"
        error = RuntimeError("the stream raised")
        try:
            self.start("500 Internal Server Error", [], (RuntimeError, error, None))
        except RuntimeError:
            note("trapped")

    def stream_raise(self, environ, start_response, rest):
        self.start = start_response
        return super().stream_raise(environ, start_response, rest)


@liar("wsgi.err.app_no_output_after_sent", ["test_a_stream_that_fails_does_not_look_complete"])
class OutputAfterError(WsgiContract):
    """Goes on with an error page after a part of the body has been sent."""

    def broken(self):
        yield b"part-0\n"
        yield b"an error page"
