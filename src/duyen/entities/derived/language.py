"""The language of formulas: signs into a tree. Pure; which fields there are is none of its business.

    if([Số máy] > 50; [Đơn giá] * 90%; [Đơn giá])
    days([Ngày ký]; [Ngày giao]) <= 30 and not is empty([Khách hàng.Mã số thuế])

A field stands in brackets by the name that people see. Numbers are written as everywhere here: 1.234,5.
Semicolons part what a function gets, because a comma is the decimal sign. Functions and the words between
conditions are known in English and in Vietnamese, with or without marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from duyen.entities.derived.faults import Fault, NotAFormula
from duyen.kernel.text import fold

LONGEST = 2_000
#: So deep brackets and functions may stand within each other, and so many parts a formula may have.
DEEPEST, MOST_PARTS = 30, 300

#: By its folded word, what a function is called inside.
FUNCTIONS = {
    **dict.fromkeys(("if", "neu"), "if"),
    **dict.fromkeys(("round", "lam tron"), "round"),
    **dict.fromkeys(("abs", "tri tuyet doi"), "abs"),
    **dict.fromkeys(("min", "nho nhat"), "min"),
    **dict.fromkeys(("max", "lon nhat"), "max"),
    **dict.fromkeys(("is empty", "empty", "trong", "de trong"), "is_empty"),
    **dict.fromkeys(("if empty", "neu trong"), "if_empty"),
    **dict.fromkeys(("days", "so ngay"), "days"),
    **dict.fromkeys(("months", "so thang"), "months"),
    **dict.fromkeys(("year", "nam"), "year"),
    **dict.fromkeys(("month", "thang"), "month"),
}
#: What moves by itself: a value that is kept would be wrong the next day.
_MOVING = frozenset({"today", "now", "hom nay", "bay gio"})
_AND, _OR, _NOT = frozenset({"and", "va"}), frozenset({"or", "hoac"}), frozenset({"not", "khong"})
_TRUE, _FALSE = frozenset({"true", "dung"}), frozenset({"false", "sai"})
_SAME = {"≠": "<>", "!=": "<>", "≤": "<=", "≥": ">=", "×": "*", "÷": "/", "−": "-", "–": "-", "==": "="}
_COMPARE = frozenset({"=", "<>", "<", "<=", ">", ">="})

_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>\d{1,3}(?:\.\d{3})+(?:,\d+)?(?!\d)|\d+(?:[.,]\d+)?)"
    r"|(?P<text>\"[^\"]*\"|“[^”]*”)"
    r"|(?P<field>\[[^\[\]]*\])"
    r"|(?P<word>[^\W\d_][^\W\d]*)"
    r"|(?P<sign><>|!=|<=|>=|==|[-+*/&=<>≠≤≥×÷−–();%,])"
)


@dataclass(frozen=True)
class Node:
    """One part of a formula: what it is, of what, and from which sign to which it stands there.

    `kind` is "number", "text", "flag" or "field" with its `value`, a function or a sign over `parts`.
    """

    kind: str
    at: int
    end: int
    value: Decimal | str | bool | None = None
    parts: tuple[Node, ...] = ()


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int

    @property
    def end(self) -> int:
        return self.at + len(self.text)


def parse(source: str) -> Node:
    """Read a formula. Raises NotAFormula."""
    if len(source) > LONGEST:
        raise NotAFormula(
            Fault("too_long", _("A formula has at most %(most)s signs. Shorten it.") % {"most": LONGEST})
        )
    if not source.strip():
        raise NotAFormula(Fault("required", _("Write the formula.")))
    return _Parser(_tokens(source), len(source)).whole()


def rewritten(source: str, named: Callable[[str], str]) -> str:
    """Give a formula with what stands in brackets named in another way, the rest as it was typed."""
    return re.sub(r"\"[^\"]*\"|“[^”]*”|\[([^\[\]]*)\]", lambda found: _renamed(found, named), source)


def _renamed(found: re.Match[str], named: Callable[[str], str]) -> str:
    return found[0] if found[1] is None else f"[{named(found[1])}]"


def _tokens(source: str) -> list[_Token]:
    found: list[_Token] = []
    place = 0
    while place < len(source):
        match = _TOKEN.match(source, place)
        if match is None:
            raise NotAFormula(_unreadable(source, place))
        kind = str(match.lastgroup)
        if kind != "space":
            text = match[0]
            found.append(_Token(kind, _SAME.get(text, text) if kind == "sign" else text, place))
        place = match.end()
    return found


def _unreadable(source: str, place: int) -> Fault:
    sentences = {
        "[": _("This bracket is not closed. Write a field as [Name]."),
        '"': _("This text is not closed. Put a quotation mark at its end."),
        "“": _("This text is not closed. Put a quotation mark at its end."),
    }
    sentence = sentences.get(source[place], _("This sign means nothing in a formula. Take it out."))
    return Fault("sign", sentence, place, place + 1)


class _Parser:
    """Reads tokens by falling from the loosest sign to the tightest."""

    def __init__(self, tokens: list[_Token], length: int) -> None:
        self._tokens = tokens
        self._length = length
        self._place = 0
        self._depth = 0
        self._parts = 0

    def whole(self) -> Node:
        found = self._or()
        rest = self._next()
        if rest is not None:
            sentence = _("Something is missing before this: a sign such as + or &, or a bracket.")
            if rest.text == ",":
                sentence = _("Part what a function gets by semicolons; a comma is the decimal sign.")
            raise NotAFormula(Fault("sign", sentence, rest.at, rest.end))
        return found

    # --- signs -----------------------------------------------------------------------------------------

    def _or(self) -> Node:
        return self._chain(self._and, lambda: self._take_word(_OR), "or")

    def _and(self) -> Node:
        return self._chain(self._not, lambda: self._take_word(_AND), "and")

    def _chain(self, inner: Callable[[], Node], took: Callable[[], bool], kind: str) -> Node:
        found = inner()
        while took():
            found = self._made(kind, found, inner())
        return found

    def _not(self) -> Node:
        first = self._next()
        # «không trống(…)» says it without brackets; the word that follows is the function's.
        if first is not None and self._take_word(_NOT):
            self._deeper(first)
            inner = self._not()
            self._depth -= 1
            return self._count(Node("not", first.at, inner.end, parts=(inner,)))
        return self._compared()

    def _compared(self) -> Node:
        found = self._joined()
        sign = self._take(_COMPARE)
        if sign is None:
            return found
        found = self._made(sign.text, found, self._joined())
        again = self._take(_COMPARE)
        if again is not None:
            sentence = _("Compare two values at a time, and join comparisons by “and”.")
            raise NotAFormula(Fault("compare", sentence, again.at, again.end))
        return found

    def _joined(self) -> Node:
        return self._signs(self._added, frozenset("&"))

    def _added(self) -> Node:
        return self._signs(self._multiplied, frozenset("+-"))

    def _multiplied(self) -> Node:
        return self._signs(self._negated, frozenset("*/"))

    def _signs(self, inner: Callable[[], Node], signs: frozenset[str]) -> Node:
        found = inner()
        while (sign := self._take(signs)) is not None:
            found = self._made(sign.text, found, inner())
        return found

    def _negated(self) -> Node:
        minus = self._take(frozenset("-"))
        if minus is None:
            return self._plain()
        self._deeper(minus)
        inner = self._negated()
        self._depth -= 1
        return self._count(Node("neg", minus.at, inner.end, parts=(inner,)))

    # --- what stands by itself ---------------------------------------------------------------------------

    def _plain(self) -> Node:
        token = self._next()
        if token is None:
            sentence = _("The formula ends too early. Say what comes here.")
            raise NotAFormula(Fault("ends", sentence, max(0, self._length - 1), self._length))
        if token.kind == "word":
            return self._word(token)
        self._place += 1
        if token.kind == "number":
            return self._number(token)
        if token.kind == "text":
            return self._count(Node("text", token.at, token.end, token.text[1:-1]))
        if token.kind == "field":
            return self._count(Node("field", token.at, token.end, token.text[1:-1].strip()))
        if token.text == "(":
            self._deeper(token)
            inner = self._or()
            end = self._close(token)
            return Node(inner.kind, token.at, end, inner.value, inner.parts)
        raise NotAFormula(
            Fault("sign", _("A field, a number or a text is missing here."), token.at, token.end)
        )

    def _number(self, token: _Token) -> Node:
        text = token.text
        if "," in text or re.fullmatch(r"\d{1,3}(\.\d{3})+", text):
            text = text.replace(".", "").replace(",", ".")
        value, end = Decimal(text), token.end
        percent = self._take(frozenset("%"))
        if percent is not None:
            value, end = value / 100, percent.end
        if len(value.as_tuple().digits) > 15:
            raise NotAFormula(Fault("number", _("This number has too many digits."), token.at, end))
        return self._count(Node("number", token.at, end, value))

    def _word(self, first: _Token) -> Node:
        words = [first]
        self._place += 1
        while (token := self._next()) is not None and token.kind == "word" and not self._joins(token):
            words.append(token)
            self._place += 1
        told = " ".join(fold(each.text).replace("_", " ") for each in words)
        end = words[-1].end
        opening = self._take(frozenset("("))
        if opening is not None and told in FUNCTIONS:
            return self._call(FUNCTIONS[told], first, opening)
        if told in _MOVING:
            sentence = _(
                "A value that is kept cannot follow the calendar by itself. Compare two dates of the record, "
                "and choose “today” or “this month” in the filter of a list."
            )
            raise NotAFormula(Fault("moving", sentence, first.at, end))
        if opening is None and told in _TRUE | _FALSE:
            return self._count(Node("flag", first.at, end, told in _TRUE))
        if opening is not None:
            sentence = _("There is no such function. Choose one from the list below.")
            raise NotAFormula(Fault("function", sentence, first.at, end))
        sentence = _("Write fields in brackets, as [Name], and texts in quotation marks.")
        raise NotAFormula(Fault("word", sentence, first.at, end))

    def _joins(self, token: _Token) -> bool:
        return fold(token.text) in _AND | _OR

    def _call(self, kind: str, first: _Token, opening: _Token) -> Node:
        self._deeper(opening)
        parts = []
        if (token := self._next()) is None or token.text != ")":
            parts.append(self._or())
            while self._take(frozenset(";")) is not None:
                parts.append(self._or())
        end = self._close(opening)
        return self._count(Node(kind, first.at, end, parts=tuple(parts)))

    def _close(self, opening: _Token) -> int:
        closing = self._take(frozenset(")"))
        self._depth -= 1
        if closing is not None:
            return closing.end
        token = self._next()
        if token is not None and token.text == ",":
            sentence = _("Part what a function gets by semicolons; a comma is the decimal sign.")
            raise NotAFormula(Fault("comma", sentence, token.at, token.end))
        if token is not None:
            sentence = _("Something is missing before this: a sign such as + or &, or a bracket.")
            raise NotAFormula(Fault("sign", sentence, token.at, token.end))
        raise NotAFormula(Fault("bracket", _("This bracket is not closed."), opening.at, opening.end))

    # --- tokens ----------------------------------------------------------------------------------------

    def _next(self) -> _Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _take(self, signs: frozenset[str]) -> _Token | None:
        token = self._next()
        if token is None or token.kind != "sign" or token.text not in signs:
            return None
        self._place += 1
        return token

    def _take_word(self, words: frozenset[str]) -> bool:
        token = self._next()
        if token is None or token.kind != "word" or fold(token.text) not in words:
            return False
        self._place += 1
        return True

    def _made(self, kind: str, left: Node, right: Node) -> Node:
        return self._count(Node(kind, left.at, right.end, parts=(left, right)))

    def _count(self, node: Node) -> Node:
        self._parts += 1
        if self._parts > MOST_PARTS:
            sentence = _("This formula has too many parts. Put some of it into a formula of its own.")
            raise NotAFormula(Fault("too_long", sentence, node.at, node.end))
        return node

    def _deeper(self, token: _Token) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            sentence = _("Too many brackets stand within each other here.")
            raise NotAFormula(Fault("too_deep", sentence, token.at, token.end))
