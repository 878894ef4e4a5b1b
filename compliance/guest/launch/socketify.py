"""Serve an ASGI application with socketify's own command, without garbage collection by chance.

It keeps no reference to the task of a request: what waits for its body, or for its client to leave, is
garbage, and so are the handles that its library calls back. When they are collected depends on how many
objects there are, so that no two runs would agree; a check that asks for a collection shows what comes of it.
"""

import gc
import sys

from socketify.cli import execute  # type: ignore[import-not-found, import-untyped, unused-ignore]


def main() -> None:
    """Serve until a signal ends the process."""
    gc.disable()
    execute(sys.argv)


if __name__ == "__main__":
    main()
