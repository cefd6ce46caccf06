"""Files that make and check identities, and what TLS makes of them."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from sidr.errors import BusError


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files: who signs brokers, who we are, and the key that proves it."""

    ca: Path
    cert: Path
    key: Path

    def context(self, name: str) -> ssl.SSLContext:
        """What checks a broker and shows who we are.

        Args:
            name: the broker's, for errors.

        Raises:
            BusError: a file is missing or is no certificate.
        """
        try:
            context = ssl.create_default_context(cafile=str(self.ca))
            context.load_cert_chain(self.cert, self.key)
        except OSError as error:  # ssl.SSLError is one too
            files = f"{self.ca}, {self.cert}, {self.key}"
            found = f"certificates cannot be used: {error}"
            raise BusError.one(name, found, f"PEM files {files}") from error
        return context
