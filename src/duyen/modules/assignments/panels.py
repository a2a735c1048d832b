"""What the page of an assignment rule shows beside its fields, and that of a lead of who gave it away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from duyen.entities.acting_parts import called
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel
from duyen.kernel.clock import now
from duyen.modules.assignments import choices, queries
from duyen.modules.assignments.models import AssignmentRule
from duyen.modules.assignments.queries import Given
from duyen.modules.assignments.rules import read_wards

_LATELY = dt.timedelta(days=30)


def brought(_actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give how many leads a rule assigned lately, and where one can try it first."""
    return {
        "is_on": row["is_on"],
        "assigned": queries.assigned_since(row["id"], now() - _LATELY),
        "before": queries.rules_before(row["position"]),
        "try_url": f"/assignment_rules/{row['id']}/try",
    }


def given(actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Tell who gave a lead to its owner and when: a rule, with what it went by, or a person by hand."""
    leads = entity_named("leads")
    if row["owner_id"] is None or leads.level(actor, "owner") is FieldLevel.HIDDEN:
        return {}
    found = queries.given_to(row["id"], row["owner_id"])
    if found is None:
        return {}
    told = {"at": found.at, "by": "", "url": "", "why": ""}
    if found.by is None and found.name == queries.assigner().name and found.verb:
        return {**told, **_by_rule(actor, row, found)}
    return {**told, "by": _by_hand(row, found)}


def _by_hand(row: Mapping[str, Any], found: Given) -> str:
    who = called(found.name, found.by)
    if not found.verb:
        return _("%(who)s, when it was taken in") % {"who": who}
    if found.by is None:
        return who
    told = _("%(who)s, who took it on") if found.by == row["owner_id"] else _("%(who)s, by hand")
    return told % {"who": who}


def _by_rule(actor: Actor, row: Mapping[str, Any], found: Given) -> Mapping[str, Any]:
    rule = queries.rule_of(row["id"], row["owner_id"])
    if rule is None:
        return {"by": _("A rule that is no longer kept")}
    words = {"rule": rule.name, "way": str(choices.WAYS.held().by_code[rule.way].label).lower()}
    is_open = entity_named("assignment_rules").rows(actor).filter(pk=rule.pk).exists()
    return {
        "by": _("Rule “%(rule)s”, %(way)s") % words,
        "url": f"/assignment_rules/{rule.pk}" if is_open else "",
        # A rule that was changed since no longer tells what it went by then.
        "why": ", ".join(_why(actor, row, rule)) if rule.updated_at <= found.at else "",
    }


def _why(actor: Actor, row: Mapping[str, Any], rule: AssignmentRule) -> list[str]:
    """Name by which fields of a lead a rule chose it, with what stands in them, as far as one sees them."""
    leads, wards = entity_named("leads"), read_wards(rule.wards)[0]
    asked: list[tuple[str, bool]] = [
        ("source", row["source"] in rule.sources),
        ("temperature", row["temperature"] in rule.temperatures),
        ("province", row["province_code"] in rule.provinces),
        ("ward", row["ward_code"] in wards),
        ("products", bool({*row["product_ids"]} & {*rule.product_ids})),
        ("campaign", rule.campaign_id is not None and row["campaign_id"] == rule.campaign_id),
    ]
    told = []
    for name, counts in asked:
        if counts and leads.level(actor, name) is not FieldLevel.HIDDEN:
            field = leads.field(name)
            is_link = name in ("products", "campaign")
            told.append(str(field.label) if is_link else f"{field.label}: {field.show(field.load(row))}")
    return told


def has_owner(row: Mapping[str, Any]) -> bool:
    """Tell whether somebody keeps a lead."""
    return row["owner_id"] is not None
