"""WSGI, an application that is mounted below the root: how its path is split."""

import pytest

from compliance.expect import Observe, saw
from compliance.modes import MOUNT, mode
from compliance.requirements import requirement
from compliance.server import Server


def split(server: Server, target: str) -> tuple[str, str]:
    """SCRIPT_NAME and PATH_INFO of a request for `target`, which must be served."""
    with server.open("GET", target) as exchange:
        assert exchange.status < 400, exchange.seen(f"{target!r} to be served")
        environ = exchange.value("environ")
    return environ.get("SCRIPT_NAME", ""), environ.get("PATH_INFO", "")


@requirement("wsgi.environ.script_name")
@mode("mount")
def test_script_name_is_where_the_application_is_mounted(server: Server) -> None:
    """SCRIPT_NAME leads to the application, PATH_INFO goes on from there."""
    found = split(server, f"{MOUNT}/a/b")
    assert found == (MOUNT, "/a/b"), saw(found, f"({MOUNT!r}, '/a/b')")


@requirement("wsgi.environ.script_name_no_trailing_slash")
@mode("mount")
def test_the_slash_after_the_mount_belongs_to_path_info(server: Server) -> None:
    """The root of a mounted application is the path "/" in it, and the slash is counted once."""
    found = split(server, f"{MOUNT}/")
    assert found == (MOUNT, "/"), saw(found, f"({MOUNT!r}, '/')")


@requirement("wsgi.environ.path_info")
@mode("mount")
def test_the_mount_itself_has_an_empty_path_info(server: Server) -> None:
    """Without a slash the path ends with SCRIPT_NAME, unless the server redirects or refuses."""
    exchange = server.open("GET", MOUNT)
    environ = exchange.value("environ") if exchange.status == 200 else {}
    found = environ.get("SCRIPT_NAME", MOUNT), environ.get("PATH_INFO", "")
    assert found == (MOUNT, ""), saw(found, f"({MOUNT!r}, '')")


@requirement("wsgi.environ.path_info_decoded")
@mode("mount")
def test_a_path_below_the_mount_is_decoded_like_others(server: Server) -> None:
    """Percent-encodings behind the mount are undone, and their octets are Latin-1 characters."""
    found = split(server, f"{MOUNT}/a%20b/%C3%A9")
    assert found == (MOUNT, "/a b/Ã©"), saw(found, f"({MOUNT!r}, '/a b/Ã©')")


@requirement("wsgi.environ.path_info")
@mode("mount")
@pytest.mark.parametrize("target", [f"{MOUNT}ver/a", "/mounted/her"], ids=["longer", "shorter"])
def test_a_mount_ends_at_the_border_of_a_segment(server: Server, target: str) -> None:
    """A path that only begins with the same letters is not below the mount: no PATH_INFO begins in a name."""
    exchange = server.open("GET", target)
    environ = exchange.value("environ") if exchange.status == 200 else {}
    found = environ.get("SCRIPT_NAME", ""), environ.get("PATH_INFO", "")
    assert found[1][:1] in {"", "/"}, saw(found, "no application, or a PATH_INFO that begins with a slash")


@requirement("wsgi.environ.path_info")
@mode("mount")
def test_what_comes_of_a_path_beside_the_mount(server: Server, observe: Observe) -> None:
    """Whether a path elsewhere is refused; if not, nothing of it is lost."""
    exchange = server.open("GET", "/elsewhere")
    environ = exchange.value("environ") if exchange.status == 200 else {}
    found = environ.get("PATH_INFO", "/elsewhere")
    assert found == "/elsewhere", saw(found, "no application, or '/elsewhere'")
    observe((exchange.status, environ.get("SCRIPT_NAME"), environ.get("PATH_INFO")))


@requirement("wsgi.url.reconstruct")
@mode("mount")
def test_script_name_and_path_info_make_the_path_of_a_mounted_application(server: Server) -> None:
    """Joined as the text says, the two give the path that was asked for."""
    found = split(server, f"{MOUNT}/a//b/")
    assert "".join(found) == f"{MOUNT}/a//b/", saw(found, f"two parts of '{MOUNT}/a//b/'")
