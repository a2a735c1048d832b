"""What is read of the leads' mailbox."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from duyen.entities.fields import Choice, Option
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.words import CREATE, Door
from duyen.foundation.org.models import Unit, User
from duyen.modules.leads.queries import ends_by_name
from duyen.modules.mail_intake.models import Intake


def taker() -> Actor:
    """Give who takes leads in by mail: the system, for that alone."""
    return system_actor("mail_intake", door=Door.JOB)


def intake() -> Intake | None:
    """Give what every lead that comes by mail has, once somebody said it."""
    return Intake.objects.order_by("pk").first()


def colleagues(addresses: Collection[str]) -> set[str]:
    """Give those of some addresses that are of colleagues."""
    found = User.objects.filter(email__in=[each for each in addresses if each])
    return {each.lower() for each in found.values_list("email", flat=True)}


def party_of(lead_id: int) -> int:
    """Give the party that intake made for a lead."""
    return int(ends_by_name(lead_id)["own_party_id"] or 0)


def choices_of(name: str) -> Sequence[Option]:
    """Give what may be chosen in a field of leads."""
    field = entity_named("leads").field(name)
    if not isinstance(field, Choice):
        return ()
    return [each for each in field.held.by_code.values() if not each.is_retired]


def units() -> Sequence[Mapping[str, Any]]:
    """Give the units to which leads may go, by name."""
    rows = Unit.objects.order_by("name", "pk").values("pk", "name")
    return [{"value": str(row["pk"]), "label": row["name"]} for row in rows]


def takes_in(actor: Actor) -> bool:
    """Tell whether somebody takes in leads for a whole unit, and not for herself alone."""
    facts = actor.scope("leads", CREATE)
    return facts.everything or bool(facts.units)


def takes_in_here(actor: Actor) -> bool:
    """Tell whether somebody takes in leads for the unit to which those by mail go."""
    held = intake()
    unit_id = held.unit_id if held is not None else None
    facts = actor.scope("leads", CREATE)
    return facts.covers(record_id=0, owner_id=None, unit_id=unit_id)
