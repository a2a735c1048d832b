"""Tax codes and personal numbers; the enterprise codes are from the demonstration block 0299900xxx."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from duyen.kernel.clock import stopped
from duyen.kernel.personal_ids import (
    PROVINCES,
    PersonalId,
    PersonalIdEmpty,
    PersonalIdError,
    PersonalIdKind,
    PersonalIdLength,
    PersonalIdProvince,
    PersonalIdYear,
    is_plausible,
    read_personal_id,
)
from duyen.kernel.tax_codes import (
    TaxCode,
    TaxCodeCheckDigit,
    TaxCodeEmpty,
    TaxCodeError,
    TaxCodeKind,
    TaxCodeLength,
    TaxCodePersonal,
    check_digit,
    read_tax_code,
)

nine_digits = st.from_regex(r"[0-9]{9}", fullmatch=True)


def issued(nine: str) -> str:
    digit = check_digit(nine)
    assume(digit is not None)
    return f"{nine}{digit}"


class TestEnterprise:
    @pytest.mark.parametrize("code", ["0299900004", "0299900011", "0299900029"])
    def test_takes_a_code_whose_check_digit_fits(self, code: str) -> None:
        assert read_tax_code(code) == TaxCode(code, TaxCodeKind.ENTERPRISE)

    @pytest.mark.parametrize(
        "written",
        [
            "MST: 0299900004", "0299 900 004", "Mã số thuế 0299900004", "0299900004 ", "02999.00004",
            "'0299900004", "MST0299900004",
        ],
    )  # fmt: skip
    def test_reads_the_code_out_of_its_dress(self, written: str) -> None:
        assert read_tax_code(written).value == "0299900004"

    @pytest.mark.parametrize(
        "written",
        ["0299900004-001", "0299900004001", "0299900004 - 001", "0299900004/001", "0299900004–001"],
    )
    def test_stores_a_dependent_unit_with_its_dash(self, written: str) -> None:
        assert read_tax_code(written) == TaxCode("0299900004-001", TaxCodeKind.DEPENDENT)

    @pytest.mark.parametrize(
        ("written", "code", "kind"),
        [
            ("299900004", "0299900004", TaxCodeKind.ENTERPRISE),
            ("299900004.0", "0299900004", TaxCodeKind.ENTERPRISE),
            ("299900004-001", "0299900004-001", TaxCodeKind.DEPENDENT),
            ("299900004001", "0299900004-001", TaxCodeKind.DEPENDENT),
        ],
    )
    def test_gives_back_the_0_that_a_spreadsheet_ate(
        self, written: str, code: str, kind: TaxCodeKind
    ) -> None:
        assert read_tax_code(written) == TaxCode(code, kind, is_restored=True)

    @given(nine_digits, st.integers(0, 9), st.integers(1, 9))
    def test_notices_any_one_wrong_digit(self, nine: str, place: int, change: int) -> None:
        code = issued(nine)
        wrong = code[:place] + str((int(code[place]) + change) % 10) + code[place + 1 :]

        with pytest.raises(TaxCodeCheckDigit):
            read_tax_code(wrong)

    @given(nine_digits, st.from_regex(r"[0-9]{3}", fullmatch=True))
    def test_reads_back_what_it_stores(self, nine: str, branch: str) -> None:
        enterprise, dependent = read_tax_code(issued(nine)), read_tax_code(issued(nine) + branch)

        assert read_tax_code(enterprise.value) == enterprise
        assert read_tax_code(dependent.value) == dependent

    def test_knows_the_sequence_that_is_never_issued(self) -> None:
        assert check_digit("000000000") is None
        with pytest.raises(TaxCodeCheckDigit):
            read_tax_code("0000000000")


class TestPerson:
    def test_takes_a_plausible_personal_number(self) -> None:
        assert read_tax_code("031 190 123 456") == TaxCode("031190123456", TaxCodeKind.PERSONAL)

    @given(st.text(alphabet="0123456789", max_size=14))
    def test_never_calls_an_implausible_number_a_person(self, digits: str) -> None:
        with suppress(TaxCodeError):
            code = read_tax_code(digits)
            assert (code.kind is TaxCodeKind.PERSONAL) == is_plausible(digits)


@pytest.mark.parametrize(
    ("written", "error"),
    [
        ("", TaxCodeEmpty), (" ", TaxCodeEmpty), ("MST:", TaxCodeEmpty), ("-", TaxCodeEmpty),
        ("chưa có", TaxCodeError),
        ("029990000X", TaxCodeError), ("0299900005", TaxCodeCheckDigit),
        ("0299900005-001", TaxCodeCheckDigit),
        ("0299900004-01", TaxCodeLength), ("299900005", TaxCodeLength), ("02999", TaxCodeLength),
        ("02999000040012", TaxCodeLength), ("999190123456", TaxCodePersonal),
        ("٠٢٩٩٩٠٠٠٠٤", TaxCodeError),
    ],
)  # fmt: skip
def test_refuses_what_the_tax_office_never_issued(written: str, error: type[TaxCodeError]) -> None:
    with pytest.raises(TaxCodeError) as refusal:
        read_tax_code(written)

    assert type(refusal.value) is error
    assert str(refusal.value)


class TestPersonalNumber:
    def test_tells_province_and_year_of_birth(self) -> None:
        number = read_personal_id("CCCD: 031 190 123 456")

        assert number == PersonalId("031190123456", PersonalIdKind.CITIZEN)
        assert (number.province, number.birth_year) == ("Hải Phòng", 1990)
        assert read_personal_id("030301000001").birth_year == 2001

    def test_keeps_an_old_number_as_what_it_is(self) -> None:
        number = read_personal_id("CMND 031123456")

        assert number == PersonalId("031123456", PersonalIdKind.LEGACY)
        assert (number.province, number.birth_year) == (None, None)

    def test_knows_the_63_provinces(self) -> None:
        assert len(PROVINCES) == len(set(PROVINCES.values())) == 63

    def test_takes_nobody_who_is_not_born_yet(self) -> None:
        with stopped(dt.datetime(2026, 12, 31, 18, tzinfo=dt.UTC)):
            assert read_personal_id("031227000001").birth_year == 2027
        with stopped(dt.datetime(2026, 12, 31, 16, tzinfo=dt.UTC)), pytest.raises(PersonalIdYear):
            read_personal_id("031227000001")

    @pytest.mark.parametrize(
        ("written", "error"),
        [
            ("", PersonalIdEmpty), ("CCCD", PersonalIdEmpty), ("03119012345X", PersonalIdError),
            ("31190123456", PersonalIdLength), ("0311901234567", PersonalIdLength),
            ("003190123456", PersonalIdProvince),
            ("031490123456", PersonalIdYear), ("031990123456", PersonalIdYear),
        ],
    )  # fmt: skip
    def test_refuses_what_no_card_can_say(self, written: str, error: type[PersonalIdError]) -> None:
        with pytest.raises(PersonalIdError) as refusal:
            read_personal_id(written)

        assert type(refusal.value) is error
        assert str(refusal.value)

    def test_repeats_no_digit_in_a_refusal(self) -> None:
        with pytest.raises(PersonalIdProvince) as refusal:
            read_personal_id("003190123456")

        assert "190" not in str(refusal.value)
