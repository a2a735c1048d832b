"""Reads of the parties module: ties, who stands at their ends, and the phases of a relationship."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q

from duyen.entities.entity import Entity
from duyen.entities.labels import labels
from duyen.entities.registry import entity_named
from duyen.entities.twins.declared import marks
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel
from duyen.foundation.audit.models import History
from duyen.modules.parties.likeness import PARTY_DUPLICATES
from duyen.modules.parties.models import Party, Tie
from duyen.modules.parties.own_facts import kept_by as kept_by
from duyen.modules.parties.own_facts import led_by as led_by
from duyen.modules.parties.own_facts import sees as sees
from duyen.modules.parties.rules import ESTABLISHMENTS as ESTABLISHMENTS
from duyen.modules.parties.rules import kind_by_name as kind_by_name
from duyen.modules.parties.words import KNOWN_ROLES, PartyRole, TieKind

_ANCESTORS = """
WITH RECURSIVE above(id) AS (
  SELECT %s::bigint
  UNION
  SELECT t.to_party_id FROM parties_tie t JOIN above a ON t.party_id = a.id
  WHERE t.kind = 'SUBSIDIARY_OF' AND t.until IS NULL
)
SELECT id FROM above
"""
#: The first twenty of each key: one that thousands share is as good as none.
_BY_KEYS = """
SELECT asked.key, array(
  SELECT t.record_id FROM entities_twinkey t WHERE t.key = asked.key ORDER BY t.record_id LIMIT 20
) FROM unnest(%s::bigint[]) AS asked(key)
"""
#: Serialises changes to the tree of subsidiaries, so that two of them cannot close a circle together.
_TREE_LOCK = 0x74726565
#: The newest twenty of each key whom leads alone know, among the newest thousand that have it: before them a
#: switchboard stands at hundreds of contacts.
_UNVERIFIED_BY_KEYS = """
SELECT asked.key, array(
  SELECT p.id FROM (
    SELECT t.record_id FROM entities_twinkey t WHERE t.key = asked.key ORDER BY t.record_id DESC LIMIT 1000
  ) x JOIN parties_party p ON p.id = x.record_id
  WHERE NOT p.verified AND p.deleted_at IS NULL AND p.id <> ALL(%s::bigint[])
  ORDER BY p.id DESC LIMIT 20
) FROM unnest(%s::bigint[]) AS asked(key)
"""


@dataclass(frozen=True)
class TieSeen:
    """One tie as it stands, seen from one of its ends: `other_id` is the party at the far one."""

    id: int
    kind: str
    is_outward: bool
    other_id: int
    role: str
    job_title: str
    is_main: bool
    since: dt.date | None
    until: dt.date | None
    note: str


@dataclass(frozen=True)
class TieTold:
    """A tie that an operation wrote and nobody changed since; `before` is what it held until then."""

    id: int
    party_id: int
    is_new: bool
    before: Mapping[str, Any]


@dataclass(frozen=True)
class Card:
    """What a reader may see of a party at the end of a tie.

    One that is not open to her has no name: `unit` and `owner` tell whom to ask. `entity` is the
    one that opens it.
    """

    id: int
    entity: str
    name: str
    code: str
    honorific: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    unit: str = ""
    owner: str = ""

    @property
    def is_open(self) -> bool:
        return bool(self.entity)


@dataclass(frozen=True)
class Phase:
    """One state of a relationship: when it began and, unless it lasts, when it ended."""

    state: str
    since: dt.datetime
    until: dt.datetime | None

    def days(self, at: dt.datetime) -> int:
        """Count the whole days from the beginning to the end, or to `at`."""
        return ((self.until or at) - self.since).days


def lock_party(party_id: int) -> dict[str, Any]:
    """Lock one party whatever it is to us, for a write that follows from another one's."""
    columns = ("id", "version", "role_mask", "relationship_state", "verified", "owner_id", "unit_id")
    rows = Party.objects.filter(pk=party_id).select_for_update(of=("self",), no_key=True)
    return dict(rows.values(*columns).get())


def ties_of(party_id: int, *, kinds: Collection[TieKind] = (), past: bool = False) -> list[TieSeen]:
    """List the ties of a party in both directions, main ones first, leaving out ends that lie in the bin."""
    found = Tie.objects.filter(Q(party_id=party_id) | Q(to_party_id=party_id), until__isnull=not past)
    found = found.filter(party__deleted_at=None, to_party__deleted_at=None)
    if kinds:
        found = found.filter(kind__in=[kind.value for kind in kinds])
    return [_seen_from(party_id, tie) for tie in found.order_by("-is_main", "id")]


