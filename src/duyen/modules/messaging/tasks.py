"""Background work of mail; the worker finds it by this module's name."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from duyen.foundation.jobs.scheduled import name_task
from duyen.modules.messaging import queueing
from duyen.modules.messaging.actions import outbox, reading

LOOK = "messaging.look_at_mail"
name_task(LOOK, _("Read mailboxes and send mail that waits"))


@app.task(name=queueing.HAND_OVER)
def hand_over_mail(*, mail_id: int) -> None:
    """Hand one mail over to its server, unless another process does."""
    outbox.hand_over(mail_id)


@app.task(name=queueing.READ)
def read_mailbox(*, mailbox_id: int) -> None:
    """Read one mailbox; where more waits, go on behind the work of others."""
    if reading.read(mailbox_id):
        queueing.read_soon(mailbox_id)


@app.periodic(cron="* * * * *")
@app.task(name=LOOK, queueing_lock=LOOK, pass_context=False)
def look_at_mail(timestamp: int) -> None:
    """Queue what is due: mails to send, mailboxes to read; and settle what a process left that died."""
    outbox.settle_lost()
    for mail_id in outbox.due():
        queueing.send_soon(mail_id)
    for mailbox_id in reading.due():
        queueing.read_soon(mailbox_id)
