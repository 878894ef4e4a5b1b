"""WhiteNoise around the contract, with the folder of this file as its static files."""

import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bare"))

from middleware_contract import application
from whitenoise import WhiteNoise

wsgi = WhiteNoise(application, root=os.path.dirname(__file__), prefix="static/")
