"""Reads of the leads module."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from duyen.entities.fields import LinkedRecord
from duyen.entities.models import Erasure
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.models import RoleRight
from duyen.foundation.access.queries import access_epoch, actor_for, unit_tree
from duyen.foundation.access.words import CHANGE, READ, Door, FieldLevel
from duyen.foundation.org.models import Position, Unit, User
from duyen.kernel.clock import today
from duyen.kernel.phones import PhoneError, read_phone
from duyen.modules.activities.queries import first_done_about, last_done_about
from duyen.modules.leads.models import Lead
from duyen.modules.leads.rules import FOLLOWED
from duyen.modules.leads.words import OPEN, Known, LeadState

#: Of so many leads, the newest, files stand on a customer; one with more is a store that asks each day.
_MOST_WITH_FILES = 500
#: The field that tells to what a column leads.
_NAMED_BY = {"customer_id": "customer", "opportunity_id": "opportunity"}


def own_ends(lead_ids: Collection[int]) -> dict[int, tuple[int | None, int | None]]:
    """Give the parties of some leads that intake made and nothing replaced: who speaks, and for whom."""
    rows = Lead.objects.filter(pk__in=list(lead_ids)).order_by("pk")
    columns = ("pk", "party_id", "own_party_id", "firm_id", "own_firm_id")
    return {
        pk: (own if own == party else None, own_firm if own_firm == firm else None)
        for pk, party, own, firm, own_firm in rows.values_list(*columns)
    }


def numbered(lead_id: int) -> dict[str, Any] | None:
    """Give the number, stamps and ends of a lead."""
    columns = (
        *("code", "code_unit_id", "version", "created_at", "updated_at", "created_by_id", "updated_by_id"),
        *("source_channel", "party_id", "firm_id", "own_party_id", "own_firm_id", "state", "assigned_at"),
    )
    row = Lead.objects.filter(pk=lead_id).order_by("pk").values(*columns).first()
    return {**row} if row else None


def home_of(user_id: int) -> int | None:
    """Give the unit in which somebody has the main position today."""
    day = today()
    held = Position.objects.filter(user_id=user_id, is_main=True, since__lte=day)
    held = held.filter(Q(until=None) | Q(until__gte=day))
    return held.order_by("-since", "-pk").values_list("unit_id", flat=True).first()


def is_active(user_id: int) -> bool:
    """Tell whether somebody may sign in."""
    return User.objects.filter(pk=user_id, is_active=True).exists()


def may_work(user_id: int) -> bool:
    """Tell whether somebody who may sign in works on leads."""
    user = User.objects.filter(pk=user_id, is_active=True).order_by("pk").first()
    return user is not None and actor_for(user, Door.JOB).may("leads", CHANGE)


def may_be_named(actor: Actor, lead_id: int, by: int) -> bool:
    """Tell whether a lead may be named on another one: it is open to the actor, and not that one itself."""
    return lead_id != by and entity_named("leads").rows(actor).filter(pk=lead_id).exists()


def first_contacts(lead_ids: Collection[int]) -> dict[int, dt.datetime]:
    """Give when somebody first was in touch with some leads, with a result, as far as somebody was."""
    return first_done_about("leads", lead_ids)


def touched(lead_ids: Collection[int]) -> set[int]:
    """Give those of some leads with whom somebody was in touch at all since they were assigned."""
    since = dict(Lead.objects.filter(pk__in=list(lead_ids)).values_list("pk", "assigned_at"))
    met = last_done_about("leads", lead_ids)
    return {each for each, moment in met.items() if not (began := since[each]) or moment >= began}


@dataclass(frozen=True)
class Held:
    """A lead with whoever has it: `id` and `code`, the id of its owner, and the unit in which it stands."""

    id: int
    code: str
    owner: int | None
    unit: int


def to_reclaim(moment: dt.datetime) -> list[Held]:
    """Give the leads whose time for a first contact has passed twice, the longest waiting first."""
    found = Lead.objects.filter(state=LeadState.ASSIGNED.value, reclaim_at__lte=moment, deleted_at=None)
    rows = found.order_by("reclaim_at", "pk").values_list("pk", "code", "owner_id", "unit_id")
    return [Held(*each) for each in rows]


def heads_over(unit_id: int, right: str) -> set[int]:
    """Give who has a right on the leads of a unit by a position there, or else in the nearest unit above."""
    roles, day = RoleRight.objects.filter(entity="leads", verb=right).values("role_id"), today()
    held = Position.objects.filter(role_id__in=roles, since__lte=day, user__is_active=True)
    held = held.filter(Q(until=None) | Q(until__gte=day))
    path = unit_tree(access_epoch()).path(unit_id)
    placed = {(each.unit_id, each.user) for each in held.filter(unit_id__in=path).select_related("user")}
    for place in path:
        reaching = {
            user.pk
            for unit, user in placed
            if unit == place
            and actor_for(user, Door.JOB)
            .scope("leads", right)
            .covers(record_id=0, owner_id=None, unit_id=unit_id)
        }
        if reaching:
            return reaching
    return set()


def named(user_ids: Collection[int]) -> dict[int, str]:
    """Name people by their ids, in the order of their names."""
    rows = User.objects.filter(pk__in=list(user_ids)).order_by("name_key", "pk")
    return dict(rows.values_list("pk", "full_name"))


def unit_called(unit_id: int) -> str:
    """Name a unit."""
    return Unit.objects.values_list("name", flat=True).get(pk=unit_id)


def clocked(lead_ids: Collection[int]) -> dict[int, tuple[str, int]]:
    """Give by what the clock of some leads runs: how near to buying they seem, and their unit."""
    rows = Lead.objects.filter(pk__in=list(lead_ids)).values_list("pk", "temperature", "unit_id")
    return {pk: (temperature, unit_id) for pk, temperature, unit_id in rows}


def ends_by_name(lead_id: int) -> dict[str, int | None]:
    """Give to whom a lead points: who speaks, for whom, and the parties that intake made for both."""
    columns = ("party_id", "firm_id", "own_party_id", "own_firm_id")
    return {**Lead.objects.filter(pk=lead_id).values(*columns).get()}


def undecided(lead_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Give the open ones of some leads that stand for themselves: their own parties, and their mark."""
    if not lead_ids:
        return {}
    rows = Lead.objects.filter(pk__in=list(lead_ids), state__in=[each.value for each in OPEN])
    rows = rows.filter(party_id=F("own_party_id")).order_by("pk")
    rows = rows.filter(Q(firm_id=None) | Q(firm_id=F("own_firm_id")))
    return {row["pk"]: {**row} for row in rows.values("pk", "own_party_id", "own_firm_id", "perhaps_known")}


