"""Invented names that once broke something somewhere: tests of text, names and the database share them."""

from __future__ import annotations

import unicodedata

PERSONS = (
    "Nguyễn Văn An", "Nguyễn Thị Ánh Nguyệt", "Phạm Ngọc Hưng", "Phạm Ngọc Hùng", "Trần Đình Đức",
    "Lê Thị Thuý", "Lê Thị Thúy", "Hoàng Hoà", "Hoàng Hòa", "Vũ Thị Ý", "Đỗ Ỷ", "Đặng Ấn", "Bùi Ẩn",
    "Đoàn Uyên", "Lý Lí", "Tôn Nữ Thị Ninh Hà", "Công Tằng Tôn Nữ Diệu Anh", "Nguyễn Phước Bảo Long",
    "Hồ Xuân Khuê", "Cao Bá Quýnh", "Âu Dương Chấn", "Ông Thị Ba", "Ưng Hoàng Phúc Lộc", "Ngô Ngọc Ngà",
    "Nghiêm Nghĩa", "Khổng Khắc Khoan", "Trương Quỳnh Quế", "Giáp Văn Giỏi", "Phùng Phúc Phương",
    "Quách Thị Quý", "Triệu Thủy Tuyết", "Mạc Đĩnh Chiến", "Lò Thị Páo", "Vàng A Sùng", "Giàng Thị Mỷ",
    "Thào A Chớ", "Y Moan Êban", "Y Blim Niê", "H'Hen Êban", "H’Hen Niê", "HʼLinh Mlô", "H´Bia Kbuôr",
    "Siu Black Rơ", "Rơ Châm Hyưn", "A Phủ", "Điểu K'Ré", "K’Brêu", "Ksor H'Năng", "Rmah Blơi",
    "Nay Hwer", "Thạch Sa Rây", "Kim Sà Rết", "Danh Út", "Châu Sóc Kha", "Katơr Thị Sính", "Pi Năng Tắc",
    "Đinh Núp Rin", "Hồ Văn Vỗ", "Bloong Thị A Viết", "Zơrâm Nhút", "Alăng Bhuốch", "Pơloong Ní", "An",
    "Ẩn", "Đ", "Ý", "Vân.", "Út", "Năm", "X", "Li", "Lý", "John Smith", "Anne-Marie O'Neill",
    "José Nuñez", "François Lefèvre", "Müller", "Jürgen Groß", "Søren Kjær", "Łukasz Wałęsa",
    "Þórunn Æsa", "Zoë Brontë", "Åsa Öberg", "Čeněk Dvořák", "Ştefan Ţară", "Ștefan Țară", "İlker Işık",
    "Jean-Luc D’Arcy", "Van der Berg Jan", "Nguyen David Minh", "Kim Min-jun", "Yamada Tarō",
    "Maria da Conceição", "Nguyễn Văn A", "Nguyễn Văn B", "Trần Văn Ba", "Bà Trần Thị Tư",
    "Anh Bùi Anh Phong", "Chị Chi", "Cô Cô Lan", "Ông Ông Văn Hùng", "Em Nguyễn Em", "Chú Sáu", "Bác Hai",
    "Mr Nguyễn Hải", "Mrs. Lê Hà", "Ms Trần Vy", "nguyen van an", "NGUYEN VAN AN", "NGUYỄN VĂN AN",
    "nGUYỄN vĂN aN", "ĐẶNG ẤN", "đặng ấn", "TRẦN THỊ ÚT", "TRIEU THUY TUYET", "le bao huong",
    "Phạm Qùynh Thư", "TrầneHồng Thủy", "Vũ NNhư Thúy", "Lộc Đặng Hoàng", "Ðặng Văn Ðức", "Ɖỗ Thị Ɖào",
    "ðoàn ðức", "Nguyễn Văn Đạt (anh Đạt)", "Lê Hoa - kế toán", "Trần Long 0912", "Nguyễn Văn Một 2",
    "Nguyễn Văn Một 10", "Nguyễn Văn Thắng (Thắng 'béo')", "Hà \"Bống\" Vy", "“Ngọc” Trinh",
)  # fmt: skip

