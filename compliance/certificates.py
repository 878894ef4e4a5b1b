"""Certificates for servers and clients of one run, of an authority that only this process knows."""

import ssl
import threading
from functools import cache
from typing import TYPE_CHECKING

from compliance.process import scratch

if TYPE_CHECKING:
    import trustme

SERVER, CLIENT = "testserver", "compliance-client"


_LOCK = threading.RLock()  # servers are started in several threads


@cache
def _authority() -> "trustme.CA":
    import trustme

    return trustme.CA(organization_name="gateway-compliance")


def files(host: str) -> dict[str, str]:
    """The paths of `cert`, `key` and `ca` for a server that listens on this address."""
    with _LOCK:
        return _files(host)


@cache
def _files(host: str) -> dict[str, str]:
    folder = scratch() / f"tls-{host.replace(':', '-')}"
    folder.mkdir()
    paths = {name: folder / f"{name}.pem" for name in ("cert", "key", "ca")}
    issued = _authority().issue_cert(SERVER, host)
    paths["cert"].write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    paths["key"].write_bytes(_pkcs8(issued.private_key_pem.bytes()))
    _authority().cert_pem.write_to_path(str(paths["ca"]))
    return {name: str(path) for name, path in paths.items()}


def _pkcs8(key: bytes) -> bytes:
    """The same key in the form that every server reads."""
    from cryptography.hazmat.primitives import serialization as form

    loaded = form.load_pem_private_key(key, None)
    return loaded.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())


def client(*, certified: bool) -> ssl.SSLContext:
    """The context of a client that trusts our servers, and has a certificate of its own if `certified`."""
    with _LOCK:
        return _client(certified=certified)


@cache
def _client(*, certified: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    _authority().configure_trust(context)
    if certified:
        _authority().issue_cert(common_name=CLIENT, organization_name="clients").configure_cert(context)
    return context
