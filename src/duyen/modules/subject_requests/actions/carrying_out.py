"""Carry a request out: copy what is held of the person, erase it for good."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import action
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues
from duyen.entities.fields import Label, Text
from duyen.entities.pages import Preview
from duyen.entities.personal import copying, erasing
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import FieldProblem
from duyen.kernel.text import fold
from duyen.modules.leads.actions import end_leads_of
from duyen.modules.subject_requests.actions.stopping import refused_by, stop_advertising
from duyen.modules.subject_requests.queries import ENTITY, FULFIL, NEEDS, is_about_erasing, person_of
from duyen.modules.subject_requests.words import RequestState

Row = Mapping[str, Any]


def _not_proven(row: Row) -> Label | None:
    if row["state"] == RequestState.VERIFIED:
        return None
    return _("the identity of the person is not proven, or it was answered already.")


def _person(row: Row) -> tuple[Entity, int]:
    found = person_of(row)
    if found is None:
        told = gettext("Choose the customer, the contact or the lead first.")
        raise InvalidValues([FieldProblem("customer", "required", told)])
    return entity_named(found[0]), found[1]


@action(
    "subject_requests.copy_data",
    label=_("Copy her data"),
    needs=FULFIL,
    icon="file-down",
    why_not=_not_proven,
    is_told=True,
    text=_(
        "All that is held of her is written into one file: a page to read, the same for programs, her files. "
        "It waits seven days for you alone."
    ),
)
def copy_data(*, actor: Actor, row: Row) -> Mapping[str, Any]:
    """Begin to copy what is held of the person of a request, and give the job."""
    entity, record_id = _person(row)
    asked_on, reason = (ENTITY, int(row["id"])), str(row["code"])
    job = copying.start(entity, record_id, actor=actor, reason=reason, needs=NEEDS, asked_on=asked_on)
    return {**row, "job": job.pk}


def what_goes(actor: Actor, row: Row, _asked: Row) -> Mapping[str, Any]:
    """List what an erasure would take away, and what stays by which law."""
    found = person_of(row)
    if found is None:
        return {"lines": []}
    return {"lines": erasing.preview(entity_named(found[0]), found[1], actor=actor, needs=NEEDS)}


@action(
    "subject_requests.erase_data",
    label=_("Erase her data for good"),
    needs=FULFIL,
    asks=[Text("confirmation", _("Type ERASE to confirm"), max_length=20)],
    icon="shredder",
    tone="danger",
    fits=is_about_erasing,
    why_not=_not_proven,
    preview=Preview("subject_requests/erase_preview.html", what_goes),
    is_told=True,
    text=_("This cannot be undone by anybody."),
)
def erase_data(*, actor: Actor, row: Row, confirmation: str) -> Mapping[str, Any]:
    """Begin to erase the person of a request for good, and give the job. Raises InvalidValues.

    That she is not to be contacted stays known by digests of her numbers and addresses. Nobody works on her
    leads any more.
    """
    word = pgettext("confirmation", "ERASE")
    if fold(confirmation) != fold(word):
        told = gettext("Type %(word)s to confirm. Nothing was erased.") % {"word": word}
        raise InvalidValues([FieldProblem("confirmation", "confirmation", told)])
    entity, record_id = _person(row)
    stop_advertising(row)
    end_leads_of(record_id, by=ENTITY, refused_by=refused_by(row), note=str(row["code"]))
    asked_on, reason = (ENTITY, int(row["id"])), str(row["code"])
    job = erasing.start(entity, record_id, actor=actor, reason=reason, needs=NEEDS, asked_on=asked_on)
    return {**row, "job": job.pk}
