"""Personal numbers of 12 digits; they have no check digit, so a wrong one can only look implausible.

Decree 137/2015/NĐ-CP, article 13: three digits of the province of birth registration (the 63 provinces
of that time, never renumbered), one for century and sex, two for the year of birth, six at random.
"""

from __future__ import annotations

import datetime as dt

#: The codes of the 63 provinces, as general statistics numbered them until 2025.
PROVINCES = frozenset(
    f"0{code:02}"
    for code in (
        *(1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37),
        *(38, 40, 42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77),
        *(79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96),
    )
)
_FIRST_CENTURY = 1900
_MOST_CENTURIES = 2  # births of the 1900s and 2000s


def is_plausible_personal_id(number: str, *, today: dt.date | None = None) -> bool:
    """Tell whether 12 digits can be a personal number: a known province, a birth year not in the future."""
    if len(number) != 12 or not number.isdecimal() or number[:3] not in PROVINCES:
        return False
    century = int(number[3]) // 2
    if century >= _MOST_CENTURIES:
        return False
    year = _FIRST_CENTURY + 100 * century + int(number[4:6])
    return today is None or year <= today.year
