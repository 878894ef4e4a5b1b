"""WSGI as data: the keys of environ, and the calls of one request as messages between two sides.

PEP 3333 has calls where ASGI has messages. Written as messages they fit the same tables: the server's side
is `receive`, the application's is `send`.

    server        {"type": "call", "environ": dict}        it calls the application
                  {"type": "next"}                         it asks for the first or the next block
                  {"type": "close"}                        it calls close() of the iterable
    application   {"type": "start_response", "status": str, "headers": list, "exc_info": tuple | None,
                   "keywords": [names of arguments given by keyword]}
                  {"type": "write", "data": bytes}         it calls what start_response returned
                  {"type": "return", "iterable": object}   it returns
                  {"type": "block", "data": bytes}         its iterable yields
                  {"type": "end"}                          its iterable is exhausted
                  {"type": "raise", "error": object}       an exception leaves it or its iterable
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from compliance.interface.model import (
    Conversation,
    Key,
    Kind,
    Message,
    Problem,
    Protocol,
    Row,
    Rule,
    problems,
    shown,
    table,
)
from compliance.interface.wsgi_environ import (
    ANYTHING,
    ENVIRON,
    ENVIRON_RULES,
    STR,
    environ_problems,
    is_beyond_latin1,
)

__all__ = ["ENVIRON", "HOP_BY_HOP", "WSGI", "Problem", "conversation", "environ_problems", "problems"]

HOP_BY_HOP = frozenset(
    (
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "trailers",
        "transfer-encoding",
        "upgrade",
    )
)

_STATUS = re.compile(r"[0-9]{3} [^\s](?:.*[^\s])?", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# A token without punctuation at its end, which PEP 3333 forbids beyond HTTP.
_NAME = re.compile(r"[-!#$%&'*+.^_`|~0-9a-zA-Z]*[0-9a-zA-Z]")

BYTES = Kind("exactly bytes", lambda value: type(value) is bytes)
LIST = Kind("exactly a list", lambda value: type(value) is list)
ITERABLE = Kind("an iterable", lambda value: isinstance(value, Iterable) or hasattr(value, "__getitem__"))
EXC_INFO = Kind("a sys.exc_info() tuple", lambda value: not value or _is_exc_info(value))


def _is_exc_info(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 3 and isinstance(value[1], BaseException)


def _status(test: Callable[[str], Any]) -> Callable[[Mapping[str, Any]], str | None]:
    return lambda call: f"the status is {call['status']!r}" if test(call["status"]) else None


def _code(status: str) -> int:
    return int(status[:3]) if re.match(r"[0-9]{3}", status) else 200


def _headers_form(call: Mapping[str, Any]) -> str | None:
    wrong = [item for item in call["headers"] if type(item) is not tuple or len(item) != 2]
    return f"{shown(wrong[0])} is not a tuple of name and value" if wrong else None


def _header(test: Callable[[Any, Any], Any]) -> Callable[[Mapping[str, Any]], str | None]:
    def broken(call: Mapping[str, Any]) -> str | None:
        if _headers_form(call):
            return None  # said already
        wrong = [item for item in call["headers"] if test(*item)]
        return f"the header {shown(wrong[0])}" if wrong else None

    return broken


def _text_header(test: Callable[[str, str], Any]) -> Callable[[Mapping[str, Any]], str | None]:
    return _header(lambda name, value: type(name) is type(value) is str and test(name, value))


def _keywords(call: Mapping[str, Any]) -> str | None:
    return f"the arguments {call['keywords']!r} by keyword" if call.get("keywords") else None


_START = Message(
    "start_response",
    (
        Key("status", STR, "wsgi.strings.native_type", required=True),
        Key("headers", LIST, "wsgi.sr.headers_list", required=True),
        Key("exc_info", EXC_INFO, "wsgi.sr.exc_info_tuple"),
        Key("keywords", ANYTHING, "wsgi.callable.start_response_positional"),
    ),
    (
        Rule("wsgi.callable.start_response_positional", _keywords),
        Rule("wsgi.sr.status_no_control", _status(_CONTROL.search)),
        Rule("wsgi.sr.status_form", _status(lambda status: not _STATUS.fullmatch(status))),
        Rule("rfc9110.status.range_invalid", _status(lambda status: not 100 <= _code(status) <= 599)),
        Rule("rfc9110.status.app_1xx_as_final", _status(lambda status: 100 <= _code(status) < 200)),
        Rule("wsgi.strings.latin1_app", _status(is_beyond_latin1)),
        Rule("wsgi.sr.headers_list", _headers_form),
        Rule("wsgi.strings.native_type", _header(lambda name, value: not type(name) is type(value) is str)),
        Rule("wsgi.strings.latin1_app", _text_header(lambda name, value: is_beyond_latin1(name + value))),
        Rule("wsgi.sr.header_name_valid", _text_header(lambda name, _: not _NAME.fullmatch(name))),
        Rule("wsgi.sr.header_value_no_control", _text_header(lambda _, value: _CONTROL.search(value))),
        Rule("wsgi.sr.hop_by_hop_app", _text_header(lambda name, _: name.lower() in HOP_BY_HOP)),
    ),
    flag="exc_info",
)

_APPLICATION = table(
    "silent",
    (
        _START,
        Message("write", (Key("data", BYTES, "wsgi.iter.write_data_type", required=True),)),
        Message("return", (Key("iterable", ITERABLE, "wsgi.iter.iterable", required=True),)),
        Message("block", (Key("data", BYTES, "wsgi.strings.bytes_type", required=True),), flag="data"),
        Message("end"),
        Message("raise", (Key("error", ANYTHING, "wsgi.err.app_traps"),)),
    ),
    (
        Row("silent", "start_response", "started", "wsgi.sr.late_call"),
        Row("silent", "start_response+exc_info", "started", "wsgi.sr.exc_info_only_error"),
        Row("silent", "write", None, "wsgi.sr.returns_write"),
        Row("silent", "block+data", None, "wsgi.sr.before_first_block_app"),
        Row("silent", "block", "silent", "wsgi.sr.late_call_after_empty"),
        Row("silent", "end", None, "wsgi.sr.before_first_block_app"),
        Row("started", "start_response+exc_info", "started", "wsgi.sr.exc_info_replaces"),
        Row("sent", "start_response+exc_info", "sent", "wsgi.sr.exc_info_raises"),
        Row("started", "block+data", "sent", "wsgi.iter.unbuffered"),
        Row("started", "block", "started", "wsgi.iter.empty_blocks"),
        Row("sent", "block", "sent", "wsgi.iter.kinds"),
        *(
            row
            for state in ("started", "sent")
            for row in (
                Row(state, "start_response", None, "wsgi.sr.app_single_call"),
                Row(state, "write", None, "wsgi.iter.app_no_write_in_iter", other="iterating"),
                Row(state, "write", "sent", "wsgi.sr.returns_write"),
                Row(state, "end", "ended", "wsgi.iter.kinds"),
            )
        ),
        *(Row(state, "return", state, "wsgi.iter.iterable") for state in ("silent", "started", "sent")),
        *(Row(state, "raise", "ended", "wsgi.err.server_traps") for state in ("silent", "started", "sent")),
        Row("ended", "raise", "ended", "wsgi.err.server_traps"),
        Row("ended", "return", "ended", "wsgi.iter.iterable"),
        Row("ended", "block", "ended", "wsgi.iter.kinds"),
        Row("ended", "end", "ended", "wsgi.iter.kinds"),
        Row("ended", "start_response+exc_info", "ended", "wsgi.sr.exc_info_raises"),
        Row("ended", "start_response", None, "wsgi.sr.app_single_call"),
        Row("ended", "write", None, "wsgi.iter.app_no_write_in_iter"),
    ),
)

_SERVER = table(
    "idle",
    (
        Message("call", (Key("environ", ANYTHING, "wsgi.environ.builtin_dict"),)),
        Message("next"),
        Message("close"),
    ),
    (
        Row("idle", "call", "calling", "wsgi.callable.once_per_request"),
        Row("idle", "next", None, "wsgi.callable.once_per_request"),
        Row("idle", "close", None, "wsgi.iter.close_called"),
        Row("calling", "next", "iterating", "wsgi.iter.unbuffered"),
        Row("calling", "close", "closed", "wsgi.iter.close_called"),
        Row("iterating", "next", "iterating", "wsgi.iter.unbuffered"),
        Row("iterating", "close", "closed", "wsgi.iter.close_called"),
        Row("closed", "next", None, "wsgi.iter.close_called"),
        Row("closed", "close", None, "wsgi.iter.close_once"),
        *(
            Row(state, "call", None, "wsgi.callable.once_per_request")
            for state in ("calling", "iterating", "closed")
        ),
    ),
)

WSGI = Protocol("wsgi", ENVIRON, ENVIRON_RULES, _SERVER, _APPLICATION)


def conversation() -> Conversation:
    """A fresh conversation for one request."""
    return Conversation(WSGI)
