"""Take leads in by mail: the mailbox is set up, mails become leads by themselves or by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.errors import InvalidValues, NotAllowed
from duyen.entities.history import name_verbs
from duyen.entities.restricted import asked_for_by_the_person
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.audit.trail import OnlyLooking
from duyen.foundation.settings.declaring import administers
from duyen.kernel.clock import now
from duyen.kernel.errors import FieldProblem
from duyen.modules.leads.actions import capture
from duyen.modules.mail_intake import queries, rules
from duyen.modules.mail_intake.models import Intake
from duyen.modules.messaging import actions as messaging
from duyen.modules.messaging.actions.mailboxes import Given
from duyen.modules.messaging.words import Filed, Use

name_verbs({"mail_intake.set_up": gettext_lazy("Said what becomes of mail for leads")})


@dataclass(frozen=True)
class Terms:
    """What every lead that comes by mail has."""

    source: str
    purpose: str
    unit_id: int | None


def set_up(terms: Terms, given: Given, *, actor: Actor) -> None:
    """Connect or change the mailbox for leads, and say what its leads have.

    Raises NotAllowed, OnlyLooking, or InvalidValues with what stands against it.
    """
    if actor.is_looking:
        raise OnlyLooking(name=actor.name)
    if not administers(actor):
        raise NotAllowed(why=_("the company's mailboxes are for administrators to set up."))
    if found := problems_of(terms):
        raise InvalidValues(found)
    # Servers are asked before anything is written; what leads have says nothing without a mailbox.
    with transaction.atomic():
        trail.begin(actor, "mail_intake.set_up")
        _keep(terms, actor)
    messaging.save_mailbox(None, given, actor=actor, use=Use.LEADS)


def problems_of(terms: Terms) -> list[FieldProblem]:
    """Find what is missing or unknown in what leads by mail have."""
    found = [
        FieldProblem(name, "unknown", _("Choose one of the list."))
        for name in ("source", "purpose")
        if getattr(terms, name) not in {each.code for each in queries.choices_of(name)}
    ]
    if str(terms.unit_id) not in {each["value"] for each in queries.units()}:
        found.append(FieldProblem("unit", "required", _("Choose the unit where the leads go.")))
    return found


def _keep(terms: Terms, actor: Actor) -> None:
    moment = now()
    columns = {**vars(terms), "updated_at": moment, "updated_by_id": actor.user_id}
    held = Intake.objects.select_for_update(no_key=True).order_by("pk").first()
    if held is None:
        Intake.objects.create(created_at=moment, created_by_id=actor.user_id, **columns)
    else:
        Intake.objects.filter(pk=held.pk).update(version=held.version + 1, **columns)


def take(letter: messaging.Letter) -> int | Filed:
    """Make a lead of a mail and give its party, or say why the mail waits for a person."""
    terms = queries.intake()
    if terms is None:
        return Filed.NOT_SET_UP
    read = read_of(letter)
    if not read.name or not read.is_reachable:
        return Filed.NOBODY
    values = {
        "name": read.name,
        "phones": read.phones,
        "emails": [read.email] if read.email else [],
        "company": read.company,
        "job_title": read.job_title,
        "need": read.need,
    }
    try:
        told = {**values, **_terms_of(terms, letter.box)}
        # What the company requires of colleagues beside is in no mail.
        made = capture(actor=queries.taker(), values=told, asked=())
    except InvalidValues:
        return Filed.NOT_TAKEN
    return queries.party_of(made.id)


def read_of(letter: messaging.Letter) -> rules.Read:
    """Read who speaks in a mail; of colleagues and of the company's own addresses nobody is a lead."""
    people = [letter.reply_to, letter.sender]
    own = queries.colleagues({each.address for each in people})

    def is_ours(address: str) -> bool:
        return address in own or rules.is_of_house(address, box=letter.box)

    return rules.read_letter(
        senders=[(each.name, each.address) for each in people if each.address],
        subject=letter.subject,
        text=letter.text,
        body=letter.body,
        is_ours=is_ours,
    )


def _terms_of(terms: Intake, box: str) -> dict[str, object]:
    return {
        "source": terms.source,
        "source_detail": box[:200],
        "purpose": terms.purpose,
        "unit": terms.unit_id,
    }


# --- by hand -------------------------------------------------------------------------------------------


def refuse(actor: Actor) -> None:
    """Refuse whoever does not take in leads for the unit where those by mail go. Raises NotAllowed."""
    if not queries.takes_in_here(actor):
        raise NotAllowed(why=_("mail for leads is for those who take in leads for its unit."))


def take_by_hand(mail_id: int, values: Mapping[str, object], *, box: str, actor: Actor) -> int:
    """Make a lead of a mail that waits, from what a person read in it; gives the lead.

    Raises NotAllowed, NotFound, HasPlace or InvalidValues; then nothing is kept.
    """
    refuse(actor)
    terms = queries.intake()
    if terms is None:
        raise NotAllowed(why=_("nobody said yet what becomes of mail in this mailbox."))
    made: list[int] = []

    def make() -> int:
        with asked_for_by_the_person():
            told = {**values, **_terms_of(terms, box)}
            done = capture(actor=actor, values=told, asked=set(values))
        made.append(done.id)
        return queries.party_of(done.id)

    messaging.take_by_hand(mail_id, Use.LEADS, make, actor=actor)
    return made[0]


def leave_out(mail_id: int, *, actor: Actor) -> None:
    """Take a mail out of those that wait. Raises NotAllowed, NotFound or HasPlace."""
    refuse(actor)
    messaging.leave_out(mail_id, Use.LEADS, actor=actor)


def bring_back(mail_id: int, *, actor: Actor) -> None:
    """Let a mail that was passed over wait again. Raises NotAllowed, NotFound or HasPlace."""
    refuse(actor)
    messaging.bring_back(mail_id, Use.LEADS, actor=actor)
