"""ASGI, the base specification: how an application is called, and what scopes and events are made of."""

import math
from collections.abc import Iterator
from typing import Any

from compliance.channel import Items
from compliance.expect import Observe, built_in, saw
from compliance.guest.apps import asgi_core, default
from compliance.requirements import requirement
from compliance.server import Server

PLAIN = {"bytes", "str", "int", "float", "list", "dict", "bool", "NoneType"}
HOLDERS = (list, tuple, Items)
TEXTS = ("type", "http_version", "method", "scheme", "path", "root_path")


def scope_of(server: Server) -> dict[Any, Any]:
    """The scope of a request that has a body and a query."""
    scope: dict[Any, Any] = server.call("POST", "/a%20path?query", body=b"body").value("scope")
    return scope


def asgi_of(server: Server) -> dict[Any, Any]:
    """What the scope has under the key asgi, {} for anything that is no dict."""
    asgi = scope_of(server).get("asgi")
    return asgi if isinstance(asgi, dict) else {}


def events_of(server: Server) -> list[Any]:
    """All events of a request with a body whose client leaves without waiting for the answer."""
    with server.open("POST", "/events", app=asgi_core.all_events, body=b"body") as exchange:
        exchange.wait("event")
        server.fence(default.http)
        exchange.connection.close()
        return exchange.values("event")


def dicts_of(server: Server) -> list[dict[Any, Any]]:
    """Those of the events that are dicts; that all are is a check of its own."""
    return [event for event in events_of(server) if isinstance(event, dict)]


def walk(value: Any) -> Iterator[Any]:
    """The value and all that is in it, but for the keys of dicts."""
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, HOLDERS) else ()
    for item in inner:
        yield from walk(item)


def keys_in(value: Any) -> list[Any]:
    """The keys of all dicts in the value."""
    return [key for item in walk(value) if isinstance(item, dict) for key in item]


def without_state(scope: dict[Any, Any]) -> dict[Any, Any]:
    """The scope without the state, whose contents are the application's."""
    return {key: value for key, value in scope.items() if key != "state"}


# The call


@requirement("asgi.core.app.event_loop")
def test_the_application_can_use_the_event_loop(server: Server) -> None:
    """Inside the application tasks run, timeouts come, and the current task is known, as in any program."""
    done = server.call("GET", "/loop", app=asgi_core.uses_the_loop).value("done")
    assert done == ["task", "timeout", "current task"], saw(
        done, "a task that ran, a timeout, a current task"
    )


@requirement("asgi.core.app.main_thread")
def test_the_application_runs_on_the_main_thread(server: Server, observe: Observe) -> None:
    """The overview speaks of the main thread in passing, so it is recorded only."""
    found = server.call("GET", "/", app=asgi_core.uses_the_loop).value("main thread")
    observe(found)
    assert found is True, saw(found, "True, the main thread")


@requirement("asgi.core.app.lifetime_cleanup")
def test_the_application_may_clean_up_after_its_response(server: Server) -> None:
    """The call goes on when its response is complete and the client has left."""
    with server.open("GET", "/", app=asgi_core.cleans_up_after_a_response) as exchange:
        assert exchange.status == 200, exchange.seen("200")
        exchange.connection.close()
        server.fence(default.http)
        exchange.open_gate("gone")
        exchange.wait("cleaned up")


@requirement("asgi.core.app.lifetime_cleanup")
def test_the_application_may_clean_up_after_a_disconnect(server: Server) -> None:
    """The call is not ended at the moment when the client leaves early."""
    with server.open("GET", "/", app=asgi_core.cleans_up_after_a_disconnect) as exchange:
        exchange.wait("waits")
        exchange.connection.close()
        exchange.wait("cleaned up")


@requirement("asgi.core.receive.waits")
def test_a_cancelled_receive_loses_nothing(server: Server) -> None:
    """When the application stops waiting for receive(), as with a timeout, the next call gives the event."""
    with server.prepare(asgi_core.impatient, method="POST") as exchange:
        exchange.send(b"POST / HTTP/1.1\r\nHost: testserver\r\n" + exchange.field)
        exchange.send(b"Content-Length: 4\r\n\r\n")
        wait_if_called(server, exchange, "first")
        exchange.send(b"body")
        body = exchange.finish().value("body")
    assert body == b"body", saw(body, "b'body'")


def wait_if_called(server: Server, exchange: Any, name: str) -> None:
    """Wait for a note of the application, if it is called soon, and for the end of all that led to it."""
    for _ in range(3):
        server.fence(default.http)
        if server.calls(exchange):
            exchange.wait(name)
            break
    server.fence(default.http)


# The scope


@requirement("asgi.core.scope.is_dict")
def test_the_scope_is_a_dict(server: Server) -> None:
    """scope is a dict, or of a class that inherits from dict."""
    found = server.call("GET", "/", app=asgi_core.kinds).value("is a dict")
    assert found is True, saw("a scope that is no dict", "a dict")


@requirement("asgi.core.scope.keys_are_str")
def test_all_keys_of_the_scope_are_str(server: Server) -> None:
    """The keys of the scope, and of the dicts in it, are str."""
    odd = [key for key in keys_in(without_state(scope_of(server))) if type(key) is not str]
    assert not odd, saw(odd, "str keys only")


@requirement("asgi.core.scope.type_present")
def test_the_scope_has_a_type(server: Server) -> None:
    """The key type is always there."""
    scope = scope_of(server)
    assert "type" in scope, saw(sorted(scope), "the key 'type'")


