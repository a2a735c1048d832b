"""A field that is hidden from a role is nowhere; one that may only be read cannot be set by any door."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation

from duyen.entities.entity import Entity
from duyen.entities.fields import Amount, Choice, Field, Link
from duyen.entities.registry import all_entities, entity_named
from duyen.foundation.access.words import FieldLevel
from tests.permissions.asking import HTMX, Door, People, told, unchanged, undone
from tests.permissions.changing import limit
from tests.permissions.doors import asked_fields, list_doors, parts_of_a_list, record_doors, report_doors
from tests.permissions.planting import Planted, Stage, word_for
from tests.permissions.table import table

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

#: Who looks at the records of an entity here, by which role, and at which of them.
READERS = {
    "customers": ("seller", "SALES_REP", "sellers"),
    "contacts": ("seller", "SALES_REP", "sellers"),
    "activities": ("seller", "SALES_REP", "sellers"),
    "tasks": ("seller", "SALES_REP", "sellers"),
    "task_sets": ("director", "DIRECTOR", "open"),
    "task_set_steps": ("director", "DIRECTOR", "open"),
    "mail_templates": ("director", "DIRECTOR", "open"),
    "units": ("admin", "ADMIN", "open"),
    "users": ("admin", "ADMIN", "open"),
    "roles": ("admin", "ADMIN", "open"),
    "calendars": ("admin", "ADMIN", "open"),
    "special_days": ("admin", "ADMIN", "open"),
    "webhooks": ("admin", "ADMIN", "open"),
    "products": ("director", "DIRECTOR", "open"),
    "plans": ("director", "DIRECTOR", "open"),
    "price_lists": ("director", "DIRECTOR", "open"),
    "price_lines": ("director", "DIRECTOR", "open"),
    "vat_rates": ("admin", "ADMIN", "open"),
    "pipelines": ("admin", "ADMIN", "open"),
    "opportunity_stages": ("admin", "ADMIN", "open"),
    "competitors": ("admin", "ADMIN", "open"),
    "opportunities": ("seller", "SALES_REP", "sellers"),
    "leads": ("seller", "SALES_REP", "sellers"),
    "assignment_rules": ("director", "DIRECTOR", "open"),
    "web_forms": ("director", "DIRECTOR", "areas"),
    "score_models": ("director", "DIRECTOR", "open"),
    "score_criteria": ("director", "DIRECTOR", "open"),
    "commissions": ("seller", "SALES_REP", "sellers"),
    "withholding_rules": ("admin", "ADMIN", "open"),
    "campaigns": ("director", "DIRECTOR", "areas"),
    "consent_texts": ("director", "DIRECTOR", "open"),
    "contact_rules": ("director", "DIRECTOR", "open"),
    "consents": ("seller", "SALES_REP", "sellers"),
    "subject_requests": ("seller", "SALES_REP", "sellers"),
}
#: The words by which people know a record stand on all its pages; administration refuses to hide them.
FIELDS = [
    (entity.name, each.name)
    for entity in all_entities()
    for each in entity.fields
    if each.name != entity.title
]


@dataclass(frozen=True)
class Case:
    """One field of one entity, hidden from the role by which `who` reads it."""

    stage: Stage
    people: People
    entity: Entity
    field: Field
    who: str
    planted: Planted

    def ask(self, door: Door) -> Answer:
        return self.people.ask(self.who, door)

    @property
    def at(self) -> str:
        return f"/{self.entity.name}/{self.planted.id}"

    @property
    def value(self) -> Any:
        """Give a value that the field would take."""
        word = self.planted.words.get(self.field.name)
        if word is not None and word.raw is not None:
            return word.raw
        if isinstance(self.field, Link):
            places = {"users": self.stage.users["seller"].pk, "units": self.stage.cast.unit("HP1").pk}
            planted = next(iter(self.stage.records.get(self.field.to, {}).values()), None)
            return planted.id if planted else places[self.field.to]
        return word_for(self.field, "Qzother", 7).raw if self.field.editable else "Qzother"

    def traces(self) -> list[str]:
        """List the values of the field, in every record of the entity and of those that share its table."""
        names = (self.entity.name, *(each.name for each in self.entity.relatives))
        return [trace for name in names for trace in self.stage.traces_of(name, self.field.name)]

    def marks(self) -> list[str]:
        """List the words of the field and of its choice, as they stand on pages."""
        with translation.override("vi"):
            found = [f">{self.field.label}<"]
            if isinstance(self.field, Choice):
                column = self.field.columns[0]
                row = self.entity.model._default_manager.filter(pk=self.planted.id).values(column).get()
                option = self.field.option(row[column])
                found += [f">{option.label}<", f"“{option.label}”"] if option else []
        frame = _frame(self.people, self.who)
        return [mark for mark in found if mark not in frame]


@cache
def _frame(people: People, who: str) -> str:
    """Give what stands around every page."""
    return told(people.ask(who, Door("frame", "GET", "/help/keys")))


@pytest.fixture
def case(request: pytest.FixtureRequest, stage: Stage, people: People) -> Case:
    name, field = request.param
    assert name in READERS, (
        f"tests/permissions/test_fields.py, READERS: say who looks at {name}, by which role"
    )
    who, role, line = READERS[name]
    limit(role, name, field, level=FieldLevel.HIDDEN)
    entity = entity_named(name)
    return Case(stage, people, entity, entity.field(field), who, stage.records[name][line])


#: What is nothing without its fields is shut to whom one of them is hidden.
_NOTHING_WITHOUT = ("report ", "its day", "lead statement")
#: Steps ask for what they need under words of their own.
_ABOUT_OTHERS = "form of "
#: The doors at which every field is looked for alone; at the others all are hidden together.
_MAIN_DOORS = ("list", "REST list", "record page", "history tab", "edit form", "REST read", "REST history")


@pytest.mark.parametrize("case", FIELDS, ids=":".join, indirect=True)
def test_a_hidden_field_is_nowhere(case: Case) -> None:
    words = _Words(case)

    for door in _doors(case):
        if door.name in _MAIN_DOORS:
            words.are_not_in(door)
    for door in (*_as_a_relative(case), *_stale(case)):
        words.are_not_in(door)


@pytest.mark.parametrize("name", sorted(READERS))
def test_all_fields_hidden_together_are_nowhere(name: str, stage: Stage, people: People) -> None:
    who, role, line = READERS[name]
    entity = entity_named(name)
    hidden = [each for each in entity.fields if each.name != entity.title]
    limit(role, name, *(each.name for each in hidden), level=FieldLevel.HIDDEN)
    cases = [Case(stage, people, entity, each, who, stage.records[name][line]) for each in hidden]
    words = [_Words(case) for case in cases]

    for door in _doors(cases[0]):
        answer = cases[0].ask(door)
        for those in words:
            those.are_not_said(door, answer)


class _Words:
    """The words by which a field would be known again on a page or in an answer."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.traces, self.marks = case.traces(), case.marks()
        self.control = f'name="{case.field.name}"'
        self.has_control = case.field.name != "language"  # every page chooses its language

    def are_not_in(self, door: Door) -> None:
        self.are_not_said(door, self.case.ask(door))

    def are_not_said(self, door: Door, answer: Answer) -> None:
        is_shut = answer.status_code in (403, 404) and door.name.startswith(_NOTHING_WITHOUT)
        assert is_shut or answer.status_code in (200, 409), f"{door.name}: {answer.status_code}"
        text, field = told(answer), self.case.field
        met = [trace for trace in self.traces if trace in text]
        if not door.name.startswith(_ABOUT_OTHERS):
            marks, rest = self.marks[: 1 if "form" in door.name else None], _without_tools(text)
            met += [mark for mark in marks if mark in rest]
            met += [self.control] if self.has_control and self.control in rest else []
        assert not met, f"{door.name} ({door.path}) shows {met} of {field.name}"
        # A file has fields of its own, and so has what happened, which bear names like those of records.
        if door.is_api and not {"files", "timeline"} & set(door.path.split("/")):
            assert field.name not in _keys(answer.json()), f"{door.name} names {field.name}"


