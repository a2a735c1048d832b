"""What must hold of a consent, and whether somebody may be contacted. Plain values in, plain values out.

Sources: Law 91/2025/QH15, articles 9, 19 and 28; Decree 91/2020/NĐ-CP, articles 7 and 13. Hours are those of
the clock in Vietnam, which keeps UTC+7 all year. Contacts are counted over the hours before a moment, not by
calendar days.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from duyen.kernel.clock import ZONE
from duyen.kernel.errors import FieldProblem
from duyen.kernel.words import mark
from duyen.modules.consents.words import ALLOWING, Channel, LegalBasis, Per, Purpose, RuleKind, Why

#: On what each purpose rests: what a contract or law needs no consent; advertising never rests on a contract.
BASES: Mapping[Purpose, LegalBasis] = {
    Purpose.SERVICE: LegalBasis.CONTRACT,
    Purpose.LEGAL: LegalBasis.LAW,
    Purpose.MARKETING: LegalBasis.CONSENT,
    Purpose.SURVEY: LegalBasis.CONSENT,
    Purpose.SHARING: LegalBasis.CONSENT,
}
#: In months; a consent without an end is one that nobody looks at again.
LONGEST_VALID = 60
MOST_CONTACTS = 100


def problems_of_text(values: Mapping[str, Any]) -> Iterator[FieldProblem]:
    """Find what is wrong with a text that asks for consent, by `purpose`, `most` and `per`."""
    if BASES[Purpose(values["purpose"])] is not LegalBasis.CONSENT:
        told = mark("This purpose needs no consent: nobody is asked for one that she cannot refuse.")
        yield FieldProblem("purpose", "no_consent", told)
    if bool(values["most"]) != bool(values["per"]):
        told = mark("Say how often and in which time, or leave both empty.")
        yield FieldProblem("per" if values["most"] else "most", "one_of_two", told)
    if values["purpose"] == Purpose.MARKETING and not values["most"]:
        told = mark("Whoever agrees to advertising has to know how often it comes. Say how often at most.")
        yield FieldProblem("most", "required", told)


def problems_of_consent(
    *, given_at: dt.datetime, at: dt.datetime, channels: set[str], offered: set[str]
) -> Iterator[FieldProblem]:
    """Find what is wrong with a consent under a text that offers channels."""
    if given_at > at:
        told = mark("A consent cannot be given in the future. Correct the time.")
        yield FieldProblem("given_at", "future", told)
    if channels - offered:
        told = mark("The text does not speak of all of these channels. Choose only those it names.")
        yield FieldProblem("channels", "not_in_text", told)


def problems_of_rule(values: Mapping[str, Any]) -> Iterator[FieldProblem]:
    """Find what is wrong with a rule of contact, by `kind`, `first`, `last` and `most`."""
    asks_hours = values["kind"] in _HOURS.values()
    for name in ("first", "last"):
        if asks_hours and values[name] is None:
            yield FieldProblem(name, "required", mark("Say from which hour until which this is allowed."))
    if asks_hours and None not in (values["first"], values["last"]) and values["first"] >= values["last"]:
        yield FieldProblem(
            "last", "order", mark("The last hour comes after the first. Correct one of the two.")
        )
    if not asks_hours and values["most"] is None:
        yield FieldProblem("most", "required", mark("Give the number that law says."))
    for name in ("most",) if asks_hours else ("first", "last"):
        if values[name] is not None:
            yield FieldProblem(name, "not_asked", mark("This rule has no such number. Leave it empty."))


def last_day(given_on: dt.date, months: int) -> dt.date:
    """Give the last day of a consent that was given on a day for so many months."""
    years, month = divmod(given_on.month - 1 + months, 12)
    year, month = given_on.year + years, month + 1
    return dt.date(year, month, min(given_on.day, calendar.monthrange(year, month)[1]))


# --- what contacts are counted over -----------------------------------------------------------------------

DAY = dt.timedelta(days=1)
#: The time over which the contacts of a consent are counted.
PERIODS: Mapping[Per, dt.timedelta] = {Per.DAY: DAY, Per.WEEK: 7 * DAY, Per.MONTH: 30 * DAY}
#: How far back contacts have to be known.
LOOKS_BACK = max(PERIODS.values())
#: Advertising to these is forbidden to numbers on the do-not-call list.
LISTED = frozenset({Channel.SMS, Channel.CALL})

_ARTICLE_7, _ARTICLE_13 = "Nghị định 91/2020/NĐ-CP, điều 7", "Nghị định 91/2020/NĐ-CP, điều 13"
_ADVERTISING = "Luật 91/2025/QH15, điều 28"
_AGREEING = "Luật 91/2025/QH15, điều 9"
_WITHOUT = "Luật 91/2025/QH15, điều 19"
#: Where each rule stands in law; of consents for advertising article 28 tells more.
SOURCES: Mapping[Why, str] = {
    Why.CONTRACT: _WITHOUT,
    Why.LAW: _WITHOUT,
    Why.CONSENT: _AGREEING,
    Why.NO_ADDRESS: "",
    Why.REFUSED: _ARTICLE_13,
    Why.ON_THE_LIST: _ARTICLE_7,
    Why.WITHDRAWN: _AGREEING,
    Why.EXPIRED: _AGREEING,
    Why.NO_CONSENT: _AGREEING,
    Why.LIST_UNCHECKED: _ARTICLE_7,
    Why.OWN_CAP: _ADVERTISING,
    Why.CAP: _ARTICLE_13,
    Why.HOURS: _ARTICLE_13,
}


# --- numbers that change by law --------------------------------------------------------------------------


@dataclass(frozen=True)
class DatedRule:
    """What holds from a day on: hours of the day from `first` until `last`, or a number `most`.

    `basis` is where it says so.
    """

    kind: RuleKind
    since: dt.date
    first: int | None
    last: int | None
    most: int | None
    basis: str


_IN_FORCE = dt.date(2020, 10, 1)
#: What the law says, in the order of the kinds.
LAW: tuple[DatedRule, ...] = (
    DatedRule(RuleKind.SMS_HOURS, _IN_FORCE, 7, 22, None, _ARTICLE_13),
    DatedRule(RuleKind.CALL_HOURS, _IN_FORCE, 8, 17, None, _ARTICLE_13),
    DatedRule(RuleKind.SMS_CAP, _IN_FORCE, None, None, 3, _ARTICLE_13),
    DatedRule(RuleKind.EMAIL_CAP, _IN_FORCE, None, None, 3, _ARTICLE_13),
    DatedRule(RuleKind.CALL_CAP, _IN_FORCE, None, None, 1, _ARTICLE_13),
    DatedRule(RuleKind.LIST_AGE, _IN_FORCE, None, None, 24, _ARTICLE_7),
)
_HOURS = {Channel.SMS: RuleKind.SMS_HOURS, Channel.CALL: RuleKind.CALL_HOURS}
_CAPS = {
    Channel.SMS: RuleKind.SMS_CAP,
    Channel.EMAIL: RuleKind.EMAIL_CAP,
    Channel.CALL: RuleKind.CALL_CAP,
}


def rule_on(kind: RuleKind, day: dt.date, own: Iterable[DatedRule] = ()) -> DatedRule | None:
    """Give the rule of a kind in force on a day; of two from one day the company's own stands above."""
    found = [each for each in (*LAW, *own) if each.kind == kind and each.since <= day]
    return max(found, key=lambda each: (each.since, each not in LAW)) if found else None


