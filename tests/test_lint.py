"""The judge of recorded traces: which side, which requirement, which place."""

from typing import Any

import pytest

from compliance.channel import Other
from compliance.lint import Violation, judge_asgi, judge_wsgi

HTTP = {
    "type": "http",
    "asgi": {"version": "3.0", "spec_version": "2.5"},
    "http_version": "1.1",
    "method": "GET",
    "path": "/",
    "query_string": b"",
    "headers": [[b"host", b"a"]],
}
WEBSOCKET = {
    "type": "websocket",
    "asgi": {"version": "3.0"},
    "path": "/",
    "headers": [],
    "subprotocols": ["a"],
}
LIFESPAN = {"type": "lifespan", "asgi": {"version": "3.0"}}
START = ("send", {"type": "http.response.start", "status": 200, "headers": []})
END = ("send", {"type": "http.response.body"})
REQUEST = ("receive", {"type": "http.request"})
ENVIRON = {
    "REQUEST_METHOD": "GET",
    "SERVER_NAME": "a",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.input": Other("io.BytesIO", "object", "<io>"),
    "wsgi.errors": Other("io.StringIO", "object", "<io>"),
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}
CALL = {"status": "200 OK", "headers": [("A", "b")], "exc_info": None}
AGAIN = {**CALL, "exc_info": "ValueError"}


def brief(found: list[Violation]) -> list[tuple[str, str, int | None]]:
    return [(violation.requirement, violation.party, violation.index) for violation in found]


def test_a_good_call_has_no_violations() -> None:
    assert judge_asgi(HTTP, [REQUEST, START, END], outcome="returned") == []


def test_each_side_answers_for_its_own_messages() -> None:
    found = judge_asgi({**HTTP, "path": b"/"}, [REQUEST, REQUEST, START, START, END])
    assert brief(found) == [
        ("asgi.http.scope.path_type", "server", None),
        ("asgi.http.request.single_completion", "server", 1),
        ("asgi.http.start.once", "application", 3),
    ]
    assert str(found[2]).startswith("at 3: the application breaks asgi.http.start.once: http.response.start")


def test_a_bad_message_still_counts() -> None:
    found = judge_asgi(HTTP, [("send", {"type": "http.response.start", "status": "200"}), END])
    assert brief(found) == [("asgi.http.start.status_int", "application", 0)]


@pytest.mark.parametrize(
    ("scope", "trace", "requirement"),
    [
        (HTTP, [REQUEST], "asgi.http.body.app_final"),
        (HTTP, [REQUEST, START], "asgi.http.start.body_must_follow"),
        (WEBSOCKET, [("receive", {"type": "websocket.connect"})], "asgi.ws.connect.app_replies"),
        (LIFESPAN, [("receive", {"type": "lifespan.startup"})], "asgi.lifespan.startup.app_completes"),
        (
            LIFESPAN,
            [
                ("receive", {"type": "lifespan.startup"}),
                ("send", {"type": "lifespan.startup.complete"}),
                ("receive", {"type": "lifespan.shutdown"}),
            ],
            "asgi.lifespan.shutdown.app_completes",
        ),
    ],
)
def test_an_application_that_returns_too_early(scope: Any, trace: Any, requirement: str) -> None:
    assert brief(judge_asgi(scope, trace, outcome="returned")) == [(requirement, "application", None)]
    assert judge_asgi(scope, trace, outcome="raised") == judge_asgi(scope, trace) == []


def test_after_a_disconnect_nothing_is_owed() -> None:
    assert judge_asgi(HTTP, [("receive", {"type": "http.disconnect"})], outcome="returned") == []


def test_a_subprotocol_is_one_of_those_offered() -> None:
    def accept(subprotocol: Any) -> Any:
        return [
            ("receive", {"type": "websocket.connect"}),
            ("send", {"type": "websocket.accept", "subprotocol": subprotocol}),
        ]

    assert judge_asgi(WEBSOCKET, accept("a")) == judge_asgi(WEBSOCKET, accept(None)) == []
    assert brief(judge_asgi(WEBSOCKET, accept("b"))) == [
        ("asgi.ws.accept.subprotocol_app_offered", "application", 1)
    ]


def test_subclasses_of_builtins_count_as_these() -> None:
    status = Other("http.HTTPStatus", "int", 200)
    name = Other("mine.Name", "bytes", b"a")
    start = {
        "type": Other("mine.Text", "str", "http.response.start"),
        "status": status,
        "headers": [(name, b"b")],
    }
    assert judge_asgi(HTTP, [("send", start), END]) == []


