"""What people are told about mail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.foundation.notices.kinds import PEOPLE, SYSTEM, NoticeKind, declare

BOX_FAILS, SHARED_FAILS, LEADS_FAIL, NOT_SENT, ANSWERED = (
    "mailbox_fails",
    "shared_mailbox_fails",
    "lead_mailbox_fails",
    "mail_not_sent",
    "mail_answered",
)

declare(
    NoticeKind(
        BOX_FAILS,
        PEOPLE,
        "mail-warning",
        one=_(
            "Your mailbox %(address)s cannot be read: answers do not arrive. "
            "Your profile tells what to do, under Mail"
        ),
        many=_(
            "Your mailbox %(address)s cannot be read: answers do not arrive. "
            "Your profile tells what to do, under Mail"
        ),
        tone="red",
    ),
    NoticeKind(
        SHARED_FAILS,
        SYSTEM,
        "mail-warning",
        one=_(
            "The company's mailbox %(address)s cannot be read: mail does not arrive. "
            "The settings tell what to do, under Mailboxes"
        ),
        many=_(
            "The company's mailbox %(address)s cannot be read: mail does not arrive. "
            "The settings tell what to do, under Mailboxes"
        ),
        tone="red",
    ),
    NoticeKind(
        LEADS_FAIL,
        SYSTEM,
        "mail-warning",
        one=_(
            "The mailbox for leads %(address)s cannot be read: mail does not arrive. "
            "The settings tell what to do, under Mailboxes for leads"
        ),
        many=_(
            "The mailbox for leads %(address)s cannot be read: mail does not arrive. "
            "The settings tell what to do, under Mailboxes for leads"
        ),
        tone="red",
    ),
    NoticeKind(
        NOT_SENT,
        PEOPLE,
        "mail-warning",
        one=_("Your mail “%(subject)s” did not reach everybody. See why, and try again"),
        many=_("%(count)s of your mails did not reach everybody, the last one “%(subject)s”"),
        closed=_("One of your mails did not reach everybody"),
        tone="red",
    ),
    NoticeKind(
        ANSWERED,
        PEOPLE,
        "mail",
        one=_("%(sender)s answered your mail “%(subject)s”"),
        many=_("%(count)s answers to your mails, the last one from %(sender)s"),
        closed=_("Somebody answered one of your mails"),
    ),
)
