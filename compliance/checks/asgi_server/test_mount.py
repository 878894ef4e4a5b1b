"""ASGI, an application that is mounted below the root: what root_path and path say then."""

from compliance.expect import Observe, saw
from compliance.modes import MOUNT, mode
from compliance.requirements import requirement
from compliance.server import Server


@requirement("asgi.http.scope.root_path")
@mode("mount")
def test_root_path_is_where_the_application_is_mounted(server: Server) -> None:
    """root_path is the path of the mount, as SCRIPT_NAME is in WSGI."""
    found = server.call("GET", f"{MOUNT}/a").value("scope").get("root_path", "")
    assert found == MOUNT, saw(found, repr(MOUNT))


@requirement("asgi.http.scope.root_path_in_path")
@mode("mount")
def test_path_begins_with_root_path(server: Server, observe: Observe) -> None:
    """An application strips root_path from path to know its own part of it; the path is recorded."""
    scope = server.call("GET", f"{MOUNT}/a").value("scope")
    observe(scope["path"])
    assert scope["path"].startswith(f"{scope.get('root_path', '')}/"), saw(scope["path"], f"{MOUNT!r} first")


@requirement("asgi.http.scope.root_path_in_path")
@mode("mount")
def test_what_becomes_of_a_path_beside_the_mount(server: Server, observe: Observe) -> None:
    """The status and path of a request whose target lacks the mount, as behind a proxy, is recorded."""
    exchange = server.open("GET", "/elsewhere")
    observe((exchange.status, exchange.value("scope")["path"] if exchange.status == 200 else None))


@requirement("asgi.http.scope.raw_path")
@mode("mount")
def test_raw_path_of_a_mounted_application_is_as_sent(server: Server) -> None:
    """raw_path, where a server gives it, is what the client has sent, whatever the mount is."""
    target = f"{MOUNT}/a%2Fb"
    found = server.call("GET", target).value("scope").get("raw_path")
    assert found in (None, target.encode()), saw(found, f"{target.encode()!r}, or none")
