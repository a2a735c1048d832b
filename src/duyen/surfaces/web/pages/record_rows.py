"""How a field that names several records stands in a form: those it names, each with a tick, and one to add.

It works without a script: a tick taken away leaves a record out, a name typed into the last line adds one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from duyen.entities.entity import Entity
from duyen.entities.fields import Field, Link, Records
from duyen.entities.labels import labels
from duyen.entities.registry import all_entities, entity_named, known_names
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.surfaces.web.pages.shown import closed

Typed = Mapping[str, Any]


def from_value(field: Field, value: Any, _place: Any) -> Typed:
    """Give what the controls show of a clean value: each item as a form sends it."""
    several = _several(field)
    return {"kept": [several.entered((each,)) for each in value or ()], "adds": {}, "words": ""}


def from_post(field: Field, post: QueryDict) -> Typed:
    """Give what a browser sent."""
    adds = {
        each.name: {
            "id": post.get(f"{field.name}_{each.name}", ""),
            "text": post.get(f"{field.name}_{each.name}_text"),
        }
        for each in kinds_of(field)
    }
    words = post.get(f"{field.name}_guest", "").strip()
    return {"kept": [each for each in post.getlist(field.name) if each.strip()], "adds": adds, "words": words}


def to_raw(find: Any) -> Any:
    """Give the way from what was sent to what the engine reads; `find` reads one added record."""

    def raw(field: Field, typed: Typed, actor: Actor) -> object:
        found: list[str] = list(typed["kept"])
        for kind, adding in typed["adds"].items():
            chosen = find(Link(field.name, to=kind), adding, actor)
            if chosen:
                found.append(f"{kind}:{chosen}")
        return [*found, *([typed["words"]] if typed["words"] else [])]

    return raw


def draw(draw_link: Any) -> Any:
    """Give the way from what stands there to the kit's macro; `draw_link` draws a line that adds one."""

    def drawn(field: Field, typed: Typed, place: Any) -> tuple[str, dict[str, Any]]:
        several = _several(field)
        adds = []
        for kind in kinds_of(field):
            if not (kind.public_labels or place.actor.may(kind.name, READ)):
                continue
            told = typed["adds"].get(kind.name) or {"id": "", "text": ""}
            macro, arguments = draw_link(Link(field.name, to=kind.name), told, place)
            label = _("Add: %(what)s") % {"what": str(kind.label).lower()}
            adds.append(
                {
                    "macro": macro,
                    "arguments": {**arguments, "name": f"{field.name}_{kind.name}", "label": label},
                }
            )
        return "records", {
            "kept": named(several, typed["kept"], place.actor),
            "adds": adds,
            "guest": typed["words"] if several.takes_guests else None,
        }

    return drawn


def named(field: Records, items: Sequence[str], actor: Actor) -> list[dict[str, str]]:
    """Name each item that a form holds, as far as the reader may know it."""
    found = []
    for item in items:
        kind, _colon, number = item.partition(":")
        if len(field.to) == 1 and not number:
            kind, number = field.to[0], kind
        label = item
        if kind in known_names() and number.isascii() and number.isdecimal() and len(number) < 19:
            target = labels(actor, entity_named(kind), [int(number)]).get(int(number))
            label = item if target is None else target.label if target.is_open else closed(target)
        found.append({"value": item, "label": label})
    return found


def kinds_of(field: Field) -> list[Entity]:
    """List the kinds of which records can be added: those that the field names, or all that have a party."""
    several = _several(field)
    if several.to:
        return [entity_named(each) for each in several.to]
    return [each for each in all_entities() if each.party and each.opens_through is None]


def _several(field: Field) -> Records:
    if not isinstance(field, Records):
        raise TypeError(field.name)
    return field
