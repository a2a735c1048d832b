"""What the company decides about mail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.foundation.settings.declaring import Kind, declare_area, declare_setting

EVERY, MOST_MB, OWN_BOXES = "messaging.every_minutes", "messaging.most_mb", "messaging.own_boxes"

declare_area(
    "messaging",
    label=_("Mail"),
    help=_("How often mailboxes are read, and what goes out."),
    icon="mail",
    order=44,
    also=_("mailbox e-mail IMAP SMTP attachments"),
)
declare_setting(
    EVERY,
    5,
    kind=Kind.WHOLE,
    area="messaging",
    least=1,
    most=60,
    label=_("Read mailboxes every … minutes"),
    help=_("Mail providers lock out who asks too often; five minutes suit most."),
)
declare_setting(
    MOST_MB,
    20,
    kind=Kind.WHOLE,
    area="messaging",
    least=1,
    most=35,
    label=_("Most that one mail may carry, in MB"),
    help=_("All its files together. Many mail servers take no more than 25 MB."),
)
declare_setting(
    OWN_BOXES,
    True,
    kind=Kind.FLAG,
    area="messaging",
    label=_("People may connect mailboxes of their own"),
    help=_("Of those Duyên keeps answers to its own mail, and what the owner picks. Nothing else is stored."),
)
