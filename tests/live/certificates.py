"""Throw-away authorities and certificates for tests of TLS."""

from __future__ import annotations

import datetime
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sidr.live.tls import Tls

DAY = datetime.timedelta(days=1)
LOOPBACK = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])


class Authority:
    """Signs certificates, and writes them into a directory."""

    def __init__(self, directory: Path, name: str) -> None:
        self.directory, self._name = directory, x509.Name.from_rfc4514_string(f"CN={name}")
        directory.mkdir()
        self._key = ec.generate_private_key(ec.SECP256R1())
        made = self._make(self._name, self._key, is_authority=True)
        (directory / "ca.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))

    def tls(self, name: str) -> Tls:
        """A new identity, good on loopback."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = self._make(subject, key, is_authority=False)
        files = Tls(*(self.directory / file for file in ("ca.crt", f"{name}.crt", f"{name}.key")))
        files.cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        secret = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        files.key.write_bytes(secret)
        return files

    def _make(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, is_authority: bool
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - DAY)
            .not_valid_after(now + DAY)
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
            .add_extension(LOOPBACK, critical=False)
            .sign(self._key, hashes.SHA256())
        )