#: The form above a timeline, what it may be filtered by, and the rights of a role.
_TOOLS = re.compile(
    r'<form class="composer".*?</form>'
    r'|<div id="timeline".*?(?=<ol class="tl |<div class="empty)'
    r'|<form [^>]*action="/roles/\d+/rights">.*?</form>',
    re.S,
)


#: A choice among the fields of another entity: what it offers, not that it is there.
_FIELDS_OFFERED = re.compile(r'(<select [^>]*name="condition_field"[^>]*>).*?</select>', re.S)


def _without_tools(text: str) -> str:
    """Leave out what names fields and kinds of other records: activities, and all that roles limit."""
    return _FIELDS_OFFERED.sub(r"\1", _TOOLS.sub("", text))


def _doors(case: Case) -> Iterator[Door]:
    """List every door behind which a record of the entity is shown to one who may read and change it."""
    yield from (each.door for each in list_doors(case.entity) if not _orders_by_hidden(case, each.door))
    for each in record_doors(case.stage, case.entity, case.planted):
        letters = each.needs.letters
        if not each.is_write and all(case.planted.line.may(case.who, letter) for letter in letters):
            yield each.door
    yield from parts_of_a_list(case.entity)
    yield from report_doors(case.entity)
    yield Door("new form", "GET", f"/{case.entity.name}/new")
    yield Door("start page", "GET", "/")


