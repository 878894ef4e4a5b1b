"""The tables of the interfaces: complete, consistent with the inventory, and used rightly."""

import io
from collections.abc import Iterator
from io import BytesIO
from itertools import chain
from typing import Any

import pytest

from compliance import requirements
from compliance.interface import asgi, wsgi
from compliance.interface.model import Conversation, Protocol, Table, event

PROTOCOLS = {**asgi.PROTOCOLS, "wsgi": wsgi.WSGI}
TABLES = {
    f"{name} {side}": getattr(protocol, side)
    for name, protocol in PROTOCOLS.items()
    for side in ("receive", "send")
}
IDS = {requirement.id for requirement in requirements.all_requirements()}
START = {"type": "http.response.start", "status": 200}
BODY = {"type": "http.response.body"}
PATH = {"type": "http.response.pathsend", "path": "/x"}
FILE = {"type": "http.response.zerocopysend"}
TRAILERS: dict[str, Any] = {"type": "http.response.trailers", "headers": []}
DEBUG = {"type": "http.response.debug", "info": {}}
HINT = {"type": "http.response.early_hint"}
HTTP_SCOPE = {
    "type": "http",
    "asgi": {"version": "3.0", "spec_version": "2.5"},
    "http_version": "1.1",
    "method": "GET",
    "path": "/",
    "query_string": b"",
    "headers": [(b"host", b"a")],
}
WEBSOCKET_SCOPE = {"type": "websocket", "asgi": {"version": "3.0"}, "path": "/", "headers": []}
ENVIRON = {
    "REQUEST_METHOD": "GET",
    "SERVER_NAME": "a",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.input": io.BytesIO(),
    "wsgi.errors": io.StringIO(),
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}


def cited(protocol: Protocol) -> Iterator[str]:
    """Every requirement that a protocol's data names."""
    for part in chain(protocol.scope, protocol.scope_rules, protocol.receive.rows, protocol.send.rows):
        yield part.requirement
    for message in chain(protocol.receive.messages.values(), protocol.send.messages.values()):
        for key in message.keys:
            yield key.requirement
            yield key.gate or key.requirement
        yield from (rule.requirement for rule in message.rules)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_every_requirement_cited_is_in_the_inventory(name: str) -> None:
    assert set(cited(PROTOCOLS[name])) <= IDS


@pytest.mark.parametrize("name", TABLES)
def test_rows_name_known_messages_and_reachable_states(name: str) -> None:
    table: Table = TABLES[name]
    known = set(table.messages) | {f"{m.type}+{m.flag}" for m in table.messages.values() if m.flag}
    reached = {table.first} | {row.next for row in table.rows if row.next}
    assert {row.event for row in table.rows} <= known
    assert {row.state for row in table.rows} <= reached


@pytest.mark.parametrize("name", TABLES)
def test_no_two_rows_decide_the_same(name: str) -> None:
    rows = [(row.state, row.event, row.other) for row in TABLES[name].rows]
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("name", TABLES)
def test_every_message_is_decided_in_every_state(name: str) -> None:
    table: Table = TABLES[name]
    states = {row.state for row in table.rows}
    undecided = [(s, m) for s in states for m in table.messages if table.row(s, m, "no such state") is None]
    assert undecided == []


@pytest.mark.parametrize("name", TABLES)
def test_other_names_states_of_the_other_side(name: str) -> None:
    protocol, side = name.split()
    other = TABLES[f"{protocol} {'receive' if side == 'send' else 'send'}"]
    assert {row.other for row in TABLES[name].rows} <= {""} | {row.state for row in other.rows} | {"denied"}


def test_flags_make_other_events() -> None:
    send = asgi.HTTP.send
    assert event(BODY, send) == "http.response.body"
    assert event({**BODY, "more_body": False}, send) == "http.response.body"
    assert event({**BODY, "more_body": True}, send) == "http.response.body+more_body"
    assert event({"type": "nonsense", "more_body": True}, send) == "nonsense"


