"""Make the API's schemas from the declarations.

A schema judges JSON types and unknown names only; values are judged by the fields themselves, whose
sentences say what to do. So lengths and choices are told in the schema, but not checked by it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, get_args

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Strict, create_model
from pydantic import Field as Described
from pydantic_core import PydanticCustomError

from duyen.entities.approvals.asking import WORDS
from duyen.entities.beside import all_beside
from duyen.entities.entity import Entity
from duyen.entities.fields import Choice, ChoiceList, Field, Flag, Link, Moment, Text
from duyen.surfaces.api.addresses import ADDRESS

#: Ids and versions are told as such; the database keeps them in 64 bits.
LARGEST_ID = 2**63 - 1
_WORDS = "For whoever decides, where the step needs a second person"
#: So many records can be named in one call; more of them are a filter.
MOST_IDS = 10_000


Id = Annotated[int, Described(ge=1, le=LARGEST_ID)]


class LinkedOut(Schema):
    """A record that another one points at; code and label are empty where the reader may not see it."""

    id: int
    code: str
    label: str


class StrictSchema(Schema):
    """A body in which unknown names and other types are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _written_as_a_day(value: object) -> object:
    if value is not None and not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise PydanticCustomError("date_format", "not YYYY-MM-DD")
    return value


#: JSON has no dates: they come as text of this one form.
DayIn = Annotated[dt.date, Strict(False), BeforeValidator(_written_as_a_day)]
_DayIn = Annotated[dt.date | None, Strict(False), BeforeValidator(_written_as_a_day)]


#: Which keys there are, the company decides; `GET /api/v1/custom_fields` lists them with their kinds.
Custom = Annotated[
    dict[str, Any],
    Described(description="Values of the company's own fields, by their keys; null clears one"),
]


class DeleteBody(StrictSchema):
    """What may come with a deletion."""

    version: int | None = None
    reason: Annotated[str, Described(description="Why it goes; at most 500 letters are kept")] = ""


class StepBody(StrictSchema):
    """What every step may be told: the version that the caller saw."""

    version: int | None = None


class HandOverBody(StepBody):
    """To whom a record goes, and into which unit."""

    owner: Id
    unit: Id | None = None


class ShareBody(StrictSchema):
    """To whom a record opens, how far, and until which day."""

    user: Id
    may_change: bool = False
    until: _DayIn = None


class UnshareBody(StrictSchema):
    """To whom a record closes again."""

    user: Id


class HitOut(Schema):
    """One found record."""

    entity: str
    id: int
    code: str
    label: str


class SearchOut(Schema):
    """What a search found, the best first."""

    items: list[HitOut]


class GrantOut(Schema):
    """By what a right is open, or ends before the record; a share has no role behind it."""

    why: Annotated[
        str, Described(description="owner, unit, all, share, deputy; short where it does not reach.")
    ]
    role: int | None
    unit: int | None
    reach: str | None


class VerdictOut(Schema):
    """One right on the record: whether it may be used, by what, and what is missing."""

    verb: str
    label: str
    may: bool
    by: list[GrantOut]
    reasons: list[str]
    missing: list[str]


class FieldLimitOut(Schema):
    """A field that the person does not see, or sees only, and the roles that say so."""

    field: str
    level: Annotated[str, Described(json_schema_extra={"enum": ["hidden", "read"]})]
    roles: list[str]


class ExplainedOut(Schema):
    """What one person may do with one record, and why; of the record only where it stands."""

    entity: str
    id: int
    code: str
    owner: int | None
    unit: int | None
    bars: Annotated[list[str], Described(description="bin, kind: what keeps it closed whatever the rights.")]
    user: int
    is_locked: bool
    rights: list[VerdictOut]
    fields: list[FieldLimitOut]


class JobOut(Schema):
    """How far a piece of background work is."""

    id: int
    state: Annotated[
        str, Described(json_schema_extra={"enum": ["queued", "running", "done", "failed", "cancelled"]})
    ]
    done: int
    total: int | None
    rejected: int
    rejected_url: str | None


class JobLine(JobOut):
    """A piece of background work in a list."""

    kind: str
    label: str
    asked_by: Annotated[int | None, Described(description="The id of the user; none for Duyên itself")]
    created_at: str
    started_at: str | None
    finished_at: str | None
    is_stuck: Annotated[bool, Described(description="It runs, and no process has it; or it waits for long")]


class JobsOut(Schema):
    """A page of background work."""

    items: list[JobLine]
    next: str | None


