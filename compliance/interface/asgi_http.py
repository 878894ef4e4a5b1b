"""The HTTP protocol of ASGI as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance.interface.kinds import (
    ABSOLUTE_PATH,
    ADDRESS,
    BOOL,
    BYTES,
    BYTESTRINGS,
    DICT,
    FILE,
    HEADERS,
    INT,
    LINK_RULE,
    LISTENER,
    METHOD,
    NON_EMPTY_STR,
    OPTIONAL_BYTES,
    OPTIONAL_DICT,
    STR,
    header_rules,
    one_of,
)
from compliance.interface.model import Key, Message, Protocol, Row, Rule, table


def _asgi_version(scope: Mapping[str, Any]) -> str | None:
    version = scope["asgi"].get("version")
    return None if isinstance(version, str) else f"asgi['version'] is {version!r}"


def _spec_version(scope: Mapping[str, Any]) -> str | None:
    version = scope["asgi"].get("spec_version", "2.0")
    return None if isinstance(version, str) else f"asgi['spec_version'] is {version!r}"


def _extension_entries(scope: Mapping[str, Any]) -> str | None:
    wrong = [name for name, entry in (scope.get("extensions") or {}).items() if not isinstance(entry, dict)]
    return f"the entries of {wrong!r} are no dicts" if wrong else None


def common_rules(area: str) -> tuple[Rule, ...]:
    """What every scope owes besides the kinds of its values; `area` is "asgi.http.scope" and the like."""
    return (
        Rule("asgi.core.scope.asgi_version_present", _asgi_version),
        Rule(f"{area}.spec_version", _spec_version),
        Rule("asgi.core.ext.entry_is_dict", _extension_entries),
    )


SCOPE = (
    Key("type", one_of("http"), "asgi.http.scope.type", required=True),
    Key("asgi", DICT, "asgi.core.scope.asgi_present", required=True),
    Key("http_version", one_of("1.0", "1.1", "2", "3"), "asgi.http.scope.http_version", required=True),
    Key("method", METHOD, "asgi.http.scope.method", required=True),
    Key("scheme", NON_EMPTY_STR, "asgi.http.scope.scheme", default="http"),
    Key("path", STR, "asgi.http.scope.path_type", required=True),
    Key("raw_path", OPTIONAL_BYTES, "asgi.http.scope.raw_path_type"),
    Key("query_string", BYTES, "asgi.http.scope.query_string_type", required=True),
    Key("root_path", STR, "asgi.http.scope.root_path", default=""),
    Key("headers", HEADERS, "asgi.http.scope.headers_type", required=True),
    Key("client", ADDRESS, "asgi.http.scope.client"),
    Key("server", LISTENER, "asgi.http.scope.server"),
    Key("state", DICT, "asgi.http.scope.state"),
    Key("extensions", OPTIONAL_DICT, "asgi.core.ext.extensions_is_dict"),
)

_RECEIVE = table(
    "request",
    (
        Message(
            "http.request",
            (
                Key("body", BYTES, "asgi.http.request.body_type", default=b""),
                Key("more_body", BOOL, "asgi.http.request.more_body_type", default=False),
            ),
            flag="more_body",
        ),
        Message("http.disconnect"),
    ),
    (
        Row("request", "http.request+more_body", "request", "asgi.http.request.streamed"),
        Row("request", "http.request", "complete", "asgi.http.request.more_body_final"),
        Row("request", "http.disconnect", "disconnected", "asgi.http.request.truncated_body"),
        Row("complete", "http.disconnect", "disconnected", "asgi.http.disconnect.event_type"),
        Row("complete", "http.request", None, "asgi.http.request.single_completion"),
        Row("disconnected", "http.disconnect", "disconnected", "asgi.http.disconnect.repeated"),
        Row("disconnected", "http.request", None, "asgi.http.disconnect.repeated"),
    ),
)


def _final_status(message: Mapping[str, Any]) -> str | None:
    return "the final status is {}".format(message["status"]) if 100 <= message["status"] < 200 else None


def _status_range(message: Mapping[str, Any]) -> str | None:
    return None if 100 <= message["status"] <= 599 else "the status is {}".format(message["status"])


def start_message(kind: str) -> Message:
    """http.response.start, or its twin among the denial messages of WebSocket."""
    return Message(
        kind,
        (
            Key("status", INT, "asgi.http.start.status_int", required=True),
            Key("headers", HEADERS, "asgi.http.start.headers_type_app", default=()),
            Key("trailers", BOOL, "asgi.http.start.trailers_flag_type", default=False),
        ),
        (
            Rule("rfc9110.status.range_invalid", _status_range),
            Rule("rfc9110.status.app_1xx_as_final", _final_status),
            *header_rules("asgi.http.start.no_pseudo_app", "asgi.http.start.headers_lowercase_app"),
        ),
        flag="trailers",
    )


def body_message(kind: str) -> Message:
    """http.response.body, or its twin among the denial messages of WebSocket."""
    return Message(
        kind,
        (
            Key("body", BYTES, "asgi.http.body.body_type_app", default=b""),
            Key("more_body", BOOL, "asgi.http.body.more_body_type_app", default=False),
        ),
        flag="more_body",
    )


_TRAILERS = Message(
    "http.response.trailers",
    (
        Key("headers", HEADERS, "asgi.ext.trailers.event", required=True),
        Key("more_trailers", BOOL, "asgi.ext.trailers.event", default=False),
    ),
    header_rules("asgi.ext.trailers.names_app", "asgi.ext.trailers.names_app"),
    flag="more_trailers",
    extension="http.response.trailers",
)
_EXTENSIONS = (
    Message(
        "http.response.zerocopysend",
        (
            Key("file", FILE, "asgi.ext.zerocopy.real_fd", required=True),
            Key("offset", INT, "asgi.ext.zerocopy.offset"),
            Key("count", INT, "asgi.ext.zerocopy.count"),
            Key("more_body", BOOL, "asgi.ext.zerocopy.more_body", default=False),
        ),
        flag="more_body",
        extension="http.response.zerocopysend",
    ),
    Message(
        "http.response.pathsend",
        (Key("path", ABSOLUTE_PATH, "asgi.ext.pathsend.absolute", required=True),),
        extension="http.response.pathsend",
    ),
    Message(
        "http.response.push",
        (
            Key("path", STR, "asgi.ext.push.event", required=True),
            Key("headers", HEADERS, "asgi.ext.push.event", required=True),
        ),
        extension="http.response.push",
    ),
    Message(
        "http.response.early_hint",
        (Key("links", BYTESTRINGS, "asgi.ext.earlyhint.event", required=True),),
        (LINK_RULE,),
        extension="http.response.early_hint",
    ),
    Message(
        "http.response.debug",
        (Key("info", DICT, "asgi.ext.debug.event", required=True),),
        extension="http.response.debug",
    ),
)


def _before(state: str) -> tuple[Row, ...]:
    """The rows before the start message, but for the debug message, which may come once."""
    started = "asgi.http.start.event_accepted"
    return (
        Row(state, "http.response.start+trailers", "started, with trailers", "asgi.http.start.trailers_wait"),
        Row(state, "http.response.start", "started", started),
        Row(state, "http.response.body", None, "asgi.http.start.before_body"),
        Row(state, "http.response.trailers", None, "asgi.ext.trailers.wait"),
        Row(state, "http.response.zerocopysend", None, "asgi.ext.zerocopy.timing"),
        Row(state, "http.response.pathsend", None, "asgi.ext.pathsend.after_start"),
        Row(state, "http.response.push", None, "asgi.ext.push.timing"),
        Row(state, "http.response.early_hint", state, "asgi.ext.earlyhint.timing"),
    )


def _content(begun: str, body: str, end: str, path_sent: str) -> tuple[Row, ...]:
    """The rows between the start message, which leads to `begun`, and the state `end` after the body.

    `path_sent` is the state after a body that was sent by its path.
    """
    rows = [Row(begun, "http.response.pathsend", path_sent, "asgi.ext.pathsend.completes")]
    rows += [Row(body, "http.response.pathsend", None, "asgi.ext.pathsend.not_mixed")]
    for state in (begun, body):
        rows += [
            Row(state, "http.response.body+more_body", body, "asgi.http.body.event_accepted"),
            Row(state, "http.response.body", end, "asgi.http.body.completes"),
            Row(state, "http.response.zerocopysend+more_body", body, "asgi.ext.zerocopy.mixed"),
            Row(state, "http.response.zerocopysend", end, "asgi.ext.zerocopy.more_body"),
            Row(state, "http.response.push", state, "asgi.ext.push.timing"),
            Row(state, "http.response.early_hint", state, "asgi.ext.earlyhint.timing"),
            Row(state, "http.response.start", None, "asgi.http.start.once"),
            Row(state, "http.response.debug", None, "asgi.ext.debug.event"),
        ]
    return tuple(rows)


_SENT = (start_message("http.response.start"), body_message("http.response.body"), _TRAILERS, *_EXTENSIONS)
# Nothing may be mixed with a path; what else comes is ignored, as after any end of a response.
_MIXED = {
    "http.response.pathsend": "asgi.ext.pathsend.once",
    "http.response.body": "asgi.ext.pathsend.not_mixed",
    "http.response.zerocopysend": "asgi.ext.pathsend.not_mixed",
}
_PATH_SENT = tuple(
    Row("path sent", message.type, None, _MIXED[message.type])
    if message.type in _MIXED
    else Row("path sent", message.type, "path sent", "asgi.http.body.messages_after_end_ignored")
    for message in _SENT
)
_SEND = table(
    "no response",
    _SENT,
    (
        *_before("no response"),
        *_before("debugged"),
        Row("no response", "http.response.debug", "debugged", "asgi.ext.debug.event"),
        Row("debugged", "http.response.debug", None, "asgi.ext.debug.event"),
        *_content("started", "body", "complete", "path sent"),
        *_PATH_SENT,
        Row("started", "http.response.trailers", None, "asgi.ext.trailers.start_flag"),
        Row("body", "http.response.trailers", None, "asgi.ext.trailers.start_flag"),
        *_content("started, with trailers", "body, with trailers", "trailers", "trailers"),
        Row("started, with trailers", "http.response.trailers", None, "asgi.ext.trailers.wait"),
        Row("body, with trailers", "http.response.trailers", None, "asgi.ext.trailers.wait"),
        Row(
            "trailers", "http.response.trailers+more_trailers", "trailers", "asgi.ext.trailers.more_trailers"
        ),
        Row("trailers", "http.response.trailers", "trailers sent", "asgi.ext.trailers.more_trailers"),
        *(
            Row("trailers", message.type, None, "asgi.ext.trailers.wait")
            for message in _SENT
            if message.type != "http.response.trailers"
        ),
        Row("complete", "http.response.trailers", None, "asgi.ext.trailers.start_flag"),
        *(
            Row("complete", message.type, "complete", "asgi.http.body.messages_after_end_ignored")
            for message in _SENT
            if message.type != "http.response.trailers"
        ),
        *(
            Row("trailers sent", message.type, "trailers sent", "asgi.ext.trailers.after_end_ignored")
            for message in _SENT
        ),
    ),
)

HTTP = Protocol("http", SCOPE, common_rules("asgi.http.scope"), _RECEIVE, _SEND)
