"""What the timeline of a customer tells of deals: that they came, moved on, rested, and how they ended."""

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
from duyen.modules.opportunities import choices, queries
from duyen.modules.opportunities.actions.deals import NAME
from duyen.modules.opportunities.words import DealState

SOURCE = "deals"
_ROWS = (
    "opportunities_opportunity o JOIN history h ON h.root_entity = 'opportunities' AND h.root_id = o.id"
    " AND h.entity = h.root_entity AND h.record_id = h.root_id"
)
#: What a deal came to, with what is said of it beside.
_MILESTONES = ("state", "stage")
_SAID = (
    *_MILESTONES,
    "actual_amount",
    "win_reason",
    "loss_reason",
    "cancel_reason",
    "price_gap",
    "resume_on",
)
_MARKS: Mapping[str, tuple[str, str]] = {
    DealState.OPEN: ("target", "blue"),
    DealState.ON_HOLD: ("pause", "amber"),
    DealState.WON: ("trophy", "green"),
    DealState.LOST: ("thumbs-down", "red"),
    DealState.CANCELLED: ("ban", "gray"),
}


def _branches(actor: Actor, subject: Subject, asked: Asked) -> Sequence[Branch]:
    """Find what happened on the customer's deals that the reader may see, in what of them she may see."""
    deals, facts = entity_named(NAME), actor.scope(NAME, READ)
    if facts.is_empty or _is_hidden(deals, actor, "customer"):
        return []
    columns = [deals.field(name).columns[0] for name in _MILESTONES if not _is_hidden(deals, actor, name)]
    where = [
        Sql("o.party_id = %s AND o.deleted_at IS NULL", (subject.id,)),
        deals.scope.as_sql(facts, "o"),
        any_of([Sql("h.kind = 'I'"), Sql("jsonb_exists_any(h.changes, %s)", (columns,))]),
    ]
    if asked.people:
        where.append(Sql("h.actor_id = ANY(%s)", (sorted(asked.people),)))
    return [Branch(_ROWS, "h.at", "h.id", all_of(where))]


def _is_hidden(deals: Entity, actor: Actor, name: str) -> bool:
    return deals.level(actor, name) is FieldLevel.HIDDEN


def _tell(actor: Actor, _subject: Subject, ids: Collection[int]) -> Mapping[int, Told]:
    deals = entity_named(NAME)
    rows = list(History.objects.filter(pk__in=list(ids), root_entity=NAME).order_by("pk"))
    named = labels(actor, deals, {row.root_id for row in rows})
    told = {row.pk: step_of(deals, actor, [row], row.root_id) for row in rows}
    steps = {
        entry: replace(step, changes=tuple(each for each in step.changes if each.field.name in _SAID))
        for entry, step in told.items()
    }
    linked = linked_of(actor, list(steps.values()))
    found = {}
    for row in rows:
        step, deal = steps[row.pk], named[row.root_id]
        came_to = next((each.now for each in step.changes if each.field.name == "state"), DealState.OPEN)
        icon, tone = _MARKS[came_to]
        found[row.pk] = Told(
            kind=SOURCE,
            icon=icon,
            tone=tone,
            user_id=step.user_id,
            who=step.who,
            title=str(step.label),
            text=step.note,
            of=deal.label or deal.code,
            url=f"/{NAME}/{deal.id}",
            more=StepTold(step, linked),
            facts={"verb": step.verb, "opportunity": deal.id},
        )
    return found


MILESTONES = TimelineSource(
    SOURCE, (Kind(SOURCE, _("Opportunities"), "target"),), _branches, _tell, "derived/timeline_step.html"
)


# --- what ended elsewhere ---------------------------------------------------------------------------------

PAST = "past_deals"
_CLOSED_AT = "(o.closed_on + time '12:00') AT TIME ZONE 'Asia/Ho_Chi_Minh'"


def _past_branches(actor: Actor, subject: Subject, asked: Asked) -> Sequence[Branch]:
    """Find deals of the customer that were closed before they were entered here: no step tells of it."""
    deals, facts = entity_named(NAME), actor.scope(NAME, READ)
    hidden = any(_is_hidden(deals, actor, name) for name in ("customer", "state", "closed_on"))
    if facts.is_empty or hidden or asked.people:
        return []
    where = [
        Sql("o.party_id = %s AND o.deleted_at IS NULL AND o.closed_on IS NOT NULL", (subject.id,)),
        Sql("o.closed_on < (o.created_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"),
        deals.scope.as_sql(facts, "o"),
    ]
    return [Branch("opportunities_opportunity o", _CLOSED_AT, "o.id", all_of(where))]


def _tell_past(actor: Actor, _subject: Subject, ids: Collection[int]) -> Mapping[int, Told]:
    deals = entity_named(NAME)
    named, states = labels(actor, deals, set(ids)), choices.STATES.held().by_code
    found = {}
    for pk, row in queries.standings(ids).items():
        icon, tone = _MARKS[row["state"]]
        option = states.get(row["state"])
        found[pk] = Told(
            kind=SOURCE,
            icon=icon,
            tone=tone,
            user_id=None,
            who="",
            title=str(option.label) if option else row["state"],
            text=str(_("Brought in later.")),
            of=named[pk].label or named[pk].code,
            url=f"/{NAME}/{pk}",
            facts={"opportunity": pk},
        )
    return found


PAST_DEALS = TimelineSource(
    PAST,
    (Kind(SOURCE, _("Opportunities"), "target"),),
    _past_branches,
    _tell_past,
    "opportunities/timeline_past.html",
)
