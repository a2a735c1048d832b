"""Conditions of a list in words: the chips above its rows, and the line on a printed page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from duyen.entities.fields import Label
from duyen.entities.filter_words import FilterWords
from duyen.entities.filters import Part
from duyen.entities.views.state import leaves
from duyen.foundation.access.actor import Actor
from duyen.surfaces.web.pages.state import ListState


@dataclass(frozen=True)
class Said:
    """One condition in words, and the address of the form that changes it."""

    field: Label
    operator: Label
    value: str
    edit_url: str = ""


@dataclass(frozen=True)
class Chip:
    """One condition or group as it stands above a list: its words, their joint, the way without it."""

    said: Sequence[Said]
    joint: Label
    remove_url: str


def chips(state: ListState, actor: Actor) -> list[Chip]:
    """Say each condition in words; what the reader may not see is not said."""
    words = _Words(state.entity, actor)
    found = []
    for place, part in enumerate(state.shown.parts):
        said = _said(part, str(place), state, words)
        if said:
            joint = pgettext("filter", "or") if isinstance(part, dict) and "or" in part else _("and")
            found.append(Chip(said, joint, state.without(str(place)).url()))
    return found


def _said(part: Part, place: str, state: ListState, words: _Words) -> list[Said]:
    """Say a condition, or those of a group one after the other."""
    if isinstance(part, dict):
        found: list[Said] = []
        for step, each in enumerate(next(iter(part.values()))):
            deep = words.group(each)
            found += [deep] if deep else _said(each, f"{place}.{step}", state, words)
        return found
    one = words.condition(part)
    return [Said(*one, edit_url=state.url("filter", [("field", part[0]), ("at", place)]))] if one else []


class _Words(FilterWords):
    """Says conditions of one entity to one reader; people and places are named once."""

    def group(self, part: Part) -> Said | None:
        """Say a group inside a group as one thing."""
        if not isinstance(part, dict):
            return None
        joint = f" {pgettext('filter', 'or') if 'or' in part else _('and')} "
        said = [one for leaf in leaves([part]) if (one := self.condition(leaf))]
        return Said(
            "", "", "(" + joint.join(" ".join(str(word) for word in one if word) for one in said) + ")"
        )
