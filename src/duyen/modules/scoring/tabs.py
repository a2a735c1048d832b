"""What the page of a points model shows: its criteria, with the ways to add and change them. Reads only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from duyen.entities.filter_words import FilterWords
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE, READ
from duyen.modules.scoring import queries, rules
from duyen.modules.scoring.models import ScoreCriterion
from duyen.modules.scoring.reading import is_by_night
from duyen.modules.scoring.ties import LEADS
from duyen.modules.scoring.words import Basis, ModelState

Row = Mapping[str, Any]


def criteria(actor: Actor, row: Row) -> Mapping[str, Any]:
    """List the criteria of a model in words."""
    if not actor.may("score_criteria", READ):
        return {"is_open": False}
    is_draft = row["state"] == ModelState.DRAFT and row.get("deleted_at") is None
    may_add = is_draft and actor.may("score_criteria", CREATE)
    return {
        "is_open": True,
        "is_draft": is_draft,
        "criteria": [_told(each, actor) for each in queries.criteria_of(row["id"])],
        "new_url": f"/score_criteria/new?{urlencode({'score_model': row['id']})}" if may_add else "",
        "effect_url": f"/score_models/{row['id']}/effect" if is_draft and actor.may("leads", READ) else "",
    }


def count_criteria(_actor: Actor, row: Row) -> int:
    """Count the criteria of a model."""
    return len(queries.criteria_of(row["id"]))


def _told(each: ScoreCriterion, actor: Actor) -> dict[str, Any]:
    return {
        "id": each.pk,
        "name": each.name,
        "points": rules.signed(each.points),
        "what": in_words(each, actor),
        "is_by_night": _is_by_night(each),
    }


def _is_by_night(each: ScoreCriterion) -> bool:
    if each.basis != Basis.FIELD:
        return False
    return is_by_night(json.loads(each.condition))


def in_words(each: ScoreCriterion, actor: Actor) -> str:
    """Say what a criterion looks at, in one line."""
    known = entity_named("score_criteria")
    if each.basis == Basis.FIELD:
        told = FilterWords(entity_named(LEADS), actor).whole(json.loads(each.condition))
        return told or _("A field that is not open to you")
    what = known.field("activity_kind" if each.basis == Basis.ACTIVITY else "basis")
    days = each.within_days or 0
    said = [what.show(each.activity_kind if each.basis == Basis.ACTIVITY else each.basis)]
    if each.absent:
        told = ngettext("not once in %(days)s day", "not once in %(days)s days", days)
        return " · ".join([*said, told % {"days": days}])
    said.append(ngettext("within %(days)s day", "within %(days)s days", days) % {"days": days})
    if each.fades:
        said.append(_("fades"))
    if each.most > 1:
        said.append(_("up to %(times)s times") % {"times": each.most})
    return " · ".join(said)
