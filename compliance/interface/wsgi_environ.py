"""The environ of WSGI as data: its keys, and what else must hold."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import Any

from compliance.interface.model import Key, Kind, Problem, Rule, key_problems, rule_problems, shown
from compliance.interface.wsgi_streams import stream_problems

# PEP 3333 means the types themselves, not their subclasses.
STR = Kind("exactly a str", lambda value: type(value) is str)
NON_EMPTY = Kind("exactly a non-empty str", lambda value: type(value) is str and value != "")
VERSION = Kind("the tuple (1, 0)", lambda value: type(value) is tuple and value == (1, 0))
FLAG = Kind("a truth value", lambda value: not isinstance(value, str | bytes))
CALLABLE = Kind("a callable", callable)
ANYTHING = Kind("an object", lambda _: True)

ENVIRON = (
    Key("REQUEST_METHOD", NON_EMPTY, "wsgi.environ.request_method", required=True),
    Key("SCRIPT_NAME", STR, "wsgi.environ.script_name", default=""),
    Key("PATH_INFO", STR, "wsgi.environ.path_info", default=""),
    Key("QUERY_STRING", STR, "wsgi.environ.query_string", default=""),
    Key("CONTENT_TYPE", STR, "wsgi.environ.content_type", default=""),
    Key("CONTENT_LENGTH", STR, "wsgi.environ.content_length", default=""),
    Key("SERVER_NAME", NON_EMPTY, "wsgi.environ.server_name", required=True),
    Key("SERVER_PORT", NON_EMPTY, "wsgi.environ.server_port", required=True),
    Key("SERVER_PROTOCOL", NON_EMPTY, "wsgi.environ.server_protocol", required=True),
    Key("wsgi.version", VERSION, "wsgi.environ.version", required=True),
    Key("wsgi.url_scheme", NON_EMPTY, "wsgi.environ.url_scheme", required=True),
    Key("wsgi.input", ANYTHING, "wsgi.environ.input", required=True),
    Key("wsgi.errors", ANYTHING, "wsgi.environ.errors", required=True),
    Key("wsgi.multithread", FLAG, "wsgi.environ.multithread", required=True),
    Key("wsgi.multiprocess", FLAG, "wsgi.environ.multiprocess", required=True),
    Key("wsgi.run_once", FLAG, "wsgi.environ.run_once", required=True),
    Key("wsgi.file_wrapper", CALLABLE, "wsgi.fw.signature"),
)


def _cgi(environ: Mapping[str, Any]) -> dict[str, Any]:
    """The variables of CGI among the keys: those without a dot."""
    return {name: value for name, value in environ.items() if isinstance(name, str) and "." not in name}


def _not_str(environ: Mapping[str, Any]) -> str | None:
    listed = {key.name for key in ENVIRON}
    cgi = {name: value for name, value in _cgi(environ).items() if name not in listed}
    wrong = [f"{name} is {shown(value)}" for name, value in cgi.items() if type(value) is not str]
    return f"values that are no str: {', '.join(wrong)}" if wrong else None


def _beyond_latin1(environ: Mapping[str, Any]) -> str | None:
    strings = {name: value for name, value in environ.items() if type(value) is str}
    wrong = {name: value for name, value in strings.items() if is_beyond_latin1(value)}
    return f"characters beyond U+00FF: {wrong!r}" if wrong else None


def is_beyond_latin1(text: str) -> bool:
    """Whether a native string holds what no byte stands for."""
    return any(ord(character) > 255 for character in text)


def is_number(text: str) -> bool:
    """Whether a Content-Length is digits, and no more of them than a length can have."""
    return text.isascii() and text.isdigit() and len(text) < 20


def _content_twice(environ: Mapping[str, Any]) -> str | None:
    wrong = [name for name in ("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH") if name in environ]
    return f"{wrong!r} beside the CGI names" if wrong else None


def _own_names(environ: Mapping[str, Any]) -> str | None:
    """Names with a dot, apart from those that CGI's way of giving os.environ has brought."""
    dotted = [name for name in environ if isinstance(name, str) and "." in name]
    own = [name for name in dotted if os.environ.get(name) != environ[name]]
    wrong = [name for name in own if not re.fullmatch(r"[a-z0-9._]+", name)]
    return f"server-defined names {wrong!r}" if wrong else None


def _root_script(environ: Mapping[str, Any]) -> str | None:
    return "SCRIPT_NAME is '/'" if environ.get("SCRIPT_NAME") == "/" else None


_WHOLE_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def _relative(name: str) -> Callable[[Mapping[str, Any]], str | None]:
    def broken(environ: Mapping[str, Any]) -> str | None:
        path = environ.get(name)
        if type(path) is not str or not path or path[0] == "/" or path == "*" or _WHOLE_URL.match(path):
            return None  # the two other forms of a request's target have rules of their own, or none
        return None if environ.get("REQUEST_METHOD") == "CONNECT" else f"{name} is {path!r}"

    return broken


def _absolute_form(environ: Mapping[str, Any]) -> str | None:
    path = environ.get("PATH_INFO")
    return f"PATH_INFO is {path!r}" if type(path) is str and _WHOLE_URL.match(path) else None


def _bad_length(environ: Mapping[str, Any]) -> str | None:
    length = environ.get("CONTENT_LENGTH")
    if type(length) is not str or re.fullmatch("[0-9]*", length) or "HTTP_TRANSFER_ENCODING" in environ:
        return None
    return f"the application is called with CONTENT_LENGTH {length!r}"


ENVIRON_RULES = (
    Rule("wsgi.environ.cgi_values_str", _not_str),
    Rule("wsgi.strings.latin1_server", _beyond_latin1),
    Rule("wsgi.environ.no_http_content_vars", _content_twice),
    Rule("wsgi.environ.server_defined_naming", _own_names),
    Rule("wsgi.environ.script_name_no_trailing_slash", _root_script),
    Rule("wsgi.environ.script_name", _relative("SCRIPT_NAME")),
    Rule("wsgi.environ.path_info", _relative("PATH_INFO")),
    Rule("wsgi.environ.path_absolute_form", _absolute_form),
    Rule("rfc9112.cl.invalid_400", _bad_length),
)


def environ_problems(environ: Any) -> list[Problem]:
    """What is wrong with an environ; [] for a legal one. Never raises."""
    text = f"environ is a {type(environ).__name__}, not exactly a dict"
    found = [] if type(environ) is dict else [Problem("wsgi.environ.builtin_dict", text)]
    if isinstance(environ, dict):
        found += key_problems(ENVIRON, environ, "environ") + rule_problems(ENVIRON_RULES, environ, "environ")
        found += stream_problems(environ)
    return found
