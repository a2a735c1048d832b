"""Forms derived from declarations: sections, lines, controls with what was typed and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from duyen.entities.entity import Entity
from duyen.entities.fields import Field, FieldRefused, Label, Link
from duyen.entities.labels import Linked, labels
from duyen.entities.layouts.reading import form_for
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import HAND_OVER, FieldLevel
from duyen.kernel.errors import FieldProblem
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.shown import plain
from duyen.surfaces.web.pages.widgets import Place, Typed, widget_of

#: Titles, each with lines of fields.
Form = Sequence[tuple[Label, list[list[Field]]]]
#: What the form of an entity decides about the fields that say to whom a record belongs.
_KEEPERS = ("owner", "unit")


@dataclass(frozen=True)
class Control:
    """One control: the kit's macro and what it is given."""

    macro: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """Controls that stand beside each other."""

    controls: Sequence[Control]

    @property
    def width(self) -> int:
        return len(self.controls)


@dataclass(frozen=True)
class Section:
    """Lines under one title."""

    title: Label
    lines: Sequence[Line]


@dataclass(frozen=True)
class Problem:
    """One thing wrong, with a link to its control; the label is empty for what concerns all."""

    message: object
    label: Label = ""
    id: str = ""


@dataclass(frozen=True)
class Sent:
    """What a browser sent: as typed, as the engine reads it, and what could not be read at all."""

    typed: dict[str, Typed]
    raw: dict[str, object]
    problems: list[FieldProblem]


def fields_of(entity: Entity, actor: Actor) -> list[Field]:
    """List the fields of the form that the actor gets, in its order."""
    return [field for _title, lines in form_for(entity, actor) for line in lines for field in line]


def settable(entity: Entity, actor: Actor, *, is_new: bool) -> list[Field]:
    """List the fields of the form that the actor may set; another owner needs the right to hand over."""
    writable = {each.name for each in (entity.writable(actor) if is_new else entity.changeable(actor))}
    if not is_new and entity.has_owner and not actor.may(entity.name, HAND_OVER):
        writable -= set(_KEEPERS)
    return [each for each in fields_of(entity, actor) if each.name in writable]


def typed_from_values(fields: Iterable[Field], values: Mapping[str, Any], place: Place) -> dict[str, Typed]:
    """Give what the controls show of clean values."""
    return {each.name: widget_of(each).from_value(each, values[each.name], place) for each in fields}


def read_post(fields: Iterable[Field], post: QueryDict, actor: Actor) -> Sent:
    """Read what a browser sent for these fields; nothing typed is lost, also when it is wrong."""
    typed: dict[str, Typed] = {}
    raw: dict[str, object] = {}
    problems = []
    for each in fields:
        widget = widget_of(each)
        typed[each.name] = widget.from_post(each, post)
        try:
            raw[each.name] = widget.to_raw(each, typed[each.name], actor)
        except FieldRefused as error:
            problems.append(FieldProblem(each.name, error.code, str(error)))
    return Sent(typed, raw, problems)


def controls_of(
    fields: Iterable[Field],
    typed: Mapping[str, Typed],
    problems: Sequence[FieldProblem],
    place: Place,
) -> dict[str, Control]:
    """Make the controls of these fields, each with its own problem."""
    errors: dict[str, str] = {}
    for problem in problems:
        errors.setdefault(problem.field, str(problem.message))
    return {each.name: _control(each, typed[each.name], errors.get(each.name, ""), place) for each in fields}


def _control(field: Field, typed: Typed, error: str, place: Place) -> Control:
    macro, arguments = widget_of(field).draw(field, typed, place)
    common: dict[str, Any] = {"name": field.name, "label": field.label, "error": error, "hint": field.help}
    if field.required:
        common["required"] = True
    elif field.required_for:
        told = {"data-required-for": " ".join(field.required_for)}
        arguments = {**arguments, "attrs": {**arguments.get("attrs", {}), **told}}
    return Control(macro, common | arguments)


def form_sections(
    entity: Entity,
    actor: Actor,
    controls: Mapping[str, Control],
    values: Mapping[str, Any],
    linked: Linked,
    *,
    form: Form = (),
) -> list[Section]:
    """Lay the controls out as the actor gets them, or in a given `form`.

    What may be read but not set stands there closed.
    """
    sections = []
    for title, lines in form or form_for(entity, actor):
        kept = []
        for line in lines:
            found = [_closed_or_open(entity, actor, each, controls, values, linked) for each in line]
            if drawn := [each for each in found if each is not None]:
                kept.append(Line(drawn))
        if kept:
            sections.append(Section(title, kept))
    return sections


def _closed_or_open(
    entity: Entity,
    actor: Actor,
    field: Field,
    controls: Mapping[str, Control],
    values: Mapping[str, Any],
    linked: Linked,
) -> Control | None:
    if field.name in controls:
        return controls[field.name]
    if entity.level(actor, field.name) is FieldLevel.HIDDEN or field.name not in values:
        return None
    words = plain(field, values[field.name], linked)
    return Control(
        "text", {"name": "", "id": f"f-{field.name}", "label": field.label, "value": words, "disabled": True}
    )


def listed(problems: Sequence[FieldProblem], order: Sequence[Field]) -> list[Problem]:
    """Make the list of problems that stands at the head of a form, in the order of its fields."""
    places = {each.name: place for place, each in enumerate(order)}
    labels_of = {each.name: each.label for each in order}
    found = sorted(problems, key=lambda problem: places.get(problem.field, -1))
    return [
        Problem(each.message, labels_of[each.field], f"f-{each.field}")
        if each.field in labels_of
        else Problem(each.message)
        for each in found
    ]


def links_named(actor: Actor, fields: Iterable[Field], typed: Mapping[str, Typed]) -> Linked:
    """Name what the links of a sent form point at, so that the form can be shown again."""
    wanted: dict[str, set[int]] = {}
    for each in fields:
        chosen = typed.get(each.name)
        record_id = number_in(str(chosen["id"])) if isinstance(each, Link) and chosen else None
        if isinstance(each, Link) and record_id is not None:
            wanted.setdefault(each.to, set()).add(record_id)
    return {name: labels(actor, entity_named(name), ids) for name, ids in wanted.items()}
