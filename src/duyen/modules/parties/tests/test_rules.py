"""What must hold for a party."""

from __future__ import annotations

import datetime as dt

import pytest

from duyen.modules.parties.rules import problems_of_a_party
from duyen.modules.parties.words import PartyKind

TODAY = dt.date(2026, 11, 23)
NUMBER = "031178000012"
SEALED = "•" * 12


def _codes(**told: object) -> list[str]:
    given = {
        "kind": PartyKind.INDIVIDUAL,
        "born_on": None,
        "honorific": "",
        "personal_code": "",
        "today": TODAY,
    }
    return [each.code for each in problems_of_a_party(**{**given, **told})]  # type: ignore[arg-type]


def test_finds_nothing_wrong_with_a_plain_person() -> None:
    assert _codes(born_on=dt.date(1978, 12, 8), honorific="chị", personal_code=NUMBER) == []


@pytest.mark.parametrize("day", [TODAY + dt.timedelta(days=1), dt.date(1879, 12, 31)])
def test_refuses_a_birth_date_that_nobody_can_have(day: dt.date) -> None:
    assert _codes(born_on=day) == ["birth_date"]


def test_takes_a_child_born_today() -> None:
    assert _codes(born_on=TODAY) == []


@pytest.mark.parametrize("kind", [PartyKind.ORGANISATION, PartyKind.PUBLIC_BODY])
def test_refuses_a_personal_number_as_the_tax_code_of_an_organisation(kind: PartyKind) -> None:
    assert _codes(kind=kind, personal_code=NUMBER) == ["tax_code_of_a_person"]


def test_takes_a_personal_number_as_the_tax_code_of_a_household_business() -> None:
    assert _codes(kind=PartyKind.HOUSEHOLD_BUSINESS, personal_code=NUMBER) == []


def test_refuses_a_form_of_address_for_what_is_no_person() -> None:
    assert _codes(kind=PartyKind.HOUSEHOLD, honorific="anh") == ["honorific"]


@pytest.mark.parametrize(
    ("number", "born_on"),
    [
        ("031179000012", dt.date(1978, 12, 8)),
        ("001378000012", dt.date(1978, 12, 8)),
        ("031078000012", dt.date(2078, 1, 1)),
    ],
)
def test_refuses_a_personal_number_of_another_year_than_the_birth_date(number: str, born_on: dt.date) -> None:
    assert "personal_id_birth" in _codes(born_on=born_on, personal_code=number)


@pytest.mark.parametrize(
    "told",
    [
        {"personal_code": NUMBER, "born_on": dt.date(1978, 1, 1)},
        {"personal_code": NUMBER, "born_on": None},
        {"personal_code": "031304000012", "born_on": dt.date(2004, 1, 1)},
        # A number that is kept sealed cannot be compared, and one of whoever runs a business need not fit it.
        {"personal_code": SEALED, "born_on": dt.date(1990, 1, 1)},
        {"personal_code": NUMBER, "born_on": dt.date(1990, 1, 1), "kind": PartyKind.HOUSEHOLD_BUSINESS},
    ],
)
def test_takes_a_personal_number_that_may_be_right(told: dict[str, object]) -> None:
    assert _codes(**told) == []