def _as_a_relative(case: Case) -> Iterator[Door]:
    """List where the same record, or one of the same table, is shown as a record of another entity."""
    for name in {name for name, _field in case.entity.same_data[case.field.name]} - {case.entity.name}:
        both = _one_of(case, name)
        yield Door(f"{name}", "GET", f"/{name}")
        yield Door(f"REST {name}", "GET", f"/{name}", is_api=True)
        yield Door(f"one of {name}", "GET", f"/{name}/{both}")
        yield Door(f"history of one of {name}", "GET", f"/{name}/{both}?tab=history")
        yield Door(f"REST one of {name}", "GET", f"/{name}/{both}", is_api=True)
        yield Door(f"REST history of one of {name}", "GET", f"/{name}/{both}/history", is_api=True)


def _one_of(case: Case, name: str) -> int:
    """Give a record of another entity that the reader sees: one that is both, or else one of that kind."""
    lines = [each for each in table().entities[name].records if each.sees(case.who) and not each.is_binned]
    both = [each for each in lines if each.name.startswith(f"{case.entity.name}.")]
    return case.stage.planted(name, (both or lines)[0].name).id


def _orders_by_hidden(case: Case, door: Door) -> bool:
    name = door.path.partition("sort=")[2].removeprefix("-")
    return name in case.entity.by_name and name != case.entity.title


def _stale(case: Case) -> Iterator[Door]:
    """Save over a change that somebody else made: the answer compares both values of what both changed."""
    values = _another_value(case)
    if not values:
        return  # all that a form asks for is hidden with it
    words = case.planted.words.items()
    typed = {name: word.raw for name, word in words if name != case.field.name and word.raw is not None}
    yield Door("REST stale", "PATCH", case.at, {**values, "version": 1}, is_api=True)
    yield Door("stale form", "POST", f"{case.at}/edit", {**typed, **values, "version": 1})


def _another_value(case: Case) -> dict[str, Any]:
    """Give a value that both changed: the title, or else the first sum that is not hidden."""
    if case.entity.title in asked_fields(case.entity):
        return {case.entity.title: "Tên khác"}
    shown = (case.entity.field(name) for name in asked_fields(case.entity) if name != case.field.name)
    hidden = (case.entity.name, case.field.name)
    apart = (each for each in shown if hidden not in case.entity.same_data.get(each.name, ()))
    found = next((each for each in apart if isinstance(each, Amount)), None)
    return {found.name: word_for(found, "", 77).raw} if found else {}


def _keys(told_: object) -> set[str]:
    """List the fields of which an answer speaks: keys of records, and names in changes and problems."""
    if isinstance(told_, list):
        return {key for each in told_ for key in _keys(each)}
    if not isinstance(told_, dict):
        return set()
    if "changes" in told_:
        return {change["field"] for change in told_["changes"]}
    if "errors" in told_:
        return {each["field"] for each in told_["errors"]}
    return set(told_) | (_keys(told_["items"]) if "items" in told_ else set())


@pytest.mark.parametrize("case", FIELDS, ids=":".join, indirect=True)
def test_a_hidden_field_cannot_be_asked_for(case: Case) -> None:
    name, at, field = case.entity.name, f"/{case.entity.name}", case.field.name
    for operator in case.field.operators[:2]:
        operand = json.dumps({"and": [[field, operator, case.value]]})
        refused = [
            Door(f"REST filter {operator}", "GET", f"{at}?filter={operand}", is_api=True),
            Door(f"list filter {operator}", "GET", f"{at}?{field}.{operator}=1"),
        ]
        for door in refused:
            _is_unknown(case, door)
    _is_unknown(case, Door("filter form", "GET", f"{at}/filter?field={field}"), f"{at}/filter?field=zzz")
    if case.entity.lists[0].sort(field):
        _is_unknown(case, Door("REST order", "GET", f"{at}?sort=-{field}", is_api=True))
        _is_unknown(case, Door("list order", "GET", f"{at}?sort={field}"))
    for other in all_entities():
        for link in (each for each in other.fields if isinstance(each, Link) and each.to == name):
            path = json.dumps({"and": [[f"{link.name}.{field}", "empty", False]]})
            door = Door("filter through a link", "GET", f"/{other.name}?filter={path}", is_api=True)
            assert case.ask(door).status_code in (403, 422), door.path