def _seen_from(party_id: int, tie: Tie) -> TieSeen:
    is_outward = tie.party_id == party_id
    return TieSeen(
        id=tie.pk,
        kind=tie.kind,
        is_outward=is_outward,
        other_id=tie.to_party_id if is_outward else tie.party_id,
        role=tie.role,
        job_title=tie.job_title,
        is_main=tie.is_main,
        since=tie.since,
        until=tie.until,
        note=tie.note,
    )


def people_at(party_id: int, *, limit: int) -> list[int]:
    """Give the ids of those who work at an organisation today, main contacts first."""
    found = Tie.objects.filter(
        to_party_id=party_id, kind=TieKind.WORKS_AT.value, until=None, party__deleted_at=None
    )
    return list(found.order_by("-is_main", "id").values_list("party_id", flat=True)[:limit])


def workplaces(party_ids: Collection[int]) -> dict[int, list[Tie]]:
    """Give where people work today, by person: main contacts first, then as they came."""
    found = Tie.objects.filter(
        party_id__in=list(party_ids), kind=TieKind.WORKS_AT.value, until=None, to_party__deleted_at=None
    )
    by_person: dict[int, list[Tie]] = {}
    for tie in found.order_by("-is_main", "id"):
        by_person.setdefault(tie.party_id, []).append(tie)
    return by_person


def contacts_at(party_ids: Collection[int]) -> dict[int, list[int]]:
    """Give the people who work today at some organisations, by organisation."""
    found = Tie.objects.filter(to_party_id__in=list(party_ids), kind=TieKind.WORKS_AT.value, until=None)
    by_firm: dict[int, list[int]] = {}
    for firm, person in found.order_by("id").values_list("to_party_id", "party_id"):
        by_firm.setdefault(firm, []).append(person)
    return by_firm


def parties_tied_by(operations: Collection[int]) -> set[int]:
    """Give the parties whose own ties some operations wrote."""
    found = History.objects.filter(operation__in=list(operations), entity="ties", root_entity="parties")
    ties = found.values_list("record_id", flat=True)
    return set(Tie.objects.filter(pk__in=set(ties)).values_list("party_id", flat=True))


def ties_written_by(operations: Collection[int], party_ids: Collection[int]) -> list[TieTold]:
    """Give the ties of some parties that operations wrote, as far as nobody else wrote on them since."""
    entries = History.objects.filter(entity="ties", root_entity="parties", root_id__in=list(party_ids))
    ours: dict[int, list[History]] = {}
    last_by_others: dict[int, int] = {}
    for entry in entries.order_by("id"):
        if entry.operation in operations:
            ours.setdefault(entry.record_id, []).append(entry)
        else:
            last_by_others[entry.record_id] = entry.id
    found = []
    for tie in Tie.objects.filter(pk__in=ours, party_id__in=list(party_ids)).order_by("id"):
        written = ours[tie.pk]
        if last_by_others.get(tie.pk, 0) > written[0].id:
            continue
        before = {
            column: pair[0] for entry in reversed(written) for column, pair in (entry.changes or {}).items()
        }
        is_new = any(entry.kind == "I" for entry in written)
        found.append(TieTold(tie.pk, tie.party_id, is_new, before))
    return found


def count_ties(party_id: int, *, kinds: Collection[TieKind], inward: bool) -> int:
    """Count the present ties that lead to a party, or from it."""
    end = {"to_party_id" if inward else "party_id": party_id}
    found = Tie.objects.filter(kind__in=[kind.value for kind in kinds], until=None, **end)
    return found.filter(party__deleted_at=None, to_party__deleted_at=None).count()


def present_tie(party_id: int, tie_id: int) -> dict[str, Any] | None:
    """Find a tie that has not ended, among those of one party."""
    found = Tie.objects.filter(Q(party_id=party_id) | Q(to_party_id=party_id), pk=tie_id, until=None)
    held = found.order_by("pk").values().first()
    return dict(held) if held else None


def is_tied(party_id: int, to_party_id: int, kind: TieKind) -> bool:
    """Tell whether one party is tied to another in one way today."""
    found = Tie.objects.filter(party_id=party_id, to_party_id=to_party_id, kind=kind.value, until=None)
    return found.exists()


