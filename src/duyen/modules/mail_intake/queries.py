"""What is read of the leads' mailboxes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from duyen.entities.fields import Choice, Option
from duyen.entities.labels import labels
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.words import CREATE, Door
from duyen.foundation.org.models import Unit, User
from duyen.modules.campaigns.words import CampaignState
from duyen.modules.leads.queries import ends_by_name
from duyen.modules.mail_intake.models import Intake
from duyen.modules.messaging import queries as mails
from duyen.modules.messaging.words import Use


def taker() -> Actor:
    """Give who takes leads in by mail: the system, for that alone."""
    return system_actor("mail_intake", door=Door.JOB)


def intake_of(mailbox_id: int) -> Intake | None:
    """Give what every lead has that comes by a mailbox."""
    return Intake.objects.filter(mailbox=mailbox_id).select_related("mailbox").order_by("pk").first()


def connected() -> list[Intake]:
    """List what leads have by mailbox, of those that are connected, by address. One query."""
    found = Intake.objects.filter(mailbox__gone_at=None).select_related("mailbox__standing", "unit")
    return list(found.order_by("mailbox__address", "pk"))


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


def word_of(name: str, code: str) -> str:
    """Give the word of a code in a field of leads, retired or not; the code where it is unknown."""
    field = entity_named("leads").field(name)
    option = field.held.by_code.get(code) if isinstance(field, Choice) else None
    return str(option.label) if option is not None else code


def units(kept: int | None = None) -> Sequence[Mapping[str, Any]]:
    """Give the units to which leads may go, by name: those in use, and the one that is `kept`."""
    rows = Unit.objects.order_by("name", "pk").values("pk", "name", "is_active")
    return [
        {"value": str(row["pk"]), "label": row["name"]}
        for row in rows
        if row["is_active"] or row["pk"] == kept
    ]


def campaign_by_code(code: str) -> int | None:
    """Give the campaign of a code that is not over, if there is one."""
    open_states = [CampaignState.DRAFT.value, CampaignState.RUNNING.value]
    rows = entity_named("campaigns").rows(taker()).filter(code__iexact=code, state__in=open_states)
    found: int | None = rows.values_list("pk", flat=True).order_by("-pk").first()
    return found


def codes_of(campaign_ids: Collection[int]) -> dict[int, str]:
    """Give the codes of campaigns; their names are for those who may see them."""
    rows = entity_named("campaigns").rows(taker()).filter(pk__in=list(campaign_ids))
    return dict(rows.order_by("pk").values_list("pk", "code"))


def seen(actor: Actor, name: str, ids: Collection[int]) -> list[int]:
    """Give those of some records that an actor sees and that are not in the bin, in their order."""
    if not ids:
        return []
    rows = entity_named(name).rows(actor).filter(pk__in=list(ids))
    found = set(rows.order_by("pk").values_list("pk", flat=True))
    return [each for each in ids if each in found]


def names_of(actor: Actor, name: str, ids: Collection[int]) -> dict[int, str]:
    """Name those of some records that an actor sees."""
    found = labels(actor, entity_named(name), ids)
    return {pk: each.label for pk, each in found.items() if each.is_open}


# --- who takes in --------------------------------------------------------------------------------------


def takes_in(actor: Actor) -> bool:
    """Tell whether somebody takes in leads for a whole unit, and not for herself alone."""
    facts = actor.scope("leads", CREATE)
    return facts.everything or bool(facts.units)


def is_set_up() -> bool:
    """Tell whether there is or was a mailbox for leads."""
    return Intake.objects.exists()


def boxes_of(actor: Actor) -> list[int]:
    """Give the mailboxes whose leads go to units for which somebody takes in leads, also those taken out."""
    facts = actor.scope("leads", CREATE)
    rows = Intake.objects.order_by("mailbox_id").values_list("mailbox_id", "unit_id")
    return [
        mailbox_id
        for mailbox_id, unit_id in rows
        if facts.covers(record_id=0, owner_id=None, unit_id=unit_id)
    ]


def intake_of_waiting(actor: Actor, mail_id: int) -> Intake | None:
    """Give what the lead of a mail will have that waits, or was passed over, where an actor takes in."""
    mail = mails.unfiled_mail(mail_id, Use.LEADS)
    if mail is None or mail.mailbox_id not in boxes_of(actor):
        return None
    return intake_of(mail.mailbox_id)
