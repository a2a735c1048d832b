"""Reads of consents: what people agreed to, and whether they may be contacted."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from duyen.foundation.org.models import User
from duyen.kernel.clock import now
from duyen.modules.consents import rules
from duyen.modules.consents.addresses import POSTAL, addresses_by, macs_of
from duyen.modules.consents.addresses import mac_of as mac_of
from duyen.modules.consents.models import (
    Consent,
    ConsentText,
    ContactMade,
    ContactRule,
    ListCheck,
    ListedNumber,
    Suppression,
)
from duyen.modules.consents.refusal_links import refusal_url as refusal_url
from duyen.modules.consents.rules import Agreed, Asked, DatedRule, Known, Ruling, Terms
from duyen.modules.consents.telling import sentence_of
from duyen.modules.consents.words import PASSING, Channel, ConsentState, Purpose, RuleKind, Why
from duyen.modules.parties.queries import standings

_AGREED = ("id", "party_id", "purpose", "channels", "refused_channels", "given_at", "expires_on", "state")


def text_of(text_id: int) -> Mapping[str, Any] | None:
    """Give a text that asks for consent: its purpose, channels, data kinds, frequency and months."""
    found = ConsentText.objects.filter(pk=text_id).order_by("pk")
    return found.values("purpose", "channels", "data_kinds", "most", "per", "valid_months").first()


def next_edition(purpose: str) -> int:
    """Give the number of the next text for a purpose."""
    last = ConsentText.objects.filter(purpose=purpose).order_by("-edition")
    return (last.values_list("edition", flat=True).first() or 0) + 1


def consents_of(party_id: int) -> list[dict[str, Any]]:
    """List the consents of a party, the newest first, the withdrawn ones too."""
    rows = Consent.objects.filter(party_id=party_id, deleted_at=None).order_by("-given_at", "-pk")
    return [{**row} for row in rows.values()]


def mail_refused_at(mac: bytes) -> dt.datetime | None:
    """Give since when an address gets no advertising by mail: it refused, and agreed to nothing since."""
    rows = Suppression.objects.filter(mac=mac, channel=Channel.EMAIL.value)
    since = rows.values_list("refused_at", flat=True).first()
    if since is None:
        return None
    later = Consent.objects.filter(party_id__in=contacted_at(mac), deleted_at=None, given_at__gt=since)
    return None if later.filter(channels__contains=[Channel.EMAIL.value]).exists() else since


def contacted_at(mac: bytes) -> list[int]:
    """Give the parties to whom advertising was sent at an address."""
    made = ContactMade.objects.filter(mac=mac).values_list("party_id", flat=True)
    return sorted({each for each in made.distinct() if each is not None})


def all_refused_mail(macs: Collection[bytes]) -> bool:
    """Tell whether every one of some addresses refused advertising by mail."""
    refused = Suppression.objects.filter(mac__in=list(macs), channel=Channel.EMAIL.value)
    return refused.values("mac").distinct().count() == len(set(macs))


def ties_of_standing() -> QuerySet[Consent, Any]:
    """Tie consents that were not withdrawn to their parties, for statements of others.

    Its columns are party_id, given_at and expires_on.
    """
    rows = Consent.objects.filter(state=ConsentState.GIVEN.value, deleted_at=None).order_by()
    return rows.values("party_id", "given_at", "expires_on")


def contacts_with(party_id: int) -> list[dict[str, Any]]:
    """List the latest advertising contacts with a party: when, by which channel, whose, what forbade it."""
    rows = ContactMade.objects.filter(party_id=party_id).order_by("-at", "-pk")
    held = list(rows.values("channel", "purpose", "at", "denied_by", "made_by_id")[:10])
    users = User.objects.filter(pk__in=[row["made_by_id"] for row in held if row["made_by_id"]])
    names = dict(users.values_list("pk", "full_name"))
    return [{**row, "by": names.get(row["made_by_id"] or 0, "")} for row in held]


def last_check() -> dt.datetime | None:
    """Give when the do-not-call list was checked last."""
    return ListCheck.objects.order_by("-checked_at").values_list("checked_at", flat=True).first()


def list_checks() -> list[ListCheck]:
    """List the latest checks of the do-not-call list, the last one first."""
    return list(ListCheck.objects.order_by("-checked_at")[:10])


def words_of(consent_id: int) -> dict[str, Any]:
    """Give the text under which a consent was given: its name, edition and words."""
    found = Consent.objects.filter(pk=consent_id)
    name, edition, words = found.values_list("text__name", "text__edition", "text__words").get()
    return {"name": name, "edition": edition, "words": words}


def own_rules() -> list[DatedRule]:
    """Give what the company added to the numbers of law."""
    columns = ("kind", "since", "first", "last", "most", "basis")
    rows = ContactRule.objects.filter(deleted_at=None).order_by("since", "pk").values_list(*columns)
    return [DatedRule(RuleKind(kind), *rest) for kind, *rest in rows]


@dataclass(frozen=True)
class Permission:
    """Whether one party may be contacted: by which rule, at which of its addresses.

    `address` is the one that was judged, `addresses` are all that may be used now. `again_at` is from when on
    a rule that passes by itself denies no more.
    """

    party_id: int
    channel: Channel
    purpose: Purpose
    ruling: Ruling
    address: str = ""
    addresses: tuple[str, ...] = ()

    @property
    def is_allowed(self) -> bool:
        return self.ruling.is_allowed

    @property
    def is_agreed(self) -> bool:
        """Whether it is allowed but for what passes by itself: hours, numbers, a list to be brought in."""
        return self.is_allowed or self.ruling.why in PASSING

    @property
    def rule(self) -> str:
        """The id of the rule."""
        return self.ruling.why.value

    @property
    def sentence(self) -> str:
        """What the rule says, in the reader's language."""
        return sentence_of(self.ruling)

    @property
    def source(self) -> str:
        """Where it stands in law."""
        return self.ruling.source

    @property
    def again_at(self) -> dt.datetime | None:
        return self.ruling.again_at