#: What the keys of a lead are made of, and its own parties.
_LOOKED_AT = (*FOLLOWED, "own_party_id", "own_firm_id", "perhaps_known")


def to_look_at(after: int, *, most: int) -> list[dict[str, Any]]:
    """Give the next open leads behind an id of whom nobody has said whom they are, in the order of ids."""
    rows = Lead.objects.filter(pk__gt=after, state__in=[each.value for each in OPEN], deleted_at=None)
    rows = rows.filter(party_id=F("own_party_id")).exclude(perhaps_known=Known.NEW.value)
    rows = rows.filter(Q(firm_id=None) | Q(firm_id=F("own_firm_id"))).order_by("pk")
    return [{**row} for row in rows.values("pk", *_LOOKED_AT)[:most]]


def hold_undecided(lead_ids: Collection[int]) -> list[int]:
    """Lock those of some leads of whom still nobody has said whom they are, and give their ids."""
    rows = Lead.objects.filter(pk__in=list(lead_ids), party_id=F("own_party_id"))
    rows = rows.exclude(perhaps_known=Known.NEW.value).select_for_update().order_by("pk")
    return list(rows.values_list("pk", flat=True))


def perhaps_known(actor: Actor) -> QuerySet[Any]:
    """Give the open leads that the actor may change and of whom nobody has said whom they are, newest first.

    The index `leads_perhaps_known` finds them.
    """
    rows = entity_named("leads").rows(actor, CHANGE).filter(perhaps_known=Known.PERHAPS.value)
    return rows.filter(state__in=[each.value for each in OPEN]).order_by("-created_at", "-pk")


