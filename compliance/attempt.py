"""An attempt: bytes on one connection, and all that came of them on both sides up to the connection's end.

The judge of a malformed request is what reached the application, and what became of the connection; the
status code alone tells neither. Behind the bytes follows a good request that asks to close the connection, so
that a server that frames the first request rightly answers both, and every attempt has an end.
"""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from compliance.call import Call, call_of
from compliance.exchange import Exchange
from compliance.expect import Closed, NotHttp, Silence, saw, shorten
from compliance.neutral import neutral
from compliance.patience import ease
from compliance.server import Server
from compliance.wire.body import BodyReader
from compliance.wire.http import Connection, Response
from compliance.wire.pace import Rhythm, send_pieces, wait_read, whole
from compliance.wire.spelled import PLACE

FOLLOWING = b"GET /following HTTP/1.1\r\nHost: testserver\r\nConnection: close\r\n\r\n"
_SOON = 0.5  # seconds


@dataclass
class Attempt:
    """What was seen: `responses` in order, `rest` that is no HTTP, the `end` of the connection, the `calls`.

    `end` is "closed", "reset" or "silent": the server neither answered nor closed. It is "open" behind a
    refusal after which the attempt was over.
    """

    exchange: Exchange
    responses: list[Response] = field(default_factory=list)
    rest: bytes = b""
    end: str = "closed"
    calls: list[Call] = field(default_factory=list)

    @property
    def statuses(self) -> list[int]:
        """The status codes of the final responses."""
        return [response.status for response in self.responses]

    @property
    def first(self) -> Response | None:
        """The response to the first request, if it had one."""
        return next(iter(self.responses), None)

    @property
    def answer(self) -> Response:
        """The response to the first request; fails if there was none."""
        return self.answered().responses[0]

    def answered(self) -> Self:
        """The attempt; fails if there was no response to the first request."""
        assert self.responses, self.seen("a response")  # noqa: S101 - a judgement
        return self

    def called(self) -> Self:
        """The attempt; fails if the application did not get the first request."""
        assert self.own, self.seen("a call of the application")  # noqa: S101 - a judgement
        return self

    @property
    def own(self) -> list[Call]:
        """The calls that are not for the request that follows."""
        return [call for call in self.calls if call.path != b"/following"]

    @property
    def noticed(self) -> bool:
        """Whether anything came of the first request: a call, or a response."""
        return bool(self.own or self.responses)

    @property
    def refused(self) -> bool:
        """Whether the request was answered with a status of 400 or above, without a call for it."""
        return not self.own and bool(self.responses) and self.responses[0].status >= 400

    @property
    def served(self) -> bool:
        """Whether the application got the request, once, and its answer came."""
        return len(self.own) == 1 and self.statuses[:1] == [200]

    @property
    def over(self) -> bool:
        """Whether there was an end, and at most one call before it."""
        return len(self.own) <= 1 and self.end != "silent"

    @property
    def bodies(self) -> list[bytes]:
        """The bodies that the application has read to their ends."""
        return [call.body for call in self.own if call.body is not None]

    def values(self, name: bytes) -> list[bytes]:
        """The values that the application got of a field; `name` in lower case."""
        return [value for call in self.own for value in call.all(name)]

    def refused_with(self, *statuses: int) -> bool:
        """Whether the request was refused with one of these statuses."""
        return self.refused and self.statuses[0] in statuses

    @property
    def turned_away(self) -> bool:
        """Whether it was refused, or the connection was ended without a word and without a call."""
        unanswered = not self.responses and not self.rest and self.end != "silent"
        return self.refused or (unanswered and not self.own)

    @property
    def ended_after_first(self) -> bool:
        """Whether the connection ended with the first answer, or without one, and nothing else was taken.

        An error may follow the answer of an application that did not wait for the faulty rest.
        """
        errors = all(status >= 400 for status in self.statuses[1:])
        return errors and self.end != "silent" and len(self.calls) == len(self.own) <= 1

    @property
    def in_step(self) -> bool:
        """Whether the application got at most one request before the one that follows, and nothing else.

        What follows may have got no answer, if the connection was ended, but no error: it is a good request.
        """
        right = all(status < 400 for status in self.statuses[1:])
        return len(self.own) <= 1 and self.end != "silent" and not self.rest and right

    def took(self, body: bytes) -> bool:
        """Whether the application got one request, with this body, and the server stayed in step."""
        return self.bodies == [body] and len(self.own) == 1 and self.in_step

    def rejected(self, *statuses: int) -> bool:
        """Whether it was answered with one of these statuses, and the connection ended with that.

        The application may have been called before the fault was found, but has seen no whole body.
        """
        return (
            self.statuses[:1] in [[status] for status in statuses]
            and self.ended_after_first
            and not any(self.bodies)
        )

    def outcome(self) -> str:
        """What became of the first request, in words that can be compared from server to server."""
        if self.own:
            taken = ", ".join(call.spelled() for call in self.own)
            answer = f"answered {self.first.status}" if self.first else "without an answer"
            return f"taken as {taken}; {answer}; {self._afterwards()}"
        if self.first is not None:
            how = "refused" if self.refused else "answered without a call:"
            return f"{how} {self.first.status}; {self._afterwards()}"
        return shorten(self.rest, 80) if self.rest else self.end

    def _afterwards(self) -> str:
        following = len(self.calls) > len(self.own)
        return "the next one called" if following else self.end

    def seen(self, expected: str) -> str:
        """The message of an assertion: what was seen, then what was expected."""
        got = f"{self.outcome()} {self.statuses}"
        return saw(got, expected)


