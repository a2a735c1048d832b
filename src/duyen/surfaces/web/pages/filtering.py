"""Conditions of a list: read from the address for the engine, shown as chips, added by a small form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest
from duyen.entities.fields import Choice, Day, Field, FieldRefused, Flag, Label, Link, Moment, Whole
from duyen.entities.labels import labels
from duyen.entities.linking import few_linkable
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel
from duyen.kernel import dates
from duyen.kernel.clock import ZONE, today
from duyen.surfaces.web.pages.addresses import options_url
from duyen.surfaces.web.pages.state import Condition, ListState

#: The operators in the order in which the form offers them, with their words.
OPERATORS: Mapping[str, Label] = {
    "in": pgettext_lazy("filter", "is"),
    "contains": pgettext_lazy("filter", "contains"),
    "starts": pgettext_lazy("filter", "starts with"),
    "eq": pgettext_lazy("filter", "is exactly"),
    "ne": pgettext_lazy("filter", "is not"),
    "between": pgettext_lazy("filter", "between"),
    "gte": pgettext_lazy("filter", "from"),
    "lte": pgettext_lazy("filter", "until"),
    "gt": pgettext_lazy("filter", "above"),
    "lt": pgettext_lazy("filter", "below"),
}
_IS = pgettext_lazy("filter", "is")
_IS_EMPTY, _IS_FILLED = pgettext_lazy("filter", "is empty"), pgettext_lazy("filter", "has a value")
_TRUE = ("1", "true")
_RANGES = (Day, Moment, Whole)
_MANY = ("in", "between")


@dataclass(frozen=True)
class Chip:
    """One condition in words, and the address without it."""

    field: Label
    operator: Label
    value: str
    remove_url: str


def conditions_for_engine(state: ListState) -> object:
    """Turn the conditions of an address into the engine's filter. Raises BadRequest."""
    parts: list[object] = []
    for each in state.conditions:
        found = state.entity.by_name.get(each.field)
        parts += _engine_conditions(found, each)
    return {"and": parts} if parts else None


def _engine_conditions(found: Field | None, condition: Condition) -> list[object]:
    name, operator, values = condition.field, condition.operator, list(condition.values)
    if operator == "empty":
        return [[name, operator, values[0] in _TRUE]]
    if isinstance(found, Moment):
        values = [_edge(value, late=late) for value, late in zip(values, _late(operator), strict=False)]
    if operator in _MANY:
        return [[name, operator, values]]
    return [[name, operator, value] for value in values]


def _late(operator: str) -> tuple[bool, ...]:
    """Say for each value of an operator whether the end of the day is meant, not its start."""
    return {"between": (False, True), "lte": (True,), "gt": (True,)}.get(operator, (False,))


def _edge(text: str, *, late: bool) -> str:
    """Read a day as people write it, and give its first or last moment."""
    try:
        day = dates.read_date(text, today=today())
    except dates.DateError as error:
        raise BadRequest(what=str(error)) from error
    time = dt.time.max if late else dt.time.min
    return dt.datetime.combine(day, time, tzinfo=ZONE).isoformat()


def chips(state: ListState, actor: Actor) -> list[Chip]:
    """Say each condition in words; what the reader may not see is not said."""
    found = []
    for each in state.conditions:
        described = state.entity.by_name.get(each.field)
        if described is None or state.entity.level(actor, each.field) is FieldLevel.HIDDEN:
            found.append(Chip(each.field, each.operator, ", ".join(each.values), state.without(each).url()))
            continue
        operator, value = _in_words(described, each, actor)
        found.append(Chip(described.label, operator, value, state.without(each).url()))
    return found


def _in_words(described: Field, condition: Condition, actor: Actor) -> tuple[Label, str]:
    if condition.operator == "empty":
        return "", str(_IS_EMPTY if condition.values[0] in _TRUE else _IS_FILLED)
    operator = OPERATORS.get(condition.operator, condition.operator)
    if isinstance(described, (Flag, Choice)) and condition.operator == "eq":
        operator = _IS
    if isinstance(described, Link):
        return operator, ", ".join(_names(described, condition.values, actor))
    dash = " – " if condition.operator == "between" else ", "
    return operator, dash.join(_shown(described, value) for value in condition.values)


