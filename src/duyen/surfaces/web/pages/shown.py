"""How one value of a record stands on a page: as a badge, a person, a telephone link, plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from duyen.entities.custom.kinds import Own, OwnChoices, OwnEmail, OwnLongText, OwnPhone, OwnWeb
from duyen.entities.fields import (
    Addresses,
    Choice,
    Condition,
    ContactPoint,
    Day,
    Emails,
    Field,
    Label,
    Link,
    LinkedRecord,
    LongText,
    Moment,
    Phones,
    Records,
    Tags,
    Text,
    show_address,
)
from duyen.entities.fields.base import EMPTY
from duyen.entities.fields.places import show_legacy
from duyen.entities.filter_words import FilterWords
from duyen.entities.labels import Linked
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.rules import Away
from duyen.foundation.access.words import READ
from duyen.kernel.dates import show_date
from duyen.kernel.lunar import LunarError, show_lunar, to_lunar, year_name
from duyen.kernel.names import hue, initials
from duyen.kernel.phones import zalo_address
from duyen.surfaces.web.filters import gan
from duyen.surfaces.web.pages.addresses import record_url

NOTHING = Markup("—")


@dataclass(frozen=True)
class Drawn:
    """What a module contributes to a page, a tab, a panel, a preview: its template and what it is given."""

    label: Label
    template: str
    content: Mapping[str, Any] = dataclass_field(default_factory=dict)


def shown(field: Field, value: Any, linked: Linked, actor: Actor) -> Markup:
    """Draw the clean value of one field for a record page; unknown is a dash."""
    if isinstance(field, Link):
        return shown_link(field, value, linked, actor)
    if value in EMPTY:
        return escape(field.show(value)) if isinstance(field, Text) else escape(field.nothing or NOTHING)
    if isinstance(field, Records):
        return _lines(_shown_one(field, told, linked, actor) for told in field.to_json(value))
    if isinstance(field, Condition):
        return escape(FilterWords(entity_named(field.about), actor).whole(value) or NOTHING)
    return _shown_alone(field, value)


def _shown_alone(field: Field, value: Any) -> Markup:
    """Draw a value that names no record."""
    if isinstance(field, Choice) and field.badge:
        return badge(field, value)
    if isinstance(field, (Phones, Emails)):
        return _lines(point(field, each) for each in value)
    if isinstance(field, Addresses):
        return _lines(_labelled(_address(each), each.get("label", "")) for each in value)
    if isinstance(field, Own):
        return shown_own(field, value)
    if isinstance(field, Tags):
        return Markup('<span class="row wrap">{}</span>').format(
            Markup("").join(
                _word(word, field.tone(code)) for code, word in zip(value, field.words(value), strict=True)
            )
        )
    if isinstance(field, LongText):
        return Markup('<span class="pre">{}</span>').format(value)
    if isinstance(field, Moment):
        return escape(gan(value))
    return escape(field.show(value))


def _word(word: str, tone: str) -> Markup:
    """Draw one word that records are sorted by, in its colour where it has one."""
    colour = Markup(' data-tone="{}"').format(tone) if tone else ""
    return Markup('<span class="badge round"{}>{}</span>').format(colour, word)


def shown_own(field: Field, value: Any) -> Markup:
    """Draw a value of a company's own field that one can call, write to or open, and any other as words."""
    words = field.show(value)
    if isinstance(field, OwnChoices):
        labels = words.split(" · ")
        drawn = (Markup('<span class="badge round">{}</span>').format(each) for each in labels)
        return Markup('<span class="row wrap">{}</span>').format(Markup("").join(drawn))
    if isinstance(field, OwnLongText):
        return Markup('<span class="pre">{}</span>').format(value)
    scheme = next((start for kind, start in _SCHEMES.items() if isinstance(field, kind)), None)
    if scheme is None:
        return escape(words)
    rest = Markup(' target="_blank" rel="noopener noreferrer"') if isinstance(field, OwnWeb) else ""
    return Markup('<a class="link" href="{}{}"{}>{}</a>').format(scheme, value, rest, words)


#: What a click on a value does.
_SCHEMES: Mapping[type[Field], str] = {OwnPhone: "tel:", OwnEmail: "mailto:", OwnWeb: ""}


def recomputing() -> Markup:
    """Draw the mark of a value that may be an earlier one."""
    return Markup('<span class="mute t-12">{}</span>').format(_("being worked out again"))


def on_record(field: Field, value: Any, linked: Linked, actor: Actor) -> Markup:
    """Draw a value where there is room for more: a birth date with its lunar date."""
    drawn = shown(field, value, linked, actor)
    if not (isinstance(field, Day) and field.lunar and value):
        return drawn
    try:
        lunar = to_lunar(value)
    except LunarError:
        return drawn
    words = show_lunar(lunar, english=not (get_language() or "vi").startswith("vi"))
    return Markup('{} <span class="mute">· {}, {}</span>').format(drawn, words, year_name(lunar.year))


