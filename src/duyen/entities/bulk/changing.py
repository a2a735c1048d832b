"""Change fields of a set of records: the same rules as for one, judged in memory, written together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.bulk.outcomes import Outcome, SetDone, in_order, name_of
from duyen.entities.bulk.rules import Fate, Mode, merged
from duyen.entities.bulk.sets import Row, lock_set, write_set
from duyen.entities.entity import Entity
from duyen.entities.errors import Clash, InvalidValues, StaleVersion
from duyen.entities.fields import Tags
from duyen.entities.locking import may_move, not_allowed
from duyen.entities.restricted import held_back
from duyen.entities.stale import changes_since_many
from duyen.entities.standard import judge_change, stored
from duyen.entities.values import Values, broken_links, read_changes
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, HAND_OVER
from duyen.foundation.audit import trail
from duyen.kernel.errors import FieldProblem

_TOO_MANY = _("A record has at most %(most)s tags.")


def change_many(
    entity: Entity,
    ids: Sequence[int],
    *,
    actor: Actor,
    values: Mapping[str, object],
    modes: Mapping[str, Mode] | None = None,
    seen: Mapping[int, int] | None = None,
    operation_id: int | None = None,
) -> SetDone:
    """Set fields of many records; one that cannot take them is refused with its reason and stops no other.

    `modes` say of list fields whether words are added, removed or replaced. `seen` are the versions
    that the caller read: a record on which somebody else changed one of these fields since is
    refused, naming both values; a record that is not named there is not compared.
    Raises InvalidValues when the values themselves cannot be read.
    """
    new = read_changes(entity, actor, values)
    with transaction.atomic():
        locked = lock_set(entity, ids, actor=actor, verb=CHANGE)
        operation = trail.begin(actor, f"{entity.name}.{CHANGE}", operation_id=operation_id)
        stale = stale_rows(entity, locked.rows, seen or {}, new)
        judged = [
            _judge(entity, actor, row, new, modes or {}) for row in locked.rows if row["id"] not in stale
        ]
        outcomes = [*locked.refused, *stale_outcomes(entity, actor, locked.rows, stale)]
        outcomes += _write(entity, actor, judged)
    return SetDone(operation, in_order(ids, outcomes))


#: A locked row, what it alters, and what the rules say to that.
_Judged = tuple[Row, Values, list[FieldProblem]]


def _judge(entity: Entity, actor: Actor, row: Row, new: Values, modes: Mapping[str, Mode]) -> _Judged:
    before = entity.values(row)
    wanted, problems = dict(new), []
    for name, mode in modes.items():
        field = entity.field(name)
        if name in wanted and isinstance(field, Tags):
            wanted[name] = merged(mode, before[name], wanted[name])
            if len(wanted[name]) > field.most:
                problems.append(FieldProblem(name, "too_many", _TOO_MANY % {"most": field.most}))
    altered, others = judge_change(entity, actor, before, wanted)
    return row, altered, [*problems, *others]


def _write(entity: Entity, actor: Actor, judged: Sequence[_Judged]) -> list[Outcome]:
    """Refuse what rules, links and rights forbid, and write the rest."""
    outcomes, good = _sorted_out(entity, actor, judged)
    return [*outcomes, *write_set(entity, actor, good)]


def _sorted_out(
    entity: Entity, actor: Actor, judged: Sequence[_Judged]
) -> tuple[list[Outcome], list[tuple[Row, dict[str, Any]]]]:
    """Tell what is refused or stays as it is from what is to be written, by its columns."""
    altered_rows = [altered for _row, altered, _problems in judged]
    held = [entity.values(row) for row, *_rest in judged]
    broken = broken_links(entity, actor, altered_rows, held=held)
    whole = [{**before, **altered} for before, altered in zip(held, altered_rows, strict=True)]
    for place, found in held_back(entity, whole, actor=actor, new=altered_rows).items():
        broken.setdefault(place, []).extend(found)
    outcomes: list[Outcome] = []
    good: list[tuple[Row, dict[str, Any]]] = []
    for place, (row, altered, problems) in enumerate(judged):
        against = [*problems, *broken.get(place, ())]
        if against:
            outcomes.append(refused(entity, actor, row, InvalidValues(against)))
        elif entity.has_owner and {"owner", "unit"} & set(altered) and not may_move(entity, row, actor):
            outcomes.append(refused(entity, actor, row, not_allowed(HAND_OVER)))
        elif altered:
            good.append((row, stored(entity, altered)))
        else:
            outcomes.append(unchanged(entity, actor, row))
    return outcomes, good


def change_each(
    entity: Entity,
    changes: Mapping[int, Values],
    *,
    actor: Actor,
    meet: Callable[[Values, Values], Values],
    operation_id: int | None = None,
    writes: bool = True,
) -> SetDone:
    """Change many records, each by clean values of its own; one that cannot take them stops no other.

    `meet` gives what of the new values a record takes, from those that it holds. With `writes` false
    everything is judged and nothing written. Must be called inside a transaction.
    """
    locked = lock_set(entity, list(changes), actor=actor, verb=CHANGE)
    operation = trail.begin(actor, f"{entity.name}.{CHANGE}", operation_id=operation_id)
    judged: list[_Judged] = []
    for row in locked.rows:
        before = entity.values(row)
        judged.append((row, *judge_change(entity, actor, before, meet(before, changes[row["id"]]))))
    outcomes, good = _sorted_out(entity, actor, judged)
    if writes:
        written = write_set(entity, actor, good)
    else:
        written = [
            Outcome(row["id"], Fate.CHANGED, name_of(entity, actor, row), int(row["version"]))
            for row, _columns in good
        ]
    return SetDone(operation, in_order(list(changes), [*locked.refused, *outcomes, *written]))


def refused(entity: Entity, actor: Actor, row: Row, error: Any) -> Outcome:
    """Say that one locked record stays as it is, and why."""
    return Outcome(row["id"], Fate.REFUSED, name_of(entity, actor, row), int(row["version"]), error)


def unchanged(entity: Entity, actor: Actor, row: Row) -> Outcome:
    """Say that one locked record holds already what it should."""
    return Outcome(row["id"], Fate.UNCHANGED, name_of(entity, actor, row), int(row["version"]))


def stale_rows(
    entity: Entity, rows: Sequence[Row], seen: Mapping[int, int], new: Values
) -> dict[int, StaleVersion]:
    """Find the rows on which somebody changed one of the fields to be set since the caller read them.

    Unlike in a form, which sends all its fields back, whoever sets a field of a set means this
    field: that it gets back the value of before is a clash too.
    """
    older = {
        row["id"]: seen[row["id"]] for row in rows if seen.get(row["id"], row["version"]) != row["version"]
    }
    if not older:
        return {}
    since = changes_since_many(entity, older)
    found = {}
    for row in (each for each in rows if each["id"] in older):
        (who, base), theirs = since[row["id"]], entity.values(row)
        is_ahead = older[row["id"]] > row["version"]
        clashes = [
            Clash(name, base.get(name), value, theirs[name])
            for name, value in new.items()
            if value != theirs[name] and (is_ahead or name in base)
        ]
        if clashes:
            found[row["id"]] = StaleVersion(who=who or "?", current=row["version"], clashes=clashes)
    return found


def stale_outcomes(
    entity: Entity, actor: Actor, rows: Sequence[Row], stale: Mapping[int, StaleVersion]
) -> list[Outcome]:
    """Refuse the rows that `stale_rows` found."""
    return [refused(entity, actor, row, stale[row["id"]]) for row in rows if row["id"] in stale]
