"""Arrange forms and pages, and set what fields are called and asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound, Refused
from duyen.entities.fields import Field
from duyen.entities.fields.options import in_both
from duyen.entities.history import name_verbs
from duyen.entities.layouts.reading import can_be_required, is_own, needed_names, standard_parts
from duyen.entities.layouts.rules import MOST_SECTIONS, Arranged, fitted
from duyen.entities.registry import all_entities
from duyen.entities.trail_lines import name_families, name_things
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.foundation.audit import trail
from duyen.foundation.fields.versions import bump_version
from duyen.foundation.layouts.kept import EVERYBODY, KeptField, KeptLayout, kept_layouts
from duyen.foundation.layouts.models import LONGEST_HELP, LONGEST_LABEL, FieldSetting, Layout
from duyen.foundation.org.models import Role
from duyen.kernel.clock import now
from duyen.kernel.errors import FieldProblem
from duyen.kernel.text import clean, fold

name_families({"layouts": _("Layout of form and page"), "field_settings": _("Name and need of a field")})
name_verbs(
    {
        "layouts.arrange": _("Form and page arranged"),
        "layouts.reset": _("Form and page as they first were"),
        "field_settings.set": _("Field renamed, explained or required"),
    }
)
_TOO_LONG = _("Too long: %(length)s characters. Shorten it to %(most)s.")


class LayoutChanged(Refused):
    """Somebody else arranged the form since the page was opened."""

    code = "layout_changed"
    sentence = _(
        "Somebody changed this while you were working. What you did is still below: "
        "compare it with how it is now, then save again to replace that."
    )


class FieldIsNeeded(Refused):
    """A record cannot be made without the field."""

    code = "field_is_needed"
    sentence = _("“%(fields)s” cannot be left off the form: no record can be made without it.")


def may_arrange(actor: Actor) -> bool:
    """Tell whether the actor decides how forms and pages look."""
    return actor.may("users", CHANGE)


def refuse_others(actor: Actor) -> None:
    """Raise NotAllowed for whoever does not decide how forms and pages look."""
    if not may_arrange(actor):
        raise NotAllowed(why=_("how forms and pages look is for administrators to decide."))


def kept_layout(entity: Entity, role: str = EVERYBODY) -> KeptLayout:
    """Give what is kept for a role, or for everybody; version 0 where nobody has arranged it."""
    return kept_layouts().layouts.get(entity.name, {}).get(role, KeptLayout())


def kept_field(entity: Entity, name: str) -> KeptField:
    """Give what is kept of a field; version 0 where nobody has changed it."""
    return kept_layouts().fields.get(entity.name, {}).get(name, KeptField())


@contextmanager
def _changing(actor: Actor, verb: str) -> Iterator[None]:
    refuse_others(actor)
    with transaction.atomic():
        trail.begin(actor, verb)
        yield
        bump_version()


def arrange_form(
    entity: Entity, arranged: Arranged, *, actor: Actor, version: int, role: str = EVERYBODY
) -> None:
    """Keep how form and page are arranged, for a role by its code or for everybody.

    Raises NotAllowed, NotFound, LayoutChanged, FieldIsNeeded or InvalidValues.
    """
    with _changing(actor, "layouts.arrange"):
        left_off = sorted(arranged.hidden & needed_names(entity))
        if left_off:
            raise FieldIsNeeded(fields=", ".join(str(entity.field(name).label) for name in left_off))
        _refuse_sections(arranged)
        kept = fitted(arranged, standard_parts(entity), needed=needed_names(entity))
        columns = {
            "form": [
                {"key": each.key, "vi": each.vi, "en": each.en, "lines": [list(line) for line in each.lines]}
                for each in kept.parts
            ],
            "hidden": sorted(kept.hidden),
            "tabs": list(kept.tabs),
            "panels": list(kept.panels),
        }
        _keep(Layout, {"entity": entity.name, "role_id": _role_id(role)}, columns, actor, version)


def reset_form(entity: Entity, *, actor: Actor, version: int, role: str = EVERYBODY) -> None:
    """Forget how form and page were arranged: a role gets what everybody has, everybody what is declared.

    Raises NotAllowed, NotFound or LayoutChanged.
    """
    with _changing(actor, "layouts.reset"):
        of_role = Q(role=None) if role == EVERYBODY else Q(role__code=role)
        rows = Layout.objects.select_for_update(of=("self",)).filter(of_role, entity=entity.name)
        found = rows.order_by("pk").first()
        if (found.version if found else 0) != version:
            raise LayoutChanged
        if found:
            found.delete()


def set_field_words(
    entity: Entity, name: str, told: Mapping[str, str], *, is_required: bool, actor: Actor, version: int
) -> None:
    """Keep what a declared field is called, how it is explained, and whether it has to be filled in.

    `told` are `label_vi`, `label_en`, `help_vi`, `help_en`; empty means as declared.
    Raises NotAllowed, NotFound, LayoutChanged or InvalidValues.
    """
    with _changing(actor, "field_settings.set"):
        field = settable_field(entity, name)
        columns = _read_words(entity, field, told)
        columns["is_required"] = is_required and can_be_required(field)
        _keep(FieldSetting, {"entity": entity.name, "field": name}, columns, actor, version)


def settable_field(entity: Entity, name: str) -> Field:
    """Find a declared field. Raises NotFound for others: the company's own are changed by themselves."""
    field = entity.by_name.get(name)
    if field is None or is_own(field):
        raise NotFound
    return field


