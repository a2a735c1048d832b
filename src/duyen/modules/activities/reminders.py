"""Tell people of what comes up: each reminder once, also when the process that tells dies.

The notice and the mark that it was told are written in one transaction, under a lock that others pass by.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.notices.kinds import REMINDERS, NoticeKind, declare
from duyen.foundation.notices.telling import notify
from duyen.kernel.clock import now
from duyen.kernel.dates import show_moment
from duyen.modules.activities.models import Activity
from duyen.modules.activities.words import OPEN, ActivityKind

#: So many are told of in one transaction, and so late one still is: after a night off, not after a month.
CHUNK = 200
_LATEST = dt.timedelta(days=3)
_TELLER = system_actor("Reminders")

declare(
    NoticeKind(
        "reminder",
        REMINDERS,
        icon="alarm-clock",
        one=_("%(when)s: %(record)s"),
        many=_("%(count)s reminders, the last at %(when)s"),
        closed=_("A reminder of something that is no longer open to you"),
        tone="amber",
    )
)


def remind() -> int:
    """Tell of all that is due by now; returns how many activities were told of."""
    told = 0
    while count := _remind_some():
        told += count
    return told


def _remind_some() -> int:
    moment = now()
    due = Activity.objects.filter(
        remind_at__lte=moment,
        reminded_at=None,
        state__in=[each.value for each in OPEN],
        deleted_at=None,
    )
    with transaction.atomic():
        rows = list(due.order_by("remind_at", "pk").select_for_update(skip_locked=True)[:CHUNK])
        if not rows:
            return 0
        trail.begin(_TELLER, "activities.remind")
        for each in rows:
            if each.remind_at and each.remind_at > moment - _LATEST:
                _tell(each)
        Activity.objects.filter(pk__in=[each.pk for each in rows]).update(reminded_at=moment)
    return len(rows)


def _tell(activity: Activity) -> None:
    people = {each for each in (activity.owner_id, *activity.people) if each is not None}
    entity = "tasks" if activity.kind == ActivityKind.TASK else "activities"
    notify(
        people,
        "reminder",
        entity=entity,
        record_id=activity.pk,
        when=show_moment(activity.at),
    )
