"""WSGI over a Unix socket, which has no port and whose clients have no address."""

import pytest

from compliance.expect import Observe, saw
from compliance.modes import mode
from compliance.requirements import requirement
from compliance.server import Server

HOSTS = {"with a Host": "testserver", "without one": None}
TOLD = ("SERVER_NAME", "SERVER_PORT", "REMOTE_ADDR", "REMOTE_HOST")


@requirement("wsgi.environ.server_name")
@mode("unix")
@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS.keys())
def test_server_name_of_a_unix_socket_is_not_empty(server: Server, host: str | None) -> None:
    """SERVER_NAME is a name also where the socket has none."""
    found = server.call("GET", "/", host=host, version="1.0").value("environ").get("SERVER_NAME")
    assert type(found) is str, saw(found, "a str")
    assert found, saw(found, "a name")


@requirement("wsgi.environ.server_port")
@mode("unix")
@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS.keys())
def test_server_port_of_a_unix_socket_is_not_empty(server: Server, host: str | None) -> None:
    """SERVER_PORT is something also where the socket has no port."""
    found = server.call("GET", "/", host=host, version="1.0").value("environ").get("SERVER_PORT")
    assert type(found) is str, saw(found, "a str")
    assert found, saw(found, "a port")


@requirement("wsgi.environ.cgi_values_str")
@mode("unix")
def test_what_is_said_of_the_ends_of_a_unix_socket(server: Server, observe: Observe) -> None:
    """What stands for the names and addresses that there are not; REMOTE_ADDR and REMOTE_HOST are text."""
    environ = server.call("GET", "/", host=None, version="1.0").value("environ")
    found = {key: environ[key] for key in TOLD if key in environ}
    remote = {key: value for key, value in found.items() if key.startswith("REMOTE_")}
    assert all(type(value) is str for value in remote.values()), saw(remote, "values of type str")
    path = server.way.address(server.port)
    observe({key: "the path of the socket" if value == path else value for key, value in found.items()})
