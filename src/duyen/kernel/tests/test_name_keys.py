"""Keys of names, wards and streets: what they forgive, and what they keep apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.kernel.names.keys import firm_key, is_like, person_key, street_key, ward_key
from duyen.kernel.text import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nguyễn Thúy Hòa", "NGUYEN THUY HOA"),
        ("Nguyễn Thúy Hòa", "nguyễn thuý  hoà"),
        ("Lê Mỹ Duyên", "Lê Mĩ Duyên"),
        ("Đặng Hoàng Lộc", "Lộc Đặng Hoàng"),
        ("Đỗ Liên", "Ðỗ Liên"),
        ("Anh Nguyễn Văn An", "Nguyễn Văn An"),
        ("Mr. Phan Công Tân", "phan công tân"),
    ],
)
def test_a_persons_name_is_the_same_however_it_is_typed(one: str, other: str) -> None:
    assert person_key(one) == person_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nguyễn Văn An", "An Nguyễn"),
        ("Chu Văn An", "Văn An"),
        ("Nguyễn Như Thoa", "Nguyễn Như Hằng"),
        ("Nguyễn Văn An", "Nguyễn Văn An Anh"),
    ],
)
def test_another_name_stays_another(one: str, other: str) -> None:
    assert person_key(one) != person_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Công ty TNHH MTV Phú Quý", "CTY TNHH Một thành viên Phú Quý"),
        ("Công Ty TNHH SX TM DV Hoàng Long Group", "Hoàng Long Group Co., Ltd"),
        ("Công ty Cổ phần Sông Hồng Miền Bắc", "Sông Hồng Miền Bắc JSC"),
        ("HKD Ngô Huệ", "hộ kinh doanh ngô huệ"),
        ("CÔNG TY TNHH Long Thành VN", "Long Thành Việt Nam Company Limited"),
        ("Chi nhánh Hải Phòng - Công ty TNHH Phú Quý", "Phú Quý Co., Ltd - CN Hải Phòng"),
    ],
)
def test_a_company_is_the_same_without_its_form(one: str, other: str) -> None:
    assert firm_key(one) == firm_key(other)
    assert is_like(one, other, is_firm=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Công ty TNHH Phú Quý", "Công ty TNHH Phú Quý - Chi nhánh Hải Phòng"),
        ("Công ty TNHH Phú Quý - Chi nhánh Hải Phòng", "Công ty TNHH Phú Quý - Chi nhánh Hà Nội"),
        ("Công ty TNHH Phú Quý", "Công ty TNHH Phú Thịnh"),
    ],
)
def test_branches_and_namesakes_of_a_company_stay_apart(one: str, other: str) -> None:
    assert firm_key(one) != firm_key(other)
    assert not is_like(one, other, is_firm=True)


def test_a_name_of_nothing_but_common_words_keeps_them() -> None:
    assert firm_key("Công ty TNHH Thương mại Dịch vụ") != ""


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        (("P. 04", "Q. 3"), ("Phường 4", "Quận 3"), True),
        (("Phường 4", "Quận 3"), ("Phường 4", "Quận 5"), False),
        (("Phường Hồng Bàng", ""), ("hong bang", "TP. Hải Phòng"), True),
        (("Xã Tân Long", ""), ("Xã Tân Lập", ""), False),
    ],
)
def test_a_numbered_ward_is_one_with_its_district(
    one: tuple[str, str], other: tuple[str, str], is_one: bool
) -> None:
    assert (ward_key(*one) == ward_key(*other)) is is_one


def test_a_street_is_the_same_without_its_words() -> None:
    assert street_key("Số nhà 15 / 2 Đường Võ Văn Kiệt") == street_key("15/2 Vo Van Kiet")
    assert street_key("15/2 Vo Van Kiet") != street_key("15/3 Vo Van Kiet")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("PHAM VIET LLAM", "Phạm Viết Lâm", True),
        ("Ng. Mỹ Hằng", "Nguyễn Mỹ Hằng", True),
        ("Nguyễn Mai", "Nguyễn Khánh Mai", True),
        ("Nguyễn Như Thoa", "Nguyễn Như Hằng", False),
        ("Nguyễn Lan Linh", "Nguyễn Lan Bích", False),
        ("Trần Tấn Giang", "Lê Thị Bích", False),
    ],
)
def test_slips_of_the_pen_are_allowed_and_relatives_are_told_apart(
    one: str, other: str, expected: bool
) -> None:
    assert is_like(one, other) is expected
    assert is_like(other, one) is expected


_names = st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạ ĐÐ.-", max_size=30)


@given(_names, _names)
def test_likeness_goes_both_ways_and_holds_for_the_same_name(one: str, other: str) -> None:
    for is_firm in (False, True):
        assert is_like(one, one, is_firm=is_firm)
        assert is_like(one, other, is_firm=is_firm) == is_like(other, one, is_firm=is_firm)


@given(_names)
def test_folding_changes_no_key(name: str) -> None:
    assert person_key(fold(name)) == person_key(name)
    assert firm_key(fold(name)) == firm_key(name)
