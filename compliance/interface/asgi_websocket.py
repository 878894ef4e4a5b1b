"""The WebSocket protocol of ASGI as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance.interface.asgi_http import body_message, common_rules, start_message
from compliance.interface.kinds import (
    ADDRESS,
    DICT,
    HEADERS,
    INT,
    LISTENER,
    NON_EMPTY_STR,
    OPTIONAL_BYTES,
    OPTIONAL_DICT,
    OPTIONAL_STR,
    STR,
    STRINGS,
    header_rules,
    headers_of,
    one_of,
)
from compliance.interface.model import Key, Message, Protocol, Row, Rule, table

SCOPE = (
    Key("type", one_of("websocket"), "asgi.ws.scope.type", required=True),
    Key("asgi", DICT, "asgi.core.scope.asgi_present", required=True),
    Key("http_version", one_of("1.1", "2", "3"), "asgi.ws.scope.http_version", default="1.1"),
    Key("scheme", NON_EMPTY_STR, "asgi.ws.scope.scheme", default="ws"),
    Key("path", STR, "asgi.ws.scope.path", required=True),
    Key("raw_path", OPTIONAL_BYTES, "asgi.ws.scope.raw_path"),
    Key("query_string", OPTIONAL_BYTES, "asgi.ws.scope.query_string", default=b""),
    Key("root_path", STR, "asgi.ws.scope.root_path", default=""),
    Key("headers", HEADERS, "asgi.ws.scope.headers_type", required=True),
    Key("client", ADDRESS, "asgi.ws.scope.client"),
    Key("server", LISTENER, "asgi.ws.scope.server"),
    Key("subprotocols", STRINGS, "asgi.ws.scope.subprotocols", default=()),
    Key("state", DICT, "asgi.ws.scope.state"),
    Key("extensions", OPTIONAL_DICT, "asgi.core.ext.extensions_is_dict"),
)


def _exactly_one(message: Mapping[str, Any]) -> str | None:
    given = [name for name in ("bytes", "text") if message.get(name) is not None]
    return None if len(given) == 1 else f"{len(given)} of 'bytes' and 'text' are given"


def _protocol_header(message: Mapping[str, Any]) -> str | None:
    names = {name.lower() for name, _ in headers_of(message)}
    return "sec-websocket-protocol among the headers" if b"sec-websocket-protocol" in names else None


def _close_code(message: Mapping[str, Any]) -> str | None:
    code = message.get("code")
    valid = code is None or 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999
    return None if valid else f"the close code is {code}"


_RECEIVE = table(
    "start",
    (
        Message("websocket.connect"),
        Message(
            "websocket.receive",
            (
                Key("bytes", OPTIONAL_BYTES, "asgi.ws.receive.bytes"),
                Key("text", OPTIONAL_STR, "asgi.ws.receive.text"),
            ),
            (Rule("asgi.ws.receive.exactly_one", _exactly_one),),
        ),
        Message(
            "websocket.disconnect",
            (
                Key("code", INT, "asgi.ws.disconnect.code_present", required=True),
                Key("reason", OPTIONAL_STR, "asgi.ws.disconnect.reason", default="", since="2.5"),
            ),
        ),
    ),
    (
        Row("start", "websocket.connect", "connected", "asgi.ws.connect.first_event"),
        Row("start", "websocket.receive", None, "asgi.ws.connect.first_event"),
        Row("start", "websocket.disconnect", None, "asgi.ws.connect.first_event"),
        Row("connected", "websocket.connect", None, "asgi.ws.connect.first_event"),
        Row(
            "connected",
            "websocket.receive",
            None,
            "asgi.ws.connect.no_receive_before_reply",
            other="connecting",
        ),
        Row("connected", "websocket.receive", None, "asgi.ext.denial.no_upgrade", other="denying"),
        Row("connected", "websocket.receive", None, "asgi.ext.denial.no_upgrade", other="denied"),
        Row("connected", "websocket.receive", "connected", "asgi.ws.receive.event"),
        Row("connected", "websocket.disconnect", "disconnected", "asgi.ws.disconnect.event"),
        Row("disconnected", "websocket.connect", None, "asgi.ws.connect.first_event"),
        Row("disconnected", "websocket.receive", "disconnected", "asgi.ws.disconnect.pending_messages"),
        Row("disconnected", "websocket.disconnect", "disconnected", "asgi.ws.disconnect.repeat_receive"),
    ),
)

_ACCEPT = Message(
    "websocket.accept",
    (
        Key("subprotocol", OPTIONAL_STR, "asgi.ws.accept.subprotocol"),
        Key(
            "headers",
            HEADERS,
            "asgi.ws.accept.headers",
            default=(),
            since="2.1",
            gate="asgi.ws.accept.headers_version_gate",
        ),
    ),
    (
        Rule("asgi.ws.accept.headers_no_protocol_app", _protocol_header),
        *header_rules("asgi.ws.accept.headers_no_pseudo_app", "asgi.ws.accept.headers_lowercase_app"),
    ),
)
_SEND_MESSAGE = Message(
    "websocket.send",
    (
        Key("bytes", OPTIONAL_BYTES, "asgi.ws.send.wrong_type"),
        Key("text", OPTIONAL_STR, "asgi.ws.send.wrong_type"),
    ),
    (Rule("asgi.ws.send.exactly_one_app", _exactly_one),),
)
_CLOSE = Message(
    "websocket.close",
    (
        Key("code", INT, "asgi.ws.app.close_code_valid", default=1000),
        Key("reason", OPTIONAL_STR, "asgi.ws.close.reason", default="", since="2.3"),
    ),
    (Rule("asgi.ws.app.close_code_valid", _close_code),),
)


def _denial(message: Message) -> Message:
    return Message(
        message.type, message.keys, message.rules, extension="websocket.http.response", flag=_flag(message)
    )


def _flag(message: Message) -> str:
    return "" if message.flag == "trailers" else message.flag


_START = _denial(start_message("websocket.http.response.start"))
_BODY = _denial(body_message("websocket.http.response.body"))
_SENT = (_ACCEPT, _SEND_MESSAGE, _CLOSE, _START, _BODY)
_SEND = table(
    "connecting",
    _SENT,
    (
        Row("connecting", "websocket.accept", "open", "asgi.ws.accept.completes_handshake"),
        Row("connecting", "websocket.close", "closed", "asgi.ws.close.before_accept_403"),
        Row("connecting", "websocket.send", None, "asgi.ws.accept.send_before_accept"),
        Row("connecting", _START.type, "denying", "asgi.ext.denial.start_after_connect"),
        Row("connecting", _BODY.type, None, "asgi.ext.denial.event_structure"),
        Row("denying", _BODY.type + "+more_body", "denying", "asgi.ext.denial.body"),
        Row("denying", _BODY.type, "denied", "asgi.ext.denial.body"),
        Row("denying", _START.type, None, "asgi.ext.denial.event_structure"),
        Row("denied", _BODY.type, "denied", "asgi.ext.denial.event_structure"),
        Row("denied", _START.type, "denied", "asgi.ext.denial.event_structure"),
        *(
            Row(state, message.type, None, "asgi.ext.denial.no_ws_messages_after")
            for state in ("denying", "denied")
            for message in (_ACCEPT, _SEND_MESSAGE, _CLOSE)
        ),
        Row("open", "websocket.send", "open", "asgi.ws.send.text"),
        Row("open", "websocket.close", "closed", "asgi.ws.close.after_accept_code"),
        Row("open", "websocket.accept", None, "asgi.ws.accept.twice"),
        Row("open", _START.type, None, "asgi.ext.denial.after_accept_invalid"),
        Row("open", _BODY.type, None, "asgi.ext.denial.after_accept_invalid"),
        *(Row("closed", message.type, "closed", "asgi.ws.close.after_close_noop") for message in _SENT),
    ),
)

WEBSOCKET = Protocol("websocket", SCOPE, common_rules("asgi.ws.scope"), _RECEIVE, _SEND)
