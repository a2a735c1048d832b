"""A file brings in no more than the one in whose name it is read could have typed."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed
from duyen.entities.fields import Amount, Link, Phones, Several, Units, Whole
from duyen.entities.importing import Plan, rejected_path, running, start_import
from duyen.entities.importing.words import OnDuplicate
from duyen.entities.registry import entity_named
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door as Way
from duyen.foundation.access.words import FieldLevel
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.kernel.errors import DomainError
from duyen.surfaces.cli.builtin import add_builtin_commands
from duyen.surfaces.cli.commands import import_file
from duyen.surfaces.cli.errors import NoSuchUser
from duyen.surfaces.cli.registry import Context, Registry
from tests.permissions.asking import Door, People, told, unchanged, undone
from tests.permissions.changing import limit, role_of
from tests.permissions.planting import Stage, words_of
from tests.permissions.table import RecordLine, table

ENTITIES = sorted(table().entities)
OWNED = [name for name in ENTITIES if table().entities[name].keepers]
WHO = table().people


class _AtOnce(Executor):
    """Does the work where it is asked for: another thread would not see what this test has not committed."""

    def __init__(self, *_args: object, **_options: object) -> None:
        pass

    def submit(self, work: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(work(*args, **options))
        except Exception as error:  # noqa: BLE001 - whoever asks for the result gets it
            done.set_exception(error)
        return done


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a file be read in the thread of the test."""
    monkeypatch.setattr(running, "ReadingThread", _AtOnce)


@pytest.fixture
def file(request: pytest.FixtureRequest, stage: Stage, tmp_path: Path) -> Path:
    """Write a file with one record that lacks nothing."""
    asked = request.node.callspec.params
    return _written(tmp_path, asked["name"], _cells(stage, asked["name"], who=asked.get("who", "")))


def _cells(stage: Stage, name: str, *, who: str = "") -> dict[str, str]:
    """Give a new record as the cells of a file: all that takes one text, links by the words people use."""
    entity, expected = entity_named(name), table().entities[name]
    words = words_of(stage, expected, expected.records[0], 9_000, who=who)
    fields = [entity.field(each) for each in expected.set]
    fixed = {**expected.plant, **expected.plant_new, **expected.plant_for.get(who, {})}
    plain = {
        each.name: str(words[each.name])
        for each in fields
        if isinstance(words[each.name], str)
        or (isinstance(each, (Amount, Whole)) and words[each.name] is not None)
    }
    several = [each.name for each in fields if isinstance(each, (Several, Units, Phones))]
    plain |= {each: ", ".join(typed) for each in several if isinstance(typed := words[each], list)}
    links = {
        each.name: _as_people_say(stage, each, fixed[each.name]) for each in fields if isinstance(each, Link)
    }
    return plain | links


def _as_people_say(stage: Stage, link: Link, template: str) -> str:
    """Give the words by which people know what a link is fixed to."""
    if template in stage.users:
        return stage.users[template].full_name
    planted = stage.records.get(link.to, {})
    return planted[template].title if template in planted else template


def _needed(stage: Stage, name: str) -> dict[str, str]:
    """Give no more cells than a new record cannot be without, and its title."""
    entity = entity_named(name)
    needed = {entity.title} | {each.name for each in entity.fields if each.required}
    return {each: text for each, text in _cells(stage, name).items() if each in needed}


def _written(folder: Path, name: str, cells: Mapping[str, str]) -> Path:
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as sink:
        csv.writer(sink).writerows([cells.keys(), cells.values()])
    return path


def _bring_in(stage: Stage, who: str, name: str, path: Path, *more: str) -> Job:
    """Run `duyen import --as` and give its job. Raises what the command raises."""
    known = Registry()
    add_builtin_commands(known)
    parser = argparse.ArgumentParser()
    known.commands["import"].configure(parser)
    context = Context(DataFolder.locate(), known, act_as=stage.users[who].email)
    assert import_file.run(context, parser.parse_args([name, str(path), *more])) == 0
    return Job.objects.latest("pk")


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", ENTITIES)
def test_brings_in_for_those_who_may_make_new_ones(name: str, who: str, stage: Stage, file: Path) -> None:
    if "n" not in table().entities[name].kind[who]:
        with unchanged(f"{who}, import of {name}"), pytest.raises(NotAllowed):
            _bring_in(stage, who, name, file)
        return

    job = _bring_in(stage, who, name, file)

    assert (job.result["imported"], job.rejected) == (1, 0), _reason(job)
    assert job.asked_by_id == stage.users[who].pk


@pytest.mark.parametrize("who", [*WHO, "nobody", "locked"])
@pytest.mark.parametrize("name", ENTITIES)
def test_takes_a_file_by_rest_from_those_who_may_make_new_ones(
    name: str, who: str, stage: Stage, people: People, file: Path
) -> None:
    may = who in WHO and "n" in table().entities[name].kind[who]
    if not may:
        with unchanged(f"{who}, REST import of {name}"):
            answer = people.send_file(who, f"/{name}/import", file)
        assert answer.status_code == (403 if who in WHO else 401), f"{who}: {answer.status_code}"
        return

    answer = people.send_file(who, f"/{name}/import", file)

    assert answer.status_code == 202, answer.content
    assert work(answer.json()["id"])
    job = Job.objects.get(pk=answer.json()["id"])
    assert (job.result["imported"], job.rejected) == (1, 0), _reason(job)


