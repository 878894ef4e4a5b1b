"""Starters for servers that have no command line of their own."""

import argparse
import importlib
from typing import Dict, Optional


def arguments(*more: str) -> argparse.Namespace:
    """The command line: `host`, `port`, `app` (the application itself), and options of these names."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("app", help="module:attribute")
    for name in more:
        parser.add_argument("--" + name)
    options = parser.parse_args()
    module, _, attribute = options.app.partition(":")
    options.app = getattr(importlib.import_module(module), attribute)
    return options


def pairs(text: Optional[str]) -> Dict[str, str]:
    """The variable NAME=value of an option, if it is given."""
    return dict([text.split("=", 1)]) if text else {}
