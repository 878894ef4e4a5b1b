"""Makes `pytest --target …` work from a checkout that is not installed."""

import sys

if "compliance.plugin" not in sys.modules:  # an installed suite is a plugin already, whatever folder pytest runs in
    pytest_plugins = ["compliance.plugin"]
