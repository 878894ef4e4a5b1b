"""What a server, a framework and a target are, as values."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Interface = Literal["wsgi", "asgi"]

ALL = 10**6
"""A promise without a bound: as many requests at once as are asked for."""

CAPABILITIES: Mapping[str, str] = {
    "background": "tasks of a framework that run after the response",
    "chunked": "request bodies in the chunked coding, which every server of HTTP/1.1 has to decode",
    "close-code": "a framework's handler learns the code with which the client closes a WebSocket",
    "disconnect": "a framework's handler learns that the client is gone",
    "end-of-input": "an end of file in wsgi.input where the body ends, which every server should simulate",
    "file-wrapper": "wsgi.file_wrapper, which is optional",
    "latin-1-header": "a framework sends header values with any latin-1 character as they are",
    "lifespan": "the lifespan protocol",
    "push": "a framework's handler can ask for a server push",
    "repeated-header": "a framework sends several header fields of one name, not only cookies",
    "state": "a namespace that lifespan shares with every request",
    "streaming-request": "a framework's handler gets a request body while it still arrives",
    "websocket": "the WebSocket protocol",
    "write": "the write() callable that start_response has to return",
}
"""What a server or framework may declare, in `lacks`, not to have; each is confirmed where it is declared."""


MODES: Mapping[str, str] = {
    "client-certificates": "HTTPS with {cert} and {key} that asks clients for a certificate signed by {ca}",
    "environ": "with {pair}, a NAME=value of the deployer, in every environ",
    "h2c": "speaks HTTP/2 in clear text with clients that begin with it",
    "http2": "HTTPS with {cert} and {key} that speaks HTTP/2 to clients that ask for it, by ALPN",
    "idle": "gives up a client that has been silent for {seconds} s, or as soon after that as it can",
    "ipv6": "listens on IPv6: {host} is an address of that",
    "mount": "the application is mounted under the path {mount}",
    "pings": "a client of a WebSocket that is silent for {seconds} s gets a ping",
    "single": "never more than one request inside the application",
    "threads": "{threads} threads of one process that serve requests",
    "tls": "HTTPS with the certificate {cert} and its key {key}",
    "unix": "listens on the Unix socket {socket}",
    "workers": "{workers} processes that serve requests",
}
"""Other ways to start a server, which some checks ask for, with the placeholders that each has of its own."""


class TargetError(Exception):
    """A target file or a target's name is wrong; the message says where, what, and what would be right."""


@dataclass(frozen=True)
class Concurrency:
    """How many requests are promised to be inside the application at once; None is no promise.

    `blocking` is for endpoints that block their thread, `nonblocking` for endpoints that await.
    """

    blocking: int | None = None
    nonblocking: int | None = None


@dataclass(frozen=True)
class Known:
    """One listed failure of a subject: its requirement, why, where it is discussed, and for how long.

    `versions` is a PEP 440 specifier for the subject's own distribution ("": every version); `source` is the
    file that lists it; `checks` narrows the entry to some checks of the requirement. `silent` names
    checks, also of other requirements, in which the subject for this reason never answers, so that nobody
    waits long for it. `harms` names checks, of any requirement, that leave a process
    behind which answers and yet is not what it was, so that no other check may use it. `chance` names those
    of its checks in which the failure shows by chance: they are judged until it has.
    `also` names other subjects that fail in the same way. `dies` is what the log says when a server, for
    this reason, ends at random, also in checks of other requirements: those are judged again.
    """

    requirement: str
    reason: str
    link: str
    versions: str
    expires: dt.date | None
    source: str
    checks: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    harms: tuple[str, ...] = ()
    chance: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    dies: str = ""


@dataclass(frozen=True)
class Mode:
    """How a server is started in one of MODES: by another command, or with options after the usual one."""

    command: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class ServerSpec:
    """A server with fixed start options; `distribution` is the one whose version counts ("": none).

    `debian` are packages of the system, by their names in Debian, without which it cannot be installed.
    `modes` are the other ways in which it can be started.
    `adapter` is what it makes ASGI applications of WSGI applications with, as module:attribute ("": nothing).
    `fresh`: what one check does may harm the next, so each gets a process of its own.
    """

    name: str
    interface: Interface
    command: tuple[str, ...]
    requires: tuple[str, ...]
    env: Mapping[str, str]
    lacks: frozenset[str]
    concurrency: Concurrency
    python: str
    distribution: str
    known: tuple[Known, ...]
    source: str
    note: str
    debian: tuple[str, ...] = ()
    modes: Mapping[str, Mode] = field(default_factory=dict)
    adapter: str = ""
    fresh: bool = False

    def command_in(self, mode: str) -> tuple[str, ...]:
        """The command that starts it in a mode, or as usual without one."""
        other = self.modes[mode] if mode else Mode()
        return (other.command or self.command) + other.options


@dataclass(frozen=True)
class FrameworkSpec:
    """A framework and the file of its application; `python` is a PEP 440 specifier ("": every version).

    `middleware`: it is one, around the contract without a framework.
    """

    name: str
    interfaces: tuple[Interface, ...]
    app: Path
    requires: tuple[str, ...]
    lacks: Mapping[Interface, frozenset[str]]
    concurrency: Mapping[Interface, Concurrency]
    python: str
    distribution: str
    known: tuple[Known, ...]
    source: str
    note: str
    middleware: bool = False


@dataclass(frozen=True)
class Target:
    """A server with a framework; `known` are the failures that only the two together have."""

    name: str
    server: ServerSpec
    framework: FrameworkSpec
    known: tuple[Known, ...] = ()

    @property
    def interface(self) -> Interface:
        """The interface between the two: that of the server."""
        return self.server.interface

    @property
    def requires(self) -> tuple[str, ...]:
        """The requirements of both, each once."""
        return tuple(dict.fromkeys((*self.server.requires, *self.framework.requires)))

    @property
    def python(self) -> str:
        """The versions of Python that both run on, as a PEP 440 specifier."""
        return ",".join(filter(None, (self.server.python, self.framework.python)))

    @property
    def lacks(self) -> frozenset[str]:
        """What the two together cannot do."""
        return self.server.lacks | self.framework.lacks[self.interface]

    @property
    def concurrency(self) -> Concurrency:
        """What the two together promise: what the framework says, and where it is silent, the server."""
        own = self.framework.concurrency.get(self.interface, Concurrency())
        server = self.server.concurrency
        return Concurrency(
            server.blocking if own.blocking is None else own.blocking,
            server.nonblocking if own.nonblocking is None else own.nonblocking,
        )