def _is_unknown(case: Case, door: Door, never_was: str = "") -> None:
    """Hold that the field is answered like one that never was, by default at the same address renamed."""
    answer = case.ask(door)
    path = never_was or _renamed(case, door.path)
    never = case.ask(Door(door.name, door.method, path, is_api=door.is_api))
    assert answer.status_code in (400, 422), f"{door.name}: {answer.status_code}"
    assert answer.status_code == never.status_code
    if door.is_api:
        assert _named_otherwise(case, answer.json()["detail"]) == never.json()["detail"]


def _renamed(case: Case, path: str) -> str:
    before, mark, after = path.partition("?")
    return before + mark + _named_otherwise(case, after)


def _named_otherwise(case: Case, text: str) -> str:
    return re.sub(rf"\b{case.field.name}\b", "zzz", text)


@pytest.mark.parametrize("case", FIELDS, ids=":".join, indirect=True)
def test_a_hidden_field_is_not_searched(case: Case) -> None:
    word = case.planted.words.get(case.field.name)
    words = word.traces[:1] if word else ()
    is_searched = case.field.name in table().entities[case.entity.name].searched

    for typed in words:
        doors = [
            Door("list", "GET", f"/{case.entity.name}?q={typed}"),
            Door("REST list", "GET", f"/{case.entity.name}?q={typed}", is_api=True),
            Door("REST search", "GET", f"/search?q={typed}", is_api=True),
            Door("options", "GET", f"/{case.entity.name}/_options?q={typed}", headers=HTMX),
        ]
        for door in doors:
            assert case.planted.title not in told(case.ask(door)), f"{door.name} finds it by {typed}"
        if is_searched:  # and would have found it
            others = [who for who in ("director", "admin", "seller") if who != case.who]
            another = next(who for who in others if case.planted.line.sees(who))
            assert case.planted.title in told(case.people.ask(another, doors[1]))


@pytest.mark.parametrize("case", FIELDS, ids=":".join, indirect=True)
def test_a_hidden_field_cannot_be_set(case: Case) -> None:
    held = _held(case)
    _cannot_be_set(case, held)


@pytest.mark.parametrize(("name", "field"), FIELDS, ids=":".join)
def test_a_field_for_reading_alone_cannot_be_set(name: str, field: str, stage: Stage, people: People) -> None:
    who, role, line = READERS[name]
    limit(role, name, field, level=FieldLevel.READ)
    entity = entity_named(name)
    case = Case(stage, people, entity, entity.field(field), who, stage.records[name][line])

    _cannot_be_set(case, _held(case))
    assert case.field.name in case.ask(Door("read", "GET", case.at, is_api=True)).json()


def _held(case: Case) -> Any:
    columns = case.field.columns
    return case.entity.model._default_manager.filter(pk=case.planted.id).values(*columns).get()


def _cannot_be_set(case: Case, held: Any) -> None:
    values = {case.field.name: case.value, "version": case.planted.version}
    bulk = {"verb": "change", "ids": [case.planted.id], "values": {case.field.name: case.value}}
    refused = [
        Door("REST change", "PATCH", case.at, values, is_api=True),
        Door("bulk", "POST", f"/{case.entity.name}/bulk", bulk, is_api=True),
        Door("REST create", "POST", f"/{case.entity.name}", {case.field.name: case.value}, is_api=True),
    ]
    with unchanged(f"{case.entity.name}.{case.field.name}"):
        for door in refused:
            answer = case.ask(door)
            assert answer.status_code == 422, f"{door.name}: {answer.status_code} {answer.content.decode()}"
    if not case.field.editable:
        return
    form = {**_form(case), case.field.name: case.value, f"{case.field.name}_text": "x"}
    with undone():
        case.ask(Door("form", "POST", f"{case.at}/edit", form))
        assert _held(case) == held
        case.ask(Door("undo", "POST", f"/_undo/{case.planted.change}?record={case.planted.id}"))
        assert _held(case) == held


def _form(case: Case) -> dict[str, Any]:
    return {case.entity.title: "Tên mới", "version": case.planted.version}


@pytest.mark.parametrize("case", FIELDS, ids=":".join, indirect=True)
def test_an_undo_does_not_speak_of_a_hidden_field(case: Case) -> None:
    path = f"/operations/{case.planted.change}/undo"

    with undone():
        by_program = case.ask(Door("undo", "POST", path, is_api=True))
        assert by_program.status_code == 200
        assert not set(by_program.json()["left"]) & set(case.field.columns)
    with undone():
        case.ask(Door("undo", "POST", f"/_undo/{case.planted.change}?record={case.planted.id}"))
        page = told(case.ask(Door("page afterwards", "GET", case.at)))
    with translation.override("vi"):
        assert f" {case.field.label}." not in page
