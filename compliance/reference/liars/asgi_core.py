"""Lies about the scope as such and the events as such."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Any

from compliance.reference.asgi import Message
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.liar import liar


class _Scope(HTTPCycle):
    """What the lies about the scope as such have in common: the application gets another one."""

    def other(self, scope: dict[str, Any]) -> Any:
        """The lie."""
        raise NotImplementedError

    async def call_application(self, scope: dict[str, Any]) -> None:
        """Call it with the other scope."""
        await super().call_application(self.other(scope))


class _Event(HTTPCycle):
    """What the lies about events as such have in common: for one path they are others."""

    def other(self, message: Message) -> Any:
        """The lie."""
        raise NotImplementedError

    async def receive(self) -> Message:
        """Another event, for the path that checks of events ask for."""
        message = await super().receive()
        return self.other(message) if self.request.raw_path == b"/events" else message


class Text(str):
    """A str that is no str itself."""

    __slots__ = ()


# The scope


@liar(
    catches=[
        "test_the_scope_is_a_dict",
        "test_an_application_of_asgi_2_is_called_twice",
        "test_the_application_is_called_with_scope_receive_and_send",
    ]
)
class ScopeIsNoDict(_Scope):
    """The scope is a mapping that is no dict."""

    def other(self, scope: dict[str, Any]) -> Any:
        """Read only, where our apps do not write to it."""
        writes = b"isolation.marks" in b"".join(self.request.values(b"compliance"))
        return scope if writes else MappingProxyType(scope)


@liar(catches=["test_all_keys_of_the_scope_are_str", "test_a_scope_holds_nothing_beyond_the_specification"])
class KeyInBytes(_Scope):
    """A key of the scope is bytes."""

    def other(self, scope: dict[str, Any]) -> Any:
        """One more key."""
        return {**scope, b"peer": None}


@liar(
    catches=[
        "test_the_scope_has_a_type",
        "test_the_type_is_http",
        "test_the_scope_of_asgi_2_means_the_same",
    ]
)
class NoType(_Scope):
    """The scope has no type."""

    def other(self, scope: dict[str, Any]) -> Any:
        """Without it."""
        return {key: value for key, value in scope.items() if key != "type"}


@liar(
    catches=[
        "test_the_type_of_the_scope_is_a_str",
        "test_texts_in_the_scope_are_str",
        "test_the_type_is_http",
        "test_the_scope_of_asgi_2_means_the_same",
    ]
)
class TypeOfAnotherKind(_Scope):
    """type is no str itself, but of a class that inherits from it."""

    def other(self, scope: dict[str, Any]) -> Any:
        """In another class."""
        return {**scope, "type": Text("http")}


@liar(catches=["test_texts_in_the_scope_are_str", "test_the_scheme_of_a_plain_connection_is_http"])
class SchemeOfAnotherKind(HTTPCycle):
    """scheme is no str itself, but of a class that inherits from it."""

    def scheme(self) -> str:
        """In another class."""
        return Text("http")


@liar(
    catches=[
        "test_the_scope_has_a_dict_about_asgi",
        "test_the_version_of_asgi_is_a_str",
        "test_the_version_of_asgi_is_3",
        "test_an_error_after_a_disconnect_is_of_the_server_s_own_class",
        "test_send_raises_nothing_but_an_oserror_after_a_disconnect",
        "test_send_returns_after_a_disconnect",
    ]
)
class NoVersions(_Scope):
    """The scope has no key asgi."""

    def other(self, scope: dict[str, Any]) -> Any:
        """Without it."""
        return {key: value for key, value in scope.items() if key != "asgi"}


@liar(catches=["test_the_version_of_asgi_is_3"])
class VersionTwo(HTTPCycle):
    """An application of ASGI 3 is told that this is 2.0."""

    def versions(self) -> dict[str, Any]:
        """The old version."""
        return {"asgi": {"version": "2.0", "spec_version": "2.5"}}


@liar(catches=["test_the_spec_version_is_a_str"])
class NumericSpecVersion(_Scope):
    """spec_version is a number."""

    def other(self, scope: dict[str, Any]) -> Any:
        """A float, where our apps do not ask for it."""
        return {**scope, "asgi": {**scope["asgi"], "spec_version": 2.5 if self.request.query else "2.5"}}


@liar(catches=["test_sequences_in_the_scope_are_lists"])
class Tuples(HTTPCycle):
    """client and server are tuples."""

    def addresses(self) -> dict[str, Any]:
        """As tuples."""
        return {"client": self.request.client, "server": self.request.server}


@liar(catches=["test_extensions_are_a_dict"])
class ListOfExtensions(_Scope):
    """extensions is a list of names."""

    def other(self, scope: dict[str, Any]) -> Any:
        """Their names."""
        return {**scope, "extensions": list(scope["extensions"])}


@liar(catches=["test_each_extension_is_a_dict"])
class TrueExtensions(_Scope):
    """The entry of an extension is true."""

    def other(self, scope: dict[str, Any]) -> Any:
        """Not dicts."""
        return {**scope, "extensions": dict.fromkeys(scope["extensions"], True)}


# The events


@liar(catches=["test_events_are_dicts"])
class EventsAreNoDicts(_Event):
    """Events are mappings that are no dicts."""

    def other(self, message: Message) -> Any:
        """Read only."""
        return MappingProxyType(message)


@liar(catches=["test_events_have_a_type", "test_the_types_of_events_begin_with_that_of_the_scope"])
class EventWithoutType(_Event):
    """The event of a body has no type."""

    def other(self, message: Message) -> Any:
        """Without it, but for the disconnect."""
        return message if message["type"] == "http.disconnect" else {**message, "type": None}


@liar(catches=["test_the_types_of_events_begin_with_that_of_the_scope"])
class BareType(_Event):
    """The type of the event of a body has no full stop."""

    def other(self, message: Message) -> Any:
        """The last part of the type, but for the disconnect."""
        return message if message["type"] == "http.disconnect" else {**message, "type": "request"}


@liar(catches=["test_events_hold_plain_values"])
class SetInEvent(_Event):
    """An event holds a set."""

    def other(self, message: Message) -> Any:
        """With one more key."""
        return {**message, "flags": {"last"}}


@liar(catches=["test_the_keys_of_events_are_str"])
class NumberedKey(_Event):
    """A key of an event is a number."""

    def other(self, message: Message) -> Any:
        """With one more key."""
        return {**message, 1: None}


@liar(catches=["test_integers_in_events_have_64_bits"])
class LongInteger(_Event):
    """An event holds an integer of 65 bits."""

    def other(self, message: Message) -> Any:
        """With one more key."""
        return {**message, "stream": 1 << 64}


@liar(catches=["test_floats_in_events_are_finite"])
class InfiniteFloat(_Event):
    """An event holds an infinite float."""

    def other(self, message: Message) -> Any:
        """With one more key."""
        return {**message, "deadline": math.inf}
