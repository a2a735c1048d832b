"""The Vietnamese numbering plan and its two changes: area codes in 2017, mobile prefixes in 2018.

Sources: Decision 2036/QĐ-BTTTT of 21/11/2016 (area codes, in three steps in 2017); the plan of 2018 under
Circular 22/2014/TT-BTTTT (from 15/9/2018 mobile prefixes of 11-digit numbers become those of 10-digit ones;
the last seven digits stay).
All numbers here stand without the leading 0.
"""

from __future__ import annotations

import datetime as dt

AREA_CODES_CHANGED_ON = (dt.date(2017, 2, 11), dt.date(2017, 4, 15), dt.date(2017, 6, 17))
MOBILE_PREFIXES_CHANGED_ON = dt.date(2018, 9, 15)

MOBILE_PREFIXES = frozenset({
    "32", "33", "34", "35", "36", "37", "38", "39", "52", "55", "56", "58", "59", "70", "76", "77", "78",
    "79", "81", "82", "83", "84", "85", "86", "87", "88", "89", "90", "91", "92", "93", "94", "96", "97",
    "98", "99",
})  # fmt: skip
"""First two digits of mobile numbers; seven follow. Numbers are portable: a prefix names no network."""

NEW_MOBILE_PREFIXES = {
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
    "186": "56", "188": "58", "199": "59",
}  # fmt: skip
"""From the mobile prefix until 15/9/2018 to the one since."""

# Old code, new code, province as of 2017: (changed in step 1, 2, 3).
_AREAS = (
    (
        "22 212 Sơn La", "231 213 Lai Châu", "20 214 Lào Cai", "230 215 Điện Biên", "29 216 Yên Bái",
        "52 232 Quảng Bình", "53 233 Quảng Trị", "54 234 Thừa Thiên Huế", "510 235 Quảng Nam",
        "511 236 Đà Nẵng", "37 237 Thanh Hóa", "38 238 Nghệ An", "39 239 Hà Tĩnh",
    ),
    (
        "33 203 Quảng Ninh", "240 204 Bắc Giang", "25 205 Lạng Sơn", "26 206 Cao Bằng", "27 207 Tuyên Quang",
        "280 208 Thái Nguyên", "281 209 Bắc Kạn", "320 220 Hải Dương", "321 221 Hưng Yên",
        "241 222 Bắc Ninh", "31 225 Hải Phòng", "351 226 Hà Nam", "36 227 Thái Bình", "350 228 Nam Định",
        "30 229 Ninh Bình", "780 290 Cà Mau", "781 291 Bạc Liêu", "710 292 Cần Thơ", "711 293 Hậu Giang",
        "74 294 Trà Vinh", "76 296 An Giang", "77 297 Kiên Giang", "79 299 Sóc Trăng",
    ),
    (
        "4 24 Hà Nội", "8 28 Hồ Chí Minh", "61 251 Đồng Nai", "62 252 Bình Thuận",
        "64 254 Bà Rịa - Vũng Tàu", "55 255 Quảng Ngãi", "56 256 Bình Định", "57 257 Phú Yên",
        "58 258 Khánh Hòa", "68 259 Ninh Thuận", "60 260 Kon Tum", "501 261 Đắk Nông", "500 262 Đắk Lắk",
        "63 263 Lâm Đồng", "59 269 Gia Lai", "70 270 Vĩnh Long", "651 271 Bình Phước", "72 272 Long An",
        "73 273 Tiền Giang", "650 274 Bình Dương", "75 275 Bến Tre", "66 276 Tây Ninh", "67 277 Đồng Tháp",
    ),
)  # fmt: skip
_UNCHANGED = ("210 Phú Thọ", "211 Vĩnh Phúc", "218 Hòa Bình", "219 Hà Giang")

_CHANGED = tuple(line.split(" ", 2) for step in _AREAS for line in step)

NEW_AREA_CODES = {old: new for old, new, _ in _CHANGED}
"""From the area code until 2017 to the one since; four provinces kept theirs."""

AREAS = {new: province for _, new, province in _CHANGED} | {line[:3]: line[4:] for line in _UNCHANGED}
"""Each area code of today with its province as of 2017; the mergers of 2025 changed no code."""

SUBSCRIBER_DIGITS = {"24": 8, "28": 8}
"""Digits after the area code where they are not seven; the old codes 4 and 8 had eight as well."""

SPECIAL_FIXED = {"69": (7, 9), "80": (7, 8)}
"""Police and army (069), government offices (080): shortest and longest whole number."""

SERVICE_PREFIXES = ("1900", "1800")
SERVICE_LENGTHS = (8, 9, 10)
