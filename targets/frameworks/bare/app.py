"""The contract without a framework: what any other framework's answers are compared with.

COMPLIANCE_BARE_LIAR names a class of `liars.py` that takes the place of the honest one of its interface.
"""

import os
import sys

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from asgi_contract import AsgiContract
from wsgi_contract import WsgiContract

wsgi = WsgiContract()
asgi = AsgiContract()

if "COMPLIANCE_BARE_LIAR" in os.environ:
    import liars

    wsgi = liars.wsgi(os.environ["COMPLIANCE_BARE_LIAR"])
    asgi = liars.asgi(os.environ["COMPLIANCE_BARE_LIAR"])
