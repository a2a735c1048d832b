"""What of leads a criterion may look at, in the engine's language of filters, and when it counts anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from duyen.entities.errors import BadRequest
from duyen.entities.fields import Choice, Link
from duyen.entities.filters import compile_filter, field_at
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.kernel.errors import FieldProblem
from duyen.modules.leads.words import SCORED
from duyen.modules.scoring.rules import names_in, paths_in

LEADS = "leads"
_CHOICES = {
    each.name: each for each in entity_named("activities").declared.fields if isinstance(each, Choice)
}
#: The kinds of activity that a criterion may count, and what comes of them.
KINDS = _CHOICES["kind"].options
OUTCOMES = _CHOICES["outcome"].options


def problems_of_condition(condition: Any, *, actor: Actor) -> Iterator[FieldProblem]:
    """Find why a condition cannot give points: it is not understood, or looks at what follows from scores."""
    leads = entity_named(LEADS)
    try:
        compile_filter(leads, actor, condition, alias="l")
    except BadRequest as refused:
        yield FieldProblem("condition", "condition", _said(refused))
        return
    known = {name: leads.by_name.get(name) for name in names_in(condition)}
    closed = [name for name, field in known.items() if not (field and (field.is_own or _is_scored(name)))]
    if closed:
        told, field = _("Points cannot go by “%(field)s”. Choose another field."), known[closed[0]]
        label = field.label if field else closed[0]
        yield FieldProblem("condition", "not_scored", told % {"field": label})


def _is_scored(name: str) -> bool:
    return name in SCORED.split()


def _said(refused: BadRequest) -> str:
    told = str(refused.params.get("what") or refused)
    return told[:1].upper() + told[1:] if told else _("This cannot be compared so.")


def is_by_night(condition: Any) -> bool:
    """Tell whether what a condition looks at moves without a write of the lead: behind a link, or by day."""
    leads = entity_named(LEADS)
    derived = {each.name for each in leads.description.draft.derived}
    return any(len(path) > 1 or path[0] in derived for path in paths_in(condition))


def is_open_to(actor: Actor, condition: Any) -> bool:
    """Tell whether an actor may read all that a condition looks at."""
    try:
        ways = [field_at(entity_named(LEADS), actor, ".".join(path)) for path in paths_in(condition)]
    except BadRequest:
        return False
    links = [link for way in ways for link in way[:-1] if isinstance(link, Link)]
    return all(entity_named(link.to).public_labels or actor.may(link.to, READ) for link in links)