class BulkBody(StrictSchema):
    """One step for many records: by id, or all that a filter shows."""

    verb: Annotated[str, Described(description="change, hand_over, delete, restore, or a command for sets")]
    ids: Annotated[
        list[Id] | None, Described(max_length=MOST_IDS, description="The records; or a filter")
    ] = None
    versions: Annotated[
        dict[str, int] | None,
        Described(
            description="By id, the version that the caller saw; a field changed since is not overwritten"
        ),
    ] = None
    filter: Annotated[
        dict[str, Any] | None,
        Described(description="Conditions as in a list; an empty object is every record"),
    ] = None
    q: Annotated[str, Described(description="Words to search for, beside the filter")] = ""
    values: Annotated[
        dict[str, Any] | None, Described(description="The fields to set, or what the step asks for")
    ] = None
    modes: Annotated[
        dict[str, str] | None, Described(description="Of a list of words: add, remove or replace")
    ] = None


class ExportBody(StrictSchema):
    """Which records are given out, in which columns and order, and what for."""

    purpose: Annotated[str, Described(description="What the file is for; it stands in the trail")]
    format: Annotated[str, Described(json_schema_extra={"enum": ["csv", "xlsx"]})] = "csv"
    q: Annotated[str, Described(description="Words to search for")] = ""
    filter: Annotated[dict[str, Any] | None, Described(description="Conditions as in a list")] = None
    sort: Annotated[str, Described(description="Up to three orders, such as -created_at,name")] = ""
    columns: Annotated[
        list[str] | None, Described(description="Names of fields; without them those of the list")
    ] = None
    ids: Annotated[list[Id] | None, Described(description="These records only")] = None
    deleted: Annotated[bool, Described(description="From the bin")] = False


class RefusedOut(Schema):
    """One record that a step for many left as it was, and why."""

    id: int
    code: str
    message: str
    errors: list[dict[str, Any]]


class SetOut(Schema):
    """What became of a set; all of it is undone by its one operation."""

    operation: str
    changed: int
    unchanged: int
    refused: list[RefusedOut]


class UndoneRecord(Schema):
    """One record that an undo changed back."""

    id: int
    version: int


class LeftField(Schema):
    """A field that an undo left as it is, in the words that people know it by."""

    field: str
    label: str


class UndoneOut(Schema):
    """What an undo did; `left` names what somebody changed since and stays, by column or `custom.<key>`.

    `left_fields` says the same by field. `refused` is there when some records of a set could not go back.
    """

    done: list[UndoneRecord]
    left: list[str]
    left_fields: list[LeftField] = []
    refused: list[RefusedOut] = []


class WhoOut(Schema):
    """Who did a step; the system has no id."""

    id: int | None
    label: str


class DeletionOut(Schema):
    """How a record came into the bin."""

    at: dt.datetime
    by: WhoOut
    reason: str


class ShareOut(Schema):
    """One person to whom a record is open by name."""

    user: WhoOut
    may_change: bool
    until: dt.date | None


class SharesOut(Schema):
    """To whom a record is open by name."""

    items: list[ShareOut]


class ChangeOut(Schema):
    """One changed field. Of a secret one neither value is told."""

    entity: str
    field: str
    label: str
    was: Annotated[Any, Described(serialization_alias="from")] = None
    now: Annotated[Any, Described(serialization_alias="to")] = None
    is_secret: bool


class StepOut(Schema):
    """One step in a record's history."""

    operation: str
    at: dt.datetime
    who: WhoOut
    on_behalf_of: int | None
    door: str
    verb: str
    label: str
    note: str
    version: int | None
    former: Annotated[
        str,
        Described(description="The code of the merged record on which it happened"),
    ] = ""
    changes: list[ChangeOut]


class HistoryOut(Schema):
    """One page of a record's history, newest first."""

    items: list[StepOut]
    next: str | None


class FieldError(Schema):
    """What is wrong with one field; after a clash also both values."""

    field: str
    code: str
    message: str


