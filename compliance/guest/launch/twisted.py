"""Serve a WSGI application with the web server of Twisted."""

import argparse

from twisted.internet import reactor  # type: ignore[import-not-found, import-untyped, unused-ignore]
from twisted.internet.endpoints import (  # type: ignore[import-not-found, import-untyped, unused-ignore]
    serverFromString,
)
from twisted.web.resource import Resource  # type: ignore[import-not-found, import-untyped, unused-ignore]
from twisted.web.server import Site  # type: ignore[import-not-found, import-untyped, unused-ignore]
from twisted.web.wsgi import WSGIResource  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    options = arguments("cert", "key", "mount", "threads", "idle")
    if options.threads:
        reactor.suggestThreadPoolSize(int(options.threads))
    resource = WSGIResource(reactor, reactor.getThreadPool(), options.app)
    patience = {"timeout": int(options.idle)} if options.idle else {}
    site = Site(_root(options.mount or "", resource), **patience)
    site.noisy = False
    serverFromString(reactor, _endpoint(options)).listen(site)
    reactor.run()


def _root(path: str, application: Resource) -> Resource:
    """The resource at the root of a site that has the application at this path."""
    for name in reversed(path.split("/")[1:]):
        parent = Resource()
        parent.putChild(name.encode(), application)
        application = parent
    return application


def _endpoint(options: argparse.Namespace) -> str:
    """Where to listen, as Twisted describes it."""
    kind = "ssl:privateKey={key}:certKey={cert}" if options.cert else "tcp"
    return (kind + ":port={port}:interface={host}").format(**vars(options))


if __name__ == "__main__":
    main()
