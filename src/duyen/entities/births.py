"""Bring new records to the table's door: read, judge and complete them, one or a whole set alike.

What holds for the whole set (who may set which field, what a blank is, the stamps) is worked out
once, so that a single record and a row of an import take the same way at their own price.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import Enum
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.codes import take_codes
from duyen.entities.entity import Entity
from duyen.entities.fields import MASK, AsGiven, Field, TaxCodeField
from duyen.entities.values import Values, missing, read_known, refuse_new
from duyen.entities.writing import next_ids
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE
from duyen.kernel.clock import now
from duyen.kernel.errors import FieldProblem

#: Who keeps a record is no word of whoever it is about.
_KEEPING = ("owner", "unit")
_OUTSIDE = _("You may not create records for this unit and owner. Choose your own.")
NO_UNIT = _("Say to which unit the record belongs.")


class Births:
    """The new records that one actor makes in one entity at one moment."""

    def __init__(self, entity: Entity, actor: Actor, *, asked: Collection[str] | None = None) -> None:
        """`asked` are the fields that somebody was asked for, where a step asks for less than a form does."""
        self._entity = entity
        self._actor = actor
        self._asked = asked
        self._known = {each.name: each for each in entity.writable(actor)}
        self._blanks = {each.name: each.blank for each in entity.fields if each.editable}
        self._defaults = {
            each.name: each.default for each in entity.fields if each.editable and each.default is not None
        }
        self._kept = [each for each in entity.fields if isinstance(each, AsGiven)]
        self._required = [each for each in entity.fields if each.required and self._can_fill(each)]
        self._facts = actor.scope(entity.name, CREATE)
        self._home = actor.facts.home_unit_id if actor.facts else None
        grants = actor.facts.grants.get((entity.name, CREATE), ()) if actor.facts else ()
        self._places = frozenset({self._home, *(grant.unit_id for grant in grants)})

    def _can_fill(self, field: Field) -> bool:
        """Tell whether the field can be asked for: what the company requires, only of who may set it."""
        if field.name in self._entity.always_required:
            return True
        return field.name in self._known and (self._asked is None or field.name in self._asked)

    def read(self, raw: Mapping[str, object]) -> tuple[Values, list[FieldProblem]]:
        """Read one record: clean values, blank where nothing was given, and what is wrong with them."""
        given, problems = self.read_given(raw)
        problems += refuse_new(self._known, given, {})
        values = {**self._blanks, **self._defaults, **given}
        values |= {each.name: each.kept(self._told(raw, given)) for each in self._kept}
        lacking = missing(self._required, values)
        if lacking:
            refused = {problem.field for problem in problems}
            problems += [problem for problem in lacking if problem.field not in refused]
        return self._judge(values, problems)

    def _told(self, raw: Mapping[str, object], given: Values) -> dict[str, object]:
        """Give what was sent and taken, but not who keeps the record; a personal number is masked."""
        told = {name: raw[name] for name in given if name in raw and name not in _KEEPING}
        for name in told:
            field = self._known[name]
            if isinstance(field, TaxCodeField) and field.seals(given[name]):
                told[name] = MASK
        return told

    def read_given(self, raw: Mapping[str, object]) -> tuple[Values, list[FieldProblem]]:
        """Read what was given of a record, and judge nothing: what it lacks, another record may hold."""
        return read_known(self._known, raw)

    def _judge(self, values: Values, problems: list[FieldProblem]) -> tuple[Values, list[FieldProblem]]:
        """Fill in owner and unit, and ask the entity's rules when every single field was readable."""
        entity = self._entity
        if entity.scope.owner:
            values["owner"] = values.get("owner") or self._actor.user_id
        if entity.scope.unit:
            values["unit"] = values.get("unit") or self._home
            if values["unit"] is None:
                problems.append(FieldProblem("unit", "required", NO_UNIT))
        if problems:
            return values, problems
        if entity.complete:
            entity.complete(values, self._actor)
        for rule in entity.rules:
            problems.extend(rule(values, None))
        if not self.may_be_kept_by(owner=values.get("owner"), unit=values.get("unit")):
            problems.append(FieldProblem("unit", "not_allowed", _OUTSIDE))
        return values, problems

    def may_be_kept_by(self, *, owner: int | None, unit: int | None) -> bool:
        """Tell whether the actor may create records for this owner in this unit.

        Whoever creates for herself alone does so where she stands: a record of hers in another
        unit would take a number of that unit's and lie in the lists of its people.
        """
        if self._entity.scope.is_company_wide:
            return True
        if not self._facts.covers(record_id=0, owner_id=owner, unit_id=unit):
            return False
        is_anywhere = self._facts.everything or not self._entity.scope.unit
        return is_anywhere or unit in self._facts.units or unit in self._places

    def columns(self, values: Values) -> dict[str, Any]:
        """Give the columns that keep clean values and are not blank."""
        return _stored(self._entity.by_name, self._blanks, values)

    def complete(
        self, rows: Sequence[Values], columns: Sequence[Mapping[str, Any]] | None = None
    ) -> list[dict[str, Any]]:
        """Turn clean values into rows of the table, ids and codes included; `alike` holds what they share.

        Where the `columns` of the rows are given, the values need hold no more than the unit.
        """
        if not rows:
            return []
        ids = next_ids(self._entity.model, len(rows))
        codes = take_codes(self._entity, [row.get("unit") for row in rows])
        if columns is None:
            columns = [self.columns(row) for row in rows]
        return [
            {**held, **code, "id": row_id} for held, row_id, code in zip(columns, ids, codes, strict=True)
        ]

    def alike(self) -> dict[str, Any]:
        """Give what all rows of the set share: stamps, blanks, and the entity's fixed columns."""
        moment = now()
        columns: dict[str, Any] = {
            "version": 1,
            "created_at": moment,
            "updated_at": moment,
            "created_by_id": self._actor.user_id,
            "updated_by_id": self._actor.user_id,
            "source_channel": self._actor.door.value,
        }
        for each in self._entity.fields:
            if each.editable:
                columns.update(each.store(each.blank))
        for column, value in self._entity.fixed.items():
            held = value() if callable(value) else value
            columns[column] = held.value if isinstance(held, Enum) else held
        return columns


def _stored(fields: Mapping[str, Field], blanks: Mapping[str, Any], values: Values) -> dict[str, Any]:
    """Give the columns of those fields that are not blank."""
    columns: dict[str, Any] = {}
    for name, value in values.items():
        if value is not blanks.get(name):
            columns.update(fields[name].store(value))
    return columns