def contact_permission(
    party_id: int,
    channel: Channel,
    purpose: Purpose,
    at: dt.datetime | None = None,
    *,
    address: str = "",
    is_counted: bool = True,
) -> Permission:
    """Tell whether a party may be contacted by a channel for a purpose at a moment, or now.

    With an `address` (E.164, or e-mail) only that one is judged; what is not `is_counted` was taken already,
    and is asked about once more. Whoever calls this has judged what may be
    told to whom. A sender takes `actions.take_contact`, which asks the same and counts the contact.
    """
    only = {party_id: [address]} if address else None
    asks = [(channel, purpose)]
    found = permissions_of([party_id], asks, at, only=only, is_counted=is_counted)
    return found[party_id, channel, purpose]


def contact_permissions(
    party_ids: Collection[int], channel: Channel, purpose: Purpose, at: dt.datetime | None = None
) -> dict[int, Permission]:
    """Tell the same of many parties by as many queries as of one."""
    found = permissions_of(party_ids, [(channel, purpose)], at)
    return {party_id: each for (party_id, _channel, _purpose), each in found.items()}


def permissions_of(
    party_ids: Collection[int],
    asks: Sequence[tuple[Channel, Purpose]],
    at: dt.datetime | None = None,
    *,
    only: Mapping[int, Sequence[str]] | None = None,
    is_counted: bool = True,
) -> dict[tuple[int, Channel, Purpose], Permission]:
    """Tell of parties what may be done by several channels for several purposes, by eight queries in all."""
    moment = at or now()
    parties = {key: row for key, row in standings(party_ids).items() if row["deleted_at"] is None}
    places = {
        (party_id, channel): list(only[party_id]) if only else addresses_by(channel, parties[party_id])
        for party_id in parties
        for channel, _purpose in asks
    }
    by_letter = any(channel is Channel.POST for channel, _purpose in asks)
    letters = (
        {party_id: macs_of([Channel.POST], row)[Channel.POST] for party_id, row in parties.items()}
        if by_letter
        else {}
    )
    addresses = {one for held in places.values() for one in held}
    facts = _Facts.read(list(parties), addresses, moment, letters=letters)
    if not is_counted:
        facts.forget_contacts()
    found = {}
    for party_id in party_ids:
        for channel, purpose in asks:
            asked = Asked(channel, purpose, moment)
            held = places.get((party_id, channel), [])
            rulings = [(one, facts.ruling(party_id, one, asked)) for one in held]
            found[party_id, channel, purpose] = _permission(party_id, asked, rulings)
    return found


