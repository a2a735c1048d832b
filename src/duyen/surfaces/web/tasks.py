"""Background work of the pages; the worker finds it by this module's name."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from duyen.foundation.notices import mails
from duyen.foundation.org.invitations import address_for_mail
from duyen.surfaces.web.notices import mailing


@app.task(name="notices.send_mail")
def send_mail(*, mail_id: int) -> None:
    """Send one mail with notices."""
    mailing.send(mail_id)


@app.periodic(cron="* * * * *")
@app.task(name="notices.mail_what_is_due", queueing_lock="notices.mail_what_is_due", pass_context=False)
def mail_what_is_due(timestamp: int) -> None:
    """Put what is due into mails, each sent by a job of its own; without a mail server nothing goes out."""
    if not address_for_mail():
        return
    mails.gather()
    for mail_id in mails.waiting():
        try:
            with transaction.atomic():
                send_mail.configure(queueing_lock=f"notices.send_mail:{mail_id}").defer(mail_id=mail_id)
        except AlreadyEnqueued:
            continue
