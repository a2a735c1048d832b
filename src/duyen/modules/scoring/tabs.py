"""What the page of a points model shows: its criteria, with the ways to add and change them. Reads only."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from duyen.entities.fields import Several
from duyen.entities.filter_words import FilterWords
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE, READ, FieldLevel
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
    is_another = row["state"] != ModelState.PUBLISHED and row.get("deleted_at") is None
    may_compare = is_another and actor.may("leads", READ)
    return {
        "is_open": True,
        "is_draft": is_draft,
        "criteria": [told(each, actor) for each in queries.criteria_of(row["id"])],
        "new_url": f"/score_criteria/new?{urlencode({'score_model': row['id']})}" if may_add else "",
        "effect_url": f"/score_models/{row['id']}/effect" if may_compare else "",
    }


def count_criteria(_actor: Actor, row: Row) -> int:
    """Count the criteria of a model."""
    return len(queries.criteria_of(row["id"]))


def told(each: ScoreCriterion, actor: Actor) -> dict[str, Any]:
    """Say in words what a criterion is called, gives and looks at."""
    hidden = _hidden(actor)
    return {
        "id": each.pk,
        "name": _("A criterion") if "name" in hidden else each.name,
        "points": "" if "points" in hidden else rules.signed(each.points),
        "what": in_words(each, actor),
        "is_by_night": "condition" not in hidden and _is_by_night(each),
    }


def _hidden(actor: Actor) -> frozenset[str]:
    """Name the fields of criteria that the reader's rights hide."""
    known = entity_named("score_criteria")
    return frozenset(name for name in known.by_name if known.level(actor, name) is FieldLevel.HIDDEN)


def _is_by_night(each: ScoreCriterion) -> bool:
    if each.basis != Basis.FIELD:
        return False
    return is_by_night(json.loads(each.condition))


def in_words(each: ScoreCriterion, actor: Actor) -> str:
    """Say what a criterion looks at, in one line; what the reader's rights hide of it is left out."""
    hidden = _hidden(actor)
    if each.basis == Basis.FIELD:
        if "condition" in hidden:
            return _("A field that is not open to you")
        told = FilterWords(entity_named(LEADS), actor).whole(json.loads(each.condition))
        return told or _("A field that is not open to you")
    return " · ".join(words for name, words in _of_behaviour(each) if name not in hidden)


def _of_behaviour(each: ScoreCriterion) -> Iterator[tuple[str, str]]:
    """Give what a criterion says of what happened, by the field that says it."""
    known = entity_named("score_criteria")
    what = "activity_kind" if each.basis == Basis.ACTIVITY else "basis"
    yield what, known.field(what).show(getattr(each, what))
    if each.direction:
        yield "direction", known.field("direction").show(each.direction)
    if each.outcomes:
        yield "outcomes", _outcomes(each.outcomes)
    days = each.within_days or 0
    if each.absent:
        told = ngettext("not once in %(days)s day", "not once in %(days)s days", days)
        yield "absent", told % {"days": days}
        return
    yield "within_days", ngettext("within %(days)s day", "within %(days)s days", days) % {"days": days}
    if each.fades:
        yield "fades", _("fades")
    if each.most > 1:
        yield "most", _("up to %(times)s times") % {"times": each.most}


def _outcomes(codes: Sequence[str]) -> str:
    field = entity_named("score_criteria").field("outcomes")
    words = field.words(tuple(codes)) if isinstance(field, Several) else codes
    return _("outcome: %(outcomes)s") % {"outcomes": ", ".join(words)}
