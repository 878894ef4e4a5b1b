"""Drivers play a perfect server, transcripts tell what was seen, and a framework that fails is found out."""

import contextlib
import platform
import re
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from compliance.environment import Environment
from compliance.expect import Silence, TargetDied
from compliance.framework import ABSENT, NEVER, Framework, OneShot, after_sends, at_gate, step
from compliance.requirements import get
from compliance.target import Interface, load
from compliance.transcript import Transcript, restored

BARE = load().frameworks["bare"]
HERE = Environment(
    python=Path(sys.executable), version=platform.python_version(), versions={}, isolated=False
)

Launch = Callable[..., Framework]


@contextlib.contextmanager
def launched(interface: Interface, app: Path | None = None, **env: str) -> Iterator[Framework]:
    spec = BARE if app is None else replace(BARE, name=app.stem, app=app)
    framework = Framework(spec, HERE, interface, extra_env=env)
    try:
        yield framework
    finally:
        framework.stop()


@pytest.fixture(scope="module")
def running_asgi() -> Iterator[Framework]:
    with launched("asgi") as framework:
        yield framework


@pytest.fixture(scope="module")
def running_wsgi() -> Iterator[Framework]:
    with launched("wsgi") as framework:
        yield framework


@pytest.fixture
def asgi(running_asgi: Framework) -> Framework:
    return running_asgi.ready()


@pytest.fixture
def wsgi(running_wsgi: Framework) -> Framework:
    return running_wsgi.ready()


@pytest.fixture(params=["wsgi", "asgi"])
def framework(request: pytest.FixtureRequest) -> Framework:
    """Either interface."""
    found: Framework = request.getfixturevalue(request.param)
    return found


# Both interfaces


def test_a_request_is_answered(framework: Framework) -> None:
    transcript = framework.http("GET", "/")

    assert (transcript.status, transcript.text) == (200, "hello")
    assert transcript.header("content-length") == [b"5"]
    assert transcript.raised is None


def test_a_body_arrives_in_its_parts(framework: Framework) -> None:
    kind = [("Content-Type", "x/y")]

    transcript = framework.http("POST", "/echo", headers=kind, body=[b"one", b"", b"two"])

    assert transcript.body == b"onetwo"
    assert transcript.header("content-type") == [b"x/y"]


def test_a_part_of_the_body_is_held_back_until_its_gate_opens(asgi: Framework) -> None:
    with asgi.open("POST", "/digest", body=[b"one", b"two"], arrivals={1: "second"}) as conversation:
        assert conversation.wait("read").value == 3
        assert len(conversation.transcript.received) == 1
        conversation.open_gate("second")
        transcript = conversation.finish()

    assert transcript.of("read") == [3, 3]


def test_an_input_is_held_back_until_its_gate_opens(wsgi: Framework) -> None:
    stream = {"short": True}
    with wsgi.open(
        "POST", "/digest", body=[b"one", b"two"], arrivals={1: "second"}, input=stream
    ) as conversation:
        assert conversation.wait("read").value == 3
        assert not conversation.transcript.noted("over")
        transcript = conversation.finish()

    assert transcript.of("read") == [3, 3]


@pytest.mark.parametrize("name", ["stream/3", "hold", "hold-blocking"])
def test_finish_opens_the_gates_of_the_application(framework: Framework, name: str) -> None:
    if name == "hold-blocking" and framework.interface == "asgi":
        name = "hold"  # without threads, the bare application would hold up the driver as well

    transcript = framework.http("GET", "/" + name)

    assert transcript.status == 200
    assert any(event.kind == "gate" for event in transcript.events)


def test_a_stream_is_seen_part_by_part(framework: Framework) -> None:
    with framework.open("GET", "/stream/3") as conversation:
        conversation.wait_gate("part-1")
        assert conversation.transcript.body == b"part-0\n"
        conversation.open_gate("part-1")
        conversation.wait_gate("part-2")
        assert conversation.transcript.body == b"part-0\npart-1\n"


