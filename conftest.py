"""Makes `pytest --target …` work from a checkout that is not installed."""

import sys

# An installed suite is a plugin already, whatever folder pytest runs in.
if "compliance.plugin" not in sys.modules:
    pytest_plugins = ["compliance.plugin"]
