"""What a series here and its entry there are to each other: how they are found, compared and kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.db import transaction

from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now
from duyen.modules.activities.whole_series import WholeSeries, one_series
from duyen.modules.activities.words import OPEN, ActivityState
from duyen.modules.caldav.comparing import Said, said_here
from duyen.modules.caldav.models import Account, Item
from duyen.modules.caldav.repeating import Base
from duyen.modules.caldav.words import MADE_HERE, PAST, SINCE, Place

Row = Mapping[str, Any]
#: Times of a series that are looked at: those that may still be sent, and a day more.
KEPT = SINCE + PAST


class SeriesTies:
    """The series of one person, and the entries of one of her calendars that they are."""

    def __init__(self, account: Account, actor: Actor, place: Place) -> None:
        self.account, self.actor, self.place = account, actor, place

    def whole(self, series_id: int | None) -> WholeSeries | None:
        """Give one series of hers with its times; nothing where it is not hers."""
        if series_id is None:
            return None
        return one_series(self.actor, series_id, owner=self.account.user_id, since=now() - KEPT)

    def told(self, row: Row | None) -> Row | None:
        """Give an activity that stands in the entry of its series: hers, not skipped, not in the bin."""
        is_told = (
            row is not None
            and row["deleted_at"] is None
            and row["owner_id"] == self.account.user_id
            and row["state"] != ActivityState.CANCELLED
            and row["id"] not in self._apart
        )
        return row if is_told else None

    @cached_property
    def _apart(self) -> set[int | None]:
        """Name activities that somebody else wrote there as entries of their own."""
        single = Item.objects.filter(account=self.account, series_id=None).exclude(href__contains=MADE_HERE)
        return set(single.values_list("activity_id", flat=True))

    def changes(
        self, whole: WholeSeries, base: Base
    ) -> tuple[dict[dt.datetime, Row | None], dt.datetime | None]:
        """Give the times that say something else here than both said, and the last one of what has ended."""
        since = max(base.said.first, now() - SINCE)
        due = whole.due(since)
        told = {each: self.told(whole.times.get(each)) for each in due}
        until = max((each for each, row in told.items() if row is not None), default=None)
        if not whole.is_over:
            until = None
        elif until is None and since > base.said.first:
            until = base.until or since
        changes = {
            each: row
            for each, row in told.items()
            if each not in base.apart
            and each not in base.waiting
            and (until is None or each <= until)
            and not _is_same(row, base.said.at(each))
        }
        return changes, until

    def keep(self, url: str, etag: str, whole: WholeSeries, base: Base, uid: str, **columns: Any) -> None:
        """Keep what both sides say now; `columns` are others of the item."""
        said = {
            "place": self.place.url,
            "etag": etag,
            "uid": uid[:300],
            "series_id": whole.series.pk,
            "is_series": False,
            "is_cut": False,
            "base": base.kept(),
            "subject": base.said.main["subject"][:250],
            "problem": "",
            **columns,
        }
        with transaction.atomic():
            Item.objects.update_or_create(account=self.account, href=url, defaults=said)


def _is_same(row: Row | None, told: Said | None) -> bool:
    """Tell whether an activity says what both sides said; what is closed reminds of nothing any more."""
    here = said_here(row) if row else None
    if row and here and told and row["state"] not in OPEN:
        here["remind_at"] = told["remind_at"]
    return here == told