def test_conversations_go_on_at_once(framework: Framework) -> None:
    held = [framework.open("GET", "/hold") for _ in range(5)]
    for conversation in held:
        conversation.wait_gate("hold")

    assert framework.http("GET", "/").text == "hello"
    assert [conversation.finish().text for conversation in held] == ["held"] * 5


def test_a_mount_is_told_in_the_interface_s_own_way(framework: Framework) -> None:
    transcript = framework.http("GET", "/inspect?a=%20", root="/app")

    seen = transcript.json()
    assert (seen["root"], seen["path"], seen["query"]) == ("/app", "/app/inspect", "a=%20")
    assert seen["url"] == "http://testserver/app/inspect?a=%20"


def test_a_raising_stream_is_told_from_a_raising_handler(framework: Framework) -> None:
    trapped, escaped = framework.http("GET", "/raise"), framework.http("GET", "/stream-raise")

    assert (trapped.status, trapped.raised) == (500, None)
    assert escaped.raised is not None
    assert (escaped.status, escaped.raised["text"]) == (200, "the stream raised")
    assert "raised builtins.RuntimeError" in escaped.seen("…")


def test_a_path_and_a_header_of_any_bytes_arrive(framework: Framework) -> None:
    transcript = framework.http("GET", b"/path/%C3%A9%2F%20", headers=[("X-A", b"\xe9")])

    assert transcript.text == "\xe9/ "


def test_each_instance_is_fresh(framework: Framework) -> None:
    with framework.fresh() as one, framework.fresh() as two:
        assert one.http("GET", "/").text == two.http("GET", "/").text == "hello"
        assert framework.evidence() is not None


@pytest.mark.parametrize(
    "target", ["/", "/nothing", "/raise", "/stream/3", "/stream-raise", "/large/200000", "/no"]
)
def test_neither_the_driver_nor_the_bare_application_breaks_a_rule(framework: Framework, target: str) -> None:
    transcript = framework.http("GET", target)

    assert transcript.violations("server") == []
    assert transcript.violations("application") == []


# ASGI


@pytest.mark.parametrize("target", ["/ws/echo", "/ws/close/4001", "/ws/reject", "/ws/raise"])
def test_neither_side_breaks_a_rule_of_websockets(asgi: Framework, target: str) -> None:
    transcript = asgi.websocket(target, messages=["one", b"two"])

    assert transcript.violations("server") + transcript.violations("application") == []


def test_neither_side_breaks_a_rule_of_lifespan(asgi: Framework) -> None:
    transcript = asgi.lifespan()

    assert transcript.violations("server") + transcript.violations("application") == []


def test_keys_can_be_absent_and_headers_come_in_any_shape(asgi: Framework) -> None:
    minimal = dict.fromkeys(
        ("client", "server", "root_path", "raw_path", "scheme", "extensions", "state"), ABSENT
    )

    transcript = asgi.http("GET", "/inspect", scope=minimal | {"headers": OneShot([[b"host", b"a"]])})

    assert set(transcript.scope) == {
        "type",
        "asgi",
        "http_version",
        "method",
        "path",
        "query_string",
        "headers",
    }
    assert transcript.scope["headers"].type == "builtins.list_iterator"
    assert transcript.status == 200


def test_a_scope_can_be_of_any_type(asgi: Framework) -> None:
    transcript = asgi.play({"type": "other", "asgi": {"version": "3.0"}}, []).finish()

    assert transcript.raised is not None
    assert transcript.raised["types"][0] == "builtins.ValueError"


def test_the_state_of_the_lifespan_is_copied_for_each_request(asgi: Framework) -> None:
    assert asgi.http("GET", "/").scope["state"] == {}
    with asgi.fresh(state=False) as instance:
        assert "state" not in instance.http("GET", "/").scope
    with asgi.fresh(lifespan=False) as instance:
        assert instance.http("GET", "/started").text == "not started"


