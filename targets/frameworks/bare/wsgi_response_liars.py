"""WSGI applications with one lie each about what they return, and about errors."""

import sys

from lies import liar
from wsgi_contract import WsgiContract

from compliance.guest.channel import gate, note

# The iterable


@liar("wsgi.iter.iterable", ["test_the_application_returns_an_iterable"])
class ReturnsNone(WsgiContract):
    """The answer to /nothing is no iterable."""

    def nothing(self, environ, start_response, rest):
        super().nothing(environ, start_response, rest)


@liar("wsgi.strings.bytes_type", ["test_every_block_is_bytes"])
class TextBlocks(WsgiContract):
    """The blocks are text."""

    def hello(self, environ, start_response, rest):
        return [block.decode() for block in super().hello(environ, start_response, rest)]


@liar("wsgi.cl.app_len_accurate", ["test_the_len_of_an_iterable_is_the_number_of_its_blocks"])
class WrongLength(WsgiContract):
    """The iterable's len() is one too many."""

    class Blocks(list):
        def __len__(self):
            return super().__len__() + 1

    def hello(self, environ, start_response, rest):
        return self.Blocks(super().hello(environ, start_response, rest))


@liar("wsgi.cl.app_as_stated", ["test_a_body_is_as_long_as_its_content_length_says"])
class WrongContentLength(WsgiContract):
    """Where there is nothing, the body is longer than its Content-Length."""

    def missing(self, environ, start_response, rest):
        start_response("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "3")])
        return [b"not found"]


@liar("wsgi.sr.before_first_block_app", ["test_start_response_comes_before_the_first_block"])
class BlockBeforeStart(WsgiContract):
    """Yields a block of /large before it calls start_response."""

    def large(self, environ, start_response, rest):
        yield b"\0"
        yield from super().large(environ, start_response, rest)


@liar(
    "wsgi.iter.app_no_write_in_iter",
    [
        "test_each_part_of_a_stream_arrives_before_the_next_is_made",
        "test_write_is_not_called_at_all",
        "test_write_is_not_called_while_iterating",
    ],
)
class WritesWhileIterating(WsgiContract):
    """Calls write() from within its iterable."""

    def stream(self, environ, start_response, rest):
        write = start_response("200 OK", [("Content-Type", "text/plain")])
        return self.written(write, int(rest))

    def written(self, write, count):
        for part in self.parts(count):
            write(part)
            yield b""


@liar(
    "wsgi.iter.app_avoid_write", ["test_how_many_blocks_a_short_body_has", "test_write_is_not_called_at_all"]
)
class UsesWrite(WsgiContract):
    """Gives its body to write()."""

    def hello(self, environ, start_response, rest):
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])(b"hello")
        return []


@liar("wsgi.iter.early_close_app", ["test_a_stream_that_is_not_consumed_is_cleaned_up"])
class NoCleanUp(WsgiContract):
    """The stream has no close(), and is kept."""

    def stream(self, environ, start_response, rest):
        self.kept = super().stream(environ, start_response, rest)
        return map(bytes, self.kept)


@liar("wsgi.iter.early_close_app", ["test_closing_a_stream_early_is_no_error"])
class RaisesOnClose(WsgiContract):
    """close() of a stream raises if there were more parts."""

    def parts(self, count):
        try:
            yield from super().parts(count)
        except GeneratorExit:
            raise OSError("not at the end") from None


@liar("wsgi.iter.app_buffers", ["test_how_many_blocks_a_short_body_has"])
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


@liar("wsgi.err.app_traps", ["test_a_handler_s_error_is_answered"])
class LetsErrorsOut(WsgiContract):
    """An exception of a handler leaves the application."""

    def failure(self, environ, start_response):
        raise sys.exc_info()[1]


@liar(
    "wsgi.err.app_exc_info_always",
    [
        "test_a_handler_s_error_is_answered",
        "test_an_error_response_after_start_response_has_exc_info",
        "test_start_response_is_called_once_unless_there_is_an_error",
    ],
)
class NoExcInfo(WsgiContract):
    """Begins an error response without exc_info."""

    def raise_(self, environ, start_response, rest):
        start_response("200 OK", [])
        raise RuntimeError("the handler raised")

    def failure(self, environ, start_response):
        start_response("500 Internal Server Error", [])
        return [b"internal server error"]


@liar(
    "wsgi.sr.exc_info_app_not_trap",
    [
        "test_a_stream_that_fails_does_not_look_complete",
        "test_a_stream_that_fails_gives_nothing_more",
        "test_what_start_response_raises_is_let_through",
    ],
)
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


@liar(
    "wsgi.err.app_no_output_after_sent",
    ["test_a_stream_that_fails_does_not_look_complete", "test_a_stream_that_fails_gives_nothing_more"],
)
class OutputAfterError(WsgiContract):
    """Goes on with an error page after a part of the body has been sent."""

    def broken(self):
        yield b"part-0\n"
        yield b"an error page"
