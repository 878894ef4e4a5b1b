"""What can happen in the life of a server that runs a lifespan application: the acts of stories."""

from compliance.guest.apps import asgi_lifespan
from compliance.life import Life, ask, stop, wait_deaf, wait_lifespan
from compliance.server import Server


def gated(server: Server, life: Life) -> None:
    """Knock before startup is complete, make two more requests, and let shutdown wait at its gate."""
    line = wait_lifespan(server, life)
    line.wait("startup", "gate")
    early = server.knock(app=asgi_lifespan.request, with_={"key": "early"})
    line.open_gate("startup")
    if early is None:
        server.wait_ready()
        early = server.open("GET", "/", app=asgi_lifespan.request, with_={"key": "early"})
    life.exchanges.append(early.finish())
    for key in ("first", "second"):
        ask(server, life, app=asgi_lifespan.request, with_={"key": key})
    stop(server, life)
    line.wait("shutdown", "gate")
    line.open_gate("shutdown")


def stopped_while_busy(server: Server, life: Life) -> None:
    """Send SIGTERM while a request is inside the application; let it finish when no more are taken."""
    server.wait_ready()
    exchange = server.open("GET", "/", app=asgi_lifespan.held)
    life.exchanges.append(exchange)
    exchange.wait_gate("held")
    stop(server, life)
    wait_deaf(server)
    exchange.open_gate("held")
    exchange.finish()


def stopped_with_a_websocket(server: Server, life: Life) -> None:
    """Send SIGTERM while a WebSocket is open."""
    server.wait_ready()
    exchange = server.websocket("/", app=asgi_lifespan.open_socket)
    life.exchanges.append(exchange)
    exchange.accepted()
    stop(server, life)
    exchange.receive_close()
    exchange.wait_end()


def asked_after_the_lifespan(server: Server, life: Life) -> None:
    """Ask when the lifespan application has ended by itself."""
    wait_lifespan(server, life).wait_end()
    server.wait_ready()
    ask(server, life)
