"""What the ASGI extension "tls" says of a connection, from what Python's ssl module knows of it."""

from __future__ import annotations

import re
import ssl
from typing import Any

_VERSIONS = {"TLSv1.2": 0x0303, "TLSv1.3": 0x0304}
_TYPES = {  # of attributes, as RFC 4514 section 3 abbreviates them
    "commonName": "CN",
    "localityName": "L",
    "stateOrProvinceName": "ST",
    "organizationName": "O",
    "organizationalUnitName": "OU",
    "countryName": "C",
    "streetAddress": "STREET",
    "domainComponent": "DC",
    "userId": "UID",
}
_SPECIAL = re.compile(r'(["+,;<>\\]|^[ #]| $)')


def describe(connection: ssl.SSLObject, certificate: str) -> dict[str, Any]:
    """The value of the extension; `certificate` is the server's own, in PEM."""
    cipher = connection.cipher()
    return {
        "server_cert": certificate,
        "client_cert_chain": client_chain(connection),
        "client_cert_name": client_name(connection),
        "client_cert_error": None,
        "tls_version": _VERSIONS.get(connection.version() or ""),
        "cipher_suite": suite(connection, cipher[0]) if cipher else None,
    }


def client_chain(connection: ssl.SSLObject) -> list[str]:
    """The client's certificate, if it has one; of the rest of its chain the module says nothing."""
    der = connection.getpeercert(binary_form=True)
    return [ssl.DER_cert_to_PEM_cert(der)] if der else []


def client_name(connection: ssl.SSLObject) -> str | None:
    """The subject of the client's certificate, spelled as in RFC 4514: the last part of it comes first."""
    subject: Any = (connection.getpeercert() or {}).get("subject")
    if not subject:
        return None
    return ",".join(
        "+".join(f"{_TYPES[kind]}={_escape(value)}" for kind, value in part) for part in subject[::-1]
    )


def _escape(value: str) -> str:
    return _SPECIAL.sub(r"\\\1", value)


def suite(connection: ssl.SSLObject, name: str) -> int | None:
    """The number of a cipher suite in the registry of TLS; OpenSSL's own has it in its lower half."""
    found = (cipher["id"] & 0xFFFF for cipher in connection.context.get_ciphers() if cipher["name"] == name)
    return next(found, None)
