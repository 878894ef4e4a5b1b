"""A framework under test: its application in processes of its own, and drivers that play a perfect server.

    transcript = framework.http("POST", "/echo", body=[b"one", b"two"])
    assert transcript.body == b"onetwo", transcript.seen("both parts of the body")

    with framework.open("GET", "/stream/2") as conversation:
        conversation.wait_gate("part-1")
        conversation.open_gate("part-1")
        conversation.finish()

Checks find everything that they need here: also the conditions of scripts and the shapes of scopes.
"""

import contextlib
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from compliance.channel import Line, Switchboard
from compliance.conversation import Conversation, Plan
from compliance.environment import Environment
from compliance.expect import Silence, TargetDied
from compliance.instance import Instance
from compliance.patience import ceiling
from compliance.plan import (
    ABSENT,
    AT_ONCE,
    FINISHED,
    NEVER,
    Message,
    OneShot,
    after_sends,
    at_gate,
    command,
    merge,
    step,
)
from compliance.player import Player
from compliance.process import Process, guest_path, launch, scratch
from compliance.results import Evidence
from compliance.target import FrameworkSpec, Interface
from compliance.transcript import Transcript

__all__ = [
    "ABSENT",
    "AT_ONCE",
    "FINISHED",
    "NEVER",
    "Conversation",
    "Framework",
    "Instance",
    "OneShot",
    "Transcript",
    "after_sends",
    "at_gate",
    "step",
]

_COUNTER = itertools.count(1)
_LIFESPAN = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}


class Framework(Player):
    """A framework's application; conversations go to its main instance, which has one lifespan."""

    def __init__(
        self,
        spec: FrameworkSpec,
        environment: Environment,
        interface: Interface,
        *,
        extra_env: Mapping[str, str] | None = None,
    ) -> None:
        """Launch the application's process without waiting for it; raises LaunchError if it cannot be."""
        self.spec = spec
        self.name = spec.name
        self.interface = interface
        self.lacks = spec.lacks[interface]
        self.environment = environment
        self.conversations: list[Conversation] = []
        self._folder = scratch() / f"f{next(_COUNTER)}"
        self._folder.mkdir()
        self._switchboard = Switchboard(self._folder, "c")
        self._nursery: Line | None = None
        self._main: Instance | None = None
        self._instances: list[Instance] = []
        self._checked = False
        self._process = self._launch(extra_env or {})

    def _launch(self, extra_env: Mapping[str, str]) -> Process:
        options = ["--interface", self.interface, "--app", str(self.spec.app), "--name", "nursery"]
        return launch(
            [str(self.environment.python), "-m", "compliance.guest.drivers", *options],
            env={
                "PYTHONPATH": str(guest_path()),
                "COMPLIANCE_CHANNEL": self._switchboard.address,
                **extra_env,
            },
            cwd=self._folder,
            log=self._folder / "log",
        )

    # What instances need

    def log(self, lines: int = 40) -> str:
        """The last lines that the application's processes printed."""
        return self._process.log_tail(lines)

    def report(self, what: str) -> str:
        """A message about the framework with the tail of its log."""
        return f"{self.name} {what}\nlast lines of its log:\n{self.log() or '(nothing)'}"

    def _check_alive(self) -> None:
        if not self._process.alive():
            code = self._process.exit_code()
            raise TargetDied(
                self.report(f"ended with code {code}: its application cannot be imported or driven")
            )

    @property
    def nursery(self) -> Line:
        """The line of the process that has imported the application; raises TargetDied or Silence."""
        if self._nursery is None:
            what = "the import of the application"
            self._nursery = self.line("nursery", what, self._check_alive, ceiling("start"))
        return self._nursery

    def end_of(self, name: str, *, wait: bool = False) -> str:
        """How the process of an instance ended; empty if it has not, after some time with `wait`."""
        self._check_alive()
        while self.nursery.pump(0):
            pass
        if wait:
            with contextlib.suppress(Silence):
                self.nursery.until(lambda: self._end_of(name), "end of a process")
        return self._end_of(name)

    def _end_of(self, name: str) -> str:
        ends = (event.value for event in self.nursery.events if event.name == "ended")
        return next((end["how"] for end in ends if end["name"] == name), "")

    def line(self, exchange: str, what: str, alive: Callable[[], None], seconds: float | None = None) -> Line:
        """The guest's line of this name; raises Silence, or what `alive` raises."""
        return self._switchboard.line(lambda line: line.exchange == exchange, what, seconds, alive)

    # For checks

    @property
    def main(self) -> Instance:
        """The instance to which conversations go; a new one if the last is dead or still busy."""
        if self._main is not None and not self._main.idle:
            self._main.close()
            self._main = None
        if self._main is None:
            self._main = self.fresh()
        return self._main

    def ready(self) -> Self:
        """Be idle for the next check; at first also answer a GET and a POST. Raises AssertionError."""
        main = self.main
        for conversation in self.conversations:
            conversation.close()
        self.conversations.clear()
        main.conversations.clear()
        if not self._checked:
            self._preflight(main)
            self._checked = True
        return self

    def _preflight(self, main: Instance) -> None:
        try:
            got = main.http("GET", "/")
            assert got.status == 200, got.seen("200 to GET /")  # noqa: S101 - a judgement
            echo = main.http("POST", "/echo", body=b"pre-flight", headers=[("content-type", "text/plain")])
            assert echo.body == b"pre-flight", echo.seen("the body of POST /echo")  # noqa: S101
        except AssertionError as error:
            raise Silence(self.report(f"fails the pre-flight: {error}")) from error

    def fresh(self, *, lifespan: bool = True, state: bool = True) -> Instance:
        """Another instance, in a process that has imported the application and done nothing else.

        `lifespan`: whether the server starts a lifespan around the conversations (ASGI); `state`: whether it
        offers a namespace with it.
        """
        name = f"i{next(_COUNTER)}"
        self.nursery.send(command(do="fork", name=name, lifespan=lifespan, state=state))
        self._instances.append(Instance(self, name))
        return self._instances[-1]

    def begin(self, plan: Plan) -> Conversation:
        """Begin the conversation of a complete plan on the main instance."""
        if self._main is None:
            self._main = self.fresh()
        return self._main.begin(plan)

    def lifespan(
        self,
        *,
        scope: Mapping[str, Any] | None = None,
        events: Sequence[Message] | None = None,
        **options: Any,
    ) -> Transcript:
        """Hold a lifespan conversation with a fresh instance; by default startup, then shutdown.

        `scope` overrides keys of the scope (ABSENT removes one); the further options are those of `play`.
        """
        if events is None:
            events = [step({"type": "lifespan.startup"}), step({"type": "lifespan.shutdown"}, after_sends(1))]
        with self.fresh(lifespan=False) as instance:
            return instance.play(merge(_LIFESPAN, scope), events, **options).finish()

    def evidence(self) -> Evidence | None:
        """What was seen since the framework was last made ready; None if that is nothing."""
        started = [conversation for conversation in self.conversations if conversation.begun]
        events = sorted(
            (event for one in started for event in one.transcript.events), key=lambda event: event.at
        )
        return Transcript(events, self.log).evidence() if events else None

    def stop(self) -> None:
        """End the application's processes at once."""
        self._process.kill()
        for instance in self._instances:
            instance.close()
        if self._nursery is not None:
            self._nursery.close()
        self._switchboard.close()
