"""Werkzeug's profiler around the contract, silent."""

import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bare"))

from middleware_contract import application
from werkzeug.middleware.profiler import ProfilerMiddleware

wsgi = ProfilerMiddleware(application, stream=None)
