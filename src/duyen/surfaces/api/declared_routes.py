"""The calls that modules declare, put onto the router."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from inspect import Parameter, Signature
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Path, Query, Router, Schema
from pydantic import create_model

from duyen.entities.calls import Asked, Call, Shape
from duyen.entities.errors import NotAllowed
from duyen.entities.fields import Choice, Field
from duyen.entities.idempotency import Answer
from duyen.entities.performing import read_asked
from duyen.foundation.access.actor import Actor
from duyen.surfaces.api.calls import actor_of, answer, once, refuse_unknown_arguments
from duyen.surfaces.api.problems import TokenTooNarrow
from duyen.surfaces.api.records import Json, show_rows
from duyen.surfaces.api.schemas import LARGEST_ID, body_of, given

_Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
_Limit = Annotated[int, Query(ge=1, le=200)]
_After = Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="The next that the last page gave.")]
_PAGE = ("limit", "after")


def add_declared(call: Call, router: Router) -> None:
    """Add one declared call."""
    router.add_api_operation(
        call.path.replace("{id}", "{int:id}"),
        [call.method],
        _view(call),
        response={call.status.value: _answer_schema(call)},
        operation_id=call.name,
        summary=str(call.label),
        description=_about(call),
        tags=[call.path.strip("/").split("/")[0]],
    )


def _about(call: Call) -> str:
    """Say what it does, and by which codes of its own it refuses."""
    told = [call.about]
    told += [f"409 `{each.code}`: {each.sentence}" for each in call.refuses]
    return "\n\n".join(told)


def _view(call: Call) -> Any:
    def view(request: HttpRequest, **given: Any) -> HttpResponse:
        arguments = [] if call.is_write else [each.name for each in call.asks]
        refuse_unknown_arguments(request, frozenset([*arguments, *(_PAGE if call.is_list else ())]))
        actor = actor_of(request)
        _refuse_without_right(call, actor)
        body = given.get("body")
        sent = {name: given[name] for name in arguments} if not call.is_write else _sent(body)
        values = read_asked(tuple(call.asks), sent)
        asked = Asked(actor, given.get("id", 0), values, given.get("limit", 0), given.get("after"))
        return _written(call, request, asked) if call.is_write else _read(call, asked)

    view.__signature__ = Signature([Parameter("request", _KIND), *_parameters(call)])  # type: ignore[attr-defined]
    return view


_KIND = Parameter.POSITIONAL_OR_KEYWORD


def _parameters(call: Call) -> list[Parameter]:
    """Say which arguments the router reads for the call."""
    found = [Parameter("id", _KIND, annotation=_Id)] if call.has_id else []
    if call.is_write and call.asks:
        word = call.name.title().replace("_", "")
        body: Any = body_of(f"{word}Body", f"What to give: {call.label}.", call.asks)
        needed = any(each.required for each in call.asks)
        kind, default = (body, Parameter.empty) if needed else (body | None, None)
        found.append(Parameter("body", _KIND, annotation=kind, default=default))
    if not call.is_write:
        found += [Parameter(each.name, _KIND, annotation=_argument(each), default="") for each in call.asks]
    if call.is_list:
        found.append(Parameter("limit", _KIND, annotation=_Limit, default=50))
        found.append(Parameter("after", _KIND, annotation=_After, default=None))
    return found


def _argument(asked: Field) -> Any:
    codes = ", ".join(str(each.code) for each in asked.options) if isinstance(asked, Choice) else ""
    about = f"{asked.label}: {codes}" if codes else str(asked.label)
    return Annotated[str, Query(description=about)]  # type: ignore[type-arg] # a function that ninja types as a class


def _refuse_without_right(call: Call, actor: Actor) -> None:
    if call.is_open_to(actor):
        return
    if (call.entity, call.needs) in actor.withheld:
        raise TokenTooNarrow
    raise NotAllowed(why=_("this call is not among your rights."))


def _sent(body: Any) -> Mapping[str, Any]:
    return {} if body is None else body.model_dump(exclude_unset=True)


def _read(call: Call, asked: Asked) -> HttpResponse:
    if not call.is_list:
        return answer(show(call.gives, [call.run(asked)], asked.actor)[0])
    rows = list(call.run(asked))
    items = rows[: asked.limit]
    more = str(items[-1]["id"]) if len(rows) > asked.limit else None
    return answer({"items": show(call.gives, items, asked.actor), "next": more})


def _written(call: Call, request: HttpRequest, asked: Asked) -> HttpResponse:
    kept = once(request, lambda: Answer(call.status.value, call.run(asked)))
    row = call.show(asked.actor, kept.body) if call.show else {}
    return answer(show(call.gives, [row], asked.actor)[0], status=HTTPStatus(kept.status))


def show(shape: Shape, rows: Sequence[Mapping[str, Any]], actor: Actor) -> list[Json]:
    """Show rows as objects of a shape: one query for each kind of linked record, however many rows."""
    shown = show_rows(shape.fields, rows, actor=actor)
    for told, row in zip(shown, rows, strict=True):
        for name, part in shape.lists.items():
            told[name] = show(part, row[name], actor)
    return shown


def _answer_schema(call: Call) -> type[Schema]:
    one = _schema(call.gives)
    if not call.is_list:
        return one
    about = f"One page; `next` is the cursor of the following one. {call.gives.about}"
    page: type[Schema] = create_model(
        f"{call.gives.name}Page",
        __base__=Schema,
        __doc__=about,
        items=(list[one], ...),  # type: ignore[valid-type] # made above
        next=(str | None, ...),
    )
    return page


_schemas: dict[str, type[Schema]] = {}


def _schema(shape: Shape) -> type[Schema]:
    """Make the type of a shape, once: several calls may give the same."""
    if shape.name not in _schemas:
        members: dict[str, Any] = {
            each.name: (given(each, always=each.required), ...) for each in shape.fields
        }
        for name, part in shape.lists.items():
            members[name] = (list[_schema(part)], ...)  # type: ignore[misc] # made below
        _schemas[shape.name] = create_model(shape.name, __base__=Schema, __doc__=shape.about, **members)
    return _schemas[shape.name]
