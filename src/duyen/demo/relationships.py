"""Invent when a customer came and how the relationship stands, all counted back from one day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random

from duyen.entities.standard import Life
from duyen.kernel.clock import ZONE
from duyen.modules.parties.words import RelationshipState as State

#: New customers of a year, by month: the index of new lines, January first.
SEASONS = (112, 60, 92, 95, 98, 100, 103, 116, 112, 102, 98, 112)
#: The history that the demo knows; whoever came earlier was entered when it began.
MONTHS_KNOWN = 36
_NEW_SHARE, _NEW_DAYS = 0.20, 365
_FIRST_DAYS = 90
_DEVELOPED = (
    (State.DEVELOPING, 66), (State.RETAINING, 24), (State.AT_RISK_NOTICE, 3), (State.LOST, 5),
    (State.WIN_BACK, 1), (State.TERMINATED, 1),
)  # fmt: skip


@dataclass(frozen=True)
class Past:
    """Since when somebody is a customer, and the life of her record."""

    known_since: dt.date
    life: Life


def draw_past(random: Random, today: dt.date) -> Past:
    """Draw one past: a fifth came within the last year by its seasons, the others before."""
    if random.random() < _NEW_SHARE:
        since = _day_of_the_season(random, today)
    else:
        since = today - dt.timedelta(days=_NEW_DAYS + int(random.triangular(0, 2900, 300)))
    began = today - dt.timedelta(days=MONTHS_KNOWN * 365 // 12)
    entered = since if since >= began else began + dt.timedelta(days=random.randint(0, 40))
    made_at = _working_hour(random, entered)
    state, state_day = _state(random, since, today)
    return Past(since, Life(made_at, state, max(made_at, _working_hour(random, state_day))))


def _day_of_the_season(random: Random, today: dt.date) -> dt.date:
    days = [today - dt.timedelta(days=back) for back in range(_NEW_DAYS)]
    return random.choices(days, [SEASONS[day.month - 1] for day in days])[0]


def _state(random: Random, since: dt.date, today: dt.date) -> tuple[State, dt.date]:
    """Draw the state that fits the age of the relationship, and the day on which it began."""
    age_days = (today - since).days
    if age_days < _FIRST_DAYS:
        state = State.ATTRACTING if random.random() < 0.2 else State.ONBOARDING
        return state, since
    state = random.choices([state for state, _ in _DEVELOPED], [share for _, share in _DEVELOPED])[0]
    back = (
        random.randint(0, 60)
        if state is State.AT_RISK_NOTICE
        else random.randint(0, min(age_days - _FIRST_DAYS, 500))
    )
    return state, today - dt.timedelta(days=back)


def _working_hour(random: Random, day: dt.date) -> dt.datetime:
    time = dt.time(random.randint(8, 17), random.randint(0, 59), random.randint(0, 59))
    return dt.datetime.combine(day, time, ZONE).astimezone(dt.UTC)
