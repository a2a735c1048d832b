"""Draw what the palette and the search page list: records with the reason why they are there, commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from duyen.entities.entity import Entity
from duyen.entities.fields import Emails, Phones, TaxCodeField
from duyen.entities.registry import entity_named
from duyen.entities.search import Hit
from duyen.entities.typed import read_typed
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.kernel.phones import show_phone
from duyen.surfaces.web.commands import Command
from duyen.surfaces.web.marking import marked, marked_digits
from duyen.surfaces.web.pages.addresses import record_url, step_url


@dataclass(frozen=True)
class Item:
    """One line: a record or a command."""

    label: str | Markup
    url: str
    icon: str
    note: str | Markup = ""
    aside: str | Markup = ""
    is_write: bool = False
    sends: tuple[str, str] = ("", "")
    attrs: Mapping[str, str] = field(default_factory=dict)


def hit_item(hit: Hit, words: str) -> Item:
    """Draw a record: its name and code with the words marked, and by what else it was found."""
    entity, typed = entity_named(hit.entity), read_typed(words)
    notes = [marked(hit.code, typed.words)] if hit.code else []
    if hit.why:
        wanted = (*typed.whole, *typed.words)
        notes.append(_why(entity, hit, wanted))
    label = marked(hit.label, typed.words) if hit.label else escape(_("(no name)"))
    return Item(label, record_url(entity, hit.id), entity.icon, note=Markup(" · ").join(notes))


def _why(entity: Entity, hit: Hit, wanted: tuple[str, ...]) -> Markup:
    """Draw the value by which a record was found, as people write it, with what was typed marked."""
    kind = entity.field(hit.why_in)
    if isinstance(kind, Phones):
        return marked_digits(show_phone(hit.why), (each.removeprefix("+84") for each in wanted))
    if isinstance(kind, TaxCodeField):
        return Markup("{} {}").format(kind.label, marked_digits(hit.why, wanted))
    found = marked(hit.why, wanted)
    return found if "<mark>" in found else marked_digits(hit.why, wanted)


def quick_items(hit: Hit, actor: Actor) -> list[Item]:
    """List what can be done at once with one record: call, write, edit."""
    entity = entity_named(hit.entity)
    items = []
    if phone := _first(entity, hit, Phones):
        shown = show_phone(phone)
        items.append(Item(_("Call %(phone)s") % {"phone": shown}, f"tel:{phone}", icon="phone"))
    if email := _first(entity, hit, Emails):
        items.append(Item(_("Write to %(email)s") % {"email": email}, f"mailto:{email}", icon="mail"))
    if actor.may(entity.name, CHANGE) and entity.rows(actor, CHANGE).filter(pk=hit.id).exists():
        edit = step_url(entity, hit.id, "edit")
        items.append(Item(_("Edit: %(what)s") % {"what": hit.label}, edit, icon="pencil"))
    return items


def _first(entity: Entity, hit: Hit, kind: type[Phones | Emails]) -> str:
    for name, value in hit.values.items():
        if isinstance(entity.field(name), kind) and value:
            return str(value[0])
    return ""


def command_item(command: Command) -> Item:
    """Draw a command with the keys that do the same."""
    keys = Markup(" ").join(Markup('<kbd class="kbd">{}</kbd>').format(key) for key in command.keys)
    return Item(
        str(command.label), command.url, command.icon, aside=keys,
        is_write=command.is_write, sends=command.sends, attrs=command.attrs,
    )  # fmt: skip
