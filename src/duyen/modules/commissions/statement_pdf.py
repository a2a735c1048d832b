"""A statement on paper: drawn as a PDF with the face of the product, so that Vietnamese stands as it is."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from duyen.modules.commissions.paper import Paper

_FACE = "Inter"
_WIDTHS = (24 * mm, 62 * mm, 30 * mm, 30 * mm, 34 * mm)
_PAPER = "#d9dde5"


@cache
def _face() -> str:
    pdfmetrics.registerFont(TTFont(_FACE, str(files("fontpkg_inter") / "files/Inter[opsz,wght].ttf")))
    return _FACE


def draw(paper: Paper) -> bytes:
    """Draw a statement as a PDF on A4; long ones go on over pages under the same heads."""
    face = _face()
    plain = ParagraphStyle("plain", fontName=face, fontSize=9, leading=12)
    right = ParagraphStyle("right", parent=plain, alignment=2)
    title = ParagraphStyle("title", parent=plain, fontSize=16, leading=22, spaceBefore=6)
    last = len(paper.heads) - 1

    def cells(words: Sequence[str]) -> list[Paragraph]:
        return [
            Paragraph(escape(word), right if place >= last - 2 else plain) for place, word in enumerate(words)
        ]

    table = Table([cells(paper.heads), *map(cells, paper.rows)], colWidths=_WIDTHS, repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#eef1f6")),
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.HexColor(_PAPER)),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    sums = Table(
        [[Paragraph(escape(label), right), Paragraph(escape(sum_), right)] for label, sum_ in paper.sums],
        colWidths=(sum(_WIDTHS[:-1]), _WIDTHS[-1]),
    )
    centred = ParagraphStyle("centred", parent=plain, alignment=1)
    signs = Table(
        [[Paragraph(escape(each), centred) for each in paper.signs]],
        colWidths=[sum(_WIDTHS) / len(paper.signs)] * len(paper.signs),
    )
    place = io.BytesIO()
    document = SimpleDocTemplate(
        place, pagesize=A4, leftMargin=15 * mm, rightMargin=15 * mm, topMargin=15 * mm,
        bottomMargin=18 * mm, title=paper.title, author=paper.company,
    )  # fmt: skip

    def number(canvas: Canvas, _document: object) -> None:
        canvas.setFont(face, 8)
        canvas.drawRightString(A4[0] - 15 * mm, 10 * mm, f"{paper.page} {canvas.getPageNumber()}")

    head = [Paragraph(escape(paper.company), plain), Paragraph(escape(paper.title), title)]
    lines = [Paragraph(escape(each), plain) for each in paper.lines]
    document.build(
        [*head, *lines, Spacer(1, 6 * mm), table, Spacer(1, 3 * mm), sums, Spacer(1, 10 * mm), signs],
        onFirstPage=number,
        onLaterPages=number,
    )
    return place.getvalue()
