"""Give a mail its place: the records it is about, and the activity that it is on their timelines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.org.models import User
from duyen.kernel.clock import now
from duyen.modules.activities import actions as activities
from duyen.modules.activities import queries as activity_queries
from duyen.modules.activities.words import ActivityKind, Direction
from duyen.modules.messaging.models import Mail
from duyen.modules.messaging.words import MailState
from duyen.modules.parties import queries as parties

#: A record by entity and id.
Ref = tuple[str, int]
_NO_SUBJECT = "—"
#: Of a body so much stands on the activity; the mail beside it has all.
_MOST_BODY = 20_000


@dataclass(frozen=True)
class Place:
    """Where a mail belongs: the records it is about, and whose the activity is."""

    about: tuple[Ref, ...]
    owner: int | None
    unit: int


def places_of(mails: Collection[Mail]) -> dict[int, Place]:
    """Give the places of mails that have one, by their ids: an answer belongs there too. Three queries."""
    activities_of = {mail.pk: mail.activity_id for mail in mails if mail.activity_id is not None}
    if not activities_of:
        return {}
    about = activity_queries.about(set(activities_of.values()))
    rows = (
        entity_named("activities")
        .model._default_manager.filter(pk__in=set(activities_of.values()), deleted_at=None)
        .values("id", "owner_id", "unit_id")
    )
    held = {row["id"]: row for row in rows}
    here = _still_here(row["owner_id"] for row in held.values())
    return {
        mail_id: Place(
            tuple(about[activity]), here.get(held[activity]["owner_id"]), held[activity]["unit_id"]
        )
        for mail_id, activity in activities_of.items()
        if activity in held and about[activity]
    }


def place_at(entity: str, record_id: int, *, owner: int | None = None) -> Place | None:
    """Give the place that a record is: its own owner and unit, beside it the firms of a contact."""
    return places_at([(entity, record_id)], owner=owner).get((entity, record_id))


def places_at(records: Collection[Ref], *, owner: int | None = None) -> dict[Ref, Place]:
    """Give the places that some records are, leaving out those that are gone: a query for each entity."""
    by_entity: dict[str, set[int]] = {}
    for entity, record_id in records:
        by_entity.setdefault(entity, set()).add(record_id)
    held: dict[Ref, Mapping[str, Any]] = {}
    for entity, ids in by_entity.items():
        rows = entity_named(entity).model._default_manager.filter(pk__in=ids, deleted_at=None)
        held |= {(entity, row["id"]): row for row in rows.values("id", "owner_id", "unit_id")}
    people = [record_id for entity, record_id in held if entity == "contacts"]
    firms = parties.workplaces(people) if people else {}
    here = _still_here(owner or row["owner_id"] for row in held.values())
    return {
        ref: Place((ref, *_firm(ref, firms)), here.get(owner or row["owner_id"]), row["unit_id"])
        for ref, row in held.items()
    }


def _firm(ref: Ref, firms: Mapping[int, Sequence[Any]]) -> list[Ref]:
    """Name the firm beside a contact of it."""
    if ref[0] != "contacts":
        return []
    return [("customers", tie.to_party_id) for tie in firms.get(ref[1], ())[:1]]


def by_addresses(addresses: Collection[str]) -> dict[str, list[Place]]:
    """Give the places of all parties that have an address, by address; those that nobody has are missing."""
    found = parties.parties_with_emails(addresses) if addresses else {}
    refs = {address: [(entity, party_id) for party_id, entity in held] for address, held in found.items()}
    places = places_at({ref for held in refs.values() for ref in held})
    return {
        address: without_covered([places[ref] for ref in held if ref in places])
        for address, held in refs.items()
        if held
    }


def without_covered(places: Sequence[Place]) -> list[Place]:
    """Leave out a place that another one names already: the firm, where its contact has the address too."""
    return [
        each
        for each in places
        if not any(set(each.about) < set(other.about) for other in places if other is not each)
    ]


def _still_here(user_ids: Iterable[int | None]) -> dict[int | None, int]:
    """Give those people who may still sign in: records of the others have moved on."""
    wanted = {each for each in user_ids if each is not None}
    rows = User.objects.filter(pk__in=wanted, is_active=True) if wanted else User.objects.none()
    return {each: each for each in rows.values_list("pk", flat=True)}


def place_mail(mail: Mail, place: Place, *, actor: Actor, is_out: bool = False) -> None:
    """Make the activity that a mail is, and tie the two. Must run inside a transaction.

    `is_out` of one that its owner wrote elsewhere and picked.
    """
    done = activities.log(**activity_of(mail, place, is_out=is_out), actor=actor)  # type: ignore[arg-type]
    put(mail, place, done.id, actor)
    columns = ["activity_id", "state", "party_id", "filed_at", "filed_by"]
    mail.save(update_fields=columns)


def activity_of(mail: Mail, place: Place, *, is_out: bool = False) -> dict[str, object]:
    """Give the values of the activity that a mail is."""
    return {
        "kind": ActivityKind.EMAIL,
        "subject": mail.subject[:250] or _NO_SUBJECT,
        "about": place.about,
        "done_at": mail.at,
        "body": mail.body[:_MOST_BODY],
        "direction": Direction.OUT if is_out else Direction.IN,
        "owner": place.owner,
        "unit": place.unit,
    }


def put(mail: Mail, place: Place, activity_id: int, actor: Actor) -> None:
    """Say on a mail which activity it is; it is not written yet."""
    mail.activity_id, mail.state = activity_id, MailState.FILED.value
    mail.party_id = _party_of(place.about)
    mail.filed_at, mail.filed_by_id = now(), actor.user_id


def _party_of(about: Sequence[Ref]) -> int | None:
    return next((record_id for entity, record_id in about if entity_named(entity).party == "id"), None)
