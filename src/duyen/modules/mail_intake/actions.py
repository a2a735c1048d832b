"""Take leads in by mail: mailboxes are set up, mails become leads by themselves or by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
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
from duyen.modules.messaging import queries as mails
from duyen.modules.messaging.actions.mailboxes import Given
from duyen.modules.messaging.words import Filed, Use

name_verbs({"mail_intake.set_up": gettext_lazy("Said what becomes of mail for leads")})


@dataclass(frozen=True)
class Terms:
    """What every lead has that comes by a mailbox. A campaign and products may be missing."""

    source: str
    purpose: str
    unit_id: int | None
    campaign_id: int | None = None
    product_ids: Sequence[int] = ()


def connect(terms: Terms, given: Given, *, actor: Actor) -> int:
    """Connect a mailbox for leads and say what its leads have; gives the mailbox.

    Raises NotAllowed, OnlyLooking, or InvalidValues with what stands against it.
    """
    _refuse_all_but_administrators(actor)
    if found := problems_of(terms):
        raise InvalidValues(found)

    def keep(mailbox_id: int) -> None:
        moment = now()
        stamps = {"created_at": moment, "updated_at": moment, "updated_by_id": actor.user_id}
        Intake.objects.create(mailbox_id=mailbox_id, created_by_id=actor.user_id, **stamps, **_columns(terms))

    return messaging.save_mailbox(None, given, actor=actor, use=Use.LEADS, beside=keep).pk


def change_terms(mailbox_id: int, terms: Terms, *, actor: Actor) -> None:
    """Say anew what the leads of a mailbox have; those that came keep what they have.

    Raises NotAllowed, OnlyLooking, NotFound or InvalidValues.
    """
    _refuse_all_but_administrators(actor)
    with transaction.atomic():
        rows = Intake.objects.filter(mailbox=mailbox_id, mailbox__gone_at=None).select_related("mailbox")
        held = rows.select_for_update(of=("self",), no_key=True).order_by("pk").first()
        if held is None:
            raise NotFound
        if found := problems_of(terms, kept=held):
            raise InvalidValues(found)
        trail.begin(actor, "mail_intake.set_up", note=held.mailbox.address)
        stamps = {"updated_at": now(), "updated_by_id": actor.user_id, "version": held.version + 1}
        Intake.objects.filter(pk=held.pk).update(**stamps, **_columns(terms))


def _refuse_all_but_administrators(actor: Actor) -> None:
    if actor.is_looking:
        raise OnlyLooking(name=actor.name)
    if not administers(actor):
        raise NotAllowed(why=_("the company's mailboxes are for administrators to set up."))


def _columns(terms: Terms) -> dict[str, object]:
    return {**vars(terms), "product_ids": list(terms.product_ids)}


def problems_of(terms: Terms, kept: Intake | None = None) -> list[FieldProblem]:
    """Find what is missing or unknown in what leads by mail have; what is `kept` may stay."""
    sentence = _("Choose one of the list.")
    found = [
        FieldProblem(name, "unknown", sentence)
        for name in ("source", "purpose")
        if (code := getattr(terms, name)) not in {each.code for each in queries.choices_of(name)}
        and (kept is None or code != getattr(kept, name))
    ]
    if str(terms.unit_id) not in {each["value"] for each in queries.units(kept.unit_id if kept else None)}:
        found.append(FieldProblem("unit", "required", _("Choose the unit where the leads go.")))
    campaign = terms.campaign_id
    if campaign is not None and not queries.seen(queries.taker(), "campaigns", [campaign]):
        found.append(FieldProblem("campaign", "unknown", _("No campaign that goes on has this code.")))
    gone = set(terms.product_ids) - set(queries.seen(queries.taker(), "products", terms.product_ids))
    if gone - set(kept.product_ids if kept is not None else ()):
        found.append(FieldProblem("products", "unknown", _("A product is not there any more. Leave it out.")))
    return found


def take(letter: messaging.Letter) -> int | Filed:
    """Make a lead of a mail and give its party, or say why the mail waits for a person."""
    terms = queries.intake_of(letter.mailbox_id)
    if terms is None:
        return Filed.NOT_SET_UP
    read = read_of(letter)
    if not read.name or not read.is_reachable:
        return Filed.NOBODY
    if not read.need.strip():
        return Filed.NOTHING_SAID
    values = {
        "name": read.name,
        "phones": read.phones,
        "emails": [read.email] if read.email else [],
        "company": read.company,
        "job_title": read.job_title,
        "need": read.need,
    }
    actor = queries.taker()
    try:
        told = {**values, **_terms_of(terms, letter.box, actor)}
        # What the company requires of colleagues beside is in no mail.
        made = capture(actor=actor, values=told, asked=())
    except InvalidValues:
        return Filed.NOT_TAKEN
    return queries.party_of(made.id)


def read_of(letter: messaging.Letter) -> rules.Read:
    """Read who speaks in a mail; of colleagues and of the company's own addresses nobody is a lead."""
    people = [letter.reply_to, letter.sender]
    own = queries.colleagues({each.address for each in people})

    house = {letter.box} | mails.company_addresses()

    def is_ours(address: str) -> bool:
        return address in own or any(rules.is_of_house(address, box=each) for each in house)

    return rules.read_letter(
        senders=[(each.name, each.address) for each in people if each.address],
        subject=letter.subject,
        text=letter.text,
        body=letter.body,
        is_ours=is_ours,
    )


