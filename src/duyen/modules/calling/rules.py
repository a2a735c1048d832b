"""Who is called next, for which purpose, and what follows from an outcome. Plain values in and out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from duyen.kernel.clock import ZONE
from duyen.kernel.errors import FieldProblem
from duyen.kernel.words import mark
from duyen.kernel.working_time import WorkingTime, add_working_time
from duyen.modules.calling.words import Outcome, Turn
from duyen.modules.consents.words import Purpose
from duyen.modules.leads.words import LeadState, Temperature

#: Nobody is promised a call further ahead, as nobody is nurtured longer.
MOST_DAYS = 180
#: A call to which no hour was given is due when the day begins.
MORNING = dt.time(9)
#: In working time: how long nobody is tried again after the first call without an answer, and after more.
AGAIN_SOON, AGAIN_LATER = dt.timedelta(hours=2), dt.timedelta(hours=8)
#: From so many calls without an answer on, the page proposes to give the lead up.
MANY_TRIES = 5

#: For what somebody is called whose data were collected for that. What the company adds to the list of
#: purposes, and what serves no request of theirs, is advertising.
_ASKED_FOR: Mapping[str, Purpose] = {
    "ADVICE": Purpose.SERVICE,
    "CONTRACT": Purpose.SERVICE,
    "SURVEY": Purpose.SURVEY,
}
#: The outcome that an activity shows.
LOGGED: Mapping[Outcome, str] = {
    Outcome.REACHED: "REACHED",
    Outcome.NO_ANSWER: "NO_ANSWER",
    Outcome.CALL_BACK: "POSTPONED",
    Outcome.WRONG_NUMBER: "WRONG_NUMBER",
    Outcome.NOT_INTERESTED: "NOT_INTERESTED",
    Outcome.QUALIFIED: "INTERESTED",
    Outcome.REFUSED: "NOT_INTERESTED",
    Outcome.NURTURE: "POSTPONED",
}
#: Outcomes after which somebody was spoken to; the others reached nobody.
SPOKEN = frozenset(Outcome) - {Outcome.NO_ANSWER, Outcome.WRONG_NUMBER}
#: States in which a lead is called.
CALLED = (LeadState.ASSIGNED, LeadState.CONTACTED, LeadState.QUALIFIED, LeadState.NURTURING)
_BEFORE_QUALIFIED = (LeadState.ASSIGNED, LeadState.CONTACTED)
#: Outcomes that come of calls to leads in some states alone.
_ONLY_IN = {
    Outcome.QUALIFIED: _BEFORE_QUALIFIED,
    Outcome.NURTURE: (*_BEFORE_QUALIFIED, LeadState.QUALIFIED),
}
_WARMTH = {Temperature.HOT.value: 0, Temperature.WARM.value: 1, Temperature.COLD.value: 2}
_TURNS = tuple(Turn)
#: The same moment for all that no moment tells apart.
_ANY = dt.datetime.min.replace(tzinfo=dt.UTC)


def purpose_of_call(collected_for: str) -> Purpose:
    """Give for what somebody is called, by the purpose for which their data were collected."""
    return _ASKED_FOR.get(collected_for, Purpose.MARKETING)


@dataclass(frozen=True)
class Waiting:
    """A lead that may be called: what its place in the queue follows from.

    `promised_at` is the first open call that was planned, `called_at` the last time somebody was in touch.
    """

    id: int
    name: str
    company: str
    state: str
    temperature: str
    created_at: dt.datetime
    score: int | None = None
    first_due_at: dt.datetime | None = None
    next_action_on: dt.date | None = None
    promised_at: dt.datetime | None = None
    called_at: dt.datetime | None = None


@dataclass(frozen=True)
class Place:
    """Where a lead stands: why, and by which moment among others of its turn."""

    lead: Waiting
    turn: Turn
    at: dt.datetime


@dataclass(frozen=True)
class Queue:
    """Those whose turn it is, the most urgent first, and those promised a call later today."""

    now: Sequence[Place]
    later: Sequence[Place]


def queue_of(waiting: Iterable[Waiting], moment: dt.datetime) -> Queue:
    """Put leads in order: promised calls, first contacts by their clock, days that came, then the rest.

    Equal moments go by score, then by how near to buying somebody seems. Whoever was promised a call later
    waits for it; of whom no date is known waits until tomorrow once spoken to today.
    """
    placed = [place for each in waiting if (place := _place(each, moment)) is not None]
    return Queue(
        sorted((each for each in placed if not _later(each, moment)), key=_urgency),
        sorted((each for each in placed if _later(each, moment)), key=_urgency),
    )


def _place(lead: Waiting, moment: dt.datetime) -> Place | None:
    today = moment.astimezone(ZONE).date()
    if lead.promised_at is not None:
        day = lead.promised_at.astimezone(ZONE).date()
        return Place(lead, Turn.PROMISED, lead.promised_at) if day <= today else None
    if lead.state == LeadState.ASSIGNED:
        return Place(lead, Turn.FIRST, lead.first_due_at or lead.created_at)
    if lead.next_action_on is not None:
        due = dt.datetime.combine(lead.next_action_on, dt.time(), ZONE)
        return Place(lead, Turn.DUE, due) if lead.next_action_on <= today else None
    if lead.called_at is not None and lead.called_at.astimezone(ZONE).date() >= today:
        return None
    return Place(lead, Turn.OPEN, lead.created_at)


def _later(place: Place, moment: dt.datetime) -> bool:
    return place.turn is Turn.PROMISED and place.at > moment


def _urgency(place: Place) -> tuple[int, dt.datetime, int, int, int]:
    warmth = _WARMTH.get(place.lead.temperature, len(_WARMTH))
    # Of whom no date is known the best score comes first; everywhere else it tells equal moments apart.
    at = _ANY if place.turn is Turn.OPEN else place.at
    score = -(place.lead.score or 0)
    return _TURNS.index(place.turn), at, score, warmth, place.lead.id


def next_try(moment: dt.datetime, tries: int, hours: WorkingTime) -> dt.datetime:
    """Give when to try again somebody who did not answer `tries` times, this one counted, to the minute."""
    found = add_working_time(moment, AGAIN_SOON if tries < 2 else AGAIN_LATER, hours)
    return found.replace(second=0, microsecond=0)


def moment_of(day: dt.date | None, time: dt.time | None) -> dt.datetime | None:
    """Give the moment of a day and a time that somebody typed; a day alone means its morning."""
    return None if day is None else dt.datetime.combine(day, time or MORNING, ZONE)


def problems_of_next(
    outcome: Outcome, when: dt.datetime | None, moment: dt.datetime, *, state: str
) -> Iterator[FieldProblem]:
    """Find what speaks against calling again at a moment; whoever is nurtured always has a next one."""
    is_asked = outcome in (Outcome.CALL_BACK, Outcome.NURTURE) or (
        outcome is Outcome.REACHED and state == LeadState.NURTURING
    )
    if when is None:
        if is_asked:
            yield FieldProblem("when", "required", mark("Say when to call again: tomorrow 9:00, t6, +7."))
    elif when <= moment:
        yield FieldProblem("when", "past", mark("This time has passed. Give one that lies ahead."))
    elif outcome is Outcome.NURTURE and when.astimezone(ZONE).date() <= moment.astimezone(ZONE).date():
        yield FieldProblem("when", "past", mark("Give a day that lies ahead, such as +30 or 15/12."))
    elif when - moment > dt.timedelta(days=MOST_DAYS):
        yield FieldProblem("when", "too_late", mark("Give a time within 180 days, or give the lead up."))


def outcomes_in(state: str) -> tuple[Outcome, ...]:
    """List what may come of a call to a lead in a state; who is nurtured is first taken up again."""
    left_out = {each for each, states in _ONLY_IN.items() if state not in states}
    return tuple(each for each in Outcome if each not in left_out)
