"""Where the demo company works: eight areas of Hải Phòng with their wards, and a smaller branch beside.

Wards as of 1/7/2025 with their codes; `district` is the district until then, which 9 % of records still name.
"""

from __future__ import annotations

from dataclasses import dataclass

HAI_PHONG = ("31", "Thành phố Hải Phòng")
QUANG_NINH = ("22", "Tỉnh Quảng Ninh")


@dataclass(frozen=True)
class Ward:
    """One ward or commune."""

    code: str
    name: str


@dataclass(frozen=True)
class Area:
    """One area: its stores, how many customers in a thousand live there, and its wards."""

    code: str
    name: str
    stores: tuple[str, ...]
    weight: int
    district: str
    wards: tuple[Ward, ...]
    province: tuple[str, str] = HAI_PHONG


def _wards(text: str) -> tuple[Ward, ...]:
    parts = (part.strip().rpartition(" ") for part in text.split(","))
    return tuple(Ward(code, name) for name, _space, code in parts)


AREAS = (
    Area(
        "KV1", "Khu vực 1 Hồng Bàng – An Dương", ("Hồng Bàng", "An Dương", "Sở Dầu"), 174, "Quận Hồng Bàng",
        _wards("Phường Hồng Bàng 11311, Phường Hồng An 11602, Phường An Dương 11581, Phường An Hải 11617,"
               " Phường An Phong 11593"),
    ),
    Area(
        "KV2", "Khu vực 2 Ngô Quyền – Hải An", ("Ngô Quyền", "Hải An", "Gia Viên"), 180, "Quận Ngô Quyền",
        _wards("Phường Ngô Quyền 11329, Phường Gia Viên 11359, Phường Hải An 11413, Phường Đông Hải 11411"),
    ),
    Area(
        "KV3", "Khu vực 3 Lê Chân – Kiến An", ("Lê Chân", "Kiến An", "An Biên"), 204, "Quận Lê Chân",
        _wards("Phường Lê Chân 11383, Phường An Biên 11407, Phường Kiến An 11443, Phường Phù Liễn 11446"),
    ),
    Area(
        "KV4", "Khu vực 4 Thủy Nguyên", ("Thủy Nguyên", "Thiên Hương", "Lưu Kiếm"), 132, "Huyện Thủy Nguyên",
        _wards("Phường Thủy Nguyên 11560, Phường Thiên Hương 11557, Phường Hòa Bình 11533,"
               " Phường Nam Triệu 11542, Phường Bạch Đằng 11473, Phường Lưu Kiếm 11488, "
               "Phường Lê Ích Mộc 11506, Xã Việt Khê 11503"),
    ),
    Area(
        "KV5", "Khu vực 5 Dương Kinh – Đồ Sơn – Cát Hải", ("Đồ Sơn", "Kiến Thụy"), 108, "Quận Dương Kinh",
        _wards("Phường Dương Kinh 11692, Phường Hưng Đạo 11689, Phường Đồ Sơn 11455, Phường Nam Đồ Sơn 11737,"
               " Xã Kiến Thụy 11680, Đặc khu Cát Hải 11914"),
    ),
    Area(
        "KV6", "Khu vực 6 An Lão – Tiên Lãng – Vĩnh Bảo", ("An Lão", "Vĩnh Bảo"), 96, "Huyện An Lão",
        _wards("Xã An Lão 11629, Xã Tiên Lãng 11755, Xã Vĩnh Bảo 11824"),
    ),
    Area(
        "KV7", "Khu vực 7 Hải Dương", ("Hải Dương", "Lê Thanh Nghị", "Tứ Minh"), 174, "Thành phố Hải Dương",
        _wards("Phường Hải Dương 10525, Phường Lê Thanh Nghị 10532, Phường Thành Đông 10507,"
               " Phường Tứ Minh 10891, Phường Tân Hưng 10537, Phường Ái Quốc 10660"),
    ),
    Area(
        "KV8", "Khu vực 8 Chí Linh – Kinh Môn", ("Chí Linh", "Kinh Môn", "Gia Lộc"), 132,
        "Thành phố Chí Linh",
        _wards("Phường Chu Văn An 10549, Phường Chí Linh 10546, Phường Kinh Môn 10675, Xã Nam Sách 10606,"
               " Xã Cẩm Giang 10888, Xã Kẻ Sặt 10945, Xã Gia Lộc 10999, Xã Thanh Miện 11239"),
    ),
)  # fmt: skip

#: The other branch, so that somebody stands outside of the first one's records.
OTHER_BRANCH_AREA = Area(
    "QN1", "Khu vực Hạ Long", ("Bãi Cháy", "Hồng Gai"), 36, "Thành phố Hạ Long",
    _wards("Phường Bãi Cháy 06673, Phường Hồng Gai 06685, Phường Hà Lầm 06676"), QUANG_NINH,
)  # fmt: skip
