"""Charts that the server draws: SVG without a script, in the theme's colours, its finding as a label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from markupsafe import Markup

from duyen.surfaces.web.filters import so

_WIDTH, _HEIGHT = 640, 180
#: Room for the numbers of the axis, the words under it, and the number above the highest column.
_LEFT, _FOOT, _HEAD = 40, 24, 18
_WIDEST = 26
_TONES = ("var(--blue-solid)", "var(--red-solid)")
_ROUND = (1, 2, 5)


class Column(Protocol):
    """One column: a short word under it, its number, and that of the column beside it."""

    @property
    def label(self) -> str: ...
    @property
    def value(self) -> int: ...
    @property
    def other(self) -> int: ...


def column_chart(columns: Sequence[Column], finding: str, *, has_others: bool = False) -> Markup:
    """Draw columns from 0 up, each with its number above it; `finding` says to everybody what they show.

    With `has_others` a second column stands beside each.
    """
    top = axis_top(max((max(each.value, each.other) for each in columns), default=0))
    parts = [*_axis(top)]
    step = (_WIDTH - _LEFT) / max(len(columns), 1)
    for place, each in enumerate(columns):
        middle = _LEFT + step * (place + 0.5)
        values = (each.value, each.other) if has_others else (each.value,)
        parts += _group(middle, values, step, top)
        parts.append(_text(middle, _HEIGHT - 7, each.label))
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        _WIDTH, _HEIGHT, finding, Markup("").join(parts)
    )


def axis_top(highest: int) -> int:
    """Give the round number at which the axis ends: 1, 2, 5, 10, 20, 50 …, not below what is shown."""
    power = 1
    while True:
        for each in _ROUND:
            if each * power >= highest:
                return each * power
        power *= 10


def _axis(top: int) -> list[Markup]:
    parts = []
    for share in (0, 1, 2) if top > 1 else (0, 2):
        y = _y(top * share / 2, top)
        line = Markup('<line class="ax" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(_LEFT, _WIDTH, y, y)
        number = so(top * share / 2, 1 if top % 2 and share == 1 else 0)
        parts += [line, _text(_LEFT - 6, y + 4, number, anchor="end")]
    return parts


def _group(middle: float, values: Sequence[int], step: float, top: int) -> list[Markup]:
    width = min(_WIDEST, (step - 10) / len(values))
    parts = []
    for place, value in enumerate(values):
        x, y = middle - width * len(values) / 2 + width * place, _y(value, top)
        box = Markup('<rect x="{}" y="{}" width="{}" height="{}" rx="2" fill="{}"/>')
        parts.append(box.format(_n(x + 1), _n(y), _n(width - 2), _n(_HEIGHT - _FOOT - y), _TONES[place]))
        if value:
            parts.append(_text(x + width / 2, y - 4, so(value), kind="lb"))
    return parts


def _text(x: float, y: float, words: str, *, anchor: str = "middle", kind: str = "") -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="{}"{}>{}</text>').format(
        _n(x), _n(y), anchor, Markup(' class="{}"').format(kind) if kind else "", words
    )


def _y(value: float, top: int) -> float:
    return round(_HEIGHT - _FOOT - value / top * (_HEIGHT - _FOOT - _HEAD), 1)


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
