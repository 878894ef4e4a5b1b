"""`--list-targets`: which targets there are, and what running them would install."""

import pytest
from rich.console import Console
from rich.table import Table

from compliance.environment import describe
from compliance.session import catalogue, wishes
from compliance.target import Target

_WIDE = 200  # columns, where no terminal says how many there are


def list_targets(config: pytest.Config) -> None:
    """Print the selected targets, or all, as a table; raises TargetError."""
    everything = catalogue(config)
    targets = everything.select(config.option.target or ["all"])
    table = Table(box=None, header_style="bold")
    for column in ("target", "interface", "server variant", "framework", "environment"):
        table.add_column(column, no_wrap=True)
    table.add_column("packages", overflow="fold")
    for target in targets:
        table.add_row(*_row(target, config))
    console = Console()
    (console if console.is_terminal else Console(width=_WIDE)).print(table)


def _row(target: Target, config: pytest.Config) -> tuple[str, ...]:
    packages = ", ".join(target.requires) or "none"
    state = describe(target.requires, wishes(config))
    return target.name, target.interface, target.server.name, target.framework.name, state, packages
