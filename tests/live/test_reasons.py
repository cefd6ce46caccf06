"""What goes wrong on the way to a broker, in words."""

from __future__ import annotations

import socket
import ssl

import pytest

from sidr.live.reasons import deepest, why


class CodedError(Exception):
    """An error as the MQTT library words it."""


def hidden(cause: BaseException) -> Exception:
    """An error that another was hidden behind, as the MQTT library does."""
    try:
        try:
            raise cause
        except OSError as error:
            raise CodedError(str(error)) from None
    except CodedError as error:
        return error


@pytest.mark.parametrize(
    ("error", "found", "fix"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "connection refused", "listening"),
        (TimeoutError(), "does not answer", "listening"),
        (socket.gaierror(-2, "Name or service not known"), "no such host", "spelt"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] x"), "TLS fails", "speak TLS"),
        (ConnectionAbortedError(), "hangs up without an answer", "mqtts://"),
        (ConnectionResetError(104, "Connection reset"), "hangs up without an answer", "mqtts://"),
        (OSError(101, "Network is unreachable"), "network is unreachable", "listening"),
        (CodedError("[code:135] Not authorized"), "not authorized", "let this client in"),
        (CodedError("[code:7] The connection was lost."), "the connection was lost", "let this"),
        (CodedError(), "CodedError", "let this"),
    ],
)
def test_every_error_has_words_and_a_remedy(error: Exception, found: str, fix: str) -> None:
    for seen in (error, hidden(error) if isinstance(error, OSError) else error):
        said = why(seen, secure=False)
        assert found in said[0]
        assert fix in said[1]


def test_a_bad_certificate_is_told_with_its_reason() -> None:
    error = ssl.SSLCertVerificationError(1, "x")
    error.verify_message = "self-signed certificate"
    assert why(error, secure=True)[0] == "its certificate is not good: self-signed certificate"


def test_who_hangs_up_on_tls_may_want_a_certificate() -> None:
    assert "certificate" in why(ConnectionAbortedError(), secure=True)[1]


def test_without_a_socket_error_the_first_cause_counts() -> None:
    outer, inner = CodedError("disconnected"), CodedError("session taken over")
    outer.__cause__ = inner
    assert deepest(outer) is inner
