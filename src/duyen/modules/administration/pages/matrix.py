"""All roles side by side: what each may do, how far, and which fields it does not see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed
from duyen.entities.fields import Label
from duyen.entities.registry import all_entities
from duyen.entities.rights import reach_words, verbs_of
from duyen.foundation.access.queries import role_book
from duyen.foundation.access.resolving import RoleBook
from duyen.foundation.access.words import READ, FieldLevel
from duyen.foundation.org.models import Role
from duyen.kernel.text import fold
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

_LONGEST = 60


@dataclass(frozen=True)
class Cell:
    """What one role has in one line; `is_other` where it is not what the first role has."""

    words: Label
    is_given: bool
    is_other: bool = False


@dataclass(frozen=True)
class Line:
    """One right, or one field, with a cell for each role."""

    label: Label
    cells: Sequence[Cell]
    is_field: bool = False

    @property
    def differs(self) -> bool:
        return any(cell.is_other for cell in self.cells)


@dataclass(frozen=True)
class Group:
    """The lines of one entity."""

    label: Label
    lines: Sequence[Line]


@dataclass(frozen=True)
class Asked:
    """What the address asks for: words, two roles by their numbers, differences alone, every field."""

    words: str
    first: str
    second: str
    only_differences: bool
    all_fields: bool


@require_safe
@page
def roles(request: ActorRequest) -> HttpResponse:
    """Show the matrix of roles, or two roles beside each other."""
    if not request.actor.may("roles", READ):
        raise NotAllowed(why=_("the rights of roles are for those who may read roles."))
    known = list(Role.objects.order_by("name", "pk").values("id", "name"))
    given = request.GET
    asked = Asked(
        words=given.get("q", "").strip()[:_LONGEST],
        first=given.get("first", ""),
        second=given.get("second", ""),
        only_differences=bool(given.get("differences")),
        all_fields=bool(given.get("fields")),
    )
    chosen = [each for role in (asked.first, asked.second) for each in known if str(each["id"]) == role]
    shown = list({each["id"]: each for each in chosen}.values()) or known
    groups = list(groups_of(shown, role_book([each["id"] for each in shown]), asked))
    context = {
        "asked": asked,
        "roles": shown,
        "choices": [{"value": str(each["id"]), "label": each["name"]} for each in known],
        "groups": groups,
        "is_compared": len(shown) == 2,
        "differences": sum(1 for group in groups for line in group.lines if line.differs),
        "columns": len(shown) + 1,
        "crumbs": [Crumb(_("Roles"), "/roles"), Crumb(_("Compare roles"))],
    }
    return render(request, "administration/matrix.html", context)


def groups_of(roles: Sequence[Mapping[str, Any]], book: RoleBook, asked: Asked) -> Iterator[Group]:
    """Lay out the lines of every entity that the words and the switches leave."""
    ids = [each["id"] for each in roles]
    for entity in all_entities():
        lines = [
            *_rights(entity, ids, book),
            *_fields(entity, ids, book, is_whole=asked.all_fields or bool(asked.words)),
        ]
        kept = [
            line
            for line in lines
            if _fits(entity, line, asked.words) and (line.differs or not asked.only_differences)
        ]
        if kept:
            yield Group(entity.labels, kept)


def _rights(entity: Entity, ids: Sequence[int], book: RoleBook) -> Iterator[Line]:
    for each in verbs_of(entity):
        held = [book.rights.get(pk, {}).get((entity.name, each.verb)) for pk in ids]
        yield Line(each.label, _cells([(reach_words(entity, reach), reach is not None) for reach in held]))


def _fields(entity: Entity, ids: Sequence[int], book: RoleBook, *, is_whole: bool) -> Iterator[Line]:
    """List the fields that some role limits, or every one."""
    for each in entity.fields:
        held = [book.limits.get(pk, {}).get((entity.name, each.name)) for pk in ids]
        if is_whole or any(held):
            yield Line(
                each.label, _cells([(_level_words(level), level is None) for level in held]), is_field=True
            )


def _level_words(level: FieldLevel | None) -> Label:
    if level is None:
        return _("see and change")
    return _("see only") if level is FieldLevel.READ else _("hidden")


def _cells(held: Sequence[tuple[Label, bool]]) -> list[Cell]:
    return [Cell(words, is_given, (words, is_given) != held[0]) for words, is_given in held]


def _fits(entity: Entity, line: Line, words: str) -> bool:
    said = fold(f"{entity.labels} {line.label}")
    return all(word in said for word in fold(words).split())