ORGANISATIONS = (
    "Công ty CP Thực phẩm Hòa Thuận Đông Á", "Công ty TNHH Điện tử Yên Phong Vina",
    "Công Ty TNHH MTV Bình Minh", "Công ty TNHH Một Thành Viên TM Bình Minh",
    "Cty TNHH 1TV Phú Quý Media", "CTY CP CN Hồng Hà", "C.ty TNHH Phú Mỹ", "CT TNHH Thiên Ân 24h",
    "Cong ty co phan Tan A", "CONG TY TNHH Lac Viet", "công ty tnhh nội thất ngọc linh",
    "Công ty Trách Nhiệm Hữu Hạn Minh Anh", "Công ty Cổ phần Đại Phát Group",
    "CÔNG TY CỔ PHẦN MAY MẶC NGỌC LINH", "Công ty CP TM & DV Thiên Long",
    "Công ty TNHH TM DV XNK An Phát", "Công ty TNHH SX-TM Gỗ Đức Nhuận", "Công ty hợp danh Luật Sao Mai",
    "Công ty Luật TNHH Bạch Đằng", "Doanh nghiệp tư nhân Trường Hải", "DNTN Vàng Kim Ý",
    "Doanh Nghiep Tu Nhan Noi That Cuu Long", "Hợp tác xã Nông sản Lâm Đồng", "HTX Rau Sạch Đà Lạt",
    "HTX DV NN Ea Kao", "Liên hiệp Hợp tác xã Bình Tây", "Hộ kinh doanh Sài Gòn Xanh", "HKD Đỗ Sơn",
    "ho kinh doanh ngo hue", "Hộ KD Cô Ba", "Cửa hàng Trần Mai", "CỬA HÀNG XĂNG DẦU SỐ 7",
    "Chi nhánh Hà Nội - Nhật Minh Quốc Tế Corp", "Chi nhánh Công ty CP Viễn thông Sao Biển tại Hải Phòng",
    "CN Công ty TNHH Ánh Dương", "VPĐD Công ty Đông Hải", "Văn phòng đại diện Công ty TNHH Á Châu",
    "Tập đoàn Xây dựng Trường Thịnh", "Tổng công ty Lắp máy Sông Đáy", "TCT Cảng Biển Xanh",
    "Bệnh viện Đa khoa Quốc tế Hạ Long Xanh", "Trường Tiểu học Ấp Bắc", "UBND phường Lê Chân Mới",
    "Sở Khoa học và Công nghệ tỉnh Thử Nghiệm", "Khách sạn Mây Hoa Sa Pa", "Siêu thị Đồng Xanh Mart",
    "Minh Khang Group Dược Phẩm Co., Ltd", "Phú Gia Food Company Limited",
    "Nhật Minh Decor Joint Stock Company", "Hoàng Gia JSC", "Acme Việt Nam LLC", "Sunrise Co.,LTD.",
    "Nhật Minh Corp", "Green & Blue (VN) Ltd", "3D Việt", "1001 Đêm", "24/7 Mart", "A1", "Ô Tô Ấn Độ",
    "Ắc quy Đồng Nai Mới", "Ẩm thực Ớt Xanh", "Ủy ban Thể thao", "Ưu Việt", "Ỷ Lan Spa", "Ỡm Ờ Café",
    "Café “Ốc Đảo”", "Quán Bụi – Chi nhánh 2", "Công ty TNHH [Đã giải thể]", "Kho {cũ}", "A_B", "A^B",
    "A~B", "A|B", "A\\B", "A`B", "A@B", "A<B", "A=B", "A;B", "A:B", "A!B", "A?B", "A#B", "A$B", "A%B",
    "A*B",
)  # fmt: skip

SPACED = (
    " Nguyễn  Duy Vũ ", "\tTrần\tAn\t", "Lê\u00a0Hà", "Lê\u2009\u2009Hà", "Lê\u3000Hà", "Lê\nHà",
    "Lê\r\nHà", "  ", "", "Lê\u200bHà", "\ufeffLê Hà", "Lê\u00ad Hà", "Lê \u200e Hà", "Lê\u202eHà\u202c",
    "Lê\u2028Hà", "Lê\x07 Hà", "Lê\x01Hà", "   Ba     dấu      cách   ", "x  y   z    w     v",
    "\u2060Đ\u2060", "Lê\x85Hà", "Lê\x1fHà", "Lê\u180eHà",
)  # fmt: skip

ODD = (
    "Ｎｇｕｙễｎ Ｖăｎ Ａ", "ﬁnance ﬂow", "№ 5", "½ giá", "™ Đ®", "Ⅳ", "x²", "①", "Ａ／Ｂ",
    "CÔNG\u2013TY", "Đ\u0323", "a\u0323\u0302", "a\u0302\u0323", "\u0301", "\u0323\u0302",
    "q\u0303\u0301", "o\u031b\u0301", "u\u0301\u031b", "Công ty 株式会社", "주식회사 한강", "ООО Звезда",
    "Ελλάς", "😀 Vui", "👨‍👩‍👧", "ấ" * 40, "Đ" * 60, "a" * 200,
)  # fmt: skip

TRICKY = PERSONS + ORGANISATIONS + SPACED + ODD
ALL_NAMES = tuple(
    dict.fromkeys(
        (*TRICKY, *(unicodedata.normalize("NFD", name) for name in TRICKY), *map(str.upper, PERSONS))
    )
)
"""Each name as typed, as decomposed letters, and the persons in capitals too."""
