"""What somebody is told whose lead went back to the pool."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.foundation.notices.kinds import ASSIGNED, NoticeKind, declare

TAKEN_BACK = "lead_taken_back"

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
)
