"""Cards that a reader may carry off: of people and firms, with the fields that are open to her alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from duyen.entities.entity import Entity
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.kernel.names.persons import read_person
from duyen.kernel.places import PROVINCES, ward_of
from duyen.kernel.text import fold
from duyen.kernel.vcards import Contact, Place
from duyen.modules.parties import queries
from duyen.modules.parties.words import PERSONS, PartyKind, TieKind

#: The cards of so many contacts of a firm go into one file.
MOST_CARDS = 500
#: How the trail calls it that somebody took the cards of all contacts of a firm.
TAKE = "customers.take_cards"


def card_of(entity: Entity, row: Mapping[str, Any], *, actor: Actor) -> Contact:
    """Make the card of one record that the reader has been shown."""
    return next(_cards(entity, [row], actor=actor))


def cards_of_firm(row: Mapping[str, Any], *, actor: Actor) -> list[Contact]:
    """Make the cards of those contacts of a firm that the reader may see, and put it into the trail.

    At most MOST_CARDS. Raises OnlyLooking.
    """
    ties = queries.ties_of(row["id"], kinds=[TieKind.WORKS_AT])
    ids = [tie.other_id for tie in ties if not tie.is_outward][:MOST_CARDS]
    contacts = entity_named("contacts")
    rows = contacts.rows(actor).filter(pk__in=ids).order_by("name_key", "pk").values(*contacts.held_columns)
    found = list(_cards(contacts, list(rows), actor=actor))
    if found:
        trail.note_opened(
            actor, TAKE, entity="parties", record_id=row["id"], party_id=row["id"], note=str(len(found))
        )
    return found


def _cards(entity: Entity, rows: list[Mapping[str, Any]], *, actor: Actor) -> Iterator[Contact]:
    firms = _firms([row["id"] for row in rows], actor=actor)
    shown = {each.name for each in entity.readable(actor)}
    return (_card(entity, row, shown, firms.get(row["id"], ("", ""))) for row in rows)


def _card(entity: Entity, row: Mapping[str, Any], shown: set[str], firm: tuple[str, str]) -> Contact:
    def held(column: str, nothing: Any = "", *, field: str = "") -> Any:
        return row[column] if (field or column) in shown else nothing

    is_firm = row.get("kind", PartyKind.INDIVIDUAL) not in PERSONS
    name = held("name") or f"#{row['id']}"
    person = read_person(name)
    return Contact(
        uid=f"duyen:{entity.name}:{row['id']}",
        name=name,
        family="" if is_firm else person.family,
        middle="" if is_firm else person.middle,
        given="" if is_firm else person.given,
        honorific=held("honorific"),
        is_firm=is_firm,
        organisation=firm[0],
        title=firm[1],
        phones=tuple(held("phones", ())),
        emails=tuple(held("emails", ())),
        places=tuple(_place(each) for each in held("addresses", ())),
        born_on=held("born_on", None),
        revised=held("updated_at", None),
    )


def _place(address: Mapping[str, Any]) -> Place:
    ward = ward_of(address.get("ward_code", ""))
    line = ", ".join(filter(None, (address.get("line", ""), address.get("hamlet", ""))))
    if ward is not None:
        return Place(line, ward.name, ward.province)
    return Place(line, "", PROVINCES.get(address.get("province_code", ""), ""))


def _firms(person_ids: list[int], *, actor: Actor) -> dict[int, tuple[str, str]]:
    """Name the firm of each person, and her title there, as far as the reader may see the firm."""
    ties = {person: found[0] for person, found in queries.workplaces(person_ids).items()}
    cards = queries.cards(actor, {tie.to_party_id for tie in ties.values()}) if ties else {}
    return {
        person: (cards[tie.to_party_id].name, tie.job_title)
        for person, tie in ties.items()
        if tie.to_party_id in cards and cards[tie.to_party_id].is_open
    }


def file_name(name: str) -> str:
    """Give the name of a file of cards, in plain letters that every system keeps."""
    plain = "-".join("".join(sign if sign.isalnum() else " " for sign in fold(name)).split())
    return f"{plain[:80] or 'card'}.vcf"
