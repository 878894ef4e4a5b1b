"""Serve a WSGI application with the web server of Twisted."""

from twisted.internet import reactor  # type: ignore[import-not-found, import-untyped, unused-ignore]
from twisted.web.server import Site  # type: ignore[import-not-found, import-untyped, unused-ignore]
from twisted.web.wsgi import WSGIResource  # type: ignore[import-not-found, import-untyped, unused-ignore]

from compliance.guest.launch import arguments


def main() -> None:
    """Serve until a signal ends the process."""
    host, port, app = arguments()
    site = Site(WSGIResource(reactor, reactor.getThreadPool(), app))
    site.noisy = False
    reactor.listenTCP(port, site, interface=host)
    reactor.run()


if __name__ == "__main__":
    main()
