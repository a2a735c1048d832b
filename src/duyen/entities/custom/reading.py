"""Read what somebody said of a field: name, kind, options, limits, default; every problem by its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from duyen.entities.custom import kinds
from duyen.entities.custom.contributing import KIND_FIELD, field_of
from duyen.entities.custom.rules import KEY, LONGEST_OPTION, MOST_OPTIONS, codes_from
from duyen.entities.derived.reading import SAID, read_limits
from duyen.entities.entity import Entity
from duyen.entities.fields import Choice, ChoiceList, Field, FieldRefused
from duyen.entities.fields.base import EMPTY
from duyen.entities.fields.options import PARTING, list_named
from duyen.entities.registry import all_entities
from duyen.foundation.fields.models import CustomField
from duyen.foundation.fields.words import DERIVED_KINDS, FieldKind, Required
from duyen.kernel.text import clean

WITH_OPTIONS = (FieldKind.CHOICE, FieldKind.CHOICES)
WITH_LIMITS = (FieldKind.WHOLE, FieldKind.DECIMAL, FieldKind.AMOUNT)
_LONGEST_LABEL, _LONGEST_HELP, _MOST_PLACES = 80, 300, 6
#: What may be said of a field.
KNOWN = frozenset(
    {
        *("label", "key", "kind", "help", "default", "required", "required_kinds", "required_by"),
        *("options", "list_name", "least", "most", "digits", "to", "searched"),
        *SAID,
    }
)


@dataclass
class Read:
    """The columns that a definition gets, and what is wrong with what was given."""

    columns: dict[str, Any] = field(default_factory=dict)
    problems: list[tuple[str, str, str]] = field(default_factory=list)

    def refuse(self, name: str, code: str, sentence: str) -> None:
        self.problems.append((name, code, sentence))


def read_given(entity: Entity, given: Mapping[str, Any], *, held: CustomField | None = None) -> Read:
    """Read what was given of a new field, or of one that is `held`: what is left out stays as it is."""
    read = Read()
    for name in given:
        if name not in KNOWN or (held is not None and name in ("key", "kind")):
            read.refuse(name, "unknown_field", _("There is no such field, or it cannot be set."))
    kind = _kind(given, held, read)
    _words(given, held, read)
    if kind in DERIVED_KINDS:
        _following(entity, given, held, kind, read)
        return read
    for name in sorted((set(SAID) - {"digits"}) & set(given)):
        read.refuse(name, "unknown_field", _("There is no such field, or it cannot be set."))
    _required(entity, given, kind, read)
    _list(given, held, kind, read)
    if kind in WITH_OPTIONS and not _takes_list(held, read) and (held is None or "options" in given):
        _options(given, held, kind, read)
    if kind is not None:
        _limits(given, held, kind, read)
        _default(entity, given, held, kind, read)
    if "searched" in given:
        read.columns["searched"] = bool(given["searched"]) and kind in SEARCHABLE
    return read


def _following(
    entity: Entity, given: Mapping[str, Any], held: CustomField | None, kind: FieldKind, read: Read
) -> None:
    """Read a formula or a roll-up: nobody enters its value, so none is asked for, and none is a default."""
    for name in sorted(
        set(given) & {"default", "required", "required_kinds", "required_by", "options", "to"}
    ):
        if given[name] not in (*EMPTY, Required.NEVER.value):
            read.refuse(name, "derived", _("Nobody enters this value, so this cannot be said of it."))
    limits, wrong = read_limits(entity, kind, given, held)
    for each in wrong:
        read.refuse(each.name, each.code, each.sentence)
    read.columns["limits"] = limits


SEARCHABLE = (FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.PHONE, FieldKind.EMAIL, FieldKind.WEB)


def _kind(given: Mapping[str, Any], held: CustomField | None, read: Read) -> FieldKind | None:
    if held is not None:
        return FieldKind(held.kind)
    try:
        kind = FieldKind(str(given.get("kind", "")))
    except ValueError:
        known = ", ".join(each.value for each in FieldKind)
        read.refuse("kind", "unknown_choice", _("Choose what the field holds: %(kinds)s.") % {"kinds": known})
        return None
    read.columns["kind"] = kind.value
    return kind


def _words(given: Mapping[str, Any], held: CustomField | None, read: Read) -> None:
    if held is None or "label" in given:
        label = clean(str(given.get("label") or ""))
        if not label:
            read.refuse("label", "required", _("This field is needed. Fill it in."))
        elif len(label) > _LONGEST_LABEL:
            read.refuse("label", "too_long", _("This text is too long. Shorten it."))
        read.columns["label"] = label[:_LONGEST_LABEL]
    if "help" in given:
        text = clean(str(given["help"] or ""))
        if len(text) > _LONGEST_HELP:
            read.refuse("help", "too_long", _("This text is too long. Shorten it."))
        read.columns["help"] = text[:_LONGEST_HELP]
    if held is None and given.get("key"):
        key = str(given["key"]).strip()
        if not KEY.fullmatch(key):
            sentence = _("A key has small letters, digits and underscores, and begins with a letter.")
            read.refuse("key", "key", sentence)
        read.columns["key"] = key


def _required(entity: Entity, given: Mapping[str, Any], kind: FieldKind | None, read: Read) -> None:
    if "required" in given:
        wanted = str(given["required"] or Required.NEVER)
        if wanted not in set(Required):
            read.refuse("required", "unknown_choice", _("Choose: never, always or kinds."))
        elif kind is FieldKind.FLAG and wanted != Required.NEVER:
            sentence = _("A field of yes or no always has a value, so it cannot be required.")
            read.refuse("required", "flag", sentence)
        read.columns["required"] = wanted
    if "required_kinds" in given:
        known = kinds_of(entity)
        wanted_kinds = [str(each) for each in given["required_kinds"] or ()]
        if any(each not in known for each in wanted_kinds):
            read.refuse("required_kinds", "unknown_choice", _("One of these kinds does not exist here."))
        read.columns["required_kinds"] = wanted_kinds
    if read.columns.get("required") == Required.KINDS and not read.columns.get("required_kinds"):
        read.refuse("required_kinds", "required", _("Say for which kinds a value is needed."))
    if "required_by" in given:
        steps = {step.verb for step in entity.actions}
        wanted_steps = [str(each) for each in given["required_by"] or ()]
        if any(each not in steps for each in wanted_steps):
            read.refuse("required_by", "unknown_choice", _("One of these steps does not exist here."))
        read.columns["required_by"] = wanted_steps


def kinds_of(entity: Entity) -> dict[str, str]:
    """Give the kinds that records of an entity are of, by code; none where they are all alike."""
    found = entity.by_name.get(KIND_FIELD)
    if not isinstance(found, Choice):
        return {}
    return {each.code: str(each.label) for each in found.options}


def _list(given: Mapping[str, Any], held: CustomField | None, kind: FieldKind | None, read: Read) -> None:
    """Read from which list a new field takes its options; that never changes."""
    wanted = str(given.get("list_name") or "")
    if held is not None:
        if "list_name" in given and wanted != str(held.limits.get("list") or ""):
            read.refuse("list_name", "fixed", _("From which list a field takes its options never changes."))
        return
    if not wanted:
        return
    found = list_named(wanted) if kind in WITH_OPTIONS else None
    if found is None or found.takes_words:
        read.refuse("list_name", "unknown_choice", _("Choose one of the lists of choices."))
    elif given.get("options"):
        read.refuse("options", "list", _("The options come from the list. Give either a list or options."))
    elif kind is FieldKind.CHOICES and any(sign in str(each.label) for each in found for sign in PARTING):
        sentence = _(
            "Words of this list hold commas, semicolons or lines, by which files part several options."
        )
        read.refuse("list_name", "signs", sentence)
    read.columns["limits"] = {"list": wanted}


def _takes_list(held: CustomField | None, read: Read) -> bool:
    """Tell whether the options of a field come from a list."""
    return bool((held.limits if held else read.columns.get("limits", {})).get("list"))


def _options(given: Mapping[str, Any], held: CustomField | None, kind: FieldKind, read: Read) -> None:
    raw = given.get("options") or []
    if not isinstance(raw, (list, tuple)):
        read.refuse("options", "a_list", _("Give a list of values."))
        return
    told = [each if isinstance(each, Mapping) else {"label": each} for each in raw]
    options = [
        {"code": str(each.get("code") or ""), "label": clean(str(each.get("label") or ""))}
        | ({"is_retired": True} if each.get("is_retired") else {})
        for each in told
    ]
    options = [each for each in options if each["label"]]
    known = {each["code"] for each in held.options} if held else set()
    _judge_options(options, known, kind, read)
    new = [each for each in options if not each["code"]]
    codes = codes_from([str(each["label"]) for each in new], {str(each["code"]) for each in options} | known)
    for each, code in zip(new, codes, strict=True):
        each["code"] = code
    read.columns["options"] = options


def _judge_options(options: list[dict[str, Any]], known: set[str], kind: FieldKind, read: Read) -> None:
    labels = [str(each["label"]).casefold() for each in options]
    missing = known - {each["code"] for each in options}
    checks: list[tuple[bool, str, str]] = [
        (not options, "required", _("Give at least one option.")),
        (
            len(options) > MOST_OPTIONS,
            "too_many",
            _("At most %(most)s options. For longer lists keep records of their own, and link to them.")
            % {"most": MOST_OPTIONS},
        ),
        (
            any(len(each) > LONGEST_OPTION for each in labels),
            "too_long",
            _("An option is too long. Shorten it."),
        ),
        (len(set(labels)) < len(labels), "twice", _("Two options have the same words.")),
        (
            kind is FieldKind.CHOICES and any(sign in each for each in labels for sign in PARTING),
            "signs",
            _("Leave commas, semicolons and lines out of options: files part them by these signs."),
        ),
        (
            bool(missing),
            "missing",
            _("An option that records may hold cannot be left out. Mark it as no longer used instead."),
        ),
    ]
    for is_wrong, code, sentence in checks:
        if is_wrong:
            read.refuse("options", code, sentence)


def _limits(given: Mapping[str, Any], held: CustomField | None, kind: FieldKind, read: Read) -> None:
    limits = dict(held.limits) if held else dict(read.columns.get("limits", {}))
    if kind in WITH_LIMITS:
        for name in ("least", "most"):
            if name in given:
                limits[name] = _number(given[name], name, read, whole=kind is not FieldKind.DECIMAL)
        if kind is FieldKind.DECIMAL and given.get("digits") not in EMPTY:
            digits = _number(given["digits"], "digits", read, whole=True)
            if digits is not None and not 1 <= int(digits) <= _MOST_PLACES:
                sentence = _("Give a number from %(least)s to %(most)s.") % {"least": 1, "most": _MOST_PLACES}
                read.refuse("digits", "out_of_range", sentence)
            limits["digits"] = digits
        low, high = limits.get("least"), limits.get("most")
        if low is not None and high is not None and Decimal(str(low)) > Decimal(str(high)):
            read.refuse("most", "order", _("The largest number is smaller than the smallest one."))
    if kind is FieldKind.LINK and held is None:
        known = {each.name for each in all_entities()}
        limits["to"] = str(given.get("to") or "")
        if limits["to"] not in known:
            read.refuse("to", "unknown_choice", _("Say to which kind of record the link leads."))
    if limits or held:
        read.columns["limits"] = {name: value for name, value in limits.items() if value is not None}


def _number(raw: Any, name: str, read: Read, *, whole: bool) -> int | float | None:
    if raw in EMPTY:
        return None
    try:
        value = Decimal(kinds.plain_number(raw))
        if not value.is_finite() or abs(value) > kinds.LARGEST or (whole and value != int(value)):
            raise InvalidOperation
    except InvalidOperation:
        read.refuse(name, "number", _("Give a number, for example 1.234,5."))
        return None
    return int(value) if value == int(value) else float(value)


def _default(
    entity: Entity, given: Mapping[str, Any], held: CustomField | None, kind: FieldKind, read: Read
) -> None:
    """Read the value of new records by the field as it will be."""
    if "default" not in given:
        return
    raw = given["default"]
    if kind is FieldKind.LINK and raw not in EMPTY:
        read.refuse("default", "link", _("A link has no default."))
        return
    options = read.columns.get("options", held.options if held else [])
    limits = read.columns.get("limits", held.limits if held else {})
    made = field_of(
        CustomField(entity=entity.name, kind=kind.value, key="x", options=options, limits=limits, pk=0)
    )
    if made is None or raw in EMPTY or raw is False:
        read.columns["default"] = None
        return
    raw = _codes_of(raw, _words_of(made, options)) if kind in WITH_OPTIONS else raw
    try:
        value = made.read(raw)
    except FieldRefused as error:
        read.refuse("default", error.code, str(error))
        return
    read.columns["default"] = next(iter(made.store(value).values()))


def _words_of(made: Field, options: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Give the words and codes among which a default is found: of the list, where one gives the options."""
    shared = getattr(made, "options", ())
    if not isinstance(shared, ChoiceList):
        return options
    return [{"code": each.code, "label": str(each.label)} for each in shared]


def _codes_of(raw: Any, options: list[Mapping[str, Any]]) -> Any:
    """Let a default be told by its words: a new option has no code yet that anybody knows."""
    codes = {str(each["label"]).casefold(): each["code"] for each in options}
    if isinstance(raw, str):
        return codes.get(clean(raw).casefold(), raw)
    return [codes.get(clean(str(each)).casefold(), each) for each in raw]
