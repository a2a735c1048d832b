"""The calls by which fields of the company's own are listed and, by administrators, defined."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router, Schema
from pydantic import Field as Described

from duyen.entities.custom import defining
from duyen.entities.custom.using import uses_of
from duyen.entities.errors import NotFound
from duyen.entities.fields.base import OWN
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ, FieldLevel
from duyen.foundation.fields.models import CustomField
from duyen.foundation.fields.words import FieldState
from duyen.surfaces.api.calls import actor_of, answer, needed_version, refuse_unknown_arguments
from duyen.surfaces.api.records import show_job
from duyen.surfaces.api.schemas import LARGEST_ID, StrictSchema

router = Router()
FieldId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
_TAGS = ["custom fields"]


class OptionBody(StrictSchema):
    """One option of a choice; a known code keeps its place on records, none makes a new one."""

    label: str
    code: str = ""
    is_retired: bool = False


class DefinitionChange(StrictSchema):
    """What a definition says; what is left out stays as it is."""

    label: str | None = None
    help: str | None = None
    required: Annotated[str | None, Described(json_schema_extra={"enum": ["never", "always", "kinds"]})] = (
        None
    )
    required_kinds: list[str] | None = None
    required_by: Annotated[
        list[str] | None, Described(description="Steps that nobody can take without a value")
    ] = None
    default: Any = None
    options: list[OptionBody] | None = None
    least: int | float | None = None
    most: int | float | None = None
    digits: int | None = None
    searched: Annotated[bool | None, Described(description="Found by search, once its index stands")] = None
    formula: Annotated[
        str | None, Described(description="What a formula gives, e.g. [custom_price] * [custom_count]")
    ] = None
    what: Annotated[
        str | None, Described(json_schema_extra={"enum": ["count", "sum", "min", "max", "latest"]})
    ] = None
    of: Annotated[str | None, Described(description="The field that a roll-up works out")] = None
    by: Annotated[str | None, Described(description="The date by which a record is the newest")] = None
    where: Annotated[str | None, Described(description="A condition for what a roll-up adds up")] = None
    version: int | None = None


class DefinitionNew(DefinitionChange):
    """A new field; `kind` and `key` never change."""

    entity: str
    kind: str
    key: Annotated[str, Described(description="Left out, it is made of the label")] = ""
    to: Annotated[str | None, Described(description="To which entity a link leads")] = None
    list_name: Annotated[
        str | None, Described(description="From which list of choices the options come, by its name")
    ] = None
    source: Annotated[
        str | None, Described(description="What a roll-up adds up: who links, and by which link")
    ] = None
    result: Annotated[
        str | None,
        Described(
            description="As what a formula or a roll-up is kept",
            json_schema_extra={"enum": ["decimal", "whole", "amount", "text", "day", "flag"]},
        ),
    ] = None


class DefinitionOut(Schema):
    """One field of the company's own."""

    id: int
    entity: str
    key: str
    kind: str
    label: str
    help: str
    state: str
    required: str
    required_kinds: list[str]
    required_by: list[str]
    default: Any
    options: list[dict[str, Any]]
    limits: dict[str, Any]
    searched: bool
    version: int


class DefinitionsOut(Schema):
    """The fields that the caller may see."""

    items: list[DefinitionOut]


class UsesOut(Schema):
    """What uses a field: how many records hold a value (at least so many), and who else speaks of it."""

    records: int
    is_more: bool
    views: list[str]
    mappings: int
    indexes: list[str]
    roles: list[str]
    forms: list[str]
    followers: list[str]


@router.get(
    "/custom_fields",
    response=DefinitionsOut,
    operation_id="list_custom_fields",
    summary="List the fields of the company's own",
    tags=_TAGS,
)
def list_custom_fields(request: HttpRequest) -> HttpResponse:
    """List those in use on records that the caller may read; administrators see retired ones too."""
    refuse_unknown_arguments(request, frozenset())
    actor = actor_of(request)
    found = CustomField.objects.exclude(state=FieldState.DELETED).order_by("entity", "place", "pk")
    return answer({"items": [_shown(each) for each in found if _is_seen(each, actor)]})


