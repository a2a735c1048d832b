"""Writes of the messaging module."""

from duyen.modules.messaging.actions.drafting import forget_draft, keep_draft
from duyen.modules.messaging.actions.filing import HasPlace, discard, file_by_hand, make_contact, take_back
from duyen.modules.messaging.actions.mailboxes import (
    keep_signature,
    read_soon,
    remove_mailbox,
    save_mailbox,
    switch_mailbox,
    try_mailbox,
)
from duyen.modules.messaging.actions.outbox import confirm_sent, send_again, stop_sending
from duyen.modules.messaging.actions.picking import newest_mails, pick_mail
from duyen.modules.messaging.actions.sending import send_mail
from duyen.modules.messaging.actions.taking import (
    Letter,
    Taker,
    bring_back,
    leave_out,
    offer_taker,
    take_by_hand,
)

__all__ = [
    "HasPlace",
    "Letter",
    "Taker",
    "bring_back",
    "confirm_sent",
    "discard",
    "file_by_hand",
    "forget_draft",
    "keep_draft",
    "keep_signature",
    "leave_out",
    "make_contact",
    "newest_mails",
    "offer_taker",
    "pick_mail",
    "read_soon",
    "remove_mailbox",
    "save_mailbox",
    "send_again",
    "send_mail",
    "stop_sending",
    "switch_mailbox",
    "take_back",
    "take_by_hand",
    "try_mailbox",
]
