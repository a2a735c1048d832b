"""Conditions of the filter language in words: “Source is Referral”."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest
from duyen.entities.fields import Choice, Day, Field, FieldRefused, Flag, Label, Link, Links, Moment
from duyen.entities.filters import ME, MY_UNIT, MY_UNITS, Part, field_at
from duyen.entities.labels import labels
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.kernel import dates
from duyen.kernel.clock import today

#: The operators with their words, in the order in which forms offer them.
OPERATORS: Mapping[str, Label] = {
    "in": pgettext_lazy("filter", "is"),
    "contains": pgettext_lazy("filter", "contains"),
    "starts": pgettext_lazy("filter", "starts with"),
    "eq": pgettext_lazy("filter", "is exactly"),
    "ne": pgettext_lazy("filter", "is not"),
    "within": pgettext_lazy("filter", "within"),
    "not_within": pgettext_lazy("filter", "not within"),
    "between": pgettext_lazy("filter", "between"),
    "gte": pgettext_lazy("filter", "from"),
    "lte": pgettext_lazy("filter", "until"),
    "gt": pgettext_lazy("filter", "above"),
    "lt": pgettext_lazy("filter", "below"),
}
_IS = pgettext_lazy("filter", "is")
IS_EMPTY, IS_FILLED = pgettext_lazy("filter", "is empty"), pgettext_lazy("filter", "has a value")
#: Words that stay words in a kept filter.
STANDING_WORDS: Mapping[str, Label] = {
    ME: gettext_lazy("Me"),
    MY_UNIT: gettext_lazy("My unit"),
    MY_UNITS: gettext_lazy("My unit and those below"),
}
PERIODS: Mapping[str, Label] = {
    "today": gettext_lazy("today"),
    "yesterday": gettext_lazy("yesterday"),
    "this_week": gettext_lazy("this week"),
    "last_week": gettext_lazy("last week"),
    "this_month": gettext_lazy("this month"),
    "last_month": gettext_lazy("last month"),
    "this_quarter": gettext_lazy("this quarter"),
    "last_quarter": gettext_lazy("last quarter"),
    "this_year": gettext_lazy("this year"),
    "last_year": gettext_lazy("last year"),
    "tomorrow": gettext_lazy("tomorrow"),
    "next_week": gettext_lazy("next week"),
    "next_month": gettext_lazy("next month"),
}


class FilterWords:
    """Says conditions of one entity to one reader; what is closed to her is not named."""

    def __init__(self, entity: Entity, actor: Actor) -> None:
        self.entity, self.actor = entity, actor

    def whole(self, part: Part) -> str:
        """Say a condition or a group in one line; empty where a field of it is closed to the reader."""
        if not isinstance(part, dict):
            said = self.condition(part)
            return " ".join(str(word) for word in said if word) if said else ""
        ((joint, parts),) = part.items()
        told = [self.whole(each) for each in parts]
        word = f" {pgettext('filter', 'or') if joint == 'or' else _('and')} "
        return word.join(told) if all(told) else ""

    def condition(self, leaf: Sequence[object]) -> tuple[Label, Label, str] | None:
        """Say one condition as field, operator and value; nothing of a field that is closed to the reader."""
        path, operator, operand = str(leaf[0]), str(leaf[1]), leaf[2]
        try:
            way = field_at(self.entity, self.actor, path)
        except BadRequest:
            return None
        label = " › ".join(str(field.label) for field in way)
        if operator == "empty":
            return label, "", str(IS_EMPTY if operand is True else IS_FILLED)
        said = OPERATORS.get(operator, operator)
        if isinstance(way[-1], (Flag, Choice, Link, Links)) and operator == "eq":
            said = _IS
        values = operand if isinstance(operand, list) else [operand]
        dash = " – " if operator == "between" else ", "
        return label, said, dash.join(self._values(way[-1], operator, values))

    def _values(self, field: Field, operator: str, values: Sequence[object]) -> list[str]:
        if operator in ("within", "not_within"):
            return [period_in_words(str(each)) for each in values]
        if isinstance(field, Link | Links):
            return self._names(field, [str(each) for each in values])
        return [_shown(field, each) for each in values]

    def _names(self, link: Link | Links, values: Sequence[str]) -> list[str]:
        ids = [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) < 19]
        named = labels(self.actor, entity_named(target_of(link)), ids)
        known = {str(one): each.label or each.code or str(one) for one, each in named.items()}
        return [str(STANDING_WORDS.get(value, known.get(value, value))) for value in values]


def target_of(field: Link | Links) -> str:
    """Name the entity at whose records a field points."""
    return field.to if isinstance(field, Link) else field.to[0]


def period_in_words(name: str) -> str:
    """Say a period: “last 30 days”."""
    if name in PERIODS:
        return str(PERIODS[name])
    direction, _line, rest = name.partition("_")
    count = rest.removesuffix("_days")
    if not count.isdecimal() or len(count) > 4:
        return name
    if direction == "next":
        return _("the next %(count)s days") % {"count": count}
    return _("the last %(count)s days") % {"count": count}


def _moment_shown(field: Moment, value: str) -> str:
    """Say the bound of a filter in time: a whole day as a day, else day and hour in Vietnam."""
    if ":" in value:
        return field.show(field.clean(value))
    return dates.show_date(dates.read_date(value, today=today()))


def _shown(field: Field, value: object) -> str:
    try:
        if isinstance(field, Moment):
            return _moment_shown(field, str(value))
        if isinstance(field, Day):
            return field.show(field.clean(value))
        return field.show(field.read(value))
    except (FieldRefused, dates.DateError):
        return str(value)