class Problem(Schema):
    """A refusal, as RFC 9457 shapes it."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldError]


class EntitySchemas:
    """The schemas of one entity: a record on reading, on creating, on changing, and a page of records."""

    def __init__(self, entity: Entity) -> None:
        self.word = "".join(part.title() for part in entity.name.split("_"))
        self.has_custom = any(each.column == "custom" for each in entity.model._meta.concrete_fields)
        editable = [each for each in entity.fields if each.editable]
        self.out = self._out(entity)
        self.page = self._model(
            f"{self.word}Page",
            f"One page of {entity.name}; `next` is the cursor of the following page.",
            {"items": (list[self.out], ...), "next": (str | None, ...)},  # type: ignore[name-defined] # made above
            base=Schema,
        )
        required = [each.name for each in editable if each.required]
        self.new = self._body(f"{self.word}New", f"A new record of {entity.name}.", editable, required)
        self.change = self._body(
            f"{self.word}Change",
            f"The fields of one of {entity.name} that change; the others stay.",
            [each for each in editable if not each.at_birth],
            (),
            version=(int | None, None),
        )

    def step(self, verb: str, asks: Iterable[Field], *, may_wait: bool = False) -> type[Schema]:
        """Make the body of one step: the fields of its dialog, and words for whoever may have to grant it."""
        fields = list(asks)
        required = [each.name for each in fields if each.required]
        members = {each.name: taken(each) for each in fields}
        if may_wait:
            members[WORDS] = (Annotated[str, Described(description=_WORDS, max_length=500)], "")
        return self._model(
            f"{self.word}{verb.title().replace('_', '')}",
            "What the step asks for.",
            {"version": (int | None, None), **members},
            base=StrictSchema,
            required=required,
        )

    def _out(self, entity: Entity) -> type[Schema]:
        besides = (each for beside in all_beside(entity) for each in beside.fields)
        shown: dict[str, Any] = {each.name: (given(each), None) for each in (*entity.fields, *besides)}
        custom: dict[str, Any] = {}
        if self.has_custom:
            about = "Keys in `custom` whose value is being worked out anew; it may be an earlier one."
            custom = {
                "custom": (Custom, {}),
                "recomputing": (Annotated[list[str], Described(description=about)], []),
            }
        if entity.has_bin:
            about = "How it came into the bin; told of records that are read there."
            shown["deleted"] = (Annotated[DeletionOut | None, Described(description=about)], None)
        return self._model(
            self.word,
            f"One record of {entity.name}; fields that the reader may not see are left out.",
            {"id": (int, ...), "version": (int, ...), **shown, **custom},
            base=Schema,
        )

    def _body(
        self, name: str, about: str, fields: Iterable[Field], required: Iterable[str], **more: Any
    ) -> type[Schema]:
        members = {each.name: taken(each) for each in fields}
        custom: dict[str, Any] = {"custom": (Custom | None, None)} if self.has_custom else {}
        return self._model(name, about, {**more, **members, **custom}, base=StrictSchema, required=required)

    @staticmethod
    def _model(
        name: str, about: str, members: dict[str, Any], *, base: type[Schema], required: Iterable[str] = ()
    ) -> type[Schema]:
        made: type[Schema] = create_model(name, __base__=base, __doc__=about, **members)
        needed = list(required)
        if needed:
            # Told, not checked here: the field's own sentence for a missing value is the better one.
            made.model_config = {**made.model_config, "json_schema_extra": {"required": [*needed]}}
            made.model_rebuild(force=True)
        return made


def body_of(name: str, about: str, asks: Iterable[Field]) -> type[Schema]:
    """Make the body of a call that asks for these fields."""
    fields = list(asks)
    required = [each.name for each in fields if each.required]
    members = {each.name: taken(each) for each in fields}
    return EntitySchemas._model(name, about, members, base=StrictSchema, required=required)


def taken(field: Field) -> tuple[Any, Any]:
    """Give the type of a field on writing, and that it may be left out."""
    told: dict[str, Any] = {}
    about, kind = str(field.label), field.json_in
    if isinstance(field, Choice):
        told |= _choices(field, () if field.required else (None, ""))
    elif isinstance(field, Text):
        # Counted when needless spaces and invisible signs are gone, which a maxLength cannot say.
        about = f"{about}; at most {field.max_length} letters"
    elif kind == dt.date | None:
        kind = _DayIn
    elif isinstance(field, Moment):
        kind, told = (
            str | None,
            {"format": "date-time"},
        )  # read by the field, whose sentence says what is wrong
    elif isinstance(field, Link):
        told |= {"minimum": 1, "maximum": LARGEST_ID}
    return Annotated[kind, Described(description=about, json_schema_extra=told)], None


def _choices(field: Choice, none: Sequence[str | None]) -> dict[str, Any]:
    """Say which codes there are; of a list with which the company goes on, where to read them."""
    if isinstance(field.options, ChoiceList) and not field.options.is_fixed:
        return {"examples": [*field.options.declared], "x-choices": f"{ADDRESS}choices/{field.options.name}"}
    return {"enum": [*(option.code for option in field.options), *none]}


def given(field: Field, *, always: bool = False) -> Any:
    """Give the type of a field on reading; one that is there `always` is never null."""
    kind: Any = field.json_out
    told: dict[str, Any] = {}
    if isinstance(field, Link):
        kind = LinkedOut | None
    elif isinstance(field, Choice):
        told |= _choices(field, () if always else (None,))
    elif isinstance(field, Flag):
        kind = bool | None
    if always:
        kind = _never_null(kind)
    return Annotated[kind, Described(description=str(field.label), json_schema_extra=told)]


def _never_null(kind: Any) -> Any:
    kinds = [each for each in get_args(kind) if each is not type(None)]
    return kinds[0] if len(kinds) == 1 and type(None) in get_args(kind) else kind
