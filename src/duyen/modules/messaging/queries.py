"""Reads of the messaging module."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import BooleanField, ExpressionWrapper, Q

from duyen.entities.entity import Entity
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel
from duyen.foundation.org.models import User
from duyen.modules.messaging.boxes import company_address, company_relay
from duyen.modules.messaging.mime.parsing import Person
from duyen.modules.messaging.models import Mail, Mailbox, MailDraft, MailTemplate, Signature
from duyen.modules.messaging.words import MailState, Sender, Use, Way
from duyen.modules.parties import queries as parties

#: So many mails stand on one page.
PAGE = 50
#: So many addresses are looked for in the words of mails by one statement.
_NAMED_AT_ONCE = 20


@dataclass(frozen=True)
class SenderChoice:
    """One way in which somebody may send: from which address, by what, and where answers go."""

    code: Sender
    sender: Person
    reply_to: Person | None
    mailbox_id: int | None = None

    @property
    def shown(self) -> str:
        return self.sender.shown


def mailbox_of(user_id: int | None, use: Use = Use.MAIL) -> Mailbox | None:
    """Give the mailbox of a person, or the company's of a use for none."""
    found = Mailbox.objects.filter(user=user_id, use=use.value, gone_at=None).select_related("standing")
    return found.order_by("pk").first()


def company_box(mailbox_id: int, use: Use) -> Mailbox | None:
    """Give one of the company's mailboxes of a use, unless it was taken out."""
    found = Mailbox.objects.filter(pk=mailbox_id, user=None, use=use.value, gone_at=None)
    return found.select_related("standing").order_by("pk").first()


def mailboxes() -> Sequence[Mailbox]:
    """List the mailboxes, the company's first. One query."""
    found = Mailbox.objects.filter(gone_at=None).select_related("standing", "user")
    return sorted(found, key=lambda each: (each.user_id is not None, each.address, each.pk))


def company_addresses() -> set[str]:
    """Give the addresses of the company's mailboxes."""
    return set(Mailbox.objects.filter(user=None, gone_at=None).values_list("address", flat=True))


def reads_same(box: Mailbox, *, but: int | None) -> Mailbox | None:
    """Give another mailbox of the company that reads the same folder of the same account."""
    found = Mailbox.objects.filter(user=None, gone_at=None, imap_host=box.imap_host, username=box.username)
    return found.filter(folder=box.folder).exclude(pk=but or 0).order_by("pk").first()


def senders_for(user_id: int, name: str) -> list[SenderChoice]:
    """List how a person may send: from her own mailbox, the company's, or by the company's server."""
    own, shared = mailbox_of(user_id), mailbox_of(None)
    found = []
    answers = own or shared
    if own is not None and own.smtp_host and own.is_on:
        found.append(SenderChoice(Sender.OWN, Person(own.sender_name or name, own.address), None, own.pk))
    if shared is not None and shared.smtp_host and shared.is_on:
        sender = Person(_with_company(name, shared.sender_name), shared.address)
        found.append(SenderChoice(Sender.SHARED, sender, None, shared.pk))
    if company_relay() is not None:
        address = company_address().address
        back = Person(name, answers.address) if answers is not None and answers.is_on else None
        mail = User.objects.filter(pk=user_id).values_list("email", flat=True).first() or ""
        found.append(SenderChoice(Sender.COMPANY, Person(name, address), back or Person(name, mail)))
    return found


def _with_company(name: str, company: str) -> str:
    return f"{name} – {company}" if company and company != name else name


def signature_of(user_id: int) -> str:
    """Give what stands below the mails of a person."""
    return Signature.objects.filter(pk=user_id).values_list("text", flat=True).first() or ""


def templates_for(actor: Actor, entity: Entity) -> Sequence[MailTemplate]:
    """List the templates that a person may use for a record of one kind, by name."""
    rows = entity_named("mail_templates").rows(actor).filter(is_active=True, entity__in=["", entity.name])
    return list(rows.order_by("name", "pk")[:200])


def template_for(actor: Actor, entity: Entity, template_id: int) -> MailTemplate | None:
    """Give one of those templates."""
    rows = entity_named("mail_templates").rows(actor).filter(is_active=True, entity__in=["", entity.name])
    found: MailTemplate | None = rows.filter(pk=template_id).order_by("pk").first()
    return found


def draft_of(user_id: int, entity: str, record_id: int) -> MailDraft | None:
    """Give what a person has begun to write to a record."""
    found = MailDraft.objects.filter(user=user_id, entity=entity, record_id=record_id)
    return found.order_by("pk").first()


def mails_of(activity_ids: Collection[int]) -> dict[int, list[Mail]]:
    """Give the mails of some activities, with their files, in two queries; the mail itself first."""
    rows = Mail.objects.filter(activity_id__in=list(activity_ids)).select_related("created_by", "filed_by")
    found: dict[int, list[Mail]] = {}
    for each in rows.prefetch_related("files").order_by("id"):
        found.setdefault(each.activity_id or 0, []).append(each)
    return found


def unfiled(
    *,
    before: int | None = None,
    limit: int = PAGE,
    left_out: bool = False,
    boxes: Collection[int] | None = None,
) -> list[Mail]:
    """List the mails that wait for a place, or were left out, the newest first: of the company's mailbox for
    mail, or of some `boxes` of it.
    """
    state = MailState.LEFT_OUT if left_out else MailState.UNFILED
    found = Mail.objects.filter(state=state.value)
    if boxes is None:
        found = found.filter(mailbox__user=None, mailbox__use=Use.MAIL.value)
    else:
        found = found.filter(mailbox__in=list(boxes)).select_related("mailbox")
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.prefetch_related("files").order_by("-pk")[: limit + 1])


