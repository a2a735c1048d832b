"""Draw our mark in the sizes that phones ask for when Duyên is put on the home screen."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

#: The mark's own square, its corner, the letter's lines and their width, as in the page's small icon.
_SIDE, _CORNER, _LINE = 32, 8, 3
_BLUE, _WHITE = "#2d55cf", "#ffffff"
#: Drawn so much larger and made small again: smooth edges.
_OVER = 4
#: A phone may cut a circle out of a whole square: the letter keeps to its middle.
_SAFE = 0.72

#: What a home screen is given: file name, side in pixels, and whether the phone cuts the shape itself.
ICONS = {
    "duyen/icon-192.png": (192, False),
    "duyen/icon-512.png": (512, False),
    "duyen/icon-512-full.png": (512, True),
    "duyen/icon-180.png": (180, True),
}


def draw_icon(side: int, *, is_full: bool) -> bytes:
    """Draw the mark as a PNG of `side` pixels; a full one fills its square, the letter in the middle."""
    large = side * _OVER
    scale = large / _SIDE
    picture = Image.new("RGBA", (large, large), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    if is_full:
        pen.rectangle((0, 0, large, large), fill=_BLUE)
    else:
        pen.rounded_rectangle((0, 0, large - 1, large - 1), radius=_CORNER * scale, fill=_BLUE)
    _letter(pen, scale * (_SAFE if is_full else 1), large * (1 - _SAFE) / 2 if is_full else 0)
    sink = io.BytesIO()
    picture.resize((side, side), Image.Resampling.LANCZOS).save(sink, "PNG", optimize=True)
    return sink.getvalue()


def _letter(pen: ImageDraw.ImageDraw, scale: float, shift: float) -> None:
    """Draw the Đ: M10 8h6a8 8 0 0 1 0 16h-6z, and the bar M7 16h7."""

    def at(x: float, y: float) -> tuple[float, float]:
        return x * scale + shift, y * scale + shift

    width = round(_LINE * scale)
    half = _LINE / 2
    pen.rectangle((*at(10 - half, 8 - half), *at(10 + half, 24 + half)), fill=_WHITE)
    pen.rectangle((*at(10, 8 - half), *at(16, 8 + half)), fill=_WHITE)
    pen.rectangle((*at(10, 24 - half), *at(16, 24 + half)), fill=_WHITE)
    pen.arc((*at(8 - half, 8 - half), *at(24 + half, 24 + half)), -90, 90, fill=_WHITE, width=width)
    pen.rectangle((*at(7, 16 - half), *at(14, 16 + half)), fill=_WHITE)