def main_contact_ties(party_id: int) -> list[int]:
    """List the ids of the ties that make somebody the main contact of a party: at most one."""
    found = Tie.objects.filter(to_party_id=party_id, kind=TieKind.WORKS_AT.value, is_main=True, until=None)
    return list(found.order_by("pk").values_list("pk", flat=True))


def main_contacts(party_ids: Collection[int]) -> dict[int, int]:
    """Give the main contact of each of some organisations, where it has one."""
    ties = Tie.objects.filter(
        to_party_id__in=list(party_ids), kind=TieKind.WORKS_AT.value, is_main=True, until=None
    )
    return dict(ties.values_list("to_party_id", "party_id"))


def parent_tie(party_id: int) -> int | None:
    """Give the id of the tie that leads to the parent of an organisation."""
    found = Tie.objects.filter(party_id=party_id, kind=TieKind.SUBSIDIARY_OF.value, until=None)
    return found.order_by("pk").values_list("pk", flat=True).first()


def parent_of(party_id: int) -> int | None:
    """Give the parent of an organisation."""
    found = Tie.objects.filter(party_id=party_id, kind=TieKind.SUBSIDIARY_OF.value, until=None)
    return found.order_by("pk").values_list("to_party_id", flat=True).first()


def hold(party_id: int) -> bool:
    """Keep a party out of the bin, and of a merge, until the transaction ends; false where it lies there.

    What points at a party holds it first: else a tie made beside a merge would hang on what went.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM parties_party WHERE id = %s AND deleted_at IS NULL FOR KEY SHARE", [party_id]
        )
        return cursor.fetchone() is not None


def hold_all(party_ids: Collection[int]) -> set[int]:
    """Hold several parties like `hold`, in the order of their ids; give those that lie in no bin."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM parties_party WHERE id = ANY(%s) AND deleted_at IS NULL"
            " ORDER BY id FOR KEY SHARE",
            [sorted(party_ids)],
        )
        return {row[0] for row in cursor.fetchall()}


def lock_tree() -> None:
    """Let nobody else change who belongs to whom until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TREE_LOCK])


def with_those_above(party_id: int) -> set[int]:
    """Give an organisation, its parent, and so on to the top."""
    with connection.cursor() as cursor:
        cursor.execute(_ANCESTORS, [party_id])
        return {row[0] for row in cursor.fetchall()}


def cards(actor: Actor, party_ids: Collection[int]) -> dict[int, Card]:
    """Show parties as far as the reader may see them: up to three queries for any number of them."""
    left = set(party_ids)
    found: dict[int, Card] = {}
    for entity in (entity_named("contacts"), entity_named("customers")):
        if left:
            found |= _open_cards(actor, entity, left)
            left -= set(found)
    for each in labels(actor, entity_named("customers"), left).values() if left else ():
        found[each.id] = Card(each.id, "", "", "", unit=each.unit, owner=each.owner)
    return found


def _open_cards(actor: Actor, entity: Entity, ids: Collection[int]) -> dict[int, Card]:
    names = ("name", "code", "honorific", "phones", "emails")
    shown = [name for name in names if entity.level(actor, name) is not FieldLevel.HIDDEN]
    rows = entity.rows(actor).filter(pk__in=list(ids)).values("id", *shown)
    return {
        row["id"]: Card(
            row["id"],
            entity.name,
            row.get("name", ""),
            row.get("code", ""),
            row.get("honorific", ""),
            tuple(row.get("phones", ())),
            tuple(row.get("emails", ())),
        )
        for row in rows
    }


def parties_with_email(address: str) -> list[tuple[int, str]]:
    """Find the parties, not in the bin, that have an e-mail address, each with the entity that opens it.

    Compares without regard to case; at most twenty. Whoever calls this has judged what may be told to whom.
    """
    return parties_with_emails([address])[address]


def parties_with_emails(addresses: Collection[str]) -> dict[str, list[tuple[int, str]]]:
    """Find the same for several addresses, in two queries, however many there are."""
    key = PARTY_DUPLICATES.by_code["email"]
    numbers = {
        address: [mark.number for mark in marks("parties", [key], {"emails": [address]})]
        for address in addresses
    }
    with connection.cursor() as cursor:
        cursor.execute(_BY_KEYS, [sorted({number for each in numbers.values() for number in each})])
        ids: dict[int, list[int]] = dict(cursor.fetchall())
    wanted = {party for held in ids.values() for party in held}
    rows = Party.objects.filter(pk__in=wanted, deleted_at=None) if wanted else Party.objects.none()
    known = {row["id"]: row for row in rows.values("id", "emails", "role_mask")}
    found: dict[str, list[tuple[int, str]]] = {}
    for address, held in numbers.items():
        told = sorted({party for number in held for party in ids.get(number, ())} & set(known))[:20]
        found[address] = [
            (each, "customers" if known[each]["role_mask"] & PartyRole.CUSTOMER else "contacts")
            for each in told
            if known[each]["role_mask"] & KNOWN_ROLES
            and address.lower() in (held.lower() for held in known[each]["emails"])
        ]
    return found


def standings(party_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Give by their ids whose some parties are, their name, phones and e-mails, those in the bin too.

    Whoever calls this has judged what may be told to whom.
    """
    rows = Party.objects.filter(pk__in=list(party_ids))
    columns = ("id", "name", "role_mask", "phones", "emails", "addresses", "deleted_at")
    return {row["id"]: {**row} for row in rows.values(*columns, "owner_id", "unit_id")}