def _names(link: Link, values: Sequence[str], actor: Actor) -> list[str]:
    ids = [int(value) for value in values if value.isdecimal()]
    named = labels(actor, entity_named(link.to), ids)
    return [named[one].label or named[one].code for one in ids if one in named] or list(values)


def _shown(described: Field, value: str) -> str:
    if isinstance(described, Moment):
        return value
    try:
        return described.show(described.read(value))
    except FieldRefused:
        return value


def offered(entity: Entity, names: Sequence[str], actor: Actor) -> list[Field]:
    """List the fields by which the reader may filter."""
    readable = {each.name for each in entity.readable(actor)}
    return [entity.field(name) for name in names if name in readable and entity.field(name).filters]


@dataclass(frozen=True)
class FilterForm:
    """The form for one condition: which operators, which control, and what is chosen already."""

    field: Field
    kind: str
    operators: Sequence[tuple[str, Label]]
    options: Sequence[Mapping[str, object]] = ()
    search_url: str = ""
    chosen: Sequence[str] = ()
    present: Sequence[tuple[str, str]] = ()

    @property
    def is_range(self) -> bool:
        return self.kind == "range"

    @property
    def is_checks(self) -> bool:
        return self.kind == "checks"

    @property
    def is_search(self) -> bool:
        return self.kind == "search"

    @property
    def is_flag(self) -> bool:
        return self.kind == "flag"

    @property
    def is_calendar(self) -> bool:
        return isinstance(self.field, (Day, Moment))


def filter_form(state: ListState, described: Field, actor: Actor) -> FilterForm:
    """Describe the form that adds a condition on one field."""
    kind, options = _control(described, actor)
    chosen = next((each.values for each in state.conditions if each.parameter == f"{described.name}.in"), ())
    return FilterForm(
        described,
        kind,
        _operators(described, kind),
        options,
        options_url(entity_named(described.to)) if isinstance(described, Link) else "",
        chosen,
        state.pairs,
    )


def _control(described: Field, actor: Actor) -> tuple[str, Sequence[Mapping[str, object]]]:
    if isinstance(described, Flag):
        return "flag", ()
    if isinstance(described, _RANGES):
        return "range", ()
    if isinstance(described, Choice):
        return "checks", [{"value": each.code, "label": each.label} for each in described.options]
    if isinstance(described, Link):
        few = few_linkable(entity_named(described.to), actor)
        if few is None:
            return "search", ()
        return "checks", [{"value": str(each.id), "label": each.label} for each in few]
    return "text", ()


def _operators(described: Field, kind: str) -> list[tuple[str, Label]]:
    if kind == "flag":
        return []
    known = set(described.operators)
    if kind == "range":
        found = [("range", pgettext_lazy("filter", "from … to …"))]
    else:
        usual = ("in", "ne") if kind in ("checks", "search") else ("contains", "starts", "eq")
        found = [(name, OPERATORS[name]) for name in usual if name in known]
    if "empty" in known:
        found += [("empty", _IS_EMPTY), ("filled", _IS_FILLED)]
    return found


def condition_from_form(described: Field, query: QueryDict) -> Condition:
    """Read the condition that the small form sent. Raises BadRequest when no value was given."""
    operator = query.get("op", "eq")
    if operator in ("empty", "filled"):
        return Condition(described.name, "empty", ("1" if operator == "empty" else "0",))
    if operator == "range":
        return _range(described, query.get("from", "").strip(), query.get("to", "").strip())
    values = tuple(value.strip() for value in query.getlist("value") if value.strip())
    if not values:
        raise BadRequest(what=_("say by which value to filter."))
    return Condition(described.name, operator, values)


def _range(described: Field, low: str, high: str) -> Condition:
    if low and high:
        return Condition(described.name, "between", (low, high))
    if low:
        return Condition(described.name, "gte", (low,))
    if high:
        return Condition(described.name, "lte", (high,))
    raise BadRequest(what=_("say by which value to filter."))
