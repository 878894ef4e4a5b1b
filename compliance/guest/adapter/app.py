"""A WSGI application behind an adapter: `asgi` is what an ASGI server, or a driver, gets.

COMPLIANCE_ADAPTER names what makes an ASGI application of a WSGI application, COMPLIANCE_ADAPTED the
WSGI application, both as module:attribute.
"""

import importlib
import os
from typing import Any


def _named(variable: str) -> Any:
    module, _, attribute = os.environ[variable].partition(":")
    return getattr(importlib.import_module(module), attribute)


asgi = _named("COMPLIANCE_ADAPTER")(_named("COMPLIANCE_ADAPTED"))
