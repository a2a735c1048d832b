"""A file brings in no more than the one in whose name it is read could have typed."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from duyen.entities import importing
from duyen.entities.errors import NotAllowed
from duyen.entities.fields import Link
from duyen.entities.importing import rejected_path
from duyen.entities.registry import entity_named
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.jobs.models import Job
from duyen.surfaces.cli.builtin import add_builtin_commands
from duyen.surfaces.cli.commands import import_file
from duyen.surfaces.cli.errors import NoSuchUser
from duyen.surfaces.cli.registry import Context, Registry
from tests.permissions.asking import People, unchanged, undone
from tests.permissions.planting import Stage, words_of
from tests.permissions.table import table

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
    monkeypatch.setattr(importing, "ThreadPoolExecutor", _AtOnce)


@pytest.fixture
def file(request: pytest.FixtureRequest, stage: Stage, tmp_path: Path) -> Path:
    """Write a file with one record that lacks nothing."""
    name = request.node.callspec.params["name"]
    entity, expected = entity_named(name), table().entities[name]
    words = words_of(stage, expected, expected.records[0], 9_000)
    fixed = {**words, **expected.plant}
    needed = {
        each.name: expected.plant[each.name] if isinstance(each, Link) else words[each.name]
        for each in entity.fields
        if each.name in fixed and (each.required or isinstance(each, Link))
    }
    path = tmp_path / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as sink:
        csv.writer(sink).writerows([needed.keys(), needed.values()])
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


@pytest.mark.parametrize("name", ENTITIES)
def test_brings_in_nothing_for_a_locked_person(name: str, stage: Stage, file: Path) -> None:
    with unchanged(f"locked, import of {name}"), pytest.raises(NoSuchUser):
        _bring_in(stage, "locked", name, file)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", OWNED)
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


def _reason(job: Job) -> str:
    path = rejected_path(job)
    return path.read_text("utf-8") if path.is_file() else ""
