"""What those who answer data requests are told of each night."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.foundation.notices.kinds import REMINDERS, NoticeKind, declare

WILL_ERASE, ERASED = "retention_will_erase", "retention_erased"

declare(
    NoticeKind(
        WILL_ERASE,
        REMINDERS,
        "shredder",
        one=_("From the coming night on, leads that nobody uses are erased. Look first: %(address)s"),
        many=_("From the coming night on, leads that nobody uses are erased. Look first under Data requests"),
        closed=_("From the coming night on, leads that nobody uses are erased"),
        tone="amber",
    ),
    NoticeKind(
        ERASED,
        REMINDERS,
        "shredder",
        one=_("%(erased)s leads that nobody used were erased last night"),
        many=_("Leads that nobody used were erased on %(count)s nights"),
        closed=_("Leads that nobody used were erased"),
    ),
)