def count_unfiled(most: int) -> int:
    """Count the mails that wait for a place, up to `most`."""
    found = Mail.objects.filter(
        state=MailState.UNFILED.value, mailbox__user=None, mailbox__use=Use.MAIL.value
    )
    return len(found.values_list("pk", flat=True)[:most])


def unfiled_mail(mail_id: int, use: Use = Use.MAIL) -> Mail | None:
    """Give one mail of a company's mailbox that waits for a place or was left out."""
    states = [MailState.UNFILED.value, MailState.LEFT_OUT.value]
    found = Mail.objects.filter(pk=mail_id, state__in=states, mailbox__user=None, mailbox__use=use.value)
    return found.select_related("mailbox").prefetch_related("files").order_by("pk").first()


def placed_by_ids(ids: Collection[str]) -> dict[str, Mail]:
    """Find by their ids the mails that have a place: ours before what came in, else the latest."""
    found = Mail.objects.filter(message_id__in=list(ids), activity_id__isnull=False)
    latest = (
        found.order_by("message_id", "-way", "-pk").distinct("message_id") if ids else Mail.objects.none()
    )
    return {each.message_id: each for each in latest.defer("body", "quoted")}


def sent_by_ids(ids: Collection[str]) -> dict[str, Mail]:
    """Find our mails by their ids, the latest of each."""
    found = Mail.objects.filter(message_id__in=list(ids), way=Way.OUT.value)
    latest = found.order_by("message_id", "-pk").distinct("message_id") if ids else Mail.objects.none()
    return {each.message_id: each for each in latest.defer("body", "quoted")}


def kept_prints(fingerprints: Collection[str]) -> set[str]:
    """Tell which of some mails are kept already, in whichever box they lie, by their fingerprints."""
    found = Mail.objects.filter(fingerprint__in=list(fingerprints))
    return {each for each in found.values_list("fingerprint", flat=True) if each}


def kept_ids(use: Use, ids: Collection[str]) -> set[str]:
    """Tell which of some mails the company's mailboxes of a use brought already, by their ids."""
    named = [each for each in ids if each]
    found = Mail.objects.filter(message_id__in=named, mailbox__user=None, mailbox__use=use.value)
    return set(found.values_list("message_id", flat=True))


def taken_of(party_id: int, *, most: int) -> list[Mail]:
    """List the mails by which a party came in, the newest first."""
    found = Mail.objects.filter(party_id=party_id, state=MailState.TAKEN.value)
    found = found.select_related("mailbox").prefetch_related("files")
    return list(found.order_by("-pk")[:most])


def is_known(fingerprint: str) -> Mail | None:
    """Give a mail that is kept already, in whichever box it lies."""
    return Mail.objects.filter(fingerprint=fingerprint).order_by("pk").first()


def addresses_at(actor: Actor, entity: Entity, record_id: int) -> list[Person]:
    """List the addresses of a record and of its people that an actor may see, main ones first."""
    if "emails" not in entity.by_name or entity.level(actor, "emails") is FieldLevel.HIDDEN:
        own: list[Person] = []
    else:
        row = entity.rows(actor).filter(pk=record_id).values("name", "emails").first() or {}
        own = [Person(row["name"], each) for each in row.get("emails") or ()]
    found = list(own)
    if entity.family == "parties":
        ties = parties.ties_of(record_id)
        cards = parties.cards(actor, [each.other_id for each in ties])
        for tie in ties:
            card = cards.get(tie.other_id)
            found += [Person(card.name, each) for each in card.emails] if card is not None else []
    by_address = {each.address.lower(): each for each in reversed(found)}
    return list(reversed(by_address.values()))[:100]


def nobodys_of(
    asked: Sequence[tuple[Collection[str], Collection[int]]],
) -> list[tuple[set[int], set[int]]]:
    """Give of the mails that stand with nobody those that came from somebody, and those that name her.

    Asked of several people by their addresses, in lower case, and their records; gives that of each. What
    came from an address that somebody beside her has as well is not hers alone. The index `mails_of_nobody`
    finds them.
    """
    loose = Mail.objects.filter(activity_id=None, party_id=None).order_by()
    every = sorted({each for emails, _people in asked for each in emails})
    known = parties.parties_with_emails(every)
    came: dict[str, set[int]] = {}
    for mail, sender in loose.filter(sender_address__in=every).values_list("pk", "sender_address"):
        came.setdefault(sender, set()).add(mail)
    # Whoever passes a mail of hers on is another sender: her words stand in the body of one that waits.
    waits = loose.filter(state__in=[MailState.UNFILED.value, MailState.LEFT_OUT.value])
    naming: dict[str, set[int]] = {each: set() for each in every}
    for start in range(0, len(every), _NAMED_AT_ONCE):
        part = every[start : start + _NAMED_AT_ONCE]
        named = {f"a{place}": _names(each) for place, each in enumerate(part)}
        rows = waits.filter(reduce(or_, named.values())).annotate(
            **{alias: ExpressionWrapper(found, BooleanField()) for alias, found in named.items()}
        )
        for mail, *told in rows.values_list("pk", *named):
            for each, is_named in zip(part, told, strict=True):
                if is_named:
                    naming[each].add(mail)
    found = []
    for emails, people in asked:
        own = [each for each in emails if {party for party, _name in known.get(each, ())} <= set(people)]
        sent = {mail for each in own for mail in came.get(each, ())}
        found.append((sent, {mail for each in emails for mail in naming[each]} - sent))
    return found


def _names(email: str) -> Q:
    """Say which mails hold an address."""
    inside = Q(body__icontains=email) | Q(quoted__icontains=email) | Q(subject__icontains=email)
    return Q(sender_address=email) | Q(reply_to=email) | inside | Q(people__icontains=email)
