"""Bring the entries of a calendar file in as one's own activities: each once, known again by its UID.

What was brought in before, or was made here, stays as it is. A bad entry stays out with its reason and stops
no other one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from duyen.entities import standard
from duyen.entities.errors import InvalidValues
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.org.models import User
from duyen.kernel.clock import now, today
from duyen.kernel.day_grid import midnight
from duyen.kernel.errors import DomainError
from duyen.kernel.icalendars import BadEntry, CalendarFile, read_calendar
from duyen.modules.activities.ics import Incoming, incoming_from, is_coming, own_id, participants_from
from duyen.modules.activities.models import Activity, CalendarUid
from duyen.modules.activities.recurrence import read_rule
from duyen.modules.activities.words import ActivityState

#: A rule with an end, or with exceptions, comes in as single times: those of the next year, at most so many.
_AHEAD, _MOST_TIMES = dt.timedelta(days=366), 60


#: A UID, and the time that it stands for among those of one series.
_Name = tuple[str, dt.datetime | None]


class Found(StrEnum):
    """What an entry is to whoever brings it in."""

    NEW = "NEW"
    KNOWN = "KNOWN"
    REFUSED = "REFUSED"


@dataclass(frozen=True)
class Looked:
    """One entry as it was found: what it means here, whether it is new or stays out, how often it comes."""

    found: Found
    incoming: Incoming | None
    reason: str = ""
    times: tuple[dt.datetime, ...] = ()
    repeats: str = ""

    @property
    def subject(self) -> str:
        return str(self.incoming.values["subject"]) if self.incoming else ""

    @property
    def starts_at(self) -> dt.datetime | None:
        values = self.incoming.values if self.incoming else {}
        return self.times[0] if self.times else values.get("starts_at") or values.get("due_at")


@dataclass(frozen=True)
class Brought:
    """What became of a file."""

    made: int
    known: int
    refused: Sequence[str]


def look(content: bytes, *, actor: Actor) -> list[Looked]:
    """Tell of each entry of a file what would become of it; nothing is kept.

    Raises NotACalendar and CalendarTooLarge.
    """
    file = read_calendar(content)
    return [*_looked(file, actor), *(Looked(Found.REFUSED, None, str(each)) for each in _told(file))]


def bring_in(content: bytes, *, actor: Actor) -> Brought:
    """Make the actor's own activities of the entries that are new. Raises NotACalendar, CalendarTooLarge."""
    made, refused = 0, []
    looked = look(content, actor=actor)
    users = _users(looked)
    for each in looked:
        if each.found is Found.REFUSED:
            refused.append(each.reason)
        if each.found is not Found.NEW or each.incoming is None:
            continue
        try:
            with transaction.atomic():
                _make(each, each.incoming, users, actor)
            made += 1
        except InvalidValues as error:
            reasons = " ".join(str(problem.message) for problem in error.problems)
            refused.append(f"“{each.subject}”: {reasons}")
        except DomainError as error:
            refused.append(f"“{each.subject}”: {error}")
    return Brought(made, sum(each.found is Found.KNOWN for each in looked), refused)


def _told(file: CalendarFile) -> list[str]:
    return [_(str(each.sentence)) % each.params for each in file.problems if isinstance(each, BadEntry)]


def _looked(file: CalendarFile, actor: Actor) -> list[Looked]:
    incoming = [incoming_from(each) for each in file.entries]
    known = _known({each.uid for each in incoming}, actor)
    moved = {(each.uid, each.occurrence) for each in incoming if each.occurrence}
    seen: set[tuple[str, dt.datetime | None]] = set()
    found = []
    for each in incoming:
        name = (each.uid, each.occurrence)
        if name in known or is_coming(each.uid) or (name in seen and each.uid):
            found.append(Looked(Found.KNOWN, each))
            continue
        seen.add(name)
        found.append(_judged(each, frozenset(at for uid, at in moved if uid == each.uid and at)))
    return found


