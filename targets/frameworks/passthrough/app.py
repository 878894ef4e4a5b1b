"""A middleware that hands everything on: what other middlewares are compared with.

COMPLIANCE_BARE_LIAR names a class of `wsgi_middleware_liars.py` that takes its place.
"""

import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bare"))

from middleware_contract import application
from passing import Passing

wsgi = Passing(application)

if "COMPLIANCE_BARE_LIAR" in os.environ:
    import wsgi_middleware_liars

    wsgi = getattr(wsgi_middleware_liars, os.environ["COMPLIANCE_BARE_LIAR"])(application)
