"""How each kind of field stands in a form: what is shown, what a browser sends, what the engine reads.

`Typed` is what stands in a control: it comes from a clean value or from what a browser sent, goes back
into the control unchanged when the form is shown again, and is turned into the engine's input to save.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.custom.kinds import OwnChoices
from duyen.entities.fields import (
    Choice,
    Field,
    FieldRefused,
    Link,
    LinkedRecord,
    Phones,
    Several,
    Units,
)
from duyen.entities.fields.units import MOST_BOXES
from duyen.entities.labels import Linked, labels
from duyen.entities.linking import few_linkable, typed_linkable
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.kernel.text import fold
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages import address_rows, condition_rows, record_rows
from duyen.surfaces.web.pages.addresses import options_url
from duyen.surfaces.web.pages.option_words import said

Typed = Any
#: Words for one of several phones, e-mails or addresses; a company's own words stay as they are.
POINT_LABELS = (gettext_lazy("Work"), gettext_lazy("Private"), gettext_lazy("Accounting"))


@dataclass(frozen=True)
class Place:
    """Where a control stands: the reader, the linked records whose names are known, and the record itself."""

    actor: Actor
    linked: Linked
    record: int | None = None


@dataclass(frozen=True)
class Widget:
    """One kind of control. `draw` gives the kit's macro and its arguments."""

    from_value: Callable[[Field, Any, Place], Typed]
    from_post: Callable[[Field, QueryDict], Typed]
    to_raw: Callable[[Field, Typed, Actor], object]
    draw: Callable[[Field, Typed, Place], tuple[str, dict[str, Any]]]


def widget_of(field: Field) -> Widget:
    """Give the widget of a field; one that has none of its own is a line of text."""
    return _WIDGETS.get(field.widget, _TEXT)


# --- one value ---------------------------------------------------------------------------------------


def _entered(field: Field, value: Any, _place: Place) -> Typed:
    return field.entered(value)


def _sent(field: Field, post: QueryDict) -> Typed:
    return post.get(field.name, "")


def _same(_field: Field, typed: Typed, _actor: Actor) -> object:
    return typed


def _plain(macro: str) -> Callable[[Field, Typed, Place], tuple[str, dict[str, Any]]]:
    return lambda _field, typed, _place: (macro, {"value": typed})


def _tags(_field: Field, typed: Typed, _place: Place) -> tuple[str, dict[str, Any]]:
    return "text", {"value": typed, "placeholder": _("Words, with commas between them")}


def _choice(field: Field, typed: Typed, _place: Place) -> tuple[str, dict[str, Any]]:
    shown = choices_for(field, typed) if isinstance(field, Choice) else []
    return "select", {"value": typed, "options": shown}


def choices_for(field: Choice, chosen: Typed) -> list[dict[str, Any]]:
    """List what can be chosen; what the record holds stays among it, also when it is no longer used."""
    held = field.held
    standing = held.standing(chosen) if isinstance(chosen, str) else ""
    return [
        {"value": each.code, "label": said(each)}
        for each in held.options
        if not each.is_retired or each.code == standing
    ]


def _number(_field: Field, typed: Typed, _place: Place) -> tuple[str, dict[str, Any]]:
    return "text", {"value": typed, "inputmode": "decimal"}


def _moment(_field: Field, typed: Typed, _place: Place) -> tuple[str, dict[str, Any]]:
    return "text", {"value": typed, "placeholder": _("31/12/2026 09:30")}


def _several_codes(_field: Field, value: Any, _place: Place) -> Typed:
    return list(value or ())


def _codes_sent(field: Field, post: QueryDict) -> Typed:
    return [each for each in post.getlist(field.name) if each.strip()]


def _several_drawn(field: Field, typed: Typed, _place: Place) -> tuple[str, dict[str, Any]]:
    shown = [
        {"value": each.code, "label": said(each)}
        for each in (field.options if isinstance(field, OwnChoices) else ())
        if not each.is_retired or each.code in typed
    ]
    return "checks", {"values": typed, "options": shown}


def _checks_sent(field: Field, post: QueryDict) -> Typed:
    return post.getlist(field.name)


def _checks(field: Field, typed: Typed, _place: Place) -> tuple[str, dict[str, Any]]:
    options = field.known() if isinstance(field, Several) else ()
    return "checks", {
        "values": list(typed or ()),
        "options": [{"value": each.code, "label": each.label} for each in options],
    }


def _units_entered(field: Field, value: Any, _place: Place) -> Typed:
    return field.codes(value or ()) if isinstance(field, Units) else []


def _units_sent(field: Field, post: QueryDict) -> Typed:
    return [word.strip() for sent in post.getlist(field.name) for word in sent.split(",") if word.strip()]


def _units(field: Field, typed: Typed, _place: Place) -> tuple[str, dict[str, Any]]:
    """Draw boxes to tick where units are few, else a line for their codes."""
    known = field.known() if isinstance(field, Units) else ()
    if not 0 < len(known) <= MOST_BOXES:
        return "text", {"value": ", ".join(typed), "placeholder": _("Codes, with commas between them")}
    options = [{"value": each.code, "label": each.label} for each in known]
    options += [{"value": code, "label": code} for code in typed if code not in {each.code for each in known}]
    return "checks", {"values": list(typed), "options": options}


def _checked(_field: Field, value: Any, _place: Place) -> Typed:
    return bool(value)


