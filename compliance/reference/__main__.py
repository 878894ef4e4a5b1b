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
    parser.add_argument("--liar", help="serve with this lie, such as asgi_scope.NoPath")
    arguments = parser.parse_args()
    server_class = find_liar(arguments.liar) if arguments.liar else Server
    application = load(arguments.application)
    return server_class(application, arguments.interface, arguments.host, arguments.port).run()


def find_liar(name: str) -> type[Server]:
    """The server with this lie; raises LookupError."""
    from compliance.reference import liar

    return liar.load(name).server_class


def load(name: str) -> Any:
    """The object that `module:attribute.attribute` names; raises ImportError and AttributeError."""
    sys.path.insert(0, "")
    module, _, attributes = name.partition(":")
    found: Any = importlib.import_module(module)
    for attribute in (attributes or "app").split("."):
        found = getattr(found, attribute)
    return found


if __name__ == "__main__":
    sys.exit(main())
