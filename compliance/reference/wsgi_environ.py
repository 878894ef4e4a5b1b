"""The environ of a request, one method for each group of its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from compliance.reference.request import Request

if TYPE_CHECKING:
    from compliance.reference.connection import Connection
    from compliance.reference.server import Server


class Environ:
    """Builds the environ; part of the WSGI cycle."""

    connection: Connection
    server: Server
    request: Request

    def environ(self) -> dict[str, Any]:
        """A fresh, builtin dict with everything PEP 3333 asks for."""
        return {
            **self.server.environ_pairs,
            **self.request_line(),
            **self.target(),
            **self.content(),
            **self.header_variables(),
            **self.server_variables(),
            **self.client_variables(),
            **self.tls_variables(),
            **self.interface_variables(),
            **self.streams(),
            **self.concurrency(),
        }

    def request_line(self) -> dict[str, Any]:
        """REQUEST_METHOD, SERVER_PROTOCOL."""
        return {"REQUEST_METHOD": self.request.method, "SERVER_PROTOCOL": f"HTTP/{self.request.version}"}

    def target(self) -> dict[str, Any]:
        """SCRIPT_NAME, PATH_INFO, QUERY_STRING."""
        return {
            "SCRIPT_NAME": self.server.mount,
            "PATH_INFO": self.path_info().removeprefix(self.server.mount),
            "QUERY_STRING": self.query_string(),
        }

    def path_info(self) -> str:
        """The path's bytes after percent-decoding, as Latin-1."""
        return unquote_to_bytes(self.request.raw_path).decode("latin-1")

    def query_string(self) -> str:
        """The query as it came."""
        return self.request.query.decode("latin-1")

    def content(self) -> dict[str, Any]:
        """CONTENT_TYPE, CONTENT_LENGTH; each only if the request has the header."""
        names = {"CONTENT_TYPE": b"content-type", "CONTENT_LENGTH": b"content-length"}
        values = {name: self.request.values(header) for name, header in names.items()}
        return {name: found[-1].decode("latin-1") for name, found in values.items() if found}

    def header_variables(self) -> dict[str, Any]:
        """HTTP_ variables; a header whose name has an underscore could pose as another and is left out."""
        variables: dict[str, str] = {}
        for name, value in self.request.headers:
            if b"_" not in name and name not in (b"content-type", b"content-length"):
                variable = self.variable(name)
                text = value.decode("latin-1")
                variables[variable] = (
                    self.join(variable, variables[variable], text) if variable in variables else text
                )
        return variables

    def variable(self, name: bytes) -> str:
        """The variable of a header."""
        return "HTTP_" + name.decode("ascii").upper().replace("-", "_")

    def join(self, variable: str, first: str, second: str) -> str:
        """Two values of a repeated header as one."""
        return first + ("; " if variable == "HTTP_COOKIE" else ", ") + second

    def server_variables(self) -> dict[str, Any]:
        """SERVER_NAME, SERVER_PORT, SERVER_SOFTWARE, GATEWAY_INTERFACE."""
        host, port = self.request.server or ("localhost", 80)
        return {
            "SERVER_NAME": host if port is not None else "localhost",
            "SERVER_PORT": str(port if port is not None else 80),
            "SERVER_SOFTWARE": "compliance-reference",
            "GATEWAY_INTERFACE": "CGI/1.1",
        }

    def client_variables(self) -> dict[str, Any]:
        """REMOTE_ADDR, REMOTE_PORT."""
        if self.request.client is None:
            return {}
        return {"REMOTE_ADDR": self.request.client[0], "REMOTE_PORT": str(self.request.client[1])}

    def tls_variables(self) -> dict[str, Any]:
        """HTTPS, SSL_PROTOCOL and SSL_CIPHER, as Apache gives them."""
        tls = self.connection.stream.transport.get_extra_info("ssl_object")
        if tls is None:
            return {}
        return {"HTTPS": "on", "SSL_PROTOCOL": tls.version(), "SSL_CIPHER": tls.cipher()[0]}

    def interface_variables(self) -> dict[str, Any]:
        """wsgi.version, wsgi.url_scheme."""
        return {"wsgi.version": (1, 0), "wsgi.url_scheme": self.request.scheme}

    def streams(self) -> dict[str, Any]:
        """wsgi.input, wsgi.input_terminated, wsgi.errors, wsgi.file_wrapper."""
        return {
            "wsgi.input": self.server.input_class(self.pull),
            "wsgi.input_terminated": True,
            "wsgi.errors": self.server.errors_class(),
            "wsgi.file_wrapper": self.server.file_wrapper_class,
        }

    def concurrency(self) -> dict[str, Any]:
        """wsgi.multithread, wsgi.multiprocess, wsgi.run_once."""
        return {
            "wsgi.multithread": self.server.threads != 1,
            "wsgi.multiprocess": self.server.workers > 1,
            "wsgi.run_once": False,
        }

    def pull(self) -> bytes:
        """What wsgi.input reads from."""
        raise NotImplementedError