def told(found: list[Any]) -> list[str]:
    return [problem.requirement for problem in found]


@pytest.mark.parametrize(
    ("messages", "requirements"),
    [
        ([START, BODY], []),
        ([START, {**BODY, "more_body": True}, BODY], []),
        ([{**START, "trailers": True}, BODY, TRAILERS], []),
        ([START, BODY, BODY, START], []),  # ignored after the end
        ([{**START, "trailers": True}, BODY, TRAILERS, TRAILERS, BODY], []),
        ([START, BODY, TRAILERS], ["asgi.ext.trailers.start_flag"]),
        ([{**START, "extra": 1}, BODY], []),
        ([{**START, "headers": ([b"a", b"b"] for _ in range(2))}, BODY], []),
        ([BODY], ["asgi.http.start.before_body"]),
        ([START, START], ["asgi.http.start.once"]),
        ([{**START, "trailers": True}, BODY, BODY], ["asgi.ext.trailers.wait"]),
        ([{**START, "extra": object()}], ["asgi.core.event.value_types"]),
        ([{**START, "extra": [{"a": float("nan")}]}], ["asgi.core.event.float_finite"]),
        ([{**START, "extra": 2**63}], ["asgi.core.event.int_range"]),
        ([{**START, 1: "x"}], ["asgi.core.event.dict_keys_str"]),
        ([{**START, "status": True}], ["asgi.http.start.status_int"]),
        ([{**START, "headers": {b"a": b"b"}}], ["asgi.http.start.headers_type_app"]),
        ([{**START, "headers": [(b"A", b"b")]}], ["asgi.http.start.headers_lowercase_app"]),
        ([PATH], ["asgi.ext.pathsend.after_start"]),
        ([START, PATH, START], []),
        ([START, {**BODY, "more_body": True}, PATH], ["asgi.ext.pathsend.not_mixed"]),
        ([START, PATH, BODY], ["asgi.ext.pathsend.not_mixed"]),
        ([START, PATH, PATH], ["asgi.ext.pathsend.once"]),
        ([START, {**PATH, "path": "x"}], ["asgi.ext.pathsend.absolute"]),
        ([START, {**FILE, "file": BytesIO()}], ["asgi.ext.zerocopy.real_fd"]),
        ([START, {**FILE, "file": 1}], ["asgi.ext.zerocopy.real_fd"]),
        ([DEBUG, START, BODY], []),
        ([DEBUG, DEBUG], ["asgi.ext.debug.event"]),
        ([START, DEBUG], ["asgi.ext.debug.event"]),
        ([{**HINT, "links": iter([b"a"])}, START, {**HINT, "links": (b"a",)}, BODY], []),
        ([{**HINT, "links": [b"a\r\nb"]}], ["asgi.http.start.header_injection"]),
        ([{**HINT, "links": "a"}], ["asgi.ext.earlyhint.event"]),
    ],
)
def test_a_response(messages: list[Any], requirements: list[str]) -> None:
    conversation = Conversation(asgi.HTTP, frozenset(asgi.HTTP.send.messages))
    found = [problem for message in messages for problem in conversation.send(message)]
    assert told(found) == requirements


@pytest.mark.parametrize(
    ("messages", "requirements"),
    [
        ([("request", True), ("request", False), "disconnect", "disconnect"], []),
        (["disconnect"], []),
        ([("request", False), ("request", False)], ["asgi.http.request.single_completion"]),
        (["disconnect", ("request", False)], ["asgi.http.disconnect.repeated"]),
    ],
)
def test_what_an_http_server_may_say(messages: list[Any], requirements: list[str]) -> None:
    conversation = asgi.conversation(HTTP_SCOPE)
    found = []
    for message in messages:
        kind, more = message if isinstance(message, tuple) else (message, False)
        found += conversation.receive({"type": f"http.{kind}", **({"more_body": True} if more else {})})
    assert told(found) == requirements


