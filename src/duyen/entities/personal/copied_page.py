"""The page that a person reads in the copy of her data: plain, whole, readable without any program; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duyen.kernel.clock import today

_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}"
    "dt{font-weight:600}dd{margin:0 0 .5rem;white-space:pre-wrap}article{border-top:1px solid #ccc}"
)


@dataclass(frozen=True)
class Section:
    """The rows of one kind, each as pairs of label and words."""

    label: str
    rows: Sequence[Sequence[tuple[str, str]]]


def page_of(name: str, sections: Sequence[Section]) -> str:
    """Write the page of what is held of somebody, in the language of this moment."""
    return "\n".join(_lines(name, sections))


def _lines(name: str, sections: Sequence[Section]) -> Iterator[str]:
    title = _("Personal data of %(name)s") % {"name": name}
    yield f'<!doctype html><html lang="{escape(get_language() or "vi")}"><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width">'
    yield f"<title>{escape(title)}</title><style>{_STYLE}</style><h1>{escape(title)}</h1>"
    held = _("What we hold of you on %(day)s.") % {"day": f"{today():%d/%m/%Y}"}
    yield f"<p>{escape(held)}</p>"
    for section in sections:
        yield f"<h2>{escape(section.label)} ({len(section.rows)})</h2>"
        for row in section.rows:
            pairs = "".join(f"<dt>{escape(label)}</dt><dd>{escape(words)}</dd>" for label, words in row)
            yield f"<article><dl>{pairs}</dl></article>"
    yield "</html>"
