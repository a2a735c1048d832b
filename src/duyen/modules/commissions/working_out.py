"""What follows from what people enter of a commission, and what must hold of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duyen.entities.fields import Label
from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import FieldProblem
from duyen.modules.commissions import queries, rules
from duyen.modules.commissions.words import CommissionState
from duyen.modules.opportunities.queries import standings
from duyen.modules.opportunities.words import UNDER_WAY, DealState

#: What is said of a commission as long as it is planned.
_PLANNED = ("opportunity", "kind", "employee", "beneficiary", "taxed_as", "split", "condition", "months")
_FROZEN = _("part of the commission of this deal is confirmed. Its plan stays as it is.")


def complete(values: dict[str, Any], _actor: Actor) -> None:
    """Take owner and unit from the deal, the name from the account, and how tax is settled from the kind."""
    deal = standings([values["opportunity"]]).get(values["opportunity"])
    if deal is not None:
        values["owner"], values["unit"] = deal["owner_id"], deal["unit_id"]
    if values["employee"]:
        values["beneficiary"] = queries.name_of(values["employee"])
    if not values["taxed_as"]:
        values["taxed_as"] = rules.usual_taxation(values["kind"])


def judge(after: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    """Find what cannot stand in a commission as it will be."""
    for each in (*rules.problems_of_beneficiary(after), *rules.problems_of_share(after)):
        yield FieldProblem(each.field, each.code, gettext(str(each.message)))
    if before is None:
        yield from _judge_new(after)
        return
    altered = [name for name in _PLANNED if after[name] != before[name]]
    if "opportunity" in altered:
        told = gettext("A commission stays with its deal. Delete it, and make one on the other deal.")
        yield FieldProblem("opportunity", "moved", told)
    if altered and before["state"] != CommissionState.PLANNED:
        told = gettext("This was confirmed and stays as it is.")
        yield FieldProblem(altered[0], "confirmed", told)
    elif "split" in altered and queries.deal(after["opportunity"]).is_frozen:
        yield FieldProblem("split", "frozen", _sentence(_FROZEN))


def _judge_new(after: Mapping[str, Any]) -> Iterable[FieldProblem]:
    deal = standings([after["opportunity"]]).get(after["opportunity"])
    if deal is None:
        return  # the link itself is refused
    held = queries.deal(after["opportunity"])
    if deal["state"] not in (*UNDER_WAY, DealState.WON):
        told = gettext("This deal brought nothing in. Choose one that is under way or won.")
        yield FieldProblem("opportunity", "closed", told)
    elif held.is_frozen:
        yield FieldProblem("opportunity", "frozen", _sentence(_FROZEN))
    elif held.plan is not None and held.plan.none_due:
        told = gettext("It is said that no commission is due of this deal. Set its commission first.")
        yield FieldProblem("opportunity", "none_due", told)


def _sentence(clause: Label) -> str:
    text = str(clause)
    return f"{text[:1].upper()}{text[1:]}"


def why_keep(row: Mapping[str, Any]) -> Label | None:
    """Say why a commission cannot go into the bin."""
    if row["state"] != CommissionState.PLANNED:
        return _("it was confirmed. It stays for what it tells.")
    return _FROZEN if queries.deal(row["opportunity_id"]).is_frozen else None


def why_bar(row: Mapping[str, Any]) -> Label | None:
    """Say why a commission cannot come out of the bin."""
    held = queries.deal(row["opportunity_id"])
    if held.plan is not None and held.plan.none_due:
        return _("it is said that no commission is due of this deal.")
    if held.is_frozen:
        return _FROZEN
    if row["split"] > rules.left_beside(held.shares):
        return _("the shares of the deal would make more than a hundred per cent. Lower another one first.")
    if any(rules.is_same_share(row, each) for each in held.shares):
        return _("its beneficiary stands in the deal with the same condition already.")
    return None