def test_the_trace_has_messages_of_both_sides_in_order(asgi: Framework) -> None:
    trace = asgi.http("POST", "/echo", body=[b"a", b"b"]).trace

    assert [(side, message["type"]) for side, message in trace] == [
        ("receive", "http.request"),
        ("receive", "http.request"),
        ("send", "http.response.start"),
        ("send", "http.response.body"),
    ]


def test_disconnect_comes_when_its_condition_holds(asgi: Framework) -> None:
    with asgi.open("GET", "/disconnected", disconnect=at_gate("gone")) as conversation:
        conversation.wait("waiting for the disconnect")
        conversation.open_gate("gone")
        transcript = conversation.finish()

    assert transcript.noted("disconnected")
    assert [message["type"] for message in transcript.received] == ["http.request", "http.disconnect"]


def test_send_raises_an_oserror_when_the_client_is_gone(asgi: Framework) -> None:
    transcript = asgi.http("GET", "/stream/3", gone=after_sends(2))

    assert [error["by"] for error in transcript.of("raised")] == ["send", "application"]
    assert "builtins.OSError" in transcript.of("raised")[0]["types"]
    assert transcript.noted("stream closed")
    assert len(transcript.of("sent")) == 2


def test_a_send_can_be_held_back(asgi: Framework) -> None:
    with asgi.open("GET", "/large/200000", pauses={1: "drained"}) as conversation:
        conversation.wait_sends(1)
        conversation.line.until(lambda: len(conversation.transcript.sent) == 2, "second message")
        assert asgi.http("GET", "/").status == 200
        assert len(conversation.transcript.sent) == 2
        assert len(conversation.finish().body) == 200000


def test_the_application_can_be_cancelled(asgi: Framework) -> None:
    with asgi.open("GET", "/stream/2", cancel=at_gate("cancel")) as conversation:
        conversation.wait_gate("part-1")
        conversation._driver.tell(do="open", exchange=conversation.name, gate="cancel")
        conversation.wait("cancelled")
        conversation.line.wait_end()

    transcript = conversation.transcript
    assert transcript.raised is not None
    assert transcript.raised["types"][0].endswith("CancelledError")
    assert transcript.noted("stream closed")


def test_any_script_can_be_played(asgi: Framework) -> None:
    events = [step({"type": "http.request"}), step({"type": "http.request", "body": b"never taken"}, NEVER)]

    transcript = asgi.http("POST", "/echo", events=events)

    assert transcript.body == b""
    assert transcript.undelivered == 1


def test_a_websocket_is_held_to_its_end(asgi: Framework) -> None:
    transcript = asgi.websocket("/ws/echo", messages=["one", b"two"])

    assert transcript.messages == ["one", b"two"]
    assert transcript.received[-1] == {"type": "websocket.disconnect", "code": 1000, "reason": ""}
    assert transcript.returned


def test_after_the_application_s_close_comes_nothing_but_the_disconnect(asgi: Framework) -> None:
    transcript = asgi.websocket("/ws/close/4001", messages=["unread"])

    assert transcript.sent[-1] == {"type": "websocket.close", "code": 4001, "reason": "bye"}
    assert [message["type"] for message in transcript.received] == ["websocket.connect"]


def test_subprotocols_are_offered(asgi: Framework) -> None:
    transcript = asgi.websocket("/ws/subprotocol", subprotocols=["one", "two"])

    assert transcript.scope["subprotocols"] == ["one", "two"]
    assert transcript.sent[0]["subprotocol"] == "one"


