"""WSGI applications with one lie each about environ and its streams."""

from lies import liar
from wsgi_contract import WsgiContract

from compliance.guest.channel import note


@liar("wsgi.environ.app_minimal_omitted", ["test_an_empty_variable_may_be_missing"])
class NeedsQueryString(WsgiContract):
    """Fails if QUERY_STRING is left out."""

    def query(self, environ, start_response, rest):
        environ["QUERY_STRING"]
        return super().query(environ, start_response, rest)


@liar("wsgi.environ.app_minimal_omitted", ["test_an_empty_path_info_may_be_missing"])
class NeedsPathInfo(WsgiContract):
    """Fails if PATH_INFO is left out."""

    def dispatch(self, environ, start_response):
        environ["PATH_INFO"]
        return super().dispatch(environ, start_response)


@liar(
    "wsgi.environ.app_checks",
    ["test_any_legal_environ_is_served", "test_the_least_that_a_server_gives_is_enough"],
)
class NeedsRemoteAddr(WsgiContract):
    """Fails without REMOTE_ADDR, which no server must give."""

    def dispatch(self, environ, start_response):
        environ["REMOTE_ADDR"]
        return super().dispatch(environ, start_response)


@liar("wsgi.environ.app_minimal_omitted", ["test_a_request_without_content_length_has_no_body"])
class NeedsContentLength(WsgiContract):
    """Fails on a request to /digest if CONTENT_LENGTH is left out."""

    def digest(self, environ, start_response, rest):
        environ["CONTENT_LENGTH"]
        return super().digest(environ, start_response, rest)


@liar("wsgi.environ.run_once_app", ["test_run_once_is_no_promise"])
class BelievesRunOnce(WsgiContract):
    """Serves nothing after a request of which it is told that it is the only one."""

    over = False

    def dispatch(self, environ, start_response):
        if self.over:
            raise RuntimeError("once only")
        self.over = environ["wsgi.run_once"]
        return super().dispatch(environ, start_response)


@liar(
    "wsgi.callable.reinvocable", ["test_run_once_is_no_promise", "test_the_application_can_be_called_again"]
)
class OnlyOnce(WsgiContract):
    """Serves one request of /sleep/0 in its life."""

    served = False

    def sleep(self, environ, start_response, rest):
        if self.served:
            raise RuntimeError("once only")
        self.served = True
        return super().sleep(environ, start_response, rest)


@liar(
    "wsgi.input.app_limit",
    [
        "test_a_stream_that_refuses_to_read_beyond_the_body_does",
        "test_no_more_is_read_than_content_length_says",
        "test_what_becomes_of_a_body_that_is_read_in_pieces",
    ],
)
class ReadsBeyond(WsgiContract):
    """Asks for more bytes than CONTENT_LENGTH says."""

    def read(self, environ):
        yield environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0) + 1)


@liar(
    "wsgi.input.app_only_listed",
    [
        "test_a_stream_that_refuses_to_read_beyond_the_body_does",
        "test_what_servers_need_not_support_is_not_used",
    ],
)
class ReadsToTheEnd(WsgiContract):
    """Calls read() without a size."""

    def read(self, environ):
        yield environ["wsgi.input"].read()


@liar("wsgi.input.app_short_reads", ["test_what_becomes_of_a_body_that_is_read_in_pieces"])
class ReadsOnce(WsgiContract):
    """Takes what one read gives for the whole."""

    def read(self, environ):
        yield environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))


@liar("wsgi.strings.bytes_type", ["test_any_bytes_of_a_body_arrive"])
class ReadsText(WsgiContract):
    """Takes a request body for text."""

    def body(self, environ):
        return super().body(environ).decode("utf-8", "replace").encode()


@liar("wsgi.input.app_only_listed", ["test_only_the_listed_methods_of_the_input_are_used"])
class SeeksInput(WsgiContract):
    """Uses a method of wsgi.input that is not listed."""

    def read(self, environ):
        if hasattr(environ["wsgi.input"], "seek"):
            environ["wsgi.input"].seek(0)
        return super().read(environ)


@liar("wsgi.input.app_no_close", ["test_the_input_is_not_closed"])
class ClosesInput(WsgiContract):
    """Closes wsgi.input."""

    def echo(self, environ, start_response, rest):
        answer = super().echo(environ, start_response, rest)
        getattr(environ["wsgi.input"], "close", tuple)()
        return answer


@liar("wsgi.errors.app_only_listed", ["test_only_the_listed_methods_of_the_error_stream_are_used"])
class AsksErrors(WsgiContract):
    """Uses an attribute of wsgi.errors that is not listed."""

    def hello(self, environ, start_response, rest):
        note("errors is a terminal", getattr(environ["wsgi.errors"], "isatty", bool)())
        return super().hello(environ, start_response, rest)


@liar("wsgi.errors.app_flush", ["test_what_is_written_to_the_error_stream_is_flushed"])
class LeavesErrorsUnflushed(WsgiContract):
    """Reports an error to wsgi.errors without a flush."""

    def failure(self, environ, start_response):
        environ["wsgi.errors"].write("an error\n")
        return super().failure(environ, start_response)


@liar(
    "wsgi.http.hop_by_hop_app_ignores",
    ["test_a_transfer_coding_of_the_request_is_none_of_the_application_s_business"],
)
class BelievesTransferEncoding(WsgiContract):
    """Decodes a body that the server has decoded."""

    def body(self, environ):
        body = super().body(environ)
        return b"" if environ.get("HTTP_TRANSFER_ENCODING") == "chunked" else body
