"""Addresses of today and of before 1/7/2025: what is read, what is left to somebody, what typing finds."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duyen.kernel.places import (
    PROVINCES,
    AddressStatus,
    Reason,
    Ward,
    find_places,
    read_address,
    ward_of,
    wards_of,
)
from duyen.kernel.places.tables import OldWard, tables
from duyen.kernel.places.typos import is_one_away
from duyen.kernel.text import fold

CERTAIN = (AddressStatus.AS_GIVEN, AddressStatus.CONVERTED)

#: Units by province, as Decision 19/2025/QĐ-TTg counts them.
COUNTS = {
    "01": 126, "04": 56, "08": 124, "11": 45, "12": 38, "14": 75, "15": 99, "19": 92, "20": 65, "22": 54,
    "24": 99, "25": 148, "31": 114, "33": 104, "37": 129, "38": 166, "40": 130, "42": 69, "44": 78, "46": 40,
    "48": 94, "51": 96, "52": 135, "56": 65, "66": 102, "68": 124, "75": 95, "79": 168, "80": 96, "82": 102,
    "86": 124, "91": 102, "92": 103, "96": 64,
}  # fmt: skip

old_wards = st.deferred(
    lambda: st.sampled_from([old for district in tables().districts for old in district.wards])
)


def test_every_province_has_as_many_wards_as_the_decision_says() -> None:
    assert {code: len(wards_of(code)) for code in PROVINCES} == COUNTS
    assert sum(COUNTS.values()) == 3321


def test_every_ward_keeps_the_code_of_one_of_its_parts() -> None:
    """But for the five special zones that had no wards before."""
    parts: dict[str, set[str]] = {}
    for district in tables().districts:
        for old in district.wards:
            for code in old.ward_codes:
                parts.setdefault(code, set()).add(old.code)
    strange = {ward.name for ward in tables().wards.values() if ward.code not in parts.get(ward.code, set())}
    assert strange == {
        *("Đặc khu Bạch Long Vĩ", "Đặc khu Cồn Cỏ", "Đặc khu Hoàng Sa", "Đặc khu Lý Sơn", "Đặc khu Côn Đảo")
    }


@pytest.mark.parametrize(
    ("ward", "district", "province", "now"),
    [
        ("Phường 5", "Quận 3", "Thành phố Hồ Chí Minh", "Phường Bàn Cờ, Hồ Chí Minh"),
        ("P.5", "Q.3", "TP.HCM", "Phường Bàn Cờ, Hồ Chí Minh"),
        ("P05", "Q3", "Sài Gòn", "Phường Bàn Cờ, Hồ Chí Minh"),
        ("Bến Nghé", "1", "sai gon", "Phường Sài Gòn, Hồ Chí Minh"),
        ("Thảo Điền", "Quận 2", "T.P Hồ Chí Minh", "Phường An Khánh, Hồ Chí Minh"),
        ("phuong vinh ninh", "Tp Huế", "Thừa Thiên Huế", "Phường Thuận Hóa, Huế"),
        ("P. Thắng Tam", "T.P Vũng Tàu", "Bà Rịa-Vũng Tàu", "Phường Vũng Tàu, Hồ Chí Minh"),
        ("Xã Hoà Nhơn", "H. Hoà Vang", "Đà Nẵng", "Xã Bà Nà, Đà Nẵng"),
        ("XA HOA NHON", "HUYEN HOA VANG", "TP DA NANG", "Xã Bà Nà, Đà Nẵng"),
        ("Xã Hòa Nhơn, Huyện Hòa Vang, Thành phố Đà Nẵng", "", "", "Xã Bà Nà, Đà Nẵng"),
        ("TT. Cát Bà", "Cát Hải", "HP", "Đặc khu Cát Hải, Hải Phòng"),
        ("", "Huyện đảo Bạch Long Vĩ".replace("đảo ", ""), "Hải Phòng", "Đặc khu Bạch Long Vĩ, Hải Phòng"),
        ("Thị trấn Hồ", "Thuận Thành", "Bắc Ninh", "Phường Thuận Thành, Bắc Ninh"),
        ("Thượng Lý (cũ)", "Hồng Bàng", "Hải Phong", "Phường Hồng Bàng, Hải Phòng"),
        ("Phường Long Thành", "", "Đồng Nai", "Xã Long Thành, Đồng Nai"),
    ],
)
def test_converts_an_old_address_however_it_is_written(
    ward: str, district: str, province: str, now: str
) -> None:
    read = read_address("12 Lê Lợi", ward, district, province)
    found = ward_of(read.ward_code)
    assert found is not None
    assert (found.label, read.province_code, read.line) == (now, found.province_code, "12 Lê Lợi")
    assert read.status is AddressStatus.CONVERTED
    assert read.candidates == ()


@pytest.mark.parametrize(
    ("ward", "district", "province"),
    [
        ("Phường Lê Chân", "", "Thành phố Hải Phòng"),
        ("Lê Chân", "", "hp"),
        ("P. Lê Chân", "quận Lê Chân (cũ)", "Hải Phòng"),
        ("lechan", "", "haiphong"),
    ],
)
def test_takes_a_ward_of_today_as_it_is(ward: str, district: str, province: str) -> None:
    read = read_address("", ward, district, province)
    assert (read.ward_code, read.province_code, read.status) == ("11383", "31", AddressStatus.AS_GIVEN)


def test_leaves_a_split_ward_to_somebody_and_keeps_what_was_entered() -> None:
    read = read_address(" 12  Lạch Tray ", "P. Lạch Tray", "Q. Ngô Quyền", "Hải Phòng")
    assert (read.status, read.reason, read.ward_code, read.province_code) == (
        AddressStatus.NEEDS_REVIEW,
        Reason.SPLIT,
        "",
        "31",
    )
    assert [_label(code) for code in read.candidates] == [
        "Phường Gia Viên, Hải Phòng",
        "Phường Lê Chân, Hải Phòng",
    ]
    assert (read.line, read.legacy.ward, read.legacy.district) == (
        "12 Lạch Tray",
        "P. Lạch Tray",
        "Q. Ngô Quyền",
    )


@pytest.mark.parametrize(
    ("ward", "district", "province", "reason", "among"),
    [
        # One reading is a ward of today, the other an old one that went elsewhere.
        ("Phường An Biên", "quận Lê Chân (cũ)", "Hải Phòng", Reason.SEVERAL, "Phường An Biên, Hải Phòng"),
        ("Phường Tứ Minh", "", "Hải Dương", Reason.SEVERAL, "Phường Tứ Minh, Hải Phòng"),
        # Without its marks this is Hoằng Phú and Hoằng Phụ.
        ("Xa Hoang Phu", "Huyen Hoang Hoa", "Thanh Hoa", Reason.SEVERAL, "Xã Hoằng Phú, Thanh Hóa"),
        ("Thượng Lí", "Lê Chân", "Hải Phòng", Reason.DISTRICT, "Phường Hồng Bàng, Hải Phòng"),
        ("Thượng Lýy", "Hồng Bàng", "Hải Phòng", Reason.TYPO, "Phường Hồng Bàng, Hải Phòng"),
        ("", "Hồng Bàng", "Hải Phòng", Reason.NO_WARD, "Phường Hồng Bàng, Hải Phòng"),
        ("Lê Chân", "", "", Reason.SEVERAL, "Phường Lê Chân, Hải Phòng"),
        ("Thượng Lý", "Hồng Bàng", "Hải Ngoại", Reason.PROVINCE, "Phường Hồng Bàng, Hải Phòng"),
    ],
)
def test_never_guesses(ward: str, district: str, province: str, reason: Reason, among: str) -> None:
    read = read_address("", ward, district, province)
    assert (read.status, read.ward_code, read.reason) == (AddressStatus.NEEDS_REVIEW, "", reason)
    assert among in [_label(code) for code in read.candidates]


@pytest.mark.parametrize(
    ("ward", "district", "province", "code", "reason"),
    [
        ("Phường Nọ", "Quận Ngô Quyền", "Hải Phòng", "31", Reason.WARD),
        ("Phường Nọ", "", "Atlantis", "", Reason.PROVINCE),
        ("", "Quận Kia", "Hải Phòng", "31", Reason.DISTRICT),
    ],
)
def test_says_what_it_does_not_know(
    ward: str, district: str, province: str, code: str, reason: Reason
) -> None:
    read = read_address("", ward, district, province)
    assert (read.status, read.province_code, read.reason) == (AddressStatus.UNKNOWN, code, reason)
    assert (read.legacy.ward, read.legacy.district, read.legacy.province) == (ward, district, province)


def test_a_province_alone_becomes_the_one_of_today() -> None:
    assert read_address("", "", "", "Hải Dương").province_code == "31"
    assert read_address("", "", "", "Hải Dương").status is AddressStatus.CONVERTED
    assert read_address("", "", "", "TP. Hải Phòng").status is AddressStatus.AS_GIVEN
    assert {read_address("", "", "", name).province_code for name in tables().old_provinces.values()} == set(
        PROVINCES
    )


@pytest.mark.parametrize(
    ("line", "house", "hamlet", "now"),
    [
        ("30 Nguyễn Huệ, Bến Nghé, Quận 1, TP HCM", "30 Nguyễn Huệ", "", "Phường Sài Gòn, Hồ Chí Minh"),
        ("30 Nguyen Hue P. Ben Nghe Q.1 TPHCM", "30 Nguyen Hue", "", "Phường Sài Gòn, Hồ Chí Minh"),
        ("Số 5, Tổ dân phố 3, P.Lê Chân, Hải Phòng, VN", "Số 5", "Tổ dân phố 3", "Phường Lê Chân, Hải Phòng"),
        ("Thôn Đông, Xã Hòa Nhơn, Huyện Hòa Vang, Đà Nẵng", "Thôn Đông", "", "Xã Bà Nà, Đà Nẵng"),
    ],
)  # fmt: skip
def test_takes_one_line_apart(line: str, house: str, hamlet: str, now: str) -> None:
    read = read_address(line)
    assert (read.line, read.hamlet, _label(read.ward_code)) == (house, hamlet, now)


@pytest.mark.parametrize(
    "line", ["12 Lê Lợi", "Chợ Hải Phòng", "", "  ", "Kho 3, dãy B", ",,,", "Quận Ngô Quyền"]
)
def test_a_line_that_names_no_place_stays_a_line(line: str) -> None:
    read = read_address(line)
    assert (read.line, read.ward_code, read.status) == (" ".join(line.split()), "", AddressStatus.AS_GIVEN)


@settings(deadline=None)
@given(old_wards)
def test_every_old_ward_leads_where_the_table_says(old: OldWard) -> None:
    read = read_address("", old.name, old.district.name, old.district.province)
    assert set(old.ward_codes) == set(read.candidates or (read.ward_code,))
    assert (read.status is AddressStatus.CONVERTED) is (len(old.ward_codes) == 1)


@settings(deadline=None)
@given(old_wards)
def test_without_marks_an_old_ward_still_leads_there(old: OldWard) -> None:
    read = read_address("", fold(old.name), fold(old.district.name), fold(old.district.province))
    assert set(old.ward_codes) <= set(read.candidates or (read.ward_code,))


@settings(deadline=None)
@given(st.deferred(lambda: st.sampled_from(sorted(tables().wards.values(), key=lambda ward: ward.code))))
def test_every_ward_of_today_is_itself(ward: Ward) -> None:
    read = read_address("", ward.name, "", ward.province)
    assert (read.ward_code, read.status) == (ward.code, AddressStatus.AS_GIVEN)


@settings(deadline=None)
@given(*[st.text(max_size=40)] * 4)
def test_reads_anything_and_loses_nothing(street: str, ward: str, district: str, province: str) -> None:
    read = read_address(street, ward, district, province)
    assert read.status in AddressStatus
    assert (read.status in CERTAIN) is (not read.candidates and not read.reason)
    again = read_address(read.line, read.legacy.ward, read.legacy.district, read.legacy.province)
    assert (again.ward_code, again.status) == (read.ward_code, read.status) or not read.legacy.province


def test_nearly_a_twentieth_of_the_old_wards_was_split() -> None:
    shares = Counter(len(old.ward_codes) for each in tables().districts for old in each.wards)
    assert (shares[1], sum(shares.values()) - shares[1]) == (9564, 471)


def _label(code: str) -> str:
    found = ward_of(code)
    return found.label if found else ""


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("le chan", "Phường Lê Chân, Hải Phòng"),
        ("lechan hp", "Phường Lê Chân, Hải Phòng"),
        ("hai phong le chan", "Phường Lê Chân, Hải Phòng"),
        ("P. Lê Chân, Hải Phòng", "Phường Lê Chân, Hải Phòng"),
        ("Quận Ngô Quyền, Lạch Tray", "Phường Gia Viên, Hải Phòng"),
        ("lach tray", "Phường Gia Viên, Hải Phòng"),
        ("p1 q3", "Phường Bàn Cờ, Hồ Chí Minh"),
        ("xa phien", "Xã Xà Phiên, Cần Thơ"),
        ("hoa nhon da nang", "Xã Bà Nà, Đà Nẵng"),
    ],
)
def test_finds_a_ward_from_a_few_letters(typed: str, first: str) -> None:
    assert find_places(typed)[0].ward.label == first


def test_offers_each_part_of_a_split_ward_with_its_old_name() -> None:
    found = find_places("lach tray ngo quyen")
    assert [each.ward.name for each in found] == ["Phường Gia Viên", "Phường Lê Chân"]
    assert {each.before for each in found} == {"Phường Lạch Tray, Quận Ngô Quyền"}
    assert find_places("le chan")[0].before == ""


@pytest.mark.parametrize("typed", ["", " ", "x", "zzzz", "'", "|", "%_"])
def test_finds_nothing_where_there_is_nothing(typed: str) -> None:
    assert find_places(typed) == []


@settings(deadline=None)
@given(st.deferred(lambda: st.sampled_from(sorted(tables().wards.values(), key=lambda ward: ward.code))))
def test_finds_every_ward_by_its_whole_label(ward: Ward) -> None:
    found = [each.ward.code for each in find_places(fold(ward.label))]
    assert ward.code in found


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [("lac", "lach", True), ("lach", "lahc", True), ("lach", "loch", True), ("lach", "lach", False),
     ("a", "xyz", False)],
)  # fmt: skip
def test_knows_a_difference_of_one_letter(one: str, other: str, is_one: bool) -> None:
    assert is_one_away(one, other) is is_one
    assert is_one_away(other, one) is is_one


def test_the_tables_come_with_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tables.cache_clear()
    assert len(tables().wards) == 3321


def test_the_tables_name_their_sources() -> None:
    data = Path(__file__).parents[1] / "data"
    told = (data / "README.md").read_text(encoding="utf-8")
    for file in data.glob("*.gz"):
        rows = gzip.decompress(file.read_bytes()).decode("utf-8").count("\n") - 1
        assert f"| `{file.name}` | {rows:,} |" in told
