"""What both sides of a handover are told."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.foundation.notices.kinds import ASSIGNED, REMINDERS, NoticeKind, declare

HANDED, ANSWERED, LATE = "lead_handed_over", "lead_handover_answered", "lead_handover_late"

declare(
    NoticeKind(
        HANDED,
        ASSIGNED,
        "inbox",
        one=_("%(who)s hands a lead over to you. Accept or return it under “Handed over”"),
        many=_("%(count)s leads were handed over to you. Accept or return them under “Handed over”"),
        closed=_("%(who)s hands a lead over to you. Accept or return it under “Handed over”"),
    ),
    NoticeKind(
        ANSWERED,
        ASSIGNED,
        "inbox",
        one=_("%(who)s returned a lead that you handed over: %(record)s"),
        many=_("%(count)s leads that you handed over were returned"),
        closed=_("A lead that you handed over was returned"),
        tone="amber",
    ),
    NoticeKind(
        LATE,
        REMINDERS,
        "alarm-clock",
        one=_("A lead that was handed over waits too long for an answer: %(record)s"),
        many=_("%(count)s leads that were handed over wait too long for an answer"),
        closed=_("A lead that was handed over to you waits too long for an answer"),
        tone="red",
    ),
)
