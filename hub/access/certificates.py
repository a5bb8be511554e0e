"""Client certificates of departments' services, as the proxy that ends TLS hands them on; which socket may, ``hub.web`` says.

The header is that of RFC 9440 (``:BASE64 of the DER:``), or what nginx writes ($ssl_client_escaped_cert: PEM, percent-encoded). The proxy
has verified the chain; here a certificate is known by its SHA-256 alone, which a service's registration names.
"""

import binascii
from base64 import b64decode
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from hub.access.viewer import NotAdmitted

HEADER = b"client-cert"


@dataclass(frozen=True)
class Certificate:
    """What is asked of one: its SHA-256 in hexadecimal digits, and from when to when it is good, in seconds of the epoch."""

    sha256: str
    since: float
    until: float


@lru_cache(1024)
def read_certificate(header: str) -> Certificate:
    """The certificate in a header; NotAdmitted where it is none."""
    try:
        if header.startswith(":") and header.endswith(":"):
            found = x509.load_der_x509_certificate(b64decode(header[1:-1], validate=True))
        else:
            found = x509.load_pem_x509_certificate(unquote(header, errors="strict").encode("ascii"))
    except (ValueError, binascii.Error):
        raise NotAdmitted("the client certificate cannot be read") from None
    return Certificate(found.fingerprint(SHA256()).hex(), found.not_valid_before_utc.timestamp(), found.not_valid_after_utc.timestamp())
