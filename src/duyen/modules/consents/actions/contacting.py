"""Make a contact: ask whether it is allowed, and count it, in one step that nobody gets between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import Refused
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now
from duyen.modules.consents import queries
from duyen.modules.consents.addresses import addresses_by, mac_of
from duyen.modules.consents.models import ContactMade
from duyen.modules.consents.queries import Permission
from duyen.modules.consents.rules import BASES
from duyen.modules.consents.words import Channel, LegalBasis, Purpose
from duyen.modules.parties.queries import standings


class ContactDenied(Refused):
    """A contact is not allowed; the sentence is that of the rule, `permission` tells the rest."""

    code = "contact_denied"
    sentence = _("This may not be sent: %(why)s")

    def __init__(self, permission: Permission) -> None:
        super().__init__(why=permission.sentence)
        self.permission = permission


def take_contact(
    party_id: int,
    channel: Channel,
    purpose: Purpose,
    *,
    actor: Actor,
    address: str,
    at: dt.datetime | None = None,
) -> Permission:
    """Take the contact that a sender is about to make at an address: it counts from here on.

    Raises ContactDenied. What serves a contract or is demanded by law is allowed and not counted.
    """
    moment = at or now()
    with transaction.atomic():
        _hold([mac_of(address)])
        found = queries.contact_permission(party_id, channel, purpose, moment, address=address)
        if not found.is_allowed:
            raise ContactDenied(found)
        if BASES[purpose] is LegalBasis.CONSENT:
            ContactMade.objects.create(
                party_id=party_id,
                consent_id=found.ruling.consent,
                mac=mac_of(address),
                channel=channel.value,
                purpose=purpose.value,
                at=moment,
                made_by_id=actor.user_id,
            )
    return found


def note_contact(
    party_id: int,
    channel: Channel,
    purpose: Purpose,
    *,
    actor: Actor,
    at: dt.datetime | None = None,
) -> Permission:
    """Note a contact that somebody made by hand, and tell whether it was allowed: done is done.

    It counts for the contacts that follow, and keeps the rule that forbade it.
    """
    moment = at or now()
    party = standings([party_id])[party_id]
    with transaction.atomic():
        _hold({mac_of(each) for each in addresses_by(channel, party)})
        found = queries.contact_permission(party_id, channel, purpose, moment)
        if BASES[purpose] is LegalBasis.CONSENT:
            ContactMade.objects.create(
                party_id=party_id,
                consent_id=found.ruling.consent,
                mac=mac_of(found.address),
                channel=channel.value,
                purpose=purpose.value,
                denied_by="" if found.is_allowed else found.rule,
                at=moment,
                made_by_id=actor.user_id,
            )
    return found


def _hold(macs: Iterable[bytes]) -> None:
    """Let nobody else contact these addresses until the transaction ends: what is counted stays counted."""
    with connection.cursor() as cursor:
        for mac in sorted(macs):
            key = int.from_bytes(mac[:8], "big", signed=True)
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
