"""A formula with its types: which values meet which signs. Pure; the fields come from whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from duyen.entities.derived.faults import Fault
from duyen.entities.derived.language import Node


class Type(StrEnum):
    """What a part of a formula is. OPAQUE is a field that can only be asked whether it is empty."""

    NUMBER = "number"
    TEXT = "text"
    DAY = "day"
    FLAG = "flag"
    CHOICE = "choice"
    OPAQUE = "opaque"
    #: Of a part that is wrong itself: it causes no further fault.
    ANY = "any"


@dataclass(frozen=True)
class Input:
    """A field that a formula reads: by its name, behind a link where one leads there."""

    name: str
    link: str = ""

    @property
    def path(self) -> str:
        return f"{self.link}.{self.name}" if self.link else self.name


@dataclass(frozen=True)
class Found:
    """A field that stands in brackets.

    Of a choice, `codes` gives the code behind each word in small letters, and `offered` the words to choose.
    """

    input: Input
    type: Type
    codes: Mapping[str, str] = field(default_factory=dict)
    offered: tuple[str, ...] = ()


class NotFoundHere(Exception):
    """What stands in brackets means no field, or one that a formula cannot read; says why."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


#: Finds the field that a name in brackets means. Raises NotFoundHere.
Find = Callable[[str], Found]


@dataclass(frozen=True)
class Expr:
    """A part of a formula with its type. `op` says what it is, `value` holds a literal or an `Input`."""

    op: str
    type: Type
    parts: tuple[Expr, ...] = ()
    value: Any = None

    def inputs(self) -> Iterator[Input]:
        """Give every field that is read, as often as it is."""
        if isinstance(self.value, Input):
            yield self.value
        for part in self.parts:
            yield from part.inputs()


