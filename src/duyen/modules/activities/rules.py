"""What must hold for an activity, and by which moment it stands among others. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from duyen.kernel.errors import FieldProblem
from duyen.kernel.words import mark
from duyen.modules.activities.words import APPOINTMENTS, NOTED, ActivityKind, ActivityState, Taker

#: How long an appointment takes of which nobody said so.
USUAL_LENGTH = dt.timedelta(minutes=60)
LONGEST = dt.timedelta(days=60)
#: Tasks stand at most so deep below each other.
DEEPEST = 10
#: A subject that nobody gave is the first line of the text, cut here.
SUBJECT_LENGTH = 120


def moment_of(
    *,
    done_at: dt.datetime | None,
    starts_at: dt.datetime | None,
    due_at: dt.datetime | None,
    made_at: dt.datetime,
) -> dt.datetime:
    """Give the moment by which an activity stands in a timeline: done, else begins, else due, else made."""
    return done_at or starts_at or due_at or made_at


def is_noted(kind: str, *, starts_at: dt.datetime | None, due_at: dt.datetime | None) -> bool:
    """Tell whether a new activity of this kind, without any time of its own, is one that has happened."""
    return kind in NOTED and (kind == ActivityKind.NOTE or not (starts_at or due_at))


def subject_of(subject: str, body: str) -> str:
    """Give the subject, or the first line of the text where nobody gave one."""
    if subject:
        return subject
    first = next((line.strip() for line in body.splitlines() if line.strip()), "")
    return first if len(first) <= SUBJECT_LENGTH else first[: SUBJECT_LENGTH - 1].rstrip() + "…"


def end_of(kind: str, starts_at: dt.datetime | None, ends_at: dt.datetime | None) -> dt.datetime | None:
    """Give the end of an appointment, an hour after it begins where nobody said; none without a beginning."""
    if starts_at is None or ends_at is not None or kind not in APPOINTMENTS:
        return ends_at
    return starts_at + USUAL_LENGTH


def overdue_from(
    kind: str,
    *,
    due_at: dt.datetime | None,
    starts_at: dt.datetime | None,
    ends_at: dt.datetime | None,
) -> dt.datetime | None:
    """Give the moment from which something open is overdue; none for what never is.

    That is its due date; of all but tasks, where there is none, its end or beginning. A task without a due
    date is never overdue. `work_facts.is_late` says the same to the database.
    """
    return due_at if kind == ActivityKind.TASK else due_at or ends_at or starts_at


@dataclass(frozen=True)
class Times:
    """The times of an activity, as they will be."""

    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    done_at: dt.datetime | None = None


def problems_of(
    *, kind: str, subject: str, times: Times, is_open: bool, now: dt.datetime
) -> Iterator[FieldProblem]:
    """Find what does not fit together in an activity as it will be."""
    if not subject:
        yield FieldProblem("subject", "required", mark("Say in a few words what it is about."))
    if kind in APPOINTMENTS and times.starts_at is None and times.done_at is None:
        yield FieldProblem("starts_at", "required", mark("Say when it begins."))
    if times.ends_at and not times.starts_at:
        yield FieldProblem("starts_at", "required", mark("Say when it begins, or leave its end empty."))
    if times.starts_at and times.ends_at:
        if times.ends_at < times.starts_at:
            yield FieldProblem("ends_at", "order", mark("It ends before it begins. Correct one of the two."))
        elif times.ends_at - times.starts_at > LONGEST:
            sentence = mark("It lasts longer than 60 days. Check its end, or plan it as a task.")
            yield FieldProblem("ends_at", "too_long", sentence)
    if times.done_at and times.done_at > now + dt.timedelta(days=1):
        sentence = mark("What is done lies in the past. Correct the time, or give it as the beginning.")
        yield FieldProblem("done_at", "future", sentence)
    if is_open and times.done_at:
        yield FieldProblem("done_at", "open", mark("It is still open. Finish it, and say what came of it."))


def closes_a_loop(own: int | None, above: Collection[int]) -> bool:
    """Tell whether a task would stand below itself: `above` are its new parent and those above that one."""
    return own is not None and own in above


def progress_of(parts: Sequence[tuple[str, int]]) -> int:
    """Give how far tasks are together, from the state and progress of each; cancelled ones do not count."""
    counted = [
        100 if state == ActivityState.DONE else progress
        for state, progress in parts
        if state != ActivityState.CANCELLED
    ]
    return round(sum(counted) / len(counted)) if counted else 0


def taker_of(rule: str, *, owner: int | None, starter: int | None, person: int | None) -> int | None:
    """Give who gets a task of a set: a person, whoever starts it, or the owner; else the other one."""
    found = {Taker.PERSON.value: person, Taker.STARTER.value: starter, Taker.OWNER.value: owner}.get(rule)
    return found or owner or starter
