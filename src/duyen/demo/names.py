"""Invented names of people, businesses and public bodies, with the frequencies of the delta's north.

Family names follow the shares that the demo world sets for Hải Phòng; the rest is plausible invention.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


def _listed(text: str) -> list[str]:
    """Split a list written in one text: by | where its items hold spaces."""
    return text.split("|" if "|" in text else " ")


FAMILY_NAMES = {
    "Nguyễn": 32, "Trần": 10, "Phạm": 9, "Lê": 8, "Vũ": 6, "Võ": 1, "Đỗ": 5, "Bùi": 5, "Hoàng": 4, "Đặng": 3,
    "Đào": 3, "Ngô": 2, "Lương": 2, "Đoàn": 2, "Mạc": 1, "Đinh": 1, "Phan": 1, "Trịnh": 1, "Dương": 1,
    "Cao": 1, "Lưu": 1, "Tô": 1,
}  # fmt: skip
MIDDLE_OF_MEN = _listed(
    "Văn Đức Minh Quang Hữu Xuân Mạnh Tiến Công Đình Ngọc Quốc Thành Trọng Việt Anh Bá Duy"
)
GIVEN_OF_MEN = _listed(
    "Hùng Dũng Tuấn Nam Hải Sơn Long Thắng Cường Hưng Đức Minh Quân Bình Hiếu Trung Kiên Tùng Thành Phong"
    " Khánh Đạt Huy Lâm Toàn Vinh Phúc Khôi Bách Tâm Nghĩa An Hoàng Quý Thịnh Trường Vượng Ước Ấn"
)
MIDDLE_OF_WOMEN = _listed("Thị Thu Thanh Ngọc Minh Hồng Kim Bích Phương Khánh Mai Diệu Thùy Hoài Quỳnh Mỹ")
GIVEN_OF_WOMEN = _listed(
    "Hương Lan Hà Hằng Hạnh Nga Yến Thảo Trang Linh Mai Ngân Phương Thủy Hoa Huyền Dung Loan Nhung Oanh Quyên"
    " Tuyết Vân Xuân Anh Châu Giang Hiền Liên Ngọc Nhi Tâm Thu Trâm Uyên Vy Ánh Đào Diệp"
)

_COMPANY_TRADES = (
    ("Thương mại", "TRADE"), ("Xuất nhập khẩu", "TRADE"), ("Vật liệu xây dựng", "TRADE"),
    ("Xây dựng", "CONSTRUCTION"), ("Đầu tư xây dựng", "CONSTRUCTION"), ("Cơ khí", "MANUFACTURING"),
    ("Bao bì", "MANUFACTURING"), ("May mặc", "MANUFACTURING"), ("Nhựa", "MANUFACTURING"),
    ("Vận tải", "TRANSPORT"), ("Vận tải biển", "TRANSPORT"), ("Kho vận", "TRANSPORT"),
    ("Thủy sản", "AGRICULTURE"), ("Nông sản", "AGRICULTURE"), ("Du lịch", "HOSPITALITY"),
    ("Khách sạn", "HOSPITALITY"), ("Công nghệ", "INFORMATION"), ("Truyền thông", "INFORMATION"),
    ("Tư vấn", "PROFESSIONAL"), ("Kế toán", "PROFESSIONAL"), ("Bất động sản", "REAL_ESTATE"),
    ("Bảo vệ", "SUPPORT"), ("Thiết bị y tế", "HEALTH"), ("Giáo dục", "EDUCATION"), ("Môi trường", "WATER"),
    ("Điện lạnh", "ENERGY"),
)  # fmt: skip
_BRANDS = _listed(
    "Ánh Dương|An Bình|An Phát|Bạch Long|Bảo Tín|Biển Xanh|Bình Minh|Cát Tường|Cửa Biển|Đại Dương|Đại Phát|"
    "Đăng Khoa|Đông Á|Đông Hải|Đồng Tâm|Đức Thịnh|Gia Bảo|Gia Hưng|Hải Âu|Hải Đăng|Hải Long|Hoa Phượng|"
    "Hoàng Gia|Hoàng Hà|Hồng Phát|Hưng Thịnh|Khánh An|Kim Ngân|Lạch Tray|Long Vân|Mai Linh Chi|Minh Châu|"
    "Minh Đức|Minh Khang|Nam Phong|Nam Triệu|Ngọc Hải|Nhật Minh|Phú Cường|Phú Quý|Phúc Lộc|Phương Nam|"
    "Quang Minh|Quốc Bảo|Sao Mai|Sao Đỏ|Sông Cấm|Tân Tiến|Tân Việt|Thái Bình Dương|Thành Công|Thành Đạt|"
    "Thăng Long Biển|Thiên Ân|Thiên Phú|Thịnh Vượng|Tiến Phát|Toàn Cầu|Trường Sơn|Trường Thịnh|Tuấn Tú|"
    "Việt Hàn|Việt Hưng|Vĩnh Phát|Xuân Trường|Yên Bình"
)
_FORMS = (
    ("Công ty TNHH", "LLC", 46), ("Công ty CP", "JSC", 30), ("Công ty TNHH MTV", "LLC_SINGLE", 16),
    ("Doanh nghiệp tư nhân", "PRIVATE", 4), ("Hợp tác xã", "COOPERATIVE", 4),
)  # fmt: skip
_SHOPS = (
    ("Tạp hóa", "TRADE"), ("Cửa hàng điện thoại", "TRADE"), ("Nhà thuốc", "TRADE"), ("Đại lý sơn", "TRADE"),
    ("Quán cà phê", "HOSPITALITY"), ("Nhà hàng", "HOSPITALITY"), ("Nhà nghỉ", "HOSPITALITY"),
    ("Bún bể cá", "HOSPITALITY"), ("Sửa xe", "TRADE"), ("Cơ khí", "MANUFACTURING"),
    ("May đo", "MANUFACTURING"), ("Phòng khám nha khoa", "HEALTH"), ("Tiệm tóc", "OTHER"),
    ("Game Internet", "ARTS"),
    ("Photocopy", "SUPPORT"), ("Vận tải", "TRANSPORT"), ("Hải sản", "AGRICULTURE"),
)  # fmt: skip
_PUBLIC = (
    ("UBND {place}", "PUBLIC"), ("Trường Tiểu học {place}", "EDUCATION"),
    ("Trường THCS {place}", "EDUCATION"), ("Trường THPT {place}", "EDUCATION"),
    ("Trạm Y tế {place}", "HEALTH"),
    ("Trung tâm Y tế {place}", "HEALTH"),
    ("Trường Mầm non {place}", "EDUCATION"), ("Ban quản lý chợ {place}", "PUBLIC"),
)  # fmt: skip
_LARGE = (
    ("Công ty CP Khu công nghiệp Sao Đỏ", "REAL_ESTATE", "JSC"),
    ("Công ty TNHH Điện tử Hanbit Việt Nam", "MANUFACTURING", "FOREIGN"),
    ("Công ty TNHH Lốp xe Kansai Hải Phòng", "MANUFACTURING", "FOREIGN"),
    ("Công ty CP Cảng Nam Triệu", "TRANSPORT", "JSC"),
    ("Công ty CP Xi măng Bạch Đằng Giang", "MANUFACTURING", "JSC"),
    ("Tập đoàn Xây dựng Hoa Phượng", "CONSTRUCTION", "JSC"),
    ("Công ty TNHH Dây dẫn Fujiyama", "MANUFACTURING", "FOREIGN"),
    ("Công ty CP Thép Đình Vũ Mới", "MANUFACTURING", "JSC"),
    ("Công ty CP Du lịch Vịnh Lan Hạ Xanh", "HOSPITALITY", "JSC"),
    ("Công ty CP Giày Thiên Hương", "MANUFACTURING", "JSC"),
)
STREETS = _listed(
    "Lạch Tray|Trần Phú|Lê Lợi|Điện Biên Phủ|Tô Hiệu|Nguyễn Đức Cảnh|Hai Bà Trưng|Trần Nguyên Hãn|"
    "Lê Hồng Phong|Văn Cao|Đà Nẵng|Cầu Đất|Hùng Vương|Nguyễn Văn Linh|Trường Chinh|"
    "Phan Đăng Lưu|Hoàng Văn Thụ|Máng Nước|"
    "Bạch Đằng|Quang Trung|Nguyễn Lương Bằng|Thanh Niên|Ngô Gia Tự|Chợ Hàng|Miếu Hai Xã"
)


@dataclass(frozen=True)
class Business:
    """An invented organisation: its name, its industry and its legal form as codes."""

    name: str
    industry: str
    legal_form: str


def person_name(random: Random, *, is_woman: bool) -> str:
    """Make one full name; every fourth person carries two middle names or none."""
    family = random.choices(list(FAMILY_NAMES), list(FAMILY_NAMES.values()))[0]
    middles, givens = (MIDDLE_OF_WOMEN, GIVEN_OF_WOMEN) if is_woman else (MIDDLE_OF_MEN, GIVEN_OF_MEN)
    given = random.choice(givens)
    middle = random.choice([word for word in middles if word != given])
    if random.random() < 0.18:
        second = random.choice([word for word in middles if word not in (middle, given, "Thị", "Văn")])
        middle = f"{middle} {second}"
    return f"{family} {middle} {given}"


def company(random: Random, number: int) -> Business:
    """Make the small or medium company of one number; 60 numbers in a row share no brand."""
    brand = _BRANDS[number * 7 % len(_BRANDS)]
    trade, industry = random.choice(_COMPANY_TRADES)
    form, legal_form, _share = random.choices(_FORMS, [share for *_rest, share in _FORMS])[0]
    tail = random.choice(
        ("", "", "", " Hải Phòng", " Miền Bắc", " Việt Nam", " " + str(random.choice((2, 3, 68, 88))))
    )
    return Business(f"{form} {trade} {brand}{tail}", industry, legal_form)


def large_company(number: int) -> Business:
    """Give one of the ten large companies."""
    return Business(*_LARGE[number % len(_LARGE)])


def shop(random: Random) -> Business:
    """Make a household business, called by its trade and its owner."""
    trade, industry = random.choice(_SHOPS)
    owner = person_name(random, is_woman=random.random() < 0.5).split()
    return Business(f"{trade} {' '.join(owner[-2:])}", industry, "HOUSEHOLD")


def public_body(number: int, ward: str) -> Business:
    """Make a public body of a ward."""
    pattern, industry = _PUBLIC[number % len(_PUBLIC)]
    place = ward if pattern.startswith("UBND") else ward.removeprefix("Phường ").removeprefix("Xã ")
    return Business(pattern.format(place=place), industry, "STATE")
