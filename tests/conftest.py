"""Leaves out the tests that take minutes unless `-m` asks for them: `pytest tests -m slow`."""

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect slow tests where no marker expression was given."""
    if config.option.markexpr:
        return
    slow = [i for i in items if i.get_closest_marker("slow") or i.get_closest_marker("matrix")]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if item not in slow]
