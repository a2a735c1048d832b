"""A point in time that people set, written as the clock here shows it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.fields.base import FieldRefused
from duyen.entities.fields.simple import Moment
from duyen.kernel import dates
from duyen.kernel.clock import ZONE, today


@dataclass(frozen=True)
class When(Moment):
    """A moment to the minute: people write 31/12/2026 09:30, programs RFC 3339.

    A day alone means `at`, a time of that day.
    """

    editable: bool = True
    at: dt.time = dt.time(0, 0)

    def clean(self, raw: object) -> dt.datetime:
        try:
            moment = raw if isinstance(raw, dt.datetime) else self._read(str(raw).strip())
            whole = moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
            return whole.astimezone(dt.UTC).replace(microsecond=0)
        except dates.NoLunarDate as error:
            raise FieldRefused(error.code, error.sentence, **error.params) from error
        except (ValueError, OverflowError) as error:
            raise FieldRefused("moment", _("Give day and time as 31/12/2026 09:30.")) from error

    def _read(self, text: str) -> dt.datetime:
        if "T" in text:
            return dt.datetime.fromisoformat(text)
        day, time = dates.part_day(text)
        try:
            found = dates.read_date(day, today=today())
        except dates.NoLunarDate:
            raise
        except dates.DateError:
            return dt.datetime.fromisoformat(text)
        clock = time.strip().replace("h", ":").rstrip(":")
        return dt.datetime.combine(found, _clock(clock) if clock else self.at)

    def entered(self, value: Any) -> str:
        return value.astimezone(ZONE).strftime("%d/%m/%Y %H:%M") if value else ""


def _clock(text: str) -> dt.time:
    """Read 9, 9:30 or 09:30. Raises ValueError."""
    hours, _colon, minutes = text.partition(":")
    return dt.time(int(hours), int(minutes or 0))
