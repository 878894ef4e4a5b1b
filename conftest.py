"""Makes `pytest --target …` work from a checkout."""

pytest_plugins = ["compliance.plugin"]
