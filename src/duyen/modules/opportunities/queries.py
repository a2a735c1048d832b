"""Reads of the opportunities module: pipelines, stages, and what belongs to a deal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.expressions import OrderBy

from duyen.entities.labels import labels
from duyen.entities.once import once
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.files.models import File
from duyen.modules.opportunities import rules
from duyen.modules.opportunities.models import (
    Answer,
    Competitor,
    Contact,
    Encounter,
    Line,
    Opportunity,
    Partner,
    Pipeline,
    Stage,
    Stay,
)
from duyen.modules.opportunities.rules import LineSums
from duyen.modules.opportunities.words import UNDER_WAY, DealRole, DealState

_UNDER_WAY = [each.value for each in UNDER_WAY]
_STAGE = (
    *("id", "position", "name", "probability", "checklist", "required", "is_late"),
    *("stale_after", "pipeline_id", "tone"),
)


# --- pipelines and stages ---------------------------------------------------------------------------------


def _in_use() -> QuerySet[Pipeline]:
    # Said twice, for a pipeline without any stage has no `deleted_at` there either.
    return Pipeline.objects.filter(deleted_at=None, stages__isnull=False, stages__deleted_at=None)


@once
def default_pipeline() -> int | None:
    """Give the pipeline that is proposed: the first one that has a stage."""
    found = _in_use().order_by("position", "pk")
    return found.values_list("pk", flat=True).first()


@once
def stages_of(pipeline_id: int) -> list[rules.Stage]:
    """Give the stages of a pipeline in their order, without those that were retired."""
    rows = Stage.objects.filter(pipeline_id=pipeline_id, deleted_at=None).values(*_STAGE)
    return rules.in_order(_stage(row) for row in rows)


@once
def stage(stage_id: int) -> rules.Stage | None:
    """Give one stage, also one that was retired."""
    row = Stage.objects.filter(pk=stage_id).values(*_STAGE).first()
    return _stage(row) if row else None


def stage_of(row: Mapping[str, Any]) -> rules.Stage | None:
    """Give the stage of a deal: among those of its pipeline, for which pages ask anyway, or a retired one."""
    known = {each.id: each for each in stages_of(row["pipeline_id"])}
    return known.get(row["stage_id"]) or stage(row["stage_id"])


def _stage(row: Mapping[str, Any]) -> rules.Stage:
    return rules.Stage(
        id=row["id"],
        position=row["position"],
        name=row["name"],
        probability=row["probability"],
        checklist=rules.checklist_of(row["checklist"]),
        required=tuple(row["required"]),
        is_late=row["is_late"],
        stale_after=row["stale_after"],
    )


def stages(stage_ids: Collection[int]) -> dict[int, rules.Stage]:
    """Give some stages by id, also those that were retired: one query."""
    rows = Stage.objects.filter(pk__in=list(stage_ids)).values(*_STAGE)
    return {row["id"]: _stage(row) for row in rows}


@once
def all_stages() -> list[rules.Stage]:
    """Give all stages of all pipelines, also those that were retired."""
    return [_stage(row) for row in Stage.objects.order_by("pk").values(*_STAGE)]


def pipelines_in_use() -> list[tuple[int, str]]:
    """Give the pipelines that have a stage, in their order, by id and name."""
    found = _in_use().distinct().order_by("position", "pk")
    return list(found.values_list("pk", "name"))


@once
def pipeline_of(stage_id: int) -> int | None:
    """Give the pipeline to which a stage belongs, where it was not retired."""
    found = Stage.objects.filter(pk=stage_id, deleted_at=None)
    return found.values_list("pipeline_id", flat=True).first()


def place_of(deal_id: int) -> tuple[int, int]:
    """Give the pipeline and the stage of a deal."""
    return Opportunity.objects.values_list("pipeline_id", "stage_id").get(pk=deal_id)


def no_way_for_deals_of(stage_id: int) -> set[int]:
    """Name the stages to which the deals of a stage that goes cannot go: itself, and those elsewhere."""
    there = Stage.objects.filter(pk=stage_id).values("pipeline_id")
    return {stage_id, *Stage.objects.exclude(pipeline_id__in=there).values_list("pk", flat=True)}


def tones() -> dict[int, str]:
    """Give the colour of every stage."""
    return dict(Stage.objects.values_list("pk", "tone"))


def is_used(pipeline_id: int) -> bool:
    """Tell whether any deal went through a pipeline."""
    return Opportunity.objects.filter(pipeline_id=pipeline_id).exists()


def count_in_stage(stage_id: int) -> int:
    """Count the deals that stand in a stage and are not closed, whoever may see them."""
    return Opportunity.objects.filter(stage_id=stage_id, state__in=_UNDER_WAY, deleted_at=None).count()


def holds_any(stage_id: int) -> bool:
    """Tell whether a deal that is not closed stands in a stage, in the bin or out of it."""
    return Opportunity.objects.filter(stage_id=stage_id, state__in=_UNDER_WAY).exists()


def has_pipeline() -> bool:
    """Tell whether any pipeline was ever made."""
    return Pipeline.objects.exists()


def stage_names(stage_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Name some stages with their pipelines, by id and in the order of the stages: one query."""
    rows = Stage.objects.filter(pk__in=list(stage_ids)).order_by(
        "pipeline__position", "pipeline", "position", "pk"
    )
    return {pk: (pipeline, name) for pk, pipeline, name in rows.values_list("pk", "pipeline__name", "name")}


