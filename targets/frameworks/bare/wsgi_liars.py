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
class KeywordStart(_Start):
    """Calls start_response with keyword arguments."""

    def start(self, start_response, status, headers, exc_info):
        return start_response(status=status, headers=headers)


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
    """The answer to / is no iterable."""

    def hello(self, environ, start_response, rest):
        super().hello(environ, start_response, rest)


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
    """Yields its first block before it calls start_response."""

    def hello(self, environ, start_response, rest):
        yield b"hel"
        start_response("200 OK", [("Content-Type", "text/plain")])
        yield b"lo"


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
    """The stream has no close(), and cleans up only at its end."""

    def parts(self, count):
        yield from (b"part-%d\n" % number for number in range(count))
        note("stream closed")

    def stream(self, environ, start_response, rest):
        return iter(list(super().stream(environ, start_response, rest)))


@liar("wsgi.iter.close_on_disconnect", ["test_a_stream_is_closed_when_the_client_leaves"])
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


# environ and input


@liar("wsgi.environ.app_minimal_omitted")
class NeedsQueryString(WsgiContract):
    """Fails if QUERY_STRING is left out."""

    def query(self, environ, start_response, rest):
        environ["QUERY_STRING"]
        return super().query(environ, start_response, rest)


@liar("wsgi.environ.app_minimal_omitted")
class NeedsPathInfo(WsgiContract):
    """Fails if PATH_INFO is left out."""

    def dispatch(self, environ, start_response):
        environ["PATH_INFO"]
        return super().dispatch(environ, start_response)


@liar("wsgi.environ.app_checks")
class NeedsRemoteAddr(WsgiContract):
    """Fails without REMOTE_ADDR, which no server must give."""

    def dispatch(self, environ, start_response):
        environ["REMOTE_ADDR"]
        return super().dispatch(environ, start_response)


@liar("wsgi.callable.reinvocable")
class OnlyOnce(WsgiContract):
    """Serves one request of /sleep/0 in its life."""

    served = False

    def sleep(self, environ, start_response, rest):
        if self.served:
            raise RuntimeError("once only")
        self.served = True
        return super().sleep(environ, start_response, rest)


@liar("wsgi.input.app_limit")
class ReadsBeyond(WsgiContract):
    """Asks for more bytes than CONTENT_LENGTH says."""

    def read(self, environ):
        yield environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0) + 1)


@liar("wsgi.input.app_only_listed")
class SeeksInput(WsgiContract):
    """Uses a method of wsgi.input that is not listed."""

    def read(self, environ):
        if hasattr(environ["wsgi.input"], "seek"):
            environ["wsgi.input"].seek(0)
        return super().read(environ)


@liar("wsgi.input.app_no_close")
class ClosesInput(WsgiContract):
    """Closes wsgi.input."""

    def echo(self, environ, start_response, rest):
        answer = super().echo(environ, start_response, rest)
        getattr(environ["wsgi.input"], "close", tuple)()
        return answer


@liar("wsgi.errors.app_only_listed")
class AsksErrors(WsgiContract):
    """Uses an attribute of wsgi.errors that is not listed."""

    def hello(self, environ, start_response, rest):
        note("errors is a terminal", getattr(environ["wsgi.errors"], "isatty", bool)())
        return super().hello(environ, start_response, rest)


@liar("wsgi.http.hop_by_hop_app_ignores")
class BelievesTransferEncoding(WsgiContract):
    """Decodes a body that the server has decoded."""

    def body(self, environ):
        body = super().body(environ)
        return b"" if environ.get("HTTP_TRANSFER_ENCODING") == "chunked" else body
