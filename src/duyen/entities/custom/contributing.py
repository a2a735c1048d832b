"""Put a company's own fields into the descriptions of its entities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.custom import kinds
from duyen.entities.custom.columns import column_of, derived_column_of
from duyen.entities.entity import Entity, Rule
from duyen.entities.fields import ChoiceList, Field, FieldRefused, Option
from duyen.entities.fields.base import EMPTY, OWN
from duyen.entities.fields.options import list_named
from duyen.entities.living import Draft, Overlay, Told
from duyen.entities.models import CompanyIndex
from duyen.entities.registry import all_entities
from duyen.entities.words import IndexState
from duyen.foundation.fields.models import CustomField
from duyen.foundation.fields.words import DERIVED_KINDS, FieldKind, FieldState, Required
from duyen.kernel.errors import FieldProblem

#: By which field of a record its kind is told, where records of an entity are of several kinds.
KIND_FIELD = "kind"
NEEDED = _("This field is needed. Fill it in.")


class CustomFields:
    """Adds the fields in use behind the declared ones, in their own order."""

    rank = 10

    def read(self) -> Overlay:
        """Read all definitions by one query; those out of use are for the history alone."""
        found: dict[str, list[CustomField]] = defaultdict(list)
        former: dict[str, list[CustomField]] = defaultdict(list)
        for each in CustomField.objects.order_by("place", "pk"):
            kept = found if each.state == FieldState.ACTIVE else former
            kept[each.entity].append(each)
        ready = set(
            CompanyIndex._default_manager.filter(state=IndexState.READY.value, purpose="filter")
            .exclude(name="")
            .values_list("entity", "field")
        )

        def overlay(entity: Entity, draft: Draft) -> Draft:
            draft = _with(entity, draft, found.get(entity.name, []), ready)
            gone = (field_of(each) for each in former.get(entity.name, ()))
            return replace(draft, former=tuple(each for each in gone if each is not None))

        return overlay


def _with(entity: Entity, draft: Draft, definitions: list[CustomField], ready: set[tuple[str, str]]) -> Draft:
    made = [
        (each, replace(field, in_search=each.searched and (entity.name, field.name) in ready))
        for each in definitions
        if (field := field_of(each)) is not None
    ]
    if not made:
        return draft
    rules = [
        _needed_by_kind(field.name, frozenset(each.required_kinds))
        for each, field in made
        if each.required == Required.KINDS
    ]
    return replace(
        draft,
        fields=(*draft.fields, *(field for _each, field in made)),
        form=(*draft.form, (_("Fields of our own"), _lines([field for _each, field in made]))),
        rules=(*draft.rules, *rules),
        needed_by=(
            *draft.needed_by,
            *((verb, field.name) for each, field in made for verb in each.required_by),
        ),
        derived=tuple(
            Told(each.pk, field.name, each.kind, each.limits or {})
            for each, field in made
            if each.kind in DERIVED_KINDS
        ),
    )


def _lines(fields: list[Field]) -> list[str]:
    """Put two short fields beside each other, and a long one by itself."""
    lines: list[list[str]] = []
    for each in fields:
        is_long = isinstance(each, (kinds.OwnLongText, kinds.OwnChoices))
        if is_long or not lines or len(lines[-1]) == 2 or lines[-1][0] in _long(fields):
            lines.append([each.name])
        else:
            lines[-1].append(each.name)
    return [" ".join(line) for line in lines]


def _long(fields: list[Field]) -> set[str]:
    return {each.name for each in fields if isinstance(each, (kinds.OwnLongText, kinds.OwnChoices))}


def _needed_by_kind(name: str, needing: frozenset[str]) -> Rule:
    """Ask for a value of new records of some kinds, and of those that had one; an old one without waits."""

    def judge(after: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterator[FieldProblem]:
        if after.get(KIND_FIELD) not in needing or after.get(name) not in EMPTY:
            return
        if before is None or before.get(name) not in EMPTY or before.get(KIND_FIELD) not in needing:
            yield FieldProblem(name, "required", NEEDED)

    return judge


def field_of(definition: CustomField) -> Field | None:
    """Make the field of a definition; none where it links to what is not there any more."""
    limits = definition.limits or {}
    if definition.kind == FieldKind.LINK and limits.get("to") not in {each.name for each in all_entities()}:
        return None
    given: dict[str, Any] = {
        "name": f"{OWN}{definition.key}",
        "label": definition.label,
        "help": definition.help,
        "required": definition.required == Required.ALWAYS,
        "required_for": tuple(definition.required_kinds) if definition.required == Required.KINDS else (),
        "column": column_of(definition.pk),
        "search": False,
    }
    if definition.kind in DERIVED_KINDS:
        return _derived(given, definition)
    made = _MAKERS[FieldKind(definition.kind)](given, definition)
    if definition.default in EMPTY:
        return made
    try:
        return replace(made, default=made.read(definition.default))
    except FieldRefused:  # an option that is gone
        return made


def list_of(definition: CustomField) -> ChoiceList | None:
    """Find the list from which a field takes its options; none where it has options of its own."""
    return list_named(str((definition.limits or {}).get("list") or ""))


_Maker = Callable[[dict[str, Any], CustomField], Field]


def _plain(kind: type[Field]) -> _Maker:
    return lambda given, _definition: kind(**given)


def _whole(kind: type[kinds.OwnWhole]) -> _Maker:
    def make(given: dict[str, Any], definition: CustomField) -> Field:
        limits = definition.limits or {}
        told: dict[str, Any] = {
            each: int(limits[each]) for each in ("least", "most") if limits.get(each) is not None
        }
        return kind(**given, **told)

    return make


def _decimal(given: dict[str, Any], definition: CustomField) -> Field:
    limits = definition.limits or {}
    told: dict[str, Any] = {
        each: Decimal(str(limits[each])) for each in ("least", "most") if limits.get(each) is not None
    }
    return kinds.OwnDecimal(**given, **told, digits=int(limits.get("digits") or 2))


def _chosen(kind: type[Field]) -> _Maker:
    def make(given: dict[str, Any], definition: CustomField) -> Field:
        shared = list_of(definition)
        options: Sequence[Option] = tuple(
            Option(each["code"], each["label"], is_retired=bool(each.get("is_retired")))
            for each in definition.options
        )
        return kind(**given, options=options if shared is None else shared)  # type: ignore[call-arg] # of kinds with options

    return make


def _link(given: dict[str, Any], definition: CustomField) -> Field:
    return kinds.OwnLink(**given, to=definition.limits["to"])


def _derived(given: dict[str, Any], definition: CustomField) -> Field | None:
    """Make a field that nobody sets: it is kept beside, in the form of its result."""
    limits = definition.limits or {}
    column = derived_column_of(definition.pk)
    told = {**given, "required": False, "required_for": (), "editable": False, "column": column}
    most = kinds.LARGEST
    if limits.get("result") == FieldKind.DECIMAL:
        return kinds.OwnDecimal(**told, digits=int(limits.get("digits") or 2))
    made: dict[str, Callable[[], Field]] = {
        FieldKind.WHOLE: lambda: kinds.OwnWhole(**told),
        FieldKind.AMOUNT: lambda: kinds.OwnAmount(**told, least=-most),
        FieldKind.TEXT: lambda: kinds.OwnText(**told, max_length=500),
        FieldKind.DAY: lambda: kinds.OwnDay(**told),
        FieldKind.FLAG: lambda: kinds.OwnFlag(**told),
    }
    make = made.get(str(limits.get("result")))
    return make() if make else None


_MAKERS: dict[FieldKind, _Maker] = {
    FieldKind.TEXT: _plain(kinds.OwnText),
    FieldKind.LONG_TEXT: _plain(kinds.OwnLongText),
    FieldKind.WHOLE: _whole(kinds.OwnWhole),
    FieldKind.DECIMAL: _decimal,
    FieldKind.AMOUNT: _whole(kinds.OwnAmount),
    FieldKind.DAY: _plain(kinds.OwnDay),
    FieldKind.MOMENT: _plain(kinds.OwnMoment),
    FieldKind.FLAG: _plain(kinds.OwnFlag),
    FieldKind.CHOICE: _chosen(kinds.OwnChoice),
    FieldKind.CHOICES: _chosen(kinds.OwnChoices),
    FieldKind.LINK: _link,
    FieldKind.PHONE: _plain(kinds.OwnPhone),
    FieldKind.EMAIL: _plain(kinds.OwnEmail),
    FieldKind.WEB: _plain(kinds.OwnWeb),
}
