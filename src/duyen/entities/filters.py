"""The filter language: {"and": [["amount", "gte", 5], {"or": […]}]}, read strictly, compiled to SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.asking_parts import field_in, is_found, part_of, with_row
from duyen.entities.entity import Entity
from duyen.entities.entity import Part as RecordPart
from duyen.entities.errors import BadRequest
from duyen.entities.fields import Field, FieldRefused, Link
from duyen.entities.fields.base import own_path
from duyen.entities.indexes.plans import Purpose, made_indexes, plan_for
from duyen.entities.marking import MARKS, marks_field, warned_for
from duyen.entities.quickness import Slow, has_trigram, is_served, search_helps
from duyen.entities.registry import entity_named
from duyen.entities.scope import standing
from duyen.entities.sql import TRUE, Sql, all_of, any_of, name
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ, FieldLevel
from duyen.foundation.org.models import Unit, User

#: One condition of the filter language, or a group of them: ["kind", "in", ["A"]], {"or": […]}.
Part = list[Any] | dict[str, Any]
MOST_CONDITIONS = 50
MOST_LINKS = 2


@dataclass
class _Budget:
    """How many conditions a filter may still have, and what was asked of the database while it is read."""

    left: int = MOST_CONDITIONS
    made: dict[str, frozenset[str]] = dataclass_field(default_factory=dict)

    def take(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise BadRequest(what=_("a filter has at most 50 conditions."))

    def serves(self, entity: Entity, field: Field, operator: str, operand: object) -> bool:
        """Tell whether an index that the company asked for finds the rows of a condition."""
        plan = plan_for(entity, field, Purpose.FILTER)
        if plan is None or operator not in plan.operators:
            return False
        is_by_trigrams = operator in ("contains", "starts")
        if is_by_trigrams and not has_trigram(field.needle(operator, operand)):
            return False
        if entity.table not in self.made:
            self.made[entity.table] = made_indexes(entity.table)
        return plan.name in self.made[entity.table]


@dataclass(frozen=True)
class Compiled:
    """A filter as SQL in parts: `quick` is what an index finds, `rest` is looked at row by row.

    `slow` says what of the filter the rest is about. `hint` follows from the rest and has an index: it
    narrows what is looked at, and only stands in the way where rows are met in the list's order.
    """

    quick: Sql = TRUE
    hint: Sql = TRUE
    rest: Sql = TRUE
    slow: tuple[Slow, ...] = ()

    @property
    def found(self) -> Sql:
        """What indexes find of the filter."""
        return all_of([self.quick, self.hint])

    @property
    def whole(self) -> Sql:
        """The filter as one condition."""
        return all_of([self.quick, self.hint, self.rest])


def compile_filter(entity: Entity, actor: Actor, tree: object, *, alias: str) -> Compiled:
    """Turn a filter into SQL conditions on `alias`.

    Raises BadRequest for anything not understood, a hidden field among them: it does not exist
    for this actor.
    """
    if tree in (None, {}, []):
        return Compiled()
    return _group(entity, actor, tree, alias, _Budget())


def _group(entity: Entity, actor: Actor, tree: object, alias: str, budget: _Budget) -> Compiled:
    if isinstance(tree, dict):
        if len(tree) != 1 or next(iter(tree)) not in ("and", "or"):
            raise BadRequest(what=_("a filter group is an object with the one key “and” or “or”."))
        ((word, parts),) = tree.items()
        if not isinstance(parts, list) or not parts:
            raise BadRequest(what=_("a filter group holds a list of conditions."))
        compiled = [_group(entity, actor, part, alias, budget) for part in parts]
        return _joined(compiled) if word == "and" else _alternatives(compiled)
    if isinstance(tree, list) and len(tree) == 3 and isinstance(tree[0], str) and isinstance(tree[1], str):
        budget.take()
        return _condition(entity, actor, own_path(tree[0]).split("."), tree[1], tree[2], alias, budget)
    raise BadRequest(what=_("a condition is a list of field, operator and value."))


def _joined(parts: Sequence[Compiled]) -> Compiled:
    """Join parts of which every one holds: an index behind one of them narrows the others."""
    return Compiled(
        all_of(each.quick for each in parts),
        all_of(each.hint for each in parts),
        all_of(each.rest for each in parts),
        tuple(slow for each in parts for slow in each.slow),
    )


def _alternatives(parts: Sequence[Compiled]) -> Compiled:
    """Join parts of which one holds: an index narrows them when it narrows each of them."""
    slow = tuple(found for each in parts for found in each.slow)
    found = any_of(each.found for each in parts)
    if not slow:
        return Compiled(quick=found)
    is_narrowed = all(each.found != TRUE for each in parts)
    return Compiled(hint=found if is_narrowed else TRUE, rest=any_of(each.whole for each in parts), slow=slow)


def _condition(
    entity: Entity,
    actor: Actor,
    path: Sequence[str],
    operator: str,
    operand: object,
    alias: str,
    budget: _Budget,
) -> Compiled:
    part = part_of(entity, path[0])
    if part is not None:
        return _by_row(entity, part, actor, path, operator, operand, alias)
    if list(path) == [MARKS] and (warned := marks_field(entity, actor)):
        return _by_mark(entity, warned, actor, operator, operand, alias)
    field = readable_field(entity, actor, path[0])
    if len(path) > 1:
        return _through(entity, field, actor, path, operator, operand, alias, budget)
    _refuse_operator(field, operator)
    try:
        meant = _meant(field, actor, operator, operand)
        found = field.condition(alias, operator, meant)
        helped = search_helps(entity, field, operator, meant, alias)
    except FieldRefused as error:
        raise BadRequest(what=f"{field.label}: {error}") from error
    if is_served(entity, field, operator) or (
        helped is None and budget.serves(entity, field, operator, meant)
    ):
        return Compiled(quick=found)
    return Compiled(hint=helped or TRUE, rest=found, slow=(Slow(entity, field, operator),))


def _refuse_operator(field: Field, operator: str) -> None:
    """Refuse what a field is not filtered by. Raises BadRequest."""
    if not field.filters or operator not in field.operators:
        raise BadRequest(
            what=_("“%(field)s” cannot be filtered by “%(operator)s”; it takes %(operators)s.")
            % {"field": field.label, "operator": operator[:20], "operators": ", ".join(field.operators)}
        )


#: Words for people and places that stay words, so that a kept filter means whoever reads with it.
ME, MY_UNIT, MY_UNITS = "@me", "@my_unit", "@my_units"


def words_for(field: Field) -> tuple[str, ...]:
    """List the words that may stand instead of ids in a condition on `field`."""
    if not isinstance(field, Link):
        return ()
    model = entity_named(field.to).model
    return (ME,) if model is User else (MY_UNIT, MY_UNITS) if model is Unit else ()


def _meant(field: Field, actor: Actor, operator: str, operand: object) -> object:
    """Put ids in the place of words. Raises BadRequest where a word means nobody."""
    known = words_for(field)
    items = operand if isinstance(operand, (list, tuple)) else [operand]
    if not any(item in known for item in items):
        return operand
    meant: list[object] = []
    for item in items:
        meant += sorted(_ids_of(item, actor)) if item in known else [item]
    if not meant:
        raise BadRequest(what=_("“%(word)s” means nobody here.") % {"word": str(items[0])[:20]})
    if operator == "eq" and len(meant) == 1:
        return meant[0]
    return meant


def _ids_of(word: object, actor: Actor) -> frozenset[int]:
    if word == ME:
        return frozenset({actor.user_id} if actor.user_id else ())
    facts = actor.facts
    if facts is None or facts.home_unit_id is None:
        return frozenset()
    if word == MY_UNIT:
        return frozenset({facts.home_unit_id})
    return facts.tree.below(facts.home_unit_id, lambda _kind: True)


def field_at(entity: Entity, actor: Actor, path: str) -> list[Field]:
    """Follow a path such as `owner.full_name` through links: the fields on the way, the last one meant.

    Raises BadRequest where it leads nowhere for this actor.
    """
    found: list[Field] = []
    steps = own_path(path).split(".")
    part = part_of(entity, steps[0])
    if part is not None and len(steps) == 2:
        return [Field(part.family, part.label), field_in(entity, actor, part, steps[1])]
    here: Entity | None = entity
    if steps == [MARKS] and (warned := marks_field(entity, actor)):
        return [warned]
    for step in steps:
        if here is None or len(steps) > MOST_LINKS + 1:
            raise BadRequest(what=_("“%(path)s” leads nowhere.") % {"path": path[:80]})
        found.append(readable_field(here, actor, step))
        here = entity_named(found[-1].to) if isinstance(found[-1], Link) else None
    return found


def readable_field(entity: Entity, actor: Actor, field_name: str) -> Field:
    """Find a field that the actor may read. Raises BadRequest for any other name."""
    field = entity.by_name.get(field_name)
    if field is None or entity.level(actor, field_name) is FieldLevel.HIDDEN:
        raise BadRequest(what=_("there is no field “%(field)s”.") % {"field": field_name[:60]})
    return field


def _by_row(
    entity: Entity,
    part: RecordPart,
    actor: Actor,
    path: Sequence[str],
    operator: str,
    operand: object,
    alias: str,
) -> Compiled:
    """Filter by a field of the rows of a part: one of them fulfils the condition."""
    if len(path) != 2:
        raise BadRequest(what=_("“%(path)s” leads nowhere.") % {"path": ".".join(path)[:80]})
    field = field_in(entity, actor, part, path[1])
    _refuse_operator(field, operator)
    inner = f"{alias}_{part.family}"
    try:
        found = field.condition(inner, operator, _meant(field, actor, operator, operand))
    except FieldRefused as error:
        raise BadRequest(what=f"{field.label}: {error}") from error
    having = with_row(part, found, alias, inner)
    if operator in ("eq", "in") and is_found(part, field):
        return Compiled(quick=having)
    return Compiled(rest=having, slow=(Slow(entity, Field(part.family, part.label), ""),))


def _by_mark(
    entity: Entity, field: Field, actor: Actor, operator: str, operand: object, alias: str
) -> Compiled:
    """Filter by what warns of records: one of the marks that are named is on them."""
    _refuse_operator(field, operator)
    try:
        wanted = {field.read(each) for each in (operand if isinstance(operand, (list, tuple)) else [operand])}
    except FieldRefused as error:
        raise BadRequest(what=f"{field.label}: {error}") from error
    slow = (Slow(entity, field, ""),)
    found = []
    for each in warned_for(entity, actor):
        if each.code in wanted:
            quick, rest = each.find(alias)
            found.append(Compiled(quick) if rest == TRUE else Compiled(hint=quick, rest=rest, slow=slow))
    if not found:
        raise BadRequest(what=_("say by which value to filter."))
    return found[0] if len(found) == 1 else _alternatives(found)


def _through(
    entity: Entity,
    field: Field,
    actor: Actor,
    path: Sequence[str],
    operator: str,
    operand: object,
    alias: str,
    budget: _Budget,
) -> Compiled:
    """Filter by a field of a linked record, among the records that the actor may read."""
    if not isinstance(field, Link) or len(path) > MOST_LINKS + 1:
        raise BadRequest(what=_("“%(path)s” leads nowhere.") % {"path": ".".join(path)[:80]})
    target = entity_named(field.to)
    inner = f"{alias}_{field.name}"
    facts = actor.scope(target.name, READ)
    conditions = [
        Sql(f"{inner}.id = {field.place(alias)}"),
        standing(target.kind, inner, deleted=False if target.has_bin else None),
        target.scope.as_sql(facts, inner),
        _condition(target, actor, path[1:], operator, operand, inner, budget).whole,
    ]
    inside = all_of(conditions)
    exists = Sql(f"EXISTS (SELECT 1 FROM {name(target.table)} {inner} WHERE {inside.text})", inside.params)
    return Compiled(rest=exists, slow=(Slow(entity, field, ""),))
