"""What follows from what people enter of a request, and what must hold of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duyen.entities.fields import Label
from duyen.foundation.access.actor import Actor
from duyen.foundation.notices.telling import notify
from duyen.foundation.org.calendars import working_time_of_unit
from duyen.kernel.clock import ZONE, today
from duyen.kernel.errors import FieldProblem
from duyen.modules.subject_requests import rules
from duyen.modules.subject_requests.notices import RECEIVED
from duyen.modules.subject_requests.queries import ENTITY, those_who_answer
from duyen.modules.subject_requests.words import RequestKind, RequestState

#: What the terms follow from; it stays once the identity is proven.
_SETTLED = ("kind", "customer", "contact", "lead", "received_on")


def end_of(day: dt.date) -> dt.datetime:
    """Give the last minute of a day in Vietnam, in UTC."""
    return dt.datetime.combine(day, dt.time(23, 59), ZONE).astimezone(dt.UTC)


def complete(values: dict[str, Any], _actor: Actor) -> None:
    """Take today where no day was said, and work out the terms."""
    values["received_on"] = values["received_on"] or today()
    if values["kind"] and values["unit"]:
        terms = rules.terms_of(
            RequestKind(values["kind"]),
            values["received_on"],
            working_time_of_unit(values["unit"]),
            through_processor=bool(values["through_processor"]),
            added=values.get("added_days") or 0,
        )
        values["acknowledge_by"] = end_of(terms.acknowledge_by)
        values["due_at"] = end_of(terms.due_on)


def judge(after: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    """Find what cannot stand in a request as it will be."""
    chosen = [name for name in ("customer", "contact", "lead") if after[name]]
    if len(chosen) > 1:
        told = gettext("Choose one: the customer, the contact or the lead.")
        yield FieldProblem(chosen[-1], "both", told)
    if after["received_on"] and after["received_on"] > today():
        yield FieldProblem("received_on", "future", gettext("Choose today or a day before."))
    if before is not None and before["state"] not in (RequestState.RECEIVED, RequestState.ACKNOWLEDGED):
        for name in _SETTLED:
            if after[name] != before[name]:
                told = gettext("The identity is proven for this. Note another request instead.")
                yield FieldProblem(name, "settled", told)


def born(actor: Actor, rows: Sequence[Mapping[str, Any]]) -> None:
    """Tell those who answer requests of each new one."""
    people = those_who_answer()
    for row in rows:
        notify(people, RECEIVED, entity=ENTITY, record_id=row["id"], actor=actor)


def why_keep(row: Mapping[str, Any]) -> Label | None:
    """Say why a request cannot go into the bin."""
    if row["state"] in (RequestState.DONE, RequestState.REFUSED):
        return _("it was answered, and proves that. It stays.")
    return None
