"""The invented records: the same every time, in the ratios of the demo world, within the reserved blocks."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from duyen.demo.contacts import contacts
from duyen.demo.customers import MIX, customers
from duyen.demo.organisation import units, users
from duyen.demo.reserved import tax_codes
from duyen.foundation.org.words import RoleCode, UnitKind
from duyen.kernel.phones import read_phone
from duyen.kernel.tax_codes import read_tax_code

TODAY = dt.date(2026, 11, 30)


def test_invents_the_same_customers_every_time() -> None:
    assert customers(TODAY) == customers(TODAY)


def test_keeps_the_ratios_of_the_demo_world() -> None:
    made = customers(TODAY)

    assert Counter(each.group_kind for each in made) == dict(MIX)
    assert len(made) == 1200
    assert sum(1 for each in made if each.unit.startswith("QN1")) == 36


def test_moves_every_date_with_the_day_of_loading() -> None:
    later = TODAY + dt.timedelta(days=100)

    first, second = customers(TODAY), customers(later)

    for made, today in ((first, TODAY), (second, later)):
        newest = max(max(each.life.made_at, each.life.since) for each in made)
        assert dt.timedelta(0) < dt.datetime.combine(today, dt.time(), dt.UTC) - newest < dt.timedelta(days=3)
    assert all(each.values["known_since"] <= TODAY for each in first)


def test_uses_phones_and_tax_codes_of_the_reserved_blocks_alone() -> None:
    made = customers(TODAY)
    people = contacts(made)

    everybody = [each.values for each in made] + [each.values for each in people]
    phones = [phone for values in everybody for phone in values["phones"]]
    codes = [each.values["tax_code"] for each in made if each.values.get("tax_code")]
    mails = [mail for values in everybody for mail in values.get("emails", ())]

    assert {read_phone(phone).e164[:8] for phone in phones} == {"+8435900"}
    assert all(read_tax_code(code).value.startswith("0299900") for code in codes)
    assert len(set(codes)) == len(codes) == 130
    assert all(mail.endswith("@example.com") for mail in mails)
    assert len(set(mails)) == len(mails)


def test_computes_the_check_digits_of_the_block() -> None:
    assert tax_codes()[:3] == ["0299900004", "0299900011", "0299900029"]


def test_gives_contacts_other_phones_than_customers() -> None:
    made = customers(TODAY)
    of_customers = {read_phone(phone).e164 for each in made for phone in each.values["phones"]}
    of_contacts = {read_phone(phone).e164 for each in contacts(made) for phone in each.values["phones"]}

    assert not of_customers & of_contacts
    assert len(of_contacts) == sum(len(each.values["phones"]) for each in contacts(made))


def test_lets_a_few_people_be_entered_twice_by_their_old_phone() -> None:
    made = customers(TODAY)

    shared = Counter(read_phone(each.values["phones"][0]).e164 for each in made)

    assert sum(1 for count in shared.values() if count == 2) == 36


def test_has_a_place_for_everybody_and_somebody_in_every_role() -> None:
    known = {each.code: each for each in units()}

    assert Counter(each.kind for each in known.values())[UnitKind.STORE] == 24
    assert {each.role for each in users()} == set(RoleCode)
    assert all(each.unit in known for each in users())
    assert len({each.email for each in users()}) == len(users())
