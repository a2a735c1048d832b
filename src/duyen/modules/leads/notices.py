"""What is told of leads that went back to the pool: to whoever lost them, and to the head of the unit."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.foundation.notices.kinds import ASSIGNED, NoticeKind, declare

TAKEN_BACK, LEFT_LYING = "lead_taken_back", "leads_left_lying"

declare(
    NoticeKind(
        TAKEN_BACK,
        ASSIGNED,
        "rotate-ccw",
        one=_("%(record)s was taken back from you: twice the time of a first contact had passed"),
        many=_("%(count)s leads were taken back from you: twice the time of a first contact had passed"),
        closed=_("A lead was taken back from you: twice the time of a first contact had passed"),
        tone="amber",
    ),
    NoticeKind(
        LEFT_LYING,
        ASSIGNED,
        "rotate-ccw",
        one=_("%(unit)s: one lead was taken back, because nobody had spoken to them in time. From %(whose)s"),
        many=_(
            "%(unit)s: %(count)s leads were taken back, because nobody had spoken to them in time. "
            "From %(whose)s"
        ),
        tone="amber",
    ),
)
