"""Read reports of faults, find one by its number, mark one as solved, forget the old ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from duyen.foundation.access.actor import Actor
from duyen.foundation.org.models import User
from duyen.foundation.settings.company import setting
from duyen.foundation.troubles.declared import KEEP_DAYS
from duyen.foundation.troubles.models import Report, Trouble
from duyen.foundation.troubles.rules import read_number
from duyen.kernel.clock import now

MOST_SHOWN = 50
MOST_REPORTS_SHOWN = 20


def troubles(*, solved: bool = False, limit: int = MOST_SHOWN) -> list[Trouble]:
    """List faults, those met last first."""
    found = Trouble.objects.filter(solved_at__isnull=not solved)
    return list(found.order_by("-last_at", "-id")[:limit])


def trouble_called(trouble_id: int) -> Trouble | None:
    """Find one fault."""
    return Trouble.objects.filter(pk=trouble_id).order_by("pk").first()


def report_called(typed: str) -> Report | None:
    """Find a report by its number, however somebody read it out."""
    number = read_number(typed)
    return Report.objects.filter(number=number).order_by("pk").first() if number else None


def reports_of(trouble: Trouble) -> list[Report]:
    """List who met it when, the newest first."""
    return list(trouble.reports.order_by("-id")[:MOST_REPORTS_SHOWN])


def names_of(ids: Sequence[int | None]) -> dict[int, str]:
    """Name the people who met it or solved it; kept by number alone, so that a report holds no name."""
    return dict(User.objects.filter(pk__in=[each for each in ids if each]).values_list("pk", "full_name"))


def solve(trouble: Trouble, *, actor: Actor) -> None:
    """Mark a fault as solved; it opens again by itself when somebody meets it once more."""
    Trouble.objects.filter(pk=trouble.pk).update(solved_at=now(), solved_by_id=actor.user_id)


def reopen(trouble: Trouble) -> None:
    """Take back that it is solved."""
    Trouble.objects.filter(pk=trouble.pk).update(solved_at=None, solved_by_id=None)


def forget_old() -> int:
    """Delete what is older than the company keeps it; returns how many reports went."""
    before = now() - dt.timedelta(days=int(setting(KEEP_DAYS)))
    gone = Report.objects.filter(at__lt=before).delete()[0]
    Trouble.objects.filter(last_at__lt=before, reports=None).delete()
    return gone
