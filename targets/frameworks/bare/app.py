"""The contract without a framework: what any other framework's answers are compared with.

COMPLIANCE_BARE_LIAR names a class of `liars.py` that takes the place of the honest one of its interface.
"""

import os
import sys

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

import liars
from asgi_contract import AsgiContract
from wsgi_contract import WsgiContract

_LIAR = os.environ.get("COMPLIANCE_BARE_LIAR")

wsgi = liars.wsgi(_LIAR) if _LIAR else WsgiContract()
asgi = liars.asgi(_LIAR) if _LIAR else AsgiContract()
