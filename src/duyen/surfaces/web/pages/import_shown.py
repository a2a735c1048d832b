"""What a page shows of a file before its import: how it was read, its first rows, where columns lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.entity import Entity
from duyen.entities.fields import Choice, Field, Label
from duyen.entities.importing.drafts import (
    draft_path,
)
from duyen.entities.importing.heads import SAMPLE, is_reason
from duyen.entities.importing.mapping import ColumnMapping, missing, proposed
from duyen.entities.importing.targets import targets_of
from duyen.entities.importing.words import OnDuplicate
from duyen.entities.models import ImportDraft
from duyen.entities.tables import FileUnreadable, Table, open_table
from duyen.kernel import encodings
from duyen.kernel.errors import FieldProblem
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages import forms
from duyen.surfaces.web.pages.addresses import import_url, list_url
from duyen.surfaces.web.pages.refusals import is_fragment
from duyen.surfaces.web.pages.widgets import Place
from duyen.surfaces.web.shell import Crumb

LOOK = "derived/import_look.html"
#: So many rows of the file, and so many cells of a column, are shown.
_ROWS_SHOWN = 6
_CELLS_SHOWN = 3
KEEPERS = ("owner", "unit")
NO_ROWS: Label = gettext_lazy(
    "This file has the names of its columns and no row below them. Put the rows in and hand it in again."
)
_LETTERS: Mapping[str, Label] = {
    encodings.UTF_8: gettext_lazy("Unicode (UTF-8)"),
    encodings.UTF_16_LE: gettext_lazy("Unicode (UTF-16)"),
    encodings.WINDOWS_1258: gettext_lazy("Windows Vietnamese (1258)"),
    encodings.TCVN3: gettext_lazy("TCVN3 (.VnTime)"),
    encodings.VNI: gettext_lazy("VNI (VNI-Times)"),
    encodings.WINDOWS_1252: gettext_lazy("Western (1252)"),
}
_DELIMITERS: Mapping[str, Label] = {
    ",": gettext_lazy("Comma"),
    ";": gettext_lazy("Semicolon"),
    "\t": gettext_lazy("Tab"),
    "|": gettext_lazy("Upright stroke"),
}
_RULES: Mapping[OnDuplicate, tuple[Label, Label]] = {
    OnDuplicate.SKIP: (
        gettext_lazy("Leave the row out"),
        gettext_lazy("The record stays as it is."),
    ),
    OnDuplicate.FILL: (
        gettext_lazy("Fill in what the record lacks"),
        gettext_lazy("What it holds already stays."),
    ),
    OnDuplicate.UPDATE: (
        gettext_lazy("Change the record to what the row says"),
        gettext_lazy("Empty cells change nothing; of several values in a cell, new ones are added."),
    ),
    OnDuplicate.CREATE: (
        gettext_lazy("Create a new record all the same"),
        gettext_lazy("There may be duplicates afterwards."),
    ),
}


@dataclass(frozen=True)
class Chosen:
    """What was chosen for a file: how it is read, where columns lead, the rule, and values for all rows."""

    reading: Mapping[str, Any]
    columns: Sequence[str] | None
    rule: OnDuplicate
    keepers: Mapping[str, Any]
    given: Mapping[str, str]

    @classmethod
    def of(cls, draft: ImportDraft) -> Chosen:
        kept = draft.settings
        return cls(
            kept.get("reading", {}),
            kept.get("columns"),
            OnDuplicate(kept.get("rule", OnDuplicate.SKIP)),
            kept.get("keepers", {}),
            kept.get("given", {}),
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "reading": dict(self.reading),
            "columns": list(self.columns) if self.columns is not None else None,
            "rule": self.rule.value,
            "keepers": dict(self.keepers),
            "given": dict(self.given),
        }


def read_reading(post: QueryDict) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if _is_encoding(post.get("encoding", "")):
        found["encoding"] = post["encoding"]
    if post.get("delimiter") in _DELIMITERS:
        found["delimiter"] = post["delimiter"]
    row = number_in(post.get("head_row", ""))
    if row:
        found["head_row"] = row
    if post.get("sheet"):
        found["sheet"] = post["sheet"][:100]
    return found


def _is_encoding(name: str) -> bool:
    """Tell whether a name is one of an encoding, or of one with the letters of an old font."""
    base, _plus, font = name.partition("+")
    return base in _LETTERS and (not font or font in encodings.FONTS)


def as_it_was(shown: Mapping[str, Any]) -> str:
    """Give as one text how the file was read when the form was shown; another way needs another look."""
    names = ("encoding", "delimiter", "head_row", "sheet")
    return "|".join(str(shown.get(name) or "") for name in names)


def table_of(draft: ImportDraft, chosen: Chosen) -> Table:
    return open_table(draft_path(draft), shown=draft.shown, **chosen.reading)


def mapping_of(request: ActorRequest, entity: Entity, table: Table, chosen: Chosen) -> ColumnMapping:
    """Give where columns lead: as was chosen, else as they led the last time, else as is guessed."""
    known = targets_of(entity, request.actor)
    if chosen.columns is not None and len(chosen.columns) == len(table.heads):
        columns = tuple(key if key in known else "" for key in chosen.columns)
        return ColumnMapping(table.heads, columns, frozenset(range(len(columns))))
    sample = list(islice(table.rows(), SAMPLE))
    return proposed(entity, table.heads, actor=request.actor, sample=sample, remembers=True)


def fields_for_all(request: ActorRequest, entity: Entity) -> list[Field]:
    """List the fields that can be said for all rows: whose they are, and what files rarely hold.

    None is required here: what is needed may stand in a column, or in the record that a row changes.
    """
    writable = {each.name for each in entity.writable(request.actor)}
    names = [*KEEPERS, *entity.for_all]
    needed = [each.name for each in entity.fields if each.required and isinstance(each, Choice)]
    wanted = dict.fromkeys([*names, *needed])
    return [replace(entity.field(name), required=False) for name in wanted if name in writable]


# --- what is shown -------------------------------------------------------------------------------------


def show(
    request: ActorRequest,
    entity: Entity,
    draft: ImportDraft,
    chosen: Chosen,
    problems: Sequence[FieldProblem] = (),
) -> HttpResponse:
    context: dict[str, Any] = {
        "entity": entity,
        "draft": draft,
        "action": import_url(entity, draft.key),
        "back_url": list_url(entity),
        "crumbs": [
            Crumb(entity.labels, list_url(entity)),
            Crumb(_("Import from a file"), import_url(entity)),
            Crumb(draft.shown),
        ],
        "rules": [
            {"value": rule.value, "label": label, "hint": hint} for rule, (label, hint) in _RULES.items()
        ],
        "rule": chosen.rule.value,
        "has_rule": bool(entity.duplicates or entity.known_fields),
        "problem": "",
        "bare": NO_ROWS,
    }
    try:
        table = table_of(draft, chosen)
        rows = list(islice(table.rows(), SAMPLE))
        mapping = mapping_of(request, entity, table, chosen)
        context |= _of_table(request, entity, table, rows, mapping, chosen)
        table.close()
    except FileUnreadable as error:
        context |= {"problem": str(error), "reading": _reading_controls(None, chosen)}
    fields = fields_for_all(request, entity)
    typed = {each.name: _typed(each, chosen) for each in fields}
    place = Place(request.actor, forms.links_named(request.actor, fields, typed))
    controls = forms.controls_of(fields, typed, problems, place)
    known = {each.name for each in fields}
    context["for_all"] = list(controls.values())
    context["has_owner"] = "owner" in known
    context["problems"] = forms.listed([each for each in problems if each.field not in known], fields)
    status = 422 if problems or context["problem"] else 200
    if is_fragment(request):
        return HttpResponse(render_block(request, LOOK, "look", context), status=status)
    return render(request, LOOK, context, status=status)


def _typed(field: Field, chosen: Chosen) -> Any:
    if field.name in KEEPERS:
        return {"id": str(chosen.keepers.get(field.name) or ""), "text": ""}
    return chosen.given.get(field.name, "")


def _of_table(
    request: ActorRequest,
    entity: Entity,
    table: Table,
    rows: Sequence[Sequence[str]],
    mapping: ColumnMapping,
    chosen: Chosen,
) -> dict[str, Any]:
    targets = targets_of(entity, request.actor)
    options = [{"value": key, "label": _target_label(entity, target)} for key, target in targets.items()]
    columns = [
        {
            "place": place,
            "head": head or _("Column %(number)s") % {"number": place + 1},
            "cells": [row[place] for row in rows if place < len(row) and row[place].strip()][:_CELLS_SHOWN],
            "chosen": mapping.columns[place],
            "is_guess": bool(mapping.columns[place]) and place not in mapping.sure,
        }
        for place, head in enumerate(table.heads)
        if not is_reason(head) and (head or any(place < len(row) and row[place].strip() for row in rows))
    ]
    lacking = missing(entity, mapping, actor=request.actor, given=list(chosen.given), rule=chosen.rule)
    return {
        "reading": _reading_controls(table, chosen),
        "heads": table.heads,
        "rows": [[*row, *[""] * (len(table.heads) - len(row))] for row in rows[:_ROWS_SHOWN]],
        "columns": columns,
        "hidden_columns": [
            (place, mapping.columns[place])
            for place in range(len(table.heads))
            if place not in {each["place"] for each in columns}
        ],
        "options": options,
        "is_remembered": mapping.is_remembered,
        "is_bare": not rows,
        "lacking": [each.label for each in lacking],
        "left_out": mapping.left_out,
    }


def _target_label(entity: Entity, target: Any) -> str:
    if target.part and target.field is not None:
        return f"{target.field.label}: {target.label}"
    return str(target.label)


def _reading_controls(table: Table | None, chosen: Chosen) -> dict[str, Any]:
    """Give how the file is read, and what can be chosen instead."""
    how = table.how if table is not None else None
    is_text = how is None or how.kind == "csv"
    encoding = (how.encoding if how else "") or str(chosen.reading.get("encoding", ""))
    letters = [{"value": value, "label": label} for value, label in _LETTERS.items()]
    if encoding not in _LETTERS and _is_encoding(encoding):
        base, _plus, font = encoding.partition("+")
        letters.insert(0, {"value": encoding, "label": f"{_LETTERS[font]}, {_LETTERS[base]}"})
    found = {
        "encodings": letters if is_text else [],
        "encoding": encoding if is_text else "",
        "delimiters": [{"value": value, "label": label} for value, label in _DELIMITERS.items()]
        if is_text
        else [],
        "delimiter": how.delimiter if how else chosen.reading.get("delimiter", ""),
        "head_row": how.head_row if how else chosen.reading.get("head_row", ""),
        "sheets": [{"value": each, "label": each} for each in how.sheets]
        if how and len(how.sheets) > 1
        else [],
        "sheet": how.sheet if how else "",
        "is_doubtful": bool(how and how.confidence < 0.8),
        "failed": how.failed if how else 0,
    }
    shown = {**found, "sheet": found["sheet"] if found["sheets"] else ""}
    return {**found, "was": as_it_was(shown)}
