"""WSGI, environ: what servers add that neither CGI nor PEP 3333 defines, and what the text leaves to them."""

from compliance.expect import Observe, saw
from compliance.guest.apps import wsgi_environ as apps
from compliance.requirements import requirement
from compliance.server import Server

RAW = ("RAW_URI", "REQUEST_URI")
MANY = 40


@requirement("wsgi.environ.other_cgi")
def test_a_raw_target_is_as_it_was_sent(server: Server) -> None:
    """REQUEST_URI or RAW_URI, where a server has them, is the target with its encodings and its query."""
    target = "/a%20b/%C3%A9;p=1?q=%20&r"
    environ = server.call("GET", target).value("environ")
    found = {name: environ[name] for name in RAW if name in environ}
    assert set(found.values()) <= {target}, saw(found, repr(target))


@requirement("wsgi.environ.query_string")
def test_what_becomes_of_a_fragment(server: Server, observe: Observe) -> None:
    """No target has a fragment: it is refused, left out or kept, but the query before it is there."""
    exchange = server.open("GET", "/a?b=c#d")
    environ = exchange.value("environ") if exchange.status < 400 else {}
    found = environ.get("PATH_INFO", "/a"), environ.get("QUERY_STRING", "b=c")
    assert found[1].startswith("b=c"), saw(found, "the query 'b=c'")
    observe((exchange.status, *found))


@requirement("wsgi.environ.server_name")
def test_server_name_has_no_port(server: Server, observe: Observe) -> None:
    """SERVER_NAME may come from the Host field, but the port in it is none of a name."""
    environ = server.call("GET", "/", host="Example.TEST.:8080").value("environ")
    found = environ.get("SERVER_NAME", "")
    assert not found.endswith(":8080"), saw(found, "a name without a port")
    observe(found.replace(server.host, "the address"))


@requirement("wsgi.environ.other_cgi")
def test_what_a_server_calls_itself(server: Server, observe: Observe) -> None:
    """SERVER_SOFTWARE is a str, if it is there; whether it is what the client is told is recorded."""
    exchange = server.call("GET", "/")
    found = exchange.value("environ").get("SERVER_SOFTWARE", "")
    assert type(found) is str, saw(found, "a str")
    observe({"SERVER_SOFTWARE": found, "Server": (exchange.header("server") or b"").decode("latin-1")})


@requirement("wsgi.environ.per_request")
def test_environ_is_let_go_after_the_response(server: Server) -> None:
    """What forty requests have left in their environs is not all kept for ever."""
    for number in range(MANY):
        last = {"collect": number == MANY - 1}
        with server.call("GET", "/", app=apps.leaves_something, with_=last) as exchange:
            alive = exchange.value("alive")
    assert alive <= MANY // 2, saw(alive, f"fewer than {MANY} environs kept")