def test_a_lifespan_is_held_with_a_fresh_instance(asgi: Framework) -> None:
    transcript = asgi.lifespan(scope={"state": ABSENT})

    assert [message["type"] for message in transcript.sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
    assert (transcript.noted("startup"), transcript.noted("shutdown")) == (True, True)


def test_the_lifespan_goes_around_the_conversations(asgi: Framework) -> None:
    with asgi.fresh() as instance:
        assert instance.http("GET", "/started").text == "started"
        assert not instance.lifespan_so_far.noted("shutdown")
        assert instance.shut_down().noted("shutdown")


# WSGI


def test_variables_can_be_absent(wsgi: Framework) -> None:
    left_out = dict.fromkeys(("QUERY_STRING", "SCRIPT_NAME", "REMOTE_ADDR"), ABSENT)

    transcript = wsgi.http("GET", "/inspect", environ=left_out | {"SERVER_NAME": "here"})

    assert not left_out.keys() & transcript.scope.keys()
    assert transcript.json()["client"] is None


def test_fields_of_one_name_are_joined(wsgi: Framework) -> None:
    fields = [("X-A", "1"), ("X-A", "2"), ("Cookie", "a=1"), ("Cookie", "b=2")]

    environ = wsgi.http("GET", "/", headers=fields).scope

    assert (environ["HTTP_X_A"], environ["HTTP_COOKIE"]) == ("1,2", "a=1; b=2")


def test_iteration_stops_early_and_closes(wsgi: Framework) -> None:
    transcript = wsgi.http("GET", "/stream/5", stop=1)

    assert transcript.blocks == [b"part-0\n"]
    assert transcript.noted("stream closed")
    assert len(transcript.of("close")) == 1
    assert not transcript.noted("exhausted")


def test_the_server_can_wait_after_a_block(wsgi: Framework) -> None:
    with wsgi.open("GET", "/large/200000", pauses={0: "sent"}) as conversation:
        conversation.wait_blocks(1)
        assert wsgi.http("GET", "/").status == 200
        assert len(conversation.transcript.blocks) == 1
        assert len(conversation.finish().body) == 200000


INPUT = """
def wsgi(environ, start_response):
    stream, errors = environ["wsgi.input"], environ["wsgi.errors"]
    start_response("200 OK", [])
    try:
        got = eval(environ["PATH_INFO"].lstrip("/"), {"stream": stream, "errors": errors})
    except Exception as error:
        got = type(error).__name__
    return [repr(got).encode()]
"""


@pytest.fixture(scope="module")
def uses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Framework]:
    """An application that evaluates its path, with `stream` and `errors`."""
    app = tmp_path_factory.mktemp("uses") / "uses.py"
    app.write_text(INPUT)
    with launched("wsgi", app) as framework:
        yield framework


@pytest.mark.parametrize(
    ("expression", "stream", "result"),
    [
        ("stream.read(3)", {}, b"on\n"),
        ("stream.read(4)", {}, b"on\ne"),
        ("stream.read(4)", {"short": True}, b"on\n"),
        ("stream.read()", {}, b"on\netwo\n\nend"),
        ("stream.read()", {"bare": True}, "TypeError"),
        ("stream.read(12), stream.read(1)", {}, (b"on\netwo\n\nend", b"")),
        ("stream.read(13)", {"beyond": "raise"}, "OSError"),
        ("stream.readline(), stream.readline()", {}, (b"on\n", b"etwo\n")),
        ("stream.readline(2)", {}, b"on"),
        ("stream.readline(2)", {"bare": True}, "TypeError"),
        ("stream.readlines(1)", {}, [b"on\n", b"etwo\n", b"\n", b"end"]),
        ("list(stream)", {}, [b"on\n", b"etwo\n", b"\n", b"end"]),
        ("stream.seek(0)", {}, "AttributeError"),
        ("errors.write(b'x')", {}, "TypeError"),
    ],
)
def test_the_input_behaves_as_strictly_as_it_is_told_to(
    uses: Framework, expression: str, stream: dict[str, Any], result: object
) -> None:
    parts = [b"on\n", b"etwo\n\n", b"end"]

    transcript = uses.http("POST", "/" + expression.replace(" ", "%20"), body=parts, input=stream)

    assert transcript.text == repr(result), transcript.seen(repr(result))


