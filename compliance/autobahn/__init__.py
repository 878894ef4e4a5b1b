"""Autobahn's own WebSocket cases, run against a server of ours with an echo in it (`--autobahn`).

The cases are those of the Autobahn TestSuite, as the distribution kosoku has them. They come to two grades
each, for the messages and for the end of the connection, which `Grades` keeps as Autobahn says them.
"""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from compliance.results import Evidence
from compliance.server import Server
from compliance.verdict import NotApplicable

FILE: Final = Path(__file__).parents[1] / "spec" / "autobahn.toml"
"""The groups of cases, as requirements; pytest takes this file for one of cases."""
ENTRY: Final = "compliance.guest.echo:asgi"
_CLIENT: Final = "compliance.autobahn.client"
_FINE: Final = frozenset({"OK", "NON-STRICT", "INFORMATIONAL"})
_SHOWN: Final = 400  # characters of octets in the evidence of a case


class AutobahnError(Exception):
    """The cases cannot be run; the message is complete for a user."""


@dataclass(frozen=True)
class Grades:
    """What Autobahn says of a server in one case: grades in its words, `result` and `result_close` in prose.

    `sent` and `received` are octets as latin-1, without the opening handshake.
    """

    case_id: str
    description: str
    expectation: str
    behavior: str
    behavior_close: str
    result: str
    result_close: str
    seconds: float
    http_request: str
    http_response: str
    sent: list[str]
    received: list[str]

    @property
    def together(self) -> str:
        """Both grades, or one if they are the same."""
        return " / ".join(dict.fromkeys((self.behavior, self.behavior_close)))

    def judge(self, observe: Callable[[Any], None]) -> None:
        """Raise AssertionError where a grade is a failure, NotApplicable where nothing is implemented.

        What Autobahn calls not strict or informational is observed. AutobahnError: it has no verdict.
        """
        if self.behavior == "ERROR":
            raise AutobahnError(f"Autobahn's case {self.case_id} did not come to a verdict: {self.result}")
        if self.behavior == "UNIMPLEMENTED":
            raise NotApplicable(f"{self.together}: {self.result}")
        if not {self.behavior, self.behavior_close} <= _FINE:
            said = f"{self.together}: {self.result} {self.result_close}"
            raise AssertionError(f"{said}\n{self.description}\nexpected: {self.expectation}")
        if {self.behavior, self.behavior_close} != {"OK"}:
            observe(self.together)

    def evidence(self, log: str) -> Evidence:
        """The octets as evidence, without times, which Autobahn does not tell."""
        sent = [f"{self.http_request.rstrip()}\r\n\r\n", *self.sent]
        received = [f"{self.http_response.rstrip()}\r\n\r\n", *self.received]
        return {"sent": _rows(sent), "received": _rows(received), "events": [], "log": log}


def _rows(octets: Iterable[str]) -> list[list[Any]]:
    return [[0.0, text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."] for text in octets]


@cache
def cases() -> tuple[str, ...]:
    """The ids of all cases, such as "6.4.2"; raises AutobahnError where kosoku is not installed."""
    if importlib.util.find_spec("kosoku") is None:
        raise AutobahnError("--autobahn needs kosoku: install gateway-compliance[autobahn]")
    return tuple(_client())


def _client(*arguments: str, told: Sequence[str] = ()) -> Any:
    command = [sys.executable, "-m", _CLIENT, *arguments]
    done = subprocess.run(command, input=json.dumps(told), capture_output=True, text=True, check=False)
    if done.returncode:
        raise AutobahnError(f"kosoku ended with exit code {done.returncode}:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)


class Autobahn:
    """One server's grades: the cases are run together, when the first of them is asked for."""

    def __init__(self, make: Callable[[], Server], chosen: Sequence[str]) -> None:
        """`make` makes the server, with `ENTRY` in it; `chosen` are the cases to run."""
        self._make = make
        self._chosen = chosen
        self._grades: dict[str, Grades] = {}
        self.log = ""
        self.problem = ""  # why there are no grades, once they were asked for in vain

    def grades(self, case: str) -> Grades:
        """The grades of a case; raises StartError, TargetDied or AutobahnError."""
        if not self._grades:
            try:
                self._grades = {grades.case_id: grades for grades in self._run()}
            except Exception as error:
                self.problem = str(error)
                raise
        return self._grades[case]

    def _run(self) -> list[Grades]:
        server = self._make()
        try:
            server.launch().wait_ready()
            host = f"[{server.host}]" if ":" in server.host else server.host
            found = _client(f"ws://{host}:{server.port}/", told=self._chosen)
            self.log = server.log()
            server.check_alive()
            return [Grades(**grades) for grades in found]
        finally:
            server.stop()
