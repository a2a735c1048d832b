"""What assignment goes by: the rules, the leads that wait, and how it stands with the people."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.queries import access_epoch, actor_for, away_on
from duyen.foundation.access.words import CHANGE, Door
from duyen.foundation.audit.models import History
from duyen.foundation.org.calendars import working_time_of_unit
from duyen.foundation.org.models import User
from duyen.kernel.clock import ZONE
from duyen.modules.assignments import rules
from duyen.modules.assignments.models import Assigned, AssignmentRule
from duyen.modules.assignments.rules import Lead, Rule, Standing
from duyen.modules.assignments.words import Way
from duyen.modules.leads.queries import home_of
from duyen.modules.leads.words import OPEN, LeadState

_OF_A_LEAD = ("id", "source", "temperature", "province_code", "ward_code", "product_ids", "campaign_id")


def assigner() -> Actor:
    """Give who assigns by rules: a part of the system, as the trail shows it."""
    return system_actor("assignments")


def rules_on(*, with_rule: int | None = None) -> list[AssignmentRule]:
    """List the rules that are switched on, in their order; one more if it is to be tried."""
    rows = AssignmentRule.objects.filter(deleted_at=None).order_by("position", "pk")
    return [each for each in rows if each.is_on or each.pk == with_rule]


def rules_before(position: int) -> int:
    """Count the rules that are on and stand before a place."""
    return AssignmentRule.objects.filter(is_on=True, deleted_at=None, position__lt=position).count()


def as_rules(rows: Iterable[AssignmentRule], people: Collection[int]) -> list[Rule]:
    """Give rules as plain values, with those of their people who may work on leads."""
    return [
        Rule(
            id=each.pk,
            sources=frozenset(each.sources),
            temperatures=frozenset(each.temperatures),
            provinces=frozenset(each.provinces),
            wards=rules.read_wards(each.wards)[0],
            products=frozenset(each.product_ids),
            campaign=each.campaign_id,
            people=[person for person in each.user_ids if person in people],
            way=Way(each.way),
            most_open=each.most_open,
            only_in_hours=each.only_in_hours,
        )
        for each in rows
    ]


def able(user_ids: Collection[int]) -> set[int]:
    """Give those of some people who may sign in and work on leads today."""
    epoch = access_epoch()
    found = User.objects.filter(pk__in=list(user_ids), is_active=True).order_by("pk")
    return {each.pk for each in found if actor_for(each, Door.JOB, epoch=epoch).may("leads", CHANGE)}


def names_of(user_ids: Collection[int]) -> dict[int, str]:
    """Name people by their ids."""
    rows = User.objects.filter(pk__in=list(user_ids)).order_by("name_key", "pk")
    return dict(rows.values_list("pk", "full_name"))


def waiting(most: int) -> list[Lead]:
    """List the leads in the pool, the oldest first."""
    rows = _leads(assigner()).filter(state=LeadState.NEW.value, owner_id=None)
    found = list(rows.order_by("created_at", "pk").values(*_OF_A_LEAD)[:most])
    had = _had([each["id"] for each in found])
    return [_lead(each, had[each["id"]]) for each in found]


def captured(actor: Actor, since: dt.datetime, most: int) -> list[tuple[Lead, int | None]]:
    """List the leads that came since a moment and that the actor may see, with who owns each now."""
    rows = _leads(actor).filter(created_at__gte=since).order_by("created_at", "pk")
    return [(_lead(each), each["owner_id"]) for each in rows.values(*_OF_A_LEAD, "owner_id")[:most]]


def standing_now(rows: Sequence[AssignmentRule], at: dt.datetime) -> Standing:
    """Tell how it stands with the people of some rules: their open leads, whose turn it was, who is away."""
    people = {person for each in rows for person in each.user_ids}
    mine = _leads(assigner()).filter(owner_id__in=people, state__in=[each.value for each in OPEN])
    load = dict(mine.values_list("owner_id").annotate(Count("pk")).order_by())
    return Standing(
        load=load,
        last=_last([each.pk for each in rows]),
        away=frozenset(away_on(access_epoch(), at.astimezone(ZONE).date())),
        shut=frozenset(each.pk for each in rows if each.only_in_hours and not _is_open(each, at)),
    )


def assigned_since(rule_id: int, since: dt.datetime) -> int:
    """Count what a rule assigned since a moment."""
    return Assigned.objects.filter(rule_id=rule_id, at__gte=since).count()


@dataclass(frozen=True)
class Given:
    """How the owner of a lead came to have it: who gave it, at which moment, by which step of the trail.

    `by` is none for a part of the system, which `name` then names. `verb` is empty where she has had it since
    it was taken in.
    """

    by: int | None
    name: str
    at: dt.datetime
    verb: str


def given_to(lead_id: int, owner_id: int) -> Given | None:
    """Tell from the trail how the owner of a lead came to have it; none where the trail does not know.

    The index `history_of_a_record` finds the steps.
    """
    steps = History.objects.filter(root_entity="leads", root_id=lead_id, entity="leads", record_id=lead_id)
    last = steps.filter(changes__owner_id__1=owner_id, kind="U").order_by("-id").first()
    found = last or steps.filter(kind="I").order_by("id").first()
    if found is None:
        return None
    return Given(found.actor_id, found.actor_name, found.at, found.verb if last else "")


def rule_of(lead_id: int, owner_id: int) -> AssignmentRule | None:
    """Give the rule that last gave a lead to somebody; none where it was deleted for good since."""
    rows = Assigned.objects.filter(lead_id=lead_id, user_id=owner_id).select_related("rule")
    last = rows.order_by("-at", "-pk").first()
    return last.rule if last else None


def _is_open(rule: AssignmentRule, at: dt.datetime) -> bool:
    unit = rule.unit_id or next((home for each in rule.user_ids if (home := home_of(each))), None)
    return unit is None or working_time_of_unit(unit).is_open(at)


def _last(rule_ids: Collection[int]) -> dict[int, int]:
    found = {}
    for rule_id in rule_ids:  # one row of the index each; a company has a handful of rules
        row = Assigned.objects.filter(rule_id=rule_id).order_by("-at", "-pk").values_list("user_id").first()
        if row:
            found[rule_id] = row[0]
    return found


def _had(lead_ids: Collection[int]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    rows = Assigned.objects.filter(lead_id__in=list(lead_ids)).order_by("pk")
    for lead_id, user_id in rows.values_list("lead_id", "user_id"):
        found[lead_id].add(user_id)
    return defaultdict(frozenset, {lead_id: frozenset(people) for lead_id, people in found.items()})


def _leads(actor: Actor) -> QuerySet[Any]:
    return entity_named("leads").rows(actor)


def _lead(row: dict[str, Any], had: frozenset[int] = frozenset()) -> Lead:
    return Lead(
        id=row["id"],
        source=row["source"],
        temperature=row["temperature"],
        province=row["province_code"],
        ward=row["ward_code"],
        products=frozenset(row["product_ids"]),
        campaign=row["campaign_id"],
        had=had,
    )