def attempt(  # noqa: PLR0913 - bytes can be sent in that many ways
    server: Server,
    data: bytes,
    *,
    app: str | None = None,
    with_: Mapping[str, Any] | None = None,
    following: bytes = FOLLOWING,
    rhythm: Rhythm = whole,
    method: str = "GET",
    half_close: bool = False,
    in_turn: bool = False,
) -> Attempt:
    """Send `data`, and `following` behind it, on a fresh connection, and read to its end.

    `app` names the app of `wsgi_http` and `asgi_http` ("reads", "ignores", "responds") that gets the first
    request: the field that says so takes PLACE, or comes behind the first line end of `data`. Without it the
    default app gets it.
    `method` is that of the first request, if the answer to it may have no content (HEAD). `half_close`: that
    is all that the client sends, and it says so; some servers then close without an answer. `in_turn`:
    `following` is sent when the first answer has come, for requests that are whole however they are read.
    """
    chosen = neutral(server, app) if app else None
    exchange = server.prepare(chosen, with_)
    at_once = b"" if in_turn else following
    request = _with_field(data, exchange.field)
    if rhythm is whole:
        exchange.send(request + at_once)
    else:
        send_pieces(exchange.connection, [*rhythm(request), at_once])
    if half_close:
        wait_read(exchange.connection.socket)  # else it is a matter of chance what the end comes with
        exchange.connection.half_close()
    result = Attempt(exchange)
    _read(result, method, following if in_turn else b"")
    exchange.connection.close()
    _account(server, result)
    return result


def both(server: Server, data: bytes, **options: Any) -> list[Attempt]:
    """The same attempt on an endpoint that reads the body, and on one that does not.

    Both are legitimate, and a malformed request may harm only one. The options are those of `attempt`.
    """
    return [attempt(server, data, app=app, **options) for app in ("reads", "ignores")]


def seen(attempts: Sequence[Attempt], expected: str) -> str:
    """The message of an assertion about several attempts."""
    return saw([f"{one.outcome()} {one.statuses}" for one in attempts], expected)


def _with_field(data: bytes, field: bytes) -> bytes:
    if PLACE in data:
        return data.replace(PLACE, field, 1)
    start, line_end, rest = data.partition(b"\r\n")
    return start + line_end + (field if line_end else b"") + rest


def _read(result: Attempt, method: str, following: bytes) -> None:
    """Read responses until the connection ends, or nothing comes, or what comes is no HTTP.

    `following` is sent behind the first one, unless that is the last.
    """
    connection = result.exchange.connection
    methods = [method]
    try:
        while not _over(connection):
            response = connection.final_head(methods.pop() if methods else "GET")
            result.responses.append(response)
            BodyReader(connection, response).rest()
            if response.is_last():
                connection.half_close()  # as any client does; some servers wait for it
            elif following and response.status >= 400 and len(result.responses) == 1:
                result.end = "open"  # what it is good for after a refusal, nobody asks
                return
            elif following and len(result.responses) == 1:
                connection.send(following)
    except (Closed, NotHttp):
        if following and len(result.responses) <= 1:
            connection.send(following)  # which asks to close
        result.rest = connection.everything()[-400:] if connection.buffer or not result.responses else b""
        _part(connection)
    except Silence:
        result.end = "silent"
        return
    result.end = "reset" if connection.reset else "closed" if connection.ended else "silent"


def _part(connection: Connection) -> None:
    """Read to the end of a connection that cannot go on: once nothing comes, this client says goodbye."""
    with contextlib.suppress(Silence):
        while connection.fill(_SOON):
            pass
        return
    connection.half_close()
    with contextlib.suppress(Silence):
        connection.read_to_end()


def _over(connection: Connection) -> bool:
    return not connection.buffer and not connection.fill(what="a response, or the end of the connection")


def _account(server: Server, result: Attempt) -> None:
    """Collect the calls: a fence lets those come that no response has told of."""
    if result.end == "silent" or result.statuses[:1] != [200]:
        with ease():
            server.answer_again()
    claimed = server.claim()
    result.exchange.adopt(claimed, result.first)
    lines = [line for line in claimed if line.exchange in {None, result.exchange.name}]  # no stragglers
    for line in lines:
        with contextlib.suppress(Silence):
            line.wait_end()
    result.calls = [call_of(line) for line in sorted(lines, key=lambda line: line.events[0].at)]