def is_within(at: dt.datetime, rule: DatedRule | None) -> bool:
    """Tell whether a moment lies within the hours of a rule: from the first on, before the last."""
    if rule is None or rule.first is None or rule.last is None:
        return True
    return rule.first <= at.astimezone(ZONE).hour < rule.last


def is_checked(checked_at: dt.datetime | None, at: dt.datetime, rule: DatedRule | None) -> bool:
    """Tell whether the do-not-call list was checked as lately as a rule asks, seen from a moment."""
    if rule is None or not rule.most:
        return True
    return checked_at is not None and at - checked_at <= dt.timedelta(hours=rule.most)


def opens_at(at: dt.datetime, rule: DatedRule) -> dt.datetime:
    """Give the moment from which the hours of a rule hold next, seen from a moment outside them."""
    here = at.astimezone(ZONE)
    first = here.replace(hour=rule.first or 0, minute=0, second=0, microsecond=0)
    return (first if here < first else first + DAY).astimezone(dt.UTC)


# --- one decision ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What is asked: may somebody be contacted by a channel for a purpose at a moment."""

    channel: Channel
    purpose: Purpose
    at: dt.datetime


@dataclass(frozen=True)
class Agreed:
    """One consent as it stands: `withdrawn` are channels that were, `used` the moments of contacts by it."""

    id: int
    channels: frozenset[str]
    given_at: dt.datetime
    expires_on: dt.date
    withdrawn: frozenset[str] = frozenset()
    most: int | None = None
    per: str = ""
    used: Sequence[dt.datetime] = ()


@dataclass(frozen=True)
class Known:
    """What is known of one address: when it refused, whether it is on the list, when it got advertising."""

    refused_at: dt.datetime | None = None
    is_listed: bool = False
    advertised_at: Sequence[dt.datetime] = ()


@dataclass(frozen=True)
class Terms:
    """The company's own rules, and when it checked the do-not-call list last."""

    own: Collection[DatedRule] = ()
    checked_at: dt.datetime | None = None


@dataclass(frozen=True)
class Ruling:
    """What came of a question: by which rule, on the ground of which consent, and from when on again.

    `facts` fill the places of the rule's sentence. `source` is where it stands in law.
    """

    why: Why
    source: str
    consent: int | None = None
    again_at: dt.datetime | None = None
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_allowed(self) -> bool:
        return self.why in ALLOWING


