"""A perfect WSGI server around an application: a thread for each conversation that the host describes.

A plan has these keys:

    environ    the environ without `wsgi.input` and `wsgi.errors`, unless it brings them itself
    input      the request body, as `streams.Input` takes it; None for no `wsgi.input` of ours
    pauses     {number of a block: name of the gate at which the server waits after it}
    stop       the number of blocks after which the client is gone: iteration ends and `close()` follows; None
    wrapper    whether environ offers `wsgi.file_wrapper`
    gone       the number of calls after which `write()` raises an OSError, None for never
"""

import threading
import traceback
from typing import Any, Callable, Dict, List, Optional

from compliance.guest import tap
from compliance.guest.drivers.files import FileWrapper
from compliance.guest.drivers.line import WHOLE, Control, Told, make
from compliance.guest.drivers.streams import Errors, Input

Plan = Dict[str, Any]


class ClientGone(OSError):
    """What `write()` raises when the client is gone."""


class Dropped(Exception):
    """The host has lost interest while this conversation waited."""


class Gates:
    """Gates that the host opens for the script of one conversation."""

    def __init__(self) -> None:
        """All gates closed."""
        self._opened: List[str] = []
        self._changed = threading.Condition()
        self._dropped = False

    def open(self, name: str) -> None:
        """Open a gate, before or after somebody waits at it."""
        with self._changed:
            self._opened.append(name)
            self._changed.notify_all()

    def drop(self) -> None:
        """Let everybody go who waits."""
        with self._changed:
            self._dropped = True
            self._changed.notify_all()

    def wait(self, name: str) -> None:
        """Wait for a gate; raises Dropped."""
        with self._changed:
            self._changed.wait_for(lambda: self._dropped or name in self._opened)
            if self._dropped:
                raise Dropped(name)


class Response:
    """The server's half of start_response, write() and iteration, after the gateway in PEP 3333."""

    def __init__(self, plan: Plan) -> None:
        """A response of which nothing has been said."""
        self._gone: Optional[int] = plan["gone"]
        self._writes = 0
        self._set = False
        self._sent = False

    def start_response(self, *args: Any, **kwargs: Any) -> Callable[[bytes], None]:
        """Take the head; raises TypeError for a wrong call, RuntimeError for a second one."""
        if kwargs or not 2 <= len(args) <= 3:
            raise TypeError("start_response() takes two or three positional arguments")
        exc_info = args[2] if len(args) == 3 else None
        try:
            if exc_info and self._sent:
                raise exc_info[1].with_traceback(exc_info[2])
            if self._set and not exc_info:
                raise RuntimeError("start_response() was called twice without exc_info")
        finally:
            del exc_info, args
        self._set = True
        return self.write

    def write(self, data: bytes, /) -> None:
        """Take bytes; raises ClientGone, TypeError for what is no bytes, RuntimeError before the head."""
        if self._gone is not None and self._writes >= self._gone:
            raise ClientGone("the client is gone")
        self._writes += 1
        self.take(data)

    def take(self, data: Any) -> None:
        """Send a block; raises TypeError or RuntimeError."""
        if not isinstance(data, bytes):
            raise TypeError("a block must be bytes, not {}".format(type(data).__name__))
        if data and not self._set:
            raise RuntimeError("a block before start_response()")
        self._sent = self._sent or bool(data)


class Conversation:
    """One call of the application, and the use of what it returned."""

    def __init__(self, plan: Plan, channel: Told) -> None:
        """A conversation of which nothing has been played."""
        self._plan = plan
        self._channel = channel
        self._response = Response(plan)
        self.gates = Gates()

    def _environ(self) -> Dict[str, Any]:
        environ: Dict[str, Any] = make(self._plan["environ"])
        if self._plan["input"] is not None:
            environ.setdefault("wsgi.input", Input(self._channel, self._plan["input"], self.gates.wait))
        environ.setdefault("wsgi.errors", Errors(self._channel))
        if self._plan["wrapper"]:
            environ["wsgi.file_wrapper"] = FileWrapper(self._channel)
        return environ

    def play(self, app: Any) -> None:
        """Call the application, send its blocks, close, and report how it went."""
        try:
            result = tap.wsgi(app, self._environ(), self._response.start_response, self._channel, WHOLE)
            try:
                self._describe(result)
                self._iterate(result)
            finally:
                if hasattr(result, "close"):
                    result.close()
        except BaseException:  # noqa: BLE001 - a server outlives its application
            traceback.print_exc()
        finally:
            self._channel.note("over")
            self._channel.finish()

    def _describe(self, result: Any) -> None:
        try:
            length = len(result)
        except TypeError:
            length = None
        self._channel.note("iterable", {"len": length, "close": hasattr(result, "close")})

    def _iterate(self, result: Any) -> None:
        if self._plan["stop"] == 0:
            return
        for number, block in enumerate(result):
            self._response.take(block)
            gate = self._plan["pauses"].get(number)
            if gate is not None:
                self.gates.wait(gate)
            if number + 1 == self._plan["stop"]:
                self._channel.note("stopped")
                return


class Driver:
    """The conversations of one process."""

    def __init__(self, app: Any) -> None:
        """A driver of the application."""
        self._app = app
        self._playing: Dict[str, Conversation] = {}

    def obey(self, command: Dict[str, Any]) -> bool:
        """Follow one command of the host; False if it says stop."""
        name = command.get("exchange", "")
        if command["do"] == "play":
            conversation = Conversation(command, Told(name, "wsgi"))
            self._playing[name] = conversation
            threading.Thread(target=self._play, args=(name, conversation), daemon=True).start()
            return True
        playing = self._playing.get(name)
        if playing is not None and command["do"] == "open":
            playing.gates.open(command["gate"])
        elif playing is not None and command["do"] == "drop":
            playing.gates.drop()
        return bool(command["do"] != "stop")

    def _play(self, name: str, conversation: Conversation) -> None:
        conversation.play(self._app)
        self._playing.pop(name, None)


def drive(app: Any, name: str) -> None:
    """Play the host's conversations to a WSGI application until it says stop or is gone."""
    driver = Driver(app)
    for command in Control(name).commands():
        if not driver.obey(command):
            return