def _keep(
    model: type[Layout] | type[FieldSetting],
    key: Mapping[str, Any],
    columns: Mapping[str, Any],
    actor: Actor,
    version: int,
) -> None:
    """Write a row that the caller saw at `version`; 0 is one that is not there yet. Raises LayoutChanged."""
    moment = now()
    stamps = {"updated_at": moment, "updated_by_id": actor.user_id}
    rows: Any = model._default_manager.select_for_update(of=("self",), no_key=True)
    found = rows.filter(**key).order_by("pk").first()
    if (found.version if found else 0) != version:
        raise LayoutChanged
    if found is None:
        model._default_manager.create(
            **key, **columns, **stamps, created_at=moment, created_by_id=actor.user_id
        )
        return
    model._default_manager.filter(pk=found.pk).update(**columns, **stamps, version=version + 1)


def _role_id(role: str) -> int | None:
    if role == EVERYBODY:
        return None
    found = Role.objects.filter(code=role).values_list("pk", flat=True).order_by("pk").first()
    if found is None:
        raise NotFound
    return int(found)


def _refuse_sections(arranged: Arranged) -> None:
    problems = []
    if len(arranged.parts) > MOST_SECTIONS:
        sentence = _("A form has at most %(most)s sections. Remove some.") % {"most": MOST_SECTIONS}
        problems.append(FieldProblem("", "too_many", sentence))
    for part in arranged.parts:
        for language, word in (("vi", part.vi), ("en", part.en)):
            if len(word) > LONGEST_LABEL:
                told = {"length": len(word), "most": LONGEST_LABEL}
                problems.append(FieldProblem(f"{language}:{part.key}", "too_long", _TOO_LONG % told))
    if problems:
        raise InvalidValues(problems)


def _read_words(entity: Entity, field: Field, told: Mapping[str, str]) -> dict[str, Any]:
    """Clean the words of a field. Raises InvalidValues."""
    limits = {
        "label_vi": LONGEST_LABEL,
        "label_en": LONGEST_LABEL,
        "help_vi": LONGEST_HELP,
        "help_en": LONGEST_HELP,
    }
    words = {name: clean(told.get(name, "")) for name in limits}
    taken = _labels_of_others(entity, field)
    problems = []
    for name, most in limits.items():
        if len(words[name]) > most:
            sizes = {"length": len(words[name]), "most": most}
            problems.append(FieldProblem(name, "too_long", _TOO_LONG % sizes))
        elif name.startswith("label") and fold(words[name]) in taken:
            same = _("Another field is called “%(word)s” already. Choose another name.")
            problems.append(FieldProblem(name, "taken", same % {"word": words[name]}))
    if problems:
        raise InvalidValues(problems)
    return dict(words)


def _labels_of_others(entity: Entity, field: Field) -> Collection[str]:
    others = (each for each in entity.fields if each.name != field.name)
    return {fold(word) for each in others for word in in_both(each.label)} - {""}


def _laid_out(ids: Collection[int]) -> Mapping[int, str]:
    """Say of which records a layout is, for the trail."""
    return {
        pk: _words_for(name) for pk, name in Layout.objects.filter(pk__in=ids).values_list("pk", "entity")
    }


def _settled(ids: Collection[int]) -> Mapping[int, str]:
    """Say which field of which records was renamed or is needed, for the trail."""
    kept = FieldSetting.objects.filter(pk__in=ids).values_list("pk", "entity", "field")
    return {pk: f"{_words_for(name)} › {_words_for(name, field)}" for pk, name, field in kept}


def _words_for(name: str, field: str = "") -> str:
    found = next((each for each in all_entities() if each.name == name), None)
    if found is None:
        return field or name
    labels = {each.name: str(each.label) for each in found.fields}
    return labels.get(field, field) if field else str(found.labels)


name_things({"layouts": _laid_out, "field_settings": _settled})