def _terms_of(terms: Intake, box: str, actor: Actor) -> dict[str, object]:
    """Give what the leads of a mailbox have, as far as it is still there and the actor may name it."""
    told: dict[str, object] = {
        "source": terms.source,
        "source_detail": box[:200],
        "purpose": terms.purpose,
        "unit": terms.unit_id,
    }
    if terms.campaign_id is not None and queries.seen(actor, "campaigns", [terms.campaign_id]):
        told["campaign"] = terms.campaign_id
    if products := queries.seen(actor, "products", terms.product_ids):
        told["products"] = products
    return told


# --- by hand -------------------------------------------------------------------------------------------


def refuse(actor: Actor) -> None:
    """Refuse whoever takes in leads for none of the units where those by mail go. Raises NotAllowed."""
    if not queries.takes_in(actor) or (queries.is_set_up() and not queries.boxes_of(actor)):
        raise NotAllowed(why=_("mail for leads is for those who take in leads for its unit."))


def take_by_hand(mail_id: int, values: Mapping[str, object], *, actor: Actor) -> int:
    """Make a lead of a mail that waits, from what a person read in it; gives the lead.

    Raises NotAllowed, NotFound, HasPlace or InvalidValues; then nothing is kept.
    """
    terms = _waiting(mail_id, actor)
    told = {**values, **_terms_of(terms, terms.mailbox.address, actor)}
    made: list[int] = []

    def make() -> int:
        with asked_for_by_the_person():
            done = capture(actor=actor, values=told, asked=set(values))
        made.append(done.id)
        return queries.party_of(done.id)

    messaging.take_by_hand(mail_id, Use.LEADS, make, actor=actor)
    return made[0]


def leave_out(mail_id: int, *, actor: Actor) -> None:
    """Take a mail out of those that wait. Raises NotAllowed, NotFound or HasPlace."""
    _waiting(mail_id, actor)
    messaging.leave_out(mail_id, Use.LEADS, actor=actor)


def bring_back(mail_id: int, *, actor: Actor) -> None:
    """Let a mail that was passed over wait again. Raises NotAllowed, NotFound or HasPlace."""
    _waiting(mail_id, actor)
    messaging.bring_back(mail_id, Use.LEADS, actor=actor)


def _waiting(mail_id: int, actor: Actor) -> Intake:
    refuse(actor)
    terms = queries.intake_of_waiting(actor, mail_id)
    if terms is None:
        raise NotFound
    return terms
