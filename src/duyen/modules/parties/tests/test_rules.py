"""What must hold for a party."""

from __future__ import annotations

import datetime as dt

import pytest

from duyen.modules.parties.rules import problems_of_a_party
from duyen.modules.parties.words import PartyKind

TODAY = dt.date(2026, 11, 23)


def _codes(**told: object) -> list[str]:
    given = {
        "kind": PartyKind.INDIVIDUAL,
        "born_on": None,
        "honorific": "",
        "is_personal_code": False,
        "today": TODAY,
    }
    return [each.code for each in problems_of_a_party(**{**given, **told})]  # type: ignore[arg-type]


def test_finds_nothing_wrong_with_a_plain_person() -> None:
    assert _codes(born_on=dt.date(1978, 12, 8), honorific="chị", is_personal_code=True) == []


@pytest.mark.parametrize("day", [TODAY + dt.timedelta(days=1), dt.date(1879, 12, 31)])
def test_refuses_a_birth_date_that_nobody_can_have(day: dt.date) -> None:
    assert _codes(born_on=day) == ["birth_date"]


def test_takes_a_child_born_today() -> None:
    assert _codes(born_on=TODAY) == []


@pytest.mark.parametrize("kind", [PartyKind.ORGANISATION, PartyKind.PUBLIC_BODY])
def test_refuses_a_personal_number_as_the_tax_code_of_an_organisation(kind: PartyKind) -> None:
    assert _codes(kind=kind, is_personal_code=True) == ["tax_code_of_a_person"]


def test_takes_a_personal_number_as_the_tax_code_of_a_household_business() -> None:
    assert _codes(kind=PartyKind.HOUSEHOLD_BUSINESS, is_personal_code=True) == []


def test_refuses_a_form_of_address_for_what_is_no_person() -> None:
    assert _codes(kind=PartyKind.HOUSEHOLD, honorific="anh") == ["honorific"]
