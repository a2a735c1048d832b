"""What another points model says otherwise than the one in force: criteria and where hot and warm begin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.modules.scoring import queries, tabs
from duyen.modules.scoring.models import ScoreCriterion, ScoreModel

#: What makes a criterion another one; with the same of these it gives other points or is called otherwise.
_SAME = (
    *("basis", "condition", "activity_kind", "direction", "outcomes"),
    *("within_days", "fades", "absent", "most"),
)
_THRESHOLDS = ("hot_from", "warm_from")
_NOTHING = "—"


def differences(model_id: int, actor: Actor) -> list[Mapping[str, str]]:
    """Say in words what a model changes: `name`, `what` it looks at, points `before` and `after`.

    Empty where it is in force itself, nothing is in force, it says the same, or its criteria are not open.
    """
    held = queries.model_in_force()
    if held is None or held.pk == model_id or not actor.may("score_criteria", READ):
        return []
    pairs = paired(queries.criteria_of(held.pk), queries.criteria_of(model_id))
    found = [_told(old, new, actor) for old, new in pairs]
    return [*_thresholds(held, queries.model(model_id)), *found]


def paired(
    held: Sequence[ScoreCriterion], others: Sequence[ScoreCriterion]
) -> Iterator[tuple[ScoreCriterion | None, ScoreCriterion | None]]:
    """Pair criteria that look at the same; gives pairs that differ and what is new, then what is gone."""
    known: dict[str, list[ScoreCriterion]] = defaultdict(list)
    for each in held:
        known[_what(each)].append(each)
    for each in others:
        alike = known[_what(each)]
        old = alike.pop(0) if alike else None
        if old is None or (old.points, old.name) != (each.points, each.name):
            yield old, each
    for gone in known.values():
        yield from ((each, None) for each in gone)


def _what(each: ScoreCriterion) -> str:
    return repr([getattr(each, name) for name in _SAME])


def _told(old: ScoreCriterion | None, new: ScoreCriterion | None, actor: Actor) -> Mapping[str, str]:
    before, after = (tabs.told(each, actor) if each is not None else None for each in (old, new))
    shown = after or before or {}
    return {
        "name": str(shown["name"]),
        "what": str(shown["what"]),
        "before": str(before["points"]) if before else _NOTHING,
        "after": str(after["points"]) if after else _NOTHING,
    }


def _thresholds(held: ScoreModel, other: ScoreModel) -> Iterator[Mapping[str, Any]]:
    for name in _THRESHOLDS:
        before, after = getattr(held, name), getattr(other, name)
        if before != after:
            label = str(entity_named("score_models").field(name).label)
            yield {"name": label, "what": "", "before": str(before), "after": str(after)}
