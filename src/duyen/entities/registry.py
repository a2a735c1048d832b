"""All entities of the house: declared by modules, extended by higher ones, checked at start-up."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from duyen.entities.actions import Action
from duyen.entities.approvals.declared import Limit, Measure
from duyen.entities.approvals.keeping import know as know_limit
from duyen.entities.beside import Glance, all_beside
from duyen.entities.boards.declared import Board
from duyen.entities.dated.declared import Months
from duyen.entities.entity import Entity, Part
from duyen.entities.fields import Choice, Day, Link
from duyen.entities.guards import Guard
from duyen.entities.living import know
from duyen.entities.pages import Lead, Panel, Preview, Tab
from duyen.entities.timelines.declared import Around, TimelineSource
from duyen.entities.words import MERGE
from duyen.foundation.access.words import DELETE

_entities: dict[str, Entity] = {}


class BadDeclaration(Exception):
    """A declaration names something that is not there; the message says where."""


def register(*entities: Entity) -> None:
    """Add entities to the house; a name is taken once."""
    for entity in entities:
        if entity.name in _entities:
            raise BadDeclaration(f"{entity.name} is declared twice")
        for other in _entities.values():
            if other.model is entity.model:
                other.relatives.append(entity)
                entity.relatives.append(other)
        _entities[entity.name] = entity
    know(*entities)


def extend(
    name: str,
    *,
    tabs: Sequence[Tab] = (),
    panels: Sequence[Panel] = (),
    actions: Sequence[Action] = (),
    leads: Sequence[Lead] = (),
    timeline: Sequence[TimelineSource] = (),
    around: Sequence[Around] = (),
    guards: Mapping[str, Sequence[Guard]] | None = None,
    foretold: Mapping[str, Preview] | None = None,
    approvals: Mapping[str, Limit] | None = None,
    parts: Sequence[Part] = (),
    glances: Sequence[Glance] = (),
) -> None:
    """Add to a lower module's entity from a higher module, in module order.

    `guards` stand against its steps, by verb; an entity over the same table has steps of its own, so it
    is named beside where the guard holds there too. `foretold` is told in the dialogs of its steps, by verb.
    """
    entity = entity_named(name)
    entity.approvals.update(approvals or {})
    entity.tabs.extend(tabs)
    for panel in panels:
        names = [each.name for each in entity.panels]
        entity.panels.insert(names.index(panel.before) if panel.before in names else len(names), panel)
    entity.leads.extend(leads)
    entity.timeline.extend(timeline)
    entity.around.extend(around)
    entity.glances.extend(glances)
    entity.actions = (*entity.actions, *actions)
    entity.parts = (*entity.parts, *parts)
    for verb, added in (guards or {}).items():
        entity.guards.setdefault(verb, []).extend(added)
    entity.foretold.update(foretold or {})


def entity_named(name: str) -> Entity:
    """Give the entity called `name`. Raises KeyError."""
    return _entities[name]


def known_names() -> Collection[str]:
    """Name the entities of the house."""
    return _entities.keys()


def all_entities() -> list[Entity]:
    """List the entities in the order of declaration."""
    return list(_entities.values())


def check() -> None:
    """Check that every name in every declaration leads somewhere. Raises BadDeclaration."""
    for entity in _entities.values():
        _check_columns(entity)
        _check_names(entity)
        _check_steps(entity)
        _check_approvals(entity)
        _check_boards(entity)
        _check_dated(entity)
        _check_warned(entity)


#: The engine's own steps on which a limit may stand; what else is to be approved is an action of its own.
_TO_APPROVE = (DELETE, MERGE)


def _check_approvals(entity: Entity) -> None:
    """Let the limits of an entity be known, each of them whole."""
    verbs = {each.verb for each in entity.actions if not each.many}
    for verb in entity.approvals:
        if verb not in _TO_APPROVE and verb not in verbs:
            raise BadDeclaration(f"{entity.name}: no step {verb} on which a limit could stand")
    for step in entity.actions:
        if step.approval is not None and step.many:
            raise BadDeclaration(f"{step.name} is a step for sets alone: nobody can grant it for one record")
        if step.approval is not None and step.approval.by_step and step.takes_sets:
            raise BadDeclaration(f"{step.name} takes sets, so its limit cannot be left to the step")
    for limit in entity.all_limits:
        _check_limit(entity, limit)
        know_limit(limit)


def _check_limit(entity: Entity, limit: Limit) -> None:
    bounded = [role for role, most in limit.roles.items() if most is not None]
    if limit.measure is Measure.STEP and bounded:
        raise BadDeclaration(f"limit {limit.name} weighs nothing and bounds {', '.join(bounded)}")
    known = {each.column for each in entity.model._meta.concrete_fields}
    for column in limit.columns:
        if column not in known:
            raise BadDeclaration(f"limit {limit.name} on {entity.name}: no column {column}")
    if limit.about and limit.about not in entity.by_name:
        raise BadDeclaration(f"limit {limit.name} on {entity.name}: no field {limit.about}")


def _check_columns(entity: Entity) -> None:
    known = {each.column for each in entity.model._meta.concrete_fields}
    for field in entity.fields:
        for column in (*field.columns, *filter(None, [field.sort])):
            if column not in known:
                raise BadDeclaration(f"{entity.name}.{field.name}: no column {column}")
    for field in (*entity.fields, *(each for beside in all_beside(entity) for each in beside.fields)):
        if isinstance(field, Link) and field.to not in _entities:
            raise BadDeclaration(f"{entity.name}.{field.name}: no entity {field.to}")
    for column in entity.duplicates.columns if entity.duplicates else ():
        if column not in known:
            raise BadDeclaration(f"{entity.name}, duplicates: no column {column}")
    _check_sorts(entity, known)


def _check_sorts(entity: Entity, known: set[str | None]) -> None:
    for listing in entity.lists:
        for sort in listing.sorts:
            if sort.column not in known:
                raise BadDeclaration(f"{entity.name}, list {listing.name}: no column {sort.column}")


def _check_names(entity: Entity) -> None:
    lines = [line for part in entity.form for line in ([part] if isinstance(part, str) else part[1])]
    named = [name for line in lines for name in line.split()]
    besides = {field.name for each in all_beside(entity) for field in each.fields}
    for name in besides & set(entity.by_name):
        raise BadDeclaration(f"{entity.name}.{name} stands beside the records and among their fields")
    for listing in entity.lists:
        named += [*listing.filters, *(name for name in listing.columns if name not in besides)]
    for step in entity.actions:
        if step.makes and step.makes not in _entities:
            raise BadDeclaration(f"{step.name} makes {step.makes}, and there is no such entity")
    _check_known(entity)
    for name in (*named, *entity.summary, *entity.facts, *entity.limits, entity.title):
        if name not in entity.by_name:
            raise BadDeclaration(f"{entity.name}: no field {name}")


def _check_known(entity: Entity) -> None:
    known = {name for each in (entity, *entity.relatives) for name in each.by_name}
    for name in entity.duplicates.names if entity.duplicates else ():
        if name not in known:
            raise BadDeclaration(f"{entity.name}, duplicates: no field {name}")
    for name in entity.known_by.split():
        if name not in entity.by_name:
            raise BadDeclaration(f"{entity.name} is known by {name}, and there is no such field")


def _check_steps(entity: Entity) -> None:
    verbs = {each.verb for each in entity.actions}
    for verb in entity.guards:
        if verb not in verbs:
            raise BadDeclaration(f"{entity.name}: a guard of {verb}, and there is no such step")
    for verb in set(entity.foretold) - verbs:
        raise BadDeclaration(f"{entity.name}: something is foretold of {verb}, and there is no such step")
    if entity.lifecycle is None:
        return
    for command in entity.lifecycle.commands:
        told = [*command.from_, *((command.to,) if isinstance(command.to, str) else ())]
        for state in set(told) - entity.lifecycle.codes:
            raise BadDeclaration(f"{entity.name}.{command.verb}: no state {state}")


#: What stands in the address of a list for something else than the name of a board.
_TAKEN = ("list", "calendar", "months")


def _check_boards(entity: Entity) -> None:
    for board in entity.boards:
        where = f"{entity.name}, board {board.name}"
        if board.name in _TAKEN or not board.name.isidentifier():
            raise BadDeclaration(f"{where}: another name is needed")
        named = [board.by, *board.card.names, *(name for name, _operator, _value in board.lifts)]
        added = [each for each in (board.total, board.weighed) if each]
        named += added
        named += [board.within.field] if board.within else []
        for name in named:
            if name not in entity.by_name:
                raise BadDeclaration(f"{where}: no field {name}")
        for name in added:
            if not entity.field(name).total:
                raise BadDeclaration(f"{where}: {name} is not added up")
        _check_lanes(entity, board, where)


def _check_dated(entity: Entity) -> None:
    for shape in (entity.calendar, entity.months):
        if shape is None:
            continue
        where = f"{entity.name}, {shape.name}"
        added = [shape.total, shape.weighed if isinstance(shape, Months) else ""]
        added = [each for each in added if each]
        named = [shape.by, *added, *(name for name, _operator, _value in shape.lifts)]
        if isinstance(shape, Months):
            named += [each.condition[0] for each in shape.outcomes] + [each.field for each in shape.splits]
        for name in named:
            if name not in entity.by_name:
                raise BadDeclaration(f"{where}: no field {name}")
        if not isinstance(entity.field(shape.by), Day):
            raise BadDeclaration(f"{where}: {shape.by} holds no day")
        for name in added:
            if entity.field(name).total != "sum":
                raise BadDeclaration(f"{where}: {name} is not added up")


def _check_warned(entity: Entity) -> None:
    if entity.warned and entity.marks is None:
        raise BadDeclaration(f"{entity.name}: nothing gives the marks that its lists show")
    for each in entity.warned:
        for name in each.tells.split():
            if name not in entity.by_name:
                raise BadDeclaration(f"{entity.name}, mark {each.code}: no field {name}")


def _check_lanes(entity: Entity, board: Board, where: str) -> None:
    if board.moves is None and (entity.lifecycle is None or entity.lifecycle.column != board.by):
        raise BadDeclaration(f"{where}: no step moves a card, for {board.by} is not the state")
    if callable(board.lanes):
        return
    held = entity.field(board.by)
    sorts = {sort.name for listing in entity.lists for sort in listing.sorts}
    for lane in board.lanes:
        if isinstance(held, Choice) and held.option(lane.key) is None:
            raise BadDeclaration(f"{where}: no option {lane.key}")
        if lane.order and lane.order.removeprefix("-") not in sorts:
            raise BadDeclaration(f"{where}: no order {lane.order}")
