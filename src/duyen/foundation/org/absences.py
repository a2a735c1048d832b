"""Record that somebody is away and who stands in for her, and end it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Absence, User
from duyen.kernel.clock import now, today
from duyen.kernel.dates import show_date
from duyen.kernel.errors import DomainError
from duyen.kernel.text import clean

LONGEST_NOTE = 300
MOST_DAYS = 366


class AbsenceRefused(DomainError):
    """An absence that cannot be; `field` says where the fault lies."""

    field = "until"


class EndsBefore(AbsenceRefused):
    """The last day lies before the first, or in the past, or too far off."""

    code = "ends_before"
    sentence = _("Give a last day from the first one and from today on, at most %(most)s days long.")


class Overlaps(AbsenceRefused):
    """Another absence of the same person falls into these days."""

    code = "overlaps"
    field = "since"
    sentence = _(
        "An absence from %(since)s to %(until)s is recorded already, with %(deputy)s. "
        "End that one or choose other days."
    )


class NoDeputy(AbsenceRefused):
    """The deputy is the person herself, locked, or nobody."""

    code = "no_deputy"
    field = "deputy"
    sentence = _("Choose somebody else who can sign in.")


class NoteTooLong(AbsenceRefused):
    """The note holds more than it may."""

    code = "too_long"
    field = "note"
    sentence = _("Shorten the note to %(most)s characters.")


class NotAway(DomainError):
    """There is no such absence, or it is over."""

    code = "not_away"
    sentence = _("This absence is over already, or was never recorded.")


@dataclass(frozen=True)
class AwayTime:
    """One absence as pages show it."""

    id: int
    user_id: int
    name: str
    since: dt.date
    until: dt.date
    deputy_id: int
    deputy: str
    note: str

    @property
    def is_now(self) -> bool:
        return self.since <= today() <= self.until


def record_absence(
    user_id: int, *, actor: Actor, since: dt.date, until: dt.date, deputy: int, note: str = ""
) -> Absence:
    """Record that a person is away from `since` to `until`, both included, and who stands in.

    The caller has checked that the actor may do this to the person. Raises AbsenceRefused.
    """
    words = clean(note)
    if until < since or until < today() or (until - since).days >= MOST_DAYS:
        raise EndsBefore(most=MOST_DAYS)
    if len(words) > LONGEST_NOTE:
        raise NoteTooLong(most=LONGEST_NOTE)
    if deputy == user_id or not User.objects.filter(pk=deputy, is_active=True).exists():
        raise NoDeputy
    moment = now()
    with transaction.atomic():
        # One after another, so that two cannot overlap unseen.
        User.objects.select_for_update(no_key=True).get(pk=user_id)
        _refuse_overlap(user_id, since, until)
        trail.begin(actor, "users.record_absence")
        return Absence.objects.create(
            user_id=user_id,
            deputy_id=deputy,
            since=since,
            until=until,
            note=words,
            created_at=moment,
            updated_at=moment,
            created_by_id=actor.user_id,
            updated_by_id=actor.user_id,
        )


def _refuse_overlap(user_id: int, since: dt.date, until: dt.date) -> None:
    other = (
        Absence.objects.filter(user_id=user_id, since__lte=until, until__gte=since)
        .order_by("since", "pk")
        .values_list("since", "until", "deputy__full_name")
        .first()
    )
    if other is not None:
        first, last, name = other
        raise Overlaps(since=show_date(first), until=show_date(last), deputy=name)


def end_absence(user_id: int, absence_id: int, *, actor: Actor) -> None:
    """End an absence at once: one that has not begun, or began today, goes; another one ends yesterday.

    The caller has checked that the actor may do this to the person. Raises NotAway.
    """
    day = today()
    with transaction.atomic():
        absence = (
            Absence.objects.select_for_update(no_key=True)
            .filter(pk=absence_id, user_id=user_id, until__gte=day)
            .order_by("pk")
            .first()
        )
        if absence is None:
            raise NotAway
        trail.begin(actor, "users.end_absence")
        if absence.since >= day:
            absence.delete()
            return
        Absence.objects.filter(pk=absence.pk).update(
            until=day - dt.timedelta(days=1),
            version=absence.version + 1,
            updated_at=now(),
            updated_by_id=actor.user_id,
        )


def absences_of(user_id: int) -> list[AwayTime]:
    """List the absences of a person that last today or begin later."""
    return _listed(user_id=user_id)


def deputyships_of(user_id: int) -> list[AwayTime]:
    """List for whom a person stands in, now and later."""
    return _listed(deputy_id=user_id, user__is_active=True)


def _listed(**whose: object) -> list[AwayTime]:
    rows = Absence.objects.filter(until__gte=today(), **whose).order_by("since", "pk")
    columns = ("pk", "user_id", "user__full_name", "since", "until", "deputy_id", "deputy__full_name", "note")
    return [AwayTime(*row) for row in rows.values_list(*columns)]
