"""Turn HTML into text: nothing of a stranger's HTML is ever shown, fetched or run.

Links keep their address behind their words, lists their dashes, tables a line a row. Decision record:
docs/decisions/mail-as-text.md.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

#: What holds no words for the reader.
_SILENT = {"script", "style", "head", "title", "template", "noscript", "svg", "object", "iframe", "select"}
_BLOCKS = {"p", "div", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"}
_BLOCKS |= {"section", "article", "header", "footer", "address", "dl", "dt", "dd", "form", "hr", "center"}
_APART = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "blockquote"}
#: Tags that never close: opening one of them opens no depth.
_VOID = {"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "track", "wbr"}
_SPACES = re.compile(r"[ \t\r\n\f]+")
_LINES = re.compile(r"\n{3,}")
#: So much HTML is read; what comes behind is left out and the text says so by ending.
MOST_LETTERS = 2_000_000
_DEEPEST = 400


def text_of_html(html: str) -> str:
    """Give the words of HTML as plain text. Never fails, takes time in proportion to the length."""
    reader = _Reader()
    try:
        reader.feed(html[:MOST_LETTERS])
        reader.close()
    except (AssertionError, ValueError):  # the parser gives up on some broken declarations
        pass
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._silent: list[str] = []
        self._links: list[tuple[str, int]] = []
        self._quotes = 0
        self._preformatted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._silent:
            if tag == self._silent[-1] and len(self._silent) < _DEEPEST:
                self._silent.append(tag)
            return
        if tag in _SILENT:
            self._silent.append(tag)
        elif tag == "br":
            self._out.append("\n")
        elif tag == "li":
            self._break()
            self._out.append("- ")
        elif tag in ("td", "th"):
            self._out.append(" ")
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self._out)))
        elif tag in _BLOCKS:
            self._break(apart=tag in _APART)
        self._quotes += tag == "blockquote"
        self._preformatted += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            if tag == self._silent[-1]:
                self._silent.pop()
            return
        if tag == "a" and self._links:
            self._close_link()
        elif tag in _BLOCKS or tag == "li":
            self._break(apart=tag in _APART)
        if tag == "blockquote" and self._quotes:
            self._quotes -= 1
        if tag == "pre" and self._preformatted:
            self._preformatted -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._out.append(data if self._preformatted else _SPACES.sub(" ", data))

    def _close_link(self) -> None:
        """Put the address of a link behind its words, where it says something else."""
        address, begun = self._links.pop()
        words = "".join(self._out[begun:]).strip()
        shown = address.removeprefix("mailto:")
        is_told = shown.rstrip("/") in (words, words.rstrip("/")) or not shown
        if not is_told and address.startswith(("http://", "https://", "mailto:")):
            self._out.append(f" <{shown[:500]}>")

    def _break(self, *, apart: bool = False) -> None:
        self._out.append("\n\n" if apart else "\n")

    def text(self) -> str:
        lines = [line.strip(" ") for line in "".join(self._out).split("\n")]
        kept = "\n".join(lines)
        return _LINES.sub("\n\n", kept).strip()
