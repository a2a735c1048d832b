"""The lists of choices as they stand: which codes a record can get, and what each is called."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from ninja import Path, Router, Schema
from pydantic import Field as Described

from duyen.entities.choices.using import uses_of
from duyen.entities.errors import NotFound
from duyen.entities.fields import ChoiceList, Label
from duyen.entities.fields.options import all_lists, list_named
from duyen.surfaces.api.calls import answer, refuse_unknown_arguments

router = Router()


class ChoiceWords(Schema):
    """A name in both languages."""

    vi: str
    en: str


class ChoiceOut(Schema):
    """One item: retired ones stand on records and cannot be given to others."""

    code: str
    label: str
    labels: ChoiceWords
    tone: str
    is_retired: bool
    stands_for: Annotated[list[str], Described(description="Codes that were merged into this one")]


class ChoiceListOut(Schema):
    """One list: the fields that use it as entity.field, and its items in their order."""

    name: str
    label: str
    fields: list[str]
    items: list[ChoiceOut]


class ChoiceListsOut(Schema):
    """Every list."""

    items: list[ChoiceListOut]


@router.get(
    "/choices",
    response=ChoiceListsOut,
    operation_id="list_choice_lists",
    summary="List every list of choices with its items",
    tags=["choices"],
)
def list_choice_lists(request: HttpRequest) -> HttpResponse:
    """Tell what can be chosen, to everybody who is signed in."""
    refuse_unknown_arguments(request, frozenset())
    return answer({"items": [_told(each) for each in all_lists().values()]})


@router.get(
    "/choices/{name}",
    response=ChoiceListOut,
    operation_id="get_choice_list",
    summary="Give one list of choices with its items",
    tags=["choices"],
)
def get_choice_list(request: HttpRequest, name: Annotated[str, Path(max_length=60)]) -> HttpResponse:
    """Tell what can be chosen from one list, to everybody who is signed in."""
    refuse_unknown_arguments(request, frozenset())
    found = list_named(name)
    if found is None:
        raise NotFound
    return answer(_told(found))


def _told(choices: ChoiceList) -> dict[str, Any]:
    held = choices.held()
    return {
        "name": choices.name,
        "label": str(choices.label),
        "fields": [f"{use.entity.name}.{use.field.name}" for use in uses_of(choices)],
        "items": [
            {
                "code": each.code,
                "label": str(each.label),
                "labels": {language: _in(language, each.label) for language in ("vi", "en")},
                "tone": each.tone,
                "is_retired": each.is_retired,
                "stands_for": list(held.others.get(each.code, ())),
            }
            for each in held.options
        ],
    }


def _in(language: str, label: Label) -> str:
    with translation.override(language):
        return str(label)
