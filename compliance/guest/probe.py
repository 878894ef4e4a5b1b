"""The application that servers load: `compliance.guest.probe:wsgi` and `:asgi`.

Each request names one of our apps in its header `Compliance`; a request without it gets the default
recorder. With COMPLIANCE_FRAMEWORK set to a framework's app.py every request goes to that framework's
application instead, under the tap. The lifespan scope goes to the app that COMPLIANCE_LIFESPAN names.
"""

import importlib
import importlib.util
import json
import os
import sys
from typing import Any, Callable, Dict, Optional, Tuple

from compliance.guest import tap
from compliance.guest.channel import Channel
from compliance.guest.tagged import untag

_DEFAULTS = {"wsgi": "default.wsgi", "http": "default.http", "websocket": "default.websocket"}
_LIFESPAN = '{"app": "default.lifespan", "with": {"$": "dict", "v": []}}'

Call = Tuple[Callable[..., Any], Dict[str, Any]]


def _load(path: str) -> Any:
    """Import a framework's app.py from its file."""
    sys.path.insert(0, os.path.dirname(path))  # noqa: PTH120 - guests take paths as text
    spec = importlib.util.spec_from_file_location("compliance_framework_app", path)
    if spec is None or spec.loader is None:
        raise ImportError("cannot import " + path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _framework() -> Any:
    path = os.environ.get("COMPLIANCE_FRAMEWORK")
    return _load(path) if path else None


FRAMEWORK = _framework()


def _named(name: str) -> Callable[..., Any]:
    module, _, function = name.rpartition(".")
    app: Callable[..., Any] = getattr(importlib.import_module("compliance.guest.apps." + module), function)
    return app


def _choose(header: Optional[str], kind: str) -> Tuple[Channel, Call]:
    """Open the exchange's channel and find the app that the header names."""
    if header is None:
        return Channel(None, kind), (_named(_DEFAULTS[kind]), {})
    wanted = json.loads(header)
    channel = Channel(wanted["exchange"], kind)
    if FRAMEWORK is not None or "app" not in wanted:
        return channel, (_named(_DEFAULTS[kind]), {})
    return channel, (_named(wanted["app"]), untag(wanted["with"]))


def wsgi(environ: Dict[str, Any], start_response: Callable[..., Any]) -> Any:
    """Serve one request through the app that it names, or through the framework."""
    channel, (app, arguments) = _choose(environ.get("HTTP_COMPLIANCE"), "wsgi")
    if FRAMEWORK is not None:
        return tap.wsgi(FRAMEWORK.wsgi, environ, start_response, channel)
    try:
        result = app(environ, start_response, channel, **arguments)
    except BaseException as error:
        channel.note("raised", repr(error))
        channel.end()
        raise
    if not hasattr(result, "close"):  # otherwise the app's close() ends the channel
        channel.end()
    return result


def _header(scope: Dict[str, Any]) -> Optional[str]:
    for name, value in scope["headers"]:
        if bytes(name).lower() == b"compliance":
            return bytes(value).decode("ascii")
    return None


async def asgi(scope: Dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> Any:
    """Serve one scope through the app that it names, whose result is returned, or through the framework."""
    kind = str(scope.get("type", "http"))  # what is wrong with it, the app reports
    if kind not in _DEFAULTS and "headers" not in scope:
        await _lifespan(scope, receive, send)
        return None
    channel, (app, arguments) = _choose(_header(scope), kind if kind in _DEFAULTS else "http")
    if FRAMEWORK is not None:
        await tap.asgi(FRAMEWORK.asgi, scope, receive, send, channel)
        return None
    return await _run(app, scope, receive, send, channel, arguments)


async def _lifespan(scope: Dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
    wanted = json.loads(os.environ.get("COMPLIANCE_LIFESPAN", _LIFESPAN))
    channel = Channel(None, "lifespan")
    if FRAMEWORK is not None:
        await tap.asgi(FRAMEWORK.asgi, scope, receive, send, channel)
        return
    await _run(_named(wanted["app"]), scope, receive, send, channel, untag(wanted["with"]))


async def _run(
    app: Callable[..., Any],
    scope: Dict[str, Any],
    receive: Callable[..., Any],
    send: Callable[..., Any],
    channel: Channel,
    arguments: Dict[str, Any],
) -> Any:
    try:
        return await app(scope, receive, send, channel, **arguments)
    except BaseException as error:
        channel.note("raised", repr(error))
        raise
    finally:
        channel.end()
