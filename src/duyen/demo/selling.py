"""Write the demo company's competitors and deals through the doors that people use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from duyen.demo.opportunities import COMPETITORS, AskedPrice, Buyer, PlannedDeal, deals
from duyen.entities.approvals.asking import ask
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.standard import Life
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.org.models import User
from duyen.kernel.clock import ZONE, today
from duyen.modules.opportunities.actions.past import Past, Sold, note_past
from duyen.modules.opportunities.queries import default_pipeline, stages_of
from duyen.modules.parties.queries import main_contacts

Create = Callable[[Actor, str, Iterable[Mapping[str, Any]], Iterable[Life]], list[int]]


def write_deals(actor: Actor, create: Create, areas: Mapping[int, str]) -> None:
    """Write competitors, deals, and what belongs to them. `areas` names areas by unit."""
    ids = create(actor, "competitors", COMPETITORS, ())
    rivals = {each["name"]: row_id for each, row_id in zip(COMPETITORS, ids, strict=True)}
    planned = deals(_buyers(actor, areas), today())
    stages = [each.id for each in stages_of(default_pipeline() or 0)]
    rows = [{**each.values, "stage": stages[each.place - 1]} for each in planned]
    made = create(actor, "opportunities", rows, [each.life for each in planned])
    for deal_id, each in zip(made, planned, strict=True):
        _add_parts(actor, deal_id, each, rivals)
    products = _ids_by_code("products"), _ids_by_code("plans")
    pasts = {deal: _past(each, rivals, stages, *products) for deal, each in zip(made, planned, strict=True)}
    note_past(pasts, actor=actor)
    for deal_id, each in zip(made, planned, strict=True):
        if each.asked:
            _ask_for_price(deal_id, each.values["owner"], each.asked)


def _past(
    planned: PlannedDeal,
    rivals: Mapping[str, int],
    stages: Sequence[int],
    products: Mapping[str, int],
    plans: Mapping[str, int],
) -> Past:
    met = rivals.get(planned.met)
    sold = [Sold(products[product], plans.get(plan), count) for product, plan, count in planned.lines]
    return Past(
        planned.stage_since,
        path=[(stages[place - 1], entered) for place, entered in planned.path],
        rivals=[met] if met else [],
        lost_to=met if planned.is_lost_to else None,
        price_gap=planned.price_gap,
        sold=sold if planned.is_closed else (),
    )


def _add_parts(actor: Actor, deal_id: int, planned: PlannedDeal, rivals: Mapping[str, int]) -> None:
    opportunities = entity_named("opportunities")
    for product, plan, count in () if planned.is_closed else planned.lines:
        asked = {"product": _id_of("products", product), "quantity": count}
        if plan:
            asked["plan"] = _id_of("plans", plan)
        perform(opportunities, "add_line", deal_id, actor=actor, arguments=asked)
    for name, said in planned.rivals:
        asked = {"competitor": rivals[name], **said}
        perform(opportunities, "add_competitor", deal_id, actor=actor, arguments=asked)
    for said in planned.partners:
        perform(opportunities, "add_partner", deal_id, actor=actor, arguments=said)
    if planned.contact:
        perform(opportunities, "add_deal_contact", deal_id, actor=actor, arguments=planned.contact)


def _ask_for_price(deal_id: int, owner_id: int, asked: AskedPrice) -> None:
    """Let the owner of a deal ask for a price, as she would on her form."""
    owner = actor_for(User.objects.get(pk=owner_id), Door.WEB)
    given = {
        "product": _id_of("products", asked.product),
        "plan": _id_of("plans", asked.plan),
        "quantity": asked.quantity,
        "discount": asked.discount,
    }
    ask(entity_named("opportunities"), "add_line", deal_id, actor=owner, arguments=given, words=asked.words)


def _id_of(entity: str, code: str) -> int:
    found = entity_named(entity).model._default_manager.filter(code=code)
    return int(found.values_list("pk", flat=True).get())


def _ids_by_code(entity: str) -> dict[str, int]:
    return dict(entity_named(entity).model._default_manager.values_list("code", "pk"))


def _buyers(actor: Actor, areas: Mapping[int, str]) -> Sequence[Buyer]:
    rows = entity_named("customers").rows(actor).exclude(owner_id=None).order_by("pk")
    columns = ("pk", "name", "kind", "owner_id", "unit_id", "created_at")
    found = list(rows.values_list(*columns))
    contacts = main_contacts([row[0] for row in found])
    return [
        Buyer(
            pk, name, kind in ("INDIVIDUAL", "HOUSEHOLD"), owner, unit, _day(made), contacts.get(pk),
            areas.get(unit, ""),
        )
        for pk, name, kind, owner, unit, made in found
    ]  # fmt: skip


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(ZONE).date()