RECEIVED = {"type": "websocket.receive", "text": "a"}
GONE = {"type": "websocket.disconnect", "code": 1000}
CONNECT = {"type": "websocket.connect"}
ACCEPT = {"type": "websocket.accept"}
CLOSE = {"type": "websocket.close"}


@pytest.mark.parametrize(
    ("steps", "requirements"),
    [
        ([CONNECT, ACCEPT, RECEIVED, GONE, GONE, CLOSE], []),
        ([CONNECT, CLOSE, GONE], []),
        ([CONNECT, GONE], []),
        ([ACCEPT, CONNECT], []),
        ([RECEIVED], ["asgi.ws.connect.first_event"]),
        ([CONNECT, RECEIVED], ["asgi.ws.connect.no_receive_before_reply"]),
        ([CONNECT, ACCEPT, {**RECEIVED, "bytes": b""}], ["asgi.ws.receive.exactly_one"]),
        ([CONNECT, ACCEPT, {**RECEIVED, "bytes": None}], []),
        ([CONNECT, ACCEPT, {"type": "websocket.disconnect"}], ["asgi.ws.disconnect.code_present"]),
        ([CONNECT, ACCEPT, {**CLOSE, "code": 1005}], ["asgi.ws.app.close_code_valid"]),
        ([CONNECT, {**ACCEPT, "headers": [(b"a", b"b")]}], ["asgi.ws.accept.headers_version_gate"]),
        (
            [CONNECT, {"type": "websocket.http.response.start", "status": 401}],
            ["asgi.core.ext.only_when_advertised"],
        ),
    ],
)
def test_a_websocket(steps: list[Any], requirements: list[str]) -> None:
    conversation, found = asgi.conversation(WEBSOCKET_SCOPE), []
    for message in steps:
        side = (
            conversation.receive if message["type"] in asgi.WEBSOCKET.receive.messages else conversation.send
        )
        found += side(message)
    assert told(found) == requirements


@pytest.mark.parametrize(
    ("steps", "requirements"),
    [
        ("startup startup.complete shutdown shutdown.complete", []),
        ("startup startup.failed", []),
        ("startup startup.complete shutdown.failed", []),
        ("startup startup.complete shutdown shutdown.failed", []),
        ("shutdown", ["asgi.lifespan.startup.event"]),
        ("startup startup", ["asgi.lifespan.startup.once"]),
        ("startup startup.complete startup.complete", ["asgi.lifespan.error.invalid_event"]),
        ("startup startup.complete shutdown.complete", ["asgi.lifespan.error.invalid_event"]),
        ("startup startup.complete shutdown shutdown", ["asgi.lifespan.shutdown.once"]),
        ("startup bogus", ["asgi.core.error.send_unknown_type"]),
    ],
)
def test_a_lifespan(steps: str, requirements: list[str]) -> None:
    conversation, found = asgi.conversation({"type": "lifespan"}), []
    for step in steps.split():
        side = conversation.receive if step in {"startup", "shutdown"} else conversation.send
        found += side({"type": f"lifespan.{step}"})
    assert told(found) == requirements


@pytest.mark.parametrize(
    ("change", "requirements"),
    [
        ({}, []),
        (
            {
                "http_version": "3",
                "raw_path": None,
                "client": None,
                "extensions": None,
                "server": ["/s", None],
            },
            [],
        ),
        ({"client": ("1.2.3.4", 5), "state": {}, "scheme": "https", "x-own": object()}, []),
        ({"headers": iter([(b"a", b"b")])}, []),
        ({"http_version": "1"}, ["asgi.http.scope.http_version"]),
        ({"method": "get"}, ["asgi.http.scope.method"]),
        ({"scheme": ""}, ["asgi.http.scope.scheme"]),
        ({"path": b"/"}, ["asgi.http.scope.path_type"]),
        ({"query_string": None}, ["asgi.http.scope.query_string_type"]),
        ({"headers": [("a", "b")]}, ["asgi.http.scope.headers_type"]),
        ({"client": ("1.2.3.4", "5")}, ["asgi.http.scope.client"]),
        ({"state": None}, ["asgi.http.scope.state"]),
        ({"asgi": {}}, ["asgi.core.scope.asgi_version_present"]),
        ({"asgi": {"version": "3.0", "spec_version": 2.5}}, ["asgi.http.scope.spec_version"]),
        ({"extensions": {"x": None}}, ["asgi.core.ext.entry_is_dict"]),
        ({1: 2}, ["asgi.core.scope.keys_are_str"]),
        ({"type": None}, ["asgi.core.scope.type_present"]),
    ],
)
def test_a_scope(change: dict[Any, Any], requirements: list[str]) -> None:
    assert told(asgi.scope_problems({**HTTP_SCOPE, **change})) == requirements


