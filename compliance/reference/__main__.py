"""The command line: python -m compliance.reference --interface asgi --host H --port P module:attribute."""

from __future__ import annotations

import argparse
import importlib
import ssl
import sys
from pathlib import Path
from typing import Any

from compliance.reference import workers
from compliance.reference.server import Server


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="compliance.reference", description="A small, strict server.")
    parser.add_argument("application", help="module:attribute")
    parser.add_argument("--interface", choices=("asgi", "wsgi"), required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="0: a free one, named in the log")
    parser.add_argument("--threads", type=int, default=0, help="so many WSGI calls at a time, not any number")
    parser.add_argument(
        "--environ", action="append", default=[], metavar="NAME=VALUE", help="for every environ"
    )
    parser.add_argument("--cert", help="serve HTTPS, with this certificate")
    parser.add_argument("--key", help="the key of the certificate")
    parser.add_argument("--ca", help="ask clients for a certificate that this one has signed")
    parser.add_argument("--h2c", action="store_true", help="serve HTTP/2 also in clear text (ASGI only)")
    parser.add_argument("--unix", default="", metavar="PATH", help="listen on a Unix socket")
    parser.add_argument("--mount", default="", metavar="PATH", help="where the application is mounted")
    parser.add_argument("--ping", type=float, default=20.0, help="seconds between pings of a WebSocket")
    parser.add_argument("--idle", type=float, default=75.0, help="seconds that a request may be waited for")
    parser.add_argument("--workers", type=int, default=1, help="how many processes serve requests")
    parser.add_argument("--liar", help="serve with this lie, such as wsgi_environ.NoQueryString")
    return parser


def main() -> int:
    """Parse the command line and serve; returns the exit status."""
    parser = options()
    arguments = parser.parse_args()
    try:
        server_class = find_liar(arguments.liar, arguments.interface) if arguments.liar else Server
        application = load(arguments.application)
    except UsageError as error:
        parser.error(str(error))
    server = server_class(application, arguments.interface, arguments.host, arguments.port)
    configure(server, arguments)
    return server.run() if server.workers == 1 else workers.serve(server)


def configure(server: Server, arguments: argparse.Namespace) -> None:
    """Have the server serve as the command line says."""
    server.threads = arguments.threads
    server.environ_pairs = dict(pair.split("=", 1) for pair in arguments.environ)
    server.unix_path, server.mount, server.workers = arguments.unix, arguments.mount, arguments.workers
    server.ping_seconds, server.idle_seconds = arguments.ping, arguments.idle
    server.clear_http2 = arguments.h2c and server.interface == "asgi"
    if arguments.cert:
        server.certificate = first_certificate(arguments.cert)
        server.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=arguments.ca)
        server.tls.load_cert_chain(arguments.cert, arguments.key)
        if server.interface == "asgi":
            server.tls.set_alpn_protocols(["h2", "http/1.1"])
        server.tls.verify_mode = ssl.CERT_REQUIRED if arguments.ca else ssl.CERT_NONE


def first_certificate(path: str) -> str:
    """The first certificate in a file of PEM, which is the server's own."""
    text, end = Path(path).read_text(encoding="ascii"), "-----END CERTIFICATE-----\n"
    return text[: text.index(end) + len(end)]


class UsageError(Exception):
    """The command line names something that is not there."""


def find_liar(name: str, interface: str) -> type[Server]:
    """The server with this lie; raises UsageError."""
    from compliance.reference import liar

    try:
        found = liar.load(name)
    except LookupError as error:
        raise UsageError(error.args[0]) from error
    if found.interface != interface:
        raise UsageError(f"the liar {name} lies over {found.interface} only")
    return found.server_class


def load(name: str) -> Any:
    """The object that `module:attribute.attribute` names; raises UsageError, and what the module raises."""
    sys.path.insert(0, "")
    module, _, attributes = name.partition(":")
    try:
        found: Any = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        raise UsageError(str(error)) from error
    try:
        for attribute in (attributes or "app").split("."):
            found = getattr(found, attribute)
    except AttributeError as error:
        raise UsageError(str(error)) from error
    return found


if __name__ == "__main__":
    sys.exit(main())