_BAD = Expr("bad", Type.ANY)
_N, _T, _D, _F = Type.NUMBER, Type.TEXT, Type.DAY, Type.FLAG
_COMPARED = {"=": "eq", "<>": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_CALCULATED = {"+": "add", "-": "sub", "*": "mul", "/": "div"}
#: Functions of fixed types: what they get, and what they give.
_PLAIN: Mapping[str, tuple[tuple[Type, ...], Type]] = {
    "abs": ((_N,), _N),
    "days": ((_D, _D), _N),
    "months": ((_D, _D), _N),
    "year": ((_D,), _N),
    "month": ((_D,), _N),
}
MOST_PLACES = 6


def typed(tree: Node, find: Find) -> tuple[Expr, list[Fault]]:
    """Give a formula with its types, and everything that is wrong with it."""
    checker = _Checker(find)
    return checker.check(tree), checker.faults


def words_of(type_: Type) -> str:
    """Say what a type is."""
    return {
        Type.NUMBER: _("a number"),
        Type.TEXT: _("a text"),
        Type.DAY: _("a date"),
        Type.FLAG: _("yes or no"),
        Type.CHOICE: _("a choice"),
    }.get(type_, _("a field of another kind"))


class _Checker:
    def __init__(self, find: Find) -> None:
        self._find = find
        self.faults: list[Fault] = []

    def check(self, node: Node) -> Expr:
        if node.kind in ("number", "text", "flag"):
            return Expr(node.kind, Type(node.kind), value=node.value)
        if node.kind == "field":
            return self._field(node)
        if node.kind in _COMPARED:
            return self._compared(node)
        if node.kind in _CALCULATED:
            return self._calculated(node)
        return self._others(node)

    def _others(self, node: Node) -> Expr:
        kind, parts = node.kind, node.parts
        if kind in ("and", "or", "not"):
            return Expr(kind, _F, tuple(self._wanted(each, _F) for each in parts))
        if kind == "neg":
            return Expr("neg", _N, (self._wanted(parts[0], _N),))
        if kind == "&":
            return Expr("join", _T, tuple(self._joined(each) for each in parts))
        if kind in _PLAIN:
            wanted, given = _PLAIN[kind]
            if not self._counted(node, len(wanted), len(wanted)):
                return _BAD
            return Expr(kind, given, tuple(map(self._wanted, parts, wanted)))
        made: Callable[[Node], Expr] = getattr(self, f"_{kind}")
        return made(node)

    # --- fields ----------------------------------------------------------------------------------------

    def _field(self, node: Node) -> Expr:
        found = self._found(node)
        if found is None:
            return _BAD
        return Expr("field", found.type, value=found.input)

    def _found(self, node: Node) -> Found | None:
        try:
            return self._find(str(node.value))
        except NotFoundHere as error:
            self._fault(node, error.code, error.sentence)
            return None

    # --- signs -----------------------------------------------------------------------------------------

    def _wanted(self, node: Node, wanted: Type) -> Expr:
        return self._is(node, self.check(node), (wanted,))

    def _is(self, node: Node, found: Expr, wanted: Sequence[Type]) -> Expr:
        if found.type in wanted or found.type is Type.ANY:
            return found
        named = ", ".join(words_of(each) for each in wanted)
        sentence = _("Here stands %(is)s, and %(wanted)s is needed.")
        self._fault(node, "type", sentence % {"is": words_of(found.type), "wanted": named})
        return _BAD

    def _joined(self, node: Node) -> Expr:
        """Let numbers, days and yes or no stand in a text as people read them."""
        return self._is(node, self.check(node), (_T, _N, _D))

    def _calculated(self, node: Node) -> Expr:
        op = _CALCULATED[node.kind]
        left, right = (self.check(each) for each in node.parts)
        if Type.ANY in (left.type, right.type):
            return _BAD
        if op in ("add", "sub") and left.type is _D:
            if op == "sub" and right.type is _D:
                return Expr("days", _N, (right, left))
            self._is(node.parts[1], right, (_N, _D) if op == "sub" else (_N,))
            return Expr("later" if op == "add" else "earlier", _D, (left, right))
        if op == "add" and _T in (left.type, right.type):
            self._fault(node, "type", _("Texts are joined by “&”; “+” adds numbers."))
            return _BAD
        return Expr(op, _N, tuple(map(lambda n, e: self._is(n, e, (_N,)), node.parts, (left, right))))

    def _compared(self, node: Node) -> Expr:
        op = _COMPARED[node.kind]
        left, right = (self.check(each) for each in node.parts)
        if Type.ANY in (left.type, right.type):
            return _BAD
        if Type.CHOICE in (left.type, right.type):
            return self._chosen(node, op, left, right)
        if left.type is not right.type or left.type is Type.OPAQUE:
            told = {"left": words_of(left.type), "right": words_of(right.type)}
            self._fault(node, "type", _("%(left)s cannot be compared with %(right)s.") % told)
            return _BAD
        if left.type in (_F, _T) and op not in ("eq", "ne"):
            self._fault(node, "type", _("These values have no order: compare them by “=” or “<>”."))
        return Expr(op, _F, (left, right))

    def _chosen(self, node: Node, op: str, left: Expr, right: Expr) -> Expr:
        """Let a choice be compared with the word of one of its options."""
        choice, other = (0, 1) if left.type is Type.CHOICE else (1, 0)
        word = node.parts[other]
        if op not in ("eq", "ne") or word.kind != "text":
            sentence = _("Compare a choice by “=” or “<>” with one of its options in quotation marks.")
            self._fault(node, "choice", sentence)
            return _BAD
        found = self._found(node.parts[choice])
        codes = found.codes if found else {}
        code = codes.get(str(word.value).strip().casefold())
        if code is None:
            offered = ", ".join(found.offered) if found else ""
            sentence = _("“%(word)s” is not among the options of this field: %(options)s.")
            self._fault(word, "option", sentence % {"word": word.value, "options": offered[:200]})
            return _BAD
        chosen = (left, right)[choice]
        same = Expr("chosen", _F, (chosen,), code)
        return same if op == "eq" else Expr("not", _F, (same,))

    # --- functions ---------------------------------------------------------------------------------------

    def _counted(self, node: Node, least: int, most: int) -> bool:
        if least <= len(node.parts) <= most:
            return True
        wanted = str(least) if least == most else _("%(least)s to %(most)s") % {"least": least, "most": most}
        sentence = _("This function takes %(wanted)s values, parted by semicolons; here stand %(are)s.")
        self._fault(node, "count", sentence % {"wanted": wanted, "are": len(node.parts)})
        return False

    def _alike(self, nodes: Sequence[Node], wanted: Sequence[Type]) -> tuple[Type, tuple[Expr, ...]]:
        """Give parts that have to be of one type."""
        found = [self._is(each, self.check(each), wanted) for each in nodes]
        types = [each.type for each in found if each.type is not Type.ANY]
        if not types:
            return Type.ANY, tuple(found)
        for node, each in zip(nodes, found, strict=True):
            if each.type not in (types[0], Type.ANY):
                told = {"first": words_of(types[0]), "is": words_of(each.type)}
                self._fault(node, "type", _("The first value is %(first)s, and this is %(is)s.") % told)
        return types[0], tuple(found)

    def _if(self, node: Node) -> Expr:
        if not self._counted(node, 2, 3):
            return _BAD
        asked = self._wanted(node.parts[0], _F)
        type_, found = self._alike(node.parts[1:], (_N, _T, _D, _F))
        if type_ is _F and len(found) == 1:
            found = (*found, Expr("flag", _F, value=False))
        return Expr("if", type_, (asked, *found))

    def _if_empty(self, node: Node) -> Expr:
        if not self._counted(node, 2, 2):
            return _BAD
        type_, found = self._alike(node.parts, (_N, _T, _D))
        return Expr("if_empty", type_, found)

    def _is_empty(self, node: Node) -> Expr:
        if not self._counted(node, 1, 1):
            return _BAD
        return Expr("is_empty", _F, (self.check(node.parts[0]),))

    def _min(self, node: Node) -> Expr:
        return self._extreme(node)

    def _max(self, node: Node) -> Expr:
        return self._extreme(node)

    def _extreme(self, node: Node) -> Expr:
        if not self._counted(node, 2, 20):
            return _BAD
        type_, found = self._alike(node.parts, (_N, _D))
        return Expr(node.kind, type_, found)

    def _round(self, node: Node) -> Expr:
        if not self._counted(node, 1, 2):
            return _BAD
        value = self._wanted(node.parts[0], _N)
        places = Decimal(0)
        if len(node.parts) == 2:
            told = node.parts[1]
            sign = -1 if told.kind == "neg" else 1
            told = told.parts[0] if told.kind == "neg" else told
            places = sign * told.value if isinstance(told.value, Decimal) else Decimal("0.5")
            if told.kind != "number" or places != int(places) or abs(places) > MOST_PLACES:
                sentence = _("Say to how many places: a whole number from -%(most)s to %(most)s.")
                self._fault(node.parts[1], "places", sentence % {"most": MOST_PLACES})
                return _BAD
        return Expr("round", _N, (value,), int(places))

    def _fault(self, node: Node, code: str, sentence: str) -> None:
        self.faults.append(Fault(code, sentence, node.at, node.end))