def _ticked(field: Field, post: QueryDict) -> Typed:
    return bool(post.get(field.name))


# --- links -------------------------------------------------------------------------------------------


def _linked(field: Field, value: Any, place: Place) -> Typed:
    target = place.linked.get(_target(field), {}).get(value) if value else None
    return {"id": str(value or ""), "text": _label(target)}


def _label(target: LinkedRecord | None) -> str:
    return target.label or target.code if target else ""


def _target(field: Field) -> str:
    return field.to if isinstance(field, Link) else ""


def _link_sent(field: Field, post: QueryDict) -> Typed:
    text = post.get(f"{field.name}_text")
    return {"id": post.get(field.name, ""), "text": text.strip() if text is not None else None}


def _link_raw(field: Field, typed: Typed, actor: Actor) -> object:
    """Give the id that was chosen; where words were typed instead (no script), find what they name.

    Raises FieldRefused.
    """
    text, target = typed["text"], entity_named(_target(field))
    if text is None or text == "":
        return typed["id"] if text is None else ""
    record_id = number_in(typed["id"])
    if record_id is not None:
        chosen = labels(actor, target, [record_id]).get(record_id)
        if fold(_label(chosen)) == fold(text):
            return typed["id"]
    found = typed_linkable(target, actor, text)
    if len(found) == 1:
        return str(found[0])
    if found:
        raise FieldRefused("link", gettext_lazy("Several records have this name. Type the code instead."))
    raise FieldRefused("link", gettext_lazy("No record has this name or code. Choose one from the list."))


def _link_drawn(field: Field, typed: Typed, place: Place) -> tuple[str, dict[str, Any]]:
    target = entity_named(_target(field))
    few = few_linkable(target, place.actor)
    apart = _apart(field, place)
    if few is None:
        but = f"?but={','.join(map(str, sorted(apart)))}" if apart else ""
        shown = {"value": typed["id"], "shown": typed["text"] or "", "search_url": options_url(target) + but}
        return "combobox", shown
    options = [{"value": str(each.id), "label": each.label} for each in few if each.id not in apart]
    if typed["id"] and not any(each["value"] == typed["id"] for each in options):
        options.append({"value": typed["id"], "label": typed["text"] or typed["id"]})
    return "select", {"value": typed["id"], "options": options}


def _apart(field: Field, place: Place) -> Collection[int]:
    """Name the records to which a link of this record can never lead."""
    if not isinstance(field, Link) or field.apart is None or place.record is None:
        return ()
    return field.apart(place.record)


# --- several values ------------------------------------------------------------------------------------


def _points(field: Field, value: Any, _place: Place) -> Typed:
    return [
        {
            "value": field.show_one(each.value) if isinstance(field, Phones) else each.value,
            "label": each.label,
        }
        for each in value or ()
    ]


def _points_sent(field: Field, post: QueryDict) -> Typed:
    words = post.getlist(f"{field.name}_label")
    return [
        {"value": value.strip(), "label": words[place] if place < len(words) else ""}
        for place, value in enumerate(post.getlist(field.name))
        if value.strip()
    ]


def _points_drawn(field: Field, typed: Typed, _place: Place) -> tuple[str, dict[str, Any]]:
    known = [str(each) for each in POINT_LABELS]
    own = [row["label"] for row in typed if row["label"] and row["label"] not in known]
    words = [
        {"value": "", "label": _("no label")},
        *({"value": each, "label": each} for each in [*known, *own]),
    ]
    rows = [{**row, "error": _refusal(field, row)} for row in typed]
    kind, add = (
        ("tel", _("Add a phone number")) if isinstance(field, Phones) else ("email", _("Add an e-mail"))
    )
    return "many", {"rows": rows, "labels": words, "type": kind, "add_label": add}


def _refusal(field: Field, row: Mapping[str, str]) -> str:
    try:
        field.clean([row])
    except FieldRefused as error:
        return str(error)
    return ""


_TEXT = Widget(_entered, _sent, _same, _plain("text"))
_WIDGETS: Mapping[str, Widget] = {
    "text": _TEXT,
    "textarea": Widget(_entered, _sent, _same, _plain("textarea")),
    "number": Widget(_entered, _sent, _same, _plain("number")),
    "date": Widget(_entered, _sent, _same, _plain("date")),
    "choice": Widget(_entered, _sent, _same, _choice),
    "checks": Widget(lambda _field, value, _place: list(value or ()), _checks_sent, _same, _checks),
    "tags": Widget(_entered, _sent, _same, _tags),
    "units": Widget(_units_entered, _units_sent, _same, _units),
    "money": Widget(_entered, _sent, _same, _number),
    "decimal": Widget(_entered, _sent, _same, _number),
    "moment": Widget(_entered, _sent, _same, _moment),
    "choices": Widget(_several_codes, _codes_sent, _same, _several_drawn),
    "checkbox": Widget(_checked, _ticked, _same, _plain("checkbox")),
    "link": Widget(_linked, _link_sent, _link_raw, _link_drawn),
    "phones": Widget(_points, _points_sent, _same, _points_drawn),
    "emails": Widget(_points, _points_sent, _same, _points_drawn),
    "addresses": Widget(*address_rows.WAYS),
    "condition": Widget(*condition_rows.WAYS),
    "records": Widget(
        record_rows.from_value,
        record_rows.from_post,
        record_rows.to_raw(_link_raw),
        record_rows.draw(_link_drawn),
    ),
}