def test_an_object_may_be_an_iterable_but_not_bytes() -> None:
    unknown = Other("builtins.generator", "object", "<generator>")
    start = {"type": "http.response.start", "status": 200, "headers": unknown}
    body = {"type": "http.response.body", "body": unknown}
    assert brief(judge_asgi(HTTP, [("send", start), ("send", body)])) == [
        ("asgi.http.body.body_type_app", "application", 1)
    ]


@pytest.mark.parametrize("scope", [None, 1, {}, {"type": []}, {"type": "mychat"}])
def test_a_scope_of_no_known_protocol_is_no_error_of_ours(scope: Any) -> None:
    assert all(violation.index is None for violation in judge_asgi(scope, [REQUEST]))


def test_a_good_request() -> None:
    steps: list[Any] = [("environ", ENVIRON), ("start_response", CALL), ("block", b""), ("block", b"x")]
    assert judge_wsgi([*steps, ("exhausted", None), ("close", None)]) == []


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([("block", b"x")], [("wsgi.sr.before_first_block_app", "application", 1)]),
        ([("exhausted", None)], [("wsgi.sr.before_first_block_app", "application", 1)]),
        ([("block", b""), ("start_response", CALL), ("block", b"x")], []),
        ([("start_response", CALL), ("block", "x")], [("wsgi.strings.bytes_type", "application", 2)]),
        ([("start_response", CALL), ("write", "x")], [("wsgi.iter.write_data_type", "application", 2)]),
        (
            [("start_response", CALL), ("block", b"x"), ("write", b"y")],
            [("wsgi.iter.app_no_write_in_iter", "application", 3)],
        ),
        (
            [("start_response", {**CALL, "headers": [("Upgrade", "x")]})],
            [("wsgi.sr.hop_by_hop_app", "application", 1)],
        ),
        (
            [("start_response", {"positional": ["str"], "keywords": ["headers"]})],
            [("wsgi.callable.start_response_positional", "application", 1)],
        ),
        (
            [("start_response", {**CALL, "status": Other("mine.Text", "str", "200 OK")})],
            [("wsgi.strings.native_type", "application", 1)],
        ),
        (
            [("start_response", {**CALL, "exc_info": "<not a tuple>"})],
            [("wsgi.sr.exc_info_tuple", "application", 1)],
        ),
        ([("start_response", CALL), ("start_response", AGAIN)], []),
        (
            [("start_response", CALL), ("start_response", CALL), ("raised", {"by": "start_response"})],
            [("wsgi.sr.app_single_call", "application", 2)],
        ),
        (
            [("start_response", CALL), ("start_response", CALL), ("block", b"x")],
            [
                ("wsgi.sr.app_single_call", "application", 2),
                ("wsgi.sr.second_call_without_exc_info", "server", 3),
            ],
        ),
        (
            [
                ("start_response", CALL),
                ("block", b"x"),
                ("start_response", AGAIN),
                ("raised", {"by": "start_response"}),
            ],
            [],
        ),
        (
            [("start_response", CALL), ("block", b"x"), ("start_response", AGAIN), ("block", b"y")],
            [("wsgi.sr.exc_info_raises", "server", 4)],
        ),
        (
            [
                ("start_response", CALL),
                ("block", b"x"),
                ("start_response", AGAIN),
                ("raised", {"by": "start_response"}),
                ("block", b"y"),
            ],
            [("wsgi.sr.exc_info_app_not_trap", "application", 5)],
        ),
        (
            [("start_response", CALL), ("close", None), ("close", None)],
            [("wsgi.iter.close_once", "server", 3)],
        ),
        ([("raised", {"by": "application"}), ("unknown", 1)], []),
    ],
)
def test_the_steps_of_a_request(steps: list[Any], expected: list[Any]) -> None:
    assert brief(judge_wsgi([("environ", ENVIRON), *steps])) == expected


def test_an_environ_is_the_servers() -> None:
    assert brief(judge_wsgi([("environ", {**ENVIRON, "SERVER_PORT": 80})])) == [
        ("wsgi.environ.server_port", "server", 0)
    ]
    wrapped = Other("mine.Environ", "dict", ENVIRON)
    assert brief(judge_wsgi([("environ", wrapped)])) == [("wsgi.environ.builtin_dict", "server", 0)]
