"""What people are told of their calendars elsewhere."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.foundation.notices.kinds import JOBS, NoticeKind, declare

declare(
    NoticeKind(
        "calendar_fails",
        JOBS,
        icon="calendar-x",
        one=_("Your calendar is not synchronised: %(why)s"),
        many=_("Your calendar is not synchronised: %(why)s"),
        tone="red",
    )
)
