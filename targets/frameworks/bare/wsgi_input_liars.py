"""WSGI applications with one lie each about environ and its streams."""

from lies import liar
from wsgi_contract import WsgiContract

from compliance.guest.channel import note


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


@liar("wsgi.environ.app_minimal_omitted")
class NeedsContentLength(WsgiContract):
    """Fails on a request to /digest if CONTENT_LENGTH is left out."""

    def digest(self, environ, start_response, rest):
        environ["CONTENT_LENGTH"]
        return super().digest(environ, start_response, rest)


@liar("wsgi.environ.run_once_app")
class BelievesRunOnce(WsgiContract):
    """Serves nothing after a request of which it is told that it is the only one."""

    over = False

    def dispatch(self, environ, start_response):
        if self.over:
            raise RuntimeError("once only")
        self.over = environ["wsgi.run_once"]
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
class ReadsToTheEnd(WsgiContract):
    """Calls read() without a size."""

    def read(self, environ):
        yield environ["wsgi.input"].read()


@liar("wsgi.input.app_short_reads")
class ReadsOnce(WsgiContract):
    """Takes what one read gives for the whole."""

    def read(self, environ):
        yield environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))


@liar("wsgi.strings.bytes_type")
class ReadsText(WsgiContract):
    """Takes a request body for text."""

    def body(self, environ):
        return super().body(environ).decode("utf-8", "replace").encode()


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


@liar("wsgi.errors.app_flush")
class LeavesErrorsUnflushed(WsgiContract):
    """Reports an error to wsgi.errors without a flush."""

    def failure(self, environ, start_response):
        environ["wsgi.errors"].write("an error\n")
        return super().failure(environ, start_response)


@liar("wsgi.http.hop_by_hop_app_ignores")
class BelievesTransferEncoding(WsgiContract):
    """Decodes a body that the server has decoded."""

    def body(self, environ):
        body = super().body(environ)
        return b"" if environ.get("HTTP_TRANSFER_ENCODING") == "chunked" else body
