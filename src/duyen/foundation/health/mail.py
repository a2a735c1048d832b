"""Send mail by SMTP and note how it went, so that the page of the system's health can tell."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import EmailMessage
from django.db import connection

from duyen.foundation.health.marks import note_bad, note_good

MAIL = "mail"


class NotingBackend(EmailBackend):
    """Django's own way to send mail, with a note of the last success and the last failure."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        try:
            sent = super().send_messages(email_messages)
        except Exception as error:
            # Inside a transaction that is now to be rolled back the note would go with it.
            if not connection.in_atomic_block:
                note_bad(MAIL, error)
            raise
        if sent:
            note_good(MAIL)
        return int(sent or 0)
