"""The command line: python -m compliance.reference --interface asgi --host H --port P module:attribute."""

from __future__ import annotations

import argparse
import importlib
import sys
from typing import Any

from compliance.reference.server import Server


def main() -> int:
    """Parse the command line and serve; returns the exit status."""
    parser = argparse.ArgumentParser(prog="compliance.reference", description="A small, strict server.")
    parser.add_argument("application", help="module:attribute")
    parser.add_argument("--interface", choices=("asgi", "wsgi"), required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="0: a free one, named in the log")
    parser.add_argument("--single-thread", action="store_true", help="one WSGI call at a time")
    parser.add_argument(
        "--environ", action="append", default=[], metavar="NAME=VALUE", help="for every environ"
    )
    parser.add_argument("--liar", help="serve with this lie, such as wsgi_environ.NoQueryString")
    arguments = parser.parse_args()
    try:
        server_class = find_liar(arguments.liar, arguments.interface) if arguments.liar else Server
        application = load(arguments.application)
    except UsageError as error:
        parser.error(str(error))
    server = server_class(application, arguments.interface, arguments.host, arguments.port)
    server.single_thread = arguments.single_thread
    server.environ_pairs = dict(pair.split("=", 1) for pair in arguments.environ)
    return server.run()


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
