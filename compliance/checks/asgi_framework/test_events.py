"""ASGI: what an application may put into the messages that it sends, over HTTP and WebSocket."""

from collections.abc import Iterator
from typing import Any

from compliance.channel import Other
from compliance.contract import Traffic, breaches, everything, http, sent
from compliance.expect import Observe, saw
from compliance.framework import Framework
from compliance.requirements import requirement


def parts(value: Any) -> Iterator[Any]:
    """A value and all that it holds, keys included."""
    yield value
    inner = [*value, *value.values()] if isinstance(value, dict) else value
    if isinstance(inner, list | tuple):
        for part in inner:
            yield from parts(part)


def of_subclasses(traffic: Traffic, base: str) -> list[str]:
    """The values in messages that are instances of a subclass of this built-in type."""
    return [
        f"{asked}: {part.value!r} of type {part.type}"
        for asked, message in sent(traffic)
        for part in parts(message)
        if isinstance(part, Other) and part.base == base
    ]


def strange_types(asked: str, message: Any) -> list[str]:
    """The message's type, if it is text that belongs to another protocol than that of the scope."""
    kind = message.get("type") if isinstance(message, dict) else None
    protocol = "websocket." if asked.startswith("WebSocket") else "http."
    return [f"{asked}: {kind}"] if isinstance(kind, str) and not kind.startswith(protocol) else []


@requirement("asgi.core.event.is_dict")
def test_every_message_is_a_dict(framework: Framework) -> None:
    """What is given to `send` is a dict."""
    broken = breaches(everything(framework), "asgi.core.event.is_dict")
    assert not broken, saw(broken, "dicts")


@requirement("asgi.core.event.type_present")
def test_every_message_has_a_type(framework: Framework) -> None:
    """Every message has a `type`, which is text."""
    broken = breaches(everything(framework), "asgi.core.event.type_present")
    assert not broken, saw(broken, "a str under the key `type` of every message")


@requirement("asgi.core.event.type_namespaced")
def test_every_type_begins_with_the_scope_s_type(framework: Framework) -> None:
    """The type of every message is that of the scope, a dot, and a name."""
    traffic = everything(framework)
    broken = [found for asked, message in sent(traffic) for found in strange_types(asked, message)]
    assert not broken, saw(broken, "types of the protocol of the scope")


@requirement("asgi.core.event.value_types")
def test_every_value_could_be_sent_over_a_network(framework: Framework) -> None:
    """Messages hold bytes, text, numbers, lists, dicts, bools and None, and tuples in the place of lists."""
    broken = breaches(everything(framework), "asgi.core.event.value_types")
    assert not broken, saw(broken, "values of the built-in types")


@requirement("asgi.core.event.int_range")
def test_integers_fit_into_64_bits(framework: Framework) -> None:
    """Integers in messages are signed 64-bit numbers."""
    broken = breaches(everything(framework), "asgi.core.event.int_range")
    assert not broken, saw(broken, "integers from -2**63 up to 2**63 - 1")


@requirement("asgi.core.event.float_finite")
def test_floats_are_finite(framework: Framework) -> None:
    """Floats in messages are neither infinite nor NaN."""
    broken = breaches(everything(framework), "asgi.core.event.float_finite")
    assert not broken, saw(broken, "finite floats")


@requirement("asgi.core.event.dict_keys_str")
def test_keys_are_text(framework: Framework) -> None:
    """The keys of messages are str."""
    broken = breaches(everything(framework), "asgi.core.event.dict_keys_str")
    assert not broken, saw(broken, "keys of type str")


@requirement("asgi.core.event.tuples_as_lists")
def test_what_sequences_are_encoded_as(framework: Framework, observe: Observe) -> None:
    """Whether headers are lists or tuples, and of what, is recorded."""
    headers = [t.start["headers"] for t in http(framework).values() if t.start and t.start.get("headers")]
    pairs = {type(pair).__name__ for given in headers if isinstance(given, list | tuple) for pair in given}
    observe({"headers": sorted({type(given).__name__ for given in headers}), "of": sorted(pairs)})


@requirement("asgi.core.types.bytes_exact")
def test_byte_strings_are_of_no_subclass(framework: Framework) -> None:
    """Where a message holds a byte string, its type is bytes itself."""
    broken = of_subclasses(everything(framework), "bytes")
    assert not broken, saw(broken, "byte strings of the type bytes")


@requirement("asgi.core.types.str_exact")
def test_text_is_of_no_subclass(framework: Framework) -> None:
    """Where a message holds text, its type is str itself."""
    broken = of_subclasses(everything(framework), "str")
    assert not broken, saw(broken, "text of the type str")
