"""What the tab of a deal shows of its commission. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, CREATE, READ, FieldLevel
from duyen.kernel.money import Money
from duyen.modules.commissions import choices, queries, rules
from duyen.modules.commissions.actions.planning import is_plannable
from duyen.modules.opportunities.queries import partners_of
from duyen.modules.parties.queries import cards

Row = Mapping[str, Any]
#: So many beneficiaries stand among the tabs at a glance.
_FEW = 4
_SHOWN = ("kind", "split", "amount", "base", "state", "condition", "months", "pit_withheld", "paid_amount")


def sees(actor: Actor, *names: str) -> bool:
    """Tell whether the actor may read these fields of commissions."""
    commissions = entity_named("commissions")
    return actor.may("commissions", READ) and all(
        commissions.level(actor, name) is not FieldLevel.HIDDEN for name in names
    )


def is_open(actor: Actor, row: Row) -> bool:
    """Tell whether the actor may see the whole commission of a deal: it has the deal's owner and unit."""
    sees_deal = entity_named("opportunities").level(actor, "amount") is not FieldLevel.HIDDEN
    if not sees_deal or not sees(actor, *_SHOWN):
        return False
    scope = actor.scope("commissions", READ)
    return bool(scope.covers(record_id=0, owner_id=row["owner_id"], unit_id=row["unit_id"]))


def commission_of(actor: Actor, row: Row) -> Mapping[str, Any]:
    """Show the plan of a deal and the shares of its beneficiaries."""
    if not is_open(actor, row):
        return {"is_open": False}
    held = queries.deal(row["id"])
    splits = entity_named("commissions").field("split")
    is_changeable = is_plannable(row) and row.get("deleted_at") is None and not held.is_frozen
    may_plan = (
        is_changeable and entity_named("opportunities").rows(actor, CHANGE).filter(pk=row["id"]).exists()
    )
    may_add = is_changeable and actor.may("commissions", CREATE)
    takes_more = may_add and held.plan is not None and not held.plan.none_due
    return {
        "is_open": True,
        "row": row,
        "plan": _plan(held.plan) if held.plan else None,
        "shares": [_share(each) for each in held.shares],
        "splits": splits.entered(held.splits),
        "is_complete": held.is_complete,
        "sum": _money(sum(each["amount"] or 0 for each in held.shares)),
        "may_plan": may_plan,
        "new_url": _new_url(row) if may_add else "",
        "partners": _partners(actor, row, held) if takes_more else [],
    }


def _new_url(row: Row, **given: str) -> str:
    return f"/commissions/new?{urlencode({'opportunity': row['id'], **given})}"


def _partners(actor: Actor, row: Row, held: queries.Deal) -> list[dict[str, str]]:
    """Propose the partners of a deal that get no share yet, with the form begun for each."""
    partners = partners_of(row["id"])
    seen = cards(actor, {each["partner_id"] for each in partners}) if partners else {}
    known = {each["beneficiary"] for each in held.shares}
    return [
        {
            "name": card.name,
            "url": _new_url(row, kind=rules.kind_of_partner(each["role"]), beneficiary=card.name),
        }
        for each in partners
        if (card := seen.get(each["partner_id"])) and card.is_open and card.name not in known
    ]


def brief_of(actor: Actor, row: Row) -> Mapping[str, Any]:
    """Say in short how the commission of a deal stands; nothing to whoever may not see all of it."""
    if not is_open(actor, row):
        return {}
    held = queries.deal(row["id"])
    return {
        "count": len(held.shares) or "",
        "none_due": held.plan.none_due if held.plan else "",
        "is_planned": held.plan is not None,
        "total": _money(held.plan.total if held.plan else None),
        "splits": entity_named("commissions").field("split").entered(held.splits),
        "is_complete": held.is_complete,
        "shares": [_share(each) for each in held.shares[:_FEW]],
    }


def _plan(plan: queries.PlanSeen) -> Mapping[str, Any]:
    rate = entity_named("commissions").field("split")
    basis = choices.BASES.held().by_code.get(plan.basis)
    return {
        "none_due": plan.none_due,
        "basis": basis.label if basis else "",
        "rate": rate.entered(plan.rate) if plan.rate is not None else "",
        "fixed": _money(plan.fixed_amount),
        "total": _money(plan.total),
    }


def _share(row: Row) -> Mapping[str, Any]:
    return {
        "id": row["id"],
        "name": row["beneficiary"],
        "kind": choices.KINDS.held().by_code.get(row["kind"]),
        "state": choices.STATES.held().by_code.get(row["state"]),
        "condition": choices.CONDITIONS.held().by_code.get(row["condition"]),
        "months": row["months"],
        "split": entity_named("commissions").field("split").entered(row["split"]),
        "amount": _money(row["amount"]),
        "tax": _money(row["pit_withheld"]),
        "paid": _money(row["paid_amount"]),
    }


def _money(amount: int | None) -> Money | None:
    return None if amount is None else Money(amount)


def count_shares(actor: Actor, row: Row) -> int:
    """Count the beneficiaries of a deal."""
    return len(queries.deal(row["id"]).shares) if is_open(actor, row) else 0
