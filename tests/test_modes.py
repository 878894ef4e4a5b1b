"""Other ways to start a server, and how clients reach it then."""

import pytest

from compliance import target
from compliance.environment import Wishes, provide
from compliance.modes import MOUNT, PAIR, mode, mode_of
from compliance.server import Server

REFERENCE = target.load().servers["reference-wsgi"]


def test_a_check_asks_for_a_mode_that_there_is() -> None:
    @mode("tls")
    def check() -> None:
        """Nothing."""

    assert (mode_of(check), mode_of(test_a_check_asks_for_a_mode_that_there_is)) == ("tls", "")
    with pytest.raises(LookupError, match="'tsl' is no mode; there is: "):
        mode("tsl")


def test_the_reference_server_has_every_mode() -> None:
    assert REFERENCE.modes.keys() == target.MODES.keys()


@pytest.mark.parametrize("name", target.MODES)
def test_a_client_reaches_a_server_in_every_mode(name: str) -> None:
    server = Server(REFERENCE, provide(REFERENCE.requires, Wishes()), mode=name)
    try:
        server.launch().wait_ready()
        exchange = server.call("POST", f"{server.root}x", body=b"abc" * 100_000)
        environ = exchange.value("environ")
        assert exchange.body == b"abc" * 100_000
    finally:
        server.stop()
    encrypted = name in {"tls", "client-certificates", "http2"}
    assert environ["wsgi.url_scheme"] == ("https" if encrypted else "http")
    assert environ["SCRIPT_NAME"] == (MOUNT if name == "mount" else "")
    assert environ["PATH_INFO"] == "/x"
    assert environ.get(PAIR[0]) == (PAIR[1] if name == "environ" else None)
    assert environ["wsgi.multithread"] is (name != "single")
    assert environ["wsgi.multiprocess"] is (name == "workers")
