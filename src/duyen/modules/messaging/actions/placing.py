"""Give a mail its place: the records it is about, and the activity that it is on their timelines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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

_NO_SUBJECT = "—"
#: Of a body so much stands on the activity; the mail beside it has all.
_MOST_BODY = 20_000


@dataclass(frozen=True)
class Place:
    """Where a mail belongs: the records it is about, and whose the activity is."""

    about: tuple[tuple[str, int], ...]
    owner: int | None
    unit: int


def place_of(mail: Mail) -> Place | None:
    """Give the place of a mail that has one: an answer to it belongs there too, to whoever wrote it."""
    activity_id = mail.activity_id or 0
    about = tuple(activity_queries.about([activity_id]).get(activity_id, ()))
    if not about:
        return None
    row = (
        entity_named("activities")
        .model._default_manager.filter(pk=activity_id, deleted_at=None)
        .values("owner_id", "unit_id")
        .first()
    )
    if row is None:
        return None
    return Place(about, _still_here(row["owner_id"]), row["unit_id"])


def place_at(entity: str, record_id: int, *, owner: int | None = None) -> Place | None:
    """Give the place that a record is: its own owner and unit, beside it the firms of a contact."""
    row = (
        entity_named(entity)
        .model._default_manager.filter(pk=record_id, deleted_at=None)
        .values("owner_id", "unit_id")
        .first()
    )
    if row is None:
        return None
    about = [(entity, record_id)]
    if entity == "contacts":
        about += [
            ("customers", tie.to_party_id) for tie in parties.workplaces([record_id]).get(record_id, [])[:1]
        ]
    return Place(tuple(about), _still_here(owner or row["owner_id"]), row["unit_id"])


def by_address(*addresses: str) -> list[Place]:
    """Give the places of all parties that have an address; the first address that anybody has decides."""
    for address in dict.fromkeys(filter(None, addresses)):
        found = parties.parties_with_email(address)
        if found:
            places = [place_at(entity, party_id) for party_id, entity in found]
            return _without_covered([each for each in places if each is not None])
    return []


def _without_covered(places: Sequence[Place]) -> list[Place]:
    """Leave out a place that another one names already: the firm, where its contact has the address too."""
    return [
        each
        for each in places
        if not any(set(each.about) < set(other.about) for other in places if other is not each)
    ]


def _still_here(user_id: int | None) -> int | None:
    """Give the person unless she may no longer sign in: records of hers have moved on."""
    known = User.objects.filter(pk=user_id, is_active=True).exists() if user_id else False
    return user_id if known else None


def place_mail(mail: Mail, place: Place, *, actor: Actor, is_out: bool = False) -> None:
    """Make the activity that a mail is, and tie the two. Must run inside a transaction.

    `is_out` of one that its owner wrote elsewhere and picked.
    """
    done = activities.log(
        ActivityKind.EMAIL,
        mail.subject[:250] or _NO_SUBJECT,
        actor=actor,
        about=place.about,
        done_at=mail.at,
        body=mail.body[:_MOST_BODY],
        direction=Direction.OUT if is_out else Direction.IN,
        owner=place.owner,
        unit=place.unit,
    )
    mail.activity_id, mail.state = done.id, MailState.FILED.value
    mail.party_id = _party_of(place.about)
    mail.filed_at, mail.filed_by_id = now(), actor.user_id
    columns = ["activity_id", "state", "party_id", "filed_at", "filed_by"]
    mail.save(update_fields=columns)


def _party_of(about: Sequence[tuple[str, int]]) -> int | None:
    return next((record_id for entity, record_id in about if entity_named(entity).party == "id"), None)
