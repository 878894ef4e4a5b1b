"""The application that COMPLIANCE_APP names (`module:attribute`), for servers that take a file's path.

It has a folder to itself, since such servers put the file's folder first in sys.path.
"""

import importlib
import os

_module, _, _attribute = os.environ["COMPLIANCE_APP"].partition(":")
app = getattr(importlib.import_module(_module), _attribute)