@requirement("asgi.core.scope.type_str")
def test_the_type_of_the_scope_is_a_str(server: Server) -> None:
    """type is a str."""
    kind = scope_of(server).get("type", "")
    assert type(kind) is str, saw(kind, "a str")


@requirement("asgi.core.scope.asgi_present")
def test_the_scope_has_a_dict_about_asgi(server: Server) -> None:
    """The key asgi is there and holds a dict."""
    asgi = scope_of(server).get("asgi")
    assert built_in(asgi) == "dict", saw(asgi, "a dict")


@requirement("asgi.core.scope.asgi_version_present")
def test_the_version_of_asgi_is_3(server: Server) -> None:
    """A server that calls the application with three arguments names the version that brought this: 3.0."""
    version = asgi_of(server).get("version")
    assert version == "3.0", saw(version, "'3.0'")


@requirement("asgi.core.scope.spec_version_optional")
def test_the_spec_version_is_a_str(server: Server, observe: Observe) -> None:
    """spec_version may be absent; it is recorded."""
    spec_version = asgi_of(server).get("spec_version", "absent")
    observe(spec_version)
    assert type(spec_version) is str, saw(spec_version, "a str")


@requirement("asgi.core.types.str_exact")
def test_texts_in_the_scope_are_str(server: Server) -> None:
    """What the specification calls a Unicode string is of type str itself."""
    scope = scope_of(server)
    hosts = [pair[0] for pair in (scope.get("client"), scope.get("server")) if isinstance(pair, list | tuple)]
    odd = [value for value in [*(scope.get(key, "") for key in TEXTS), *hosts] if type(value) is not str]
    assert not odd, saw(odd, "values of type str only")


@requirement("asgi.core.types.bytes_exact")
def test_byte_strings_are_bytes(server: Server) -> None:
    """What the specification calls a byte string is of type bytes itself, in the scope and in events."""
    scope = scope_of(server)
    values = [scope.get("raw_path") or b"", scope.get("query_string"), *walk(scope.get("headers", []))]
    values += [event.get("body", b"") for event in dicts_of(server)]
    odd = [value for value in values if not isinstance(value, HOLDERS) and type(value) is not bytes]
    assert not odd, saw(odd, "values of type bytes only")


@requirement("asgi.core.event.tuples_as_lists")
def test_sequences_in_the_scope_are_lists(server: Server, observe: Observe) -> None:
    """Whether pairs come as lists or as tuples is recorded: the texts contradict each other."""
    scope = scope_of(server)
    headers = scope.get("headers")
    found = {key: built_in(scope.get(key)) for key in ("headers", "client", "server")}
    observe(found | {"header": built_in(headers[0]) if isinstance(headers, list | tuple) else "unknown"})


@requirement("asgi.core.ext.extensions_is_dict")
def test_extensions_are_a_dict(server: Server) -> None:
    """extensions, if present, is a dict; None is taken for an absent one."""
    extensions = scope_of(server).get("extensions") or {}
    assert built_in(extensions) == "dict", saw(extensions, "a dict")


@requirement("asgi.core.ext.entry_is_dict")
def test_each_extension_is_a_dict(server: Server) -> None:
    """The entry of each extension in the scope is a dict."""
    extensions = scope_of(server).get("extensions")
    entries = extensions if isinstance(extensions, dict) else {}
    odd = {name: entry for name, entry in entries.items() if built_in(entry) != "dict"}
    assert not odd, saw(odd, "dicts only")


# The events


@requirement("asgi.core.event.is_dict")
def test_events_are_dicts(server: Server) -> None:
    """Each event from receive() is a dict."""
    events = events_of(server)
    assert {built_in(event) for event in events} == {"dict"}, saw(events, "dicts only")


@requirement("asgi.core.event.type_present")
def test_events_have_a_type(server: Server) -> None:
    """Each event has the key type, which holds a str."""
    odd = [event for event in dicts_of(server) if type(event.get("type")) is not str]
    assert not odd, saw(odd, "a str as type of each")


@requirement("asgi.core.event.type_namespaced")
def test_the_types_of_events_begin_with_that_of_the_scope(server: Server) -> None:
    """The type of each event is that of the scope, a full stop, and a name."""
    types = [str(event.get("type")) for event in dicts_of(server)]
    assert all(kind.startswith("http.") for kind in types), saw(types, "types that begin with 'http.'")


@requirement("asgi.core.event.value_types")
def test_events_hold_plain_values(server: Server, observe: Observe) -> None:
    """Events hold bytes, str, int, float, list, dict, bool and None, and nothing else."""
    odd = [value for event in events_of(server) for value in walk(event) if type(value).__name__ not in PLAIN]
    observe(odd)
    assert not odd, saw(odd, "plain values only")


@requirement("asgi.core.event.dict_keys_str")
def test_the_keys_of_events_are_str(server: Server) -> None:
    """The keys of events, and of the dicts in them, are str."""
    odd = [key for key in keys_in(events_of(server)) if type(key) is not str]
    assert not odd, saw(odd, "str keys only")


@requirement("asgi.core.event.int_range")
def test_integers_in_events_have_64_bits(server: Server) -> None:
    """Integers in events fit into 64 bits with a sign."""
    odd = [n for n in walk(events_of(server)) if isinstance(n, int) and not -(1 << 63) <= n < 1 << 63]
    assert not odd, saw(odd, "no integer beyond 64 bits")


@requirement("asgi.core.event.float_finite")
def test_floats_in_events_are_finite(server: Server) -> None:
    """No float in an event is infinite, or not a number."""
    odd = [
        number
        for number in walk(events_of(server))
        if isinstance(number, float) and not math.isfinite(number)
    ]
    assert not odd, saw(odd, "finite floats only")
