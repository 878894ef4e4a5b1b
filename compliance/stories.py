"""What can happen in the life of a server that runs a lifespan application: the acts of stories."""

import contextlib

from compliance import idle
from compliance.channel import Line
from compliance.expect import Closed, Silence
from compliance.guest.apps import asgi_lifespan
from compliance.life import NOTICE, Life, ask, stop, wait_lifespan, wait_noticed
from compliance.modes import WORKERS
from compliance.patience import ceiling
from compliance.process import now
from compliance.ready import readable
from compliance.server import Server
from compliance.wire.http import Connection

OTHER_DATE = 2.2  # seconds, for a server that makes a Date each second


def gated(server: Server, life: Life) -> None:
    """Knock before startup is complete, make two more requests, and let shutdown wait at its gate."""
    line = wait_lifespan(server, life)
    line.wait("startup", "gate")
    early = server.knock(app=asgi_lifespan.request, with_={"key": "early"})
    line.open_gate("startup")
    if early is None:
        server.wait_ready()
        early = server.open("GET", "/", app=asgi_lifespan.request, with_={"key": "early"})
    life.exchanges.append(early)
    early.finish()
    line.wait("started")
    for key in ("first", "second"):
        ask(server, life, app=asgi_lifespan.request, with_={"key": key})
    stop(server, life)
    line.wait("shutdown", "gate")
    line.open_gate("shutdown")


def stopped_while_busy(server: Server, life: Life) -> None:
    """Send SIGTERM while a request is inside the application, which may finish a little later."""
    server.wait_ready()
    idle = ask(server, life).connection
    exchange = server.open("GET", "/", app=asgi_lifespan.held)
    life.exchanges.append(exchange)
    exchange.wait_gate("held")
    stop(server, life)
    wait_noticed(server, idle)
    told_meanwhile(server, life, exchange.guest)
    exchange.open_gate("held")
    exchange.finish()


def stopped_while_streaming(server: Server, life: Life) -> None:
    """Send SIGTERM while a response is streamed; the client leaves if the application is not told soon."""
    server.wait_ready()
    idle = ask(server, life).connection
    exchange = server.open("GET", "/", app=asgi_lifespan.streams)
    life.exchanges.append(exchange)
    exchange.read_body(4)
    exchange.wait("streaming")
    stop(server, life)
    wait_noticed(server, idle)
    with contextlib.suppress(Silence):
        exchange.guest.until(lambda: exchange.guest.find("told"), "disconnect", NOTICE)
    life.leaving = now()
    exchange.connection.close()
    exchange.wait_end()


def stopped_with_a_websocket(server: Server, life: Life) -> None:
    """Send SIGTERM while a WebSocket is open; the client ends it if the server does not soon.

    The applications of the WebSocket and of the lifespan are held at gates, so that their order is no race.
    """
    server.wait_ready()
    idle = ask(server, life).connection
    exchange = server.websocket("/", app=asgi_lifespan.open_socket)
    life.exchanges.append(exchange)
    exchange.accepted().wait("open")
    stop(server, life)
    wait_noticed(server, idle)
    life.told_while_open = told_meanwhile(server, life, exchange.connection)
    life.leaving = now()
    for line in life.lifespans:
        line.open_gate("shutdown")
    exchange.open_gate("leave")
    exchange.send_close(4001)  # no code of a server's own
    with contextlib.suppress(Closed):  # a server may also just close the connection
        life.closing = exchange.receive_close().code
    exchange.wait_end()


def told_meanwhile(server: Server, life: Life, work: Connection | Line) -> bool:
    """Whether the lifespan gets its second event before a connection, or an application, has ended.

    This is over after a moment, or with that end. An end of a connection is there to be noticed at once, so
    it is no matter of chance; its application may be told later.
    """
    life.lifespans += server.switchboard.claim_all(lambda line: line.kind == "lifespan")
    deadline = now() + NOTICE
    while now() < deadline and not _ended(work):
        if any(line.names().count("received") > 1 for line in life.lifespans):
            return not _ended(work)
        lines = [line for line in life.lifespans if not line.ended]
        sources: list[Connection | Line] = [work, *lines]
        readable(sources, deadline - now())
        for line in lines:
            line.pump(0)
    return False


def _ended(work: Connection | Line) -> bool:
    """Whether work has ended, after a look at what has come of it."""
    if isinstance(work, Line):
        work.pump(0)
    else:
        work.arrived()
    return work.ended


def asked_of_workers(server: Server, life: Life) -> None:
    """Wait until the lifespan of each worker has started up, and make some requests, at the same time.

    No shutdown is complete before all workers have been told: the end of one may be what ends the others. So
    all but the first are then given the time to be ended by it.
    """
    workers = [wait_lifespan(server, life) for _ in range(WORKERS)]
    for line in workers:
        line.wait("sent")
    server.wait_ready()
    life.exchanges += [server.open(app=asgi_lifespan.held) for _ in range(2 * WORKERS)]
    for exchange in life.exchanges:
        exchange.wait_gate("held")
    for exchange in life.exchanges:
        exchange.open_gate("held")
        exchange.finish()
    stop(server, life)
    for line in workers:
        with contextlib.suppress(Silence):
            line.wait("shutdown", "gate")
    first, *others = workers
    first.open_gate("shutdown")
    with contextlib.suppress(Silence):
        first.wait_end()
    for line in others:
        with contextlib.suppress(Silence):
            line.wait_end(5 * NOTICE)
        line.open_gate("shutdown")


def left_to_exit(server: Server, life: Life) -> None:
    """Ask once; if that is in vain, give the server the time to exit by itself."""
    try:
        server.wait_ready()
        ask(server, life)
    finally:
        if server.process is not None and not life.served:
            server.process.wait(ceiling("stop"))


def asked_after_the_attempts(server: Server, life: Life) -> None:
    """Ask when the lifespan application has tried to send all that it should not."""
    wait_lifespan(server, life).wait("unsolicited")
    server.wait_ready()
    ask(server, life)


def asked_after_the_lifespan(server: Server, life: Life) -> None:
    """Ask when the lifespan application has ended by itself."""
    wait_lifespan(server, life).wait_end()
    server.wait_ready()
    ask(server, life)


def asked_later(server: Server, life: Life) -> None:
    """Ask, and ask again on the connection when a Date has had the time to become another one."""
    server.wait_ready()
    connection = ask(server, life).connection
    if not readable([connection.socket], OTHER_DATE):
        ask(server, life, connection=connection)


def stopped_during_startup(server: Server, life: Life) -> None:
    """Send SIGTERM while startup waits at its gate, which opens a little later."""
    line = wait_lifespan(server, life)
    line.wait("startup", "gate")
    stop(server, life)
    with contextlib.suppress(Silence, AssertionError):
        line.until(lambda: line.ended, "end", NOTICE)
    line.open_gate("startup")
    line.open_gate("shutdown")


def asked_and_task_released(server: Server, life: Life) -> None:
    """Ask once, and then open the gate of the task that startup began."""
    line = wait_lifespan(server, life)
    server.wait_ready()
    ask(server, life, app=asgi_lifespan.request)
    line.open_gate("task")
    line.wait("passed task")


def left_waiting(server: Server, life: Life) -> None:
    """Have clients fall silent wherever they can, all at the same time, and wait for their ends."""
    server.wait_ready()
    life.ends = idle.play(server, life.exchanges)
