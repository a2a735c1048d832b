"""How a condition stands in a form: a field, and the operators and controls that fit it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest
from duyen.entities.fields import Condition, Field, FieldRefused, Link
from duyen.entities.filter_words import FilterWords
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.surfaces.web.pages.filter_forms import chosen_of, condition_form, sent_condition

Typed = Any
_PARTS = ("field", "op", "value", "value_text", "from", "to", "period", "days")


def from_value(_field: Field, value: Any, _place: Any) -> Typed:
    """Give what the controls show of a condition; a group of several stands there in words."""
    if not value:
        return _said("", "", [])
    if not isinstance(value, list) or len(value) != 3:
        return {**_said("", "", []), "whole": json.dumps(value, ensure_ascii=False)}
    path, operator, operand = value
    kept = json.dumps(value, ensure_ascii=False)
    if operator == "empty":
        return {**_said(str(path), "empty" if operand is True else "filled", []), "kept": kept}
    many = operand if isinstance(operand, list) else [operand]
    return {**_said(str(path), str(operator), [_as_sent(each) for each in many]), "kept": kept}


def _said(path: str, operator: str, values: list[str]) -> dict[str, Any]:
    return {"path": path, "for": path, "op": operator, "values": values, "sent": None, "whole": ""}


def _as_sent(value: object) -> str:
    return {True: "1", False: "0"}[value] if isinstance(value, bool) else str(value)


def from_post(field: Field, post: QueryDict) -> Typed:
    """Read what a browser sent; the controls of another field than the one chosen now say nothing."""
    name = field.name
    sent = QueryDict(mutable=True)
    for part in _PARTS:
        sent.setlist(part, post.getlist(f"{name}_{part}"))
    path, shown = post.get(f"{name}_field", ""), post.get(f"{name}_for", "")
    typed = _said(path, post.get(f"{name}_op", ""), [each for each in sent.getlist("value") if each])
    return {**typed, "for": shown, "sent": sent, "whole": "" if path else post.get(f"{name}_whole", "")}


def to_raw(field: Field, typed: Typed, actor: Actor) -> object:
    """Give the condition that was sent. Raises FieldRefused."""
    if not typed["path"]:
        return typed["whole"]
    if typed["for"] != typed["path"] or typed["sent"] is None:
        raise FieldRefused("compare", _("Say how it is compared, and with what."))
    try:
        parts = sent_condition(_about(field), actor, typed["sent"])
    except BadRequest as refused:
        told = str(refused.params.get("what") or refused)
        raise FieldRefused("condition", told[:1].upper() + told[1:]) from refused
    return parts[0] if len(parts) == 1 else {"and": list(parts)}


def _about(field: Field) -> Entity:
    return entity_named(field.about if isinstance(field, Condition) else "")


def draw(field: Field, typed: Typed, place: Any) -> tuple[str, dict[str, Any]]:
    """Give the kit's macro and its arguments."""
    about, actor = _about(field), place.actor
    form = None
    if typed["path"]:
        is_shown = typed["for"] == typed["path"]
        try:
            form = condition_form(
                about,
                typed["path"],
                actor,
                typed["op"] if is_shown else "",
                typed["values"] if is_shown else [],
            )
            form = replace(form, chosen=chosen_of(form, actor), **_bounds(typed if is_shown else {}))
        except BadRequest:
            form = None
    # What is closed to the reader stays as it is, unless she chooses another field.
    whole = typed["whole"] or (typed.get("kept", "") if form is None else "")
    return "condition", {
        "groups": _groups(field, about, actor),
        "path": typed["path"] if form else "",
        "form": form,
        "whole": whole,
        "told": _in_words(about, actor, whole),
    }


def _in_words(about: Entity, actor: Actor, whole: str) -> str:
    try:
        told = FilterWords(about, actor).whole(json.loads(whole)) if whole else ""
    except (ValueError, TypeError, AttributeError):
        told = ""
    return told or (str(_("A condition that is not open to you")) if whole else "")


def _bounds(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Give what was typed as bounds or as a period, so that a form that comes back still holds it."""
    sent = typed.get("sent")
    if sent is None:
        return {}
    days = sent.get("days", "").strip()
    period = f"last_{days}_days" if days else sent.get("period", "")
    told: dict[str, Any] = {"low": sent.get("from", ""), "high": sent.get("to", "")}
    return told | ({"values": [period]} if typed["op"] in ("within", "not_within") and period else {})


def _groups(field: Field, about: Entity, actor: Actor) -> list[dict[str, Any]]:
    """List the fields that a condition may look at: those of the record, then those behind its links."""
    names = field.names.split() if isinstance(field, Condition) else []
    own = [
        each
        for each in about.readable(actor)
        if each.filters and each.operators and (each.name in names or each.is_own)
    ]
    found = [{"label": about.label, "options": [{"value": each.name, "label": each.label} for each in own]}]
    for link in own:
        if isinstance(link, Link) and actor.may(link.to, READ):
            behind = entity_named(link.to).readable(actor)
            options = [
                {"value": f"{link.name}.{each.name}", "label": f"{link.label} › {each.label}"}
                for each in behind
                if each.filters
            ]
            found.append({"label": _("Through: %(link)s") % {"link": link.label}, "options": options})
    return found


WAYS = (from_value, from_post, to_raw, draw)