def parties_behind(lead_ids: Collection[int]) -> dict[int, list[int]]:
    """Give by lead the people and establishments known to whom it points, and what it became."""
    columns = ("party_id", "firm_id", "customer_id", "contact_id")
    rows = Lead.objects.filter(pk__in=list(lead_ids)).order_by("pk").values_list("pk", *columns)
    return {pk: [each for each in held if each] for pk, *held in rows}


def behind(actor: Actor, party_ids: Collection[int], *, with_bin: bool = False) -> dict[int, LinkedRecord]:
    """Give by party the lead that intake made it for, the newest one, as far as the actor sees such leads."""
    leads, ids = entity_named("leads"), list(party_ids)
    if not actor.may("leads", READ):
        return {}
    rows = leads.rows(actor, deleted=None if with_bin else False)
    rows = rows.filter(Q(party_id__in=ids) | Q(firm_id__in=ids)).order_by("created_at", "pk")
    found: dict[int, LinkedRecord] = {}
    sees_name = leads.level(actor, "name") is not FieldLevel.HIDDEN
    for row in rows.values("id", "code", "name", "company", "party_id", "firm_id"):
        for column, name in (("party_id", row["name"]), ("firm_id", row["company"])):
            if row[column] in ids:
                label = name if sees_name else ""
                found[row[column]] = LinkedRecord(
                    row[column], row["code"], label, entity="leads", opens=row["id"]
                )
    return found


def about_erased(lead_ids: Collection[int]) -> list[int]:
    """Give those of some leads in which somebody spoke who was erased."""
    erased = Erasure.objects.filter(family="parties").values("record_id")
    found = Lead.objects.filter(pk__in=list(lead_ids), party_id__in=erased).order_by("pk")
    return list(found.values_list("pk", flat=True))


def put_away(party_ids: Collection[int]) -> dict[int, set[int]]:
    """Give, by those who speak in leads, the parties that intake made for these: the same people."""
    found: dict[int, set[int]] = {}
    rows = Lead.objects.filter(party_id__in=list(party_ids)).order_by("pk")
    for party_id, own_id in rows.values_list("party_id", "own_party_id"):
        found.setdefault(party_id, set()).add(own_id)
    return found


def speaker_of(lead_id: int) -> int | None:
    """Give the party who speaks in a lead, in one that lies in the bin, too."""
    return Lead.objects.filter(pk=lead_id).order_by("pk").values_list("party_id", flat=True).first()


def owner_of(lead_id: int) -> int | None:
    """Give who keeps a lead that is not in the bin."""
    rows = Lead.objects.filter(pk=lead_id, deleted_at=None).order_by("pk")
    return rows.values_list("owner_id", flat=True).first()


def ties_of_speakers(party_ids: Collection[int] | None) -> QuerySet[Lead]:
    """Tie leads to whoever speaks in them, for statements of others; of some parties alone, or of all."""
    rows = Lead.objects.order_by()
    return rows if party_ids is None else rows.filter(party_id__in=list(party_ids))


def open_of_speaker(party_id: int) -> list[int]:
    """Give the open leads in which a party speaks."""
    found = Lead.objects.filter(party_id=party_id, state__in=[each.value for each in OPEN], deleted_at=None)
    return list(found.order_by("pk").values_list("pk", flat=True))


def open_among(lead_ids: Collection[int]) -> list[int]:
    """Give those of some leads about which somebody still has to do something."""
    rows = Lead.objects.filter(pk__in=list(lead_ids), state__in=[each.value for each in OPEN])
    return list(rows.filter(deleted_at=None).order_by("pk").values_list("pk", flat=True))


def in_the_bin(actor: Actor, known_by: str) -> list[tuple[int, str]]:
    """Give id and code of the leads in the bin, by phone, e-mail or code, that the actor sees; ten at most.

    The index `leads_in_the_bin` finds them.
    """
    typed = known_by.strip()
    by = Q(code__iexact=typed) | Q(emails__contains=[typed.casefold()])
    with suppress(PhoneError):
        by |= Q(phones__contains=[read_phone(typed).e164])
    rows = entity_named("leads").rows(actor, deleted=True).filter(by).order_by("pk")
    return list(rows.values_list("pk", "code")[:10])