def columns_of(party_id: int) -> dict[str, Any] | None:
    """Give all columns of a party that is not in the bin. Whoever calls this has judged what may be told."""
    row = Party.objects.filter(pk=party_id, deleted_at=None).order_by("pk").values().first()
    return {**row} if row else None


def unverified_like(
    given: Collection[Mapping[str, Any]], *, leave_out: Collection[int]
) -> dict[int, tuple[str, ...]]:
    """Find the parties that leads alone know and that share a key with some given by their columns.

    Gives the codes of the keys by party. Whoever calls this judges what may be told to whom.
    """
    told = {
        each.number: each.key for columns in given for each in marks("parties", PARTY_DUPLICATES.by, columns)
    }
    with connection.cursor() as cursor:
        cursor.execute(_UNVERIFIED_BY_KEYS, [list(leave_out), sorted(told)])
        ids: dict[int, list[int]] = dict(cursor.fetchall())
    found: dict[int, tuple[str, ...]] = {}
    for number, key in told.items():
        for party in ids.get(number, ()):
            found[party] = tuple(dict.fromkeys((*found.get(party, ()), key.code)))
    return found


def reached_by(party_ids: Collection[int]) -> dict[int, tuple[str, frozenset[str]]]:
    """Give the name of some parties, and the phones and e-mails by which they are reached."""
    if not party_ids:
        return {}
    rows = Party.objects.filter(pk__in=list(party_ids), deleted_at=None).order_by("pk")
    return {
        pk: (name, frozenset([*phones, *emails]))
        for pk, name, phones, emails in rows.values_list("pk", "name", "phones", "emails")
    }


def kind_of(party_id: int) -> str:
    """Give the kind of a party; nothing where there is none."""
    return Party.objects.filter(pk=party_id).order_by("pk").values_list("kind", flat=True).first() or ""


def versions_of(party_ids: Collection[int]) -> dict[int, int]:
    """Give how often each of some parties was written."""
    return dict(Party.objects.filter(pk__in=list(party_ids)).values_list("pk", "version"))


def phases(party_id: int) -> list[Phase]:
    """Tell which states a relationship went through, the present one first."""
    columns = ("id", "version", "relationship_state", "relationship_since", "created_at")
    party = Party.objects.filter(pk=party_id).values(*columns).get()
    if not party["relationship_state"]:
        return []
    made = party["created_at"]
    found = [Phase(party["relationship_state"], party["relationship_since"] or made, None)]
    # Of a record that nobody changed there is nothing to look for.
    for told in _changes_of_state(party_id) if party["version"] > 1 else ():
        was = told["relationship_state"][0]
        began = (told.get("relationship_since") or [None])[0]
        if was:
            found.append(Phase(was, dt.datetime.fromisoformat(began) if began else made, found[-1].since))
    return found


def _changes_of_state(party_id: int) -> list[dict[str, Any]]:
    changes = History.objects.filter(
        root_entity="parties", root_id=party_id, entity="parties", changes__has_key="relationship_state"
    )
    return list(filter(None, changes.order_by("-id").values_list("changes", flat=True)))