@pytest.mark.parametrize("name", ENTITIES)
def test_brings_in_nothing_for_a_locked_person(name: str, stage: Stage, file: Path) -> None:
    with unchanged(f"locked, import of {name}"), pytest.raises(NoSuchUser):
        _bring_in(stage, "locked", name, file)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", [each for each in OWNED if not table().entities[each].follows])
def test_brings_in_for_others_only_where_a_new_one_may_stand(
    name: str, who: str, stage: Stage, people: People, file: Path
) -> None:
    expected = table().entities[name]
    if "n" not in expected.kind[who]:
        return
    keepers = {line.keeper: line for line in expected.records if line.keeper}
    for keeper, line in keepers.items():
        owner, unit = keeper
        with undone():
            job = _bring_in(stage, who, name, file, "--owner", stage.users[owner].email, "--unit", unit)
            brought = (job.result["imported"], job.rejected)
            assert brought == ((1, 0) if line.may(who, "n") else (0, 1)), f"{who} for {owner}@{unit}"
            said = _reason(job)
            assert not [record for trace, record in stage.hidden_from(who) if trace in said]


@pytest.mark.parametrize("name", ENTITIES)
def test_fills_no_field_that_is_hidden_or_only_read(name: str, stage: Stage, tmp_path: Path) -> None:
    expected, entity = table().entities[name], entity_named(name)
    who = next(who for who in ("seller", "admin", "director") if "n" in expected.kind[who])
    needed = _needed(stage, name)
    closed = [each for each in expected.set if each not in needed and each != entity.title]
    words, said = words_of(stage, expected, expected.records[0], 9_000), _cells(stage, name)
    for level in (FieldLevel.HIDDEN, FieldLevel.READ):
        with undone():
            limit(role_of(stage, who), name, *closed, level=level)
            for field in closed:
                cells = {**needed, field: said.get(field) or _cell(words[field])}
                plan = Plan(mapping={field: field})
                actor = actor_for(stage.users[who], Way.IMPORT)
                with undone():
                    before = set(entity.model._default_manager.values_list("pk", flat=True))
                    with suppress(DomainError):  # refused as a whole
                        work(start_import(entity, _written(tmp_path, name, cells), actor=actor, plan=plan).pk)
                    made = entity.model._default_manager.exclude(pk__in=before)
                    for row in made.values(*entity.field(field).columns):
                        held = entity.field(field).load(row)
                        # What the entity works out itself shows that the file was not heard: it said another.
                        was_heard = not words[field] or str(held) in (str(words[field]), cells[field])
                        is_kept = not was_heard and field in entity.worked_out
                        assert not held or is_kept or _is_default(entity, field, row), (
                            f"{who} fills {name}.{field} by a file, level {level.value}"
                        )


def _cell(value: object) -> str:
    """Write a planted value as one cell."""
    if isinstance(value, list):
        return _cell(value[0]) if value else ""
    if isinstance(value, dict):
        return str(next(iter(value.values())))
    return str(value)


def _is_default(entity: Entity, field: str, row: Mapping[str, Any]) -> bool:
    """Tell whether a column holds what a new record has by itself."""
    columns = {each.column: each for each in entity.model._meta.concrete_fields}
    return all(columns[each].get_default() == row[each] for each in entity.field(field).columns)


def _kept_from(name: str, who: str) -> list[RecordLine]:
    """List the records of an entity that are hidden from somebody."""
    lines = table().entities[name].records
    return [line for line in lines if line.cells[who] == "." and "." not in line.name]


def test_knows_the_kinds_of_which_nothing_is_hidden_from_a_seller() -> None:
    assert [name for name in OWNED if not _kept_from(name, "seller")] == ["campaigns", "web_forms"]


@pytest.mark.parametrize("name", [each for each in OWNED if _kept_from(each, "seller")])
def test_says_of_a_duplicate_no_more_than_may_be_seen(
    name: str, stage: Stage, people: People, tmp_path: Path
) -> None:
    who = "seller"
    hidden = _kept_from(name, who)[0]
    planted = stage.planted(name, hidden.name)
    typed = {
        each: _cell(planted.words[each].raw)
        for each in ("phones", "emails", "tax_code")
        if each in planted.words
    }
    for choice in OnDuplicate:
        cells = {**_needed(stage, name), **typed}
        actor = actor_for(stage.users[who], Way.IMPORT)
        with undone():
            job = start_import(
                entity_named(name),
                _written(tmp_path, name, cells),
                actor=actor,
                plan=Plan(on_duplicate=choice),
            )
            work(job.pk)
            job.refresh_from_db()
            told_all = [_reason(job), str(job.result), str(job.progress), job.problem]
            told_all.append(told(people.ask(who, Door("job", "GET", f"/jobs/{job.pk}"))))
            told_all.append(told(people.ask(who, Door("REST job", "GET", f"/jobs/{job.pk}", is_api=True))))
            own = {trace for each in typed for trace in planted.words[each].traces}
            traces = set(planted.traces(table().entities[name])) - own
            met = {trace for trace in traces for text in told_all if trace in text}
            assert not met, f"{choice.value}: tells {met} of a record that {who} may not see"


def _reason(job: Job) -> str:
    path = rejected_path(job)
    return path.read_text("utf-8") if path.is_file() else ""