def _judged(each: Incoming, moved: frozenset[dt.datetime]) -> Looked:
    """Tell how often an entry comes, or why it stays out."""
    if not each.values["subject"]:
        return Looked(Found.REFUSED, each, _("An entry has no words. It stays out."))
    start = each.values.get("starts_at") or each.values.get("due_at")
    if not each.rule or each.occurrence:
        return Looked(Found.NEW, each)
    if start is None:
        said = _("“%(subject)s” recurs, but never begins. It stays out.") % each.values
        return Looked(Found.REFUSED, each, said)
    try:
        rule = read_rule(each.rule, start)
    except DomainError as error:
        said = _(str(error.sentence)) % error.params
        return Looked(Found.REFUSED, each, f"“{each.values['subject']}”: {said}")
    left_out = {*each.left_out, *moved}
    first = midnight(today()) - dt.timedelta(seconds=1)
    if rule.count is None and not left_out and not each.added:
        begins = start if start > first else rule.after(first)
        if begins is None:
            return Looked(Found.REFUSED, each, _("“%(subject)s” is over. It stays out.") % each.values)
        return Looked(Found.NEW, each, times=(begins,), repeats=rule.text)
    fallen = [start, *rule.between(start, first + _AHEAD), *each.added]
    coming = sorted({at for at in fallen if at > first and at not in left_out})
    if not coming:
        return Looked(Found.REFUSED, each, _("“%(subject)s” is over. It stays out.") % each.values)
    return Looked(Found.NEW, each, times=tuple(coming[:_MOST_TIMES]))


def _known(uids: set[str], actor: Actor) -> set[tuple[str, dt.datetime | None]]:
    """Give those names that stand for an activity which is still there."""
    kept = CalendarUid.objects.filter(user_id=actor.user_id or 0, uid__in=uids)
    names: dict[_Name, int] = {
        (row[0], row[1]): row[2] for row in kept.values_list("uid", "occurrence", "activity_id")
    }
    own: dict[_Name, int] = {(uid, None): number for uid in uids if (number := own_id(uid)) is not None}
    named = {**names, **own}
    there = set(
        Activity.objects.filter(pk__in=set(named.values()), deleted_at=None).values_list("pk", flat=True)
    )
    found = {name for name, number in named.items() if number in there}
    # Single times of a rule stand under one name without a time of its own, too.
    return found | {(uid, None) for uid, _at in found}


def _users(looked: Sequence[Looked]) -> dict[str, int]:
    emails = {person.email for each in looked if each.incoming for person in each.incoming.people}
    rows = User.objects.filter(email__in=emails, is_active=True).values_list("email", "pk")
    return {str(email): int(number) for email, number in rows}


def _make(each: Looked, incoming: Incoming, users: dict[str, int], actor: Actor) -> None:
    start = incoming.values.get("starts_at") or incoming.values.get("due_at")
    people = {email: number for email, number in users.items() if number != actor.user_id}
    names: list[tuple[dt.datetime | None, int]] = []
    for moment in each.times or (start,):
        values = {**incoming.values, **_shifted(incoming.values, start, moment)}
        if incoming.entity == "activities":
            others = tuple(person for person in incoming.people if person.email != actor.email)
            values["participants"] = participants_from(others, people)
        if incoming.state is ActivityState.DONE:
            values["done_at"] = incoming.changed_at or now()
        activity_id = standard.create(entity_named(incoming.entity), actor=actor, values=values).id
        if incoming.state is ActivityState.CANCELLED:
            perform(
                entity_named(incoming.entity),
                "cancel",
                activity_id,
                actor=actor,
                arguments={"note": _("Cancelled in the calendar it came from")},
            )
        if each.repeats:
            perform(
                entity_named(incoming.entity),
                "repeat",
                activity_id,
                actor=actor,
                arguments={"rule": each.repeats},
            )
        is_single = not each.repeats and len(each.times) > 0
        names.append((moment if is_single else incoming.occurrence, activity_id))
    if incoming.uid:
        trail.begin(actor, "calendar_names.keep")
        before = CalendarUid.objects.filter(user_id=actor.user_id or 0, uid=incoming.uid)
        times = [at for at, _number in names if at is not None]
        before.filter(Q(occurrence__in=times) if times else Q(occurrence=None)).delete()
        CalendarUid.objects.bulk_create(
            CalendarUid(user_id=actor.user_id or 0, uid=incoming.uid, occurrence=at, activity_id=number)
            for at, number in names
        )


def _shifted(values: Any, start: dt.datetime | None, moment: dt.datetime | None) -> dict[str, Any]:
    """Give the times of another occurrence, as far from it as those of the first one."""
    if start is None or moment is None or moment == start:
        return {}
    by = moment - start
    times = ("starts_at", "ends_at", "due_at", "remind_at")
    return {name: values[name] + by for name in times if values.get(name)}