def left_alone(day: dt.date, before: dt.datetime) -> QuerySet[Lead]:
    """Give the leads from before a moment that did not succeed, are nobody known and wait for no day.

    Those in the bin, too. The index `leads_by_age` finds them.
    """
    rows = Lead.objects.filter(created_at__lt=before, customer_id=None, party_id=F("own_party_id"))
    rows = rows.filter(Q(firm_id=None) | Q(firm_id=F("own_firm_id"))).exclude(state=LeadState.CONVERTED.value)
    for column in ("next_action_on", "revisit_on", "wanted_by"):
        rows = rows.filter(Q(**{column: None}) | Q(**{f"{column}__lt": day}))
    return rows


def open_of_parties(actor: Actor, party_ids: Collection[int], *, but: int) -> list[dict[str, Any]]:
    """Give the open leads, but one, of some parties, as far as the actor sees them; ten at most."""
    rows = entity_named("leads").rows(actor).exclude(pk=but).filter(state__in=[each.value for each in OPEN])
    ids = list(party_ids)
    rows = rows.filter(Q(party_id__in=ids) | Q(firm_id__in=ids)).order_by("-created_at", "-pk")
    return [{**row} for row in rows.values("id", "code", "name", "state", "party_id", "firm_id")[:10]]


def leads_of_parties(actor: Actor, party_ids: Collection[int], *, most: int) -> list[dict[str, Any]]:
    """Give the leads of some parties in whatever state, as far as the actor sees them, the newest first."""
    ids = list(party_ids)
    rows = entity_named("leads").rows(actor).filter(Q(party_id__in=ids) | Q(firm_id__in=ids))
    found = rows.order_by("-created_at", "-pk").values("id", "code", "name", "state", "party_id", "firm_id")
    return [{**row} for row in found[:most]]


def kept_of_conversion(lead_id: int) -> dict[str, Any]:
    """Give what the conversion of a lead made, as it was written down then."""
    return dict(Lead.objects.filter(pk=lead_id).values_list("conversion", flat=True).get())


def others_of_customer(customer_id: int, *, but: int) -> bool:
    """Tell whether another lead belongs to a customer."""
    rows = Lead.objects.filter(customer_id=customer_id, deleted_at=None).exclude(pk=but)
    return rows.exists()


def of_customer(actor: Actor, customer_id: int, *, most: int) -> list[dict[str, Any]]:
    """Give the leads of a customer that the actor may see, the newest first."""
    rows = entity_named("leads").rows(actor).filter(customer_id=customer_id).order_by("-created_at", "-pk")
    return [{**row} for row in rows.values("id", "code", "name", "state", "source", "created_at")[:most]]


def with_files_on(column: str) -> Callable[[Actor, int], Collection[int]]:
    """Give what finds the leads that name a record in a column and are open to somebody, the newest ones.

    The indexes `leads_of_a_customer` and `leads_of_a_deal` find them.
    """

    def found(actor: Actor, record_id: int) -> Collection[int]:
        leads = entity_named("leads")
        if leads.level(actor, _NAMED_BY[column]) is FieldLevel.HIDDEN:
            return []
        rows = leads.rows(actor).filter(**{column: record_id}).order_by("-pk")
        ids: Collection[int] = rows.values_list("pk", flat=True)[:_MOST_WITH_FILES]
        return ids

    return found


def to_speak_to(actor: Actor, *, is_wide: bool, most: int) -> list[dict[str, Any]]:
    """Give the leads to speak to next: those whose first contact is due, the first due first."""
    rows = entity_named("leads").rows(actor).filter(state=LeadState.ASSIGNED.value)
    if not is_wide:
        rows = rows.filter(owner_id=actor.user_id)
    columns = ("id", "name", "company", "temperature", "first_due_at")
    return [{**row} for row in rows.order_by("first_due_at", "pk").values(*columns)[:most]]
