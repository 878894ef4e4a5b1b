"""The process that runs Autobahn's cases; kosoku changes modules of Python, so nothing else happens in it.

`python -m compliance.autobahn.client` prints the ids of all cases as JSON; with the URL of a server it reads
ids from standard input, runs these cases, and prints a list of what was seen of each.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from typing import Any

_AT_ONCE, _HEAVY_AT_ONCE = 8, 2  # cases that wait most of their time, and cases that compute
_HEAVY = ("9.", "12.", "13.")
_TEXTS = ("case_id", "description", "expectation", "result", "result_close", "http_request", "http_response")


def known() -> list[str]:
    """The ids of all cases, in order."""
    from kosoku.cases import CASES

    return list(CASES)


async def run(url: str, cases: Sequence[str]) -> list[dict[str, Any]]:
    """Run cases against a server, those that compute much after the others."""
    heavy = [case for case in cases if case.startswith(_HEAVY)]
    light = [case for case in cases if case not in heavy]
    return await _run(url, light, _AT_ONCE) + await _run(url, heavy, _HEAVY_AT_ONCE)


async def _run(url: str, cases: Sequence[str], at_once: int) -> list[dict[str, Any]]:
    from kosoku import FailureError, run_fuzzingclient

    if not cases:
        return []
    try:
        found = await run_fuzzingclient(url, cases, concurrency=at_once)
    except FailureError as failure:
        found = failure.results
    return [_plain(result) for result in found]


def _plain(result: Any) -> dict[str, Any]:
    """One result as JSON holds it: texts, the two grades, seconds, and the octets sent and received."""
    plain = {name: str(getattr(result, name)) for name in _TEXTS}
    octets = {
        name: [_octets(entry[1][1]) for entry in result.wirelog if entry[0] == name] for name in ("TO", "RO")
    }
    return plain | {
        "behavior": result.behavior.value,
        "behavior_close": result.behavior_close.value,
        "seconds": result.duration / 1000,
        "sent": octets["TO"],
        "received": octets["RO"],
    }


def _octets(logged: str) -> str:
    """Octets as latin-1, of what the log has in hexadecimal, cut short where there are many."""
    whole, cut, _ = logged.partition(" ...")
    return bytes.fromhex(whole[: len(whole) // 2 * 2]).decode("latin-1") + cut


def main() -> None:
    """Print what is asked for."""
    found: Any = asyncio.run(run(sys.argv[1], json.load(sys.stdin))) if sys.argv[1:] else known()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
