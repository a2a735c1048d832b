"""What the timeline of a customer tells of its leads: that they came in, and how they went on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.history import linked_of, step_of
from duyen.entities.labels import labels
from duyen.entities.registry import entity_named
from duyen.entities.sql import Sql, all_of, any_of
from duyen.entities.timelines.declared import Asked, Branch, Kind, Subject, TimelineSource, Told
from duyen.entities.timelines.everywhere import StepTold
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ, FieldLevel
from duyen.foundation.audit.models import History

SOURCE, NAME = "leads", "leads"
_ROWS = (
    "leads_lead l JOIN history h ON h.root_entity = 'leads' AND h.root_id = l.id"
    " AND h.entity = h.root_entity AND h.record_id = h.root_id"
)
#: What is said beside the step itself.
_SAID = ("state", "disqualify_reason", "next_action_on")


def _branches(actor: Actor, subject: Subject, asked: Asked) -> Sequence[Branch]:
    """Find what happened to the customer's leads that the reader may see."""
    leads, facts = entity_named(NAME), actor.scope(NAME, READ)
    if facts.is_empty or any(_is_hidden(leads, actor, name) for name in ("customer", "state")):
        return []
    where = [
        Sql("l.customer_id = %s AND l.deleted_at IS NULL", (subject.id,)),
        leads.scope.as_sql(facts, "l"),
        any_of([Sql("h.kind = 'I'"), Sql("h.changes ? 'state'")]),
    ]
    if asked.people:
        where.append(Sql("h.actor_id = ANY(%s)", (sorted(asked.people),)))
    return [Branch(_ROWS, "h.at", "h.id", all_of(where))]


def _is_hidden(leads: Entity, actor: Actor, name: str) -> bool:
    return leads.level(actor, name) is FieldLevel.HIDDEN


def _tell(actor: Actor, _subject: Subject, ids: Collection[int]) -> Mapping[int, Told]:
    leads = entity_named(NAME)
    rows = list(History.objects.filter(pk__in=list(ids), root_entity=NAME).order_by("pk"))
    named = labels(actor, leads, {row.root_id for row in rows})
    steps = {}
    for row in rows:
        step = step_of(leads, actor, [row], row.root_id)
        steps[row.pk] = replace(
            step, changes=tuple(each for each in step.changes if each.field.name in _SAID)
        )
    linked = linked_of(actor, list(steps.values()))
    return {
        row.pk: Told(
            kind=SOURCE,
            icon="user-plus",
            tone="violet",
            user_id=steps[row.pk].user_id,
            who=steps[row.pk].who,
            title=str(steps[row.pk].label),
            text=steps[row.pk].note,
            of=named[row.root_id].label or named[row.root_id].code,
            url=f"/{NAME}/{row.root_id}",
            more=StepTold(steps[row.pk], linked),
            facts={"verb": steps[row.pk].verb, "lead": row.root_id},
        )
        for row in rows
    }


MILESTONES = TimelineSource(
    SOURCE, (Kind(SOURCE, _("Leads"), "user-plus"),), _branches, _tell, "derived/timeline_step.html"
)
