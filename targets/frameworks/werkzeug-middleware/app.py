"""Werkzeug's middlewares as they are usually stacked, around the contract."""

import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bare"))

from middleware_contract import application
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.middleware.shared_data import SharedDataMiddleware

wsgi = ProxyFix(
    DispatcherMiddleware(SharedDataMiddleware(application, {"/static": os.path.dirname(__file__)}), {})
)
