"""wsgiref.validate around the contract."""

import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bare"))

from wsgiref.validate import validator

from middleware_contract import application

wsgi = validator(application)
