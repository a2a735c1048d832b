"""Phone numbers: what is read, what is converted, what is refused, and how they are shown."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.kernel.phone_plan import AREAS, MOBILE_PREFIXES, NEW_AREA_CODES, NEW_MOBILE_PREFIXES
from duyen.kernel.phones import (
    Phone,
    PhoneEmpty,
    PhoneError,
    PhoneForeign,
    PhoneKind,
    PhoneLength,
    PhonePrefix,
    read_phone,
    show_phone,
    zalo_address,
)

mobiles = st.builds(
    str.__add__, st.sampled_from(sorted(MOBILE_PREFIXES)), st.from_regex(r"[0-9]{7}", fullmatch=True)
)


@pytest.mark.parametrize(
    "written",
    [
        "0912345678", " 0912 345 678 ", "0912.345.678", "0912-345-678", "0912.345-678", "84912345678",
        "+84912345678", "+84 912 345 678", "(+84) 912345678", "0084912345678", "912345678",
        "(+84) 0912 345 678", "+84 (0) 912 345 678", "ĐT: 0912345678", "Zalo 0912345678", "'0912345678",
        "912345678.0", "０９１２３４５６７８", "0912\u00a0345\u00a0678",
    ],
)  # fmt: skip
def test_reads_a_mobile_number_however_it_is_written(written: str) -> None:
    assert read_phone(written) == Phone("+84912345678", written.strip(), None, PhoneKind.MOBILE)


@pytest.mark.parametrize(
    ("written", "e164", "converted_from"),
    [
        ("01240.225-796", "+84840225796", "+841240225796"),
        ("(+84) 1683150808", "+84383150808", "+841683150808"),
        ("01206559692", "+84706559692", "+841206559692"),
        ("01991234567", "+84591234567", "+841991234567"),
        ("1223456789", "+84773456789", "+841223456789"),
        ("841223456789", "+84773456789", "+841223456789"),
    ],
)
def test_converts_a_mobile_number_from_before_2018(written: str, e164: str, converted_from: str) -> None:
    assert read_phone(written) == Phone(e164, written, converted_from, PhoneKind.MOBILE)


@pytest.mark.parametrize(
    ("written", "e164", "converted_from"),
    [
        ("02438 596 802", "+842438596802", None),
        ("+842036508406", "+842036508406", None),
        ("842253841234", "+842253841234", None),
        ("(0225) 384 1234", "+842253841234", None),
        ("04 3825 1234", "+842438251234", "+84438251234"),
        ("031 384 1234", "+842253841234", "+84313841234"),
        ("0313841234", "+842253841234", "+84313841234"),
        ("0240 3855 123", "+842043855123", "+842403855123"),
        ("0280 3855 123", "+842083855123", "+842803855123"),
        ("0511 3822 123", "+842363822123", "+845113822123"),
        ("0650 3822 123", "+842743822123", "+846503822123"),
        ("020 3822 123", "+842143822123", "+84203822123"),
        ("069 2348 560", "+84692348560", None),
        ("080 41 234", "+848041234", None),
    ],
)
def test_reads_a_landline_of_today_and_of_before_2017(
    written: str, e164: str, converted_from: str | None
) -> None:
    assert read_phone(written) == Phone(e164, written, converted_from, PhoneKind.LANDLINE)


def test_takes_digits_that_fit_both_plans_for_a_mobile_number_of_today() -> None:
    assert read_phone("08 3822 1234") == Phone("+84838221234", "08 3822 1234", None, PhoneKind.MOBILE)
    assert read_phone("033 382 1234").kind is PhoneKind.MOBILE


@pytest.mark.parametrize("written", ["055 123 4567", "0559999999", "0871234567", "0891234567", "0591234567"])
def test_does_not_refuse_a_young_network(written: str) -> None:
    assert read_phone(written).kind is PhoneKind.MOBILE


@pytest.mark.parametrize(("written", "e164"), [("1900 1234", "+8419001234"), ("1800545454", "+841800545454")])
def test_reads_a_service_number(written: str, e164: str) -> None:
    assert read_phone(written) == Phone(e164, written, None, PhoneKind.SERVICE)


@pytest.mark.parametrize(
    ("written", "e164", "shown"),
    [
        ("+1 650-253-0000", "+16502530000", "+1 650-253-0000"),
        ("0082 2 312 3456", "+8223123456", "+82 2-312-3456"),
        ("+81 3 1234 5678", "+81312345678", "+81 3-1234-5678"),
    ],
)
def test_reads_and_shows_a_number_from_abroad(written: str, e164: str, shown: str) -> None:
    assert read_phone(written) == Phone(e164, written, None, PhoneKind.FOREIGN)
    assert show_phone(e164) == shown


@pytest.mark.parametrize(
    ("written", "error"),
    [
        ("", PhoneEmpty), ("  ", PhoneEmpty), ("-", PhoneEmpty), ("+", PhoneEmpty), ("0", PhoneLength),
        ("không có", PhoneError), ("9.12E+08", PhoneError), ("0912345678 / Lan", PhoneError),
        ("091234567", PhoneLength), ("09123456789", PhoneLength), ("5656", PhoneLength), ("113", PhoneLength),
        ("0912345678 - 0987654321", PhoneLength), ("0412345678", PhonePrefix), ("0951234567", PhonePrefix),
        ("01101234567", PhonePrefix), ("02231234567", PhonePrefix), ("+1 23", PhoneForeign),
        ("+999 12345", PhoneForeign),
        ("+82", PhoneForeign), ("٠٩١٢٣٤٥٦٧٨", PhoneError),
    ],
)  # fmt: skip
def test_refuses_what_nobody_can_call(written: str, error: type[PhoneError]) -> None:
    with pytest.raises(PhoneError) as refusal:
        read_phone(written)

    assert type(refusal.value) is error


def test_says_in_the_refusal_what_was_written() -> None:
    with pytest.raises(PhoneLength) as refusal:
        read_phone("0912 345 67")

    assert refusal.value.code == "phone_length"
    assert str(refusal.value).startswith("“0912 345 67” has 9 digits")


@pytest.mark.parametrize(("entered", "digits"), [("12345", 5), ("012345", 6), ("+84 91234", 7)])
def test_counts_the_digits_that_were_written(entered: str, digits: int) -> None:
    with pytest.raises(PhoneLength) as refusal:
        read_phone(entered)

    assert f"has {digits} digits" in str(refusal.value)


def test_knows_every_province_of_2017_once() -> None:
    assert len(AREAS) == 63
    assert len(set(AREAS.values())) == 63
    assert len(NEW_AREA_CODES) == 59
    assert len(NEW_MOBILE_PREFIXES) == 21
    assert set(NEW_MOBILE_PREFIXES.values()) <= MOBILE_PREFIXES


@pytest.mark.parametrize(("old", "new"), sorted(NEW_AREA_CODES.items()))
def test_converts_each_old_area_code_unless_its_digits_are_a_mobile_number(old: str, new: str) -> None:
    subscriber = "38221234" if len(old) == 1 else "3822123"

    phone = read_phone(f"0{old}{subscriber}")

    is_mobile = len(old) < 3 and (old + subscriber)[:2] in MOBILE_PREFIXES
    assert phone.e164 == (f"+84{old}{subscriber}" if is_mobile else f"+84{new}{subscriber}")


@given(
    mobiles, st.sampled_from(["0", "84", "+84", "0084", "(+84) ", ""]), st.sampled_from(["", " ", ".", "-"])
)
def test_reads_the_same_number_in_every_dress(number: str, head: str, gap: str) -> None:
    written = head + gap.join((number[:3], number[3:6], number[6:]))

    assert read_phone(written).e164 == "+84" + number


@given(mobiles)
def test_reads_back_what_it_shows(number: str) -> None:
    shown = show_phone("+84" + number)

    assert len(shown) == 12
    assert read_phone(shown).e164 == "+84" + number


@given(st.text(alphabet="0123456789+-. ()84", max_size=16))
def test_gives_a_number_that_it_reads_again_or_refuses(written: str) -> None:
    try:
        phone = read_phone(written)
    except PhoneError:
        return

    again = read_phone(phone.e164)
    assert (again.e164, again.kind, again.converted_from) == (phone.e164, phone.kind, None)
    assert read_phone(show_phone(phone.e164)).e164 == phone.e164


@given(st.text(max_size=20))
def test_meets_any_other_text_with_a_number_or_its_own_refusal(written: str) -> None:
    with suppress(PhoneError):
        assert read_phone(written).e164.startswith("+")


@pytest.mark.parametrize(
    ("e164", "shown"),
    [
        ("+84912345678", "0912 345 678"),
        ("+842438251234", "024 3825 1234"),
        ("+842253841234", "0225 3841 234"),
        ("+8419001234", "1900 1234"),
        ("+841800545454", "1800 545454"),
        ("+84692348560", "0692 348 560"),
        ("+848041234", "0804 1234"),
        ("+", "+"),
    ],
)
def test_shows_groups_that_are_read_aloud(e164: str, shown: str) -> None:
    assert show_phone(e164) == shown


@pytest.mark.parametrize(
    ("e164", "address"),
    [
        ("+84912345678", "https://zalo.me/84912345678"),
        ("+842438251234", ""),
        ("+8419001234", ""),
        ("+82231234567", ""),
        ("", ""),
    ],
)
def test_only_mobile_numbers_have_an_address_in_zalo(e164: str, address: str) -> None:
    assert zalo_address(e164) == address


@pytest.mark.parametrize("text", ["0" * 5_000, "abc" * 2_000, "+82" + "9" * 5_000])
def test_a_refusal_repeats_the_beginning_of_what_is_long(text: str) -> None:
    with pytest.raises(PhoneError) as refused:
        read_phone(text)
    assert refused.value.params["entered"] == f"{text[:60]}…"
