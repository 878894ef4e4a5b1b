"""One process of a framework's application, and the conversations with it."""

from collections.abc import Callable
from typing import Any, NoReturn, Protocol, Self

from compliance.channel import Line
from compliance.conversation import Conversation, Plan
from compliance.expect import TargetDied
from compliance.patience import ceiling
from compliance.plan import command
from compliance.player import Player
from compliance.target import Interface
from compliance.transcript import Transcript


class Home(Protocol):
    """What an instance needs of the framework that it belongs to."""

    interface: Interface
    conversations: list[Conversation]

    def line(self, exchange: str, what: str, alive: Callable[[], None], seconds: float | None = None) -> Line:
        """The guest's line of this name; raises Silence, or what `alive` raises."""

    def end_of(self, name: str, *, wait: bool = False) -> str:
        """How the process of an instance ended; empty if it has not, after some time with `wait`."""

    def report(self, what: str) -> str:
        """A message about the framework with the tail of its log."""

    def log(self) -> str:
        """The last lines that the application's processes printed."""


class Instance(Player):
    """One process of the application, of which nothing has been asked before. Use it as a context manager."""

    def __init__(self, framework: Home, name: str) -> None:
        """The instance of this name, for which the framework has asked."""
        self.interface = framework.interface
        self.name = name
        self.conversations: list[Conversation] = []
        self._framework = framework
        self._control: Line | None = None
        self._lifespan: Line | None = None

    @property
    def control(self) -> Line:
        """The line that carries commands; it comes when the lifespan has started up. Raises Silence."""
        if self._control is None:
            check, what = self._check_process, "the start of a process of the application"
            self._control = self._framework.line(self.name, what, check, ceiling("start"))
        return self._control

    def tell(self, **parts: Any) -> None:
        """Send a command to the driver."""
        self.control.send(command(**parts))

    def claim(self, exchange: str) -> Line:
        """The guest's line for a conversation; raises TargetDied or Silence."""
        return self._framework.line(exchange, f"conversation {exchange}", self.check_alive)

    def begin(self, plan: Plan) -> Conversation:
        """Begin the conversation of a complete plan."""
        self.check_alive()
        conversation = Conversation(plan, self, self._framework.log)
        self.conversations.append(conversation)
        self._framework.conversations.append(conversation)
        return conversation

    def _check_process(self) -> None:
        if self._framework.end_of(self.name):
            self.mourn()

    def mourn(self) -> NoReturn:
        """Raise TargetDied, which says how the process ended."""
        how = self._framework.end_of(self.name, wait=True) or "a broken line to us"
        raise TargetDied(self._framework.report(f"ended with {how} while it was in use"))

    def check_alive(self) -> None:
        """Raise TargetDied if the process has ended."""
        self._check_process()
        self.control.pump(0)
        if self.control.ended:
            self.mourn()

    @property
    def idle(self) -> bool:
        """Whether it lives and no conversation goes on."""
        self.control.pump(0)
        return not self.control.ended and all(conversation.over for conversation in self.conversations)

    @property
    def lifespan_so_far(self) -> Transcript:
        """The lifespan around the conversations: its startup, and after `shut_down` the whole."""
        _ = self.control
        if self._lifespan is None:
            self._lifespan = self._framework.line(f"{self.name}.lifespan", "the lifespan", self.check_alive)
        while self._lifespan.pump(0):
            pass
        return Transcript(self._lifespan.events, self._framework.log)

    def shut_down(self) -> Transcript:
        """End the instance with the shutdown of its lifespan; the whole lifespan. Raises Silence."""
        _ = self.lifespan_so_far
        self.tell(do="stop")
        if self._lifespan is not None:
            self._lifespan.wait_end()
        return self.lifespan_so_far

    def close(self) -> None:
        """Hang up, which ends the instance; its conversations are forgotten."""
        for conversation in self.conversations:
            conversation.close()
        for line in (self._control, self._lifespan):
            if line is not None:
                line.close()

    def __enter__(self) -> Self:
        """Return the instance itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()
