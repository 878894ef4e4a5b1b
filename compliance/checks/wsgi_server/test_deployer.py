"""WSGI, application configuration: what whoever deploys an application puts into environ."""

from compliance.expect import saw
from compliance.guest.apps import wsgi_environ
from compliance.modes import PAIR, mode
from compliance.requirements import requirement
from compliance.server import Server


@requirement("wsgi.environ.config_pairs")
@mode("environ")
def test_a_pair_of_the_deployer_is_in_environ(server: Server) -> None:
    """A name with a value that the server was started with is in environ."""
    name, value = PAIR
    found = server.call("GET", "/").value("environ").get(name)
    assert found == value, saw(found, repr(value))


@requirement("wsgi.environ.config_pairs")
@mode("environ")
def test_a_pair_of_the_deployer_is_in_every_environ(server: Server) -> None:
    """It is there again in a second request, though the application has removed it from the first."""
    name, value = PAIR
    with server.open("GET", "/", app=wsgi_environ.changes, with_={"clear": True}) as first:
        first.wait_end()
    found = server.call("GET", "/").value("environ").get(name)
    assert found == value, saw(found, repr(value))
