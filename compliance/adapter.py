"""The adapter of a server that serves WSGI applications through ASGI, judged alone: under a driver."""

from pathlib import Path

from compliance.environment import Environment
from compliance.framework import Framework
from compliance.guest import adapter
from compliance.target import FrameworkSpec, ServerSpec

_ADAPTED = "compliance.guest.apps.wsgi_adapted:wsgi"


def driven(server: ServerSpec, environment: Environment) -> Framework:
    """The ASGI application that the server's adapter makes of our WSGI application, under a driver."""
    spec = FrameworkSpec(
        name=server.name,
        interfaces=("asgi",),
        app=Path(str(adapter.__file__)).with_name("app.py"),
        requires=server.requires,
        lacks={"asgi": frozenset()},
        concurrency={},
        python=server.python,
        distribution=server.distribution,
        known=(),
        source=server.source,
        note=server.note,
    )
    env = {"COMPLIANCE_ADAPTER": server.adapter, "COMPLIANCE_ADAPTED": _ADAPTED}
    return Framework(spec, environment, "asgi", extra_env=env)
