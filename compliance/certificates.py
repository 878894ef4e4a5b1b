"""Certificates for servers and clients of one run, of an authority that only this process knows."""

import socket
import ssl
import threading
from functools import cache
from typing import TYPE_CHECKING

from compliance.process import scratch

if TYPE_CHECKING:
    import trustme
    from cryptography import x509

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


def client(
    *, certified: bool, newest: ssl.TLSVersion | None = None, protocols: tuple[str, ...] = ()
) -> ssl.SSLContext:
    """The context of a client that trusts our servers, and has a certificate of its own if `certified`.

    `newest` is the latest version of TLS that it speaks, `protocols` what it offers by ALPN.
    """
    with _LOCK:
        return _client(certified=certified, newest=newest, protocols=protocols)


@cache
def _client(*, certified: bool, newest: ssl.TLSVersion | None, protocols: tuple[str, ...]) -> ssl.SSLContext:
    context = ssl.create_default_context()
    _authority().configure_trust(context)
    if certified:
        _identity().configure_cert(context)
    if newest is not None:
        context.maximum_version = newest
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context


@cache
def _identity() -> "trustme.LeafCert":
    return _authority().issue_cert(common_name=CLIENT, organization_name="clients")


def of_client() -> bytes:
    """The certificate of our clients, in DER."""
    with _LOCK:
        return ssl.PEM_cert_to_DER_cert(_identity().cert_chain_pems[0].bytes().decode())


def decoded(pem: object) -> bytes | None:
    """The DER of one certificate in PEM; None for what is none."""
    try:
        return ssl.PEM_cert_to_DER_cert(str(pem).strip())
    except ValueError:
        return None


def subject(der: bytes) -> "x509.Name":
    """The subject of a certificate."""
    from cryptography import x509

    return x509.load_der_x509_certificate(der).subject


def named(text: object) -> "x509.Name | None":
    """The name that a string of RFC 4514 spells; None for what is none."""
    from cryptography import x509

    try:
        return x509.Name.from_rfc4514_string(str(text))
    except ValueError:
        return None


def of_peer(connection: socket.socket) -> bytes | None:
    """The certificate that the other side of a connection has shown, in DER."""
    return connection.getpeercert(binary_form=True) if isinstance(connection, ssl.SSLSocket) else None


def suite(connection: socket.socket) -> int:
    """The registered number of a connection's cipher suite, which is the lower half of OpenSSL's own."""
    if not isinstance(connection, ssl.SSLSocket):
        raise TypeError("a connection without TLS has no cipher suite")
    name = (connection.cipher() or ("",))[0]
    return next(found["id"] & 0xFFFF for found in connection.context.get_ciphers() if found["name"] == name)
