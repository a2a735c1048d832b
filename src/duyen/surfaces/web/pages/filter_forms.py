"""The small form for one condition: which fields there are, which operators fit, and what it sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.custom.kinds import OwnChoices
from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest
from duyen.entities.fields import (
    Addresses,
    Choice,
    Day,
    Field,
    Flag,
    Label,
    Link,
    Links,
    Moment,
    Tags,
    WardField,
)
from duyen.entities.filter_words import (
    IS_EMPTY,
    IS_FILLED,
    OPERATORS,
    PERIODS,
    STANDING_WORDS,
    target_of,
)
from duyen.entities.filters import Part, field_at, words_for
from duyen.entities.labels import labels
from duyen.entities.linking import few_linkable
from duyen.entities.marking import marks_field
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.surfaces.web.pages.addresses import options_url, places_url
from duyen.surfaces.web.pages.option_words import said
from duyen.surfaces.web.pages.state import ListState

#: Places in the address at which the form's condition is put: instead of another one, or beside it.
AT, BESIDE = "at", "beside"
_LONGEST_PERIOD = 4


@dataclass(frozen=True)
class FieldChoice:
    """One field to filter by, and where its form stands."""

    label: Label
    url: str


@dataclass(frozen=True)
class FieldGroup:
    """Fields of the entity itself, or of what one of its links points at."""

    label: Label
    fields: Sequence[FieldChoice]


def usual_fields(state: ListState, actor: Actor) -> list[FieldChoice]:
    """List the fields that the list's declaration offers first."""
    readable = {each.name: each for each in state.entity.readable(actor) if each.filters}
    named = [*_marks(state, actor), *(readable[name] for name in state.listing.filters if name in readable)]
    return [FieldChoice(each.label, state.url("filter", [("field", each.name)])) for each in named]


def all_fields(state: ListState, actor: Actor, put: Sequence[tuple[str, str]] = ()) -> list[FieldGroup]:
    """List every field by which the reader may filter, and those that stand behind her links."""
    own = [*_marks(state, actor), *(each for each in state.entity.readable(actor) if each.filters)]

    def choice(field: Field, path: str) -> FieldChoice:
        return FieldChoice(field.label, state.url("filter", [("field", path), *put]))

    groups = [FieldGroup(state.entity.label, [choice(each, each.name) for each in own])]
    for link in own:
        if isinstance(link, Link) and actor.may(link.to, READ):
            behind = [each for each in entity_named(link.to).readable(actor) if each.filters]
            groups.append(
                FieldGroup(link.label, [choice(each, f"{link.name}.{each.name}") for each in behind])
            )
    return groups


def _marks(state: ListState, actor: Actor) -> list[Field]:
    """Give what one filters by to find what is warned of, where there is such a thing."""
    found = marks_field(state.entity, actor)
    return [found] if found else []


@dataclass(frozen=True)
class FilterForm:
    """The form for one condition: which operators, which control, and what is chosen already."""

    path: str
    label: str
    field: Field
    kind: str
    operators: Sequence[tuple[str, Label]]
    operator: str
    options: Sequence[Mapping[str, object]] = ()
    words: Sequence[Mapping[str, object]] = ()
    search_url: str = ""
    values: Sequence[str] = ()
    present: Sequence[tuple[str, str]] = ()
    beside_url: str = ""
    chosen: Sequence[Mapping[str, object]] = ()
    low: str = ""
    high: str = ""

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
    def is_text(self) -> bool:
        return self.kind == "text"

    @property
    def is_calendar(self) -> bool:
        return isinstance(self.field, (Day, Moment))

    @property
    def text(self) -> str:
        return ", ".join(self.values)

    @property
    def flag(self) -> str:
        return self.values[0] if self.values else "1"

    @property
    def days(self) -> str:
        """The number of days, where the period is a number of them."""
        name = self.values[0] if self.values else ""
        count = name.removeprefix("last_").removesuffix("_days")
        return count if count.isdecimal() else ""

    @property
    def period(self) -> str:
        return self.values[0] if self.values else "this_month"

    @property
    def periods(self) -> Sequence[tuple[str, Label]]:
        return list(PERIODS.items())


def filter_form(state: ListState, path: str, actor: Actor, query: QueryDict) -> FilterForm:
    """Describe the form for a condition on `path`, filled with the one that it is to replace.

    Raises BadRequest for a field by which the reader cannot filter.
    """
    at, beside = query.get(AT, ""), query.get(BESIDE, "")
    operator, values = _chosen(state, path, at)
    return replace(
        condition_form(state.entity, path, actor, operator, values),
        present=[*state.pairs, *((name, value) for name, value in ((AT, at), (BESIDE, beside)) if value)],
        beside_url=state.url("filter", [(BESIDE, at)]) if at and "." not in at else "",
    )


