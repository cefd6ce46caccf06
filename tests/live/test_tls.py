"""Certificates that can be used, and those that cannot."""

from __future__ import annotations

import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from sidr.errors import BusError
from tests.live.certificates import Authority


def test_a_context_checks_the_broker(tmp_path: Path) -> None:
    context = Authority(tmp_path / "pki", "ca").tls("host").context("mqtts://x")
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("wrong", ["ca", "cert", "key"])
@pytest.mark.parametrize("text", [None, "", "no certificate"])
def test_a_file_that_cannot_be_used_is_one_line(
    tmp_path: Path, wrong: str, text: str | None
) -> None:
    bad = tmp_path / "bad.pem"
    if text is not None:
        bad.write_text(text)
    tls = replace(Authority(tmp_path / "pki", "ca").tls("host"), **{wrong: bad})
    with pytest.raises(BusError, match=r"^mqtts://x: certificates cannot be used: .*bad\.pem"):
        tls.context("mqtts://x")


def test_a_foreign_key_is_refused(tmp_path: Path) -> None:
    one, other = Authority(tmp_path / "one", "ca").tls("a"), Authority(tmp_path / "two", "ca")
    with pytest.raises(BusError, match="certificates cannot be used"):
        replace(one, key=other.tls("a").key).context("mqtts://x")
