"""Read what a form or a program sent for a record: known, allowed, clean, complete."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues
from duyen.entities.fields import Field, FieldRefused, Link, Records, Ref
from duyen.entities.fields.base import EMPTY
from duyen.entities.registry import all_entities, entity_named
from duyen.entities.stand_ins import stand_ins
from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import FieldProblem

Values = dict[str, Any]
_BORN_WITH = _("This is said when a record is made, not edited later. Take the step for it, or make another.")


def read_fields(fields: Iterable[Field], raw: Mapping[str, object]) -> tuple[Values, list[FieldProblem]]:
    """Read the given names by their fields; what is wrong comes back beside what is right."""
    return read_known({each.name: each for each in fields}, raw)


def read_known(known: Mapping[str, Field], raw: Mapping[str, object]) -> tuple[Values, list[FieldProblem]]:
    """Read the given names by the fields that are known under them."""
    values: Values = {}
    problems: list[FieldProblem] = []
    for name, given in raw.items():
        found = known.get(name)
        if found is None:
            problems.append(
                FieldProblem(name, "unknown_field", _("There is no such field, or it cannot be set."))
            )
            continue
        try:
            values[name] = found.read(given)
        except FieldRefused as error:
            problems.append(FieldProblem(name, error.code, _Sentence(error)))
    return values, problems


class _Sentence:
    """A sentence that is put into words only when it is shown, in the reader's language."""

    def __init__(self, error: FieldRefused) -> None:
        # Anew: the error that was raised holds on to all that was being done then, a whole chunk of a file.
        self._error = FieldRefused(error.code, error.sentence, **error.params)

    def __str__(self) -> str:
        return str(self._error)


def missing(fields: Iterable[Field], values: Mapping[str, Any]) -> list[FieldProblem]:
    """Name the required fields that have no value."""
    return [
        FieldProblem(each.name, "required", _("This field is needed. Fill it in."))
        for each in fields
        if each.required and values.get(each.name) in EMPTY
    ]


def refuse_new(
    known: Mapping[str, Field], given: Mapping[str, Any], before: Mapping[str, Any]
) -> list[FieldProblem]:
    """Name the values that a record cannot get although another one may still hold them."""
    problems = []
    for name, value in given.items():
        error = known[name].refuse_new(value, before.get(name)) if name in known else None
        if error is not None:
            problems.append(FieldProblem(name, error.code, _Sentence(error)))
    return problems


def past_birth(entity: Entity, after: Mapping[str, Any], before: Mapping[str, Any]) -> list[FieldProblem]:
    """Name the values that are said when a record is made and would change now.

    Whoever sends a value back as it stands, as files do, changes nothing.
    """
    return [
        FieldProblem(each.name, "at_birth", _BORN_WITH)
        for each in entity.fields
        if each.at_birth and after[each.name] != before[each.name]
    ]


def read_changes(
    entity: Entity, actor: Actor, raw: Mapping[str, object], *, before: Values | None = None
) -> Values:
    """Read the values of a change: only what was given. Raises InvalidValues.

    A field that is required since lately, and that the record never had, stands in no other change's way:
    where `before` is given, only a value that is there may not be taken away. Without it, for a set, no
    field is read that is said at birth.
    """
    known = entity.changeable(actor) if before is None else entity.writable(actor)
    values, problems = read_fields(known, raw)
    given = [entity.field(name) for name in values if before is None or before[name] not in EMPTY]
    problems += missing(given, values)
    if problems:
        raise InvalidValues(problems)
    return values


def broken_links(
    entity: Entity,
    actor: Actor,
    rows: Sequence[Mapping[str, Any]],
    *,
    held: Sequence[Mapping[str, Any]] = (),
) -> dict[int, list[FieldProblem]]:
    """Find, over a whole set, the links that lead nowhere the actor can go; one query per linked entity.

    Gives the problems by the row's place in `rows`. What a record names among several others already, by its
    values `held`, stays whether it is open to the actor or not.
    """
    problems = _broken_refs(entity, actor, rows, held)
    # What is worked out from other values was judged with those.
    for link in (each for each in entity.fields if isinstance(each, Link) and each.editable):
        wanted = {row[link.name] for row in rows if row.get(link.name)}
        if not wanted:
            continue
        target = entity_named(link.to)
        kin = target.relatives if link.in_family else ()
        found: set[int] = set()
        if link.in_family and actor.is_system:  # it knows those, too, who are none of the family yet
            found |= set(target.model._default_manager.filter(pk__in=wanted).values_list("pk", flat=True))
        for each in (target, *kin):
            left = wanted - found
            found |= (
                set(linkable(each, actor).filter(pk__in=left).values_list("pk", flat=True)) if left else set()
            )
        if link.in_family:
            found |= set(stand_ins(actor, target, wanted - found))
        for place, row in enumerate(rows):
            if row.get(link.name) and row[link.name] not in found:
                sentence = _("There is no such record, or it is not open to you. Choose another one.")
                problems.setdefault(place, []).append(FieldProblem(link.name, "link", sentence))
    return problems


def linkable(target: Entity, actor: Actor, *, with_gone: bool = False) -> Any:
    """Give the rows that a new link may point at: readable, or of the organisation, and still in use.

    `with_gone` gives those of the organisation in the bin too, to which older records still point.
    """
    rows = target.model._default_manager.all() if target.public_labels else target.rows(actor)
    held = {each.name for each in target.model._meta.concrete_fields}
    if "is_active" in held:
        rows = rows.filter(is_active=True)
    return rows if with_gone or "deleted_at" not in held else rows.filter(deleted_at=None)


def _broken_refs(
    entity: Entity, actor: Actor, rows: Sequence[Mapping[str, Any]], held: Sequence[Mapping[str, Any]]
) -> dict[int, list[FieldProblem]]:
    """Find the fields that name several records and newly name one where the actor cannot go."""
    problems: dict[int, list[FieldProblem]] = {}
    for field in (each for each in entity.fields if isinstance(each, Records)):
        new = [
            field.refs(row[field.name]) - (field.refs(held[place][field.name]) if held else frozenset())
            if row.get(field.name)
            else frozenset()
            for place, row in enumerate(rows)
        ]
        reached = _reached(actor, frozenset().union(*new), field)
        for place, refs in enumerate(new):
            if not refs <= reached:
                sentence = _("There is no such record, or it is not open to you. Choose another one.")
                problems.setdefault(place, []).append(FieldProblem(field.name, "link", sentence))
    return problems


def _reached(actor: Actor, refs: Iterable[Ref], field: Records) -> frozenset[Ref]:
    """Give those of some records that the actor can name."""
    wanted: dict[str, set[int]] = {}
    for name, record_id in refs:
        wanted.setdefault(name, set()).add(record_id)
    known = {each.name: each for each in all_entities() if not field.to or each.name in field.to}
    return frozenset(
        (name, record_id)
        for name, ids in wanted.items()
        if name in known
        for record_id in linkable(known[name], actor).filter(pk__in=ids).values_list("pk", flat=True)
    )
