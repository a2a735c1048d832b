"""Whom we meet on a deal: what they offer, what speaks for and against them, what we answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import action
from duyen.entities.errors import InvalidValues, Refused
from duyen.entities.fields import Amount, Flag, Label, Link, Text, Whole
from duyen.entities.writing import insert_rows, next_ids, update_row
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import today
from duyen.kernel.errors import FieldProblem
from duyen.modules.opportunities import queries, rules
from duyen.modules.opportunities.actions.deals import is_under_way, written
from duyen.modules.opportunities.models import Encounter


class NoSuchCompetitor(Refused):
    """The competitor is gone, or it is none of this deal's."""

    code = "no_such_competitor"
    sentence = _("This competitor is no longer on the deal. Look at the page again.")


_ROW = Whole("encounter", _("Competitor on the deal"), required=True, least=1, most=2**62)
_ABOUT = (
    Text("rival_product", _("What they offer"), max_length=160),
    Amount("rival_price", _("Their price"), help=_("Over the whole contract, without VAT.")),
    Whole("threat", _("Threat"), least=1, most=5, default=3, help=_("From 1 (little) to 5 (much).")),
    Flag("is_incumbent", _("Serves the customer today")),
    Text("strengths", pgettext_lazy("competitor", "Strengths"), max_length=500),
    Text("weaknesses", pgettext_lazy("competitor", "Weaknesses"), max_length=500),
    Text("counter", _("What we answer"), max_length=500),
    Text("info_source", _("Who says so"), max_length=160),
)


def met(row: Mapping[str, Any], competitor_id: int, **columns: Any) -> None:
    """Write that a deal meets a competitor."""
    (row_id,) = next_ids(Encounter, 1)
    made = {
        "id": row_id,
        "opportunity_id": row["id"],
        "party_id": row["party_id"],
        "competitor_id": competitor_id,
        "captured_on": today(),
    }
    insert_rows(Encounter, [{**made, **columns}])


@action(
    "opportunities.add_competitor",
    label=_("Add a competitor"),
    asks=(Link("competitor", _("Competitor"), to="competitors", required=True), *_ABOUT),
    icon="swords",
    fits=is_under_way,
)
def add_competitor(
    *, actor: Actor, row: Mapping[str, Any], competitor: int, **about: Any
) -> Mapping[str, Any]:
    """Say whom we meet on a deal. Raises InvalidValues."""
    if not queries.competitor_exists(competitor):
        told = gettext("There is no such record, or it is not open to you. Choose another one.")
        raise InvalidValues([FieldProblem("competitor", "link", told)])
    if queries.meets(row["id"], competitor):
        told = gettext("This competitor stands on the deal already. Change what stands there.")
        raise InvalidValues([FieldProblem("competitor", "taken", told)])
    met(row, competitor, **_columns(about))
    return written(actor, row, {"competitor_ids": rules.with_id(row["competitor_ids"], competitor)})


@action(
    "opportunities.change_competitor",
    label=_("Change a competitor on the deal"),
    asks=(_ROW, *_ABOUT),
    icon="pencil",
    part="encounter",
    fits=is_under_way,
)
def change_competitor(
    *, actor: Actor, row: Mapping[str, Any], encounter: int, **about: Any
) -> Mapping[str, Any]:
    """Say anew what a competitor does on a deal. Raises NoSuchCompetitor."""
    if queries.encounter_of(row["id"], encounter) is None:
        raise NoSuchCompetitor
    update_row(Encounter, encounter, {**_columns(about), "captured_on": today()})
    return written(actor, row, {})


@action(
    "opportunities.remove_competitor",
    label=_("Take the competitor off the deal"),
    asks=(_ROW,),
    icon="x",
    part="encounter",
    fits=is_under_way,
)
def remove_competitor(*, actor: Actor, row: Mapping[str, Any], encounter: int) -> Mapping[str, Any]:
    """Take a competitor off a deal. Raises NoSuchCompetitor."""
    held = queries.encounter_of(row["id"], encounter)
    if held is None:
        raise NoSuchCompetitor
    Encounter.objects.filter(pk=encounter, opportunity_id=row["id"]).delete()
    left = [each for each in row["competitor_ids"] if each != held["competitor_id"]]
    return written(actor, row, {"competitor_ids": left})


def _columns(about: Mapping[str, Any]) -> dict[str, Any]:
    price = about["rival_price"]
    return {
        "product": about["rival_product"],
        "price": price.amount if price else None,
        "threat": about["threat"] or 3,
        "is_incumbent": bool(about["is_incumbent"]),
        **{name: about[name] for name in ("strengths", "weaknesses", "counter", "info_source")},
    }


def why_keep_competitor(row: Mapping[str, Any]) -> Label | None:
    """Say why a competitor cannot go into the bin."""
    return _("deals name it. It stays for what they tell.") if queries.is_met(row["id"]) else None