# --- what belongs to a deal -------------------------------------------------------------------------------


@once
def answered(opportunity_id: int, stage_id: int) -> set[str]:
    """Give the items of a stage's checklist that are settled for a deal."""
    found = Answer.objects.filter(opportunity_id=opportunity_id, stage_id=stage_id)
    return set(found.values_list("item", flat=True))


def answers_of(opportunity_id: int, stage_id: int) -> dict[str, tuple[dt.datetime, str]]:
    """Give by item when a deal's checklist was settled, and by whom."""
    found = Answer.objects.filter(opportunity_id=opportunity_id, stage_id=stage_id)
    rows = found.values_list("item", "answered_at", "answered_by__full_name")
    return {item: (at, name or "") for item, at, name in rows}


def lines_of(opportunity_id: int) -> list[dict[str, Any]]:
    """Give the lines of a deal in their order."""
    rows = Line.objects.filter(opportunity_id=opportunity_id).order_by("position", "pk")
    return [{**row} for row in rows.values()]


def line_of(opportunity_id: int, line_id: int) -> dict[str, Any] | None:
    """Give one line of a deal."""
    row = Line.objects.filter(opportunity_id=opportunity_id, pk=line_id).values().first()
    return {**row} if row else None


def sums_of(opportunity_id: int) -> tuple[LineSums, int]:
    """Add up the lines of a deal, and count them."""
    found = Line.objects.filter(opportunity_id=opportunity_id).aggregate(
        one_off=Sum("one_off"), monthly=Sum("monthly"), total=Sum("total"), count=Count("pk")
    )
    sums = LineSums(found["one_off"] or 0, found["monthly"] or 0, found["total"] or 0)
    return sums, int(found["count"])


