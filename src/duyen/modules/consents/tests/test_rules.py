"""Rules of consents, by themselves."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from duyen.modules.consents import rules
from duyen.modules.consents.rules import Agreed, Asked, DatedRule, Known, Terms
from duyen.modules.consents.words import Channel, LegalBasis, Purpose, RuleKind, Why


@given(st.dates(dt.date(2000, 1, 1), dt.date(2090, 1, 1)), st.integers(1, rules.LONGEST_VALID))
def test_a_consent_ends_on_the_same_day_so_many_months_later(day: dt.date, months: int) -> None:
    last = rules.last_day(day, months)

    assert (last.year * 12 + last.month) - (day.year * 12 + day.month) == months
    assert last.day == day.day or ((last + dt.timedelta(days=1)).day == 1 and last.day < day.day)


def test_every_purpose_rests_on_something_and_advertising_on_consent_alone() -> None:
    assert set(rules.BASES) == set(Purpose)
    assert rules.BASES[Purpose.MARKETING] is LegalBasis.CONSENT


_AT = st.integers(0, 6 * 366 * 24 * 60).map(
    lambda minutes: dt.datetime(2024, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
)
_CHANNELS = st.sampled_from([Channel.SMS, Channel.CALL])


def _agreed(at: dt.datetime, **values: object) -> Agreed:
    told: dict[str, Any] = {
        "id": 1,
        "channels": frozenset(Channel),
        "given_at": at - dt.timedelta(days=400),
        "expires_on": at.date() + dt.timedelta(days=2),
        **values,
    }
    return Agreed(**told)


@given(_AT, _CHANNELS)
def test_hours_are_those_of_vietnam_on_both_sides_of_midnight(at: dt.datetime, channel: Channel) -> None:
    found = rules.decide(Asked(channel, Purpose.MARKETING, at), Known(), [_agreed(at)], Terms(checked_at=at))

    hour = (at.hour + 7) % 24
    first, last = (7, 22) if channel is Channel.SMS else (8, 17)
    assert found.is_allowed == (first <= hour < last)
    if not found.is_allowed:
        assert found.why is Why.HOURS
        assert found.again_at is not None
        waits = found.again_at - at
        assert dt.timedelta() < waits <= dt.timedelta(hours=24)
        assert (found.again_at.hour + 7) % 24 == first
        assert found.again_at.minute == found.again_at.second == 0


@given(_AT, st.lists(st.integers(0, 3 * 24 * 60), max_size=12), st.integers(1, 4))
def test_never_more_than_the_number_within_any_day(at: dt.datetime, minutes: list[int], most: int) -> None:
    sent: list[dt.datetime] = []
    for each in sorted(minutes):
        moment = at + dt.timedelta(minutes=each)
        again = rules.full_until(sent, moment, most, rules.DAY)
        if again is None:
            sent.append(moment)
        else:
            assert moment < again <= moment + rules.DAY
            assert rules.full_until(sent, again, most, rules.DAY) is None

    for moment in sent:
        within = [one for one in sent if moment - rules.DAY < one <= moment]
        assert len(within) <= most


@given(_AT, st.sampled_from(list(Channel)), st.integers(-5, 5))
def test_a_refusal_outweighs_what_was_agreed_before_it(at: dt.datetime, channel: Channel, days: int) -> None:
    known = Known(refused_at=at - dt.timedelta(days=10 + days))
    agreed = _agreed(at, given_at=at - dt.timedelta(days=10))

    found = rules.decide(Asked(channel, Purpose.SURVEY, at), known, [agreed], Terms())

    assert found.is_allowed == (days > 0)


@given(_AT, st.sampled_from(list(Channel)), st.sampled_from([Purpose.SERVICE, Purpose.LEGAL]))
def test_what_needs_no_consent_depends_on_none(at: dt.datetime, channel: Channel, purpose: Purpose) -> None:
    known = Known(refused_at=at, is_listed=True, advertised_at=[at] * 9)
    assert rules.decide(Asked(channel, purpose, at), known, [], Terms()).is_allowed


@given(st.dates(dt.date(2015, 1, 1), dt.date(2035, 1, 1)))
def test_of_two_rules_from_one_day_the_companys_own_stands_above(day: dt.date) -> None:
    own = [
        DatedRule(RuleKind.CALL_CAP, dt.date(2020, 10, 1), None, None, 2, "a"),
        DatedRule(RuleKind.CALL_CAP, dt.date(2027, 1, 1), None, None, 5, "b"),
    ]

    found = rules.rule_on(RuleKind.CALL_CAP, day, own)

    expected = None if day < dt.date(2020, 10, 1) else "a" if day < dt.date(2027, 1, 1) else "b"
    assert (found.basis if found else None) == expected
