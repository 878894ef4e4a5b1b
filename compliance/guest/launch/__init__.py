"""Starters for servers that have no command line of their own."""

import argparse
import importlib
from typing import Any, Tuple


def arguments() -> Tuple[str, int, Any]:
    """The host, the port and the application (given as module:attribute) of the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("app", help="module:attribute")
    options = parser.parse_args()
    module, _, attribute = options.app.partition(":")
    return options.host, options.port, getattr(importlib.import_module(module), attribute)
