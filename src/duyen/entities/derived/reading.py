"""Read what somebody said of a formula or a roll-up: parsed, typed, no circles; faults by their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from duyen.entities.derived.compiling import RESULTS, Result
from duyen.entities.derived.faults import NotAFormula
from duyen.entities.derived.language import parse
from duyen.entities.derived.naming import Naming, naming_of, type_of
from duyen.entities.derived.plans import Plan, all_plans, circle_of, plan_of, tied
from duyen.entities.derived.sources import Source, source_named
from duyen.entities.derived.typing import MOST_PLACES, Expr, Type, typed, words_of
from duyen.entities.entity import Entity
from duyen.entities.fields.base import OWN
from duyen.entities.living import Told
from duyen.foundation.fields.models import CustomField
from duyen.foundation.fields.words import FieldKind, What
from duyen.kernel.text import clean

#: What may be said of them beside what may be said of every field.
SAID = ("formula", "result", "digits", "source", "what", "of", "by", "where")


@dataclass(frozen=True)
class Wrong:
    """One problem: at which control, its code, what to do."""

    name: str
    code: str
    sentence: str


def read_limits(
    entity: Entity, kind: FieldKind, given: Mapping[str, Any], held: CustomField | None
) -> tuple[dict[str, Any], list[Wrong]]:
    """Give what a definition says of its value, as it is kept, or all that is wrong with it."""
    before = dict(held.limits) if held else {}
    told = {**before, **{name: given[name] for name in SAID if name in given}}
    reader = _Reader(entity, before)
    limits = reader.formula(told, given) if kind is FieldKind.FORMULA else reader.rollup(told, given)
    if reader.wrong:
        return before, reader.wrong
    number, key = (held.pk, held.key) if held else (0, "")
    plan = plan_of(Told(number, f"{OWN}{key}", kind.value, limits), entity)
    if plan is None:
        return before, [Wrong("formula", "unreadable", _("This cannot be worked out. Write it anew."))]
    circle = _circle(plan)
    if circle:
        name = "formula" if kind is FieldKind.FORMULA else "source"
        return before, [Wrong(name, "circle", circle)]
    return {**limits, "reads": [list(each) for each in plan.reads]}, []


def _circle(plan: Plan) -> str:
    """Say on which way a value would follow from itself; nothing where it does not."""
    others = [plan_of(each.told, each.entity) for each in all_plans().ordered if each.id != plan.id]
    tied([*filter(None, others), plan])
    way = circle_of(plan)
    if not way:
        return ""
    names = [str(each.entity.by_name[each.told.name].label) for each in way[1:]]
    if not names:
        return _("This would follow from itself. Take the field out of its own formula.")
    sentence = _("This would follow from itself by way of %(fields)s. Take one of them out.")
    return sentence % {"fields": ", ".join(f"“{name}”" for name in names)}


class _Reader:
    def __init__(self, entity: Entity, before: Mapping[str, Any]) -> None:
        self._entity = entity
        self._before = before
        self.wrong: list[Wrong] = []

    def formula(self, told: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        source = clean(str(told.get("formula") or ""))
        expr = self._checked("formula", source, naming_of(self._entity))
        if expr is None:
            return {}
        result = self._result(told, expr.type, "formula")
        kept = naming_of(self._entity).kept(source)
        return {"formula": kept, "result": result, **self._digits(told, result)}

    def rollup(self, told: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        source = source_named(self._entity, str(told.get("source") or ""))
        if source is None:
            self._refuse("source", "unknown_choice", _("Say which records are to be added up."))
            return {}
        if self._before and told.get("source") != self._before.get("source"):
            self._refuse("source", "fixed", _("This cannot be changed later. Make another field for it."))
        try:
            what = What(str(told.get("what") or ""))
        except ValueError:
            self._refuse(
                "what", "unknown_choice", _("Say what is to be worked out: count, sum, min, max, latest.")
            )
            return {}
        limits: dict[str, Any] = {"source": source.key, "what": what.value}
        type_ = Type.NUMBER
        if what is not What.COUNT:
            limits["of"], found = self._of(source, told, what)
            type_ = found or type_
        if what is What.LATEST and told.get("by"):
            limits["by"] = self._by(source, str(told["by"]))
        where = clean(str(told.get("where") or ""))
        if where:
            limits["where"] = self._condition(source, where)
        result = Result.WHOLE.value if what is What.COUNT else self._result(told, type_, "of")
        return {**limits, "result": result, **self._digits(told, result)}

    def _of(self, source: Source, told: Mapping[str, Any], what: What) -> tuple[str, Type | None]:
        name = str(told.get("of") or "")
        field = source.fields.get(name)
        type_ = type_of(field) if field else None
        wanted = {What.SUM: (Type.NUMBER,), What.LATEST: tuple(RESULTS)}.get(what, (Type.NUMBER, Type.DAY))
        if type_ not in wanted:
            named = ", ".join(words_of(each) for each in wanted)
            sentence = _("Choose the field that is to be worked out: it has to hold %(wanted)s.")
            self._refuse("of", "unknown_choice", sentence % {"wanted": named})
            return name, None
        return name, type_

    def _by(self, source: Source, name: str) -> str:
        field = source.fields.get(name)
        if field is None or type_of(field) is not Type.DAY:
            self._refuse(
                "by", "unknown_choice", _("Choose a date by which a record is newer than another one.")
            )
        return name

    def _condition(self, source: Source, where: str) -> str:
        naming = Naming(source.fields, {})
        expr = self._checked("where", where, naming)
        if expr is not None and expr.type is not Type.FLAG:
            self._refuse("where", "type", _("A condition is true or not, for example [Value] > 0."))
        return naming.kept(where) if expr is not None else ""

    def _checked(self, name: str, source: str, naming: Naming) -> Expr | None:
        try:
            expr, faults = typed(parse(source), naming.find)
        except NotAFormula as error:
            self._refuse(name, error.fault.code, error.fault.said_of(source))
            return None
        for each in faults:
            self._refuse(name, each.code, each.said_of(source))
        if not faults and name == "formula" and expr.type not in RESULTS:
            self._refuse(name, "type", _("This gives no value that can be kept. Ask for yes or no about it."))
            return None
        return None if faults else expr

    def _result(self, told: Mapping[str, Any], type_: Type, name: str) -> str:
        """Say as what the value is kept: as asked for, or as its type is kept at first."""
        known = [each.value for each in RESULTS[type_]]
        wanted = str(told.get("result") or "") or known[0]
        if self._before and wanted != self._before["result"]:
            self._refuse("result", "fixed", _("This cannot be changed later. Make another field for it."))
        elif wanted not in known:
            sentence = _("This gives %(is)s, which cannot be kept as the kind that is chosen below.")
            self._refuse(name if self._before else "result", "type", sentence % {"is": words_of(type_)})
        return wanted

    def _digits(self, told: Mapping[str, Any], result: str) -> dict[str, int]:
        if result != Result.DECIMAL:
            return {}
        digits = str(told.get("digits") or 2).strip()
        if not digits.isdecimal() or not 1 <= int(digits) <= MOST_PLACES:
            sentence = _("Give a number from %(least)s to %(most)s.") % {"least": 1, "most": MOST_PLACES}
            self._refuse("digits", "out_of_range", sentence)
            return {}
        return {"digits": int(digits)}

    def _refuse(self, name: str, code: str, sentence: str) -> None:
        self.wrong.append(Wrong(name, code, sentence))


def followers_of(entity: str, field: str, among: Sequence[CustomField]) -> list[CustomField]:
    """List those definitions whose value follows from a field."""
    return [
        each
        for each in among
        if [entity, field] in [list(place) for place in (each.limits or {}).get("reads", ())]
    ]
