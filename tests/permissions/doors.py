"""Every door that leads to records, derived from the declarations, and the letters that it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from duyen.entities.actions import Action
from duyen.entities.boards.moving import asked_besides, choices_for, way_to
from duyen.entities.boards.reading import lanes_of
from duyen.entities.entity import Entity
from duyen.entities.fields import Choice, Day, Emails, Field, Flag, Link, Phones, Text, WardField, Whole
from duyen.entities.registry import entity_named
from duyen.entities.reports.declared import all_reports
from duyen.entities.sorting import field_sort
from duyen.surfaces.web.pages.file_tab import tabs_of
from tests.permissions.asking import HTMX, Door
from tests.permissions.planting import SYSTEM, Planted, Stage
from tests.permissions.table import Step, table

_STANDARD = {"delete": "d", "hand_over": "h", "share": "s", "unshare": "s"}


@dataclass(frozen=True)
class Guarded:
    """A door to one record, and what a person needs to pass it. `is_write` tells that it changes something.

    A door is asked once for each person and each answer that it can give, or for every record (`is_for_all`).
    Doors that are `alike` stand for one another.
    """

    door: Door
    needs: Step
    is_write: bool = False
    shows_title: bool = False
    is_for_all: bool = False
    alike: str = ""


def _read(name: str, path: str, *, is_api: bool = False) -> Guarded:
    return Guarded(Door(name, "GET", path, is_api=is_api), Step("r"), shows_title=True, is_for_all=True)


def _part(name: str, path: str, headers: Mapping[str, str]) -> Guarded:
    return Guarded(Door(name, "GET", path, headers=headers), Step("r"))


def record_doors(stage: Stage, entity: Entity, planted: Planted) -> Iterator[Guarded]:
    """List every door of one record."""
    yield from _pages_to_read(entity, planted)
    yield from _pages_to_write(stage, entity, planted)
    yield from _calls(stage, entity, planted)
    if entity.files is not None:
        yield from _file_doors(entity, planted)


def _pages_to_read(entity: Entity, planted: Planted) -> Iterator[Guarded]:
    at = f"/{entity.name}/{planted.id}"
    yield _read("record page", at)
    yield _part("history tab", f"{at}?tab=history", {})
    yield _part("history tab alone", f"{at}?tab=history", {**HTMX, "HX-Target": "tab"})
    yield _part("older history", f"{at}?tab=history&before=1", {**HTMX, "HX-Target": "more-history"})
    yield _part("row menu", f"{at}/menu", HTMX)
    yield _part("what others changed", f"{at}/changes?since=0", HTMX)
    yield _part("menu without script", f"{at}/menu", {})
    if entity.duplicates and not planted.line.is_binned:
        yield _part("what is like it", f"{at}/duplicates", {})
    yield _part("timeline", f"{at}?tab=timeline", {})
    yield _part("timeline alone", f"{at}?tab=timeline&who=me", {**HTMX, "HX-Target": "timeline"})
    yield _part("what is known", f"{at}?tab=info", {})
    yield _part("paper", f"{at}/print", {})
    for lead in entity.leads:
        if lead.fits(_row(entity, planted)) and not lead.needs[0] and not planted.line.is_binned:
            yield _part(f"lead {lead.part}", f"{at}/{lead.part}", {})
    for each in tabs_of(entity):
        if each.fits(_row(entity, planted)):
            yield _part(f"tab {each.name}", f"{at}?tab={each.name}", {})


def _row(entity: Entity, planted: Planted) -> Mapping[str, Any]:
    row: Mapping[str, Any] = entity.model._default_manager.filter(pk=planted.id).values(*entity.columns).get()
    return row


def _pages_to_write(stage: Stage, entity: Entity, planted: Planted) -> Iterator[Guarded]:
    at = f"/{entity.name}/{planted.id}"
    is_binned = planted.line.is_binned
    undo = f"/_undo/{planted.change}?record={planted.id}"
    if entity.name == planted.entity:
        yield Guarded(Door("undo of a change", "POST", undo), Step("c"), is_write=True)
    yield _sent("watch", f"{at}/watch", "r", {})
    if is_binned:
        yield _form("restore", f"{at}/restore", "d")
        yield _sent("restore", f"{at}/restore", "d", {})
        return
    yield _form("edit form", f"{at}/edit", "c")
    yield _sent("edit", f"{at}/edit", "c", {"version": planted.version, entity.title: "Tên mới"})
    if entity.title in asked_fields(entity):
        cell = f"{at}/cell/{entity.title}"
        yield Guarded(Door("editor of a cell", "GET", cell, headers=HTMX), Step("c"))
        typed = {"version": planted.version, entity.title: "Tên mới"}
        yield Guarded(Door("cell", "POST", cell, typed, headers=HTMX), Step("c"), is_write=True)
    yield from _ways_to_lanes(entity, planted)
    yield from _ways_to_days(entity, planted)
    for verb, letter in _STANDARD.items():
        if _has(entity, verb):
            body = _standard_body(stage, verb)
            yield _form(f"form of {verb}", f"{at}/{verb}", letter)
            yield _sent(verb, f"{at}/{verb}", letter, {key: str(value) for key, value in body.items()})
    for each in _steps(entity, planted):
        needs = table().entities[entity.name].steps[each.verb]
        plain = Step(needs.letters[0])
        body = {key: _as_typed(value) for key, value in step_body(stage, each).items()}
        alike = f"steps that need {needs}"
        yield Guarded(
            Door(f"form of {each.verb}", "GET", f"{at}/{each.verb}"), plain, alike=f"forms of {alike}"
        )
        yield Guarded(Door(each.verb, "POST", f"{at}/{each.verb}", body), needs, is_write=True, alike=alike)


def _ways_to_lanes(entity: Entity, planted: Planted) -> Iterator[Guarded]:
    """List the ways into other lanes of the boards of an entity; one that asks for nothing is taken."""
    at, row = f"/{entity.name}/{planted.id}/lane", _row(entity, planted)
    for board in entity.boards:
        yield _part(f"lanes of {board.name}", f"{at}?board={board.name}", {})
        yield _part(f"lanes of {board.name} alone", f"{at}?board={board.name}", HTMX)
        within = row.get(entity.field(board.within.field).columns[0]) if board.within else None
        lanes = lanes_of(entity, board, SYSTEM, within)
        for choice in choices_for(entity, board, lanes, row, actor=SYSTEM):
            way = way_to(entity, board, row, choice.lane.key)
            if way is None or choice.reasons or asked_besides(entity, way):
                continue
            needs = table().entities[entity.name].steps[way.verb]
            body = {"board": board.name, "lane": choice.lane.key, "v": str(planted.version)}
            yield Guarded(Door(f"into {choice.lane.key}", "POST", at, body), needs, is_write=True)


def _ways_to_days(entity: Entity, planted: Planted) -> Iterator[Guarded]:
    """List the ways to another day of the calendar of an entity: by its dialog, by a drag."""
    if entity.calendar is None:
        return
    at = f"/{entity.name}/calendar/{planted.id}/move"
    yield _part("its day", at, {})
    yield _part("its day alone", at, HTMX)
    body = {"day": "2031-05-06", "version": str(planted.version)}
    yield Guarded(Door("to another day", "POST", at, body, headers=HTMX), Step("c"), is_write=True)


def asked_fields(entity: Entity) -> list[str]:
    """Name the fields that the form of an entity asks for: they alone are typed, there or in a cell."""
    lines = [line for part in entity.form for line in ([part] if isinstance(part, str) else part[1])]
    return [name for line in lines for name in line.split()]


def _steps(entity: Entity, planted: Planted) -> list[Action]:
    """List the steps that make sense for a record: of others no right is asked."""
    row = _row(entity, planted)
    if not entity.kind.q or entity.rows(SYSTEM, deleted=None).filter(pk=planted.id).exists():
        return [each for each in entity.actions if each.fits is None or each.fits(row)]
    return list(entity.actions)


def _as_typed(value: object) -> object:
    return value if isinstance(value, list) else str(value)


def _form(name: str, path: str, letter: str) -> Guarded:
    return Guarded(Door(name, "GET", path), Step(letter))


def _sent(name: str, path: str, letter: str, body: Mapping[str, Any]) -> Guarded:
    return Guarded(Door(name, "POST", path, body), Step(letter), is_write=True)


def _has(entity: Entity, verb: str) -> bool:
    if verb == "delete":
        return entity.has_bin
    return entity.has_owner if verb == "hand_over" else not entity.scope.is_company_wide


def _standard_body(stage: Stage, verb: str) -> dict[str, Any]:
    return {
        "delete": {},
        "hand_over": {"owner": stage.users["teller"].pk},
        "share": {"user": stage.users["care_agent"].pk},
        "unshare": {"user": stage.users["locked"].pk},
    }[verb]


def _calls(stage: Stage, entity: Entity, planted: Planted) -> Iterator[Guarded]:
    at = f"/{entity.name}/{planted.id}"
    if not planted.line.is_binned:
        yield _read("REST read", at, is_api=True)
        if entity.duplicates:
            yield Guarded(Door("REST duplicates", "GET", f"{at}/duplicates", is_api=True), Step("r"))
    else:
        yield _read("REST read of the bin", f"{at}?bin=true", is_api=True)
    yield _read("REST history", f"{at}/history", is_api=True)
    # What happened need not name the record.
    yield Guarded(Door("REST timeline", "GET", f"{at}/timeline", is_api=True), Step("r"))

    if entity.name == planted.entity:
        yield _call("undo", "POST", f"/operations/{planted.change}/undo", Step("c"), {})
    if planted.line.is_binned:
        yield _call("restore", "POST", f"{at}/restore", Step("d"), {})
        return
    new_title = {entity.title: "Tên mới", "version": planted.version}
    yield _call("change", "PATCH", at, Step("c"), new_title)
    if entity.has_bin:
        yield _call("delete", "DELETE", at, Step("d"), {"version": planted.version})
    for verb, letter in _STANDARD.items():
        if verb != "delete" and _has(entity, verb):
            yield _call(verb, "POST", f"{at}/{verb}", Step(letter), _standard_body(stage, verb))
    for each in _steps(entity, planted):
        needs = table().entities[entity.name].steps[each.verb]
        yield _call(each.verb, "POST", f"{at}/{each.verb}", needs, step_body(stage, each))


def _file_doors(entity: Entity, planted: Planted) -> Iterator[Guarded]:
    """List every door to the one file that is planted on each record."""
    at, file = f"/{entity.name}/{planted.id}/files", f"/{entity.name}/{planted.id}/files/{planted.file}"
    step = Step("c")
    yield _part("files", at, {})
    yield _part("files alone", at, {**HTMX, "HX-Target": "files"})
    yield _part("files in the bin", f"{at}?bin=1", HTMX)
    yield _part("file", file, {})
    yield _part("file in the dialog", file, HTMX)
    yield _part("content of a file", f"{file}/content", {})
    yield _part("picture of a file", f"{file}/picture/small", {})
    yield _part("large picture of a file", f"{file}/picture/large", {})
    yield Guarded(Door("REST files", "GET", at, is_api=True), Step("r"))
    yield Guarded(Door("REST file", "GET", file, is_api=True), Step("r"))
    yield Guarded(Door("REST content of a file", "GET", f"{file}/content", is_api=True), Step("r"))
    if planted.line.is_binned:
        return
    yield _sent("add a file", at, "c", {})
    yield _sent("rename a file", f"{file}/rename", "c", {"name": "Tên mới.pdf"})
    yield _sent("delete a file", f"{file}/delete", "c", {})
    yield _sent("send a version", f"{file}/version", "c", {})
    yield _sent("restore a version", f"{file}/restore-version", "c", {"number": 1})
    yield _call("rename a file", "PATCH", file, step, {"name": "Tên mới.pdf"})
    yield _call("delete a file", "DELETE", file, step, {})
    yield _call("restore a version", "POST", f"{file}/restore_version", step, {"number": 1})


def _call(name: str, method: str, path: str, needs: Step, body: Mapping[str, Any]) -> Guarded:
    return Guarded(Door(f"REST {name}", method, path, body, is_api=True), needs, is_write=True)


def step_body(stage: Stage, step: Action) -> dict[str, Any]:
    """Give a step what it asks for: all that is required, and a name where it may make a person."""
    asked = {each.name: each for each in step.asks}
    body = {name: _sample(stage, each) for name, each in asked.items() if each.required}
    if "name" in asked:
        body["name"] = "Người mới"
    return body


def _sample(stage: Stage, asked: Field) -> Any:
    for kind, give in _SAMPLES:
        if isinstance(asked, kind):
            return give(stage, asked)
    raise NotImplementedError(
        f"tests/permissions/doors.py has no sample for a {type(asked).__name__}: add it to _SAMPLES"
    )


def _linked(stage: Stage, asked: Link) -> int:
    places = {"users": stage.users["teller"].pk, "units": stage.cast.unit("HP1").pk}
    if asked.to in places:
        return places[asked.to]
    planted = next(iter(stage.records[asked.to].values()))
    return planted.id


_SAMPLES: tuple[tuple[type[Field], Callable[[Stage, Any], Any]], ...] = (
    (Link, _linked),
    (Whole, lambda _stage, _asked: 1),
    (Choice, lambda _stage, asked: asked.options[0].code),
    (Flag, lambda _stage, _asked: True),
    (Day, lambda _stage, _asked: "2026-01-31"),
    (Phones, lambda _stage, _asked: ["0359000001"]),
    (Emails, lambda _stage, _asked: ["moi@example.com"]),
    (WardField, lambda _stage, _asked: "11383"),
    (Text, lambda _stage, _asked: "Lý do"),
)


@dataclass(frozen=True)
class Shown:
    """A door to many records, and whether it shows those in the bin instead."""

    door: Door
    in_bin: bool = False


def _whole(entity: Entity) -> str:
    """Name a list without its conditions, where the bare address opens it with some of its own."""
    return f"?list={entity.lists[0].name}&own=1" if entity.lists[0].opens else ""


def list_doors(entity: Entity) -> Iterator[Shown]:
    """List every door that shows many records of one entity at once."""
    at = f"/{entity.name}"
    first = at + _whole(entity)
    yield Shown(Door("list", "GET", first))
    yield Shown(Door("rows", "GET", first, headers=HTMX))
    for listing in entity.lists:
        for sort in listing.sorts:
            for order in (sort.name, f"-{sort.name}"):
                yield Shown(Door(f"list by {order}", "GET", f"{at}?list={listing.name}&own=1&sort={order}"))
    for field in entity.fields:
        if field_sort(entity, entity.lists[0], field) is not None:
            yield Shown(
                Door(f"list by field {field.name}", "GET", f"{at}{_whole(entity) or '?'}&sort={field.name}")
            )
    for board in entity.boards:
        on_board = f"{at}?view={board.name}&list={entity.lists[0].name}&own=1"
        yield Shown(Door(f"board {board.name}", "GET", on_board))
        yield Shown(Door(f"board {board.name} alone", "GET", on_board, headers=HTMX))
    columns = ",".join(each.name for each in entity.fields)
    yield Shown(Door("list of every column", "GET", f"{at}?cols={columns}"))
    yield Shown(Door("printed list", "GET", f"{at}/print?cols={columns}"))
    yield Shown(Door("printed list", "GET", f"{at}/print{_whole(entity)}"))
    yield Shown(Door("REST list", "GET", f"{at}?limit=200", is_api=True))
    if entity.has_bin:
        yield Shown(Door("bin", "GET", f"{at}?bin=1"), in_bin=True)
        yield Shown(Door("REST bin", "GET", f"{at}?bin=true&limit=200", is_api=True), in_bin=True)


def export_doors(entity: Entity) -> Iterator[Door]:
    """List every door through which a list leaves the house; the first one only asks."""
    at, columns = f"/{entity.name}/export", ",".join(each.name for each in entity.fields)
    told = {"all": "1", "format": "csv", "purpose": "Thử"}
    yield Door("export form", "GET", at)
    yield Door("export dialog", "GET", at, headers={**HTMX, "HX-Target": "dlg"})
    whole = _whole(entity) or "?"
    yield Door("export", "POST", f"{at}{whole}", told)
    yield Door("export of every column", "POST", f"{at}{whole}&cols={columns}", told)
    yield Door("REST export", "POST", at, {"purpose": "Thử"}, is_api=True)


def parts_of_a_list(entity: Entity) -> Iterator[Door]:
    """List what stands around the rows of a list, and shows none of them."""
    at = f"/{entity.name}"
    yield Door("count", "GET", f"{at}/count{_whole(entity)}", headers=HTMX)
    yield Door("totals", "GET", f"{at}/totals{_whole(entity)}", headers=HTMX)
    for board in entity.boards:
        sums = f"{at}/board/sums?view={board.name}&list={entity.lists[0].name}&own=1"
        yield Door(f"sums of {board.name}", "GET", sums, headers=HTMX)
    yield Door("form of a new view", "GET", f"{at}/views/new")
    for name in ("filter", "sort", "columns", "views"):
        yield Door(f"{name} of the list", "GET", f"{at}/{name}")


def report_doors(entity: Entity) -> Iterator[Door]:
    """List every door that adds up records; it is not there for whoever does not see its groups."""
    for each in (report for report in all_reports() if report.entity == entity.name):
        yield Door(f"report {each.key}", "GET", f"/reports/{each.key}?period=all")
        yield Door(f"report {each.key} on paper", "GET", f"/reports/{each.key}/print?period=all")
        yield Door(f"report {each.key} by REST", "GET", f"/reports/{each.key}", is_api=True)


def entry_doors(entity: Entity) -> Iterator[Door]:
    """List what tells, before a record is made, which ones are like it: open to whoever may make one."""
    if entity.duplicates:
        typed = {entity.title: "Mới", "phones": ["0359000001"]}
        yield Door("what is like a form", "POST", f"/{entity.name}/duplicates", typed, headers=HTMX)
        yield Door("REST what is like values", "POST", f"/{entity.name}/duplicates", typed, is_api=True)


def found_doors(entity: Entity, words: str) -> Iterator[Door]:
    """List every door that finds records of one entity by words."""
    yield Door("list with words", "GET", f"/{entity.name}?q={words}")
    yield Door("list typed", "GET", f"/{entity.name}?q={words}", headers={**HTMX, "HX-Target": "found"})
    yield Door("REST list with words", "GET", f"/{entity.name}?q={words}", is_api=True)
    if entity.search:
        yield Door("search", "GET", f"/search?q={words}")
        yield Door("REST search", "GET", f"/search?q={words}&limit=200", is_api=True)
    if not entity.public_labels:
        yield Door("options", "GET", f"/{entity.name}/_options?q={words}", headers=HTMX)


def declared(name: str) -> Entity:
    return entity_named(name)