def test_every_use_of_the_streams_is_noted(uses: Framework) -> None:
    transcript = uses.http(
        "POST", "/stream.read(2),hasattr(stream,'close'),errors.write('x'),errors.flush()", body=b"body"
    )

    assert transcript.of("input") == [{"method": "read", "args": [2], "returned": 2, "position": 0}]
    assert transcript.of("input attribute") == ["close"]
    assert transcript.of("errors") == [{"method": "write", "text": "x"}, {"method": "flush"}]


# What is wrong with the application

_WRONG = {
    "imports nothing": ("import nothing_of_that_name", "nothing_of_that_name"),
    "is missing": ("wsgi = None", "no attribute 'asgi'"),
    "exits": ("import os\nos._exit(3)", "exit code|code 3"),
}


@pytest.mark.parametrize("name", _WRONG)
def test_an_application_that_cannot_be_imported_is_said_to_be_so(tmp_path: Path, name: str) -> None:
    source, message = _WRONG[name]
    app = tmp_path / "wrong.py"
    app.write_text(source)

    with launched("asgi", app) as framework, pytest.raises(TargetDied, match=message):
        framework.ready()


def test_an_application_that_fails_the_preflight_is_said_to_be_so(tmp_path: Path) -> None:
    app = tmp_path / "wrong.py"
    app.write_text("async def asgi(scope, receive, send):\n    raise ValueError('never mind')\n")

    with launched("asgi", app) as framework, pytest.raises(AssertionError, match="never mind"):
        framework.ready()


HOSTILE = """
import os, time
async def asgi(scope, receive, send):
    if scope["type"] == "lifespan":
        raise ValueError("no lifespan")
    if scope["path"] == "/die":
        os._exit(7)
    if scope["path"] == "/hang":
        await receive()
        await receive()
    if scope["path"] == "/block":
        time.sleep(60)
    await receive()
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"pre-flight"})
"""


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Framework]:
    """An application that dies, hangs or blocks, and a host that waits for no more than a second."""
    app = tmp_path / "hostile.py"
    app.write_text(HOSTILE)
    with launched("asgi", app) as framework:
        framework.ready()
        monkeypatch.setenv("COMPLIANCE_PATIENCE", "0.03")
        yield framework


def test_a_process_that_dies_is_target_died_and_the_next_check_gets_a_new_one(hostile: Framework) -> None:
    with pytest.raises(TargetDied, match="ended with exit code 7"):
        hostile.http("GET", "/die")

    assert hostile.ready().http("GET", "/").status == 200


@pytest.mark.parametrize("path", ["/hang", "/block"])
def test_an_application_that_hangs_is_silence_and_the_next_check_gets_a_new_one(
    hostile: Framework, path: str
) -> None:
    with pytest.raises(Silence):
        hostile.http("GET", path, disconnect=NEVER)

    assert hostile.ready().http("GET", "/").status == 200


def test_nothing_is_left_when_the_framework_stops() -> None:
    with launched("asgi") as framework:
        framework.http("GET", "/")
        line = socket.fromfd(framework.main.control.fileno(), socket.AF_UNIX, socket.SOCK_STREAM)

    with line:
        line.settimeout(10)
        assert line.recv(1) == b"", "the child's end of the line is open"


# Transcripts


def test_evidence_has_the_shape_of_the_results(framework: Framework) -> None:
    framework.http("POST", "/echo", body=b"x")

    evidence = framework.evidence()

    assert evidence is not None
    assert {"sent", "received", "events", "log"} == evidence.keys()
    assert all(isinstance(at, float) and isinstance(text, str) for at, text in evidence["sent"])
    assert all(len(row) == 4 for row in evidence["events"])


def test_a_shortened_value_is_restored_to_its_length() -> None:
    short = {"shortened": "bytes", "length": 5000, "sha256": "…", "head": b"head"}

    assert restored([{"body": short}]) == [{"body": b"head" + bytes(4996)}]


