"""Why a broker cannot be reached, in words: what was found, and what to do about it.

Knows the errors of sockets, of TLS and of MQTT 5, and imports no MQTT library.
"""

from __future__ import annotations

import re
import socket
import ssl

LISTENING = "is a broker listening there? `--bus mqtt` starts one"
NO_TLS = "mqtts:// is for brokers with TLS"
PERHAPS_TLS = "does it speak TLS, and know this client's certificate? See `sidr secure init`"
FILES = "see `sidr secure init`, and give its directory with --tls"


def why(error: BaseException, *, secure: bool) -> tuple[str, str]:
    """What is wrong with a broker, and what to do.

    Args:
        error: what the attempt to connect ended with, or what hides the cause.
        secure: TLS was tried.
    """
    cause = deepest(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not good: {cause.verify_message}", FILES
    if isinstance(cause, ssl.SSLError):
        said = str(getattr(cause, "reason", None) or cause).lower().replace("_", " ")
        return f"TLS fails: {said}", PERHAPS_TLS
    if isinstance(cause, socket.gaierror):
        return "no such host", "is its name spelt well?"
    if isinstance(cause, ConnectionRefusedError):
        return "connection refused", LISTENING
    if isinstance(cause, ConnectionAbortedError | ConnectionResetError):
        return "hangs up without an answer", PERHAPS_TLS if secure else NO_TLS
    if isinstance(cause, TimeoutError):
        return "does not answer", LISTENING
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror.lower(), LISTENING
    text = re.sub(r"^\[code:-?\d+\] ", "", str(cause)).rstrip(".")
    return text.lower() or type(cause).__name__, "does the broker let this client in?"


def deepest(error: BaseException) -> BaseException:
    """The error of a socket or of TLS that others were made of, also where `from None` hides it;
    else the first cause."""
    hidden: BaseException | None = error
    while hidden is not None:
        if isinstance(hidden, OSError):
            return hidden
        hidden = hidden.__cause__ or hidden.__context__
    while error.__cause__ is not None:
        error = error.__cause__
    return error
