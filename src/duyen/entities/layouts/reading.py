"""The form and the page of an entity as one reader gets them: as declared, or as the company wants them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from django.utils.translation import override

from duyen.entities.entity import Entity
from duyen.entities.fields import Field, Flag, Label
from duyen.entities.fields.base import OWN
from duyen.entities.fields.options import in_both, in_words
from duyen.entities.layouts.rules import Arranged, Part, fitted, ordered_names, visible
from duyen.entities.living import Draft, Overlay
from duyen.foundation.access.actor import Actor
from duyen.foundation.layouts.kept import EVERYBODY, KeptField, KeptLayout, kept_layouts
from duyen.kernel.text import fold

#: The two fields that say whose a record is: the engine fills them in where nobody does.
KEEPERS = ("owner", "unit")


class FieldSettings:
    """Gives fields the names, the help and the need for a value that the company decided."""

    rank = 20

    def read(self) -> Overlay:
        """Read all settings of the version."""
        settings = kept_layouts().fields

        def overlay(entity: Entity, draft: Draft) -> Draft:
            told = settings.get(entity.name)
            if not told:
                return draft
            return replace(draft, fields=tuple(set_field(each, told.get(each.name)) for each in draft.fields))

        return overlay


def set_field(field: Field, kept: KeptField | None) -> Field:
    """Give a field as the company wants it."""
    if kept is None:
        return field
    label, heads = field.label, field.heads
    if kept.label_vi or kept.label_en:
        label = in_words(kept.label_vi, kept.label_en, field.label)
        heads = (*heads, *(fold(word) for word in in_both(field.label)))  # files may go on naming it so
    words = in_words(kept.help_vi, kept.help_en, field.help)
    help_ = words if kept.help_vi or kept.help_en else field.help
    is_required = field.required or (kept.is_required and can_be_required(field))
    return replace(field, label=label, heads=heads, help=help_, required=is_required)


def can_be_required(field: Field) -> bool:
    """Tell whether asking for a value of the field makes sense: people set it, and it can be empty."""
    return field.editable and not isinstance(field, Flag) and field.name not in KEEPERS


def is_own(field: Field) -> bool:
    """Tell whether the company made the field itself: it is named and asked for where it was made."""
    return field.name.startswith(OWN)


# --- the form ------------------------------------------------------------------------------------------


def standard_parts(entity: Entity) -> list[Part]:
    """Give the form as it is declared, with the company's own fields at the end."""
    parts: list[Part] = []
    for part in entity.form:
        title, lines = ("", [part]) if isinstance(part, str) else part
        told = tuple(tuple(line.split()) for line in lines)
        key = _key(title)
        if title or not parts:
            parts.append(Part(key, lines=told))
        else:
            parts[-1] = replace(parts[-1], lines=(*parts[-1].lines, *told))
    return parts


def _key(title: Label) -> str:
    """Name a declared section by its English title, which a translation never changes."""
    with override("en"):
        return str(title)


def title_of(entity: Entity, part: Part) -> Label:
    """Give the title of a section in the reader's language."""
    declared = next(
        (part_[0] for part_ in entity.form if not isinstance(part_, str) and _key(part_[0]) == part.key), ""
    )
    if part.vi or part.en:
        return in_words(part.vi, part.en, declared)
    return declared


def needed_names(entity: Entity) -> frozenset[str]:
    """Name the fields without which no record can be made: a form always shows them."""
    return frozenset(each.name for each in entity.fields if each.required and each.editable)


def arranged_for(entity: Entity, actor: Actor) -> Arranged:
    """Give the arrangement that one reader gets: that of her first role that has one, else everybody's."""
    return arrange(entity, kept_for(entity, actor))


def kept_for(entity: Entity, actor: Actor) -> KeptLayout | None:
    """Give what is kept for one reader; none where nobody has arranged anything for her."""
    layouts = kept_layouts().layouts.get(entity.name)
    if not layouts:
        return None
    roles = actor.facts.role_codes if actor.facts is not None else frozenset()
    own = next((kept for code, kept in layouts.items() if code and code in roles), None)
    return own or layouts.get(EVERYBODY)


def arrange(entity: Entity, kept: KeptLayout | None) -> Arranged:
    """Bring what is kept in step with the entity as it is now."""
    standard = standard_parts(entity)
    if kept is None:
        return Arranged(tuple(standard))
    parts = tuple(Part(each.key, each.vi, each.en, each.lines) for each in kept.form)
    told = Arranged(parts, kept.hidden, kept.tabs, kept.panels)
    return fitted(told, standard, needed=needed_names(entity))


def form_for(entity: Entity, actor: Actor) -> list[tuple[Label, list[list[Field]]]]:
    """Give the form that one reader gets: titles, and lines of fields."""
    if kept_for(entity, actor) is None:
        return laid_out(entity, standard_parts(entity))
    return laid_out(entity, visible(arranged_for(entity, actor)))


def laid_out(entity: Entity, parts: Iterable[Part]) -> list[tuple[Label, list[list[Field]]]]:
    """Turn sections into titles and lines of fields."""
    return [
        (title_of(entity, part), [[entity.field(name) for name in line] for line in part.lines])
        for part in parts
    ]


def form_names(entity: Entity) -> frozenset[str]:
    """Name every field that some form of the entity may show, hidden ones too."""
    return frozenset(name for part in standard_parts(entity) for name in part.names)


# --- the page ------------------------------------------------------------------------------------------


class Named(Protocol):
    """A tab or a panel."""

    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)


def shown_in_order(found: Sequence[N], kept: Sequence[str]) -> list[N]:
    """Put tabs or panels into the arranged order, without those that are not shown."""
    if not kept:
        return list(found)
    by_name = {each.name: each for each in found}
    return [by_name[name] for name, is_shown in ordered_names(kept, list(by_name)) if is_shown]