def test_a_scope_without_its_required_keys() -> None:
    assert told(asgi.scope_problems({"type": "http"})) == [
        key.requirement for key in asgi.HTTP.scope if key.required and key.name != "type"
    ]
    assert told(asgi.scope_problems(None)) == ["asgi.core.scope.is_dict"]
    assert asgi.scope_problems({"type": "mychat"}) == []


@pytest.mark.parametrize(
    ("change", "requirements"),
    [
        ({}, []),
        ({"REQUEST_METHOD": ""}, ["wsgi.environ.request_method"]),
        ({"SERVER_PORT": 80}, ["wsgi.environ.server_port"]),
        ({"REMOTE_PORT": 80}, ["wsgi.environ.cgi_values_str"]),
        ({"PATH_INFO": "/\u20ac"}, ["wsgi.strings.latin1_server"]),
        ({"wsgi.version": [1, 0]}, ["wsgi.environ.version"]),
        ({"wsgi.run_once": "False"}, ["wsgi.environ.run_once"]),
        ({"HTTP_CONTENT_TYPE": "a/b"}, ["wsgi.environ.no_http_content_vars"]),
        ({"My.Own": 1}, ["wsgi.environ.server_defined_naming"]),
        ({"SCRIPT_NAME": "/"}, ["wsgi.environ.script_name_no_trailing_slash"]),
        ({"SCRIPT_NAME": "app"}, ["wsgi.environ.script_name"]),
        ({"PATH_INFO": "a"}, ["wsgi.environ.path_info"]),
        ({"PATH_INFO": "*", "REQUEST_METHOD": "OPTIONS"}, []),
        ({"PATH_INFO": "http://a/"}, ["wsgi.environ.path_absolute_form"]),
        ({"PATH_INFO": "a:80", "REQUEST_METHOD": "CONNECT"}, []),
        ({"CONTENT_LENGTH": "-1"}, ["rfc9112.cl.invalid_400"]),
        ({"wsgi.errors": io.BytesIO}, []),
        ({"wsgi.errors": object()}, [f"wsgi.errors.{name}" for name in ("flush", "write", "writelines")]),
        ({"wsgi.file_wrapper": None}, ["wsgi.fw.signature"]),
        ({"SERVER_PORT": 80, "REMOTE_PORT": 1}, ["wsgi.environ.server_port", "wsgi.environ.cgi_values_str"]),
    ],
)
def test_an_environ(change: dict[str, Any], requirements: list[str]) -> None:
    assert told(wsgi.environ_problems({**ENVIRON, **change})) == requirements


def test_an_environ_of_another_type() -> None:
    class Environ(dict[str, Any]):
        pass

    assert told(wsgi.environ_problems(Environ(ENVIRON))) == ["wsgi.environ.builtin_dict"]


def test_problems_never_raise() -> None:
    class Nasty:
        def __repr__(self) -> str:
            raise ValueError

    for message in (
        None,
        [],
        {"type": 1},
        {"type": "http.response.start", "status": Nasty(), "headers": Nasty()},
    ):
        assert asgi.problems(message, asgi.HTTP.send, "no response")
