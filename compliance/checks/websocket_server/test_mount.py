"""ASGI WebSocket, an application that is mounted below the root."""

from typing import Any

from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_websocket
from compliance.modes import MOUNT, mode
from compliance.requirements import requirement
from compliance.server import Server


def scope_of(server: Server) -> dict[str, Any]:
    """The scope that the application gets for a handshake below the mount."""
    with server.websocket(f"{MOUNT}/a%2Fb", app=asgi_websocket.listens) as exchange:
        scope: dict[str, Any] = exchange.value("scope")
    return scope


@requirement("asgi.ws.scope.root_path")
@mode("mount")
def test_root_path_of_a_websocket_is_where_the_application_is_mounted(
    server: Server, observe: Observe
) -> None:
    """root_path is the path of the mount; the path, which may begin with it, is recorded."""
    scope = scope_of(server)
    observe(scope["path"])
    assert scope.get("root_path", "") == MOUNT, saw(scope.get("root_path"), repr(MOUNT))


@requirement("asgi.ws.scope.raw_path")
@mode("mount")
def test_raw_path_of_a_mounted_websocket_is_as_sent(server: Server) -> None:
    """raw_path, where a server gives it, is what the client has sent, whatever the mount is."""
    found, expected = scope_of(server).get("raw_path"), f"{MOUNT}/a%2Fb".encode()
    assert found in (None, expected), saw(found, f"{expected!r}, or none")


@requirement("asgi.ws.scope.root_path")
@mode("mount")
def test_what_becomes_of_a_websocket_beside_the_mount(server: Server, observe: Observe) -> None:
    """The status and path of a handshake whose target lacks the mount, as behind a proxy, is recorded."""
    with server.websocket("/elsewhere", app=asgi_websocket.listens) as exchange:
        observe((exchange.status, exchange.value("scope")["path"] if exchange.status == 101 else None))
