"""The working calendars that an installation starts with; a company changes them and adds its own."""

from __future__ import annotations

from django.db import transaction

from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.org.calendars import WEEKDAYS
from duyen.foundation.org.models import WorkingCalendar
from duyen.kernel.clock import now
from duyen.kernel.opening_hours import WHOLE_DAY, read_hours, show_hours

OFFICE, STORE, CALL_CENTRE = "Giờ hành chính", "Cửa hàng", "Tổng đài 24/7"
_OFFICE, _STORE = show_hours(read_hours("8-12, 13:30-17:30")), show_hours(read_hours("7:30-18"))
#: Name, hours of each day from Monday on, and whether it rests on holidays.
_SEEDS = (
    (OFFICE, (*[_OFFICE] * 5, "", ""), True),
    (STORE, (_STORE,) * 7, True),
    (CALL_CENTRE, (show_hours(WHOLE_DAY),) * 7, False),
)


def seed_calendars(actor: Actor) -> int:
    """Write the first calendars where there is none; returns how many."""
    with transaction.atomic():
        if WorkingCalendar.objects.exists():
            return 0
        trail.begin(actor, "calendars.seed")
        stamps = {"created_at": now(), "updated_at": now()}
        rows = [
            WorkingCalendar(
                name=name, rests_on_holidays=rests, **dict(zip(WEEKDAYS, hours, strict=True)), **stamps
            )
            for name, hours, rests in _SEEDS
        ]
        return len(WorkingCalendar.objects.bulk_create(rows))