def condition_form(
    entity: Entity, path: str, actor: Actor, operator: str, values: Sequence[str]
) -> FilterForm:
    """Describe the controls for a condition on `path`, with what is chosen already.

    Raises BadRequest for a field by which the reader cannot filter.
    """
    way = field_at(entity, actor, path)
    field = way[-1]
    if not field.filters:
        raise BadRequest(what=_("there is no field “%(field)s”.") % {"field": path[:60]})
    kind, options = _control(field, actor)
    return FilterForm(
        path,
        " › ".join(str(each.label) for each in way),
        field,
        kind,
        _operators(field, kind),
        "range" if operator in ("gte", "lte", "between") else operator,
        options,
        [{"value": word, "label": STANDING_WORDS[word]} for word in words_for(field)],
        _search_url(field),
        values,
        low=values[0] if operator in ("range", "gte", "between") and values else "",
        high=values[-1] if operator in ("lte", "between") and values else "",
    )


def chosen_of(form: FilterForm, actor: Actor) -> list[Mapping[str, object]]:
    """Name the records that a condition found by search holds already."""
    field = form.field
    if not form.is_search or not isinstance(field, Link | Links):
        return [{"value": each, "label": each} for each in form.values] if form.is_search else []
    ids = [int(each) for each in form.values if each.isascii() and each.isdecimal() and len(each) < 19]
    named = labels(actor, entity_named(target_of(field)), ids)
    return [
        {"value": str(one), "label": named[one].label or named[one].code or str(one)}
        for one in ids
        if one in named
    ]


def _chosen(state: ListState, path: str, at: str) -> tuple[str, list[str]]:
    """Find what is chosen already: in the condition to be replaced, or in the one on the same field."""
    same = (each for each in state.shown.parts if isinstance(each, list) and each[0] == path)
    part = state.part(at) if at else next(same, None)
    if not isinstance(part, list) or part[0] != path:
        return "", []
    operator, operand = part[1], part[2]
    if operator == "empty":
        return "empty" if operand is True else "filled", []
    return operator, [str(each) for each in (operand if isinstance(operand, list) else [operand])]


def _control(field: Field, actor: Actor) -> tuple[str, Sequence[Mapping[str, object]]]:
    if isinstance(field, Flag):
        return "flag", ()
    if "between" in field.operators:
        return "range", ()
    if isinstance(field, Addresses):
        return "presence", ()
    if isinstance(field, WardField):
        return "search", ()
    if isinstance(field, (Choice, OwnChoices)):
        return "checks", [{"value": each.code, "label": said(each)} for each in field.options]
    if isinstance(field, Link):
        few = few_linkable(entity_named(field.to), actor, with_gone=True)
        if few is None:
            return "search", ()
        return "checks", [{"value": str(each.id), "label": each.label} for each in few]
    return ("search", ()) if isinstance(field, Links) else ("text", ())


def _search_url(field: Field) -> str:
    if isinstance(field, WardField):
        return places_url(codes=True)
    return options_url(entity_named(target_of(field))) if isinstance(field, Link | Links) else ""


def _operators(field: Field, kind: str) -> list[tuple[str, Label]]:
    if kind == "flag":
        return []
    known = set(field.operators)
    if kind == "range":
        found: list[tuple[str, Label]] = [("range", pgettext_lazy("filter", "from … to …"))]
        found += [(each, OPERATORS[each]) for each in ("within", "not_within") if each in known]
    elif isinstance(field, Tags):
        found = [
            ("in", pgettext_lazy("filter", "has one of")),
            ("eq", pgettext_lazy("filter", "has all of")),
        ]
    else:
        usual = ("in", "ne") if kind in ("checks", "search") else ("contains", "starts", "eq", "ne")
        found = [(each, OPERATORS[each]) for each in usual if each in known]
        if isinstance(field, Links):
            found = [("eq", pgettext_lazy("filter", "has all of"))]
    if "empty" in known:
        found += [("empty", IS_EMPTY), ("filled", IS_FILLED)]
    return found


def sent_condition(entity: Entity, actor: Actor, query: QueryDict) -> list[Part]:
    """Read the condition that the small form sent. Raises BadRequest when no value was given."""
    path, operator = query.get("field", ""), query.get("op", "eq")
    field = field_at(entity, actor, path)[-1]
    if operator in ("empty", "filled"):
        return [[path, "empty", operator == "empty"]]
    if operator == "range":
        return [_range(path, query.get("from", "").strip(), query.get("to", "").strip())]
    if operator in ("within", "not_within"):
        days = query.get("days", "").strip()
        is_count = days.isascii() and days.isdecimal() and 0 < len(days) <= _LONGEST_PERIOD
        return [[path, operator, f"last_{int(days)}_days" if is_count else query.get("period", "")]]
    values: list[Any] = [value.strip() for value in query.getlist("value") if value.strip()]
    if isinstance(field, Tags):
        values = [word.strip() for value in values for word in value.split(",") if word.strip()]
    if not values and isinstance(field, WardField):
        # Typed, and none chosen from the list: its name may do.
        values = [typed] if (typed := query.get("value_text", "").strip()) else []
    if not values:
        raise BadRequest(what=_("say by which value to filter."))
    is_many = operator in ("in", "ne") or isinstance(field, Tags)
    return [[path, operator, values]] if is_many else [[path, operator, value] for value in values]


def _range(path: str, low: str, high: str) -> Part:
    if low and high:
        return [path, "between", [low, high]]
    if low:
        return [path, "gte", low]
    if high:
        return [path, "lte", high]
    raise BadRequest(what=_("say by which value to filter."))
