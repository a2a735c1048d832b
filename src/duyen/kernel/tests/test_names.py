"""Names of persons and organisations, and their avatars."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.kernel.names import (
    Honorific,
    LegalForm,
    address,
    clean_name,
    given_name,
    hue,
    initials,
    organisation_initials,
    person_initials,
    read_organisation,
    read_person,
)
from duyen.kernel.tests.name_samples import ALL_NAMES

any_name = st.sampled_from(ALL_NAMES) | st.text(max_size=30)


class TestPerson:
    @pytest.mark.parametrize(
        ("written", "family", "middle", "given"),
        [
            ("Phạm Ngọc Hưng", "Phạm", "Ngọc", "Hưng"),
            ("nguyen van an", "nguyen", "van", "an"),
            ("Nguyễn Thị Ánh Nguyệt", "Nguyễn", "Thị Ánh", "Nguyệt"),
            ("Đỗ Ỷ", "Đỗ", "", "Ỷ"),
            ("Út", "", "", "Út"),
            ("", "", "", ""),
            ("Tôn Nữ Thị Ninh Hà", "Tôn Nữ", "Thị Ninh", "Hà"),
            ("Công Tằng Tôn Nữ Diệu Anh", "Công Tằng Tôn Nữ", "Diệu", "Anh"),
            ("Âu Dương Chấn", "Âu Dương", "", "Chấn"),
            ("Nguyễn Phước Bảo Long", "Nguyễn Phước", "Bảo", "Long"),
            ("Nguyễn Phước Thắng", "Nguyễn", "Phước", "Thắng"),
            ("Tôn Nữ", "Tôn", "", "Nữ"),
            ("H'Hen Niê", "Niê", "", "H'Hen"),
            ("H’Hen Niê Kđăm", "Niê Kđăm", "", "H’Hen"),
            ("Y Moan Êban", "Êban", "", "Y Moan"),
            ("Y Moan", "", "", "Y Moan"),
            ("Ksor H'Năng", "Ksor", "", "H'Năng"),
            ("Rơ Châm Hyưn", "Rơ Châm", "", "Hyưn"),
            ("Giàng Thị Mỷ", "Giàng", "Thị", "Mỷ"),
            ("John Smith", "Smith", "", "John"),
            ("Maria da Conceição", "Conceição", "da", "Maria"),
            ("Kim Min-jun", "Kim", "", "Min-jun"),
            ("Nguyen David Minh", "Nguyen", "David", "Minh"),
            ("Ng. Thanh Giang", "Ng.", "Thanh", "Giang"),
            ("LêVăn Lộc", "LêVăn", "", "Lộc"),
            ("Nugyen Duc Manh", "Nugyen", "Duc", "Manh"),
            ("Ðặng Văn Ðức", "Đặng", "Văn", "Đức"),
        ],
    )
    def test_takes_a_name_apart(self, written: str, family: str, middle: str, given: str) -> None:
        name = read_person(written)

        assert (name.family, name.middle, name.given) == (family, middle, given)

    @pytest.mark.parametrize(
        ("written", "full", "honorific"),
        [
            ("Anh Bùi Anh Phong", "Bùi Anh Phong", Honorific.ANH),
            ("bà Trần Thị Tư", "Trần Thị Tư", Honorific.BA),
            ("Ông Ông Văn Hùng", "Ông Văn Hùng", Honorific.ONG),
            ("C Phạm Phương", "Phạm Phương", Honorific.CHI),
            ("A. Lê Hải", "Lê Hải", Honorific.ANH),
            ("A Phủ", "A Phủ", None),
            ("Mr. Nguyễn Hải", "Nguyễn Hải", None),
            ("Ông Thị Ba", "Ông Thị Ba", None),
            ("Chị Chi", "Chị Chi", None),
        ],
    )
    def test_takes_an_honorific_off_a_whole_name_only(
        self, written: str, full: str, honorific: Honorific | None
    ) -> None:
        name = read_person(written)

        assert (name.full, name.honorific) == (full, honorific)

    @given(any_name)
    def test_loses_no_word(self, written: str) -> None:
        name = read_person(written)

        parts = sorted(f"{name.family} {name.middle} {name.given}".split())
        assert parts == sorted(name.full.split())
        assert bool(name.given) == bool(name.full)

    @pytest.mark.parametrize("name", ["Phạm Ngọc Hưng", "phạm ngọc hưng"])
    def test_is_addressed_by_the_given_name(self, name: str) -> None:
        given = name.split()[-1]

        assert given_name(name) == given
        assert address(name) == f"Anh/Chị {given}"
        assert address(name, Honorific.ANH) == f"anh {given}"

    def test_is_addressed_politely_without_a_name(self) -> None:
        assert address("") == "Quý khách"
        assert address("Bà Trần Thị Tư") == "bà Tư"


class TestCleanName:
    @pytest.mark.parametrize(
        ("written", "kept"),
        [
            (" Nguyễn  Duy Vũ ,", "Nguyễn Duy Vũ"),
            ("- Ðức", "Đức"),
            (unicodedata.normalize("NFD", "Ấn"), "Ấn"),
            ("Sunrise Co., Ltd.", "Sunrise Co., Ltd."),
            (" - ", ""),
        ],
    )
    def test_keeps_the_name_and_no_more(self, written: str, kept: str) -> None:
        assert clean_name(written) == kept

    @given(any_name)
    def test_changes_nothing_the_second_time(self, written: str) -> None:
        assert clean_name(clean_name(written)) == clean_name(written)


class TestOrganisation:
    @pytest.mark.parametrize(
        ("written", "form", "core"),
        [
            ("Công ty CP Thực phẩm Hòa Thuận Đông Á", LegalForm.JSC, "Thực phẩm Hòa Thuận Đông Á"),
            ("CÔNG TY CỔ PHẦN MAY MẶC NGỌC LINH", LegalForm.JSC, "MAY MẶC NGỌC LINH"),
            ("Cong ty co phan Tan A", LegalForm.JSC, "Tan A"),
            ("Công Ty TNHH MTV Bình Minh", LegalForm.LLC_SINGLE, "Bình Minh"),
            ("Cty TNHH 1TV Phú Quý Media", LegalForm.LLC_SINGLE, "Phú Quý Media"),
            ("Cong Ty TNHH Mot Thanh Vien Tan A", LegalForm.LLC_SINGLE, "Tan A"),
            ("Công ty Trách Nhiệm Hữu Hạn Minh Anh", LegalForm.LLC, "Minh Anh"),
            ("C.ty TNHH Phú Mỹ", LegalForm.LLC, "Phú Mỹ"),
            ("CT TNHH Thiên Ân 24h", LegalForm.LLC, "Thiên Ân 24h"),
            ("TNHH Thiên Ân", LegalForm.LLC, "Thiên Ân"),
            ("Công ty Luật TNHH Bạch Đằng", LegalForm.LLC, "Luật Bạch Đằng"),
            ("Công ty hợp danh Luật Sao Mai", LegalForm.PARTNERSHIP, "Luật Sao Mai"),
            ("Công ty Đông Hải", None, "Đông Hải"),
            ("DNTN Vàng Kim Ý", LegalForm.PRIVATE, "Vàng Kim Ý"),
            ("Doanh nghiep TN Cong Nghe Nam Long", LegalForm.PRIVATE, "Cong Nghe Nam Long"),
            ("HTX DV NN Ea Kao", LegalForm.COOPERATIVE, "DV NN Ea Kao"),
            ("ho kinh doanh ngo hue", LegalForm.HOUSEHOLD, "ngo hue"),
            ("HKD Đỗ Sơn", LegalForm.HOUSEHOLD, "Đỗ Sơn"),
            ("UBND phường Lê Chân Mới", LegalForm.STATE, "UBND phường Lê Chân Mới"),
            ("Chi nhánh Hà Nội - Nhật Minh Corp", LegalForm.BRANCH, "Nhật Minh"),
            ("Chi nhanh Can Tho - Cty TNHH Thiên Ân", LegalForm.BRANCH, "Thiên Ân"),
            ("Công ty CP Bình Minh – CN Ninh Thuận", LegalForm.BRANCH, "Bình Minh"),
            ("Chi nhánh Công ty CP Sao Biển tại Hải Phòng", LegalForm.BRANCH, "Sao Biển tại Hải Phòng"),
            ("Công ty TNHH SX - TM An Phát", LegalForm.LLC, "SX - TM An Phát"),
            ("Chi nhánh", LegalForm.BRANCH, "Chi nhánh"),
            ("CN Công ty TNHH Ánh Dương", LegalForm.BRANCH, "Ánh Dương"),
            ("CN Sài Gòn Xanh", None, "CN Sài Gòn Xanh"),
            ("VPĐD Công ty Đông Hải", LegalForm.BRANCH, "Đông Hải"),
            ("Tập đoàn Xây dựng Trường Thịnh", None, "Xây dựng Trường Thịnh"),
            ("Minh Khang Group Dược Phẩm Co., Ltd", LegalForm.LLC, "Minh Khang Group Dược Phẩm"),
            ("Sunrise Co.,LTD.", LegalForm.LLC, "Sunrise"),
            ("Hưng Thịnh Vận Tải One Member Co., Ltd", LegalForm.LLC_SINGLE, "Hưng Thịnh Vận Tải"),
            ("Nhật Minh Decor Joint Stock Company", LegalForm.JSC, "Nhật Minh Decor"),
            ("Green & Blue (VN) Ltd", LegalForm.LLC, "Green & Blue (VN)"),
            ("Siêu thị Đồng Xanh Mart", None, "Siêu thị Đồng Xanh Mart"),
            ("Công ty TNHH", LegalForm.LLC, "Công ty TNHH"),
            ("CT Group", None, "CT Group"),
            ("", None, ""),
        ],
    )
    def test_finds_form_and_core(self, written: str, form: LegalForm | None, core: str) -> None:
        name = read_organisation(written)

        assert (name.form, name.core) == (form, core)

    @given(any_name)
    def test_gives_a_core_for_every_name(self, written: str) -> None:
        name = read_organisation(written)

        assert bool(name.core) == bool(name.full)
        assert len(name.core) <= len(name.full)


class TestAvatar:
    @pytest.mark.parametrize(
        ("name", "letters"),
        [
            ("Phan Thu Trà", "TT"), ("Đình Việt", "ĐV"), ("Hưng", "H"), ("nguyễn thị ánh", "TA"),
            ("H'Hen Niê", "HN"),
            ("Anh Bùi Ưng", "BU"), ("", "?"), ("...", "?"), ("Lê Hoa - kế toán", "KT"),
        ],
    )  # fmt: skip
    def test_shows_the_last_two_words_of_a_person(self, name: str, letters: str) -> None:
        assert person_initials(name) == letters

    @pytest.mark.parametrize(
        ("name", "letters"),
        [
            ("Công ty CP Thực phẩm Hòa Thuận Đông Á", "HT"), ("Công ty TNHH Điện tử Yên Phong Vina", "YP"),
            ("CÔNG TY CỔ PHẦN MAY MẶC NGỌC LINH", "NL"), ("Công ty TNHH May mặc Phú Ấn", "PA"),
            ("Bệnh viện Đa khoa Quốc tế Hạ Long Xanh", "HL"), ("Tập đoàn Xây dựng Trường Thịnh", "TT"),
            ("Công ty CP Năng lượng Gió Ninh Thuận", "GN"), ("Hợp tác xã Nông sản Lâm Đồng", "LĐ"),
            ("Siêu thị Đồng Xanh Mart", "ĐX"), ("Công Ty TNHH Thương Mại Xuân Mai Home", "XM"),
            ("Công ty TNHH TM & DV Thiên Long", "TL"), ("Xây dựng", "XD"), ("24/7 Mart", "27"),
        ],
    )  # fmt: skip
    def test_shows_the_proper_name_of_an_organisation(self, name: str, letters: str) -> None:
        assert organisation_initials(name) == letters

    def test_tells_persons_from_organisations_where_nobody_says(self) -> None:
        assert initials("Phan Thu Trà") == "TT"
        assert initials("Công ty CP Thực phẩm Hòa Thuận Đông Á") == "HT"

    @given(any_name)
    def test_shows_one_or_two_capitals(self, name: str) -> None:
        for letters in (initials(name), person_initials(name), organisation_initials(name)):
            assert 1 <= len(letters) <= 2
            assert letters == letters.upper() or not letters.isascii()

    @given(any_name)
    def test_has_one_hue_whatever_the_spelling(self, name: str) -> None:
        assert hue(name) == hue(unicodedata.normalize("NFD", name)) == hue(f" {name} ")
        assert hue(name) in range(0, 360, 10)