def test_an_empty_transcript_has_seen_nothing() -> None:
    transcript = Transcript([])

    assert (transcript.status, transcript.headers, transcript.body) == (None, [], b"")
    assert transcript.seen("an answer") == "saw nothing; expected an answer"


# Liars


def _liars() -> dict[str, str]:
    sources = (path.read_text() for path in sorted(BARE.app.parent.glob("*_liars.py")))
    told = re.compile(r'@liar\(\s*"(.+?)"[^@]*?\)\nclass (\w+)')
    return {name: id_ for text in sources for id_, name in told.findall(text)}


def test_every_liar_breaks_a_requirement_of_the_registry() -> None:
    assert len(_liars()) > 150
    for name, requirement in _liars().items():
        assert get(requirement), name


def _wsgi_start(transcript: Transcript) -> Any:
    return transcript.of("start_response")[0]


@pytest.mark.parametrize(
    ("liar", "request_", "lie"),
    [
        (
            "KeywordStart",
            {"target": "/nothing"},
            lambda t: _wsgi_start(t)["keywords"] == ["headers", "status"],
        ),
        ("HeadersTuple", {}, lambda t: isinstance(_wsgi_start(t)["headers"], tuple)),
        ("StartsTwice", {}, lambda t: t.noted("refused")),
        ("TextBlocks", {}, lambda t: t.blocks == ["hello"]),
        ("WrongLength", {}, lambda t: t.of("iterable")[0]["len"] == 2),
        ("ReturnsNone", {"target": "/nothing"}, lambda t: t.raised["by"] == "iter"),
        ("UsesWrite", {}, lambda t: t.of("write") == [b"hello"]),
        ("NoCleanUp", {"target": "/stream/3", "stop": 1}, lambda t: not t.of("close")),
        ("LetsErrorsOut", {"target": "/raise"}, lambda t: t.raised["by"] == "application"),
        ("TrapsExcInfo", {"target": "/stream-raise"}, lambda t: t.noted("trapped")),
        ("SeeksInput", {"method": "POST", "target": "/echo"}, lambda t: t.of("input attribute") == ["seek"]),
        ("ReadsBeyond", {"method": "POST", "target": "/echo"}, lambda t: t.of("input")[0]["args"] == [1]),
    ],
)
def test_a_lie_about_wsgi_is_in_the_transcript(
    liar: str, request_: dict[str, Any], lie: Callable[[Transcript], bool]
) -> None:
    with launched("wsgi", COMPLIANCE_BARE_LIAR=liar) as framework:
        assert lie(framework.http(**request_))


@pytest.mark.parametrize(
    ("liar", "request_", "lie"),
    [
        ("StatusOfText", {}, lambda t: t.start["status"] == "200"),
        ("BodyOfBytearray", {}, lambda t: isinstance(t.blocks[0], bytearray)),
        ("SetInMessage", {}, lambda t: t.start["note"].type == "builtins.set"),
        ("MessageOfPairs", {}, lambda t: isinstance(t.sent[-1], list)),
        ("NoFinalBody", {}, lambda t: t.sent[-1]["more_body"] and t.returned),
        ("NeedsClient", {"scope": {"client": ABSENT}}, lambda t: t.raised["types"][0] == "builtins.KeyError"),
        ("ChangesTheScope", {}, lambda t: t.of("scope changed") == [["compliance.changed"]]),
        (
            "FirstPartOnly",
            {"method": "POST", "target": "/echo", "body": [b"a", b"b"]},
            lambda t: t.body == b"a",
        ),
    ],
)
def test_a_lie_about_asgi_is_in_the_transcript(
    liar: str, request_: dict[str, Any], lie: Callable[[Transcript], bool]
) -> None:
    with launched("asgi", COMPLIANCE_BARE_LIAR=liar) as framework:
        assert lie(framework.http(**request_))
