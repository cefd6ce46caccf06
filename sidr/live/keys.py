"""The planner's ed25519 key: made for a run or read from files, used to sign and to verify.

`cryptography` is imported when a key is first needed. A private key file is readable by its owner
only; a public one is what agents on other hosts are given.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from sidr.errors import BusError

Verify = Callable[[bytes, bytes], bool]
"""(signature, body) -> whether the key signed it."""


class SigningKey:
    """A planner's key pair."""

    def __init__(self, private: bytes | None = None) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        make = Ed25519PrivateKey
        self._key = make.from_private_bytes(private) if private else make.generate()
        self.public: bytes = self._key.public_key().public_bytes_raw()

    def sign(self, body: bytes) -> bytes:
        """64 bytes."""
        return self._key.sign(body)

    def save(self, path: Path) -> None:
        """Write the private key for its owner only, as hex, and the public one beside it.

        Raises:
            OSError: the place cannot be written.
        """
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(opened, "w", encoding="ascii") as file:
            file.write(self._key.private_bytes_raw().hex() + "\n")
        public = path.with_suffix(".pub")
        public.write_text(self.public.hex() + "\n", encoding="ascii")


def load_key(path: Path) -> SigningKey:
    """The key pair of a private key file.

    Raises:
        BusError: the file cannot be read or holds no key.
    """
    return SigningKey(_hex(path, "private"))


def load_public(path: Path) -> bytes:
    """The key of a public key file.

    Raises:
        BusError: the file cannot be read or holds no key.
    """
    return _hex(path, "public")


def verifier(public: bytes) -> Verify:
    """How to tell what the planner with this public key has signed."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    key = Ed25519PublicKey.from_public_bytes(public)

    def verify(signature: bytes, body: bytes) -> bool:
        try:
            key.verify(signature, body)
        except InvalidSignature:
            return False
        return True

    return verify


def _hex(path: Path, kind: str) -> bytes:
    try:
        raw = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not hex digits"
        raise BusError.one(str(path), f"no {kind} key: {reason}", "64 hex digits") from error
    if len(raw) != 32:
        raise BusError.one(str(path), f"a {kind} key of {len(raw)} bytes", "32")
    return raw
