"""E-mail by SMTP: one message at a time, every wait bounded, never in the clear unless that was asked for."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from ivr.worker.circuit import Circuit
from ivr.worker.destination import ASTRAY_REST
from ivr.worker.outbox import Later, Never
from ivr.worker.settings import WorkerSettings

STARTTLS, TLS, NONE = "starttls", "tls", "none"


class Mailer:
    """Sends from one address by one server."""

    def __init__(self, settings: WorkerSettings, circuit: Circuit) -> None:
        self._settings = settings
        self._circuit = circuit

    def send(self, key: str, to: Sequence[str], subject: str, text: str, at: datetime) -> tuple[str, ...]:
        """Send a message; answers who the server refused, as long as it took one of them. The same `key` gives the same
        Message-ID, so that a repeat after an answer that was lost is seen to be one. Raises Later and Never, without an
        address in them."""
        if not self._circuit.enter():
            raise Later("the mail server is left alone for a while", self._circuit.after() + 1, counted=False)
        try:
            with self._connection() as server:
                refused = server.send_message(self._message(key, to, subject, text, at))
        except smtplib.SMTPRecipientsRefused as error:
            self._circuit.succeeded()
            raise _refusal(max(code for code, _ in error.recipients.values()), "nobody whom it was for") from None
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            self._circuit.succeeded()
            raise _refusal(error.smtp_code, "the message") from None
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError, ssl.SSLError) as error:
            self._circuit.failed(type(error).__name__)
            raise Later(
                f"the mail server and we cannot agree ({type(error).__name__}): see its settings",
                ASTRAY_REST,
                counted=False,
            ) from None
        except (OSError, smtplib.SMTPException) as error:  # no connection, or one that broke off
            self._circuit.failed(type(error).__name__)
            raise Later(f"the mail server gives no answer ({type(error).__name__})") from None
        self._circuit.succeeded()
        return tuple(refused)

    def _connection(self) -> smtplib.SMTP:
        held = self._settings
        if held.smtp_security == TLS:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                held.smtp_host, held.smtp_port, timeout=held.outside_timeout, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(held.smtp_host, held.smtp_port, timeout=held.outside_timeout)
        try:
            if held.smtp_security == STARTTLS:
                server.starttls(context=ssl.create_default_context())
            if held.smtp_user:
                server.login(held.smtp_user, held.smtp_password.get_secret_value())
        except BaseException:
            server.close()
            raise
        return server

    def _message(self, key: str, to: Sequence[str], subject: str, text: str, at: datetime) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._settings.mail_from
        message["To"] = ", ".join(to)
        message["Subject"] = subject
        message["Date"] = format_datetime(at)
        domain = self._settings.mail_from.rpartition("@")[2]
        message["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence is answered
        message.set_content(text)
        return message


def _refusal(code: int, what: str) -> Later | Never:
    """A refusal for good (5xx, RFC 5321, 4.2.1) or for now."""
    if code >= 500:
        return Never(f"the mail server refuses {what} ({code})")
    return Later(f"the mail server does not take {what} now ({code})")
