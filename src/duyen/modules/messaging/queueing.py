"""Leave mail to the worker, by the names of its tasks: what asks for work does not import what does it."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

HAND_OVER, READ = "messaging.hand_over", "messaging.read"


def send_soon(mail_id: int) -> None:
    """Have a mail handed over; call it in the transaction that puts it down."""
    _defer(HAND_OVER, f"{HAND_OVER}:{mail_id}", mail_id=mail_id)


def read_soon(mailbox_id: int) -> None:
    """Have a mailbox read."""
    _defer(READ, f"{READ}:{mailbox_id}", mailbox_id=mailbox_id)


def _defer(task: str, lock: str, **given: int) -> None:
    try:
        with transaction.atomic():  # a refusal must not spoil the caller's transaction
            app.configure_task(task, queueing_lock=lock).defer(**given)
    except AlreadyEnqueued:
        return  # it waits there already
