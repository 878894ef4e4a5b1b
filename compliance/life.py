"""The whole life of a server of its own: started, used, told to stop, ended; and what was seen of it.

A `Story` says which lifespan application the server gets and what happens while it runs. Checks that need
the same story share one life, and lives are played in the background, ahead of the checks that look at them.
So a story asserts nothing: it records, and its checks judge.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from compliance.channel import Event, Line
from compliance.exchange import App, Exchange
from compliance.expect import saw
from compliance.patience import ceiling
from compliance.process import now, prepare
from compliance.ready import readable
from compliance.running import StartError
from compliance.server import Server
from compliance.wire.http import Connection

Function = TypeVar("Function", bound=Callable[..., Any])
_AT_ONCE = 6  # lives that are played at the same time
NOTICE = 0.3  # seconds


@dataclass
class Life:
    """What was seen: `problem` is why no request could be made, `exit_code` None if it had to be killed.

    `alone`: the server ended before it was asked to. `lifespans` are the lines of all lifespan scopes,
    complete; `exchanges` the requests in their order. `stopping` is when SIGTERM was sent, in seconds of the
    common clock, `leaving` when the client of an unfinished exchange left by itself, `closing` the code of
    the Close frame that the server sent to the client of a WebSocket, `told_while_open` whether the lifespan
    got its second event when that client's connection was still open. `ends` says of clients that were silent
    or slow what became of their connections, by where they stopped (see `compliance.idle`).
    """

    problem: str = ""
    alone: bool = False
    exit_code: int | None = None
    stopping: float = 0.0
    leaving: float = 0.0
    closing: int | None = None
    told_while_open: bool = False
    log: str = ""
    lifespans: list[Line] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    ends: dict[str, str] = field(default_factory=dict)

    @property
    def served(self) -> bool:
        """Whether a request was answered with 200."""
        return any(exchange.answered == 200 for exchange in self.exchanges)

    @property
    def lifespan(self) -> Line:
        """The lifespan scope, the first if there were more; fails if there was none."""
        assert self.lifespans, saw(0, f"a lifespan scope; {self.problem}")  # noqa: S101 - a judgement
        return self.lifespans[0]

    def exchange(self, number: int) -> Exchange:
        """The exchange of this number, counted from 0; fails if it could not be made."""
        assert len(self.exchanges) > number, self.seen(f"{number + 1} exchanges") + self.problem  # noqa: S101
        return self.exchanges[number]

    def event(self, name: str) -> Event:
        """The first event of this name in the lifespan scope; fails if there was none."""
        event = self.lifespan.find(name)
        assert event is not None, self.seen(f"the event {name!r}")  # noqa: S101 - a judgement
        return event

    def values(self, name: str) -> list[Any]:
        """All values noted under `name` in the lifespan scope."""
        return [event.value for event in self.lifespan.events if event.name == name and event.kind == "note"]

    def seen(self, expected: str) -> str:
        """The message of an assertion: what was seen of this life, then what was expected."""
        told = [line.names() for line in self.lifespans]
        answers = [exchange.answered for exchange in self.exchanges]
        return saw(
            {"lifespan": told, "answers": answers, "exit": self.exit_code, "alone": self.alone}, expected
        )


Act = Callable[[Server, Life], None]


@dataclass(frozen=True)
class Story:
    """A lifespan application with its keyword arguments, and what happens until SIGTERM is sent.

    `act` begins when the process has been launched; without one the server is asked once, when it is ready.
    `entry` is a `module:attribute` of the guest that the server loads in place of the probe. `mode` is
    another way to start the server.
    """

    app: App
    with_: Mapping[str, Any] = field(default_factory=dict)
    act: Act | None = None
    entry: str = ""
    mode: str = ""

    def play(self, make: Callable[..., Server]) -> Life:
        """Live through it; `make` is given the lifespan application and gives a server."""
        server, life = make(lifespan=(self.app, self.with_), entry=self.entry, mode=self.mode), Life()
        try:
            server.launch()
            (self.act or one_request)(server, life)
        except (AssertionError, StartError) as error:
            life.problem = str(error)
        finally:
            _end(server, life)
        return life

    @property
    def key(self) -> tuple[object, ...]:
        """What tells stories apart."""
        return self.app, repr(sorted(self.with_.items())), self.act, self.entry, self.mode


def lives(story: Story) -> Callable[[Function], Function]:
    """Say which story a check looks at; it gets the `life` of its subject."""

    def mark(function: Function) -> Function:
        function.__story__ = story  # type: ignore[attr-defined]
        return function

    return mark


def story_of(function: object) -> Story | None:
    """The story that a check looks at, or None."""
    return getattr(function, "__story__", None)


def one_request(server: Server, life: Life) -> None:
    """Ask once, when the server is ready."""
    server.wait_ready()
    ask(server, life)


def ask(server: Server, life: Life, **options: Any) -> Exchange:
    """Make one exchange of this life; the options are those of `Server.open`."""
    exchange = server.open("GET", server.root, **options)
    life.exchanges.append(exchange)
    return exchange.finish()


def wait_lifespan(server: Server, life: Life) -> Line:
    """Wait until the application has been called with a lifespan scope; fails if it is not as it starts."""
    line = server.switchboard.line(
        lambda line: line.kind == "lifespan",
        "the lifespan",
        alive=server.check_alive,
        seconds=ceiling("start"),
    )
    life.lifespans.append(line)
    return line


def stop(server: Server, life: Life) -> None:
    """Send SIGTERM, once."""
    if not life.stopping and server.process is not None:
        life.alone = not server.process.alive()
        life.stopping = now()
        server.process.terminate()


def cut_short(server: Server) -> None:
    """End the server at once: the story is not about how it stops."""
    if server.process is not None:
        server.process.kill()


def wait_noticed(server: Server, idle: Connection) -> None:
    """After SIGTERM, wait until the server shows that it has noticed, if it does.

    It has when it takes no new connections, or ends a connection that is idle. The wait is short: it only
    decides whether a server that does things in the wrong order has had the time to do so.
    """
    deadline = now() + NOTICE
    while now() < deadline and not readable([idle.socket], 0.005):
        if not server.listens():
            return


def _end(server: Server, life: Life) -> None:
    """Stop the server and collect what it left."""
    process = server.process
    if process is None:
        return
    stop(server, life)
    for exchange in life.exchanges:
        exchange.connection.close()
    life.exit_code = process.wait(ceiling("stop"))
    process.kill()
    life.log = process.log_tail(200)
    for line in server.switchboard.poll():
        if line.kind == "lifespan" and server.switchboard.claim(lambda other, mine=line: other is mine):  # type: ignore[misc]
            life.lifespans.append(line)
    for line in [*life.lifespans, *(exchange.line for exchange in life.exchanges if exchange.line)]:
        while not line.ended and line.pump(ceiling("event")):
            pass
        line.close()
    server.stop()


class Lives:
    """The lives of one subject, played in the background."""

    def __init__(self, make: Callable[..., Server]) -> None:
        """`make` gives a server that is not launched yet; it takes the options of `Server`."""
        prepare()
        self._make = make
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="life")
        self._futures: dict[object, Future[Life]] = {}

    def begin(self, story: Story) -> Future[Life]:
        """Have the story played, unless it is or was."""
        if story.key not in self._futures:
            self._futures[story.key] = self._pool.submit(story.play, self._make)
        return self._futures[story.key]

    def life(self, story: Story) -> Life:
        """The life of a story, once it is over."""
        return self.begin(story).result()

    def close(self) -> None:
        """Play nothing more, and wait for what is being played."""
        self._pool.shutdown(cancel_futures=True)
