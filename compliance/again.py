"""Judging a check again where what is listed about its server happens by chance, so that runs agree.

Where a server has a fault that ends it by chance, whichever check comes then would fail, another one in each
run. A check of the fault's own shows it without fail, and lists it (`dies`, a text of the server's log); any
other check is judged by a process that lives, a new one, and tells nothing about the fault.

Where a listed failure shows only by chance in its own check (`chance`), the check is judged until it has
shown; if it does not, the entry is not true any more.
"""

import inspect
from collections.abc import Callable, Collection
from typing import Any

from compliance.patience import ceiling
from compliance.server import Server

_TIMES = 25  # of which the last one counts, whatever happens


def judged_again(
    check: Callable[..., object],
    fixtures: dict[str, Any],
    texts: Collection[str],
    renew: Callable[[], Server],
) -> None:
    """Call a check, and once more with a server of `renew` whenever its own has died as listed.

    `fixtures` are those of the check, by name, and are kept up to date; `texts` are what the log of such a
    server says. Raises what the check raises.
    """
    names = inspect.signature(check).parameters
    server = next(name for name in names if isinstance(fixtures[name], Server))
    for _ in range(_TIMES - 1):
        try:
            check(**{name: fixtures[name] for name in names})
        except Exception:
            if not died(fixtures[server], texts):
                raise
            fixtures[server] = renew()
        else:
            return
    check(**{name: fixtures[name] for name in names})


def judged_until_it_fails(check: Callable[..., object], fixtures: dict[str, Any]) -> None:
    """Call a check until it raises, a few times at most; raises what it raises."""
    arguments = {name: fixtures[name] for name in inspect.signature(check).parameters}
    for _ in range(_TIMES):
        check(**arguments)


def died(server: Server, texts: Collection[str]) -> bool:
    """Whether the server's process has ended, or does now, with one of these texts in its log.

    Its connections are closed a moment before it ends: one that answers a request after that goes on.
    """
    try:
        server.call("GET", server.root)
    except AssertionError:
        process = server.process
        ended = process is not None and process.wait(ceiling("stop")) is not None
        return ended and any(text in server.log_since(0) for text in texts)
    return False