def _address(address: Mapping[str, Any]) -> Markup:
    """Draw an address, and beside one that was converted what was entered."""
    entered = show_legacy(address) if address.get("status") == "converted" else ""
    told = _("entered as %(text)s") % {"text": entered}
    note = Markup(' <small class="mute">({})</small>').format(told) if entered else ""
    return escape(show_address(address)) + note


def badge(field: Choice, value: str) -> Markup:
    """Draw a choice with the tone of its option."""
    option = field.option(value)
    if option is None:
        return escape(value) if value else NOTHING
    return Markup("<span class=badge data-tone={}>{}</span>").format(option.tone, option.label)


def point(field: Field, each: ContactPoint) -> Markup:
    """Draw a phone number or an e-mail address that one click calls or writes to."""
    is_phone = isinstance(field, Phones)
    words = field.show_one(each.value) if isinstance(field, Phones) else each.value
    address = f"tel:{each.value}" if is_phone else f"mailto:{each.value}"
    drawn = Markup('<a class="link" href="{}">{}</a>').format(address, words)
    zalo = zalo_address(each.value) if is_phone else ""
    if zalo:
        drawn += Markup(
            ' <a class="zalo" href="{}" target="_blank" rel="noopener noreferrer">Zalo</a>'
        ).format(zalo)
    return _labelled(drawn, each.label)


@lru_cache(maxsize=20_000)
def mark_of(name: str) -> Markup:
    """Give hue and letters of a name: the end of an avatar's tag, and what stands in it.

    Kept, because telling a company's trade from its own name costs more than the rest of a row.
    """
    return Markup("style=--h:{} aria-hidden=true>{}").format(hue(name), initials(name))


def person(name: str, *, away: Away | None = None) -> Markup:
    """Draw a user: initials and name; of one who is away also until when and who stands in."""
    drawn = Markup('<span class=row><span class="avatar sm" {}</span><span class=ell>{}</span>{}</span>')
    return drawn.format(mark_of(name), name, _away(away) if away else "")


def _away(away: Away) -> Markup:
    words = {"day": show_date(away.until), "name": away.deputy}
    said = _("Away until %(day)s, %(name)s stands in") % words
    return Markup(
        '<span class="badge" data-tone="amber" title="{}">{}<span class="vh"> {}</span></span>'
    ).format(said, _("away"), said)


def shown_link(field: Link, value: int | None, linked: Linked, actor: Actor, *, kind: str = "link") -> Markup:
    """Draw a linked record: a person, a link where the reader may open it, words where not."""
    if value is None:
        return NOTHING
    target = linked.get(field.to, {}).get(value)
    if target is None:
        return NOTHING
    if not target.is_open:
        return Markup('<span class="mute">{}</span>').format(closed(target))
    if field.to == "users":
        return person(target.label, away=actor.facts.away.get(value) if actor.facts else None)
    entity = entity_named(target.entity or field.to)
    if not entity.public_labels or actor.may(entity.name, READ):
        address = record_url(entity, target.opens or value)
        return Markup('<a class="{}" href="{}">{}</a>').format(kind, address, target.label)
    return escape(target.label)


def _shown_one(field: Records, told: Any, linked: Linked, actor: Actor) -> Markup:
    """Draw one of several records that a field names; a guest by name and address."""
    kind, record_id = field.named(told)
    if record_id is None:
        return escape(" · ".join(filter(None, (told.get("name"), told.get("email")))))
    return shown_link(Link(kind, to=kind), record_id, linked, actor)


def closed(target: LinkedRecord) -> str:
    """Say of a record outside the reader's rights where it is and whom to ask."""
    if target.owner and target.unit:
        return _("Not open to you · %(unit)s, ask %(owner)s") % {"unit": target.unit, "owner": target.owner}
    return _("Not open to you · %(unit)s") % {"unit": target.unit or target.owner}


def plain(field: Field, value: Any, linked: Mapping[str, Mapping[int, LinkedRecord]]) -> str:
    """Give a value as plain words, for sentences and comparisons."""
    if isinstance(field, Link):
        target = linked.get(field.to, {}).get(value) if value else None
        if target is None:
            return "—"
        return target.label if target.is_open else closed(target)
    if isinstance(field, Records):
        return "; ".join(_plain_one(field, told, linked) for told in field.to_json(value)) or "—"
    return field.show(value)


def _plain_one(field: Records, told: Any, linked: Linked) -> str:
    kind, record_id = field.named(told)
    if record_id is None:
        return str(told.get("name") or told.get("email") or "")
    target = linked.get(kind, {}).get(record_id)
    if target is None:
        return "—"
    return target.label if target.is_open else closed(target)


def _labelled(drawn: Markup, label: str) -> Markup:
    return Markup('{} <span class="mute t-12">{}</span>').format(drawn, label) if label else drawn


def _lines(parts: Any) -> Markup:
    found: Sequence[Markup] = list(parts)
    if len(found) == 1:
        return found[0]
    return Markup("").join(Markup("<div>{}</div>").format(each) for each in found)
