"""What an absence asks for, on every door, and its refusals beside the fields they are about."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import InvalidValues
from duyen.entities.fields import Day, Field, Link, LongText
from duyen.foundation.access.actor import Actor
from duyen.foundation.org import absences
from duyen.foundation.org.absences import AbsenceRefused
from duyen.foundation.org.models import Absence
from duyen.kernel.errors import FieldProblem

#: In the dialog, in a REST body, and in the history of the person.
FIELDS: tuple[Field, ...] = (
    Day("since", _("First day away"), required=True),
    Day("until", _("Last day away"), required=True),
    Link("deputy", _("Stands in"), to="users", required=True),
    LongText("note", _("Note"), max_length=absences.LONGEST_NOTE, help=_("Colleagues see it.")),
)


def record_absence(
    user_id: int, *, actor: Actor, since: dt.date, until: dt.date, deputy: int, note: str = ""
) -> Absence:
    """Record that a person is away; the caller has checked that the actor may. Raises InvalidValues."""
    try:
        return absences.record_absence(
            user_id, actor=actor, since=since, until=until, deputy=deputy, note=note or ""
        )
    except AbsenceRefused as refusal:
        raise InvalidValues([FieldProblem(refusal.field, refusal.code, str(refusal))]) from refusal