def _is_seen(held: CustomField, actor: Actor) -> bool:
    if defining.may_define(actor):
        return True
    entity = next((each for each in defining.adaptable() if each.name == held.entity), None)
    if entity is None or held.state != FieldState.ACTIVE or not actor.may(entity.name, READ):
        return False
    return entity.level(actor, f"{OWN}{held.key}") is not FieldLevel.HIDDEN


@router.post(
    "/custom_fields",
    response={201: DefinitionOut},
    operation_id="create_custom_field",
    summary="Define a field of the company's own",
    tags=_TAGS,
)
def create_custom_field(request: HttpRequest, body: DefinitionNew) -> HttpResponse:
    """Define a field; it is there at once."""
    refuse_unknown_arguments(request, frozenset())
    actor = actor_of(request)
    defining.refuse_others(actor)
    given = body.model_dump(exclude_unset=True)
    given.pop("version", None)
    entity = defining.adaptable_named(given.pop("entity"))
    made = defining.define(entity, given, actor=actor)
    return answer(_shown(made), status=HTTPStatus.CREATED)


@router.get(
    "/custom_fields/{int:id}/uses",
    response=UsesOut,
    operation_id="read_uses_of_custom_field",
    summary="Tell what uses a field of the company's own",
    tags=_TAGS,
)
def read_uses(request: HttpRequest, id: FieldId) -> HttpResponse:
    """Tell what would miss the field."""
    refuse_unknown_arguments(request, frozenset())
    defining.refuse_others(actor_of(request))
    return answer(vars(uses_of(defining.definition(id))))


@router.patch(
    "/custom_fields/{int:id}",
    response=DefinitionOut,
    operation_id="change_custom_field",
    summary="Change what a field of the company's own says of itself",
    tags=_TAGS,
)
def change_custom_field(request: HttpRequest, id: FieldId, body: DefinitionChange) -> HttpResponse:
    """Change a definition; no record is touched."""
    refuse_unknown_arguments(request, frozenset())
    actor = actor_of(request)
    defining.refuse_others(actor)
    given = body.model_dump(exclude_unset=True)
    version = needed_version(request, given)
    return answer(_shown(defining.alter(id, given, version=version, actor=actor)))


@router.post(
    "/custom_fields/{int:id}/{verb}",
    response=DefinitionOut,
    operation_id="retire_or_restore_custom_field",
    summary="Take a field of the company's own out of use (retire), or back into it (restore)",
    tags=_TAGS,
)
def turn_custom_field(
    request: HttpRequest, id: FieldId, verb: Annotated[str, Path(max_length=20)], body: DefinitionChange
) -> HttpResponse:
    """Retire or restore a field; its values stay."""
    refuse_unknown_arguments(request, frozenset())
    actor = actor_of(request)
    step = {"retire": defining.retire, "restore": defining.restore}.get(verb)
    if step is None:
        raise NotFound
    defining.refuse_others(actor)
    step(id, version=needed_version(request, body.model_dump(exclude_unset=True)), actor=actor)
    return answer(_shown(defining.definition(id)))


@router.delete(
    "/custom_fields/{int:id}",
    response={202: None},
    operation_id="delete_custom_field",
    summary="Delete a field of the company's own with its values",
    tags=_TAGS,
)
def delete_custom_field(request: HttpRequest, id: FieldId) -> HttpResponse:
    """Delete a field; gives the job that removes its values. The version comes by If-Match."""
    refuse_unknown_arguments(request, frozenset())
    actor = actor_of(request)
    defining.refuse_others(actor)
    job = defining.delete(id, version=needed_version(request, {}), actor=actor)
    return answer(show_job(job, actor), status=HTTPStatus.ACCEPTED)


def _shown(held: CustomField) -> dict[str, Any]:
    names = [name for name in DefinitionOut.model_fields if name != "id"]
    return {"id": held.pk, **{name: getattr(held, name) for name in names}}
