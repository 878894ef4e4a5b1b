"""The lifespan protocol of ASGI as data."""

from __future__ import annotations

from compliance.interface.asgi_http import common_rules
from compliance.interface.kinds import DICT, OPTIONAL_DICT, STR, one_of
from compliance.interface.model import Key, Message, Protocol, Row, table

SCOPE = (
    Key("type", one_of("lifespan"), "asgi.lifespan.scope.type", required=True),
    Key("asgi", DICT, "asgi.core.scope.asgi_present", required=True),
    Key("state", DICT, "asgi.lifespan.scope.state"),
    Key("extensions", OPTIONAL_DICT, "asgi.core.ext.extensions_is_dict"),
)

_RECEIVE = table(
    "start",
    (Message("lifespan.startup"), Message("lifespan.shutdown")),
    (
        Row("start", "lifespan.startup", "starting", "asgi.lifespan.startup.event"),
        Row("start", "lifespan.shutdown", None, "asgi.lifespan.startup.event"),
        Row("starting", "lifespan.startup", None, "asgi.lifespan.startup.once"),
        Row("starting", "lifespan.shutdown", "stopping", "asgi.lifespan.shutdown.event"),
        Row("stopping", "lifespan.startup", None, "asgi.lifespan.startup.once"),
        Row("stopping", "lifespan.shutdown", None, "asgi.lifespan.shutdown.once"),
    ),
)

_SENT = (
    Message("lifespan.startup.complete"),
    Message(
        "lifespan.startup.failed",
        (Key("message", STR, "asgi.lifespan.startup.app_failed_message", default=""),),
    ),
    Message("lifespan.shutdown.complete"),
    Message(
        "lifespan.shutdown.failed",
        (Key("message", STR, "asgi.lifespan.shutdown.failed_message_optional", default=""),),
    ),
)
_INVALID = "asgi.lifespan.error.invalid_event"
_OPEN = "asgi.lifespan.shutdown.unsolicited_failed"
_SEND = table(
    "starting",
    _SENT,
    (
        Row("starting", "lifespan.startup.complete", "running", "asgi.lifespan.startup.complete_accepted"),
        Row("starting", "lifespan.startup.failed", "failed", "asgi.lifespan.startup.app_completes"),
        Row("running", "lifespan.startup.complete", None, _INVALID),
        Row("running", "lifespan.startup.failed", None, _INVALID),
        *(
            row
            for state in ("starting", "running")
            for row in (
                Row(
                    state,
                    "lifespan.shutdown.complete",
                    "ended",
                    "asgi.lifespan.shutdown.app_completes",
                    other="stopping",
                ),
                Row(
                    state,
                    "lifespan.shutdown.failed",
                    "ended",
                    "asgi.lifespan.shutdown.app_completes",
                    other="stopping",
                ),
                Row(state, "lifespan.shutdown.complete", None, _INVALID),
                Row(state, "lifespan.shutdown.failed", state, _OPEN),
            )
        ),
        *(Row(state, message.type, None, _INVALID) for state in ("failed", "ended") for message in _SENT),
    ),
)

LIFESPAN = Protocol("lifespan", SCOPE, common_rules("asgi.lifespan.scope"), _RECEIVE, _SEND)
