"""What the page of a lead says of its score: the parts, since when, what it proposes. Reads only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from duyen.entities.fields import Choice
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, READ, FieldLevel
from duyen.modules.scoring import queries
from duyen.modules.scoring.facts import absent_in_words, facts_of, in_words
from duyen.modules.scoring.learning import Learned
from duyen.modules.scoring.models import ScoreCriterion, ScoreModel
from duyen.modules.scoring.reading import is_open_to
from duyen.modules.scoring.reckoning import parts_of
from duyen.modules.scoring.rules import LIVE, score_of, signed, temperature_of
from duyen.modules.scoring.ties import LEADS

Row = Mapping[str, Any]
#: So many reasons of the learned score are told.
_FEW = 5
Parts = Sequence[tuple[str, int]]


def sees(actor: Actor, name: str = "score") -> bool:
    """Tell whether the actor may see the score of leads: all fields from which it follows are open to her."""
    return entity_named(LEADS).level(actor, name) is not FieldLevel.HIDDEN


def score(actor: Actor, row: Row) -> Mapping[str, Any]:
    """Say why a lead has its score: the points of each criterion that gave or took some."""
    if not sees(actor):
        return {}
    told = _standing(actor, row) if row["state"] not in LIVE else _moving(actor, row)
    return {**told, **_learned(row)} if told and sees(actor, "likelihood") else told


def _learned(row: Row) -> Mapping[str, Any]:
    """Say how likely a lead becomes a customer and which facts change that most, in points of 100."""
    found = queries.offered()
    if found is None or row["likelihood"] is None:
        return {}
    facts = facts_of([row["id"]]).get(row["id"], frozenset())
    reasons = Learned(found.base, found.weights, found.shares).reasons(facts)
    told = [(fact, round(100 * change)) for fact, change in reasons if round(100 * change)]
    return {
        "likelihood": row["likelihood"],
        "reasons": [
            (in_words(fact) if fact in facts else absent_in_words(fact), signed(change))
            for fact, change in told[:_FEW]
        ],
    }


def _moving(actor: Actor, row: Row) -> Mapping[str, Any]:
    model = queries.model_in_force()
    if model is None:
        return {}
    criteria = queries.criteria_of(model.pk)
    points = parts_of([row["id"]], criteria).get(row["id"], ())
    parts = [(_name(actor, each), part) for each, part in zip(criteria, points, strict=True) if part]
    return {**_told(actor, row, model, parts, score_of(points)), "frozen_at": None}


def _name(actor: Actor, each: ScoreCriterion) -> str:
    """Name a criterion, unless it looks at what is closed to the reader."""
    if not each.condition or is_open_to(actor, json.loads(each.condition)):
        return each.name
    return _("Something that is not open to you")


def _standing(actor: Actor, row: Row) -> Mapping[str, Any]:
    kept = queries.frozen(row["id"])
    if kept is None:
        return {}
    parts = [(str(name), int(part)) for name, part in kept.parts]
    told = _told(actor, row, queries.model(kept.score_model_id), parts, kept.score)
    return {**told, "frozen_at": kept.at, "proposal": None}


def _told(actor: Actor, row: Row, model: ScoreModel, parts: Parts, total: int) -> Mapping[str, Any]:
    proposed = temperature_of(total, hot_from=model.hot_from, warm_from=model.warm_from)
    field = entity_named(LEADS).field("temperature")
    option = field.option(proposed.value) if isinstance(field, Choice) else None
    summed = sum(part for _name, part in parts)
    return {
        "score": total,
        "parts": [(name, signed(part)) for name, part in sorted(parts, key=lambda each: -each[1])],
        "sum": "" if summed == total else signed(summed),
        "model": model.name,
        "model_url": f"/score_models/{model.pk}" if actor.may("score_models", READ) else "",
        "proposal": option if proposed != row["temperature"] else None,
        "take_url": f"/{LEADS}/{row['id']}/follow_score" if _may_take(actor, row) else "",
    }


def _may_take(actor: Actor, row: Row) -> bool:
    leads = entity_named(LEADS)
    if leads.level(actor, "temperature") is not None or row.get("deleted_at") is not None:
        return False
    return bool(leads.rows(actor, CHANGE).filter(pk=row["id"]).exists())
