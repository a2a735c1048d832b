"""Advertising by mail: it goes only to whom the consents allow it, and an answer to it may refuse more."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.utils.translation import gettext as _

from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import FieldProblem
from duyen.modules.consents.actions import ContactDenied, refuse_mail, take_contact
from duyen.modules.consents.queries import contact_permission, mac_of
from duyen.modules.consents.words import Channel, Purpose, RefusedBy
from duyen.modules.messaging import rules
from duyen.modules.messaging.models import Mail
from duyen.modules.messaging.words import MailKind
from duyen.modules.parties.queries import parties_with_emails


def take_contacts(addresses: Collection[str], *, actor: Actor) -> Iterator[FieldProblem]:
    """Take the contact with each address, and give a problem for each that may get no advertising.

    Belongs into the transaction that puts the mail down: where one is refused, none is taken.
    """
    known = parties_with_emails(addresses)
    for address in addresses:
        parties = [party_id for party_id, _entity in known[address]]
        if not parties:
            sentence = _("Nobody whose consent is noted has the address %(address)s. Take it out.")
            yield FieldProblem("purpose", "no_consent", sentence % {"address": address})
            continue
        chosen = next((each for each in parties if _is_allowed(each, address)), parties[0])
        try:
            take_contact(chosen, Channel.EMAIL, Purpose.MARKETING, actor=actor, address=address)
        except ContactDenied as denied:
            told = f"{address}: {denied.permission.sentence}"
            yield FieldProblem("purpose", denied.permission.rule, told)


def _is_allowed(party_id: int, address: str, *, is_counted: bool = True) -> bool:
    found = contact_permission(
        party_id, Channel.EMAIL, Purpose.MARKETING, address=address, is_counted=is_counted
    )
    return found.is_allowed


def is_still_wanted(addresses: Collection[str]) -> bool:
    """Tell whether advertising that waits may still go to all of these addresses: nobody refused since."""
    known = parties_with_emails(addresses)
    return all(
        any(_is_allowed(party_id, address, is_counted=False) for party_id, _entity in held)
        for address, held in known.items()
    )


def refuses_by_answer(answered: Mail | None, mail: Mail) -> bool:
    """Tell whether somebody answers advertising by refusing it; it had gone to that very address."""
    if answered is None or answered.purpose != Purpose.MARKETING or mail.kind != MailKind.MAIL:
        return False
    told = {address.lower() for _name, address in answered.people.get("to", ())}
    return mail.sender_address.lower() in told and rules.refuses(mail.body or mail.subject)


def refuse_by_answer(mail: Mail) -> None:
    """Stop advertising to whoever answered advertising by refusing it."""
    refuse_mail(mac_of(mail.sender_address), refused_by=RefusedBy.REPLY)