def _permission(party_id: int, asked: Asked, rulings: Sequence[tuple[str, Ruling]]) -> Permission:
    if not rulings:
        return Permission(party_id, asked.channel, asked.purpose, Ruling(Why.NO_ADDRESS, ""))
    ruling = rules.best([each for _address, each in rulings])
    address = next(one for one, each in rulings if each is ruling)
    open_ = tuple(one for one, each in rulings if each.is_allowed)
    return Permission(party_id, asked.channel, asked.purpose, ruling, address, open_)


@dataclass
class _Facts:
    """What is known of some parties and addresses, read once for all of them."""

    terms: Terms
    agreed: Mapping[tuple[int, str], Sequence[Agreed]]
    refused: Mapping[tuple[bytes, str], dt.datetime]
    listed: Collection[bytes]
    advertised: Mapping[tuple[bytes, str], Sequence[dt.datetime]]
    macs: Mapping[str, bytes]
    #: By party the digests by which it refuses letters.
    letters: Mapping[int, Sequence[bytes]]

    @classmethod
    def read(
        cls,
        party_ids: Collection[int],
        addresses: Iterable[str],
        at: dt.datetime,
        *,
        letters: Mapping[int, Sequence[bytes]],
    ) -> _Facts:
        macs = {each: mac_of(each) for each in addresses if each != POSTAL}
        held = list(set(macs.values()))
        refusing = {*held, *(each for hers in letters.values() for each in hers)}
        refused = Suppression.objects.filter(mac__in=list(refusing)).values_list(
            "mac", "channel", "refused_at"
        )
        listed = ListedNumber.objects.filter(mac__in=held).values_list("mac", flat=True)
        return cls(
            terms=Terms(own_rules(), last_check()),
            agreed=_agreed(party_ids, at),
            refused={(bytes(mac), channel): moment for mac, channel, moment in refused},
            listed={bytes(mac) for mac in listed},
            advertised=_advertised(held, at),
            macs=macs,
            letters=letters,
        )

    def forget_contacts(self) -> None:
        """Let no contact count that was made."""
        self.advertised = {}
        self.agreed = {key: [replace(each, used=()) for each in held] for key, held in self.agreed.items()}

    def ruling(self, party_id: int, address: str, asked: Asked) -> Ruling:
        mac = self.macs.get(address, b"")
        keys = self.letters.get(party_id, ()) if asked.channel is Channel.POST else (mac,)
        refused = [at for each in keys if (at := self.refused.get((each, asked.channel))) is not None]
        known = Known(
            refused_at=max(refused, default=None),
            is_listed=mac in self.listed,
            advertised_at=self.advertised.get((mac, asked.channel), ()),
        )
        return rules.decide(asked, known, self.agreed.get((party_id, asked.purpose), ()), self.terms)


def _agreed(party_ids: Collection[int], at: dt.datetime) -> dict[tuple[int, str], list[Agreed]]:
    rows = Consent.objects.filter(party_id__in=list(party_ids), deleted_at=None).order_by("pk")
    held = list(rows.values(*_AGREED, "most", "per"))
    used: dict[int, list[dt.datetime]] = defaultdict(list)
    made = ContactMade.objects.filter(
        consent_id__in=[row["id"] for row in held], at__gt=at - rules.LOOKS_BACK
    )
    for consent_id, moment in made.values_list("consent_id", "at"):
        used[consent_id].append(moment)
    found: dict[tuple[int, str], list[Agreed]] = defaultdict(list)
    for row in held:
        agreed = Agreed(
            id=row["id"],
            channels=frozenset(row["channels"]),
            withdrawn=frozenset(
                row["channels"] if row["state"] == ConsentState.WITHDRAWN else row["refused_channels"]
            ),
            given_at=row["given_at"],
            expires_on=row["expires_on"],
            most=row["most"],
            per=row["per"],
            used=used[row["id"]],
        )
        found[row["party_id"], row["purpose"]].append(agreed)
    return found


def _advertised(macs: Collection[bytes], at: dt.datetime) -> dict[tuple[bytes, str], list[dt.datetime]]:
    made = ContactMade.objects.filter(
        mac__in=list(macs), purpose=Purpose.MARKETING.value, at__gt=at - rules.DAY
    )
    found: dict[tuple[bytes, str], list[dt.datetime]] = defaultdict(list)
    for mac, channel, moment in made.values_list("mac", "channel", "at"):
        found[bytes(mac), channel].append(moment)
    return found