def standings(opportunity_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Give by their ids how some deals stand: state, end, sums, whose they are, their customer."""
    columns = ("id", "code", "name", "state", "closed_on", "amount", "actual_amount", "deleted_at")
    rows = Opportunity.objects.filter(pk__in=list(opportunity_ids))
    return {row["id"]: {**row} for row in rows.values(*columns, "party_id", "owner_id", "unit_id")}


def list_values(opportunity_ids: Collection[int]) -> dict[int, int]:
    """Give by their ids what the lines of some deals would be worth at list prices, in đồng without VAT."""
    found: dict[int, int] = {}
    for line in Line.objects.filter(opportunity_id__in=list(opportunity_ids)).order_by("pk"):
        terms = rules.LineTerms(
            quantity=line.quantity,
            unit_price=line.list_price,
            fee=line.fee,
            period=line.period,
            term=line.term_months,
            prepaid=line.prepaid_months,
            free=line.free_months,
        )
        deal = line.opportunity_id
        found[deal] = found.get(deal, 0) + rules.sums_of_line(terms).total
    return found


def last_writers(opportunity_ids: Collection[int]) -> dict[int, int | None]:
    """Give who wrote each of some deals last, by deal: one query."""
    rows = Opportunity.objects.filter(pk__in=list(opportunity_ids))
    return dict(rows.values_list("pk", "updated_by_id"))


def last_stays(opportunity_ids: Collection[int]) -> dict[int, Stay]:
    """Give the latest stay of each of some deals, by deal: one query."""
    return _stays(
        opportunity_ids, F("entered_at").desc(), F("left_at").desc(nulls_first=True), F("pk").desc()
    )


def first_stays(opportunity_ids: Collection[int]) -> dict[int, Stay]:
    """Give the first stay of each of some deals, by deal: one query."""
    return _stays(opportunity_ids, *_IN_THEIR_ORDER)


def stood_in(opportunity_ids: Collection[int]) -> dict[int, set[int]]:
    """Give the stages in which each of some deals stood so far, by deal: one query, none for no deals."""
    found: dict[int, set[int]] = {}
    if opportunity_ids:
        rows = Stay.objects.filter(opportunity_id__in=list(opportunity_ids))
        for deal, stage in rows.values_list("opportunity_id", "stage_id"):
            found.setdefault(deal, set()).add(stage)
    return found


#: One that went on is later than those that ended at the moment at which it began.
_IN_THEIR_ORDER = (F("entered_at").asc(), F("left_at").asc(nulls_last=True), F("pk").asc())


def _stays(opportunity_ids: Collection[int], *order: OrderBy) -> dict[int, Stay]:
    rows = Stay.objects.filter(opportunity_id__in=list(opportunity_ids))
    found = rows.order_by("opportunity_id", *order).distinct("opportunity_id")
    return {each.opportunity_id: each for each in found}


@once
def stays_of(opportunity_id: int) -> list[dict[str, Any]]:
    """Give in which stages a deal stood, in the order in which it came there, with the names of stages.

    Each says since when the deal is in its state, too: the row of a page does not.
    """
    rows = Stay.objects.filter(opportunity_id=opportunity_id).order_by(*_IN_THEIR_ORDER)
    named = rows.annotate(
        name=F("stage__name"), who=F("entered_by__full_name"), state_since=F("opportunity__state_since")
    )
    columns = (
        "state_since",
        "id",
        "stage_id",
        "entered_at",
        "left_at",
        "left",
        "rested",
        "days",
        "name",
        "who",
    )
    return [{**row} for row in named.values(*columns)]


def contacts_of(opportunity_id: int) -> list[dict[str, Any]]:
    """Give the contacts of a deal, the primary one first, then by influence."""
    rows = Contact.objects.filter(opportunity_id=opportunity_id)
    return [{**row} for row in rows.order_by("-is_primary", "-influence", "pk").values()]


def contact_of(opportunity_id: int, row_id: int) -> dict[str, Any] | None:
    """Give one contact of a deal."""
    row = Contact.objects.filter(opportunity_id=opportunity_id, pk=row_id).values().first()
    return {**row} if row else None


def names_contact(opportunity_id: int, contact_id: int) -> bool:
    """Tell whether a deal names a contact."""
    return Contact.objects.filter(opportunity_id=opportunity_id, contact_id=contact_id).exists()


def has_decision_maker(opportunity_id: int) -> bool:
    """Tell whether a deal names somebody who decides."""
    return Contact.objects.filter(opportunity_id=opportunity_id, role=DealRole.DECISION_MAKER.value).exists()


def roles_of(opportunity_id: int) -> dict[str, Any]:
    """Give the columns of a deal that tell of the roles of its contacts."""
    roles = set(Contact.objects.filter(opportunity_id=opportunity_id).values_list("role", flat=True)) - {""}
    return {"role_count": len(roles), "has_decider": DealRole.DECISION_MAKER.value in roles}


def asked_of(opportunity_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Give what the stage of each of some deals asks for, and whether it names who decides: one query."""
    deciders = Contact.objects.filter(opportunity_id=OuterRef("pk"), role=DealRole.DECISION_MAKER.value)
    rows = Opportunity.objects.filter(pk__in=list(opportunity_ids)).annotate(
        stale_after=F("stage__stale_after"), required=F("stage__required"), is_decided=Exists(deciders)
    )
    return {row["id"]: {**row} for row in rows.values("id", "stale_after", "required", "is_decided")}


def encounters_of(opportunity_id: int) -> list[dict[str, Any]]:
    """Give the competitors met on a deal, the greatest threat first."""
    rows = Encounter.objects.filter(opportunity_id=opportunity_id)
    ordered = rows.order_by("-is_winner", "-threat", "pk")
    return [{**row} for row in ordered.annotate(name=F("competitor__name")).values()]


def encounter_of(opportunity_id: int, row_id: int) -> dict[str, Any] | None:
    """Give one competitor met on a deal."""
    row = Encounter.objects.filter(opportunity_id=opportunity_id, pk=row_id).values().first()
    return {**row} if row else None


def meets(opportunity_id: int, competitor_id: int) -> bool:
    """Tell whether a deal meets a competitor."""
    return Encounter.objects.filter(opportunity_id=opportunity_id, competitor_id=competitor_id).exists()


def is_met(competitor_id: int) -> bool:
    """Tell whether any deal meets a competitor."""
    return Encounter.objects.filter(competitor_id=competitor_id).exists()


def competitor_names(ids: Collection[int]) -> dict[int, str]:
    """Name some competitors by id: one query."""
    return dict(Competitor.objects.filter(pk__in=list(ids)).values_list("pk", "name"))


def competitor_exists(competitor_id: int) -> bool:
    """Tell whether there is such a competitor, outside the bin."""
    return Competitor.objects.filter(pk=competitor_id, deleted_at=None).exists()


def partners_of(opportunity_id: int) -> list[dict[str, Any]]:
    """Give the partners of a deal, the greatest share first."""
    rows = Partner.objects.filter(opportunity_id=opportunity_id)
    return [{**row} for row in rows.order_by(F("share").desc(nulls_last=True), "pk").values()]


def partner_of(opportunity_id: int, row_id: int) -> dict[str, Any] | None:
    """Give one partner of a deal."""
    row = Partner.objects.filter(opportunity_id=opportunity_id, pk=row_id).values().first()
    return {**row} if row else None


def names_partner(opportunity_id: int, partner_id: int) -> bool:
    """Tell whether a deal names a partner."""
    return Partner.objects.filter(opportunity_id=opportunity_id, partner_id=partner_id).exists()


def papers(opportunity_id: int, file_ids: Collection[int]) -> dict[int, str]:
    """Name some files of a deal by their ids; what lies in the bin is left out."""
    found = File.objects.filter(
        entity="opportunities", record_id=opportunity_id, deleted_at=None, pk__in=list(file_ids)
    )
    return dict(found.values_list("pk", "name"))


@once
def counts_of(opportunity_id: int) -> dict[str, int]:
    """Count the contacts, the partners and the competitors of a deal: one query."""
    parts = (("partners", Partner), ("contacts", Contact), ("competitors", Encounter))
    first, *others = (
        model._default_manager.filter(opportunity_id=opportunity_id)
        .order_by()
        .values_list(Value(name), "opportunity_id")
        .annotate(count=Count("pk"))
        for name, model in parts
    )
    counted = {name: count for name, _deal, count in first.union(*others, all=True)}
    return {name: counted.get(name, 0) for name, _model in parts}


def has_paper(opportunity_id: int) -> bool:
    """Tell whether any file hangs on a deal."""
    return File.objects.filter(entity="opportunities", record_id=opportunity_id, deleted_at=None).exists()


def kind_of_customer(party_id: int) -> str:
    """Give the kind of the customer of a deal, by which prices may differ."""
    found = entity_named("customers").model._default_manager.filter(pk=party_id)
    return str(found.values_list("kind", flat=True).first() or "")


def kinds_of_customers(party_ids: Collection[int]) -> dict[int, str]:
    """Give the kinds of some customers, by their ids: one query."""
    found = entity_named("customers").model._default_manager.filter(pk__in=list(party_ids))
    return dict(found.values_list("pk", "kind"))


def name_of_product(actor: Actor, product_id: int) -> str:
    """Name a product by what the actor may see of it."""
    seen = labels(actor, entity_named("products"), {product_id}).get(product_id)
    return (seen.label or seen.code) if seen else f"#{product_id}"


def period_of(product_id: int) -> int | None:
    """Give the months between two bills of a product, none for one that is paid once."""
    found = entity_named("products").model._default_manager.filter(pk=product_id)
    return rules.PERIODS.get(str(found.values_list("billing_period", flat=True).first() or ""))


def plan_of(plan_id: int) -> dict[str, Any] | None:
    """Give the months of a plan, and its product."""
    columns = ("product_id", "term_months", "prepaid_months", "free_months")
    row = entity_named("plans").model._default_manager.filter(pk=plan_id).values(*columns).first()
    return {**row} if row else None


# --- over many deals --------------------------------------------------------------------------------------


def deals_of_party(actor: Actor, party_id: int, *, most: int) -> list[dict[str, Any]]:
    """Give the deals of a customer that the actor may see, those under way first, then the latest."""
    found = entity_named("opportunities").rows(actor).filter(party_id=party_id)
    ordered = found.annotate(is_under_way=Q(state__in=_UNDER_WAY)).order_by(
        "-is_under_way", "-expected_close", "pk"
    )
    columns = (
        *("id", "code", "name", "state", "stage_id", "amount", "expected_close", "closed_on"),
        *("owner_id", "probability", "actual_amount"),
    )
    return [
        {**row} for row in ordered.annotate(stage_name=F("stage__name")).values(*columns, "stage_name")[:most]
    ]


def parties_of(opportunity_ids: Collection[int]) -> dict[int, int]:
    """Give the customers of some deals, by deal: one query."""
    found = Opportunity.objects.filter(pk__in=list(opportunity_ids))
    return dict(found.values_list("pk", "party_id"))


@dataclass(frozen=True)
class UnderWay:
    """The deals of a customer that are under way: how many, their amount in đồng, the first ones to close."""

    count: int
    amount: int
    next_close: dt.date | None
    first: Sequence[Mapping[str, Any]]


def under_way_of_party(actor: Actor, party_id: int, *, most: int) -> UnderWay:
    """Sum up the deals of a customer that are under way, as far as the actor may see them: two queries."""
    found = entity_named("opportunities").rows(actor).filter(party_id=party_id, state__in=_UNDER_WAY)
    sums = found.aggregate(count=Count("pk"), amount=Sum("amount"), next_close=Min("expected_close"))
    ordered = found.annotate(stage_name=F("stage__name")).order_by("expected_close", "pk")
    columns = ("id", "name", "expected_close", "stage_name")
    first = [{**row} for row in ordered.values(*columns)[:most]] if sums["count"] else []
    return UnderWay(sums["count"], sums["amount"] or 0, sums["next_close"], first)


def count_of_party(actor: Actor, party_id: int) -> int:
    """Count the deals of a customer that the actor may see."""
    return int(entity_named("opportunities").rows(actor).filter(party_id=party_id).count())


def locked(deal_id: int) -> dict[str, Any]:
    """Lock a deal for a write that follows from another one's."""
    rows = Opportunity.objects.filter(pk=deal_id).select_for_update(of=("self",), no_key=True)
    return {**rows.values().get()}


def versions_of_party(party_id: int) -> dict[int, int]:
    """Give how often each deal of a customer was written, whoever sees it; those in the bin are left out."""
    rows = Opportunity.objects.filter(party_id=party_id, deleted_at=None)
    return dict(rows.values_list("pk", "version"))


def ties_of_open() -> QuerySet[Opportunity, Any]:
    """Tie open deals to their customers, for statements of others: its column is party_id."""
    rows = Opportunity.objects.filter(state=DealState.OPEN.value, deleted_at=None)
    return rows.order_by().values("party_id")


def ties_of_contacts_of_open() -> QuerySet[Contact, Any]:
    """Tie open deals to those on the customer's side, for statements of others: its column is contact_id."""
    rows = Contact.objects.filter(opportunity__state=DealState.OPEN.value, opportunity__deleted_at=None)
    return rows.order_by().values("contact_id")


def next_to_close(actor: Actor, *, is_wide: bool, most: int) -> list[dict[str, Any]]:
    """Give the open deals that are to be closed next: one's own, or all that the actor may see."""
    found = entity_named("opportunities").rows(actor).filter(state=DealState.OPEN.value)
    if not is_wide:
        found = found.filter(owner_id=actor.user_id)
    columns = ("id", "name", "amount", "expected_close")
    rows = found.annotate(stage_name=F("stage__name")).order_by("expected_close", "pk")
    return [{**row} for row in rows.values(*columns, "stage_name")[:most]]


def record_against(actor: Actor, competitor_id: int) -> dict[str, Any]:
    """Tell how we did against a competitor on the deals that the actor may see: four queries.

    `reasons` counts the deals that were lost by reason, those most often given first.
    """
    found = entity_named("opportunities").rows(actor).filter(competitor_ids__contains=[competitor_id])
    lost = Q(state=DealState.LOST.value)
    told = found.aggregate(
        won=Count("pk", filter=Q(state=DealState.WON.value)),
        lost=Count("pk", filter=lost),
        lost_to=Count("pk", filter=lost & Q(lost_to_id=competitor_id)),
        under_way=Count("pk", filter=Q(state__in=_UNDER_WAY)),
        worth=Sum("amount", filter=Q(state__in=_UNDER_WAY)),
        gap=Avg("price_gap", filter=lost),
    )
    reasons = found.filter(lost).exclude(loss_reason="").values_list("loss_reason")
    columns = ("id", "code", "name", "state", "amount", "expected_close", "closed_on", "loss_reason")
    open_now = found.filter(state__in=_UNDER_WAY).order_by("expected_close", "pk").values(*columns)
    latest = found.filter(closed_on__isnull=False).order_by("-closed_on", "-pk").values(*columns)
    return {
        **told,
        "gap": round(told["gap"]) if told["gap"] is not None else None,
        "reasons": list(reasons.annotate(count=Count("pk")).order_by("-count", "loss_reason")),
        "open": [{**row} for row in open_now[:30]],
        "closed": [{**row} for row in latest[:30]],
    }


def met_with(actor: Actor, opportunity_ids: Collection[int]) -> dict[int, list[str]]:
    """Name the competitors met on some deals, by deal."""
    found: dict[int, list[str]] = {}
    rows = Encounter.objects.filter(opportunity_id__in=list(opportunity_ids)).order_by("-threat", "pk")
    for deal, name in rows.values_list("opportunity_id", "competitor__name"):
        found.setdefault(deal, []).append(name)
    return found if actor.may("competitors", "read") else {}
