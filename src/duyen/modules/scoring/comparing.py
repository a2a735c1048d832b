"""What another points model says otherwise than the one in force: criteria and where hot and warm begin."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
    found = [line for old, new in pairs for line in _told(old, new, actor)]
    return [*_thresholds(held, queries.model(model_id)), *found]


def paired(
    held: Sequence[ScoreCriterion], others: Sequence[ScoreCriterion]
) -> Iterator[tuple[ScoreCriterion | None, ScoreCriterion | None]]:
    """Pair criteria that look at the same, or else are called the same; gives pairs that are not the same.

    First come those of `others`, then what is gone.
    """
    left = list(held)
    alike = {each.pk: _taken(left, each, _what) for each in others}
    alike |= {each.pk: _taken(left, each, _name) for each in others if alike[each.pk] is None}
    for each in others:
        old = alike[each.pk]
        if old is None or (_what(old), old.points, old.name) != (_what(each), each.points, each.name):
            yield old, each
    yield from ((each, None) for each in left)


def _taken(
    left: list[ScoreCriterion], other: ScoreCriterion, by: Callable[[ScoreCriterion], object]
) -> ScoreCriterion | None:
    """Take the first that is like another one out of those that are left."""
    found = next((each for each in left if by(each) == by(other)), None)
    if found is not None:
        left.remove(found)
    return found


def _name(each: ScoreCriterion) -> str:
    return each.name


def _what(each: ScoreCriterion) -> object:
    return [getattr(each, name) for name in _SAME]


def _told(
    old: ScoreCriterion | None, new: ScoreCriterion | None, actor: Actor
) -> Iterator[Mapping[str, str]]:
    """Say what differs between two criteria; nothing where it reads the same, though it is kept otherwise."""
    before, after = (_words(each, actor) for each in (old, new))
    if before == after:
        return
    name, what, _points = after or before or ("", "", "")
    yield {
        "name": name,
        "what": what,
        "before": before[2] if before else _NOTHING,
        "after": after[2] if after else _NOTHING,
    }


def _words(each: ScoreCriterion | None, actor: Actor) -> tuple[str, str, str] | None:
    if each is None:
        return None
    told = tabs.told(each, actor)
    return str(told["name"]), str(told["what"]), str(told["points"])


def _thresholds(held: ScoreModel, other: ScoreModel) -> Iterator[Mapping[str, Any]]:
    for name in _THRESHOLDS:
        before, after = getattr(held, name), getattr(other, name)
        if before != after:
            label = str(entity_named("score_models").field(name).label)
            yield {"name": label, "what": "", "before": str(before), "after": str(after)}