def decide(asked: Asked, known: Known, agreed: Collection[Agreed], terms: Terms) -> Ruling:
    """Decide about one address. `agreed` are the consents of the person for the purpose.

    A refusal outweighs every consent that was given before it. The first rule that denies is told: what
    lasts before what passes by itself.
    """
    basis = BASES[asked.purpose]
    if basis is not LegalBasis.CONSENT:
        return _ruled(Why.CONTRACT if basis is LegalBasis.CONTRACT else Why.LAW)
    is_advertising = asked.purpose is Purpose.MARKETING
    if is_advertising and asked.channel in LISTED and known.is_listed:
        return _ruled(Why.ON_THE_LIST)
    standing = [each for each in agreed if asked.channel in each.channels and each.given_at <= asked.at]
    valid = [each for each in standing if _holds(each, known, asked)]
    if not valid:
        return _without(standing, known, asked)
    if is_advertising:
        found = _by_law(asked, known, terms)
        if found is not None:
            return found
    return _by_frequency(asked, valid)


def _ruled(why: Why, source: str = "", **told: object) -> Ruling:
    return Ruling(why, source or SOURCES[why], facts=told)


def _holds(agreed: Agreed, known: Known, asked: Asked) -> bool:
    is_refused = known.refused_at is not None and known.refused_at >= agreed.given_at
    return not (is_refused or asked.channel in agreed.withdrawn or _is_over(agreed, asked.at))


def _is_over(agreed: Agreed, at: dt.datetime) -> bool:
    return at.astimezone(ZONE).date() > agreed.expires_on


def _without(standing: Sequence[Agreed], known: Known, asked: Asked) -> Ruling:
    """Say why no consent holds: refused, withdrawn, expired, or never given."""
    if known.refused_at is not None:
        return _ruled(Why.REFUSED, day=known.refused_at.astimezone(ZONE).date())
    if any(asked.channel in each.withdrawn for each in standing):
        return _ruled(Why.WITHDRAWN)
    if standing:
        return _ruled(Why.EXPIRED, day=max(each.expires_on for each in standing))
    return _ruled(Why.NO_CONSENT)


def _by_law(asked: Asked, known: Known, terms: Terms) -> Ruling | None:
    """Find what the law says against advertising at this moment: list, number, hours."""
    day = asked.at.astimezone(ZONE).date()
    if asked.channel in LISTED:
        age = rule_on(RuleKind.LIST_AGE, day, terms.own)
        if age is not None and not is_checked(terms.checked_at, asked.at, age):
            return _ruled(Why.LIST_UNCHECKED, age.basis, hours=age.most)
    cap = rule_on(_CAPS[asked.channel], day, terms.own) if asked.channel in _CAPS else None
    if cap is not None and cap.most is not None:
        again = full_until(known.advertised_at, asked.at, cap.most, DAY)
        if again is not None:
            return Ruling(Why.CAP, cap.basis, again_at=again, facts={"most": cap.most})
    hours_rule = rule_on(_HOURS[asked.channel], day, terms.own) if asked.channel in _HOURS else None
    if hours_rule is not None and not is_within(asked.at, hours_rule):
        told = {"first": hours_rule.first, "last": hours_rule.last}
        return Ruling(Why.HOURS, hours_rule.basis, again_at=opens_at(asked.at, hours_rule), facts=told)
    return None


def _by_frequency(asked: Asked, valid: Sequence[Agreed]) -> Ruling:
    """Allow on the ground of the newest consent whose own frequency leaves room."""
    full: list[Ruling] = []
    for each in sorted(valid, key=lambda one: (one.given_at, one.id), reverse=True):
        again = None
        if each.most is not None and each.per:
            again = full_until(each.used, asked.at, each.most, PERIODS[Per(each.per)])
        if again is None:
            return Ruling(Why.CONSENT, _source_of(asked.purpose), each.id)
        full.append(
            Ruling(Why.OWN_CAP, SOURCES[Why.OWN_CAP], each.id, again, {"most": each.most, "per": each.per})
        )
    return min(full, key=lambda one: one.again_at or asked.at)


def _source_of(purpose: Purpose) -> str:
    return _ADVERTISING if purpose is Purpose.MARKETING else _AGREEING


def full_until(
    moments: Iterable[dt.datetime], at: dt.datetime, most: int, over: dt.timedelta
) -> dt.datetime | None:
    """Give the moment from which one more fits, where `most` of the moments lie in the time before `at`.

    One that lies exactly that time back counts no more.
    """
    counted = sorted(each for each in moments if at - over < each <= at)
    return counted[-most] + over if len(counted) >= most else None


def best(rulings: Sequence[Ruling]) -> Ruling:
    """Give of the rulings about several addresses the first that allows, else the first of all."""
    return next((each for each in rulings if each.is_allowed), rulings[0])
